package site

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// openDraft returns the draft of the address with its set. stop is true when
// the version is no draft and the answer says so.
func (l *library) openDraft(c *fiber.Ctx) (v store.Version, set *rubric.Set, stop bool, err error) {
	if v, err = l.find(c); err != nil {
		return v, nil, true, err
	}
	if v.State != store.Draft {
		return v, nil, true, l.frozen(c, v)
	}
	set, err = l.store.Set(c.UserContext(), v.ID, v.Number)
	return v, set, err != nil, err
}

func (l *library) bookForm(c *fiber.Ctx, v store.Version) view.EditImport {
	return view.EditImport{Admin: l.page(c, vi.Text("editor.importTitle", store.Ref(v.ID, v.Number))), ID: v.ID, Number: v.Number, Heading: v.Title, Back: l.url(v), Version: v.Version}
}

// bookPage shows the form to upload a workbook into a draft.
func (l *library) bookPage(c *fiber.Ctx) error {
	v, _, stop, err := l.openDraft(c)
	if err != nil || stop {
		return err
	}
	return c.Render("editor/import", l.bookForm(c, v))
}

// bookRead reads an edited workbook and shows in words what it would change.
// Nothing is written.
func (l *library) bookRead(c *fiber.Ctx) error {
	v, stored, stop, err := l.openDraft(c)
	if err != nil || stop {
		return err
	}
	p := l.bookForm(c, v)
	return showBook(c, p, func(p *view.EditImport, data []byte) error { return l.compareBook(c, p, stored, data) })
}

// showBook reads the workbook of a request, lets compare fill the preview from
// it, and shows that or what is wrong.
func showBook(c *fiber.Ctx, p view.EditImport, compare func(*view.EditImport, []byte) error) error {
	name, data, err := upload(c, "tep", MaxLibraryFile)
	p.File = name
	if err == nil {
		err = compare(&p, data)
	}
	if err != nil && !refusable(err) {
		return err
	}
	if err != nil {
		f := asFault(err)
		p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
		if len(f.Problems) > 0 {
			p.Bad = located(err)
		}
		c.Status(statuses[f.Kind])
	}
	return c.Render("editor/import", p)
}

// compareBook fills the preview. A workbook of another set is Invalid; one made
// from an older state of the draft is a Conflict, shown with what stands
// against it.
func (l *library) compareBook(c *fiber.Ctx, p *view.EditImport, stored *rubric.Set, data []byte) error {
	if !xlsx.IsWorkbook(data) {
		return fault.New(fault.Unsupported, "editor.notBook")
	}
	lookup, err := setShelf{l.store}.formLookup(c.UserContext())
	if err != nil {
		return err
	}
	stamp, err := xlsx.ReadStamp(data)
	if err != nil {
		return err
	}
	now, err := xlsx.StampOf(stored)
	if err != nil {
		return err
	}
	if stamp.ID != now.ID || stamp.Version != now.Version {
		return fault.New(fault.Invalid, "editor.otherSet", store.Ref(stamp.ID, stamp.Version), store.Ref(now.ID, now.Version))
	}
	set, err := xlsx.ReadCriteria(data, lookup)
	if err != nil {
		return err
	}
	if set.ID != now.ID || set.Version != now.Version {
		return fault.New(fault.Invalid, "admin.sameVersion", now.ID, now.Version)
	}
	p.Changes = diffLines(rubric.Diff(stored, set))
	if stamp.Sum != now.Sum {
		p.Stale = true
		return fault.New(fault.Conflict, "editor.stale")
	}
	text, err := set.YAML()
	p.Read, p.YAML = true, string(text)
	return err
}

// bookWrite stores what the preview showed, unless the draft changed since.
func (l *library) bookWrite(c *fiber.Ctx) error {
	v, stored, stop, err := l.openDraft(c)
	if err != nil || stop {
		return err
	}
	now, err := l.shelf.read(c.UserContext(), []byte(c.FormValue("du-lieu")), store.Ref(v.ID, v.Number)+".yaml")
	if err != nil {
		return err
	}
	if now.ID != v.ID || now.Number != v.Number {
		return fault.New(fault.Invalid, "admin.sameVersion", v.ID, v.Number)
	}
	now.Version, _ = strconv.ParseInt(c.FormValue("phien-ban"), 10, 64)
	if now.Version == v.Version {
		err = l.saveDraft(c, now, eventImported)
	} else {
		err = fault.New(fault.Stale, "store.stale")
	}
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		return l.bookStale(c, v, stored, now)
	}
	if err != nil {
		return err
	}
	return done(c, l.url(v), "saved")
}

// bookStale shows that the draft changed while the preview was being read.
func (l *library) bookStale(c *fiber.Ctx, v store.Version, stored *rubric.Set, sent store.Version) error {
	set, err := rubric.Parse([]byte(sent.YAML), sent.ID)
	if err != nil {
		return err
	}
	p := l.bookForm(c, v)
	p.Stale, p.Changes = true, diffLines(rubric.Diff(stored, set))
	p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text("editor.stale")}}
	return c.Status(fiber.StatusConflict).Render("editor/import", p)
}
