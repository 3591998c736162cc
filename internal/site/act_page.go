package site

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The fields of the form of an act.
const (
	fieldReason, fieldSelf, fieldConditions = "ly-do", "tu-cham", "dieu-kien"
	fieldCodes, fieldUntil, fieldSeen       = "muc", "han", "trang-thai"
)

// actFields turns the paths of problems into fields of the form.
var actFields = map[string]string{
	"reason": fieldReason, "self": fieldSelf, "conditions": fieldConditions, "codes": fieldCodes, "until": fieldUntil,
}

// placeToAct is the dossier and the act that the path names.
func (s *Server) placeToAct(c *fiber.Ctx) (*place, dossier.Act, error) {
	a := dossier.Act(c.Params("act"))
	p, err := s.placeOf(c)
	if err == nil && !slices.Contains(acts, a) {
		err = fault.New(fault.NotFound, "dossier.noAct", string(a))
	}
	return p, a, err
}

// actPage asks before an act is done.
func (s *Server) actPage(c *fiber.Ctx) error {
	p, a, err := s.placeToAct(c)
	if err != nil {
		return err
	}
	err = p.dossier.May(a, p.who(), &p.period)
	if fault.Is(err, fault.Forbidden) {
		return err
	}
	in := actInput{Self: p.dossier.Registration.Self, Conditions: p.dossier.Registration.Conditions, Until: p.completionDay(s.today())}
	v, ferr := s.actView(c, p, a, in)
	if ferr != nil {
		return ferr
	}
	if err != nil {
		v.Refused = vi.Error(err)
	}
	v.Blocked = v.Lacks != nil // nothing is typed yet, so the button would only refuse
	return c.Render("dossier/act", v)
}

// actDo does an act, once however often its button is pressed. What is missing
// comes back with 422 and what others have changed with 409; both keep what was
// typed.
func (s *Server) actDo(c *fiber.Ctx) error {
	p, a, err := s.placeToAct(c)
	if err != nil {
		return err
	}
	in := actInput{
		Reason: vi.Clean(c.FormValue(fieldReason)), Self: vi.ParseDecimal(c.FormValue(fieldSelf)), Conditions: formValues(c, fieldConditions),
		Codes: formValues(c, fieldCodes), Until: c.FormValue(fieldUntil), Seen: c.FormValue(fieldSeen), Rev: store.AnyRev,
	}
	_, err = s.act(c.UserContext(), p, a, in)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
		return s.actAgain(c, a, in, err)
	}
	if err != nil {
		return err
	}
	return done(c, dossierURL(p.period.ID, p.unit.Code), "act."+string(a))
}

// actAgain shows the form of an act that was not done, and why.
func (s *Server) actAgain(c *fiber.Ctx, a dossier.Act, in actInput, why error) error {
	p, err := s.placeOf(c) // as it is now
	if err != nil {
		return err
	}
	v, err := s.actView(c, p, a, in)
	if err != nil {
		return err
	}
	f, _ := errors.AsType[*fault.Error](why)
	if f.Kind == fault.Conflict {
		c.Status(fiber.StatusConflict)
		if v.Stale = p.staleWords(in.Seen); len(v.Stale) == 0 || p.dossier.May(a, p.who(), &p.period) != nil {
			v.Refused = vi.Error(why)
			if err := p.dossier.May(a, p.who(), &p.period); err != nil {
				v.Refused = vi.Error(err)
			}
		}
		return c.Render("dossier/act", v)
	}
	c.Status(fiber.StatusUnprocessableEntity)
	if f.Key != "act.lacks" {
		for _, problem := range f.Problems {
			v.Errors = append(v.Errors, view.FieldError{Field: actFields[problem.Path], Message: vi.Text(problem.Key, problem.Args...)})
		}
	} else if a == dossier.Register {
		for _, problem := range f.Problems {
			v.Errors = append(v.Errors, view.FieldError{Field: gateField(problem.Path), Message: vi.Text(problem.Key, problem.Args...)})
		}
	}
	if len(f.Problems) == 0 {
		v.Errors = append(v.Errors, view.FieldError{Message: vi.Error(why)})
	}
	return c.Render("dossier/act", v)
}

// gateField is the field of the registration that a lack of the gate is about.
func gateField(path string) string {
	if path == string(dossier.LackGate) {
		return fieldSelf
	}
	return fieldConditions
}

// staleWords say where the dossier stood and where it stands, when that is not
// the same.
func (p *place) staleWords(seen string) []string {
	now := standing(&p.dossier)
	if seen == "" || seen == now {
		return nil
	}
	list := []string{p.standingWords(seen), p.standingWords(now)}
	if list[0] == list[1] {
		return nil
	}
	return list
}

