package site

import (
	"bytes"
	"context"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
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

// rankingReport is the adapter to the workbook.
func (s *Server) rankingReport(ctx context.Context, r *result.Result, rows []rankedUnit) (xlsx.RankingReport, error) {
	settings, _, err := s.store.Settings(ctx)
	if err != nil {
		return xlsx.RankingReport{}, err
	}
	now := s.now()
	report := xlsx.RankingReport{
		Head: headOf(settings), Period: r.Period.Title, Criteria: r.Set.Title, Decimals: r.Set.Decimals, Made: now,
		Target: &xlsx.RankingTarget{
			Recognised: r.Target.Recognised, Denominator: r.Target.Denominator, Needed: r.Target.Needed, Percent: r.Target.Percent,
			Met: r.Target.Met, MinBand: r.Target.MinBand,
		},
	}
	report.Head.Date = now
	if r.Stage.Code != r.Period.Final() {
		report.Period += " (" + r.Stage.Title + ")"
	}
	if r.Set.NotApplicable == rubric.Rescale {
		report.FullTotal = r.Set.Total.String()
	}
	if r.Set.MaxTotal != nil {
		report.MaxTotal = r.Set.MaxTotal.String()
	}
	for _, g := range r.Set.Groups {
		report.Groups = append(report.Groups, xlsx.RankingGroup{Code: g.Code, Title: g.Title, Kind: g.Kind, Max: g.Max.String()})
	}
	if r.Set.Recognition != nil {
		for _, b := range r.Set.Recognition.Bands {
			report.Bands = append(report.Bands, xlsx.RankingBand{Code: b.Code, Title: b.Title})
		}
	}
	for _, row := range rows {
		report.Rows = append(report.Rows, reportRow(r.Set, row))
	}
	return report, nil
}

func reportRow(set *rubric.Set, row rankedUnit) xlsx.RankingRow {
	x := row.score
	out := xlsx.RankingRow{
		Rank: x.Rank, Code: row.unit.Code, Unit: row.unit.Name, Parent: row.parent, Total: x.Total.String(x.Decimals),
		Band: x.Band, Recognised: x.Recognised, Failed: failedWords(set, x),
	}
	var applicable rubric.Num
	for i, g := range x.Groups {
		out.Groups = append(out.Groups, g.Points.String(x.Decimals))
		if set.Groups[i].Kind == rubric.Normal {
			applicable = applicable.Add(g.Applicable.Num())
		}
	}
	out.Applicable = applicable.String()
	return out
}

// headOf turns the province's settings into the head of a document. A symbol
// alone leaves room for the number.
func headOf(v store.Settings) xlsx.Head {
	h := xlsx.Head{Superior: v.Parent, Agency: v.Agency, Place: v.Place, SignedFor: v.SignTitle, SignerName: v.Signer, Recipients: v.Recipients}
	if v.Symbol != "" {
		h.Number = "      " + strings.TrimSpace(v.Symbol)
	}
	return h
}
