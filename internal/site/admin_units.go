package site

import (
	"encoding/csv"
	"io"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// previewRows is how many rows of a list the preview of an import shows.
const previewRows = 200

// units shows the list of units, of one level if asked for.
func (a *admin) units(c *fiber.Ctx) error {
	all, err := a.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	p := view.Units{Admin: a.page(c, vi.Text("word.unit")), Level: c.Query("cap"), May: mayDo(c, account.EditUnits)}
	for _, level := range unit.Levels() {
		p.Levels = append(p.Levels, option(level, levelName(level), p.Level))
	}
	list := all
	if p.Level != "" {
		list = unit.AtLevel(all, p.Level)
	}
	names := unitNames(all)
	parent := func(u unit.Unit) string { return names[u.Parent].Name }
	rows, listing := listOf(c, list, func(u unit.Unit) string { return u.Code + " " + u.Name + " " + parent(u) }, []listColumn[unit.Unit]{
		{key: "ma", label: vi.Text("word.code"), compare: by(func(u unit.Unit) string { return u.Code })},
		{key: "ten", label: vi.Text("word.name"), compare: byText(func(u unit.Unit) string { return u.Name })},
		{key: "cap", label: vi.Text("word.level"), compare: byText(func(u unit.Unit) string { return levelName(u.Level) })},
		{key: "tren", label: vi.Text("word.parent"), compare: byText(parent)},
		{key: "tu", label: vi.Text("word.validity"), compare: by(func(u unit.Unit) unit.Date { return u.ValidFrom })},
	}, view.Pair{Name: "cap", Value: p.Level})
	p.List = listing
	for _, u := range rows {
		row := unitRow(u, names)
		p.Rows = append(p.Rows, row)
	}
	return c.Render("admin/units", p)
}

func unitRow(u unit.Unit, names map[string]unit.Unit) view.UnitRow {
	row := view.UnitRow{Code: u.Code, Name: u.Name, Level: levelName(u.Level), Parent: u.Parent, From: dayText(string(u.ValidFrom)), To: dayText(string(u.ValidTo))}
	if parent, ok := names[u.Parent]; ok {
		row.Parent = parent.Name
	}
	return row
}

// dayText shows 2026-12-31 as 31/12/2026.
func dayText(day string) string {
	if len(day) != len("2006-01-02") {
		return day
	}
	return day[8:] + "/" + day[5:7] + "/" + day[:4]
}

// mayDo reports whether the signed-in user may do the action.
func mayDo(c *fiber.Ctx, action account.Action) bool {
	u, ok := userOf(c)
	return ok && u.Role.May(action)
}

func (a *admin) unitImportPage(c *fiber.Ctx) error {
	return c.Render("admin/unit_import", view.UnitImport{Admin: a.page(c, vi.Text("title.unitImport"))})
}

// unitImportRead reads an uploaded list and shows every problem of it, or what
// it would change. Nothing is written.
func (a *admin) unitImportRead(c *fiber.Ctx) error {
	p := view.UnitImport{Admin: a.page(c, vi.Text("title.unitImport"))}
	existing, err := a.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	name, data, err := upload(c, "tep", unit.MaxSize)
	p.File = name
	var list []unit.Unit
	if err == nil {
		list, err = readUnits(name, data, existing)
	}
	if err != nil {
		if !refusable(err) {
			return err
		}
		f := asFault(err)
		p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
		if len(f.Problems) > 0 {
			p.Problems = located(err)
		}
		return c.Status(statuses[f.Kind]).Render("admin/unit_import", p)
	}
	p.Read = true
	if err := compareUnits(&p, list, existing); err != nil {
		return err
	}
	return c.Render("admin/unit_import", p)
}

// readUnits reads a list by what the file is, not by its name alone.
func readUnits(name string, data []byte, existing []unit.Unit) ([]unit.Unit, error) {
	if !xlsx.IsWorkbook(data) && !strings.EqualFold(path.Ext(name), ".xlsx") {
		return unit.ParseCSV(data, existing)
	}
	table, err := xlsx.ReadTable(data, "")
	if err != nil {
		return nil, err
	}
	return unit.Parse(table, existing)
}

// upload returns an uploaded file of at most max bytes and its name.
func upload(c *fiber.Ctx, field string, max int64) (string, []byte, error) {
	h, err := c.FormFile(field)
	if err != nil {
		return "", nil, fault.Wrap(err, fault.Invalid, "admin.noFile")
	}
	name := cut(vi.Clean(path.Base(h.Filename)), maxQuery)
	if h.Size > max {
		return name, nil, fault.New(fault.TooLarge, "file.tooLarge", name, vi.Int(max>>20)+" MB")
	}
	if h.Size == 0 {
		return name, nil, fault.New(fault.Invalid, "admin.emptyFile", name)
	}
	f, err := h.Open()
	if err != nil {
		return name, nil, fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return name, nil, fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	return name, data, nil
}

// compareUnits fills the preview: what the list adds and changes.
func compareUnits(p *view.UnitImport, list, existing []unit.Unit) error {
	old, names := unitNames(existing), unitNames(append(append([]unit.Unit{}, existing...), list...))
	var write []unit.Unit
	for _, u := range list {
		row := unitRow(u, names)
		before, known := old[u.Code]
		switch {
		case !known:
			p.Added++
			row.What = "new"
		case unitLine(before) == unitLine(u):
			p.Same++
			continue
		default:
			p.Changed++
			row.What, row.Was = "changed", wasText(unitRow(before, names), row)
		}
		write = append(write, u)
		if len(p.Rows) < previewRows {
			p.Rows = append(p.Rows, row)
		} else {
			p.More++
		}
	}
	data, err := writeUnits(write)
	p.Data = data
	return err
}

// wasText names the values of a unit that change.
func wasText(old, now view.UnitRow) string {
	var was []string
	for _, v := range []struct{ name, old, now string }{
		{vi.Text("admin.was.name"), old.Name, now.Name}, {vi.Text("admin.was.level"), old.Level, now.Level}, {vi.Text("admin.was.parent"), old.Parent, now.Parent},
		{vi.Text("admin.was.from"), old.From, now.From}, {vi.Text("admin.was.to"), old.To, now.To},
	} {
		if v.old != v.now {
			if v.old == "" {
				v.old = vi.Text("admin.was.empty")
			}
			was = append(was, v.name+": "+v.old)
		}
	}
	return strings.Join(was, "; ")
}

var unitHeader = []string{"code", "name", "level", "parent", "valid_from", "valid_to", "predecessors"}

func unitRecord(u unit.Unit) []string {
	return []string{u.Code, u.Name, u.Level, u.Parent, string(u.ValidFrom), string(u.ValidTo), strings.Join(u.Predecessors, ";")}
}

func unitLine(u unit.Unit) string { return strings.Join(unitRecord(u), "\x00") }

// writeUnits writes units as CSV in our own layout.
func writeUnits(list []unit.Unit) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(unitHeader) // a strings.Builder takes everything
	for _, u := range list {
		_ = w.Write(unitRecord(u))
	}
	w.Flush()
	return b.String(), w.Error()
}

// unitImportWrite checks the previewed units once more, whole, and writes them.
func (a *admin) unitImportWrite(c *fiber.Ctx) error {
	existing, err := a.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	list, err := unit.ParseCSV([]byte(c.FormValue("du-lieu")), existing)
	if err != nil {
		return err
	}
	added, changed, err := a.store.PutUnits(c.UserContext(), list)
	if err != nil {
		return err
	}
	if added+changed > 0 {
		err = a.record(c, "", audit.UnitsImported, "units", audit.Change{Field: "added", After: vi.Int(added)}, audit.Change{Field: "changed", After: vi.Int(changed)})
	}
	if err != nil {
		return err
	}
	return done(c, "/quan-tri/don-vi", "units", added, changed)
}
