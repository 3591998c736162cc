package survey

import (
	"maps"
	"slices"

	"thanthien/internal/fault"
)

// Tally counts the responses of one unit (or any set of responses) to one form
// version: per group and question the count of every option, the distinct
// numbers and dates, and what the exact index and its interval need. Adding,
// merging and subtracting are exact and in any order give equal tallies.
// A Tally is not safe for concurrent writing.
type Tally struct {
	form   *Form
	groups []groupTally // by position in form.Respondents
}

// groupTally is the part of one respondent group. With n = 0 it is zero.
type groupTally struct {
	n      int64
	cells  []int64             // by plan.cell
	values []map[Decimal]int64 // by question position, kinds number and date only
	means  []meanSum           // by number of valued index answers; [0] stays zero
}

// meanSum is over the responses with the same number k of valued index
// answers: how many, Σ s and Σ s² of their value sums s in plan units. A
// response's own mean is s/k, so these give every sum over means exactly.
type meanSum struct {
	n       int64
	sum     wide
	squares wide
}

// NewTally returns an empty tally of a form.
func NewTally(f *Form) *Tally {
	return &Tally{form: f, groups: make([]groupTally, len(f.Respondents))}
}

func (f *Form) newGroup() groupTally {
	g := groupTally{
		cells:  make([]int64, f.plan.cells),
		values: make([]map[Decimal]int64, len(f.questions)),
		means:  make([]meanSum, f.plan.indexCount+1),
	}
	for _, q := range f.questions {
		if q.Kind.hasValues() {
			g.values[q.pos] = map[Decimal]int64{}
		}
	}
	return g
}

// Form returns the form the tally is of.
func (t *Tally) Form() *Form { return t.form }

// N returns the number of responses.
func (t *Tally) N() int64 {
	n := int64(0)
	for i := range t.groups {
		n += t.groups[i].n
	}
	return n
}

// GroupN returns the number of responses of a group.
func (t *Tally) GroupN(group string) int64 {
	if i := t.form.groupPos(group); i >= 0 {
		return t.groups[i].n
	}
	return 0
}

// Add counts one packed response. On an error, for a group the form is not
// open to or corrupt bytes, the tally is as before.
func (t *Tally) Add(group string, packed []byte) error {
	i := t.form.groupPos(group)
	if i < 0 {
		return fault.New(fault.Invalid, "survey.group_unknown", clip(group))
	}
	if !t.form.wellPacked(packed) {
		return errCorrupt()
	}
	g := &t.groups[i]
	if g.n == 0 {
		*g = t.form.newGroup()
	}
	g.fold(t.form, packed[1:])
	return nil
}

// fold counts the body of a response that wellPacked has approved.
func (g *groupTally) fold(f *Form, body []byte) {
	g.n++
	k, sum := 0, int64(0)
	for _, q := range f.questions {
		var v packedValue
		v, body, _ = q.next(body)
		if v.mask == 0 {
			continue
		}
		cells := f.plan.cell[q.pos]
		switch q.Kind {
		case Scale:
			c := cells + v.first()
			g.cells[c]++
			if o := &f.plan.options[c]; o.valued && f.plan.inIndex[q.pos] {
				k, sum = k+1, sum+o.units
			}
		case Choice:
			g.cells[cells+v.first()]++
		case Multi:
			g.foldMulti(cells, v.mask, q.choices)
		case Text:
			g.cells[cells]++
		case Number, Date:
			g.values[q.pos][v.num]++
		}
	}
	if k > 0 {
		m := &g.means[k]
		m.n, m.sum, m.squares = m.n+1, m.sum.add(wideInt(sum)), m.squares.add(square(sum))
	}
}

// foldMulti counts every chosen option and, in the cell behind them, the answer.
func (g *groupTally) foldMulti(cells int, mask uint64, options int) {
	for i := range options {
		g.cells[cells+i] += int64(mask >> i & 1)
	}
	g.cells[cells+options]++
}

