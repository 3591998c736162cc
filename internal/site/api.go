package site

import "github.com/gofiber/fiber/v2"

// apiRoutes is the JSON API, /api/v1.
func (s *Server) apiRoutes(r fiber.Router) {
	s.surveyAPI(r)
	s.batchAPI(r)
	s.periodAPI(r)
	r.Get("/openapi.json", s.openAPIDocument)
}
