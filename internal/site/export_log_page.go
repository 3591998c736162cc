package site

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// maxExportLog is how many entries of the export log one page looks through;
// older ones are found by naming days.
const maxExportLog = 5_000

// exportLog lists what left the system, the newest first.
func (s *Server) exportLog(c *fiber.Ctx) error {
	a := &admin{Server: s}
	p := view.ExportLog{Admin: a.page(c, vi.Text("export.log"))}
	p.Styles = append(p.Styles, exportStyle)
	from, to := dayOf(c.Query("tu")), dayOf(c.Query("den"))
	if !from.IsZero() {
		p.From = from.Format(time.DateOnly)
	}
	if !to.IsZero() {
		p.To = to.Format(time.DateOnly)
		to = to.AddDate(0, 0, 1)
	}
	entries, err := s.store.Exports(c.UserContext(), from, to, maxExportLog)
	if err != nil {
		return err
	}
	if len(entries) == maxExportLog {
		p.Most = maxExportLog
	}
	rows, listing := listOf(c, entries, exportText, exportColumns(), view.Pair{Name: "tu", Value: p.From}, view.Pair{Name: "den", Value: p.To})
	p.List = listing
	for _, x := range rows {
		p.Rows = append(p.Rows, view.ExportRow{
			When: vi.DateTime(x.At), Who: x.Who, What: exportWhat(x.What), Campaign: x.Campaign, Format: x.Format,
			Via: vi.Text("export.via." + string(x.Via)), Path: x.Path, Sum: x.Sum, Rows: x.Rows,
		})
	}
	return c.Render("export/log", p)
}

// dayOf reads a day of Vietnam's calendar, YYYY-MM-DD; zero for anything else.
func dayOf(text string) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, text, vi.Zone)
	if err != nil {
		return time.Time{}
	}
	return day
}

// exportWhat names the kind of data of an entry.
func exportWhat(what string) string {
	if key := "export.what." + what; vi.Has(key) {
		return vi.Text(key)
	}
	return what
}

func exportText(x store.Export) string {
	return x.Who + " " + exportWhat(x.What) + " " + x.Campaign + " " + x.Format + " " + x.Path + " " + vi.Text("export.via."+string(x.Via))
}

func exportColumns() []listColumn[store.Export] {
	return []listColumn[store.Export]{
		{key: "luc", label: vi.Text("export.columnWhen"), compare: func(a, b store.Export) int { return b.At.Compare(a.At) }},
		{key: "ai", label: vi.Text("export.columnWho"), compare: byText(func(x store.Export) string { return x.Who })},
		{key: "gi", label: vi.Text("export.columnWhat"), compare: byText(func(x store.Export) string { return exportWhat(x.What) })},
		{key: "dot", label: vi.Text("word.campaign"), compare: byText(func(x store.Export) string { return x.Campaign })},
		{key: "dang", label: vi.Text("export.columnFormat"), compare: byText(func(x store.Export) string { return x.Format })},
		{key: "so", label: vi.Text("export.columnRows"), number: true, compare: by(func(x store.Export) int64 { return x.Rows })},
		{key: "qua", label: vi.Text("export.columnVia"), compare: byText(func(x store.Export) string { return string(x.Via) })},
	}
}
