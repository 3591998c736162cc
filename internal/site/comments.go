package site

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The fields of the forms of comments.
const (
	fieldText, fieldFor, fieldCode, fieldKey, fieldCall = "loi-noi", "cho", "tieu-chi", "khoa", "nhac"
	// commentOpen and commentAll are the filters of the page.
	commentOpen, commentAll = "", "tat-ca"
)

// commentRoutes are the comments of one dossier.
func (s *Server) commentRoutes(r fiber.Router) {
	see, small := s.may(account.SeeDossiers), limitBody(maxNoticeForm)
	r.Get("/ho-so/:period/:unit/trao-doi", see, s.commentsPage)
	r.Post("/ho-so/:period/:unit/trao-doi", see, small, s.commentAdd)
	r.Post("/ho-so/:period/:unit/trao-doi/:id", see, small, s.commentChange)
}

// commentsURL is the page of a dossier's comments.
func commentsURL(period, unit string) string { return dossierURL(period, unit) + "/trao-doi" }

// insideReader reports whether somebody reads what the team says among itself:
// the manager and the administrator, and the appraisers of the dossier (of any
// stage; in a free period, which assigns nobody, every appraiser).
func insideReader(u account.User, d *dossier.Dossier) bool {
	switch u.Role {
	case account.Admin, account.Manager:
		return true
	case account.Appraiser:
		return !slices.Contains(u.Recused, d.Unit) && (d.Status == dossier.Free || d.HasScored(u.Login))
	}
	return false
}

// commentWriter returns why somebody may not comment now, or nil. Only those
// who take part may, whatever their role; see dossier.Table.
func commentWriter(u account.User, p *dossier.Period, d *dossier.Dossier) error {
	who := d.WhoOf(u, p)
	if insideReader(u, d) && u.Role == account.Appraiser {
		who |= dossier.Member // of an earlier stage too
	}
	if who&(dossier.Unit|dossier.Member|dossier.Manager|dossier.Head) == 0 {
		return fault.New(fault.Forbidden, "comment.notYours")
	}
	return d.May(dossier.Comment, who, p)
}

// reads reports whether somebody may read a thread of the dossier, which they
// may see.
func reads(u account.User, d *dossier.Dossier, audience string) bool {
	return audience == store.ForUnit || insideReader(u, d)
}

// commentCount is how many threads there are about a criterion.
type commentCount struct{ open, all int }

// commentCounts counts the threads of a dossier by criterion ("" is the dossier
// as a whole), those alone that the person may read.
func (s *Server) commentCounts(ctx context.Context, u account.User, d *dossier.Dossier) (map[string]commentCount, error) {
	list, err := s.store.Comments(ctx, d.Period, d.Unit)
	if err != nil {
		return nil, err
	}
	counts := map[string]commentCount{}
	for _, c := range list {
		if !reads(u, d, c.Audience) || c.Empty() {
			continue
		}
		n := counts[c.Code]
		n.all++
		if !c.Resolved {
			n.open++
		}
		counts[c.Code] = n
	}
	return counts, nil
}

// commentsPage shows the comments of a dossier.
func (s *Server) commentsPage(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	in := commentInput{code: c.Query(fieldCode), audience: c.Query(fieldFor), key: rand.Text()}
	return s.showComments(c, p, in, nil)
}

// commentInput is the form of a comment or a reply.
type commentInput struct {
	text, code, audience, key string
	called                    []string
	thread                    string // of a reply
}

// maxCommentKey is how much of a form's key is looked at, in characters.
const maxCommentKey = 64

func readCommentInput(c *fiber.Ctx) commentInput {
	in := commentInput{text: vi.Clean(c.FormValue(fieldText)), code: c.FormValue(fieldCode), audience: c.FormValue(fieldFor), key: cut(c.FormValue(fieldKey), maxCommentKey), called: formValues(c, fieldCall)}
	if in.key == "" {
		in.key = rand.Text()
	}
	return in
}

// once names the words of a form: the same form with the same words is the same
// comment, however often it is sent; with other words it is another.
func (in *commentInput) once() string { return store.NoticeID(in.key, in.text, "", "", "", "") }

// commentAdd stores a new thread.
func (s *Server) commentAdd(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	if err := commentWriter(p.user, &p.period, &p.dossier); err != nil {
		return err
	}
	in := readCommentInput(c)
	if p.user.Role == account.Commune {
		in.audience = store.ForUnit
	}
	said, errs, err := s.said(c.UserContext(), p, in, in.audience)
	if err != nil {
		return err
	}
	if in.code != "" && !isLeaf(p.set, in.code) {
		errs = append(errs, view.FieldError{Field: fieldCode, Message: vi.Text("comment.noCode", in.code)})
	}
	if in.audience != store.ForUnit && !(in.audience == store.ForTeam && insideReader(p.user, &p.dossier)) {
		errs = append(errs, view.FieldError{Field: fieldFor, Message: vi.Text("comment.audience")})
	}
	if len(errs) > 0 {
		return s.showComments(c, p, in, errs)
	}
	comment := store.Comment{Period: p.period.ID, Unit: p.unit.Code, Code: in.code, Audience: in.audience, Said: said}
	comment.ID = store.NoticeID("comment", p.period.ID, p.unit.Code, in.code, in.once(), p.user.Login)
	added, err := s.store.AddComment(c.UserContext(), comment)
	if err != nil {
		return err
	}
	if added {
		s.tellComment(c.UserContext(), p, &comment, said, comment.ID, NoticeComment)
	}
	return done(c, commentsURL(p.period.ID, p.unit.Code), "comment")
}

