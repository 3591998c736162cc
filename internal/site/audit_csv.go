package site

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// auditCSV writes what the log shows with its filters, up to maxAuditCSV
// events, a line for each change, as CSV that no spreadsheet takes for formulas.
func (s *Server) auditCSV(c *fiber.Ctx) error {
	f := auditFilterOf(c)
	w, err := s.auditWords(c)
	if err != nil {
		return err
	}
	f.Limit, f.After = maxAuditCSV, ""
	found, err := s.store.SearchAudit(c.UserContext(), f.AuditSearch, f.keep(w))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // Excel reads the letters right with it
	out := csv.NewWriter(&b)
	var head []string
	for _, key := range []string{"when", "who", "name", "what", "thing", "id", "field", "beforeValue", "afterValue", "seqColumn", "hash"} {
		head = append(head, vi.Text("audit.column."+key))
	}
	lines := [][]string{head}
	for i := range found.Events {
		lines = append(lines, w.lines(&found.Events[i])...)
	}
	if found.Next != "" {
		lines = append(lines, []string{vi.Text("audit.cut", vi.Int(maxAuditCSV))})
	}
	for _, line := range lines {
		for i := range line {
			line[i] = report.SafeCSV(line[i])
		}
	}
	if err := out.WriteAll(lines); err != nil {
		return err
	}
	if err := s.logOut(c, store.Export{What: "audit", Format: "csv", Rows: int64(len(found.Events))}); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="nhat-ky-`+s.now().In(vi.Zone).Format(time.DateOnly)+`.csv"`)
	return c.Send(b.Bytes())
}

// lines are the rows of an event: one for each change, one at least.
func (w *auditWords) lines(e *audit.Event) [][]string {
	r := w.row(e)
	seq := ""
	if e.Seq > 0 {
		seq = strconv.FormatInt(e.Seq, 10)
	}
	line := func(field, before, after string) []string {
		return []string{r.When, r.Who, r.Name, r.What, r.Thing, e.Thing, field, before, after, seq, e.Hash}
	}
	if len(r.Changes) == 0 {
		return [][]string{line("", "", "")}
	}
	var list [][]string
	for _, x := range r.Changes {
		list = append(list, line(x.Field, x.Before, x.After))
	}
	return list
}
