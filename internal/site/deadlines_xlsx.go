package site

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// deadlinesExcel is the list of those behind at a step, as the page shows it
// but for its pages.
func (s *Server) deadlinesExcel(c *fiber.Ctx) error {
	user, _ := userOf(c)
	p, _, ok, err := s.periodChoice(c, user.Unit)
	if err != nil {
		return err
	}
	if !ok || !p.Steps {
		return fault.New(fault.NotFound, "site.notFound")
	}
	d, err := s.deadlineView(c.UserContext(), p, user)
	if err != nil {
		return err
	}
	step := d.chosen(c.Query("buoc"))
	rows := searched(d.byStep[step], cut(vi.Clean(c.Query("q")), maxQuery), d.text)
	sortRows(rows, c.Query("sap"), deadlineColumns(d))
	title := stepTitle(&p, step)
	book := xlsx.SurveyTable{Title: vi.Text("deadline.title"), Lines: []string{p.Title, title, vi.Text("desk.rows", vi.Int(len(rows)), vi.DateTime(s.now()))}, Sheet: vi.Text("deadline.short"), Made: s.now()}
	for _, key := range []string{"word.unit", "word.code", "deadline.what", "deadline.day", "desk.lateBy", "deadline.who"} {
		book.Columns = append(book.Columns, xlsx.SurveyColumn{Label: vi.Text(key)})
	}
	for _, b := range rows {
		late := ""
		if left, ok := daysBetween(d.today, b.day); ok && left < 0 {
			late = vi.Int(-left)
		}
		book.Rows = append(book.Rows, []any{d.units[b.unit].Name, b.unit, whyWords(b.why), dayWord(b.day), late, strings.Join(d.names(b), ", ")})
	}
	var buf bytes.Buffer
	if err := xlsx.WriteSurveyTable(&buf, book); err != nil {
		return err
	}
	return sendExcel(c, "han-"+p.ID+"-"+step, buf.Bytes())
}

// text is what the search of the list looks through.
func (d *deadlineView) text(b behind) string {
	return d.units[b.unit].Name + " " + b.unit + " " + whyWords(b.why) + " " + strings.Join(d.names(b), " ")
}
