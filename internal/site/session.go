package site

import (
	"crypto/subtle"
	"net"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// sessionCookie carries the session's token, and nothing else.
const sessionCookie = "thanthien_session"

// signedIn reads the session, if there is one; it never refuses.
func (s *Server) signedIn(c *fiber.Ctx) error {
	token := c.Cookies(sessionCookie)
	if token == "" {
		return c.Next()
	}
	session, user, err := s.store.Session(c.UserContext(), token)
	switch {
	case fault.Is(err, fault.Unauthenticated):
		s.dropCookie(c)
	case err != nil:
		return err
	default:
		c.Locals(localSession, session)
		c.Locals(localUser, user)
	}
	return c.Next()
}

// may lets only users through whose role may do the action.
func (s *Server) may(action account.Action) fiber.Handler {
	return func(c *fiber.Ctx) error {
		user, ok := userOf(c)
		if !ok {
			return fault.New(fault.Unauthenticated, "site.signIn")
		}
		if !user.Role.May(action) {
			return fault.New(fault.Forbidden, "site.forbidden", vi.Text("role."+string(user.Role)))
		}
		return c.Next()
	}
}

// guarded refuses a write whose form does not carry the session's token. A
// caller without a session has no authority that could be abused.
func (s *Server) guarded(c *fiber.Ctx) error {
	session, ok := c.Locals(localSession).(store.Session)
	if !ok || isRead(c.Method()) || c.Locals(localUpload) != nil { // readUpload looks for it in an upload
		return c.Next()
	}
	sent := c.Get("X-CSRF-Token")
	if sent == "" {
		sent = c.FormValue("_csrf")
	}
	if subtle.ConstantTimeCompare([]byte(sent), []byte(session.CSRF)) != 1 {
		return fault.New(fault.Forbidden, "site.csrf")
	}
	return c.Next()
}

func userOf(c *fiber.Ctx) (account.User, bool) {
	u, ok := c.Locals(localUser).(account.User)
	return u, ok
}

// setCookie gives the browser its session. The cookie is Secure, which browsers
// also take from http://localhost; only where the operator set a plain http
// base URL, or in the demo, does a visitor under another name get it without.
func (s *Server) setCookie(c *fiber.Ctx, token string) {
	c.Cookie(&fiber.Cookie{
		Name: sessionCookie, Value: token, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
		MaxAge: int(store.SessionMost.Seconds()), Secure: !s.plainHTTP(c),
	})
}

func (s *Server) dropCookie(c *fiber.Ctx) {
	c.Cookie(&fiber.Cookie{Name: sessionCookie, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, MaxAge: -1, Secure: !s.plainHTTP(c)})
}

// plainHTTP reports whether the operator chose to serve without TLS (the demo
// always does) and this
// visitor comes from another machine.
func (s *Server) plainHTTP(c *fiber.Ctx) bool {
	if !s.demo && !strings.HasPrefix(s.config.BaseURL, "http://") || c.Protocol() == "https" {
		return false
	}
	host, _, err := net.SplitHostPort(string(c.Context().Host()))
	if err != nil {
		host = string(c.Context().Host())
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// page returns what every page shows for this visitor.
func (s *Server) page(c *fiber.Ctx, title string) view.Page {
	p := view.Page{Title: title, Path: c.Path(), Demo: s.demo}
	if session, ok := c.Locals(localSession).(store.Session); ok {
		p.CSRF = session.CSRF
	}
	if user, ok := userOf(c); ok {
		p.User = &view.Person{Name: user.Name, Role: vi.Text("role." + string(user.Role))}
		p.Nav = navigation(user, c.Path())
		p.Bell = s.unread(c.UserContext(), user.Login)
	}
	return p
}

// navigation lists what the role may open.
func navigation(u account.User, path string) []view.Link {
	var links []view.Link
	for _, l := range []struct {
		action     account.Action
		label, url string
	}{
		{account.SeeLeader, vi.Text("word.overview"), "/lanh-dao"},
		{account.MarkStage, vi.Text("appraise.short"), appraisePath},
		{account.SeeDossiers, vi.Text("word.dossiers"), "/ho-so"},
		{account.SeeDossiers, vi.Text("deadline.short"), deadlinePath},
		{account.SeeRanking, vi.Text("word.ranking"), "/bao-cao/xep-hang"},
		{account.SeeCampaigns, vi.Text("word.survey"), "/khao-sat"},
		{account.Interview, vi.Text("word.interview"), surveyorPath},
		{account.Answer, vi.Text("stats.deskShort"), "/gop-y"}, {account.SendFeedback, vi.Text("stats.deskShort"), "/gop-y"},
		{account.EditPeriods, vi.Text("word.administration"), "/quan-tri"},
	} {
		if u.Role.May(l.action) {
			links = append(links, view.Link{Label: l.label, URL: l.url, Current: path == l.url || strings.HasPrefix(path, l.url+"/")})
		}
	}
	if u.Role.May(account.EnterPaper) && !u.Role.May(account.SeeCampaigns) {
		url := surveyorPath + "/phieu-giay"
		current := path == url || strings.HasPrefix(path, "/khao-sat/") && (strings.Contains(path, "/nhap-phieu") || strings.Contains(path, "/nhap-excel") || strings.HasSuffix(path, "/phieu-giay"))
		for i := range links {
			links[i].Current = links[i].Current && !current
		}
		links = append(links, view.Link{Label: vi.Text("plan.paperForms"), URL: url, Current: current})
	}
	if u.Role.May(account.RunKiosk) && !u.Role.May(account.SeeCampaigns) { // others find it at the campaign
		links = append(links, view.Link{Label: vi.Text("word.kiosk"), URL: kioskSetupPath, Current: path == kioskSetupPath || strings.HasSuffix(path, "/kiosk")})
	}
	return links
}

// home is where a role starts.
func home(u account.User) string {
	switch {
	case u.Role == account.Leader:
		return "/lanh-dao"
	case u.Role.May(account.EditPeriods):
		return "/quan-tri"
	case u.Role == account.Surveyor:
		return surveyorPath
	case u.Role.May(account.MarkStage):
		return appraisePath
	case !u.Role.May(account.SeeDossiers):
		return "/tai-khoan"
	}
	return "/ho-so"
}