// commentChange replies to a thread, resolves it, opens it again, or takes
// words back.
func (s *Server) commentChange(c *fiber.Ctx) error {
	p, thread, err := s.threadOf(c)
	if err != nil {
		return err
	}
	to, ctx := commentsURL(p.period.ID, p.unit.Code), c.UserContext()
	switch c.FormValue("viec") {
	case "tra-loi":
		return s.commentReply(c, p, thread)
	case "xong":
		_, err = s.store.Settle(ctx, thread.ID, p.user.Login, true)
		to += "?xong=commentSettled"
	case "mo-lai":
		_, err = s.store.Settle(ctx, thread.ID, p.user.Login, false)
		to += "?xong=commentReopened"
	case "rut":
		i, bad := strconv.Atoi(c.FormValue("loi"))
		if bad != nil {
			return fault.Wrap(bad, fault.Malformed, "site.malformed")
		}
		_, err = s.store.TakeBack(ctx, thread.ID, p.user.Login, i)
		to += "?xong=commentGone"
	default:
		return fault.New(fault.Malformed, "site.malformed")
	}
	if err != nil {
		return err
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// threadOf opens the thread of the address for somebody who may write in it.
// One that they may not read is not there.
func (s *Server) threadOf(c *fiber.Ctx) (*place, store.Comment, error) {
	p, err := s.placeOf(c)
	if err != nil {
		return nil, store.Comment{}, err
	}
	thread, err := s.store.Comment(c.UserContext(), p.period.ID, p.unit.Code, c.Params("id"))
	if err == nil && !reads(p.user, &p.dossier, thread.Audience) {
		err = fault.New(fault.NotFound, "comment.missing", thread.ID)
	}
	if err == nil {
		err = commentWriter(p.user, &p.period, &p.dossier)
	}
	return p, thread, err
}

func (s *Server) commentReply(c *fiber.Ctx, p *place, thread store.Comment) error {
	in := readCommentInput(c)
	in.thread = thread.ID
	said, errs, err := s.said(c.UserContext(), p, in, thread.Audience)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		for i := range errs {
			errs[i].Field = "tl-" + thread.ID
		}
		return s.showComments(c, p, in, errs)
	}
	now, added, err := s.store.Reply(c.UserContext(), thread.ID, said)
	if err != nil {
		return err
	}
	if added {
		s.tellComment(c.UserContext(), p, &now, said, thread.ID+"/"+said.Key, NoticeReply)
	}
	return done(c, commentsURL(p.period.ID, p.unit.Code), "reply")
}

// tellComment tells those who were called by name, and of the others those who
// took part in the thread, or the other side when it is new.
func (s *Server) tellComment(ctx context.Context, p *place, thread *store.Comment, said store.Said, once, kind string) {
	url := commentsURL(p.period.ID, p.unit.Code) + "?loc=" + commentAll + "#c-" + thread.ID
	n := news{kind: NoticeMention, period: p.period.ID, unit: p.unit.Code, once: once, url: url, to: without(said.Mentions, p.user.Login), args: []string{p.user.Name, thread.Code}}
	others := []string{thread.By}
	for _, r := range thread.Replies {
		others = append(others, r.By)
	}
	if kind == NoticeComment {
		others = s.otherSide(ctx, p, thread.Audience)
	}
	m := n
	m.kind, m.to = kind, without(others, append(said.Mentions, p.user.Login)...)
	for _, n := range []news{n, m} {
		if _, err := s.tell(ctx, n); err != nil {
			s.log.Error("notice not stored", "kind", n.kind, "period", n.period, "unit", n.unit, "error", err)
		}
	}
}

// otherSide are those whom a new thread concerns: the unit's officers, when
// somebody else wrote it; of what the unit wrote, the members of the stage the
// dossier is at, or the managers while there are none. What the team says among
// itself concerns those it calls by name.
func (s *Server) otherSide(ctx context.Context, p *place, audience string) []string {
	if audience == store.ForTeam {
		return nil
	}
	var list []string
	var err error
	switch team := p.dossier.Team(p.dossier.Stage).Members; {
	case p.user.Role != account.Commune:
		list, err = s.store.Watchers(ctx, p.unit.Code)
	case len(team) > 0:
		return team
	default:
		list, err = s.store.LoginsOf(ctx, account.Manager)
	}
	if err != nil {
		s.log.Error("nobody found to notify", "unit", p.unit.Code, "error", err)
	}
	return list
}

func without(list []string, gone ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(gone, s) })
}
