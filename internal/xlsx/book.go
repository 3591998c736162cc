// Package xlsx writes the reports that officials sign and reads the workbooks
// they send back. It is the only place that knows excelize.
package xlsx

import (
	"io"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/fault"
)

// font is the face of every document, by the decree on records (NĐ 30/2020).
const font = "Times New Roman"

// zipLevel trades 6 % larger files for a third less time.
const zipLevel = 6

// style is the look of a cell; equal styles share one entry in the workbook.
type style struct {
	size     float64 // points; 0 means 11
	bold     bool
	italic   bool
	align    string // "", left, center, right
	top      bool   // at the top of the cell instead of the middle
	wrap     bool
	border   bool
	fill     string // RRGGBB
	format   string // number format; "@" keeps what is typed as text
	indent   int
	unlocked bool // may be edited on a protected sheet
}

// cell is a value (string, int, float64 or nil) or a formula with the value
// that it must give. Strings are always stored as text, whatever they begin with.
type cell struct {
	value   any
	formula string
	style   style
}

// book is a workbook being written. The first error is kept and ends the work.
type book struct {
	file   *excelize.File
	styles map[style]int
	sheets []*sheet
	err    error
}

// newBook begins a workbook; made is when its figures were computed, zero for
// not told.
func newBook(title string, made time.Time) *book {
	b := &book{file: excelize.NewFile(), styles: map[style]int{}}
	b.keep(b.file.SetDefaultFont(font))
	props := excelize.DocProperties{Title: title, Creator: "thanthien"}
	if !made.IsZero() {
		props.Created = made.UTC().Format(time.RFC3339)
		props.Modified = props.Created
	}
	b.keep(b.file.SetDocProps(&props))
	b.file.SetZipWriter(func(w io.Writer) excelize.ZipWriter {
		z := zip.NewWriter(w)
		z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
			return flate.NewWriter(out, zipLevel)
		})
		return z
	})
	return b
}

func (b *book) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

// style returns the workbook's number of a style.
func (b *book) style(s style) int {
	if id, ok := b.styles[s]; ok {
		return id
	}
	id, err := b.file.NewStyle(s.excel())
	b.keep(err)
	b.styles[s] = id
	return id
}

func (s style) excel() *excelize.Style {
	x := &excelize.Style{
		Font:       &excelize.Font{Family: font, Size: s.points(), Bold: s.bold, Italic: s.italic},
		Alignment:  &excelize.Alignment{Horizontal: s.align, Vertical: "center", WrapText: s.wrap, Indent: s.indent},
		Protection: &excelize.Protection{Locked: !s.unlocked},
	}
	if s.top {
		x.Alignment.Vertical = "top"
	}
	if s.border {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			x.Border = append(x.Border, excelize.Border{Type: side, Color: "000000", Style: 1})
		}
	}
	if s.fill != "" {
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{s.fill}}
	}
	if s.format != "" {
		x.CustomNumFmt = &s.format
	}
	return x
}

func (s style) points() float64 {
	if s.size == 0 {
		return 11
	}
	return s.size
}

// write ends every sheet and writes the workbook.
func (b *book) write(w io.Writer) error {
	defer b.file.Close()
	for _, s := range b.sheets {
		s.flush()
	}
	if b.err == nil {
		b.file.SetActiveSheet(0)
		_, b.err = b.file.WriteTo(w)
	}
	if b.err != nil {
		return fault.Wrap(b.err, fault.Internal, "xlsx.write")
	}
	return nil
}

// sheet adds a sheet whose columns have these widths in characters. A name over
// 31 characters is cut, as Excel demands.
func (b *book) sheet(name string, widths ...float64) *sheet {
	if r := []rune(name); len(r) > excelize.MaxSheetNameLength {
		name = string(r[:excelize.MaxSheetNameLength])
	}
	if len(b.sheets) == 0 {
		b.keep(b.file.SetSheetName("Sheet1", name))
	} else {
		_, err := b.file.NewSheet(name)
		b.keep(err)
	}
	s := &sheet{book: b, name: name, widths: widths, heights: map[int]float64{}}
	b.sheets = append(b.sheets, s)
	return s
}
