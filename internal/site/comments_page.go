package site

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// showComments shows the comments that the visitor may read, with a form as
// they left it.
func (s *Server) showComments(c *fiber.Ctx, p *place, in commentInput, errs []view.FieldError) error {
	list, err := s.store.Comments(c.UserContext(), p.period.ID, p.unit.Code)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(t store.Comment) bool { return !reads(p.user, &p.dossier, t.Audience) })
	w, err := s.commentShow(c, p, in, errs)
	if err != nil {
		return err
	}
	v := view.Comments{
		Page: s.page(c, vi.Text("comment.title", p.unit.Name)), Action: commentsURL(p.period.ID, p.unit.Code), MayWrite: w.may, Team: insideReader(p.user, &p.dossier),
		Criteria: w.criteria(), MaxText: store.MaxComment, Key: in.key, Reply: in.thread,
	}
	if v.Head, err = s.dossierHead(c.UserContext(), p, tabComments); err != nil {
		return err
	}
	if v.Flash, v.Styles, v.Errors = flash(c), []string{"dossier.css", "notice.css"}, errs; in.thread == "" {
		v.Text = in.text
	}
	if !w.may {
		v.Why = vi.Error(commentWriter(p.user, &p.period, &p.dossier))
	}
	v.Audience = []view.Option{option(store.ForUnit, vi.Text("comment.forUnit", p.unit.Name), in.audience), option(store.ForTeam, vi.Text("comment.forTeam"), in.audience)}
	v.People = w.callable()
	state := c.Query("loc")
	v.Open, v.All = countOpen(list), len(list)
	v.Filter = []view.Option{option(commentOpen, vi.Text("comment.unresolved", v.Open), state), option(commentAll, vi.Text("comment.every", v.All), state)}
	if state != commentAll {
		list = slices.DeleteFunc(list, func(t store.Comment) bool { return (t.Resolved || t.Empty()) && t.ID != in.thread })
	}
	v.Groups = w.groups(list)
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("comment/list", v)
}

func countOpen(list []store.Comment) int {
	n := 0
	for i := range list {
		if !list[i].Resolved && !list[i].Empty() {
			n++
		}
	}
	return n
}

// commentShow reads who everybody is.
func (s *Server) commentShow(c *fiber.Ctx, p *place, in commentInput, errs []view.FieldError) (*commentShow, error) {
	w := &commentShow{Server: s, place: p, people: map[string]account.User{}, in: in, errs: errs}
	w.may = commentWriter(p.user, &p.period, &p.dossier) == nil
	users, err := s.store.Users(c.UserContext())
	if err != nil {
		return w, err
	}
	for _, u := range users {
		w.people[u.Login] = u
	}
	w.known, err = s.knownTo(c.UserContext(), p)
	return w, err
}

// callable lists those whom the visitor may call by name, the team's own for
// the team alone.
func (w *commentShow) callable() []view.Option {
	var list []view.Option
	for _, login := range sortedKeys(w.people) {
		u := w.people[login]
		if u.Disabled || login == w.place.user.Login || !takesPart(u, w.place) || !w.known(u) {
			continue
		}
		o := option(login, vi.Text("comment.person", u.Name, vi.Text("role."+string(u.Role)), login), "")
		o.Chosen = slices.Contains(w.in.called, login)
		list = append(list, o)
	}
	return list
}
