package site

import "github.com/gofiber/fiber/v2"

func (s *Server) staffRoutes(r fiber.Router) {}
