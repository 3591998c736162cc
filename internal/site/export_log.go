package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/store"
)

// logOut records that the visitor takes data out through this request; x says
// which (vi has the name of x.What under "export.what."), its format, campaign
// and rows. It comes before sending; when it fails, nothing is sent.
func (s *Server) logOut(c *fiber.Ctx, x store.Export) error {
	user, _ := userOf(c)
	x.Who, x.Path, x.Via = user.Login, c.Path(), store.ViaPage
	if strings.HasPrefix(x.Path, "/api/") {
		x.Via = store.ViaAPI
	}
	return s.store.LogExport(c.UserContext(), x)
}
