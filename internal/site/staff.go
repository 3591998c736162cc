package site

import "github.com/gofiber/fiber/v2"

// staffRoutes are the pages of people who sign in.
func (s *Server) staffRoutes(r fiber.Router) error {
	s.dossierRoutes(r)
	s.appraiseRoutes(r)
	s.scoresheetRoutes(r)
	s.evidenceRoutes(r)
	s.noticeRoutes(r)
	s.deadlineRoutes(r)
	s.commentRoutes(r)
	s.rankingRoutes(r)
	s.leaderRoutes(r)
	s.exportRoutes(r)
	s.auditRoutes(r)
	s.paperRoutes(r)
	s.kioskSetupRoutes(r)
	s.statsRoutes(r)
	s.campaignRoutes(r) // behind the others: /khao-sat/:campaign/:unit takes any word
	return s.adminRoutes(r)
}
