package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
)

// routes is the whole map of the site. Every write passes sameOrigin; what
// needs a session passes signedIn and guarded, in that order.
func (s *Server) routes(app *fiber.App) error {
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	app.Get("/readyz", s.ready)
	app.Get("/static/+", s.static)

	s.publicRoutes(app.Group("", s.sameOrigin))
	s.apiRoutes(app.Group("/api/v1"))

	seen := app.Group("", s.sameOrigin, s.signedIn)
	seen.Get("/", s.homePage)
	seen.Get("/dang-nhap", s.signInPage)
	seen.Post("/dang-nhap", limitBody(MaxFormBody), s.signIn) // the form may be older than the session

	staff := app.Group("", s.guarded)
	staff.Get("/khoi-tao", s.firstUserPage)
	staff.Post("/khoi-tao", limitBody(MaxFormBody), s.firstUser)
	staff.Post("/dang-xuat", limitBody(MaxFormBody), s.signOut)
	staff.Get("/tai-khoan", s.passwordPage)
	staff.Post("/tai-khoan", limitBody(MaxFormBody), s.changePassword)
	return s.staffRoutes(staff)
}

// ready reports whether the database answers.
func (s *Server) ready(c *fiber.Ctx) error {
	if err := s.store.Ping(c.UserContext()); err != nil {
		return fault.Wrap(err, fault.Unavailable, "site.notReady")
	}
	return c.SendString("ready")
}

// static serves an embedded file by the URL that holds its hash.
func (s *Server) static(c *fiber.Ctx) error {
	data, ok := s.assets.Get(strings.Clone(c.Path()))
	if !ok {
		return fault.New(fault.NotFound, "site.notFound")
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Type(c.Path()[strings.LastIndexByte(c.Path(), '.')+1:], "utf-8")
	return c.Send(data)
}

// homePage sends everybody to where their work is.
func (s *Server) homePage(c *fiber.Ctx) error {
	if user, ok := userOf(c); ok {
		return c.Redirect(home(user), fiber.StatusSeeOther)
	}
	return s.publicHome(c)
}
