package site

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// A form may come too late: its session has ended, or its sender signed in anew
// since its page was made. Nothing is done then, and nothing typed is lost: the
// answer carries the form, and its sender, signed in, sends it again with one
// press. Only sameOrigin's own pages come this far.

// MaxKept is the largest form that is kept, in bytes. Inside the form of the
// sign-in page it grows threefold at most and fits into MaxFormBody.
const MaxKept = 256 << 10

// fieldKept carries the kept form through the sign-in page.
const fieldKept = "giu-lai"

// secrets are the fields that no page may carry; a form with any is not kept.
var secrets = []string{"password", "old", "again", "mat-khau", "pin"}

// keptForm returns what a plain form sent, nil when that is not to be kept.
func keptForm(c *fiber.Ctx) url.Values {
	if c.Locals(localUpload) != nil || !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm) {
		return nil
	}
	return openKept(string(c.Body()))
}

func openKept(text string) url.Values {
	v, err := url.ParseQuery(text)
	if err != nil || len(text) > MaxKept || slices.ContainsFunc(secrets, v.Has) {
		return nil
	}
	v.Del("_csrf")
	if len(v) == 0 {
		return nil
	}
	return v
}

// showLate answers a write of a page whose session is not this one; shown is
// false for every other fault.
func (s *Server) showLate(c *fiber.Ctx, f *fault.Error, status int) (shown bool, err error) {
	if isRead(c.Method()) || f.Key != "site.signIn" && f.Key != "site.csrf" {
		return false, nil
	}
	kept := keptForm(c)
	c.Status(status)
	switch {
	case f.Kind == fault.Unauthenticated && kept != nil:
		return true, c.Render("account/signin", view.SignIn{Page: s.page(c, vi.Text("title.signIn")), Next: localPath(c.OriginalURL()), Kept: kept.Encode(), Late: vi.Text("account.lateKept")})
	case f.Kind == fault.Unauthenticated:
		return true, c.Render("account/signin", view.SignIn{Page: s.page(c, vi.Text("title.signIn")), Next: cameFrom(c), Late: vi.Text("account.late")})
	case kept != nil:
		return true, s.offerKept(c, localPath(c.OriginalURL()), kept)
	}
	return false, nil
}

// cameFrom is the page of this site that a request was sent from, "" when that
// is not known.
func cameFrom(c *fiber.Ctx) string {
	u, err := url.Parse(c.Get(fiber.HeaderReferer))
	if err != nil || !strings.EqualFold(u.Host, string(c.Context().Host())) {
		return ""
	}
	return localPath(u.RequestURI())
}

// offerKept offers a kept form to be sent again.
func (s *Server) offerKept(c *fiber.Ctx, to string, kept url.Values) error {
	v := view.Again{Page: s.page(c, vi.Text("title.again")), Action: to}
	v.Styles = []string{"dossier.css"}
	for _, name := range sortedKeys(kept) {
		for _, value := range kept[name] {
			v.Fields = append(v.Fields, view.Pair{Name: name, Value: value})
			if text := vi.Clean(value); strings.ContainsAny(text, " \n") && !strings.HasPrefix(name, fieldOldNote) {
				v.Texts = append(v.Texts, text)
			}
		}
	}
	return c.Render("account/again", v)
}

// offerSigned is offerKept for who has just signed in with a token.
func (s *Server) offerSigned(c *fiber.Ctx, token, to string, kept url.Values) error {
	session, user, err := s.store.Session(c.UserContext(), token)
	if err != nil {
		return err
	}
	c.Locals(localSession, session)
	c.Locals(localUser, user)
	return s.offerKept(c, to, kept)
}
