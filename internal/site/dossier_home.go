package site

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// dossierRoot is the address of a dossier: its first page in a period with
// steps, the scoring table otherwise and whenever a stage is named.
func (s *Server) dossierRoot(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	if p.period.Steps && c.Query("cap") == "" {
		return s.dossierHome(c, p)
	}
	return s.dossierSheet(c, p)
}

// dossierHome says how a dossier stands, who must act next and what is missing.
func (s *Server) dossierHome(c *fiber.Ctx, p *place) error {
	ctx := c.UserContext()
	head, err := s.dossierHead(ctx, p, tabHome)
	if err != nil {
		return err
	}
	facts, err := s.facts(ctx, p)
	if err != nil {
		return err
	}
	names := s.namesOf(ctx)
	v := view.DossierHome{Page: s.page(c, p.unit.Name), Head: head, Max: vi.Decimal(p.set.Total.String())}
	v.Flash, v.Styles = flash(c), []string{"dossier.css"}
	v.Acts, v.Why = p.actButtons(facts), p.why(facts, names)
	v.Others = p.otherActs()
	if v.Mark = p.markLink(v.Why); v.Mark.URL != "" {
		for i := range v.Acts { // its button only says what is missing
			v.Acts[i].Main = v.Acts[i].Main && !slices.Contains(asksMarks, actOfURL(v.Acts[i].URL))
		}
	}
	if len(v.Acts) == 0 && len(v.Why) == 0 {
		v.Idle = p.idle()
	}
	if p.dossier.Status == dossier.Completion {
		v.Request = p.asked(len(p.dossier.Completions)-1, names, s.today())
	}
	if v.Done, err = s.completed(ctx, p, names); err != nil {
		return err
	}
	if p.dossier.Status == dossier.Returned {
		v.Refused = p.dossier.Registration.Reason
	}
	v.Steps = p.steps(names, s.today())
	v.Stages = p.stageTotals()
	v.Teams = p.teams(names)
	return c.Render("dossier/home", v)
}

// stageTotals are the stages with their totals, as far as this user may see.
func (p *place) stageTotals() []view.MarkStage {
	var list []view.MarkStage
	for _, st := range p.period.Stages {
		r := p.seen(st.Code)
		list = append(list, view.MarkStage{
			Code: st.Code, Title: st.Title, Total: vi.Decimal(r.Total.String(r.Decimals)), Complete: r.Complete,
			Hidden: p.hides(st.Code), URL: p.sheetURL(st.Code),
		})
	}
	return list
}

// hides reports whether this user may not see yet what a stage gave.
func (p *place) hides(stage string) bool {
	d := &p.dossier
	if d.Shared(stage) || d.MemberOf(stage, p.user.Login) && !d.AllIn(stage) {
		return false
	}
	return !d.Sees(stage, p.who())
}

// actButtons are the acts that this user may do now. What only waits for
// something that is missing is there too: its page says what.
func (p *place) actButtons(f *dossier.Facts) []view.DossierAct {
	var list []view.DossierAct
	d := &p.dossier
	far := p.far()
	for _, a := range acts {
		if d.May(a, p.who(), &p.period) != nil || a == dossier.FinishSheet && d.Finished(p.layer(d.Stage)) || a == dossier.Accept && len(d.Lacks(a, "", f)) > 0 {
			continue
		}
		if (a == dossier.Propose || a == dossier.Reject || a == dossier.Rescore) && !d.AllIn(d.Stage) {
			continue
		}
		main := slices.Contains(mainActs, a)
		switch a {
		case dossier.Propose:
			main = !far
		case dossier.Rescore: // then nothing else leads on
			main = far
		}
		list = append(list, view.DossierAct{
			Title: capital(vi.Words(a)), URL: p.actURL(a), Seen: standing(d), Direct: a == dossier.Approve || a == dossier.Accept,
			Main: main, Bad: a == dossier.Reject || a == dossier.Return,
		})
	}
	return list
}

// asksMarks are the acts that a filled table must come before.
var asksMarks = []dossier.Act{dossier.Submit, dossier.Resubmit, dossier.FinishSheet}

