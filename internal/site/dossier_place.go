package site

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// place is what a request about one dossier is about.
type place struct {
	user    account.User
	period  dossier.Period
	set     *rubric.Set
	unit    unit.Unit
	dossier dossier.Dossier
	// surveys has the unit's survey results; reports the same by form.
	surveys *score.Survey
	reports map[string]survey.UnitReport
}

// placeOf opens the dossier that the path names: Forbidden when the user may
// not see the unit, NotFound when the unit is not assessed in the period.
func (s *Server) placeOf(c *fiber.Ctx) (*place, error) {
	user, ok := userOf(c)
	if !ok {
		return nil, fault.New(fault.Unauthenticated, "site.signIn")
	}
	if !user.MaySee(c.Params("unit")) {
		if user.Role == account.Commune {
			return nil, fault.New(fault.Forbidden, "site.notYours")
		}
		return nil, fault.New(fault.Forbidden, "site.forbidden", vi.Text("role."+string(user.Role)))
	}
	if slices.Contains(user.Recused, c.Params("unit")) {
		return nil, fault.New(fault.Forbidden, "dossier.recused")
	}
	p, err := s.loadPlace(c.UserContext(), c.Params("period"), c.Params("unit"))
	if err != nil {
		return nil, err
	}
	p.user = user
	return p, nil
}

func (s *Server) loadPlace(ctx context.Context, period, code string) (*place, error) {
	var p place
	var err error
	if p.period, err = s.store.Period(ctx, period); err != nil {
		return nil, err
	}
	if p.dossier, err = s.store.Dossier(ctx, period, code); err != nil {
		return nil, err
	}
	if p.unit, err = s.store.Unit(ctx, code); err != nil {
		return nil, err
	}
	if p.set, err = s.store.Set(ctx, p.period.SetID, p.period.SetVer); err != nil {
		return nil, err
	}
	p.surveys, p.reports, err = s.surveysOf(ctx, period, code)
	return &p, err
}

// frozenOf is surveysOf from what the lock of the period keeps.
func (s *Server) frozenOf(ctx context.Context, p *dossier.Period, code string) (*score.Survey, map[string]survey.UnitReport, error) {
	reports, err := s.store.FrozenSurveys(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	byForm := map[string]survey.UnitReport{}
	mine := make([]survey.Report, len(reports))
	for i, r := range reports {
		mine[i] = survey.Report{Form: r.Form, Version: r.Version}
		for _, u := range r.Units {
			if u.Unit == code {
				byForm[r.Form], mine[i].Units = u, []survey.UnitReport{u}
			}
		}
	}
	return score.NewSurvey(mine...), byForm, nil
}

// surveysOf works out the survey results of one unit alone.
func (s *Server) surveysOf(ctx context.Context, period, code string) (*score.Survey, map[string]survey.UnitReport, error) {
	p, err := s.store.Period(ctx, period)
	if err != nil {
		return nil, nil, err
	}
	if result.Frozen(&p) {
		return s.frozenOf(ctx, &p, code)
	}
	campaigns, err := s.store.CampaignsOf(ctx, period)
	if err != nil {
		return nil, nil, err
	}
	byForm := map[string]survey.UnitReport{}
	var reports []survey.Report
	for i := range campaigns {
		tallies, err := s.store.Tallies(ctx, &campaigns[i])
		if err != nil {
			return nil, nil, err
		}
		r := survey.Report{Form: campaigns[i].FormID, Version: campaigns[i].FormVer}
		if t, ok := tallies[code]; ok {
			u := t.Report(code)
			byForm[r.Form], r.Units = u, []survey.UnitReport{u}
		}
		reports = append(reports, r)
	}
	return score.NewSurvey(reports...), byForm, nil
}

// at scores the unit at one stage.
func (p *place) at(stage string) score.Result {
	return score.Score(p.set, p.dossier.Marks(stage), p.surveys)
}

// stage returns the stage that a request names: "" asks for the one the role
// works at, which is the unit's own for a commune and the first appraisal
// stage otherwise.
func (p *place) stage(code string) (dossier.Stage, error) {
	if code == "" {
		code = dossier.SelfStage
		if p.user.Role != account.Commune {
			code = p.period.Stages[1].Code
		}
	}
	stage, ok := p.period.Stage(code)
	if !ok {
		return stage, fault.New(fault.NotFound, "result.stage", code)
	}
	return stage, nil
}

// who is what this user is to the dossier.
func (p *place) who() dossier.Who { return p.dossier.WhoOf(p.user, &p.period) }

// layer returns the cells that this user fills, or sees, at a stage.
func (p *place) layer(stage string) dossier.Layer { return p.dossier.LayerOf(stage, p.user.Login) }

// seenMarks are what this user may see of a stage: one's own sheet where one is
// a member and not everybody is ready, what the stage gave otherwise, and
// nothing before it may be seen.
func (p *place) seenMarks(stage string) score.UnitMarks {
	d := &p.dossier
	switch {
	case !d.Shared(stage) && d.MemberOf(stage, p.user.Login) && !d.AllIn(stage):
		return d.LayerMarks(p.layer(stage))
	case !d.Sees(stage, p.who()):
		return score.UnitMarks{Unit: d.Unit}
	}
	return d.Marks(stage)
}

// seen scores seenMarks.
func (p *place) seen(stage string) score.Result {
	return score.Score(p.set, p.seenMarks(stage), p.surveys)
}

// mayMark returns why this user may not enter marks of the stage, or nil.
func (p *place) mayMark(stage string) error { return p.mayStill(stage)(&p.dossier) }

// mayStill is mayMark for the dossier as it is at the moment of writing.
func (p *place) mayStill(stage string) func(*dossier.Dossier) error {
	return func(d *dossier.Dossier) error {
		if !p.user.MayMark(p.unit.Code, stage) {
			return fault.New(fault.Forbidden, "marks.notYours", stageTitle(p.period, stage))
		}
		if stage == dossier.SelfStage {
			return d.May(dossier.MarkSelf, d.WhoOf(p.user, &p.period), &p.period)
		}
		if err := d.May(dossier.MarkStage, d.WhoOf(p.user, &p.period), &p.period); err != nil {
			return err
		}
		switch {
		case d.Status == dossier.Free:
		case d.Stage != stage:
			return fault.New(fault.Conflict, "dossier.otherStage", stageTitle(p.period, d.Stage))
		case d.Finished(d.LayerOf(stage, p.user.Login)):
			return fault.New(fault.Conflict, "dossier.sheetIn")
		}
		return nil
	}
}

func stageTitle(p dossier.Period, code string) string {
	stage, _ := p.Stage(code)
	return stage.Title
}

// dossierURL is the scoring page of a unit.
func dossierURL(period, unit string) string { return "/ho-so/" + period + "/" + unit }

// explainURL is the page that derives one criterion.
func explainURL(period, unit, leaf, stage string) string {
	return dossierURL(period, unit) + "/giai-thich/" + queryEscape(leaf) + "?stage=" + stage
}

// explainAllURL is the page that derives a unit's total.
func explainAllURL(period, unit, stage string) string {
	return dossierURL(period, unit) + "/giai-thich?stage=" + stage
}
