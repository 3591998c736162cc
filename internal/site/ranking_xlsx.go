package site

import (
	"bytes"
	"context"
	"maps"
	"regexp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/unit"
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
	report, err := s.rankingReport(c.UserContext(), r, rows)
	if err != nil {
		return err
	}
	if filtered {
		report.Period += " " + vi.Text("ranking.part", len(rows), len(r.Ranked))
	}
	var b bytes.Buffer
	if err := xlsx.Ranking(&b, report); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="xep-hang-`+fileName(r.Period.ID)+`.xlsx"`)
	return c.Send(b.Bytes())
}

// fileName keeps what any file system takes.
func fileName(s string) string { return notInFileName.ReplaceAllString(s, "-") }

var notInFileName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// rankingReport is the workbook of rows, in their order.
func (s *Server) rankingReport(ctx context.Context, r *result.Result, rows []rankedUnit) (xlsx.RankingReport, error) {
	settings, _, err := s.store.Settings(ctx)
	if err != nil {
		return xlsx.RankingReport{}, err
	}
	results := make([]score.Result, len(rows))
	for i, row := range rows {
		results[i] = row.score
	}
	report := xlsx.FromResults(r.Set, results, &r.Target, unit.NewTree(slices.Collect(maps.Values(r.Units))))
	report.Head, report.Period, report.Made = headOf(settings), r.Period.Title, s.now()
	report.Head.Date = report.Made
	if r.Stage.Code != r.Period.Final() {
		report.Period += " (" + r.Stage.Title + ")"
	}
	return report, nil
}

// headOf turns the province's settings into the head of a document.
func headOf(v store.Settings) xlsx.Head {
	return xlsx.Head{
		Superior: v.Parent, Agency: v.Agency, Number: v.Symbol, Place: v.Place, SignedFor: v.SignTitle, SignerName: v.Signer, Recipients: v.Recipients,
	}
}
