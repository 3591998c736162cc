package xlsx

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// templateRows is how many rows of a template have lists and formats.
const templateRows = 5000

// responseBook is a template being written.
type responseBook struct {
	*book
	ResponseSheet
	lists *sheet
	next  int // the free column of the sheet of lists
}

// WriteResponseTemplate writes the workbook into which paper forms are typed:
// one row a form, lists to choose from, the headings locked, notes, and a
// hidden stamp that says which campaign and form version it is for.
func WriteResponseTemplate(w io.Writer, r ResponseSheet) error {
	b := &responseBook{book: newBook(r.Campaign.Title, time.Unix(0, 0)), ResponseSheet: r, next: 1}
	table := b.sheet(vi.Text("paper.tableSheet"), b.widths()...)
	notes := b.sheet(vi.Text("xlsx.sheetNotes"), 100)
	b.lists = b.sheet(vi.Text("paper.listSheet"))
	b.table(table)
	b.notes(notes)
	b.stamp()
	return b.write(w)
}

func (b *responseBook) widths() []float64 {
	widths := []float64{10, 26, 20}
	for _, f := range b.fields() {
		width := 22.0
		if f.question.Kind == survey.Text || f.other {
			width = 34
		}
		widths = append(widths, width)
	}
	return widths
}

func (b *responseBook) table(s *sheet) {
	s.repeat, s.freeze, s.continued = [2]int{1, 1}, [2]int{1, firstAnswer}, true
	look := style{border: true, wrap: true, top: true, unlocked: true, format: "@"}
	for j, text := range leads() {
		s.text(1, j+1, text, headLook())
		s.columns = append(s.columns, look)
	}
	b.offer(s, colUnit, leads()[colUnit], b.unitWords())
	b.offer(s, colGroup, leads()[colGroup], b.groupWords())
	for j, f := range b.fields() {
		col := firstAnswer + j
		s.text(1, col+1, f.heading(), headLook())
		s.columns = append(s.columns, b.answerLook(f, look))
		if !f.other && len(f.question.Options) > 0 {
			var words []string
			for _, o := range optionsOf(f.question) {
				words = append(words, coded(o.Code, o.Label))
			}
			column := b.list(f.name, words)
			if f.question.Kind != survey.Multi { // a list takes one word only
				b.choose(s, col, column)
			}
		}
	}
	s.fit(1)
	s.protect()
}

// answerLook keeps text as it is typed; numbers and dates are Excel's own.
func (b *responseBook) answerLook(f fieldOf, look style) style {
	switch {
	case f.other:
	case f.question.Kind == survey.Number:
		look.format = ""
	case f.question.Kind == survey.Date:
		look.format = "dd/mm/yyyy"
	}
	return look
}

func (b *responseBook) unitWords() []string {
	var words []string
	for _, u := range b.Units {
		if b.Campaign.Has(u.Code) {
			words = append(words, coded(u.Code, u.Name))
		}
	}
	return words
}

func (b *responseBook) groupWords() []string {
	var words []string
	for _, g := range b.Campaign.RespondentGroups(b.Form) {
		words = append(words, coded(g, vi.Text("group."+g)))
	}
	return words
}

// offer puts a list of words on a column of the table.
func (b *responseBook) offer(s *sheet, col int, title string, words []string) {
	if len(words) > 0 {
		b.choose(s, col, b.list(title, words))
	}
}

// list writes words into the next column of the sheet of lists and returns the
// range they stand in.
func (b *responseBook) list(title string, words []string) string {
	s, col := b.lists, b.next
	b.next++
	s.widths = append(s.widths, 40)
	s.text(1, col, title, headLook())
	for i, word := range words {
		s.text(i+2, col, word, textLook())
	}
	s.freeze, s.continued = [2]int{1, 0}, true
	return s.ref(area(2, col, len(words)+1, col, true))
}

// choose offers the words of a range in a column of the table.
func (b *responseBook) choose(s *sheet, col int, words string) {
	s.before = append(s.before, func() error {
		d := excelize.NewDataValidation(true)
		d.SetSqref(area(2, col+1, templateRows, col+1, false))
		d.SetError(excelize.DataValidationErrorStyleWarning, vi.Text("xlsx.chooseTitle"), vi.Text("paper.chooseList"))
		d.SetSqrefDropList(words)
		return b.file.AddDataValidation(s.name, d)
	})
}

func (b *responseBook) notes(s *sheet) {
	s.continued = true
	s.line(1, 1, 1, vi.Text("paper.notesTitle", b.Campaign.Title), style{size: sizeTitle, bold: true})
	for i, text := range strings.Split(vi.Text("paper.notes"), "\n") {
		s.line(i+2, 1, 1, text, style{size: 12})
	}
}

func (b *responseBook) stamp() {
	s := b.sheet(stampSheet, 20, 70)
	for i, line := range [][2]string{{"format", responsesFormat}, {"campaign", b.Campaign.ID}, {"form", b.Form.ID}, {"version", strconv.Itoa(b.Form.Version)}} {
		s.text(i+1, 1, line[0], style{})
		s.text(i+1, 2, line[1], style{})
	}
	s.before = append(s.before, func() error { return b.file.SetSheetVisible(stampSheet, false, true) })
}
