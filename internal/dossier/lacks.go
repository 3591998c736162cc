package dossier

import (
	"slices"

	"thanthien/internal/account"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// Facts are what an act depends on outside the dossier's own document.
type Facts struct {
	Set      *rubric.Set
	Surveys  *score.Survey
	Period   *Period
	Evidence map[string]int // files by leaf
	Papers   map[string]int // files by paper
	LastYear bool           // would have been recognised in the period before
	Recused  []string       // members who must keep out of the unit's affairs
}

// LackKind says where a lack is mended.
type LackKind string

// The kinds of lacks.
const (
	LackMark      LackKind = "mark"
	LackCondition LackKind = "condition"
	LackPaper     LackKind = "paper"
	LackEvidence  LackKind = "evidence"
	LackNote      LackKind = "note"   // of a full mark without evidence
	LackSheet     LackKind = "sheet"  // of a member
	LackSpread    LackKind = "spread" // the members are too far apart
	LackTeam      LackKind = "team"
	LackRecused   LackKind = "recused" // a member's sheet must not count
	LackGate      LackKind = "gate"
	LackResult    LackKind = "result" // the score does not reach what recognition asks
	LackSignOff   LackKind = "signoff"
	LackAppeal    LackKind = "appeal" // waits for a decision
)

// Lack is one thing that is missing before an act can be done. Code is the
// criterion, condition, paper or stage concerned, or the login of a member.
type Lack struct {
	Kind LackKind
	Code string
	Key  string // of the sentence
	Args []any
}

// Lacks lists everything that is missing before an act can be done; the state
// and the person are May's to say. login is whose sheet is to be finished.
func (d *Dossier) Lacks(act Act, login string, f *Facts) []Lack {
	switch act {
	case Submit, Resubmit:
		l := Layer{Stage: SelfStage}
		return slices.Concat(d.unmarked(l, f), d.unexplained(l, f), d.noPapers(f), d.noEvidence(f))
	case Accept:
		return d.noTeam(f)
	case FinishSheet:
		l := d.LayerOf(d.Stage, login)
		return slices.Concat(d.unmarked(l, f), d.unexplained(l, f), d.unproven(l, f))
	case Propose, Reject:
		return slices.Concat(d.recused(f), d.sheetsOut(), d.spread(f))
	case Rescore:
		return d.sheetsOut()
	case Recognise:
		return append(d.undecided(f), d.unreached(f)...)
	case Refuse:
		return d.undecided(f)
	}
	return nil
}

// GateLacks lists what the period's gate does not find in a registration.
func (d *Dossier) GateLacks(r Registration, f *Facts) []Lack {
	g := f.Period.Gate
	var list []Lack
	for _, c := range f.Set.Conditions {
		if g.Conditions && !slices.Contains(r.Conditions, c.Code) {
			list = append(list, Lack{LackGate, c.Code, "dossier.gateCondition", []any{c.Title}})
		}
	}
	if g.LastYear && !f.LastYear {
		list = append(list, Lack{LackGate, "", "dossier.gateLastYear", nil})
	}
	if least, err := rubric.ParseNum(g.MinSelf); g.MinSelf != "" && err == nil {
		if got, err := rubric.ParseNum(r.Self); err != nil || got.Cmp(least) < 0 {
			list = append(list, Lack{LackGate, "", "dossier.gateSelf", []any{g.MinSelf}})
		}
	}
	return list
}

// unmarked lists the leaves without a mark and the conditions without an
// answer in a layer. What comes from a survey takes no mark.
func (d *Dossier) unmarked(l Layer, f *Facts) []Lack {
	var list []Lack
	in := d.In(l)
	for _, c := range f.Set.Conditions {
		if e := in[ConditionPrefix+c.Code]; e.Mark.Empty() {
			list = append(list, Lack{LackCondition, c.Code, "dossier.noCondition", []any{c.Title}})
		}
	}
	for _, leaf := range f.Set.Leaves() {
		if e := in[leaf.Code]; leaf.Rule.Type != rubric.RuleSurvey && e.Mark.Empty() {
			list = append(list, Lack{LackMark, leaf.Code, "dossier.noMark", []any{leaf.Code, leaf.Title}})
		}
	}
	return list
}

// unexplained lists the leaves that a layer marks not applicable without a word
// why.
func (d *Dossier) unexplained(l Layer, f *Facts) []Lack {
	var list []Lack
	in := d.In(l)
	for _, leaf := range f.Set.Leaves() {
		if e := in[leaf.Code]; e.Mark.NA && e.Note == "" {
			list = append(list, Lack{LackNote, leaf.Code, "dossier.noNA", []any{leaf.Code, leaf.Title}})
		}
	}
	return list
}

func (d *Dossier) noPapers(f *Facts) []Lack {
	var list []Lack
	for _, p := range f.Set.Papers {
		if p.Required && f.Papers[p.Code] == 0 {
			list = append(list, Lack{LackPaper, p.Code, "dossier.noPaper", []any{p.Title}})
		}
	}
	return list
}

// noEvidence lists the criteria that ask for evidence, claim points and have
// none.
func (d *Dossier) noEvidence(f *Facts) []Lack {
	r := score.Score(f.Set, d.LayerMarks(Layer{Stage: SelfStage}), f.Surveys)
	var list []Lack
	for _, leaf := range f.Set.Leaves() {
		if leaf.Evidence == rubric.EvidenceRequired && f.Evidence[leaf.Code] == 0 && leaf.Rule.Type != rubric.RuleSurvey && r.Leaves[leaf.Index].Points > 0 {
			list = append(list, Lack{LackEvidence, leaf.Code, "dossier.noEvidence", []any{leaf.Code, leaf.Title}})
		}
	}
	return list
}

// unproven lists the leaves that a sheet gives full points without evidence
// and without a word why.
func (d *Dossier) unproven(l Layer, f *Facts) []Lack {
	in := d.In(l)
	r := score.Score(f.Set, d.LayerMarks(l), f.Surveys)
	var list []Lack
	for _, code := range FullUnproven(f.Set, &r, f.Evidence) {
		if in[code].Note == "" {
			leaf, _ := f.Set.Leaf(code)
			list = append(list, Lack{LackNote, code, "dossier.noNote", []any{code, leaf.Title}})
		}
	}
	return list
}

// FullUnproven lists the leaves with full points in a result that ask for
// evidence and have no file.
func FullUnproven(set *rubric.Set, r *score.Result, evidence map[string]int) []string {
	var list []string
	for _, leaf := range set.Leaves() {
		l := r.Leaves[leaf.Index]
		if leaf.Evidence == rubric.EvidenceRequired && evidence[leaf.Code] == 0 && leaf.Rule.Type != rubric.RuleSurvey &&
			l.State == score.Scored && leaf.Max.Sign() > 0 && l.Points.Num().Equal(leaf.Max) {
			list = append(list, leaf.Code)
		}
	}
	return list
}

func (d *Dossier) noTeam(f *Facts) []Lack {
	stage := d.stageNow(f.Period)
	if len(d.Team(stage).Members) > 0 {
		return nil
	}
	st, _ := f.Period.Stage(stage)
	return []Lack{{LackTeam, stage, "dossier.noTeam", []any{st.Title}}}
}

// stageNow is the appraisal stage the dossier is at or will come to first.
func (d *Dossier) stageNow(p *Period) string {
	if d.Stage == "" {
		return p.Stages[1].Code
	}
	return d.Stage
}

// sheetsOut lists the members whose sheets are not finished.
func (d *Dossier) sheetsOut() []Lack {
	t := d.Team(d.Stage)
	var list []Lack
	for _, m := range t.Members {
		if !d.Finished(Layer{d.Stage, m, t.Round}) {
			list = append(list, Lack{LackSheet, m, "dossier.sheetOut", []any{m}})
		}
	}
	if len(t.Members) == 0 {
		list = append(list, Lack{LackTeam, d.Stage, "dossier.noTeam", []any{d.Stage}})
	}
	return list
}

// recused lists the members whose sheets would count though they must keep out
// of the unit's affairs since they were assigned.
func (d *Dossier) recused(f *Facts) []Lack {
	var list []Lack
	for _, m := range d.Team(d.Stage).Members {
		if slices.Contains(f.Recused, m) {
			list = append(list, Lack{LackRecused, m, "dossier.memberRecused", []any{m}})
		}
	}
	return list
}

// spread lists where the members are too far apart to conclude.
func (d *Dossier) spread(f *Facts) []Lack {
	s := d.Spread(d.Stage, f)
	var list []Lack
	if limit := f.Period.SpreadLimit(); s.TotalExceeds(limit) {
		list = append(list, Lack{LackSpread, "", "dossier.spreadTotal", []any{s.Total.String(s.Decimals), limit.String()}})
	}
	for _, l := range s.Leaves {
		leaf, _ := f.Set.Leaf(l.Code)
		list = append(list, Lack{LackSpread, l.Code, "dossier.spreadLeaf", []any{l.Code, leaf.Title}})
	}
	for _, code := range s.Conditions {
		list = append(list, Lack{LackSpread, code, "dossier.spreadCondition", []any{code}})
	}
	return list
}

// Spread compares the members' sheets of a stage's present round; it is empty
// while a sheet is out or there is one member only.
func (d *Dossier) Spread(stage string, f *Facts) score.Spread {
	t := d.Team(stage)
	if !d.AllIn(stage) || len(t.Members) < 2 {
		return score.Spread{Decimals: f.Set.Decimals}
	}
	var results []score.Result
	var marks []score.UnitMarks
	for _, m := range t.Members {
		u := d.LayerMarks(Layer{stage, m, t.Round})
		marks = append(marks, u)
		results = append(results, score.Score(f.Set, u, f.Surveys))
	}
	return score.Differences(f.Set, results, marks...)
}

// undecided lists what must come before a decision: appeals and the sign-off.
func (d *Dossier) undecided(f *Facts) []Lack {
	var list []Lack
	for _, code := range d.Waiting() {
		list = append(list, Lack{LackAppeal, code, "dossier.appealWaits", []any{code}})
	}
	if !f.Period.Signed() {
		list = append(list, Lack{LackSignOff, "", "dossier.noSignOff", nil})
	}
	return list
}

// unreached says that the final stage's result does not recognise the unit.
func (d *Dossier) unreached(f *Facts) []Lack {
	if r := score.Score(f.Set, d.Marks(f.Period.Final()), f.Surveys); !r.Recognised {
		return []Lack{{LackResult, "", "dossier.unreached", nil}}
	}
	return nil
}

// WhoOf says what a user is to the dossier. One who must keep out of the unit's
// affairs is nothing to it.
func (d *Dossier) WhoOf(u account.User, p *Period) Who {
	var who Who
	if slices.Contains(u.Recused, d.Unit) {
		return 0
	}
	if u.Role == account.Commune && u.Unit == d.Unit {
		who |= Unit
	}
	if u.Role.May(account.MarkStage) {
		stage := d.stageNow(p)
		if d.MemberOf(stage, u.Login) {
			who |= Member
			if d.Team(stage).Members[0] == u.Login {
				who |= Lead
			}
		}
	}
	if u.Role.May(account.EditPeriods) {
		who |= Manager
	}
	if (u.Role.May(account.MarkStage) || who.Has(Manager)) && !d.HasScored(u.Login) && !d.scoredItself(u.Login) && (d.Status == Free || !u.Program()) {
		who |= Judge
	}
	if p.Head != "" && u.Login == p.Head {
		who |= Head
	}
	return who
}
