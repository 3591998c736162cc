package site

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// doPreview is the button that only shows the form as respondents see it.
const doPreview = "xem"

// builderRoutes are the pages that build a survey form without YAML, and the
// way of a form through Excel.
func (l *library) builderRoutes(r fiber.Router) {
	may, base, body := l.may(account.EditSets), "/quan-tri/"+l.kind, limitBody(maxDraftBody)
	r.Get(base+"/moi", may, l.formNewPage)
	r.Post(base+"/moi", may, body, l.formNew)
	r.Get(base+"/:id/:v/soan", may, l.formEditPage)
	r.Post(base+"/:id/:v/soan", may, body, l.formEdit)
	r.Post(base+"/:id/:v/xoa", may, body, l.formDelete)
	r.Get(base+"/:id/:v/so-sanh", may, l.formDiff)
	r.Get(base+"/:id/:v/bang.xlsx", may, l.formBook)
	r.Get(base+"/:id/:v/nhap", may, l.formBookPage)
	r.Post(base+"/:id/:v/nhap", may, l.formBookRead)
	r.Post(base+"/:id/:v/ghi", may, body, l.formBookWrite)
}

// typedForm is the form as it is shown or was sent; v.ID is "" for a new one.
type typedForm struct {
	v        store.Version
	node     *formNode
	focus    string
	checked  bool
	problems []fault.Problem
	conflict *view.EditConflict
	earlier  *survey.Form // the issued version before it, nil for none
	made     *survey.Form // what it is, when it is sound
	lost     []string     // languages that fit no more
}

func (l *library) showForm(c *fiber.Ctx, f *typedForm) error {
	p := view.Builder{Admin: l.page(c, vi.Text("builder.newTitle")), Action: "/quan-tri/phieu/moi", Back: "/quan-tri/phieu",
		ID: f.v.ID, Number: f.v.Number, Heading: f.v.Title, Version: f.v.Version, Conflict: f.conflict, Checked: f.checked && len(f.problems) == 0}
	if f.v.ID != "" {
		p.Title, p.Action, p.Back = vi.Text("builder.title", store.Ref(f.v.ID, f.v.Number)), l.url(f.v)+"/soan", l.url(f.v)
	}
	p.Wide, p.Scripts, p.Styles = true, []string{"builder.js"}, []string{"editor.css", "builder.css"}
	b := &formView{root: f.node, focus: f.focus}
	b.page(&p)
	placeFormErrors(&p, f.problems)
	p.Warnings = warnings(f.earlier, f.made)
	for _, tag := range f.lost {
		p.Warnings = append(p.Warnings, vi.Text("builder.languageLost", tag))
	}
	switch {
	case f.conflict != nil:
		c.Status(fiber.StatusConflict)
	case len(f.problems) > 0:
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("builder/edit", p)
}

// warnings say which codes of an issued version would mean nothing any more:
// answers of the two versions could not be compared.
func warnings(earlier, made *survey.Form) []string {
	if earlier == nil || made == nil {
		return nil
	}
	var list []string
	for _, ch := range survey.Diff(earlier, made) {
		if ch.Kind == survey.Lost {
			list = append(list, vi.Text("builder.lost", earlier.Version, ch.Code, vi.Text(ch.Key, ch.Args...)))
		}
	}
	return list
}

// earlierForm is the newest issued version below a draft; nil for none.
func (l *library) earlierForm(c *fiber.Ctx, v store.Version) (*survey.Form, error) {
	versions, err := l.shelf.versions(c.UserContext())
	if err != nil {
		return nil, err
	}
	newest := 0
	for _, o := range versions {
		if o.ID == v.ID && o.Number < v.Number && o.State != store.Draft {
			newest = max(newest, o.Number)
		}
	}
	if newest == 0 {
		return nil, nil
	}
	return l.store.Form(c.UserContext(), v.ID, newest)
}

// openForm returns the draft of the address as it is stored. stop is true when
// the version is no draft and the answer says so.
func (l *library) openForm(c *fiber.Ctx) (f *typedForm, stored *survey.Form, stop bool, err error) {
	v, err := l.find(c)
	if err != nil {
		return nil, nil, true, err
	}
	if v.State != store.Draft {
		return nil, nil, true, l.frozen(c, v)
	}
	f = &typedForm{v: v}
	if f.earlier, err = l.earlierForm(c, v); err != nil {
		return nil, nil, true, err
	}
	stored, err = l.store.Form(c.UserContext(), v.ID, v.Number)
	return f, stored, err != nil, err
}

// formEditPage shows a draft to be edited.
func (l *library) formEditPage(c *fiber.Ctx) error {
	f, stored, stop, err := l.openForm(c)
	if err != nil || stop {
		return err
	}
	f.node, f.made = nodeOf(stored), stored
	return l.showForm(c, f)
}

// formEdit does what a button asks for: add, remove, move, check, show or save.
// Whatever happens, the text stays.
func (l *library) formEdit(c *fiber.Ctx) error {
	f, stored, stop, err := l.openForm(c)
	if err != nil || stop {
		return err
	}
	if f.node, err = parseForm(c); err != nil {
		return err
	}
	over, err := l.pressForm(c, f, f.v.ID, f.v.Number, stored)
	if err != nil || over {
		return err
	}
	if checkVersion(c, f.v.Version) != nil {
		return l.formClash(c, f, stored)
	}
	now := formVersion(f.made)
	now.Version = f.v.Version
	err = l.saveDraft(c, now, eventChanged)
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) { // saved or issued since it was read
		if f.v, err = l.find(c); err != nil {
			return err
		}
		if f.v.State != store.Draft {
			return l.frozen(c, f.v)
		}
		return l.formClash(c, f, stored)
	}
	if err != nil {
		return err
	}
	return done(c, l.url(now), "saved")
}

