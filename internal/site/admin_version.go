package site

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// show shows one version: a set as a tree, a form as a respondent sees it.
func (l *library) show(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	return l.showVersion(c, v, "", "", nil)
}

func (l *library) showVersion(c *fiber.Ctx, v store.Version, number, date string, errs []view.FieldError) error {
	head, err := l.head(c, v)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	page := l.page(c, v.Title)
	page.Errors = errs
	if !l.isSets() {
		form, err := l.store.Form(c.UserContext(), v.ID, v.Number)
		if err != nil {
			return err
		}
		return c.Render("admin/form_preview", formPreview(page, head, form))
	}
	set, err := l.store.Set(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	p := setPage(page, head, set)
	p.Decision, p.Date = number, date
	forms, err := l.store.FormVersions(c.UserContext())
	if err != nil {
		return err
	}
	for _, id := range formsOf(set) {
		if !hasVersion(forms, id) {
			p.Missing = append(p.Missing, id)
		}
	}
	return c.Render("admin/set", p)
}

func hasVersion(list []store.Version, id string) bool {
	for _, v := range list {
		if v.ID == id {
			return true
		}
	}
	return false
}

// head fills what the pages of one version share.
func (l *library) head(c *fiber.Ctx, v store.Version) (view.VersionHead, error) {
	h := view.VersionHead{Kind: l.kind, ID: v.ID, Number: v.Number, Heading: v.Title, State: versionTag(v.State), Version: v.Version, By: v.By, At: vi.DateTime(v.At),
		Draft: v.State == store.Draft, Issued: v.State == store.Issued, Retired: v.State == store.Retired, Next: 1}
	versions, err := l.shelf.versions(c.UserContext())
	if err != nil {
		return h, err
	}
	for _, o := range versions {
		if o.ID == v.ID {
			h.Next = max(h.Next, o.Number+1)
		}
		if o.ID != v.ID || o.Number != v.Number {
			h.Others = append(h.Others, view.Option{Value: store.Ref(o.ID, o.Number), Label: o.Title + " (" + store.Ref(o.ID, o.Number) + ")"})
		}
	}
	h.UsedBy, err = l.usedBy(c, v)
	return h, err
}

// usedBy names the periods of a set, or the campaigns of a form.
func (l *library) usedBy(c *fiber.Ctx, v store.Version) ([]view.Link, error) {
	var links []view.Link
	if l.isSets() {
		periods, err := l.store.Periods(c.UserContext())
		for _, p := range periods {
			if p.SetID == v.ID && p.SetVer == v.Number {
				links = append(links, view.Link{Label: p.Title, URL: "/quan-tri/ky/" + p.ID})
			}
		}
		return links, err
	}
	campaigns, err := l.store.Campaigns(c.UserContext())
	for _, s := range campaigns {
		if s.FormID == v.ID && s.FormVer == v.Number {
			links = append(links, view.Link{Label: s.Title, URL: "/quan-tri/dot/" + s.ID})
		}
	}
	return links, err
}

func setPage(page view.Admin, head view.VersionHead, set *rubric.Set) view.Set {
	p := view.Set{Admin: page, VersionHead: head, Groups: setTree(set), Recognition: recognitionWords(set), Leaves: len(set.Leaves())}
	levels := make([]string, len(set.AppliesTo))
	for i, level := range set.AppliesTo {
		levels[i] = levelName(level)
	}
	p.Facts = []view.Pair{
		{Name: vi.Text("word.appliesTo"), Value: strings.Join(levels, "; ")}, {Name: vi.Text("word.totalPoints"), Value: num(set.Total)},
		{Name: vi.Text("word.leaves"), Value: vi.Int(len(set.Leaves()))}, {Name: vi.Text("word.decimals"), Value: strconv.Itoa(set.Decimals)},
		{Name: vi.Text("word.notApplicable"), Value: vi.Text("admin.na." + set.NotApplicable)},
	}
	if set.MaxTotal != nil {
		p.Facts = append(p.Facts, view.Pair{Name: vi.Text("word.maxTotal"), Value: num(*set.MaxTotal)})
	}
	if set.IssuedBy != "" {
		p.Facts = append(p.Facts, view.Pair{Name: vi.Text("word.issuedBy"), Value: set.IssuedBy})
	}
	if d := set.Decision; d != nil {
		p.Facts = append(p.Facts, view.Pair{Name: vi.Text("word.decision"), Value: vi.Text("admin.version.decision", d.Number, dayText(d.Date))})
	}
	for _, paper := range set.Papers {
		p.Papers = append(p.Papers, paper.Title)
	}
	for _, condition := range set.Conditions {
		p.Conditions = append(p.Conditions, condition.Title)
	}
	return p
}

// editPage shows a draft as text.
func (l *library) editPage(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	if v.State != store.Draft {
		return fault.New(fault.Conflict, "store.frozen", store.Ref(v.ID, v.Number))
	}
	return l.showEdit(c, v, v.YAML, fiber.StatusOK, false, nil)
}

func (l *library) showEdit(c *fiber.Ctx, v store.Version, text string, status int, checked bool, bad []view.Located) error {
	head, err := l.head(c, v)
	if err != nil {
		return err
	}
	return c.Status(status).Render("admin/version_edit", view.VersionEdit{Admin: l.page(c, vi.Text("title.versionEdit", store.Ref(v.ID, v.Number))), VersionHead: head, YAML: text, Checked: checked, Bad: bad})
}

// edit checks the text of a draft, and saves it unless only the check is asked
// for. The text stays as it was typed.
func (l *library) edit(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	if v.State != store.Draft {
		return fault.New(fault.Conflict, "store.frozen", store.Ref(v.ID, v.Number))
	}
	text := strings.ReplaceAll(c.FormValue("yaml"), "\r\n", "\n")
	now, err := l.shelf.read(c.UserContext(), []byte(text), store.Ref(v.ID, v.Number)+".yaml")
	switch {
	case err != nil && !refusable(err):
		return err
	case err != nil:
		return l.showEdit(c, v, text, statuses[fault.KindOf(err)], true, located(err))
	case now.ID != v.ID || now.Number != v.Number:
		return l.showEdit(c, v, text, fiber.StatusUnprocessableEntity, true, []view.Located{{Place: "id, version", Message: vi.Text("admin.sameVersion", v.ID, v.Number)}})
	case c.FormValue("viec") == "kiem-tra":
		return l.showEdit(c, v, text, fiber.StatusOK, true, nil)
	}
	if err := checkVersion(c, v.Version); err != nil {
		return l.showEdit(c, v, text, fiber.StatusPreconditionFailed, true, located(err))
	}
	now.YAML, now.Version = text, v.Version
	if err := l.saveDraft(c, now, eventChanged); err != nil {
		return err
	}
	return done(c, l.url(v), "saved")
}

// issueInput is the form that issues a draft.
type issueInput struct {
	Number string `form:"so" label:"word.decisionNumber" validate:"required,max=60"`
	Date   string `form:"ngay" label:"word.decisionDate" validate:"required"`
}

// issue freezes a draft. A criteria set takes the decision that issues it.
func (l *library) issue(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	if v.State != store.Draft { // a second click
		return done(c, l.url(v), "issued")
	}
	now, err := l.shelf.read(c.UserContext(), []byte(v.YAML), store.Ref(v.ID, v.Number)+".yaml")
	if err != nil {
		return err
	}
	if l.isSets() {
		var in issueInput
		bind(c, &in)
		errs := l.forms.errors(&in)
		day, ok := unit.ParseDate(in.Date)
		if !ok && in.Date != "" {
			errs = append(errs, view.FieldError{Field: "ngay", Message: vi.Text("dossier.date")})
		}
		if len(errs) > 0 {
			return l.showVersion(c, v, in.Number, in.Date, errs)
		}
		if now, err = decided(v, in.Number, string(day)); err != nil {
			return err
		}
	}
	u, _ := userOf(c)
	now.State, now.By, now.Version = store.Issued, u.Login, v.Version
	if err := l.shelf.put(c.UserContext(), now); err != nil {
		return err
	}
	if err := l.note(c, now, eventIssued); err != nil {
		return err
	}
	return done(c, l.url(v), "issued")
}

// decided returns a set's version with the decision in its text.
func decided(v store.Version, number, day string) (store.Version, error) {
	set, err := rubric.Parse([]byte(v.YAML), store.Ref(v.ID, v.Number))
	if err != nil {
		return v, err
	}
	draft := set.Clone()
	draft.Decision = &rubric.Decision{Number: number, Date: day}
	if set, err = rubric.New(draft); err != nil {
		return v, err
	}
	return setVersion(set)
}
