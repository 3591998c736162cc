package site

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

func (l *library) formImport(c *fiber.Ctx, v store.Version) view.EditImport {
	return view.EditImport{Admin: l.page(c, vi.Text("builder.importTitle", store.Ref(v.ID, v.Number))), ID: v.ID, Number: v.Number, Heading: v.Title, Back: l.url(v), Version: v.Version}
}

// formBookPage shows the form to upload a workbook into a draft.
func (l *library) formBookPage(c *fiber.Ctx) error {
	f, _, stop, err := l.openForm(c)
	if err != nil || stop {
		return err
	}
	return c.Render("editor/import", l.formImport(c, f.v))
}

// formBookRead reads an edited workbook and shows in words what it would
// change. Nothing is written.
func (l *library) formBookRead(c *fiber.Ctx) error {
	f, stored, stop, err := l.openForm(c)
	if err != nil || stop {
		return err
	}
	p := l.formImport(c, f.v)
	return showBook(c, p, func(p *view.EditImport, data []byte) error { return compareForm(p, stored, data) })
}

// compareForm fills the preview. A workbook of another form is Invalid; one
// made from an older state of the draft is a Conflict, shown with what stands
// against it.
func compareForm(p *view.EditImport, stored *survey.Form, data []byte) error {
	if !xlsx.IsWorkbook(data) {
		return fault.New(fault.Unsupported, "editor.notBook")
	}
	stamp, err := xlsx.ReadFormStamp(data)
	if err != nil {
		return err
	}
	now := xlsx.FormStamp(stored)
	if stamp.ID != now.ID || stamp.Version != now.Version {
		return fault.New(fault.Invalid, "builder.otherForm", store.Ref(stamp.ID, stamp.Version), store.Ref(now.ID, now.Version))
	}
	form, err := xlsx.ReadForm(data)
	if err != nil {
		return err
	}
	if form.ID != now.ID || form.Version != now.Version {
		return fault.New(fault.Invalid, "admin.sameVersion", now.ID, now.Version)
	}
	if _, err := keepLanguages(form, stored); err != nil {
		return err
	}
	p.Changes = formChanges(stored, form)
	if stamp.Sum != now.Sum {
		p.Stale = true
		return fault.New(fault.Conflict, "editor.stale")
	}
	p.Read, p.YAML = true, string(form.YAML())
	return nil
}

// formBookWrite stores what the preview showed, unless the draft changed since.
func (l *library) formBookWrite(c *fiber.Ctx) error {
	f, stored, stop, err := l.openForm(c)
	if err != nil || stop {
		return err
	}
	v := f.v
	form, err := survey.Parse([]byte(c.FormValue("du-lieu")), store.Ref(v.ID, v.Number)+".yaml")
	if err != nil {
		return err
	}
	if form.ID != v.ID || form.Version != v.Number {
		return fault.New(fault.Invalid, "admin.sameVersion", v.ID, v.Number)
	}
	now := formVersion(form)
	now.Version, _ = strconv.ParseInt(c.FormValue("phien-ban"), 10, 64)
	if now.Version == v.Version {
		err = l.saveDraft(c, now, eventImported)
	} else {
		err = fault.New(fault.Stale, "store.stale")
	}
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		p := l.formImport(c, v)
		p.Stale, p.Changes = true, formChanges(stored, form)
		p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text("editor.stale")}}
		return c.Status(fiber.StatusConflict).Render("editor/import", p)
	}
	if err != nil {
		return err
	}
	return done(c, l.url(v), "saved")
}
