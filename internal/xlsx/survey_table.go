package xlsx

import (
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// SurveyTable is one table of statistics or of texts as a page shows it. A
// value is a string, an int64 or a float64; strings are always stored as text.
type SurveyTable struct {
	Title   string
	Lines   []string // under the title
	Sheet   string
	Columns []SurveyColumn
	Rows    [][]any
	Made    time.Time

	Appendix bool // data to search in: only what stands above the rows is printed
}

// SurveyColumn is a heading; Width in characters, 0 for a usual one.
type SurveyColumn struct {
	Label  string
	Number bool
	Width  float64
}

// The usual widths of columns, in characters.
const (
	surveyFirst  = 42.0
	surveyNumber = 11.0
	surveyText   = 24.0
)

// WriteSurveyTable writes the workbook of one table.
func WriteSurveyTable(w io.Writer, t SurveyTable) error {
	b := newBook(t.Title, t.Made)
	b.surveySheet(Head{}, t.Title, t)
	return b.write(w)
}

// surveySheet adds a sheet with a table; with a head it is a document.
func (b *book) surveySheet(h Head, title string, t SurveyTable) {
	widths := make([]float64, max(len(t.Columns), 2))
	for i := range widths {
		widths[i] = surveyText
		switch {
		case i < len(t.Columns) && t.Columns[i].Width > 0:
			widths[i] = t.Columns[i].Width
		case i == 0:
			widths[i] = surveyFirst
		case i < len(t.Columns) && t.Columns[i].Number:
			widths[i] = surveyNumber
		}
	}
	s := b.sheet(t.Sheet, widths...)
	s.continued = h.none() && len(b.sheets) > 1
	row := s.writeHead(h, title, t.Lines...)
	for i, c := range t.Columns {
		s.text(row, i+1, c.Label, headLook())
	}
	if len(t.Columns) > 0 {
		s.fit(row)
		s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 1}
		if t.Appendix {
			s.printed = row
		}
	}
	for _, values := range t.Rows[:min(len(t.Rows), excelize.TotalRows-row-1)] {
		row++
		for i, v := range values {
			s.set(row, i+1, surveyCell(v))
		}
		s.fit(row)
	}
	s.writeEnd(h, row)
}

func surveyCell(v any) cell {
	switch v := v.(type) {
	case int64:
		return whole(v)
	case float64:
		return cell{value: v, style: numLook(twoPlaces)}
	case string:
		return words(clipCell(v))
	}
	return cell{style: midLook()}
}

// clipCell cuts a text to what a cell can hold.
func clipCell(s string) string {
	if r := []rune(s); len(r) > excelize.TotalCellChars {
		return string(r[:excelize.TotalCellChars])
	}
	return s
}
