package site

import (
	"bytes"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// excelType is the media type of a workbook.
const excelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// rankingExcel writes the ranking as it is shown: the same filter, search and
// order, all pages.
func (s *Server) rankingExcel(c *fiber.Ctx) error {
	r, ok, err := s.rankingOf(c)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "dossiers.none")
	}
	query := cut(vi.Clean(c.Query("q")), maxQuery)
	rows := searched(r.rows, query, rankedText)
	sortRows(rows, c.Query("sap"), rankingColumns(r.Set))
	return s.sendRanking(c, r.Result, rows, r.filtered)
}

// sendRanking answers with the ranking workbook over rows.
func (s *Server) sendRanking(c *fiber.Ctx, r *result.Result, rows []rankedUnit, filtered bool) error {
	settings, _, err := s.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	ranked := make([]score.Result, len(rows))
	for i, row := range rows {
		ranked[i] = row.score
	}
	book := report.Ranking(r, ranked, settings, s.now())
	if filtered {
		book.Period += " " + vi.Text("ranking.part", len(rows), len(r.Ranked))
	}
	var b bytes.Buffer
	if err := xlsx.Ranking(&b, book); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="xep-hang-`+fileName(r.Period.ID)+`.xlsx"`)
	return c.Send(b.Bytes())
}

// fileName keeps what any file system takes.
func fileName(s string) string { return notInFileName.ReplaceAllString(s, "-") }

var notInFileName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// sendExcel answers with a workbook as a download.
func sendExcel(c *fiber.Ctx, name string, data []byte) error {
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+fileName(name)+`.xlsx"`)
	return c.Send(data)
}
