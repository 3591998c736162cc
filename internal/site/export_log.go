package site

import (
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/store"
)

// logExport records that the visitor takes rows of data out through this
// request. what says which: responses, texts, survey, tokens, … (vi has its
// name under "export.what."). Every handler that hands out a file of answers,
// figures or tokens calls it before sending; when it fails, nothing is sent.
func (s *Server) logExport(c *fiber.Ctx, what string, rows int) error {
	return s.logExportSum(c, what, int64(rows), "")
}

// logExportSum is logExport with the checksum of the rows.
func (s *Server) logExportSum(c *fiber.Ctx, what string, rows int64, sum string) error {
	user, _ := userOf(c)
	via := store.ViaPage
	if strings.HasPrefix(c.Path(), "/api/") {
		via = store.ViaAPI
	}
	return s.store.LogExport(c.UserContext(), store.Export{
		Who: user.Login, What: what, Path: c.Path(), Campaign: c.Params("campaign"),
		Format: strings.TrimPrefix(path.Ext(c.Path()), "."), Rows: rows, Sum: sum, Via: via,
	})
}