// markLink leads to the table that this user fills now, while something is
// missing in it.
func (p *place) markLink(why []view.DossierWhy) view.Link {
	for act, stage := range map[dossier.Act]string{dossier.MarkSelf: dossier.SelfStage, dossier.MarkStage: p.dossier.Stage} {
		missing := slices.ContainsFunc(why, func(w view.DossierWhy) bool { return w.Marks })
		if missing && p.dossier.May(act, p.who(), &p.period) == nil {
			return view.Link{Label: vi.Text("home." + string(act)), URL: p.sheetURL(stage)}
		}
	}
	return view.Link{}
}

// otherActs lead to the acts of this user that have forms of their own.
func (p *place) otherActs() []view.Link {
	var list []view.Link
	for _, r := range dossier.Table {
		url := p.elsewhere(r.Act)
		if url != "" && p.dossier.May(r.Act, p.who(), &p.period) == nil {
			list = append(list, view.Link{Label: capital(vi.Words(r.Act)), URL: url})
		}
	}
	return list
}

// mainActs move a dossier on.
var mainActs = []dossier.Act{
	dossier.Register, dossier.Approve, dossier.Submit, dossier.Accept, dossier.Resubmit, dossier.FinishSheet, dossier.Propose,
}

// idle says why this user has nothing to do now.
func (p *place) idle() string {
	d := &p.dossier
	if p.who().Has(dossier.Member) && d.Status == dossier.Appraisal && d.Finished(p.layer(d.Stage)) {
		return vi.Text("home.sheetIn")
	}
	if p.period.Frozen() && phase(d.Status) < phase(dossier.Proposed) {
		return vi.Text("home.stopped")
	}
	turn := dossier.NextActs(d.Status, p.period.State)
	if slices.ContainsFunc(turn, func(n dossier.Next) bool { return d.May(n.Act, p.who(), &p.period) == nil }) {
		return "" // it is theirs, on a page of its own
	}
	if len(turn) > 0 {
		return vi.Text("home.idle", p.turnWords(turn))
	}
	return ""
}

// asked is the i-th completion request.
func (p *place) asked(i int, names func(string) string, today string) *view.DossierAsked {
	r := p.dossier.Completions[i]
	v := &view.DossierAsked{Text: r.Text, At: vi.DateTime(r.At), Until: shownDay(r.Until), Answer: r.Answer, Answered: vi.DateTime(r.Answered)}
	v.Late = r.Until != "" && r.Until < today && r.Answered.IsZero()
	for _, code := range r.Codes {
		v.Items = append(v.Items, p.askedItem(code))
	}
	return v
}

// askedItem names a criterion, condition or paper and where it is mended.
func (p *place) askedItem(code string) view.DossierLack {
	base := evidenceURL(p.period.ID, p.unit.Code)
	if leaf, ok := p.set.Leaf(code); ok {
		return view.DossierLack{Text: code + ". " + leaf.Title, URL: p.sheetURL(dossier.SelfStage) + "#" + cellID(code)}
	}
	if c, ok := p.set.Condition(code); ok {
		return view.DossierLack{Text: c.Title, URL: p.sheetURL(dossier.SelfStage) + "#" + cellID(dossier.ConditionPrefix+code)}
	}
	for _, paper := range p.set.Papers {
		if paper.Code == code {
			return view.DossierLack{Text: paper.Title, URL: base + "#" + placeID("p", code)}
		}
	}
	return view.DossierLack{Text: code}
}

// teams are those who score, for everybody but the unit.
func (p *place) teams(names func(string) string) []view.DossierTeam {
	var list []view.DossierTeam
	if !p.inside() {
		return nil
	}
	d := &p.dossier
	for _, t := range d.Teams {
		team := view.DossierTeam{Stage: stageTitle(p.period, t.Stage), Round: t.Round}
		for i, login := range t.Members {
			m := view.DossierMember{Name: names(login), Lead: i == 0}
			for _, sh := range d.Sheets {
				if sh.Stage == t.Stage && sh.Member == login && sh.Round == t.Round {
					m.In, m.At = true, vi.DateTime(sh.At)
				}
			}
			team.Members = append(team.Members, m)
		}
		list = append(list, team)
	}
	return list
}

// inside reports whether this user sees who scores a dossier: everybody who
// takes part in appraising or runs the period, never the unit.
func (p *place) inside() bool {
	return !p.recused() && (p.who() != 0 && !p.who().Has(dossier.Unit) || p.dossier.HasScored(p.user.Login))
}
