package site

import (
	_ "embed"

	"github.com/gofiber/fiber/v2"
)

// openAPI describes every call below /api/v1; a test keeps the two equal.
//
//go:embed openapi.json
var openAPI []byte

func (s *Server) openAPIDocument(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	c.Type("json", "utf-8")
	return c.Send(openAPI)
}
