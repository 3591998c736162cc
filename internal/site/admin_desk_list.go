package site

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// filterLate is the filter for dossiers that are past the last day of a step.
const filterLate = "tre-han"

// chosen are the rows of the request's filter and search, before the pages are
// cut.
func (d *stepDesk) chosen(c *fiber.Ctx, rows []stepRow) []stepRow {
	filter := c.Query("tt")
	if filter == "" {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r stepRow) bool {
		return filter == filterLate && r.days == 0 || filter != filterLate && string(r.dossier.Status) != filter
	})
}

func deskText(r stepRow) string { return r.Unit + " " + r.Name + " " + r.Status.Text + " " + r.Turn }

func (d *stepDesk) listColumns() []listColumn[stepRow] {
	columns := []listColumn[stepRow]{
		{key: "han", label: vi.Text("word.unit"), compare: func(x, y stepRow) int { return cmp.Or(y.days-x.days, x.order-y.order) }},
		{key: "trang-thai", label: vi.Text("word.state"), compare: by(func(r stepRow) int { return r.order })},
	}
	for _, name := range d.columns() {
		columns = append(columns, listColumn[stepRow]{label: name})
	}
	return columns
}

// chips are the filters with how many dossiers each shows.
func (d *stepDesk) chips(c *fiber.Ctx, rows []stepRow) []view.Chip {
	counts, late := map[dossier.Status]int{}, 0
	for _, r := range rows {
		counts[r.dossier.Status]++
		if r.days > 0 {
			late++
		}
	}
	base, now := "/quan-tri?ky="+queryEscape(d.period.ID), c.Query("tt")
	list := []view.Chip{{Label: vi.Text("desk.all"), Count: len(rows), URL: base, Current: now == ""}}
	if late > 0 || now == filterLate {
		list = append(list, view.Chip{Label: vi.Text("desk.filterLate"), Count: late, URL: base + "&tt=" + filterLate, Current: now == filterLate, Look: cellLate})
	}
	for _, s := range dossier.Statuses() {
		if counts[s] > 0 || now == string(s) {
			list = append(list, view.Chip{Label: vi.Words(s), Count: counts[s], URL: base + "&tt=" + string(s), Current: now == string(s)})
		}
	}
	return list
}
