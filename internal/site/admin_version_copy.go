package site

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// retire takes an issued version out of what new periods and campaigns are
// offered, or brings it back. What runs on it goes on.
func (l *library) retire(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	to := store.Retired
	if c.FormValue("viec") == "dung-lai" {
		to = store.Issued
	}
	if v.State == store.Draft {
		return fault.New(fault.Conflict, "admin.draft", store.Ref(v.ID, v.Number))
	}
	if v.State == to {
		return done(c, l.url(v), to)
	}
	v.State = to
	if err := l.shelf.put(c.UserContext(), v); err != nil {
		return err
	}
	if err := l.note(c, v, eventChanged); err != nil {
		return err
	}
	return done(c, l.url(v), to)
}

// copy makes a draft from any version: the next number of the same id, or the
// first of a new one.
func (l *library) copy(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	id := vi.Clean(c.FormValue("ma"))
	if id == "" {
		id = v.ID
	}
	if !survey.Slug(id) {
		return l.showVersion(c, v, "", "", []view.FieldError{{Field: "ma", Message: vi.Text("dossier.id")}})
	}
	versions, err := l.shelf.versions(c.UserContext())
	if err != nil {
		return err
	}
	number := 1
	for _, o := range versions {
		if o.ID == id {
			number = max(number, o.Number+1)
		}
	}
	now, err := l.copied(c, v, id, number)
	if err != nil {
		return err
	}
	if err := l.saveDraft(c, now, eventChanged); err != nil {
		return err
	}
	if err := l.copyLanguages(c, v, now); err != nil {
		return err
	}
	return done(c, l.editURL(now), "copied")
}

// copied is v under another name, as a draft without a decision.
func (l *library) copied(c *fiber.Ctx, v store.Version, id string, number int) (store.Version, error) {
	if !l.isSets() {
		now, err := l.shelf.read(c.UserContext(), []byte(v.YAML), v.ID)
		if err != nil {
			return now, err
		}
		return l.shelf.read(c.UserContext(), []byte(renumber(now.YAML, id, number)), id)
	}
	set, err := rubric.Parse([]byte(v.YAML), v.ID)
	if err != nil {
		return v, err
	}
	draft := set.Clone()
	draft.ID, draft.Version, draft.Decision = id, number, nil
	if set, err = rubric.New(draft); err != nil {
		return v, err
	}
	return setVersion(set)
}

// findPair finds the version of an address and the one it is compared with.
func (l *library) findPair(c *fiber.Ctx) (v, other store.Version, err error) {
	if v, err = l.find(c); err != nil {
		return v, other, err
	}
	id, number, _ := strings.Cut(c.Query("voi"), "@")
	n, _ := strconv.Atoi(number)
	other, err = l.shelf.version(c.UserContext(), id, n)
	return v, other, err
}

// diff says in words what one version changes against another.
func (l *library) diff(c *fiber.Ctx) error {
	v, other, err := l.findPair(c)
	if err != nil {
		return err
	}
	from, err := l.store.Set(c.UserContext(), other.ID, other.Number)
	if err != nil {
		return err
	}
	to, err := l.store.Set(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	p := view.SetDiff{Admin: l.page(c, vi.Text("title.setDiff")), From: store.Ref(other.ID, other.Number), To: store.Ref(v.ID, v.Number), FromURL: l.url(other), ToURL: l.url(v)}
	p.Changes = diffLines(rubric.Diff(from, to))
	return c.Render("admin/set_diff", p)
}
