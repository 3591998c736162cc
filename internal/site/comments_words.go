package site

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"thanthien/internal/account"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// callForm is how a text calls somebody: @login, behind nothing that would make
// it part of an address.
var callForm = regexp.MustCompile(`(^|[\s(,;:])@([a-z0-9][a-z0-9._-]*)`)

// calls returns where a text calls somebody, as pairs of offsets of "@login".
// A dot or dash at the end belongs to the sentence.
func calls(text string) (at [][2]int) {
	for _, m := range callForm.FindAllStringSubmatchIndex(text, -1) {
		login := strings.TrimRight(text[m[4]:m[5]], "._-")
		at = append(at, [2]int{m[4] - 1, m[4] + len(login)})
	}
	return at
}

// said makes the words of a form, with whom they call, and lists what is wrong.
func (s *Server) said(ctx context.Context, p *place, in commentInput, audience string) (store.Said, []view.FieldError, error) {
	w := store.Said{By: p.user.Login, At: s.now(), Text: in.text, Key: in.once()}
	var errs []view.FieldError
	if n := utf8.RuneCountInString(in.text); n == 0 || n > store.MaxComment {
		errs = append(errs, view.FieldError{Field: fieldText, Message: vi.Text("comment.length", vi.Int(store.MaxComment))})
	}
	people, err := s.commentPeople(ctx, p, audience)
	if err != nil {
		return w, nil, err
	}
	called := slices.Clone(in.called)
	for _, at := range calls(in.text) {
		called = append(called, in.text[at[0]+1:at[1]])
	}
	for _, login := range called {
		switch {
		case login == "" || slices.Contains(w.Mentions, login):
		case !slices.ContainsFunc(people, func(u account.User) bool { return u.Login == login }):
			errs = append(errs, view.FieldError{Field: fieldText, Message: vi.Text("comment.nobody", login)})
		default:
			w.Mentions = append(w.Mentions, login)
		}
	}
	return w, errs, nil
}

// commentPeople are those who take part and would read what is written for an
// audience: the unit's officers, the members of every stage, the managers.
func (s *Server) commentPeople(ctx context.Context, p *place, audience string) ([]account.User, error) {
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	known, err := s.knownTo(ctx, p)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(users, func(u account.User) bool {
		return u.Disabled || !takesPart(u, p) || !known(u) || !reads(u, &p.dossier, audience)
	}), nil
}

// knownTo says whom of those who take part the reader knows to. Who scores it is
// not told to a unit: it knows the appraisers who wrote to it.
func (s *Server) knownTo(ctx context.Context, p *place) (func(account.User) bool, error) {
	if p.user.Role != account.Commune {
		return func(account.User) bool { return true }, nil
	}
	list, err := s.store.Comments(ctx, p.period.ID, p.unit.Code)
	wrote := map[string]bool{}
	for i := range list {
		if list[i].Audience != store.ForUnit {
			continue
		}
		wrote[list[i].By] = true
		for _, r := range list[i].Replies {
			wrote[r.By] = true
		}
	}
	return func(u account.User) bool { return u.Role != account.Appraiser || wrote[u.Login] }, err
}

func takesPart(u account.User, p *place) bool {
	switch u.Role {
	case account.Commune:
		return u.Unit == p.unit.Code
	case account.Appraiser:
		return insideReader(u, &p.dossier)
	case account.Manager:
		return true
	}
	return p.period.Head != "" && u.Login == p.period.Head
}

func isLeaf(set *rubric.Set, code string) bool {
	_, ok := set.Leaf(code)
	return ok
}

// commentShow makes the page of one reader.
type commentShow struct {
	*Server
	place  *place
	people map[string]account.User
	known  func(account.User) bool
	in     commentInput
	errs   []view.FieldError
	may    bool
}

// thread shows one thread.
func (w *commentShow) thread(c *store.Comment) view.CommentThread {
	t := view.CommentThread{
		ID: c.ID, Action: commentsURL(c.Period, c.Unit) + "/" + c.ID, Key: store.NoticeID(c.ID, w.in.key, "", "", "", ""), Inside: c.Audience == store.ForTeam,
		Resolved: c.Resolved, MayWrite: w.may && !c.Empty(),
	}
	if c.SettleBy != "" {
		t.Settled = vi.Text(map[bool]string{true: "comment.settled", false: "comment.reopened"}[c.Resolved], w.name(c.SettleBy), vi.DateTime(c.SettleAt))
	}
	t.Said = append(t.Said, w.words(&c.Said, -1, len(c.Replies) == 0))
	for i := range c.Replies {
		t.Said = append(t.Said, w.words(&c.Replies[i], i, true))
	}
	if w.in.thread == c.ID {
		t.Text, t.Key = w.in.text, w.in.key
		for _, e := range w.errs {
			t.Error = strings.TrimSpace(t.Error + " " + e.Message)
		}
	}
	return t
}

func (w *commentShow) name(login string) string {
	if u, ok := w.people[login]; ok {
		return u.Name
	}
	return login
}

// words shows what one person said once; the names of those called stand for
// their logins.
func (w *commentShow) words(x *store.Said, i int, last bool) view.CommentSaid {
	v := view.CommentSaid{Who: w.name(x.By), When: vi.DateTime(x.At), Index: i, Mine: x.By == w.place.user.Login}
	if u, ok := w.people[x.By]; ok {
		v.Role = vi.Text("role." + string(u.Role))
	}
	v.MayTakeBack = w.may && last && x.MayTakeBack(w.place.user.Login, w.now())
	if !x.Gone.IsZero() {
		v.Gone = vi.Text("comment.gone", vi.DateTime(x.Gone))
		return v
	}
	from := 0
	var inText []string
	for _, at := range calls(x.Text) {
		login := x.Text[at[0]+1 : at[1]]
		if !slices.Contains(x.Mentions, login) {
			continue
		}
		inText = append(inText, login)
		v.Parts = append(v.Parts, view.CommentPart{Text: x.Text[from:at[0]]}, view.CommentPart{Text: "@" + w.name(login), Name: true})
		from = at[1]
	}
	v.Parts = append(v.Parts, view.CommentPart{Text: x.Text[from:]})
	for _, login := range x.Mentions {
		if !slices.Contains(inText, login) {
			v.Parts = append(v.Parts, view.CommentPart{Text: " "}, view.CommentPart{Text: "@" + w.name(login), Name: true})
		}
	}
	return v
}

// groups puts threads under their criteria, in the order of the set, the
// dossier as a whole first.
func (w *commentShow) groups(list []store.Comment) []view.CommentGroup {
	byCode := map[string][]view.CommentThread{}
	for i := range list {
		byCode[list[i].Code] = append(byCode[list[i].Code], w.thread(&list[i]))
	}
	var groups []view.CommentGroup
	add := func(code, title string) {
		if threads := byCode[code]; len(threads) > 0 {
			groups = append(groups, view.CommentGroup{Code: code, Title: title, Threads: threads})
		}
	}
	add("", vi.Text("comment.whole"))
	for _, leaf := range w.place.set.Leaves() {
		add(leaf.Code, leaf.Title)
	}
	return groups
}

// criteria lists what a comment can be about.
func (w *commentShow) criteria() []view.Option {
	list := []view.Option{option("", vi.Text("comment.whole"), w.in.code)}
	for _, leaf := range w.place.set.Leaves() {
		list = append(list, option(leaf.Code, leaf.Code+" – "+cut(leaf.Title, maxCommentTitle), w.in.code))
	}
	return list
}

// maxCommentTitle is how much of a criterion's title a choice shows, in
// characters.
const maxCommentTitle = 70
