package site

import "github.com/gofiber/fiber/v2"

func (s *Server) publicRoutes(r fiber.Router)   {}
func (s *Server) staffRoutes(r fiber.Router)    {}
func (s *Server) publicHome(c *fiber.Ctx) error { return nil }
