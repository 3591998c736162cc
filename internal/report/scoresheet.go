package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// See says what of a dossier may be shown to who asks: what a stage gave, and
// what one member wrote into their own sheet there.
type See struct {
	Stage func(d *dossier.Dossier, stage string) bool
	Sheet func(d *dossier.Dossier, l dossier.Layer) bool
}

// SeeAll shows everything: for the command line and the manager.
var SeeAll = See{
	Stage: func(*dossier.Dossier, string) bool { return true },
	Sheet: func(*dossier.Dossier, dossier.Layer) bool { return true },
}

// ScoreSheets is the report of scores of a period up to r's stage: of the units
// named, in that order, or of all. folders has what a unit handed in; nil for
// none. A unit that has no dossier is NotFound.
func ScoreSheets(r *result.Result, units []string, see See, folders func(unit string) (evidence.Folder, error), settings store.Settings, now time.Time) (xlsx.ScoreReport, error) {
	b := xlsx.ScoreReport{Head: head(settings, now), Period: title(&r.Period, r.Stage), Set: r.Set, Made: now}
	stages := stagesTo(r)
	for _, st := range stages {
		b.Stages = append(b.Stages, st.Title)
	}
	survey := score.NewSurvey(r.Surveys...)
	list, err := chosen(r, units)
	if err != nil {
		return b, err
	}
	for _, d := range list {
		u := xlsx.ScoreReportUnit{Code: d.Unit, Name: name(r, d.Unit), Notes: map[string]string{}}
		for _, st := range stages {
			if !see.Stage(d, st.Code) {
				u.Stages = append(u.Stages, xlsx.ScoreReportStage{})
				continue
			}
			marks := d.Marks(st.Code)
			s := xlsx.ScoreReportStage{Seen: true, Result: score.Score(r.Set, marks, survey), Met: map[string]bool{}}
			for _, c := range r.Set.Conditions {
				s.Met[c.Code] = marks.Met(c.Code)
			}
			u.Stages = append(u.Stages, s)
			notes(u.Notes, d, st, see)
		}
		folder, err := folders(d.Unit)
		if err != nil {
			return b, err
		}
		u.Papers = papers(folder)
		b.Units = append(b.Units, u)
	}
	return b, nil
}

// Folders reads what units handed in.
func Folders(ctx context.Context, s *store.Store, period string) func(string) (evidence.Folder, error) {
	return func(unit string) (evidence.Folder, error) { return s.Evidence(ctx, period, unit) }
}

func name(r *result.Result, unit string) string {
	if u, ok := r.Units[unit]; ok {
		return u.Name
	}
	return unit
}

// stagesTo are the stages up to that of the result.
func stagesTo(r *result.Result) []dossier.Stage {
	i := slices.IndexFunc(r.Period.Stages, func(s dossier.Stage) bool { return s.Code == r.Stage.Code })
	return r.Period.Stages[:i+1]
}

// chosen are the dossiers of some units in their order, or all.
func chosen(r *result.Result, units []string) ([]*dossier.Dossier, error) {
	byUnit := map[string]*dossier.Dossier{}
	var all []*dossier.Dossier
	for i := range r.Dossiers {
		d := &r.Dossiers[i]
		byUnit[d.Unit], all = d, append(all, d)
	}
	if len(units) == 0 {
		return all, nil
	}
	list := make([]*dossier.Dossier, 0, len(units))
	for _, code := range units {
		d, ok := byUnit[code]
		if !ok {
			return nil, fault.New(fault.NotFound, "store.dossier", code)
		}
		list = append(list, d)
	}
	return list, nil
}

// notes joins what a stage wrote beside its marks. The notes of its members of
// the present round stand together, as far as single sheets may be seen.
func notes(into map[string]string, d *dossier.Dossier, st dossier.Stage, see See) {
	team := d.Team(st.Code)
	for i := range d.Entries {
		e := &d.Entries[i]
		if e.Stage != st.Code || e.Note == "" {
			continue
		}
		if !d.Shared(st.Code) && (e.Round != team.Round || !slices.Contains(team.Members, e.Member) || !see.Sheet(d, e.Layer())) {
			continue
		}
		text := st.Title + ": " + e.Note
		if into[e.Code] != "" {
			text = into[e.Code] + "\n" + text
		}
		into[e.Code] = text
	}
}

