package site

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// leniencyExcel writes the table as it is shown: the same rows and order, all
// pages.
func (s *Server) leniencyExcel(c *fiber.Ctx) error {
	l, ok, err := s.leniencyOf(c)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "dossiers.none")
	}
	settings, _, err := s.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	rows := searched(l.rows, cut(vi.Clean(c.Query("q")), maxQuery), lenientText)
	sortRows(rows, c.Query("sap"), l.columns())
	book := xlsx.LeniencyReport{Title: vi.Text("leniency.title"), About: vi.Text("leniency.about", vi.Text("leniency.kind."+l.kind)), First: vi.Text("leniency.by." + l.kind), Leaves: l.kind == kindLeaf, Least: leastDossiers}
	for _, r := range rows {
		x := xlsx.LeniencyRow{
			Name: r.name, Dossiers: r.Dossiers, Down: meanOf(r.Down), Next: meanOf(r.Next), Unproven: r.Unproven, Proposed: r.Proposed,
			Recognised: r.Recognised, Final: r.Final, Rescored: r.Rescored, Alarms: r.Alarms,
		}
		if l.kind != kindTeam {
			x.Code = r.Key
		}
		book.Rows = append(book.Rows, x)
	}
	var b bytes.Buffer
	if err := xlsx.Leniency(&b, report.Leniency(book, &l.Period, l.stage.Stage, settings, s.now())); err != nil {
		return err
	}
	return sendExcel(c, "cham-diem-"+l.Period.ID, b.Bytes())
}

func meanOf(m result.Mean) *rubric.Num {
	if v, ok := m.Value(); ok {
		return &v
	}
	return nil
}
