package xlsx

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// A4 and the margins of the decree on records, in millimetres.
const (
	pageShort, pageLong                              = 210, 297
	marginTop, marginBottom, marginLeft, marginRight = 20, 20, 30, 15
	mmPerInch, pointsPerInch                         = 25.4, 72
)

// sheet is one sheet being built in memory; rows and columns count from 1.
type sheet struct {
	book      *book
	name      string
	widths    []float64 // characters, by column
	rows      [][]cell
	heights   map[int]float64 // points
	merges    [][4]int        // row, column, last row, last column
	repeat    [2]int          // first and last row printed on every page
	printed   int             // last row that is printed, 0 for all
	freeze    [2]int          // rows and columns that stay in view
	breaks    []int           // rows that begin a page
	columns   []style         // of the empty cells below, by column
	before    []func() error  // charts, validations, protection
	wide      bool            // landscape whatever the width
	continued bool            // not a document of its own: numbered from its first page
	// more writes the coming rows below those in memory, one by one, with put.
	coming int
	more   func(put func(cells []cell, points float64) error) error
}

// set puts a cell and returns its address.
func (s *sheet) set(row, col int, c cell) string {
	for len(s.rows) < row {
		s.rows = append(s.rows, nil)
	}
	for len(s.rows[row-1]) < col {
		s.rows[row-1] = append(s.rows[row-1], cell{})
	}
	s.rows[row-1][col-1] = c
	return at(row, col)
}

// text puts a string.
func (s *sheet) text(row, col int, text string, look style) string {
	return s.set(row, col, cell{value: text, style: look})
}

// span merges a rectangle and shows a cell in it; every part gets its borders.
func (s *sheet) span(row, col, lastRow, lastCol int, c cell) {
	for i := row; i <= lastRow; i++ {
		for j := col; j <= lastCol; j++ {
			s.set(i, j, cell{style: c.style})
		}
	}
	s.set(row, col, c)
	if row != lastRow || col != lastCol {
		s.merges = append(s.merges, [4]int{row, col, lastRow, lastCol})
	}
}

// line puts a text over a range of columns and makes its row high enough.
func (s *sheet) line(row, col, lastCol int, text string, look style) {
	look.wrap = true
	s.span(row, col, row, lastCol, cell{value: text, style: look})
	s.grow(row, textHeight(text, look, s.points(col, lastCol)))
}

// grow makes a row at least so many points high.
func (s *sheet) grow(row int, points float64) {
	s.heights[row] = min(max(s.heights[row], points), excelize.MaxRowHeight)
}

// fit makes a row high enough for its wrapped cells that are not merged.
func (s *sheet) fit(row int) {
	for j, c := range s.rows[row-1] {
		text, ok := c.value.(string)
		if !ok {
			text = "0"
		}
		s.grow(row, textHeight(text, c.style, s.points(j+1, j+1)))
	}
}

// points is the width of a range of columns on paper.
func (s *sheet) points(col, lastCol int) float64 {
	total := 0.0
	for _, w := range s.widths[col-1 : min(lastCol, len(s.widths))] {
		total += columnPoints(w)
	}
	return total
}

// printable is the width between the margins in points.
func printable(landscape bool) float64 {
	width := float64(pageShort)
	if landscape {
		width = pageLong
	}
	return (width - marginLeft - marginRight) / mmPerInch * pointsPerInch
}

func (s *sheet) landscape() bool {
	return s.wide || s.points(1, len(s.widths)) > printable(false)
}

// at is the address of a cell ("B7").
func at(row, col int) string {
	name, _ := excelize.CoordinatesToCellName(col, row)
	return name
}

// area is the address of a rectangle; fixed adds the dollar signs.
func area(row, col, lastRow, lastCol int, fixed bool) string {
	a, _ := excelize.CoordinatesToCellName(col, row, fixed)
	b, _ := excelize.CoordinatesToCellName(lastCol, lastRow, fixed)
	return a + ":" + b
}

// ref is an address as another sheet writes it.
func (s *sheet) ref(address string) string {
	return "'" + strings.ReplaceAll(s.name, "'", "''") + "'!" + address
}

// flush hands the sheet to excelize. The stream writer is the one way to store
// a formula together with its value; it takes what belongs to the sheet as a
// whole before the first row.
func (s *sheet) flush() {
	b := s.book
	b.keep(s.page())
	for i, width := range s.widths { // charts are placed by these widths
		name, _ := excelize.ColumnNumberToName(i + 1)
		b.keep(b.file.SetColWidth(s.name, name, name, width))
	}
	for i, look := range s.columns {
		name, _ := excelize.ColumnNumberToName(i + 1)
		b.keep(b.file.SetColStyle(s.name, name, b.style(look)))
	}
	for _, f := range s.before {
		b.keep(f())
	}
	last := 1
	for _, row := range s.rows {
		last = max(last, len(row))
	}
	b.keep(b.file.SetSheetDimension(s.name, area(1, 1, max(len(s.rows)+s.coming, 1), last, false)))
	if b.err != nil {
		return
	}
	w, err := b.file.NewStreamWriter(s.name)
	if b.keep(err); err != nil {
		return
	}
	b.keep(s.stream(w))
	b.keep(w.Flush())
}

