package xlsx

import (
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// MaxSheetRows is how many rows a sheet of any spreadsheet program can have.
const MaxSheetRows = excelize.TotalRows

// headRows are the rows above the data of a sheet: the columns' codes.
const headRows = 1

// ResponsesBook is the raw data of campaigns that used one form.
type ResponsesBook struct {
	Title string
	Made  time.Time
	Form  *survey.Form
	Notes [][2]string // what the first sheet says: label and value
	Rows  int64       // how many rows Each yields
	// Each yields the rows in their order and then returns their checksum.
	Each      func(yield func(ExportRow) error) (sum string, err error)
	SheetRows int // rows of a sheet, its head included; 0: MaxSheetRows
}

// ExportRow is one response. Day is counted from 1970-01-01; Minutes of 0 are
// unknown. Answers are packed by the form and valid until the next row.
type ExportRow struct {
	Unit, UnitName, Group, Channel, Flags string
	Day, Minutes                          int64
	Excluded                              bool
	Answers                               []byte
}

// Responses writes a workbook of any number of rows in little memory: excelize
// makes everything but the rows, which go into the file as they come.
// The first sheet says what the file is, the second what its codes mean.
func Responses(w io.Writer, r ResponsesBook) error {
	limit := r.SheetRows
	if limit == 0 {
		limit = MaxSheetRows
	}
	b := newBook(r.Title, r.Made)
	b.notesSheet(r)
	b.codeSheet(r.Form)
	out := &rowWriter{limit: limit, form: r.Form, columns: r.Form.Columns(), day: b.style(style{size: sizeTable, format: "dd/mm/yyyy"})}
	parts, perSheet := []string(nil), int64(limit-headRows)
	for first := int64(0); first == 0 || first < r.Rows; first += perSheet {
		parts = append(parts, b.dataSheet(r.Form, len(parts)+1, int(min(perSheet, r.Rows-first))+headRows))
	}
	z := &splicer{out: newZip(w), parts: parts, write: func(next func() (io.Writer, error)) (string, error) { return out.run(r, next) }}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return z })
	return b.write(io.Discard)
}

// notesSheet says what the file holds, how many rows, and their checksum.
func (b *book) notesSheet(r ResponsesBook) {
	s := b.sheet(vi.Text("export.sheetNotes"), 28, 92)
	row := s.writeHead(Head{}, r.Title)
	rows := append(append([][2]string{}, r.Notes...), [2]string{vi.Text("export.sum"), sumToken})
	for _, n := range rows {
		s.text(row, 1, n[0], style{size: sizeTable, bold: true, border: true, wrap: true, top: true})
		s.text(row, 2, n[1], style{size: sizeTable, border: true, wrap: true, top: true})
		s.fit(row)
		row++
	}
	s.set(row, 1, cell{value: vi.Text("export.rows"), style: style{size: sizeTable, bold: true, border: true}})
	s.set(row, 2, cell{value: int(r.Rows), style: style{size: sizeTable, border: true, align: "left", format: "#,##0"}})
}

// codeSheet lists the columns and what their codes mean.
func (b *book) codeSheet(form *survey.Form) {
	s := b.sheet(vi.Text("export.sheetCodes"), 16, 64, 18, 16, 44, 12)
	for i, key := range []string{"export.codeColumn", "export.codeText", "export.codeKind", "export.codeOption", "export.codeLabel", "export.codeValue"} {
		s.text(1, i+1, vi.Text(key), headLook())
	}
	row := 2
	add := func(cells ...string) {
		for i, c := range cells {
			s.text(row, i+1, c, style{size: sizeTable, border: true, wrap: true, top: true})
		}
		s.fit(row)
		row++
	}
	for _, c := range fixedColumns() {
		add(c.code, c.text, "", "", "", "")
	}
	for _, c := range form.Columns() {
		if c.Other {
			add(c.Key, vi.Text("export.otherText", c.Question.Text), vi.Text("export.kind.text"), "", "", "")
			continue
		}
		add(c.Key, c.Question.Text, vi.Text("export.kind."+string(c.Question.Kind)), "", "", "")
		for _, o := range c.Question.Options {
			value := ""
			if o.Valued {
				value = vi.Decimal(o.Value.String())
			}
			add(c.Key, "", "", o.Code, o.Label, value)
		}
		if c.Question.Other {
			add(c.Key, "", "", survey.OtherCode, vi.Text("xlsx.optionOther"), "")
		}
	}
	s.repeat, s.freeze = [2]int{1, 1}, [2]int{1, 1}
}

// fixedColumn is a column that is no question.
type fixedColumn struct {
	code, text string
	width      float64
}

func fixedColumns() []fixedColumn {
	columns := []fixedColumn{{"stt", "", 9}, {"ma_don_vi", "", 11}, {"don_vi", "", 26}, {"nhom", "", 20}, {"kenh", "", 16}, {"ngay", "", 12}, {"so_phut", "", 9}, {"dau_hieu", "", 18}, {"da_loai", "", 9}}
	for i := range columns {
		columns[i].text = vi.Text("export.column." + columns[i].code)
	}
	return columns
}

// dataSheet adds an empty sheet of rows and returns its place in the file.
func (b *book) dataSheet(form *survey.Form, number, rows int) string {
	name := vi.Text("export.sheetData")
	if number > 1 {
		name += " " + strconv.Itoa(number)
	}
	_, err := b.file.NewSheet(name)
	b.keep(err)
	fixed := fixedColumns()
	width := func(i int, width float64) {
		column, _ := excelize.ColumnNumberToName(i)
		b.keep(b.file.SetColWidth(name, column, column, width))
	}
	for i, c := range fixed {
		width(i+1, c.width)
	}
	columns := form.Columns()
	for i, c := range columns {
		if c.Other || c.Question.Kind == survey.Text {
			width(len(fixed)+i+1, 40)
		}
	}
	s := &sheet{book: b, name: name, freeze: [2]int{headRows, 0}, wide: true, widths: make([]float64, 1)}
	b.keep(s.page())
	b.keep(b.file.SetPanes(name, s.panes()))
	b.keep(b.file.SetSheetDimension(name, area(1, 1, rows, len(fixed)+len(columns), false)))
	return "xl/worksheets/sheet" + strconv.Itoa(b.file.SheetCount) + ".xml"
}

// errRows is when Each yields more or fewer rows than it promised.
func errRows() error { return fault.New(fault.Internal, "xlsx.write") }
