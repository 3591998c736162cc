package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
)

// bearer signs in a program by its API token, for this call alone. A token is
// never sent by a browser on its own, so no page of another site can use it: a
// session sent along is left out, and the checks of sessions with it.
func (s *Server) bearer(c *fiber.Ctx) error {
	scheme, plain, ok := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return c.Next()
	}
	t, err := s.store.APIToken(c.UserContext(), strings.TrimSpace(plain))
	if err != nil {
		return err
	}
	c.Request().Header.DelCookie(sessionCookie)
	name := t.Name
	if name == "" {
		name = account.ProgramPrefix + t.ID
	}
	c.Locals(localUser, account.User{Login: account.ProgramPrefix + t.ID, Name: name, Role: t.Role, Unit: t.Unit})
	return c.Next()
}
