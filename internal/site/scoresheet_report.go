package site

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/store"
	"thanthien/internal/xlsx"
)

// scoresheetReportRoutes are the reports of scores and of differences.
func (s *Server) scoresheetReportRoutes(r fiber.Router) {
	see := s.may(account.SeeDossiers)
	r.Get("/ho-so/:period/:unit/bang-diem.xlsx", see, s.scoreReportOne)
	r.Get("/bao-cao/bang-diem.xlsx", see, s.scoreReportAll)
	r.Get("/bao-cao/chenh-lech.xlsx", see, s.differencesReport)
}

// seesAs is what a user may see of dossiers in a report: the same as on their
// pages. One who keeps out of a unit's affairs sees nothing of it.
func seesAs(user account.User, p *dossier.Period) report.See {
	return report.See{
		Stage: func(d *dossier.Dossier, stage string) bool {
			return user.MaySee(d.Unit) && !slices.Contains(user.Recused, d.Unit) && d.Sees(stage, d.WhoOf(user, p))
		},
		Sheet: func(d *dossier.Dossier, l dossier.Layer) bool {
			at := place{user: user, period: *p, dossier: *d}
			return at.inside() && d.SeesSheet(l, user.Login, at.who())
		},
	}
}

// openFolders are the evidence of units, and nothing of those whose affairs the
// user keeps out of.
func (s *Server) openFolders(ctx context.Context, user account.User, period string) func(string) (evidence.Folder, error) {
	folder := report.Folders(ctx, s.store, period)
	return func(unit string) (evidence.Folder, error) {
		if slices.Contains(user.Recused, unit) {
			return evidence.Folder{}, nil
		}
		return folder(unit)
	}
}

// scoreReportOne sends the score sheet of one dossier, with what the person may
// see of every stage.
func (s *Server) scoreReportOne(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	return s.sendScoreReport(c, p.period.ID, []string{p.unit.Code}, fileName(p.unit.Code))
}

// scoreReportAll sends the score sheets of a period (?ky=): all units, or those
// of ?xa=.
func (s *Server) scoreReportAll(c *fiber.Ctx) error {
	user, _ := userOf(c)
	period, _, ok, err := s.periodChoice(c, user.Unit)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "dossiers.none")
	}
	var units []string
	switch {
	case user.Role == account.Commune:
		units = []string{user.Unit}
	case slices.Contains(user.Recused, c.Query("xa")):
		return fault.New(fault.Forbidden, "dossier.recused")
	case c.Query("xa") != "":
		units = []string{c.Query("xa")}
	}
	return s.sendScoreReport(c, period.ID, units, "tat-ca")
}

func (s *Server) sendScoreReport(c *fiber.Ctx, period string, units []string, name string) error {
	user, _ := userOf(c)
	return s.sendStages(c, period, "bang-diem-"+fileName(period)+"-"+name, func(ctx context.Context, r *result.Result, v store.Settings, w io.Writer) error {
		book, err := report.ScoreSheets(r, units, seesAs(user, &r.Period), s.openFolders(ctx, user, period), v, s.now())
		if err != nil {
			return err
		}
		return xlsx.ScoreSheets(w, book)
	})
}

// differencesReport sends what stages made of self-scores in a period (?ky=),
// as far as the person may see it. It is not for single units.
func (s *Server) differencesReport(c *fiber.Ctx) error {
	user, _ := userOf(c)
	if user.Role == account.Commune {
		return fault.New(fault.Forbidden, "site.notYours")
	}
	period, _, ok, err := s.periodChoice(c, "")
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "dossiers.none")
	}
	return s.sendStages(c, period.ID, "chenh-lech-"+fileName(period.ID), func(ctx context.Context, r *result.Result, v store.Settings, w io.Writer) error {
		counts, err := s.store.EvidenceCounts(ctx, period.ID)
		if err != nil {
			return err
		}
		return xlsx.Differences(w, report.Differences(r, seesAs(user, &r.Period), counts, s.namesOf(ctx), v, s.now()))
	})
}

// sendStages answers with a workbook over a period up to ?cap=.
func (s *Server) sendStages(c *fiber.Ctx, period, name string, write func(context.Context, *result.Result, store.Settings, io.Writer) error) error {
	ctx := c.UserContext()
	r, err := result.Of(ctx, s.store, period, c.Query("cap"))
	if err != nil {
		return err
	}
	settings, _, err := s.store.Settings(ctx)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(ctx, r, settings, &b); err != nil {
		return err
	}
	return sendExcel(c, name, b.Bytes())
}