// pressForm handles every button but the one that saves. over is false when
// f.made is sound and to be saved.
func (l *library) pressForm(c *fiber.Ctx, f *typedForm, id string, number int, base *survey.Form) (over bool, err error) {
	button := c.FormValue("viec")
	sent, _ := strconv.ParseInt(c.FormValue("phien-ban"), 10, 64)
	stale := f.v.ID != "" && f.v.Version != sent
	if button == doRefresh || button == doPreview || strings.Contains(button, " ") {
		f.v.Version = sent
		f.focus = f.node.change(button)
		return true, l.showForm(c, f)
	}
	if f.made, f.problems, f.lost, err = soundForm(f.node, id, number, base); err != nil {
		return true, err
	}
	if button == doCheck || len(f.problems) > 0 && !stale {
		f.checked, f.v.Version = true, sent
		return true, l.showForm(c, f)
	}
	return false, nil
}

// formClash shows that the draft was saved by someone else in between, and what
// the text of this form would change in it. Saving once more is then
// deliberate.
func (l *library) formClash(c *fiber.Ctx, f *typedForm, stored *survey.Form) error {
	f.conflict = &view.EditConflict{By: f.v.By, At: vi.DateTime(f.v.At), Unsound: f.made == nil}
	if f.made != nil {
		f.conflict.Changes = formChanges(stored, f.made)
	}
	return l.showForm(c, f)
}

// formChanges puts the differences of two forms into words.
func formChanges(a, b *survey.Form) []view.DiffLine {
	looks := map[survey.ChangeKind]string{survey.Added: "good", survey.Removed: "bad", survey.Lost: "bad", survey.Altered: "warn"}
	var list []view.DiffLine
	for _, ch := range survey.Diff(a, b) {
		list = append(list, view.DiffLine{Tag: view.Tag{Text: vi.Text("builder.change." + string(ch.Kind)), Look: looks[ch.Kind]}, Place: ch.Code, Text: vi.Text(ch.Key, ch.Args...)})
	}
	return list
}

// formVersion is a form as it is stored.
func formVersion(f *survey.Form) store.Version {
	return store.Version{ID: f.ID, Number: f.Version, Title: f.Title, YAML: string(f.YAML()), State: store.Draft}
}

// formNewPage shows the form to begin with: one scale, one question.
func (l *library) formNewPage(c *fiber.Ctx) error {
	n := newFormNode("respondents", "resident", "index.method", string(survey.Mean), keyWhich, whichAll, "consent", vi.Text("builder.exampleConsent"))
	scale := n.add(partScales, newFormNode("name", "hai-long-5"))
	for i, value := range []string{"100", "75", "50", "25", "0"} {
		scale.add(partOptions, newFormNode("code", strconv.Itoa(5-i), "label", vi.Text("builder.level."+strconv.Itoa(5-i)), "value", value, "satisfied", truth(i < 2)))
	}
	scale.add(partOptions, newFormNode("code", "0", "label", vi.Text("builder.level.0")))
	section := n.add(partSections, newFormNode())
	section.add(partQuestions, n.newQuestion())
	return l.showForm(c, &typedForm{node: n})
}

// formNew is formEdit for a form that is not stored yet.
func (l *library) formNew(c *fiber.Ctx) error {
	node, err := parseForm(c)
	if err != nil {
		return err
	}
	f := &typedForm{node: node}
	over, err := l.pressForm(c, f, node.values["id"], 1, nil)
	if err != nil || over {
		return err
	}
	versions, err := l.shelf.versions(c.UserContext())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(versions, func(v store.Version) bool { return v.ID == f.made.ID }) {
		f.problems = []fault.Problem{{Path: "id", Key: "builder.taken", Args: []any{f.made.ID}}}
		return l.showForm(c, f)
	}
	v := formVersion(f.made)
	if err := l.saveDraft(c, v, eventChanged); err != nil {
		return err
	}
	return done(c, l.url(v), "saved")
}

// formDelete throws a draft away for good.
func (l *library) formDelete(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	if v.State != store.Draft {
		return l.frozen(c, v)
	}
	if err := checkVersion(c, v.Version); err != nil {
		return err
	}
	if err := l.store.DropFormDraft(c.UserContext(), v); err != nil {
		return err
	}
	if err := l.note(c, v, eventChanged); err != nil {
		return err
	}
	return done(c, "/quan-tri/phieu", "formDropped")
}

// formDiff says in words what one version changes against another.
func (l *library) formDiff(c *fiber.Ctx) error {
	v, other, err := l.findPair(c)
	if err != nil {
		return err
	}
	from, err := l.store.Form(c.UserContext(), other.ID, other.Number)
	if err != nil {
		return err
	}
	to, err := l.store.Form(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	p := view.SetDiff{Admin: l.page(c, vi.Text("builder.diffTitle")), From: store.Ref(other.ID, other.Number), To: store.Ref(v.ID, v.Number), FromURL: l.url(other), ToURL: l.url(v)}
	p.Changes = formChanges(from, to)
	return c.Render("builder/diff", p)
}

// formBook sends a form as a workbook that can be edited and imported again.
func (l *library) formBook(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	form, err := l.store.Form(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := xlsx.WriteForm(&b, form); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+store.Ref(v.ID, v.Number)+`.xlsx"`)
	return c.Send(b.Bytes())
}