// papers lists the documents of each leaf.
func papers(f evidence.Folder) map[string]string {
	list := map[string][]string{}
	for i := range f.Items {
		it := &f.Items[i]
		if !it.Live() {
			continue
		}
		text := it.Title
		if it.Number != "" {
			text = it.Number + ", " + text
		}
		if day, err := time.Parse(time.DateOnly, it.Date); err == nil {
			text += " (" + vi.Date(day) + ")"
		}
		for _, code := range it.Codes {
			list[code] = append(list[code], text)
		}
	}
	out := make(map[string]string, len(list))
	for code, texts := range list {
		out[code] = strings.Join(texts, "; ")
	}
	return out
}

// tally adds up what one stage made of what units gave themselves.
type tally struct {
	units, lowered, raised, unproved int
	proposed, rejected               int
	self, given                      score.Points
}

func (t *tally) means() (self, given rubric.Num) {
	if t.units == 0 {
		return self, given
	}
	n := rubric.Int(int64(t.units))
	return t.self.Num().Div(n), t.given.Num().Div(n)
}

// Differences is the report of differences of a period: every appraisal stage
// against what units gave themselves. evidence counts live items by unit and
// leaf. names turns logins into names.
func Differences(r *result.Result, see See, counts map[string]map[string]int, names func(string) string, settings store.Settings, now time.Time) xlsx.DifferenceReport {
	x := differences{
		result: r, see: see, survey: score.NewSurvey(r.Surveys...), counts: counts, leaves: map[[2]string]*tally{}, teams: map[[2]string]*tally{},
		report: xlsx.DifferenceReport{Head: head(settings, now), Period: r.Period.Title, Criteria: r.Set.Title, Decimals: r.Set.Decimals, Made: now},
	}
	for i := range r.Dossiers {
		d := &r.Dossiers[i]
		if !see.Stage(d, dossier.SelfStage) {
			continue
		}
		self := score.Score(r.Set, d.Marks(dossier.SelfStage), x.survey)
		for _, st := range stagesTo(r)[1:] {
			if see.Stage(d, st.Code) && (d.Shared(st.Code) || d.AllIn(st.Code)) {
				x.dossier(d, st, self, score.Score(r.Set, d.Marks(st.Code), x.survey))
			}
		}
	}
	x.finish(names)
	return x.report
}

type differences struct {
	result *result.Result
	see    See
	survey *score.Survey
	counts map[string]map[string]int
	leaves map[[2]string]*tally // by stage and leaf
	teams  map[[2]string]*tally // by stage and members
	report xlsx.DifferenceReport
}

func of(m map[[2]string]*tally, a, b string) *tally {
	t := m[[2]string{a, b}]
	if t == nil {
		t = &tally{}
		m[[2]string{a, b}] = t
	}
	return t
}

// dossier compares one stage of a dossier. One that the stage has not begun is
// left out.
func (x *differences) dossier(d *dossier.Dossier, st dossier.Stage, self, given score.Result) {
	r := x.result
	if len(given.Codes(score.Missing)) == len(given.Leaves) {
		return
	}
	row := xlsx.UnitGap{Code: d.Unit, Unit: name(r, d.Unit), Stage: st.Title, Self: self.Total.Num(), Given: given.Total.Num()}
	if u, ok := r.Units[d.Unit]; ok {
		row.Parent = name(r, u.Parent)
	}
	for i, leaf := range r.Set.Leaves() {
		a, b := self.Leaves[i], given.Leaves[i]
		t := of(x.leaves, st.Code, leaf.Code)
		if a.State == score.Scored && b.State == score.Scored {
			t.units, t.self, t.given = t.units+1, t.self+a.Points, t.given+b.Points
			if b.Points < a.Points {
				t.lowered++
				row.Lowered++
			} else if b.Points > a.Points {
				t.raised++
				row.Raised++
			}
		}
		if x.isUnproved(d.Unit, leaf, b) {
			t.unproved++
			row.Unproved++
			x.report.Unproved = append(x.report.Unproved, xlsx.Unproved{Code: d.Unit, Unit: row.Unit, Leaf: leaf.Code, Title: leaf.Title, Stage: st.Title, Points: b.Points.Num(), Note: x.noteOf(d, st, leaf.Code)})
		}
	}
	x.report.Units = append(x.report.Units, row)
	x.team(d, st, row, self, given)
}

