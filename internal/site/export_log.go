package site

import (
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/store"
)

// logExportSum records that the visitor takes rows of data out through this
// request, with the checksum of the rows. what says which data: responses,
// texts, survey, tokens, … (vi has its name under "export.what."). It comes
// before sending; when it fails, nothing is sent.
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
