package result

import (
	"context"
	"slices"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

// Mean is an arithmetic mean, exact: a sum of points and how many went in.
type Mean struct {
	Sum score.Points // in hundredths, as every score
	N   int
}

func (m *Mean) add(p score.Points) { m.Sum, m.N = m.Sum+p, m.N+1 }

// Value is the mean in points; ok is false when nothing went in.
func (m Mean) Value() (v rubric.Num, ok bool) {
	if m.N == 0 {
		return v, false
	}
	return m.Sum.Num().Div(rubric.Int(int64(m.N))), true
}

// Cmp compares two means; one without anything comes first.
func (m Mean) Cmp(o Mean) int {
	a, hasA := m.Value()
	b, hasB := o.Value()
	switch {
	case !hasA && !hasB:
		return 0
	case !hasA:
		return -1
	case !hasB:
		return 1
	}
	return a.Cmp(b)
}

// Lenience is how strict or lenient somebody was, over the dossiers whose
// sheets are all in. Down-grades are positive where points were taken away.
type Lenience struct {
	Key        string   // a team's, an appraiser's login or the code of a leaf; "" for the whole stage
	Members    []string // of a team
	Dossiers   int
	Down       Mean // self-score less what was given
	Next       Mean // what was given less what the next stage gave
	Unproven   int  // full marks without the evidence that is asked for
	Proposed   int  // dossiers that the stage proposes
	Final      int  // of those proposed: how many have a final outcome
	Recognised int  // of those: how many were recognised, or before decisions would be by the final stage's score
	Alarms     int  // dossiers whose members are too far apart, or had to score again; of a leaf only the former
	Rescored   int  // dossiers that took more than one round
}

// LenientStage is one appraisal stage.
type LenientStage struct {
	Stage   dossier.Stage
	Next    string     // code of the stage after it, "" for the last
	All     Lenience   // the whole stage
	Teams   []Lenience // by set of members, in order of Key
	Members []Lenience // by login
	Leaves  []Lenience // in file order; those whose points come from a survey are left out
}

// Leniency is the leniency of every appraisal stage of a period.
type Leniency struct {
	Period dossier.Period
	Set    *rubric.Set
	Stages []LenientStage
}

// LeniencyOf reads a period and works out its leniency, over what the reader
// may see. Errors are NotFound for a period that does not exist, and those of
// the store.
func LeniencyOf(ctx context.Context, s *store.Store, period string, sees Sees) (*Leniency, error) {
	b, err := load(ctx, s, period)
	if err != nil {
		return nil, err
	}
	evidence, err := s.EvidenceCounts(ctx, period)
	if err != nil {
		return nil, err
	}
	b.sees = sees
	return Lenient(&b.Result, evidence), nil
}

// Lenient works the leniency of a period out in one pass over its dossiers; of
// r it takes the period, the set, the dossiers and the surveys. evidence counts
// files by unit and leaf.
func Lenient(r *Result, evidence map[string]map[string]int) *Leniency {
	l := &lenient{Result: r, survey: score.NewSurvey(r.Surveys...), limit: r.Period.SpreadLimit()}
	l.takes = make([]bool, len(r.Set.Leaves()))
	for i, leaf := range r.Set.Leaves() {
		l.takes[i] = leaf.Rule.Type != rubric.RuleSurvey
	}
	for _, st := range r.Period.Stages[1:] {
		l.stages = append(l.stages, newStageSums(st, r.Period.After(st.Code), r.Set))
	}
	for i := range r.Dossiers {
		l.add(&r.Dossiers[i], evidence[r.Dossiers[i].Unit])
	}
	out := &Leniency{Period: r.Period, Set: r.Set}
	for _, s := range l.stages {
		out.Stages = append(out.Stages, s.done(l.takes))
	}
	return out
}

// lenient is the work under way.
type lenient struct {
	*Result
	survey *score.Survey
	limit  rubric.Num
	takes  []bool // leaves that somebody marks, in file order
	stages []*stageSums
}

// stageSums gathers one stage.
type stageSums struct {
	stage          dossier.Stage
	next           string
	all            Lenience
	teams, members map[string]*Lenience
	leaves         []Lenience
}

func newStageSums(st dossier.Stage, next string, set *rubric.Set) *stageSums {
	s := &stageSums{stage: st, next: next, teams: map[string]*Lenience{}, members: map[string]*Lenience{}, leaves: make([]Lenience, len(set.Leaves()))}
	for i, leaf := range set.Leaves() {
		s.leaves[i].Key = leaf.Code
	}
	return s
}

func (s *stageSums) done(takes []bool) LenientStage {
	out := LenientStage{Stage: s.stage, Next: s.next, All: s.all}
	for i := range s.leaves {
		if takes[i] {
			out.Leaves = append(out.Leaves, s.leaves[i])
		}
	}
	out.Teams, out.Members = byKey(s.teams), byKey(s.members)
	return out
}

func byKey(m map[string]*Lenience) []Lenience {
	list := make([]Lenience, 0, len(m))
	for _, x := range m {
		list = append(list, *x)
	}
	slices.SortFunc(list, func(a, b Lenience) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// given is what one hand gave a dossier, scored.
type given struct {
	score.Result
	marks score.UnitMarks
	in    bool
}

// add counts one dossier at every stage whose sheets are in.
func (l *lenient) add(d *dossier.Dossier, evidence map[string]int) {
	results := make([]given, len(l.stages)+1) // self first
	for i, st := range l.Period.Stages {
		if results[i].in = l.in(d, st.Code); results[i].in {
			results[i].marks = d.Marks(st.Code)
			results[i].Result = score.Score(l.Set, results[i].marks, l.survey)
			results[i].in = results[i].Complete || !d.Shared(st.Code)
		}
	}
	for i, s := range l.stages {
		if !results[i+1].in {
			continue
		}
		next := &given{}
		if i+2 < len(results) {
			next = &results[i+2]
		}
		l.addStage(s, d, evidence, &results[0], &results[i+1], next, &results[len(results)-1])
	}
}

// in reports whether a stage of a dossier counts: every sheet is in, and the
// reader may see it. What all share is looked at when it is complete.
func (l *lenient) in(d *dossier.Dossier, stage string) bool {
	return (d.Shared(stage) || d.AllIn(stage)) && l.seen(d, stage)
}

func (l *lenient) addStage(s *stageSums, d *dossier.Dossier, evidence map[string]int, self, now, next, final *given) {
	team := d.Team(s.stage.Code)
	verdict := l.verdict(s, d, team.Round, now, final)
	members := make([]given, len(team.Members))
	var spread score.Spread
	if !d.Shared(s.stage.Code) {
		spread = l.sheets(d, team, now.marks.Members, members)
		verdict.Alarms = count(team.Round > 1 || spread.Exceeds(l.limit))
		key := slices.Sorted(slices.Values(team.Members))
		t := at(s.teams, strings.Join(key, ", "))
		t.Members = key
		l.addResult(t, verdict, evidence, self, now, next)
		for i, m := range team.Members {
			l.addResult(at(s.members, m), verdict, evidence, self, &members[i], next)
		}
	}
	l.addResult(&s.all, verdict, evidence, self, now, next)
	l.addLeaves(s, evidence, self, now, next)
	for _, far := range spread.Leaves {
		if x, ok := l.Set.Leaf(far.Code); ok {
			s.leaves[x.Index].Alarms++
		}
	}
}

func at(m map[string]*Lenience, key string) *Lenience {
	if m[key] == nil {
		m[key] = &Lenience{Key: key}
	}
	return m[key]
}

// sheets scores the members' own sheets of the present round, marks where they
// were read already, and compares them.
func (l *lenient) sheets(d *dossier.Dossier, team dossier.Team, marks []score.UnitMarks, members []given) score.Spread {
	if len(marks) == 0 { // of one member alone; appeals may have changed what the stage gave
		marks = []score.UnitMarks{d.LayerMarks(dossier.Layer{Stage: team.Stage, Member: team.Members[0], Round: team.Round})}
	}
	results := make([]score.Result, len(marks))
	for i := range marks {
		results[i] = score.Score(l.Set, marks[i], l.survey)
		members[i] = given{Result: results[i], in: true}
	}
	if len(marks) < 2 {
		return score.Spread{}
	}
	return score.Differences(l.Set, results, marks...)
}

// verdict is what counts the same for everybody who worked on a dossier at a
// stage.
func (l *lenient) verdict(s *stageSums, d *dossier.Dossier, round int, now, final *given) Lenience {
	v := Lenience{Dossiers: 1}
	if round > 1 {
		v.Rescored = 1
	}
	i := slices.IndexFunc(d.Conclusions, func(c dossier.Conclusion) bool { return c.Stage == s.stage.Code })
	switch {
	case d.Shared(s.stage.Code): // nobody concludes: the score does
		v.Proposed = count(now.Recognised)
	case i >= 0:
		for _, c := range d.Conclusions { // the last one of the stage stands
			if c.Stage == s.stage.Code {
				v.Proposed = count(c.Propose)
			}
		}
	}
	if v.Proposed == 0 {
		return v
	}
	switch d.Status {
	case dossier.Recognised, dossier.Revoked:
		v.Final, v.Recognised = 1, 1
	case dossier.NotRecognised, dossier.NotProposed:
		v.Final = 1
	default:
		v.Final, v.Recognised = count(final.in), count(final.in && final.Recognised)
	}
	return v
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// addResult counts a dossier for a stage, a team or an appraiser.
func (l *lenient) addResult(to *Lenience, v Lenience, evidence map[string]int, self, now, next *given) {
	to.Dossiers += v.Dossiers
	to.Proposed, to.Final, to.Recognised = to.Proposed+v.Proposed, to.Final+v.Final, to.Recognised+v.Recognised
	to.Alarms, to.Rescored = to.Alarms+v.Alarms, to.Rescored+v.Rescored
	if self.in {
		to.Down.add(self.Total - now.Total)
	}
	if next.in {
		to.Next.add(now.Total - next.Total)
	}
	to.Unproven += len(dossier.FullUnproven(l.Set, &now.Result, evidence))
}

// addLeaves counts a dossier for every leaf that was given points.
func (l *lenient) addLeaves(s *stageSums, evidence map[string]int, self, now, next *given) {
	for i := range s.leaves {
		to, leaf := &s.leaves[i], &now.Leaves[i]
		if !l.takes[i] || leaf.State != score.Scored {
			continue
		}
		to.Dossiers++
		if self.in && self.Leaves[i].State == score.Scored {
			to.Down.add(self.Leaves[i].Points - leaf.Points)
		}
		if next.in && next.Leaves[i].State == score.Scored {
			to.Next.add(leaf.Points - next.Leaves[i].Points)
		}
	}
	for _, code := range dossier.FullUnproven(l.Set, &now.Result, evidence) {
		if x, ok := l.Set.Leaf(code); ok {
			s.leaves[x.Index].Unproven++
		}
	}
}
