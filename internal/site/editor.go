package site

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// Buttons of the editor that save nothing.
const (
	doCheck   = "kiem-tra"
	doRefresh = "ve-lai" // the way of scoring was changed: show its fields
)

// editorRoutes are the tree editor of drafts and the import of a workbook into
// one. The editor of the text stands beside them.
func (l *library) editorRoutes(r fiber.Router) {
	may, base, body := l.may(account.EditSets), "/quan-tri/"+l.kind, limitBody(maxDraftBody)
	r.Get(base+"/moi", may, l.treeNewPage)
	r.Post(base+"/moi", may, body, l.treeNew)
	r.Get(base+"/:id/:v/soan", may, l.treePage)
	r.Post(base+"/:id/:v/soan", may, body, l.tree)
	r.Get(base+"/:id/:v/nhap", may, l.bookPage)
	r.Post(base+"/:id/:v/nhap", may, l.bookRead)
	r.Post(base+"/:id/:v/ghi", may, body, l.bookWrite)
	l.replayRoutes(r)
}

// treePage shows a draft as a form.
func (l *library) treePage(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	if v.State != store.Draft {
		return l.frozen(c, v)
	}
	set, err := l.store.Set(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	return l.showTree(c, &treeForm{v: v, draft: draftOf(set)})
}

// frozen answers to editing what is issued: no, and how to go on.
func (l *library) frozen(c *fiber.Ctx, v store.Version) error {
	return c.Status(fiber.StatusConflict).Render("editor/frozen", view.EditFrozen{
		Admin: l.page(c, v.Title), ID: v.ID, Number: v.Number, Heading: v.Title, State: versionTag(v.State), Back: l.url(v),
	})
}

// treeForm is the form as it is shown or was sent; v.ID is "" for a new set.
type treeForm struct {
	v        store.Version
	draft    *draft
	focus    string
	checked  bool
	problems []fault.Problem
	conflict *view.EditConflict
}

func (l *library) showTree(c *fiber.Ctx, f *treeForm) error {
	forms, err := l.formChoices(c)
	if err != nil {
		return err
	}
	p := view.Editor{Admin: l.page(c, vi.Text("editor.newTitle")), Action: "/quan-tri/bo-tieu-chi/moi", Back: "/quan-tri/bo-tieu-chi",
		ID: f.v.ID, Number: f.v.Number, Heading: f.v.Title, Version: f.v.Version, Conflict: f.conflict, Checked: f.checked && len(f.problems) == 0}
	if f.v.ID != "" {
		p.Title, p.Action, p.Back = vi.Text("editor.title", store.Ref(f.v.ID, f.v.Number)), l.url(f.v)+"/soan", l.url(f.v)
	}
	p.Scripts = []string{"editor.js"}
	b := &builder{root: f.draft, forms: forms, focus: f.focus}
	b.page(&p)
	placeErrors(&p, f.draft, f.problems)
	switch {
	case f.conflict != nil:
		c.Status(fiber.StatusConflict)
	case len(f.problems) > 0:
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("editor/edit", p)
}

// formChoices lists the survey forms that a rule may name: those stored and the
// samples that come with the program.
func (l *library) formChoices(c *fiber.Ctx) ([]view.Option, error) {
	versions, err := l.store.FormVersions(c.UserContext())
	if err != nil {
		return nil, err
	}
	list := []view.Option{{Label: vi.Text("editor.chooseForm")}}
	add := func(id, label string) {
		if !slices.ContainsFunc(list, func(o view.Option) bool { return o.Value == id }) {
			list = append(list, view.Option{Value: id, Label: label})
		}
	}
	for _, v := range versions {
		add(v.ID, v.ID+": "+cut(v.Title, maxQuery))
	}
	names, err := fs.Glob(criteria.Forms(), "*.yaml")
	for _, name := range names {
		id, _, _ := strings.Cut(name, "@")
		add(id, id)
	}
	return list, err
}

// tree does what a button of the form asks for: add, remove, move, check or
// save. Whatever happens, the text stays.
func (l *library) tree(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	if v.State != store.Draft {
		return l.frozen(c, v)
	}
	stored, err := l.store.Set(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	f := &treeForm{v: v}
	if f.draft, err = parseDraft(c); err != nil {
		return err
	}
	made, done, err := l.press(c, f, stored.Clone())
	if err != nil || done {
		return err
	}
	if checkVersion(c, v.Version) != nil {
		return l.clash(c, f, stored, made)
	}
	return l.saveTree(c, f, stored, made)
}

// press handles every button but the one that saves. done is false when made is
// sound and to be saved.
func (l *library) press(c *fiber.Ctx, f *treeForm, base rubric.Set) (made *rubric.Set, done bool, err error) {
	button := c.FormValue("viec")
	sent, _ := strconv.ParseInt(c.FormValue("phien-ban"), 10, 64)
	stale := f.v.Version != sent
	if button == doRefresh || strings.Contains(button, " ") {
		f.v.Version = sent
		f.focus = f.draft.change(button)
		return nil, true, l.showTree(c, f)
	}
	lookup, err := setShelf{l.store}.formLookup(c.UserContext())
	if err != nil {
		return nil, true, err
	}
	if made, f.problems, err = checkDraft(f.draft, base, lookup); err != nil {
		return nil, true, err
	}
	if button == doCheck || len(f.problems) > 0 && !stale {
		f.checked, f.v.Version = true, sent
		return nil, true, l.showTree(c, f)
	}
	return made, false, nil
}

// clash shows that the draft was saved by someone else in between, and what the
// text of this form would change in it. Saving once more is then deliberate:
// the form is one made on the version that is stored now.
func (l *library) clash(c *fiber.Ctx, f *treeForm, stored, made *rubric.Set) error {
	f.conflict = &view.EditConflict{By: f.v.By, At: vi.DateTime(f.v.At), Unsound: made == nil}
	if made != nil {
		f.conflict.Changes = diffLines(rubric.Diff(stored, made))
	}
	return l.showTree(c, f)
}

// diffLines puts changes into words.
func diffLines(changes []rubric.Change) []view.DiffLine {
	looks := map[rubric.ChangeKind]string{rubric.Added: "good", rubric.Removed: "bad", rubric.Repointed: "warn", rubric.Rethresh: "warn", rubric.Reruled: "warn"}
	list := make([]view.DiffLine, len(changes))
	for i, ch := range changes {
		list[i] = view.DiffLine{Tag: view.Tag{Text: vi.Text("admin.diff." + string(ch.Kind)), Look: looks[ch.Kind]}, Place: ch.Code, Text: vi.Text(ch.Key, ch.Args...)}
	}
	return list
}

func (l *library) saveTree(c *fiber.Ctx, f *treeForm, stored, made *rubric.Set) error {
	now, err := setVersion(made)
	if err != nil {
		return err
	}
	now.Version = f.v.Version
	err = l.saveDraft(c, now, eventChanged)
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) { // saved or issued since it was read
		if f.v, err = l.find(c); err != nil {
			return err
		}
		if f.v.State != store.Draft {
			return l.frozen(c, f.v)
		}
		return l.clash(c, f, stored, made)
	}
	if err != nil {
		return err
	}
	return done(c, l.url(now), "saved")
}

// treeNewPage shows the form of a set to begin with.
func (l *library) treeNewPage(c *fiber.Ctx) error {
	leaf, group, d := newDraft(), newDraft(), newDraft()
	leaf.values = map[string]string{"code": "1.1", "title": vi.Text("editor.exampleLeaf"), "max": "100", "rule.type": rubric.RulePoints, "evidence": rubric.EvidenceOptional}
	group.values = map[string]string{"code": "1", "title": vi.Text("editor.exampleGroup"), "kind": rubric.Normal, "max": "100"}
	group.children = []*draft{leaf}
	d.values = map[string]string{
		"applies_to": unit.Commune, "total": "100", "decimals": strconv.Itoa(rubric.DefaultDecimals), "not_applicable": rubric.Rescale,
		keyRecognised: checked, "recognition.min_total": "80", "recognition.conditions": rubric.ConditionsAll,
	}
	d.add("recognition.bands", "code", "dat", "title", vi.Text("editor.exampleBand"), "min", "80")
	d.children = []*draft{group}
	return l.showTree(c, &treeForm{draft: d})
}

// treeNew is tree for a set that is not stored yet.
func (l *library) treeNew(c *fiber.Ctx) error {
	d, err := parseDraft(c)
	if err != nil {
		return err
	}
	f := &treeForm{draft: d}
	made, over, err := l.press(c, f, rubric.Set{ID: f.draft.values["id"], Version: 1})
	if err != nil || over {
		return err
	}
	versions, err := l.shelf.versions(c.UserContext())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(versions, func(v store.Version) bool { return v.ID == made.ID }) {
		f.problems = []fault.Problem{{Path: "id", Key: "editor.taken", Args: []any{made.ID}}}
		return l.showTree(c, f)
	}
	v, err := setVersion(made)
	if err != nil {
		return err
	}
	if err := l.saveDraft(c, v, eventChanged); err != nil {
		return err
	}
	return done(c, l.url(v), "saved")
}

// editURL is where a draft is edited.
func (l *library) editURL(v store.Version) string { return l.url(v) + "/soan" }
