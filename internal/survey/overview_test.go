package survey

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const overviewForm = `id: o
version: 1
title: Phiếu
respondents: [resident, business, official]
consent: c
scales:
  s: [{code: "5", label: Tốt, value: 100, satisfied: true}, {code: "3", label: Vừa, value: 50}, {code: "1", label: Kém, value: 0}, {code: "0", label: Không rõ}]
sections:
  - title: Chung
    questions:
      - {code: q1, kind: scale, scale: s, text: Một}
      - {code: q2, kind: scale, scale: s, text: Hai}
      - {code: q3, kind: choice, options: [{code: a, label: A}, {code: b, label: B}, {code: c, label: C}], other: true, text: Ba}
      - {code: q4, kind: number, text: Tuổi}
      - {code: q5, kind: multi, options: [{code: a, label: A}, {code: b, label: B}], text: Vì sao, required: true, show_if: {question: q1, in: ["1", "0"]}}
      - {code: q6, kind: text, text: Nói thêm, required: true, show_if: {question: q3, in: [b]}}
`

// overviewParts makes up responses to units; some units and options are rare.
func overviewParts(t interface {
	Helper()
	Fatal(...any)
}, units int, seed uint64) (*Form, map[string]Part) {
	t.Helper()
	f, err := Parse([]byte(overviewForm), "o.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 7))
	parts := map[string]Part{}
	for u := range units {
		p := Part{Counted: NewTally(f), Channels: map[Channel]*Tally{}}
		for range rng.IntN(1 + rng.IntN(40)) {
			group := f.Respondents[min(rng.IntN(5), 2)]
			level := []string{"5", "5", "5", "3", "3", "1", "0"}
			raw := map[string]any{"q1": level[rng.IntN(7)], "q2": level[rng.IntN(7)]}
			if rng.IntN(3) > 0 {
				raw["q3"] = []string{"a", "a", "a", "b", "c", "other"}[rng.IntN(6)]
			}
			if rng.IntN(4) == 0 {
				raw["q4"] = fmt.Sprint(20 + rng.IntN(60))
			}
			raw["q5"] = [][]any{{"a"}, {"b"}, {"a", "b"}}[rng.IntN(3)] // both dropped where nobody asks
			raw["q6"] = "Vì thế"
			answers, err := f.Check(group, raw)
			if err != nil {
				t.Fatal(err)
			}
			packed, ch := f.Pack(answers), Channels()[min(rng.IntN(9), 5)]
			if p.Channels[ch] == nil {
				p.Channels[ch] = NewTally(f)
			}
			for _, tally := range []*Tally{p.Counted, p.Channels[ch]} {
				if err := tally.Add(group, packed); err != nil {
					t.Fatal(err)
				}
			}
		}
		parts[fmt.Sprintf("%05d", u)] = p
	}
	return f, parts
}

// Whoever sees all the statistics outside the team cannot work out a count
// below LeastCell: no linear combination of shown numbers gives one.
func TestOverviewGivesNothingAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.IntRange(0, 7).Draw(t, "units")
		seed := rapid.Uint64().Draw(t, "seed")
		f, parts := overviewParts(t, units, seed)
		full, err := NewOverview(f, parts)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := full.Suppress()
		if err != nil {
			t.Fatal(err)
		}
		checkShown(t, f, shown, parts)
	})
}

// system is linear equations over hidden counts, modulo a prime.
type system struct {
	names map[string]int
	rows  []map[int]int64
}

const prime = 2_147_483_647

// equation adds Σ parts − total = 0; a shown cell is a constant and drops out.
func (s *system) equation(total string, totalShown bool, parts []string, shown []bool) {
	row := map[int]int64{}
	add := func(name string, sign int64) {
		if _, ok := s.names[name]; !ok {
			s.names[name] = len(s.names)
		}
		row[s.names[name]] += sign
	}
	for i, p := range parts {
		if !shown[i] {
			add(p, 1)
		}
	}
	if !totalShown {
		add(total, prime-1)
	}
	if len(row) > 0 {
		s.rows = append(s.rows, row)
	}
}