// Merge adds another tally of the same form version.
func (t *Tally) Merge(o *Tally) error {
	if err := t.same(o); err != nil {
		return err
	}
	for i := range o.groups {
		switch {
		case o.groups[i].n == 0:
		case t.groups[i].n == 0:
			t.groups[i] = o.groups[i].clone()
		default:
			t.groups[i].combine(&o.groups[i], 1)
		}
	}
	return nil
}

// Sub takes away a tally whose responses are all in t, such as the excluded
// ones. If they cannot all be, it is an error and t is as before.
func (t *Tally) Sub(o *Tally) error {
	if err := t.same(o); err != nil {
		return err
	}
	rest := t.Clone()
	for i := range o.groups {
		if o.groups[i].n == 0 {
			continue
		}
		if rest.groups[i].n < o.groups[i].n {
			return errNotPart()
		}
		rest.groups[i].combine(&o.groups[i], -1)
		if !rest.groups[i].consistent() {
			return errNotPart()
		}
		if rest.groups[i].n == 0 {
			rest.groups[i] = groupTally{}
		}
	}
	t.groups = rest.groups
	return nil
}

// combine adds sign × o, both with responses of the same form.
func (g *groupTally) combine(o *groupTally, sign int64) {
	g.n += sign * o.n
	for i, n := range o.cells {
		g.cells[i] += sign * n
	}
	for q, values := range o.values {
		for v, n := range values {
			if g.values[q][v] += sign * n; g.values[q][v] == 0 {
				delete(g.values[q], v)
			}
		}
	}
	for k, m := range o.means {
		g.means[k] = g.means[k].combine(m, sign)
	}
}

func (m meanSum) combine(o meanSum, sign int64) meanSum {
	if sign < 0 {
		return meanSum{m.n - o.n, m.sum.sub(o.sum), m.squares.sub(o.squares)}
	}
	return meanSum{m.n + o.n, m.sum.add(o.sum), m.squares.add(o.squares)}
}

// consistent reports whether no count is negative and an empty group is empty.
func (g *groupTally) consistent() bool {
	total := int64(0)
	for _, n := range g.cells {
		if n < 0 {
			return false
		}
		total += n
	}
	for _, values := range g.values {
		for _, n := range values {
			if n < 0 {
				return false
			}
			total += n
		}
	}
	for _, m := range g.means {
		if m.n < 0 || m.sum.negative() || m.squares.negative() || m.n == 0 && m != (meanSum{}) {
			return false
		}
		total += m.n
	}
	return g.n > 0 || total == 0
}

// Clone returns an independent copy.
func (t *Tally) Clone() *Tally {
	c := NewTally(t.form)
	for i := range t.groups {
		if t.groups[i].n > 0 {
			c.groups[i] = t.groups[i].clone()
		}
	}
	return c
}

func (g *groupTally) clone() groupTally {
	c := groupTally{n: g.n, cells: slices.Clone(g.cells), means: slices.Clone(g.means)}
	c.values = make([]map[Decimal]int64, len(g.values))
	for i, v := range g.values {
		c.values[i] = maps.Clone(v)
	}
	return c
}

// Equal reports whether two tallies are of the same form version and count
// exactly the same.
func (t *Tally) Equal(o *Tally) bool {
	if t.same(o) != nil {
		return false
	}
	return slices.EqualFunc(t.groups, o.groups, func(a, b groupTally) bool {
		return a.n == b.n && slices.Equal(a.cells, b.cells) && slices.Equal(a.means, b.means) &&
			slices.EqualFunc(a.values, b.values, maps.Equal)
	})
}

// same refuses tallies of different form versions.
func (t *Tally) same(o *Tally) error {
	if t.form == o.form || t.form.ID == o.form.ID && t.form.Version == o.form.Version && t.form.plan.sameShape(o.form.plan) {
		return nil
	}
	return fault.New(fault.Conflict, "survey.tally_form", o.form.ID, o.form.Version, t.form.ID, t.form.Version)
}

func errNotPart() error { return fault.New(fault.Conflict, "survey.tally_part") }
