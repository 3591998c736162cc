package site

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/report"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// outside returns the reports of all units as those outside the team may see
// them: what is hidden of one depends on the sums over all.
func (s *Server) outside(ctx context.Context, c *survey.Campaign, form *survey.Form) (map[string]survey.UnitReport, error) {
	counts, err := s.store.Counts(ctx, c)
	if err != nil {
		return nil, err
	}
	parts := make(map[string]survey.Part, len(counts))
	for code, n := range counts {
		parts[code] = survey.Part{Counted: n.Net()}
	}
	o, err := survey.NewOverview(form, parts)
	if err == nil {
		o, err = o.Suppress()
	}
	reports := make(map[string]survey.UnitReport, len(o.Units))
	for _, u := range o.Units {
		reports[u.Unit] = u
	}
	return reports, err
}

// shownUnit is a unit's report as the visitor may see it, nil for the team.
func (s *Server) shownUnit(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, all survey.UnitReport) (*survey.UnitReport, error) {
	if inTeam(c) {
		return nil, nil
	}
	reports, err := s.outside(c.UserContext(), campaign, form)
	if shown, ok := reports[all.Unit]; ok {
		return &shown, err
	}
	return &all, err // nothing has come in
}

// suppressReport leaves in a report what those outside the team may see.
func (s *Server) suppressReport(c *fiber.Ctx, campaign *survey.Campaign, report *survey.Report) error {
	form, err := s.store.Form(c.UserContext(), campaign.FormID, campaign.FormVer)
	if err != nil {
		return err
	}
	shown, err := s.outside(c.UserContext(), campaign, form)
	units := make([]survey.UnitReport, 0, len(report.Units))
	for _, u := range report.Units {
		if r, ok := shown[u.Unit]; ok {
			units = append(units, r)
		} else {
			units = append(units, survey.Suppress(u))
		}
	}
	report.Units = units
	return err
}

// fillDetail turns a unit's report into words; shown is what of it the visitor
// may see, nil for those in the team.
func fillDetail(p *view.CampaignDetail, form *survey.Form, c *survey.Campaign, all survey.UnitReport, shown *survey.UnitReport) {
	r := all
	if shown != nil {
		r = *shown
		p.Small = strings.Join(report.SmallNotes(0), " ")
	}
	p.Facts = []view.Fact{
		{Label: vi.Text("word.responses"), Value: countText(r.N)},
		{Label: vi.Text("word.index"), Value: indexText(r.Index)},
		{Label: vi.Text("word.interval"), Value: intervalText(r.Low, r.High)},
		{Label: vi.Text("word.indexCount"), Value: countText(r.IndexN)},
	}
	for _, g := range c.RespondentGroups(form) {
		group, _ := r.Groups.Get(g)
		p.Groups = append(p.Groups, view.GroupFigure{Name: vi.Text("group." + g), Count: countText(group.N), Index: indexText(group.Index)})
	}
	for _, q := range form.Questions() {
		if answers, ok := r.Questions.Get(q.Code); ok {
			whole, _ := all.Questions.Get(q.Code)
			p.Questions = append(p.Questions, distribution(q, answers, answered(whole)))
		}
	}
}

func distribution(q *survey.Question, r survey.QuestionReport, total int64) view.Distribution {
	d := view.Distribution{Code: q.Code, Text: q.Text, Kind: string(q.Kind), Count: countText(r.N)}
	switch q.Kind {
	case survey.Scale, survey.Choice, survey.Multi:
		if q.Kind == survey.Scale {
			d.Index = indexText(r.Index)
		}
		for _, o := range r.Counts {
			d.Options = append(d.Options, share(optionLabel(q, o.Code), o.Value, total))
		}
	case survey.Text:
		d.Note = vi.Text("admin.textAnswers")
	default:
		d.Note = spreadText(q.Kind, r)
	}
	return d
}

// answered is what the shares of a question are of: every answer, those
// without a value too. r is the report before anything is hidden.
func answered(r survey.QuestionReport) int64 {
	if r.Kind != survey.Scale {
		return r.N
	}
	total := int64(0)
	for _, o := range r.Counts {
		total += o.Value
	}
	return total
}

// share is one option with its percentage, rounded half up to one decimal.
func share(label string, n, total int64) view.Share {
	if n == survey.Hidden {
		return view.Share{Label: label, Count: vi.Text("admin.hidden"), Hidden: true}
	}
	s := view.Share{Label: label, Count: vi.Int(n), Percent: "–", Bar: "0"}
	if total > 0 {
		percent := rubric.Frac(100*min(n, total), total)
		s.Bar = percent.Decimal(1)
		s.Percent = vi.Decimal(s.Bar) + " %"
	}
	return s
}

func spreadText(kind survey.Kind, r survey.QuestionReport) string {
	if r.Min == nil || r.Max == nil {
		return ""
	}
	if kind == survey.Date {
		return vi.Text("admin.between", dayText(*r.Min), dayText(*r.Max))
	}
	return vi.Text("admin.between", vi.Decimal(*r.Min), vi.Decimal(*r.Max))
}
