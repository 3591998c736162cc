// Package result gathers what a period's scores are made of (criteria set,
// dossiers, survey tallies, units) and has package score work them out. Pages,
// the API, Excel reports and commands all take their figures from here.
package result

import (
	"context"
	"slices"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// Result is a period scored at one stage.
type Result struct {
	Period   dossier.Period
	Stage    dossier.Stage
	Set      *rubric.Set
	Units    map[string]unit.Unit
	Dossiers []dossier.Dossier // in unit code order
	Surveys  []survey.Report
	Ranked   []score.Result // in rank order
	Target   score.TargetResult
	// Hidden is how many units the stage gave a result that the reader may not
	// see yet: they are ranked as if it had given them nothing.
	Hidden int
	sees   Sees
}

// Sees reports whether a reader may see what a stage gave a dossier; nil sees
// everything.
type Sees func(d *dossier.Dossier, stage string) bool

// Of scores a period at a stage ("" is the final one). Errors are NotFound for
// a period or stage that does not exist, and those of the store.
func Of(ctx context.Context, s *store.Store, period, stage string) (*Result, error) {
	return Seen(ctx, s, period, stage, nil)
}

// Seen is Of as one reader may see it.
func Seen(ctx context.Context, s *store.Store, period, stage string, sees Sees) (*Result, error) {
	b, err := load(ctx, s, period)
	if err != nil {
		return nil, err
	}
	b.sees = sees
	return b.score(stage)
}

// base is a period with everything read, before a stage is chosen.
type base struct {
	Result
	survey  *score.Survey
	percent rubric.Num
}

func load(ctx context.Context, s *store.Store, period string) (*base, error) {
	p, err := s.Period(ctx, period)
	if err != nil {
		return nil, err
	}
	reports, err := SurveysOf(ctx, s, &p)
	if err != nil {
		return nil, err
	}
	return loadWith(ctx, s, p, reports)
}

// loadWith is load with the survey results given.
func loadWith(ctx context.Context, s *store.Store, p dossier.Period, reports []survey.Report) (*base, error) {
	b := &base{Result: Result{Period: p, Surveys: reports, Units: map[string]unit.Unit{}}, survey: score.NewSurvey(reports...)}
	var err error
	if b.Set, err = s.Set(ctx, p.SetID, p.SetVer); err != nil {
		return nil, err
	}
	if b.percent, err = rubric.ParseNum(p.Target.Percent); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.broken", p.ID)
	}
	list, err := s.Units(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range list {
		b.Units[u.Code] = u
	}
	if b.Dossiers, err = s.Dossiers(ctx, p.ID); err != nil {
		return nil, err
	}
	return b, nil
}

// Surveys is SurveysOf for the period with an id.
func Surveys(ctx context.Context, s *store.Store, period string) ([]survey.Report, error) {
	p, err := s.Period(ctx, period)
	if err != nil {
		return nil, err
	}
	return SurveysOf(ctx, s, &p)
}

// SurveysOf returns the survey results of a period's campaigns, one per form:
// those that its lock keeps, or the counts of now. They are shared: read only.
func SurveysOf(ctx context.Context, s *store.Store, p *dossier.Period) ([]survey.Report, error) {
	if Frozen(p) {
		return s.FrozenSurveys(ctx, p)
	}
	campaigns, err := s.CampaignsOf(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	var reports []survey.Report
	for i := range campaigns {
		r, err := Survey(ctx, s, &campaigns[i])
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// Survey returns the survey result of one campaign.
func Survey(ctx context.Context, s *store.Store, c *survey.Campaign) (survey.Report, error) {
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return survey.Report{}, err
	}
	tallies, err := s.Tallies(ctx, c)
	if err != nil {
		return survey.Report{}, err
	}
	return survey.NewReport(form, tallies), nil
}

func (b *base) score(stage string) (*Result, error) {
	r := b.Result
	st, ok := b.Period.Stage(stage)
	if !ok {
		return nil, fault.New(fault.NotFound, "result.stage", stage)
	}
	r.Stage = st
	scores := make([]score.Result, len(r.Dossiers))
	for i := range r.Dossiers {
		marks := r.Dossiers[i].Marks(st.Code)
		if !r.seen(&r.Dossiers[i], st.Code) {
			r.Hidden += count(len(marks.Marks)+len(marks.Members) > 0)
			marks = score.UnitMarks{Unit: r.Dossiers[i].Unit}
		}
		scores[i] = score.Score(r.Set, marks, b.survey)
	}
	r.Ranked = score.Rank(r.Set, scores)
	r.Target = score.Target(r.Set, r.Ranked, slices.Clip(append([]string{}, b.Period.Units...)), b.percent, b.Period.Target.MinBand)
	return &r, nil
}

// seen reports whether the reader of r may see what a stage gave a dossier.
func (r *Result) seen(d *dossier.Dossier, stage string) bool {
	return r.sees == nil || r.sees(d, stage)
}

// Report returns the documented JSON: units in rank order and the target.
func (r *Result) Report() score.Report {
	return score.Report{Criteria: r.Set.ID, Version: r.Set.Version, Units: r.Ranked, Target: &r.Target}
}
