package site

import (
	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The first administrator is made through a one-time link that the program
// prints; it stops working with the first account.

func (s *Server) firstUserPage(c *fiber.Ctx) error {
	if err := s.store.CheckSetupToken(c.UserContext(), c.Query("ma")); err != nil {
		return err
	}
	return c.Render("account/first", view.FirstUser{Page: s.page(c, vi.Text("title.firstUser")), Token: c.Query("ma"), Login: "quantri"})
}

func (s *Server) firstUser(c *fiber.Ctx) error {
	token := c.FormValue("ma")
	if err := s.store.CheckSetupToken(c.UserContext(), token); err != nil {
		return err
	}
	user := account.User{Login: vi.Clean(c.FormValue("login")), Name: vi.Clean(c.FormValue("name")), Role: account.Admin, Created: s.now()}
	problems := append(user.Check(), account.CheckPassword(c.FormValue("password"))...)
	if len(problems) > 0 {
		p := view.FirstUser{Page: s.page(c, vi.Text("title.firstUser")), Token: token, Login: user.Login, Name: user.Name}
		p.Errors = fieldErrors(problems)
		return c.Status(fiber.StatusUnprocessableEntity).Render("account/first", p)
	}
	user.Password = account.HashPassword(c.FormValue("password"))
	if err := s.store.UseSetupToken(c.UserContext(), token, user); err != nil {
		return err
	}
	made := audit.Event{
		ID: "users/" + user.Login + "#first", Who: user.Login, Action: audit.UserCreated, Thing: "users/" + user.Login,
		Detail: []audit.Change{{Field: "role", After: string(user.Role)}},
	}
	if err := s.store.Record(c.UserContext(), made); err != nil {
		return err
	}
	session, err := s.store.StartSession(c.UserContext(), user.Login)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Gone, "account.setupUsed")
	} else if err != nil {
		return err
	}
	s.setCookie(c, session)
	return c.Redirect(home(user), fiber.StatusSeeOther)
}