// known returns the cells that the equations determine: after elimination,
// those that stand alone in a row.
func (s *system) known() map[string]bool {
	n := len(s.names)
	m := make([][]int64, len(s.rows))
	for i, row := range s.rows {
		m[i] = make([]int64, n)
		for c, v := range row {
			m[i][c] = v % prime
		}
	}
	rank := 0
	for col := 0; col < n && rank < len(m); col++ {
		pivot := slices.IndexFunc(m[rank:], func(row []int64) bool { return row[col] != 0 })
		if pivot < 0 {
			continue
		}
		m[rank], m[rank+pivot] = m[rank+pivot], m[rank]
		inverse := power(m[rank][col], prime-2)
		for c := range n {
			m[rank][c] = m[rank][c] * inverse % prime
		}
		for r := range m {
			if f := m[r][col]; r != rank && f != 0 {
				for c := range n {
					m[r][c] = (m[r][c] + (prime-f)*m[rank][c]) % prime
				}
			}
		}
		rank++
	}
	known := map[string]bool{}
	for name, col := range s.names {
		for _, row := range m[:rank] {
			if row[col] != 0 && alone(row, col) {
				known[name] = true
			}
		}
	}
	return known
}

func alone(row []int64, col int) bool {
	for c, v := range row {
		if c != col && v != 0 {
			return false
		}
	}
	return true
}

func power(base, exp int64) int64 {
	result := int64(1)
	for base %= prime; exp > 0; exp >>= 1 {
		if exp&1 == 1 {
			result = result * base % prime
		}
		base = base * base % prime
	}
	return result
}

// checkShown builds every sum that a reader knows and refuses a small count
// that they determine. truth has the real counts by the same names.
func checkShown(t *rapid.T, f *Form, o Overview, parts map[string]Part) {
	s, truth := &system{names: map[string]int{}}, map[string]int64{}
	var kept []UnitReport
	whole := NewTally(f)
	for _, u := range o.Units {
		if n := parts[u.Unit].Counted.N(); few(n) {
			if u.N != Hidden {
				t.Fatalf("%s with %d responses shows %d", u.Unit, n, u.N)
			}
			continue
		} else if n == 0 {
			continue // every count is known to be 0, hidden or not
		}
		kept = append(kept, u)
		if err := whole.Merge(parts[u.Unit].Counted); err != nil {
			t.Fatal(err)
		}
	}
	for _, g := range f.Respondents {
		var names []string
		var shown []bool
		for _, u := range append(slices.Clone(kept), o.Whole) {
			group, _ := u.Groups.Get(g)
			name, n := u.Unit+"/"+g, real(parts, whole, u.Unit).GroupN(g)
			truth[name] = n
			if group.N != Hidden && few(n) {
				t.Fatalf("%s shows %d", name, n)
			}
			names, shown = append(names, name), append(shown, group.N != Hidden)
		}
		last := len(names) - 1
		s.equation(names[last], shown[last], names[:last], shown[:last])
	}
	for _, u := range append(slices.Clone(kept), o.Whole) {
		var names []string
		var shown []bool
		for _, g := range f.Respondents {
			group, _ := u.Groups.Get(g)
			names, shown = append(names, u.Unit+"/"+g), append(shown, group.N != Hidden)
		}
		s.equation("", true, names, shown)
	}
	tally := func(unit string) *Tally {
		if slices.Contains(f.Respondents, unit) {
			return whole.Only(unit)
		}
		return real(parts, whole, unit)
	}
	for _, q := range f.Questions() {
		if q.Kind.hasOptions() {
			questionEquations(t, s, truth, q.Code, kept, o, tally)
		}
		answerEquations(t, s, truth, q, kept, o, tally)
	}
	refuseKnown(t, s, truth)
	for _, u := range append(append(slices.Clone(kept), o.Groups...), o.Whole) {
		if u.N != Hidden {
			checkIndex(t, u, tally(u.Unit))
		}
	}
	for _, q := range f.Questions() {
		if q.ShowIf != nil {
			askedEquations(s, q, append(append(slices.Clone(kept), o.Groups...), o.Whole))
		}
	}
	for name := range truth {
		if !strings.Contains(name, "=") {
			delete(truth, name) // how many were asked is a sum of options, and sums of them are told
		}
	}
	refuseKnown(t, s, truth)
}

