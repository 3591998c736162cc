package site

import (
	"context"

	"thanthien/internal/dossier"
)

// tellAct tells those whom an act concerns.
func (s *Server) tellAct(_ context.Context, _ *place, _ dossier.Act, _ *dossier.Facts) {}
