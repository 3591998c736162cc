package site

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// Limits of a file of a set or form, in bytes.
const (
	MaxLibraryFile = unit.MaxSize            // an uploaded file, YAML or workbook
	maxDraftBody   = 4 * rubric.MaxFileBytes // a draft as form text, which grows when sent
)

// What may happen to a version, for its audit event.
const (
	eventImported = "imported"
	eventIssued   = "issued"
	eventChanged  = "changed"
)

// library serves the pages of one shelf.
type library struct {
	*admin
	kind  string // its part of the address
	shelf shelf
}

func (a *admin) libraryRoutes(r fiber.Router, l *library) {
	may, base, body := l.may(account.EditSets), "/quan-tri/"+l.kind, limitBody(maxDraftBody)
	r.Get(base, may, l.list)
	r.Post(base+"/nhap", may, l.importFile)
	r.Post(base+"/mau", may, body, l.addSample)
	r.Get(base+"/:id/:v", may, l.show)
	r.Get(base+"/:id/:v/yaml", may, l.download)
	r.Get(base+"/:id/:v/sua", may, l.editPage)
	r.Post(base+"/:id/:v/sua", may, body, l.edit)
	r.Post(base+"/:id/:v/ban-hanh", may, body, l.issue)
	r.Post(base+"/:id/:v/ngung", may, body, l.retire)
	r.Post(base+"/:id/:v/chep", may, body, l.copy)
	if !l.isSets() {
		l.languageRoutes(r)
	}
	if l.isSets() {
		l.editorRoutes(r)
		r.Get(base+"/:id/:v/so-sanh", may, l.diff)
		r.Get(base+"/:id/:v/bang.xlsx", may, l.downloadBook)
	} else {
		l.builderRoutes(r)
	}
}

func (l *library) isSets() bool { return l.kind == "bo-tieu-chi" }

func (l *library) url(v store.Version) string {
	return fmt.Sprintf("/quan-tri/%s/%s/%d", l.kind, v.ID, v.Number)
}

// list shows every version, the samples, and the form to import a file.
func (l *library) list(c *fiber.Ctx) error { return l.showList(c, "", nil) }

func (l *library) showList(c *fiber.Ctx, file string, bad error) error {
	versions, err := l.shelf.versions(c.UserContext())
	if err != nil {
		return err
	}
	p := view.Library{Admin: l.page(c, vi.Text("admin.library."+l.kind)), Kind: l.kind, File: file}
	rows, listing := listOf(c, versions, func(v store.Version) string { return store.Ref(v.ID, v.Number) + " " + v.Title }, []listColumn[store.Version]{
		{key: "ma", label: vi.Text("word.code"), compare: func(a, b store.Version) int {
			if a.ID != b.ID {
				return strings.Compare(a.ID, b.ID)
			}
			return b.Number - a.Number
		}},
		{key: "ten", label: vi.Text("word.name"), compare: byText(func(v store.Version) string { return v.Title })},
		{key: "trang-thai", label: vi.Text("word.state"), compare: by(func(v store.Version) string { return v.State })},
		{key: "luc", label: vi.Text("word.savedAt"), compare: func(a, b store.Version) int { return b.At.Compare(a.At) }},
	})
	p.List, p.List.Path = listing, "/quan-tri/"+l.kind
	for _, v := range rows {
		p.Rows = append(p.Rows, view.VersionRow{ID: v.ID, Number: v.Number, Title: v.Title, State: versionTag(v.State), At: vi.DateTime(v.At), URL: l.url(v)})
	}
	if p.Samples, err = l.sampleList(c, versions); err != nil {
		return err
	}
	if bad != nil {
		f := asFault(bad)
		p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
		if len(f.Problems) > 0 {
			p.Bad = located(bad)
		}
		c.Status(statuses[f.Kind])
	}
	return c.Render("admin/library", p)
}

// sampleList names the samples of the program and where those are that were
// added.
func (l *library) sampleList(c *fiber.Ctx, versions []store.Version) ([]view.Sample, error) {
	files, err := fs.Glob(l.shelf.samples(), "*.yaml")
	if err != nil {
		return nil, err
	}
	var list []view.Sample
	for _, file := range files {
		v, err := l.sample(c, file)
		if err != nil {
			return nil, err
		}
		s := view.Sample{Ref: store.Ref(v.ID, v.Number), Title: v.Title}
		for _, have := range versions {
			if have.ID == v.ID && have.Number == v.Number {
				s.URL = l.url(have)
			}
		}
		list = append(list, s)
	}
	return list, nil
}