// checkIndex: an index is shown, that of a unit by its dossier too, so that
// counts must be hidden of no question or of more than one.
func checkIndex(t *rapid.T, u UnitReport, full *Tally) {
	hidden, answered := 0, 0
	for _, code := range []string{"q1", "q2"} {
		got, _ := u.Questions.Get(code)
		was, _ := full.Report("").Questions.Get(code)
		if slices.ContainsFunc(got.Counts, isHidden) {
			hidden++
		}
		if was.N > 0 {
			answered++
		}
	}
	if answered == 2 && hidden == 1 {
		t.Fatalf("%q: the index gives away the only question with hidden counts", u.Unit)
	}
	if answered == 2 && u.Index == nil && full.Report("").IndexN >= LeastCell {
		t.Fatalf("%q: the index is hidden", u.Unit)
	}
}

func refuseKnown(t *rapid.T, s *system, truth map[string]int64) {
	for name := range s.known() {
		if few(truth[name]) {
			t.Fatalf("%s = %d follows from what is shown", name, truth[name])
		}
	}
}

func real(parts map[string]Part, whole *Tally, unit string) *Tally {
	if unit == "" {
		return whole
	}
	return parts[unit].Counted
}

// answerEquations are the sums of how many answered a question.
func answerEquations(t *rapid.T, s *system, truth map[string]int64, q *Question, units []UnitReport, o Overview, tally func(string) *Tally) {
	if q.Kind == Scale {
		return // told by its options
	}
	cell := func(u UnitReport) (string, bool) {
		name := q.Code + "@" + u.Unit
		full, _ := tally(u.Unit).Report("").Questions.Get(q.Code)
		truth[name] = full.N
		got, _ := u.Questions.Get(q.Code)
		if got.N != Hidden && few(full.N) {
			t.Fatalf("%s shows %d", name, full.N)
		}
		return name, got.N != Hidden
	}
	for _, rows := range [][]UnitReport{units, o.Groups} {
		var names []string
		var shown []bool
		for _, u := range rows {
			name, ok := cell(u)
			names, shown = append(names, name), append(shown, ok)
		}
		name, ok := cell(o.Whole)
		s.equation(name, ok, names, shown)
	}
}

// askedEquations say that a question which must be answered was answered by all
// who chose what asks for it.
func askedEquations(s *system, q *Question, reports []UnitReport) {
	for _, u := range reports {
		var names []string
		var shown []bool
		asked, _ := u.Questions.Get(q.ShowIf.Question)
		for _, option := range q.ShowIf.In {
			n, listed := asked.Counts.Get(option)
			names, shown = append(names, q.ShowIf.Question+"="+option+"@"+u.Unit), append(shown, !listed || n != Hidden)
		}
		answers, _ := u.Questions.Get(q.Code)
		s.equation(q.Code+"@"+u.Unit, answers.N != Hidden, names, shown)
	}
}

func questionEquations(t *rapid.T, s *system, truth map[string]int64, code string, units []UnitReport, o Overview, tally func(string) *Tally) {
	wholeQ, _ := o.Whole.Questions.Get(code)
	cell := func(u UnitReport, option string) (string, bool) {
		name := code + "=" + option + "@" + u.Unit
		full, _ := tally(u.Unit).Report("").Questions.Get(code)
		n, _ := full.Counts.Get(option)
		truth[name] = n
		q, _ := u.Questions.Get(code)
		got, listed := q.Counts.Get(option)
		if listed && got != Hidden && few(n) {
			t.Fatalf("%s shows %d", name, n)
		}
		return name, got != Hidden // not listed: known to be 0
	}
	for _, rows := range [][]UnitReport{units, o.Groups} {
		for _, c := range wholeQ.Counts {
			var names []string
			var shown []bool
			for _, u := range rows {
				name, ok := cell(u, c.Code)
				names, shown = append(names, name), append(shown, ok)
			}
			name, ok := cell(o.Whole, c.Code)
			s.equation(name, ok, names, shown)
		}
		for _, u := range append(slices.Clone(rows), o.Whole) {
			var names []string
			var shown []bool
			for _, c := range wholeQ.Counts {
				name, ok := cell(u, c.Code)
				names, shown = append(names, name), append(shown, ok)
			}
			// The number of answers is shown, or told by the shares of shown counts.
			if q, _ := u.Questions.Get(code); q.N != Hidden || slices.Contains(shown, true) {
				s.equation("", true, names, shown)
			}
		}
	}
}
