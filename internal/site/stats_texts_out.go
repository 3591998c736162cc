package site

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// textColumns are the headings of a download of texts.
func textColumns() []string {
	return []string{vi.Text("word.unit"), vi.Text("stats.question"), vi.Text("word.respondents"), vi.Text("word.time"), vi.Text("stats.text")}
}

// allTexts reads what the filters find, up to MaxTexts.
func (s *Server) allTexts(c *fiber.Ctx) (*textSearch, [][]string, bool, error) {
	t, err := s.textSearchOf(c)
	if err != nil {
		return nil, nil, false, err
	}
	var rows [][]string
	last, err := s.scan(c.UserContext(), t, ExportTime, func(f found) bool {
		r := t.row(f)
		rows = append(rows, []string{r.Unit, r.Question, r.Group, r.When, r.Text})
		return len(rows) < MaxTexts
	})
	return t, rows, last != "", err
}

// textsExcel writes the texts that the filters find; texts are text cells.
func (s *Server) textsExcel(c *fiber.Ctx) error {
	t, rows, cutOff, err := s.allTexts(c)
	if err != nil {
		return err
	}
	book := xlsx.SurveyTable{Title: vi.Text("stats.texts"), Lines: []string{t.campaign.Title}, Sheet: vi.Text("stats.texts"), Made: s.now()}
	if cutOff {
		book.Lines = append(book.Lines, vi.Text("stats.cutOff", vi.Int(len(rows))))
	}
	widths := []float64{24, 36, 16, 16, 60}
	for i, label := range textColumns() {
		book.Columns = append(book.Columns, xlsx.SurveyColumn{Label: label, Width: widths[i]})
	}
	for _, r := range rows {
		values := make([]any, len(r))
		for i, v := range r {
			values[i] = v
		}
		book.Rows = append(book.Rows, values)
	}
	return s.sendBook(c, "texts", "y-kien-"+t.campaign.ID, t.campaign.ID, int64(len(rows)), func(b *bytes.Buffer) error { return xlsx.WriteSurveyTable(b, book) })
}

// textsCSV writes the same as CSV that no spreadsheet takes for formulas.
func (s *Server) textsCSV(c *fiber.Ctx) error {
	t, rows, _, err := s.allTexts(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // Excel reads the letters right with it
	w := csv.NewWriter(&b)
	for _, r := range append([][]string{textColumns()}, rows...) {
		for i := range r {
			r[i] = report.SafeCSV(r[i])
		}
		if err := w.Write(r); err != nil {
			return err
		}
	}
	w.Flush()
	if err := s.logOut(c, store.Export{What: "texts", Format: "csv", Campaign: t.campaign.ID, Rows: int64(len(rows))}); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="y-kien-`+fileName(t.campaign.ID)+`.csv"`)
	return c.Send(b.Bytes())
}

// sortOptions orders choices by their labels in Vietnamese order.
func sortOptions(list []view.Option) {
	compare := vi.Collator()
	slices.SortStableFunc(list, func(a, b view.Option) int { return compare(a.Label, b.Label) })
}

// sortBy orders a list by a key of its items.
func sortBy[T any](list []T, key func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