func (l *library) sample(c *fiber.Ctx, file string) (store.Version, error) {
	data, err := fs.ReadFile(l.shelf.samples(), file)
	if err != nil {
		return store.Version{}, fault.Wrap(err, fault.NotFound, "admin.noSample", strings.TrimSuffix(file, ".yaml"))
	}
	return l.shelf.read(c.UserContext(), data, file)
}

// addSample adds an issued sample, and with a set the forms that it asks for.
func (l *library) addSample(c *fiber.Ctx) error {
	file := path.Base(vi.Clean(c.FormValue("mau"))) + ".yaml"
	v, err := l.sample(c, file)
	if err != nil {
		return err
	}
	if l.isSets() {
		set, err := rubric.Parse([]byte(v.YAML), file)
		if err != nil {
			return err
		}
		forms := &library{admin: l.admin, kind: "phieu", shelf: formShelf{l.store}}
		for _, id := range formsOf(set) {
			if err := forms.addForm(c, id); err != nil {
				return err
			}
		}
	}
	if err := l.addIssued(c, v); err != nil {
		return err
	}
	return done(c, l.url(v), "sample")
}

// addForm adds the sample form of an id unless some version of it is there.
func (l *library) addForm(c *fiber.Ctx, id string) error {
	versions, err := l.shelf.versions(c.UserContext())
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.ID == id {
			return nil
		}
	}
	v, err := l.sample(c, store.Ref(id, 1)+".yaml")
	if fault.Is(err, fault.NotFound) {
		return nil // the set's page says that it is missing
	} else if err != nil {
		return err
	}
	return l.addIssued(c, v)
}

func (l *library) addIssued(c *fiber.Ctx, v store.Version) error {
	u, _ := userOf(c)
	v.State, v.By = store.Issued, u.Login
	if old, err := l.shelf.version(c.UserContext(), v.ID, v.Number); err == nil && old.State != store.Draft {
		return nil // added before, perhaps retired since: it stays as it is
	}
	if err := l.shelf.put(c.UserContext(), v); err != nil {
		return err
	}
	if err := l.addLanguages(c, v); err != nil {
		return err
	}
	return l.note(c, v, eventImported)
}

// note records what happened to a version.
func (l *library) note(c *fiber.Ctx, v store.Version, what string) error {
	action, collection := l.shelf.event(what)
	thing := collection + store.Ref(v.ID, v.Number)
	return l.record(c, "", action, thing, audit.Change{Field: "state", After: vi.Text("admin.version." + v.State)})
}

// importFile takes a YAML file, or a workbook of a set, as a draft. A version that is there already with
// other content is never overwritten.
func (l *library) importFile(c *fiber.Ctx) error {
	name, data, err := upload(c, "tep", MaxLibraryFile)
	if err != nil {
		return l.refuse(c, name, err)
	}
	v, err := l.shelf.read(c.UserContext(), data, name)
	if err != nil {
		return l.refuse(c, name, err)
	}
	old, err := l.shelf.version(c.UserContext(), v.ID, v.Number)
	switch {
	case err == nil && old.YAML == v.YAML:
		return done(c, l.url(v), "same")
	case err == nil:
		return l.refuse(c, name, fault.New(fault.Conflict, "admin.versionTaken", store.Ref(v.ID, v.Number)))
	case !fault.Is(err, fault.NotFound):
		return err
	}
	if err := l.saveDraft(c, v, eventImported); err != nil {
		return err
	}
	return done(c, l.url(v), "imported")
}

func (l *library) refuse(c *fiber.Ctx, file string, err error) error {
	if !refusable(err) {
		return err
	}
	return l.showList(c, file, err)
}

func (l *library) saveDraft(c *fiber.Ctx, v store.Version, what string) error {
	u, _ := userOf(c)
	v.State, v.By = store.Draft, u.Login
	if err := l.shelf.put(c.UserContext(), v); err != nil {
		return err
	}
	return l.note(c, v, what)
}

// download sends the version as a YAML file.
func (l *library) download(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", store.Ref(v.ID, v.Number)+".yaml"))
	return c.SendString(v.YAML)
}

// downloadBook sends a criteria set as a workbook that can be edited and
// imported again.
func (l *library) downloadBook(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	set, err := l.store.Set(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := xlsx.WriteCriteria(&b, set); err != nil {
		return err
	}
	name := store.Ref(v.ID, v.Number) + ".xlsx"
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	return c.Send(b.Bytes())
}

// find returns the version that the address names.
func (l *library) find(c *fiber.Ctx) (store.Version, error) {
	id, number, err := versionOf(c)
	if err != nil {
		return store.Version{}, err
	}
	return l.shelf.version(c.UserContext(), id, number)
}
