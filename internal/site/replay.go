package site

import "github.com/gofiber/fiber/v2"

func (l *library) replayRoutes(fiber.Router) {}
