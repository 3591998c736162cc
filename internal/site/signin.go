package site

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

func (s *Server) signInPage(c *fiber.Ctx) error {
	if user, ok := userOf(c); ok {
		return c.Redirect(cmp.Or(localPath(c.Query("tiep")), home(user)), fiber.StatusSeeOther)
	}
	return c.Render("account/signin", view.SignIn{Page: s.page(c, vi.Text("title.signIn")), Next: localPath(c.Query("tiep"))})
}

// signIn checks the password and starts a new session; the one the browser had
// before ends, so that nobody can plant theirs.
func (s *Server) signIn(c *fiber.Ctx) error {
	login, next := strings.ToLower(vi.Clean(c.FormValue("login"))), localPath(c.FormValue("next"))
	kept := openKept(c.FormValue(fieldKept))
	user, err := s.checkPassword(c, login, c.FormValue("password"))
	if err != nil {
		f := asFault(err)
		if f.Kind != fault.Invalid && f.Kind != fault.TooMany {
			return err
		}
		p := view.SignIn{Page: s.page(c, vi.Text("title.signIn")), Login: login, Next: next, Kept: kept.Encode()}
		p.Errors = []view.FieldError{{Field: "login", Message: vi.Text(f.Key, f.Args...)}}
		tellWait(c, f)
		return c.Status(statuses[f.Kind]).Render("account/signin", p)
	}
	if old := c.Cookies(sessionCookie); old != "" {
		if err := s.store.EndSession(c.UserContext(), old); err != nil {
			return err
		}
	}
	token, err := s.store.StartSession(c.UserContext(), user.Login)
	if err != nil {
		return err
	}
	s.setCookie(c, token)
	if next != "" && kept != nil {
		return s.offerSigned(c, token, next, kept)
	}
	if next == "" {
		next = home(user)
	}
	return c.Redirect(next, fiber.StatusSeeOther)
}

// tellWait says in Retry-After when to try again after too many wrong passwords
// or PINs: the sentence names the minutes.
func tellWait(c *fiber.Ctx, f *fault.Error) {
	args := f.Args
	if len(f.Problems) > 0 {
		args = f.Problems[0].Args
	}
	if f.Kind != fault.TooMany || len(args) == 0 {
		return
	}
	if minutes, ok := args[0].(int); ok {
		c.Set(fiber.HeaderRetryAfter, retryAfter(time.Duration(minutes)*time.Minute))
	}
}

// checkPassword counts the attempt first, so that many at once cannot slip
// past the limit, and forgets the count when the password is right.
func (s *Server) checkPassword(c *fiber.Ctx, login, password string) (account.User, error) {
	ctx := c.UserContext()
	if err := s.store.CountSignIn(ctx, login, s.visitorOf(c).address); err != nil {
		return account.User{}, err
	}
	user, err := s.store.User(ctx, login)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return user, err
	}
	right, err := s.matches(ctx, user, password)
	if err != nil {
		return user, err
	}
	if !right || user.Disabled {
		return user, fault.New(fault.Invalid, "account.wrong")
	}
	return user, s.store.ForgetSignIns(ctx, login)
}

// matches checks a password; few at once, because each takes much memory.
func (s *Server) matches(ctx context.Context, user account.User, password string) (bool, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return false, fault.Wrap(ctx.Err(), fault.Unavailable, "site.busy")
	}
	return len(password) <= account.MaxPassword*utf8.UTFMax && user.Matches(password), nil
}

func (s *Server) signOut(c *fiber.Ctx) error {
	if token := c.Cookies(sessionCookie); token != "" {
		if err := s.store.EndSession(c.UserContext(), token); err != nil {
			return err
		}
	}
	s.dropCookie(c)
	return c.Redirect("/", fiber.StatusSeeOther)
}

func (s *Server) passwordPage(c *fiber.Ctx) error {
	if _, ok := userOf(c); !ok {
		return fault.New(fault.Unauthenticated, "site.signIn")
	}
	return c.Render("account/password", view.Password{Page: s.page(c, vi.Text("title.password"))})
}

// changePassword takes the old password once more, ends every session of the
// user and starts a new one here.
func (s *Server) changePassword(c *fiber.Ctx) error {
	user, ok := userOf(c)
	if !ok {
		return fault.New(fault.Unauthenticated, "site.signIn")
	}
	var problems []fault.Problem
	if err := s.store.CountSignIn(c.UserContext(), user.Login, s.visitorOf(c).address); err != nil {
		return err
	}
	right, err := s.matches(c.UserContext(), user, c.FormValue("old"))
	if err != nil {
		return err
	}
	if !right {
		problems = append(problems, fault.Problem{Path: "old", Key: "account.oldWrong"})
	} else if err := s.store.ForgetSignIns(c.UserContext(), user.Login); err != nil {
		return err // a badly chosen new password is no attempt to guess the old one
	}
	problems = append(problems, account.CheckPassword(c.FormValue("password"))...)
	if c.FormValue("password") != c.FormValue("again") {
		problems = append(problems, fault.Problem{Path: "again", Key: "account.again"})
	}
	if len(problems) > 0 {
		p := view.Password{Page: s.page(c, vi.Text("title.password"))}
		p.Errors = fieldErrors(problems)
		return c.Status(fiber.StatusUnprocessableEntity).Render("account/password", p)
	}
	user.Password = account.HashPassword(c.FormValue("password"))
	if err := s.store.PutUser(c.UserContext(), user); err != nil {
		return err
	}
	if err := s.record(c, "", audit.UserChanged, "users/"+user.Login, audit.Change{Field: "password", After: vi.Text("admin.user.new")}); err != nil {
		return err
	}
	if err := s.store.EndSessions(c.UserContext(), user.Login); err != nil {
		return err
	}
	token, err := s.store.StartSession(c.UserContext(), user.Login)
	if err != nil {
		return err
	}
	s.setCookie(c, token)
	return c.Redirect(home(user), fiber.StatusSeeOther)
}

// fieldErrors turns problems into what a page shows beside its fields.
func fieldErrors(problems []fault.Problem) []view.FieldError {
	list := make([]view.FieldError, len(problems))
	for i, p := range problems {
		list[i] = view.FieldError{Field: p.Path, Message: vi.Text(p.Key, p.Args...)}
	}
	return list
}

// localPath keeps a path of this site to go back to and drops anything else:
// other hosts, and characters that a browser would skip over to find one.
func localPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") {
		return ""
	}
	if strings.ContainsFunc(p, func(r rune) bool { return r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return ""
	}
	return p
}
