package survey

import (
	"slices"

	"thanthien/internal/fault"
)

// Snapshot is a tally as it is stored: plain values with equal snapshots for
// equal tallies. RestoreTally makes it a Tally again.
type Snapshot struct {
	Form    string          `bson:"form" json:"form"`
	Version int             `bson:"version" json:"version"`
	Groups  []GroupSnapshot `bson:"groups" json:"groups"` // only groups with responses, in form order
}

// GroupSnapshot is one respondent group of a Snapshot.
type GroupSnapshot struct {
	Group  string          `bson:"g" json:"g"`
	N      int64           `bson:"n" json:"n"`
	Cells  []int64         `bson:"c" json:"c"` // option counts, question after question
	Values []ValueSnapshot `bson:"v,omitempty" json:"v,omitempty"`
	Means  []MeanSnapshot  `bson:"m,omitempty" json:"m,omitempty"`
}

// ValueSnapshot is the distinct numbers or dates given to one question, in
// ascending order, with how often each was given.
type ValueSnapshot struct {
	Question string   `bson:"q" json:"q"`
	Values   []string `bson:"v" json:"v"` // numbers: decimals; dates: days since 0001-01-01
	Counts   []int64  `bson:"n" json:"n"`
}

// MeanSnapshot sums over the responses with K valued index answers. The sums
// are integers as text, because they may leave 64 bits.
type MeanSnapshot struct {
	K       int    `bson:"k" json:"k"`
	N       int64  `bson:"n" json:"n"`
	Sum     string `bson:"s" json:"s"`
	Squares string `bson:"s2" json:"s2"`
}

// Snapshot returns the tally in its stored form.
func (t *Tally) Snapshot() Snapshot {
	s := Snapshot{Form: t.form.ID, Version: t.form.Version, Groups: []GroupSnapshot{}}
	for i, group := range t.form.Respondents {
		if t.groups[i].n > 0 {
			s.Groups = append(s.Groups, t.groups[i].snapshot(t.form, group))
		}
	}
	return s
}

func (g *groupTally) snapshot(f *Form, group string) GroupSnapshot {
	s := GroupSnapshot{Group: group, N: g.n, Cells: slices.Clone(g.cells)}
	for _, q := range f.questions {
		if values := g.values[q.pos]; len(values) > 0 {
			s.Values = append(s.Values, snapshotValues(q.Code, values))
		}
	}
	for k, m := range g.means {
		if m.n > 0 {
			s.Means = append(s.Means, MeanSnapshot{k, m.n, m.sum.String(), m.squares.String()})
		}
	}
	return s
}

func snapshotValues(code string, values map[Decimal]int64) ValueSnapshot {
	v := ValueSnapshot{Question: code}
	keys := make([]Decimal, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, Decimal.Cmp)
	for _, k := range keys {
		v.Values = append(v.Values, k.String())
		v.Counts = append(v.Counts, values[k])
	}
	return v
}

// RestoreTally reads a snapshot of the same form version.
func RestoreTally(f *Form, s Snapshot) (*Tally, error) {
	if s.Form != f.ID || s.Version != f.Version {
		return nil, fault.New(fault.Conflict, "survey.tally_form", s.Form, s.Version, f.ID, f.Version)
	}
	t := NewTally(f)
	for _, gs := range s.Groups {
		i := f.groupPos(gs.Group)
		if i < 0 || t.groups[i].n > 0 || gs.N <= 0 || len(gs.Cells) != f.plan.cells {
			return nil, errSnapshot()
		}
		g := f.newGroup()
		g.n = gs.N
		copy(g.cells, gs.Cells)
		if !g.restoreValues(f, gs.Values) || !g.restoreMeans(gs.Means) || !g.consistent() {
			return nil, errSnapshot()
		}
		t.groups[i] = g
	}
	return t, nil
}

func (g *groupTally) restoreValues(f *Form, snapshots []ValueSnapshot) bool {
	for _, s := range snapshots {
		q := f.Question(s.Question)
		if q == nil || !q.Kind.hasValues() || len(s.Values) != len(s.Counts) {
			return false
		}
		for i, text := range s.Values {
			v, ok := ParseDecimal(text)
			if !ok || s.Counts[i] <= 0 || g.values[q.pos][v] != 0 {
				return false
			}
			g.values[q.pos][v] = s.Counts[i]
		}
	}
	return true
}

func (g *groupTally) restoreMeans(snapshots []MeanSnapshot) bool {
	for _, s := range snapshots {
		sum, ok := parseWide(s.Sum)
		squares, ok2 := parseWide(s.Squares)
		if !ok || !ok2 || s.K < 1 || s.K >= len(g.means) || s.N <= 0 || g.means[s.K].n != 0 {
			return false
		}
		g.means[s.K] = meanSum{s.N, sum, squares}
	}
	return true
}

func errSnapshot() error { return fault.New(fault.Internal, "survey.snapshot") }
