package site

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// explainPlace opens the dossier and the stage (?stage=, default the final
// one) that an explanation is about.
func (s *Server) explainPlace(c *fiber.Ctx) (*place, dossier.Stage, error) {
	p, err := s.placeOf(c)
	if err != nil {
		return nil, dossier.Stage{}, err
	}
	stage, ok := p.period.Stage(c.Query("stage"))
	if !ok {
		return nil, stage, fault.New(fault.NotFound, "result.stage", c.Query("stage"))
	}
	return p, stage, nil
}

// explainLeaf shows how one criterion came to its points.
func (s *Server) explainLeaf(c *fiber.Ctx) error {
	p, stage, err := s.explainPlace(c)
	if err != nil {
		return err
	}
	code, err := url.PathUnescape(c.Params("leaf"))
	if err != nil {
		return fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	code = vi.NFC(code)
	x, ok := score.Explain(p.set, p.seenMarks(stage.Code), p.surveys, code)
	if !ok {
		return fault.New(fault.NotFound, "explain.leaf", code)
	}
	group, _ := p.set.GroupIndex(x.Group)
	v := view.Explain{
		Page: s.page(c, vi.Text("explain.title", code)), Period: p.period.Title, Unit: p.unit.Code, Name: p.unit.Name, Stage: stage.Title,
		Code: code, Leaf: x.Title, Group: p.set.Groups[group].Title, Max: vi.Decimal(x.Max), Points: vi.Decimal(x.Points),
		BackURL: dossierURL(p.period.ID, p.unit.Code) + "?cap=" + stage.Code, AllURL: explainAllURL(p.period.ID, p.unit.Code, stage.Code),
		State: string(x.State), StateText: vi.Text("explain.state_" + string(x.State)),
	}
	if x.NAMode != "" {
		v.StateText = vi.Text("explain.na_" + x.NAMode)
	}
	v.Rule, v.Expr = leafRuleWords(x), x.Rule.Expr
	v.TableHead, v.Table = ruleTable(x.Rule)
	for _, in := range x.Inputs {
		v.Inputs = append(v.Inputs, view.ExplainInput{Title: inputTitle(x.Rule, in.Name), Value: inputValue(in)})
	}
	for _, problem := range x.Problems {
		v.Problems = append(v.Problems, vi.Text(problem.Key, problem.Args...))
	}
	if x.Survey != nil {
		v.Survey = p.surveyOf(x)
		if v.Survey.N > 0 && v.Survey.N < survey.LeastCell && !inTeam(c) {
			*v.Survey = view.ExplainSurvey{Form: v.Survey.Form, Title: v.Survey.Title, Needed: v.Survey.Needed, Few: true, WhenMissing: v.Survey.WhenMissing, Part: v.Survey.Part}
		}
	}
	apart := p.seesSheets(stage.Code) // else a unit learns the mean, not what it is made of
	if apart {
		v.Members = explainMembers(x, s.memberNames(c.UserContext(), p, stage.Code))
	}
	switch {
	case x.State != score.Scored:
	case len(x.Members) > 0 && !apart:
		v.Steps = []view.ExplainStep{step(vi.Text("explain.stepMean"), vi.Text("explain.ofMembers", len(givers(x))), x.Exact), roundStep(x)}
	default:
		v.Steps = steps(x)
	}
	if len(x.Members) > 0 && !apart {
		v.Problems = nil
	}
	if p.hides(stage.Code) {
		v.StateText = vi.Text("explain.hidden")
	}
	if e, ok := p.dossier.Entry(p.layer(stage.Code), code); ok {
		v.By, v.At, v.Note = s.namesOf(c.UserContext())(e.By), vi.DateTime(e.At), e.Note
	}
	return c.Render("explain/leaf", v)
}

func inputValue(in score.ExplainInput) string {
	if in.Name == "level" && in.Title != "" {
		return in.Title
	}
	return decimalComma(in.Value)
}

// surveyOf is where a survey rule's figure comes from.
func (p *place) surveyOf(x score.Explanation) *view.ExplainSurvey {
	use := x.Survey
	v := &view.ExplainSurvey{
		Form: use.Form, N: use.N, Needed: int64(use.MinResponses), Enough: use.Enough, Undefined: use.Index == nil,
		WhenMissing: vi.Text("explain.missing_" + use.WhenMissing),
	}
	if use.Index != nil {
		v.Index = vi.Decimal(use.Index.Decimal(2))
	}
	if r, ok := p.reports[use.Form]; ok && r.Low != nil && r.High != nil {
		v.Low, v.High = vi.Decimal(*r.Low), vi.Decimal(*r.High)
	}
	v.IntervalNote = len(use.Questions) > 0 || len(use.Groups) > 0
	v.Part = surveyPart(use)
	return v
}

// explainUnit shows how a unit came to its total.
func (s *Server) explainUnit(c *fiber.Ctx) error {
	p, stage, err := s.explainPlace(c)
	if err != nil {
		return err
	}
	marks := p.seenMarks(stage.Code)
	x := score.ExplainUnit(p.set, marks, p.surveys)
	r := score.Score(p.set, marks, p.surveys)
	v := view.ExplainUnit{
		Page: s.page(c, vi.Text("explain.totalTitle", p.unit.Name)), Period: p.period.Title, Unit: p.unit.Code, Name: p.unit.Name, Stage: stage.Title,
		BackURL: dossierURL(p.period.ID, p.unit.Code) + "?cap=" + stage.Code, Total: vi.Decimal(x.Total.Total), Steps: totalSteps(x.Total),
		Recognised: r.Recognised, Complete: r.Complete, Band: bandTitle(p.set, r.Band), Failed: xlsx.EveryFailure(p.set, r),
	}
	for _, b := range x.Bands {
		v.Bands = append(v.Bands, vi.Text("leader.from", b.Title, vi.Decimal(b.Min.String())))
	}
	for i, g := range x.Groups {
		v.Groups = append(v.Groups, explainGroup(p, stage.Code, i, g, x.Leaves))
	}
	return c.Render("explain/total", v)
}

func explainGroup(p *place, stage string, i int, g score.GroupExplanation, leaves []score.Explanation) view.ExplainGroup {
	v := view.ExplainGroup{
		Code: g.Code, Title: g.Title, Sum: vi.Decimal(g.Sum), Max: vi.Decimal(g.Max), Points: vi.Decimal(g.Points), Capped: g.Capped,
		Earned: vi.Decimal(g.Earned), Applicable: vi.Decimal(g.Applicable), Percent: vi.Decimal(g.Percent), Floor: vi.Decimal(g.Floor),
	}
	if g.Kind != rubric.Normal {
		v.KindText = vi.Text("explain.kind_" + g.Kind)
	}
	if g.Floor != "" {
		v.FloorMet = floorMet(g)
	}
	for _, x := range leaves {
		if x.Group == p.set.Groups[i].Code {
			v.Leaves = append(v.Leaves, view.ExplainLeaf{
				Code: x.Code, Title: x.Title, Max: vi.Decimal(x.Max), Points: vi.Decimal(x.Points), State: string(x.State),
				URL: explainURL(p.period.ID, p.unit.Code, x.Code, stage),
			})
		}
	}
	return v
}

// floorMet compares earned·100 with floor·applicable exactly.
func floorMet(g score.GroupExplanation) bool {
	earned, _ := rubric.ParseNum(g.Earned)
	applicable, _ := rubric.ParseNum(g.Applicable)
	floor, _ := rubric.ParseNum(g.Floor)
	return earned.Mul(rubric.Int(100)).Cmp(floor.Mul(applicable)) >= 0
}