// isUnproved reports a full mark that somebody gave to a leaf with no evidence.
func (x *differences) isUnproved(unit string, leaf rubric.Leaf, l score.LeafScore) bool {
	return l.State == score.Scored && leaf.Rule.Type != rubric.RuleSurvey && leaf.Evidence != rubric.EvidenceNone &&
		leaf.Max.Sign() > 0 && l.Points.Num().Equal(leaf.Max) && x.counts[unit][leaf.Code] == 0
}

func (x *differences) noteOf(d *dossier.Dossier, st dossier.Stage, code string) string {
	all := map[string]string{}
	notes(all, d, st, x.see)
	return strings.ReplaceAll(all[code], st.Title+": ", "")
}

func (x *differences) team(d *dossier.Dossier, st dossier.Stage, row xlsx.UnitGap, self, given score.Result) {
	t := of(x.teams, st.Code, strings.Join(d.Team(st.Code).Members, "\n"))
	t.units, t.self, t.given = t.units+1, t.self+self.Total, t.given+given.Total
	t.lowered, t.raised, t.unproved = t.lowered+row.Lowered, t.raised+row.Raised, t.unproved+row.Unproved
	for i := len(d.Conclusions) - 1; i >= 0; i-- {
		if c := d.Conclusions[i]; c.Stage == st.Code {
			if c.Propose {
				t.proposed++
			} else {
				t.rejected++
			}
			break
		}
	}
}

// finish turns the tallies into rows and sorts them: who lost most first.
func (x *differences) finish(names func(string) string) {
	for key, t := range x.teams {
		members := vi.Text("scoresheet.allMarkers")
		if key[1] != "" {
			logins := strings.Split(key[1], "\n")
			for i, login := range logins {
				logins[i] = names(login)
			}
			members = strings.Join(logins, ", ")
		}
		st, _ := x.result.Period.Stage(key[0])
		row := xlsx.TeamGap{Stage: st.Title, Members: members, Dossiers: t.units, Lowered: t.lowered, Raised: t.raised, Unproved: t.unproved, Proposed: t.proposed, NotProposed: t.rejected}
		row.Self, row.Given = t.means()
		x.report.Teams = append(x.report.Teams, row)
	}
	for _, st := range stagesTo(x.result)[1:] {
		for _, leaf := range x.result.Set.Leaves() {
			t := of(x.leaves, st.Code, leaf.Code)
			if t.units+t.unproved == 0 {
				continue
			}
			row := xlsx.LeafGap{Code: leaf.Code, Title: leaf.Title, Stage: st.Title, Max: leaf.Max, Units: t.units, Lowered: t.lowered, Raised: t.raised, Unproved: t.unproved}
			row.Self, row.Given = t.means()
			x.report.Leaves = append(x.report.Leaves, row)
		}
	}
	gap := func(given, self rubric.Num) rubric.Num { return given.Sub(self) }
	slices.SortStableFunc(x.report.Units, func(a, b xlsx.UnitGap) int {
		return cmp.Or(gap(a.Given, a.Self).Cmp(gap(b.Given, b.Self)), cmp.Compare(a.Code, b.Code))
	})
	slices.SortStableFunc(x.report.Teams, func(a, b xlsx.TeamGap) int {
		return cmp.Or(gap(a.Given, a.Self).Cmp(gap(b.Given, b.Self)), cmp.Compare(a.Members, b.Members), cmp.Compare(a.Stage, b.Stage))
	})
	slices.SortStableFunc(x.report.Leaves, func(a, b xlsx.LeafGap) int { return gap(a.Given, a.Self).Cmp(gap(b.Given, b.Self)) })
}

// Only keeps the dossiers of some units in a result, or all for none.
func Only(r *result.Result, units []string) error {
	list, err := chosen(r, units)
	if err != nil {
		return err
	}
	kept := make([]dossier.Dossier, len(list))
	for i, d := range list {
		kept[i] = *d
	}
	r.Dossiers = kept
	return nil
}
