package site

import (
	"github.com/gofiber/fiber/v2"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// dossierSurvey shows what the surveys gave the unit, criterion by criterion.
func (s *Server) dossierSurvey(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	head, err := s.dossierHead(c.UserContext(), p, tabSurvey)
	if err != nil {
		return err
	}
	v := view.DossierSurvey{Page: s.page(c, vi.Text("home.surveyOf", p.unit.Name)), Head: head}
	v.Styles = []string{"dossier.css"}
	for _, leaf := range p.set.Leaves() {
		if leaf.Rule.Type == rubric.RuleSurvey {
			v.Rows = append(v.Rows, p.surveyRow(leaf, inTeam(c)))
		}
	}
	return c.Render("dossier/survey", v)
}

// surveyRow is one criterion; outside the team a few answers are not counted.
func (p *place) surveyRow(leaf rubric.Leaf, team bool) view.DossierSurveyRow {
	x, _ := score.Explain(p.set, score.UnitMarks{Unit: p.unit.Code}, p.surveys, leaf.Code)
	row := view.DossierSurveyRow{
		Code: leaf.Code, Title: leaf.Title, Form: leaf.Rule.Form, Max: vi.Decimal(x.Max),
		URL: explainURL(p.period.ID, p.unit.Code, leaf.Code, p.period.Stages[0].Code),
	}
	use := x.Survey
	if use == nil {
		return row
	}
	row.Needed, row.Enough, row.Part = vi.Int(use.MinResponses), use.Enough, surveyPart(use)
	if use.N > 0 && use.N < survey.LeastCell && !team {
		row.Few = true
		return row
	}
	row.N = vi.Int(use.N)
	if use.Index != nil {
		row.Index = vi.Decimal(use.Index.Decimal(2))
	}
	if x.State == score.Scored {
		row.Points = vi.Decimal(x.Points)
	}
	return row
}