func (s *sheet) stream(w *excelize.StreamWriter) error {
	if err := w.SetPanes(s.panes()); err != nil {
		return err
	}
	for i, row := range s.rows {
		if err := w.SetRow(at(i+1, 1), s.values(row), excelize.RowOpts{Height: s.heights[i+1]}); err != nil {
			return err
		}
	}
	if s.more != nil {
		n := len(s.rows)
		if err := s.more(func(cells []cell, points float64) error {
			n++
			return w.SetRow(at(n, 1), s.values(cells), excelize.RowOpts{Height: points})
		}); err != nil {
			return err
		}
	}
	for _, m := range s.merges {
		if err := w.MergeCell(at(m[0], m[1]), at(m[2], m[3])); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheet) values(row []cell) []any {
	values := make([]any, len(row))
	for j, c := range row {
		if c != (cell{}) {
			values[j] = excelize.Cell{Value: c.value, Formula: c.formula, StyleID: s.book.style(c.style)}
		}
	}
	return values
}

func (s *sheet) panes() *excelize.Panes {
	if s.freeze == [2]int{} {
		return &excelize.Panes{}
	}
	pane := "bottomRight"
	if s.freeze[1] == 0 {
		pane = "bottomLeft"
	}
	return &excelize.Panes{
		Freeze: true, YSplit: s.freeze[0], XSplit: s.freeze[1],
		TopLeftCell: at(s.freeze[0]+1, s.freeze[1]+1), ActivePane: pane,
	}
}

// page sets paper, margins, scale, heads and page numbers.
func (s *sheet) page() error {
	f := s.book.file
	orientation := "portrait"
	if s.landscape() {
		orientation = "landscape"
	}
	a4, one, any, first := 9, 1, 0, uint(1)
	inch := func(mm float64) *float64 { v := mm / mmPerInch; return &v }
	yes := true
	header := excelize.HeaderFooterOptions{DifferentFirst: !s.continued, OddHeader: `&C&"` + font + `,Regular"&13&P`}
	for _, err := range []error{
		f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &yes}),
		f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &one, FitToHeight: &any, FirstPageNumber: &first}),
		f.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{
			Top: inch(marginTop), Bottom: inch(marginBottom), Left: inch(marginLeft), Right: inch(marginRight), Header: inch(marginTop / 2), Footer: inch(marginBottom / 2),
			Horizontally: &yes,
		}),
		f.SetHeaderFooter(s.name, &header),
	} {
		if err != nil {
			return err
		}
	}
	for _, row := range s.breaks {
		if err := f.InsertPageBreak(s.name, at(row, 1)); err != nil {
			return err
		}
	}
	if err := s.printArea(); err != nil {
		return err
	}
	return s.repeatRows()
}

// printArea leaves what stands below the last printed row out of the print.
func (s *sheet) printArea() error {
	if s.printed == 0 {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(s.widths), s.printed, true)
	if err != nil {
		return err
	}
	return s.book.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: s.name, RefersTo: s.ref("$A$1:" + last)})
}

func (s *sheet) repeatRows() error {
	if s.repeat[0] == 0 {
		return nil
	}
	first, _ := excelize.JoinCellName("A", s.repeat[0])
	last, _ := excelize.JoinCellName("A", s.repeat[1])
	return s.book.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: s.name,
		RefersTo: s.ref("$" + strings.TrimPrefix(first, "A") + ":$" + strings.TrimPrefix(last, "A")),
	})
}

// together keeps rows first to last on one page, with the row above them, when
// they would be torn apart: it begins a page before. It reckons with the row
// heights, the scale that fits the width, and the heads repeated on each page.
func (s *sheet) together(first, last int) {
	long := float64(pageLong)
	if s.landscape() {
		long = pageShort
	}
	scale := min(1, printable(s.landscape())/s.points(1, len(s.widths)))
	page := (long - marginTop - marginBottom) / mmPerInch * pointsPerInch / scale
	head := 0.0
	for row := s.repeat[0]; row > 0 && row <= s.repeat[1]; row++ {
		head += s.height(row)
	}
	used, begins := 0.0, 1
	for row := 1; row <= last; row++ {
		if h := s.height(row); used+h > page {
			used, begins = head+h, row
		} else {
			used += h
		}
	}
	if begins > first && first > 2 {
		s.breaks = append(s.breaks, first-1)
	}
}

// defaultHeight is a row's height in points when nothing is set.
const defaultHeight = 15

func (s *sheet) height(row int) float64 {
	if h, ok := s.heights[row]; ok {
		return h
	}
	return defaultHeight
}