// actView is the page of an act with what was typed.
func (s *Server) actView(c *fiber.Ctx, p *place, a dossier.Act, in actInput) (view.DossierActPage, error) {
	ctx := c.UserContext()
	title := capital(vi.Words(a))
	v := view.DossierActPage{
		Page: s.page(c, title+" · "+p.unit.Name), Heading: title, Act: string(a), Action: p.actURL(a), Will: vi.Text("act.will." + string(a)),
		Button: title, Bad: a == dossier.Reject || a == dossier.Return || a == dossier.Withdraw || a == dossier.TakeBack,
		Seen: standing(&p.dossier), Reason: in.Reason, ReasonLabel: vi.Text("act.reason." + string(a)), MaxReason: dossier.MaxReason, Today: s.today(),
		BackURL: dossierURL(p.period.ID, p.unit.Code),
	}
	v.Styles = []string{"dossier.css"}
	r, _ := dossier.RuleOf(a)
	v.Needed = r.Reason
	var err error
	if v.Head, err = s.dossierHead(ctx, p, "viec"); err != nil {
		return v, err
	}
	facts, err := s.facts(ctx, p)
	if err != nil {
		return v, err
	}
	names := s.namesOf(ctx)
	if lacks := p.dossier.Lacks(a, p.user.Login, facts); len(lacks) > 0 && p.dossier.May(a, p.who(), &p.period) == nil {
		w := p.whyOf(a, lacks, names)
		v.Lacks = &w
	}
	switch a {
	case dossier.Register:
		p.registerFields(&v, in, facts)
	case dossier.AskCompletion:
		v.Until = &in.Until
		v.Groups = p.completionChoices(in.Codes)
	case dossier.Resubmit:
		if n := len(p.dossier.Completions); n > 0 {
			v.Asked = p.asked(n-1, names, s.today())
		}
	case dossier.Propose, dossier.Reject, dossier.Rescore:
		p.concludeFields(&v, a)
	}
	return v, nil
}

// registerFields are what a registration declares, and what the gate asks for.
func (p *place) registerFields(v *view.DossierActPage, in actInput, f *dossier.Facts) {
	g := p.period.Gate
	self := vi.Decimal(in.Self)
	v.Self, v.Max = &self, vi.Decimal(p.set.Total.String())
	for _, c := range p.set.Conditions {
		v.Conditions = append(v.Conditions, view.Option{Value: c.Code, Label: c.Title, Chosen: slices.Contains(in.Conditions, c.Code)})
	}
	if g.Conditions && len(p.set.Conditions) > 0 {
		v.Gate = append(v.Gate, vi.Text("act.gateConditions"))
	}
	if g.MinSelf != "" {
		v.Gate = append(v.Gate, vi.Text("act.gateSelf", vi.Decimal(g.MinSelf)))
	}
	switch {
	case g.LastYear && f.LastYear:
		v.Gate = append(v.Gate, vi.Text("act.gateLastYearMet"))
	case g.LastYear:
		v.Gate = append(v.Gate, vi.Text("act.gateLastYear"))
	}
}

// concludeFields are what a conclusion is drawn from.
func (p *place) concludeFields(v *view.DossierActPage, a dossier.Act) {
	d := &p.dossier
	if !d.AllIn(d.Stage) || p.hides(d.Stage) {
		return
	}
	v.CompareURL = p.sheetURL(d.Stage) + "#so-sanh"
	if a == dossier.Rescore {
		return
	}
	r := score.Score(p.set, d.Marks(d.Stage), p.surveys)
	v.Total = vi.Decimal(r.Total.String(r.Decimals))
	v.Verdict, v.Good = verdict(p.set, r)
}

// completionDay is the last day of a completion when none is chosen.
func (p *place) completionDay(today string) string {
	return p.period.CompletionDay(p.stageNow(), today)
}

// completionChoices are what a unit may be asked to complete: papers,
// conditions and the criteria of every group.
func (p *place) completionChoices(chosen []string) []view.DossierChoices {
	var list []view.DossierChoices
	add := func(title string, items []view.Option) {
		g := view.DossierChoices{Title: title, Items: items}
		for i := range items {
			if items[i].Chosen = slices.Contains(chosen, items[i].Value); items[i].Chosen {
				g.Chosen++
			}
		}
		if len(items) > 0 {
			list = append(list, g)
		}
	}
	var papers, conditions []view.Option
	for _, paper := range p.set.Papers {
		papers = append(papers, view.Option{Value: paper.Code, Label: paper.Title})
	}
	for _, c := range p.set.Conditions {
		conditions = append(conditions, view.Option{Value: c.Code, Label: c.Title})
	}
	add(vi.Text("act.papers"), papers)
	add(vi.Text("act.conditions"), conditions)
	for i, g := range p.set.Groups {
		var leaves []view.Option
		for _, leaf := range p.set.Leaves() {
			if leaf.Group == i {
				leaves = append(leaves, view.Option{Value: leaf.Code, Label: leaf.Code + ". " + leaf.Title})
			}
		}
		add(g.Code+". "+g.Title, leaves)
	}
	return list
}

// standingWords shows what standing made.
func (p *place) standingWords(seen string) string {
	status, stage, round := cutStanding(seen)
	text := capital(vi.Words(status))
	if status == dossier.Appraisal {
		text = vi.Text("act.standing", text, stageTitle(p.period, stage), round)
	}
	return text
}
