package survey

import (
	"maps"
	"math/big"
	"slices"
)

// Report is the result of a survey in the documented JSON. Percentages are
// strings with exactly two decimals, rounded half up; nil is undefined.
type Report struct {
	Form     string       `json:"form"`
	Version  int          `json:"version"`
	Units    []UnitReport `json:"units"`    // in code order
	Rejected []Rejected   `json:"rejected"` // input lines left out
}

// Rejected is a line of input that was not a valid response.
type Rejected struct {
	Line   int    `json:"line"` // 1-based, blank lines counted
	Reason string `json:"reason"`
}

// UnitReport is the result of one unit.
type UnitReport struct {
	Unit      string                  `json:"unit"`
	N         int64                   `json:"n"` // valid responses
	Index     *string                 `json:"index"`
	Low       *string                 `json:"low"`  // 95 % interval; nil below two responses
	High      *string                 `json:"high"` //
	Groups    Ordered[GroupReport]    `json:"groups"`
	Questions Ordered[QuestionReport] `json:"questions"`
	IndexN    int64                   `json:"index_n"`            // responses behind the index
	Excluded  *Excluded               `json:"excluded,omitempty"` // when there are any
	Exact     Exact                   `json:"exact"`
}

// Excluded tells what the responses that an appraiser left out would change.
type Excluded struct {
	N     int64   `json:"n"`
	Index *string `json:"index"` // the index with them counted in
}

// GroupReport is one respondent group of a unit.
type GroupReport struct {
	N     int64   `json:"n"` // valid responses
	Index *string `json:"index"`
}

// QuestionReport is one question of a unit over all its groups. N counts the
// answers that have a value for a scale question, all answers for the others.
// In JSON a question has only the members of its kind; nil is null.
type QuestionReport struct {
	N      int64          `json:"n"`
	Index  *string        `json:"index"`  // kind scale
	Counts Ordered[int64] `json:"counts"` // kinds scale, choice, multi; an unlisted "other" only if chosen
	Min    *string        `json:"min"`    // kinds number and date
	Max    *string        `json:"max"`    //
	Sum    *string        `json:"sum"`    // kind number
	Kind   Kind           `json:"kind"`
}

// MarshalJSON writes the members that the question's kind has.
func (r QuestionReport) MarshalJSON() ([]byte, error) {
	members := Ordered[any]{{"n", r.N}}
	switch r.Kind {
	case Scale:
		members = append(members, Member[any]{"index", r.Index}, Member[any]{"counts", r.Counts})
	case Choice, Multi:
		members = append(members, Member[any]{"counts", r.Counts})
	case Number:
		members = append(members, Member[any]{"min", r.Min}, Member[any]{"max", r.Max}, Member[any]{"sum", r.Sum})
	case Date:
		members = append(members, Member[any]{"min", r.Min}, Member[any]{"max", r.Max})
	}
	return append(members, Member[any]{"kind", r.Kind}).MarshalJSON()
}

// NewReport reports tallies of one form by unit code. Units come in byte order
// of their codes.
func NewReport(f *Form, tallies map[string]*Tally) Report {
	return ReportExcluding(f, tallies, nil)
}

// ReportExcluding is NewReport where excluded holds, apart from tallies, the
// responses that an appraiser left out; both figures are reported.
func ReportExcluding(f *Form, tallies, excluded map[string]*Tally) Report {
	r := Report{Form: f.ID, Version: f.Version, Units: []UnitReport{}, Rejected: []Rejected{}}
	codes := slices.AppendSeq(slices.Collect(maps.Keys(tallies)), maps.Keys(excluded))
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		t := tallies[code]
		if t == nil {
			t = NewTally(f)
		}
		u := t.Report(code)
		if out := excluded[code]; out != nil && out.N() > 0 {
			u.Excluded = t.excluding(out)
		}
		r.Units = append(r.Units, u)
	}
	return r
}

func (t *Tally) excluding(out *Tally) *Excluded {
	all := t.Clone()
	if all.Merge(out) != nil {
		return &Excluded{N: out.N()}
	}
	return &Excluded{N: out.N(), Index: percent(all.Exact().Index)}
}

// Report returns the result of the unit that t counts.
func (t *Tally) Report(unit string) UnitReport {
	e := t.Exact()
	used := e.groupsUsed()
	low, high := t.interval(used)
	u := UnitReport{
		Unit: unit, N: t.N(), Index: percent(e.Index), Low: percent(low), High: percent(high),
		Groups: Ordered[GroupReport]{}, Questions: Ordered[QuestionReport]{}, Exact: e,
	}
	for _, g := range used {
		u.IndexN += e.Groups[g].N
	}
	for i, g := range t.form.Respondents {
		index := e.formIndex(e.Questions, []string{g})
		u.Groups = append(u.Groups, Member[GroupReport]{g, GroupReport{t.groups[i].n, percent(index)}})
	}
	for _, q := range t.form.questions {
		u.Questions = append(u.Questions, Member[QuestionReport]{q.Code, t.question(q, e)})
	}
	return u
}

// groupsUsed returns the groups whose responses are behind the index: none
// when it is undefined, so that there is no interval without an index.
func (e Exact) groupsUsed() []string {
	if e.Index == nil {
		return nil
	}
	if len(e.GroupWeights) == 0 {
		return e.choose(nil)
	}
	_, used := e.weightedIndex(e.Questions, e.choose(nil))
	return used
}

func (t *Tally) question(q *Question, e Exact) QuestionReport {
	r := QuestionReport{Kind: q.Kind}
	switch q.Kind {
	case Scale:
		r.Index = percent(e.questionIndex(q.Code, e.choose(nil)))
		for _, g := range e.Groups {
			r.N += g.Questions[q.Code].N
		}
		r.Counts = t.counts(q)
	case Choice:
		r.Counts = t.counts(q)
		for _, c := range r.Counts {
			r.N += c.Value
		}
	case Multi:
		r.Counts = t.counts(q)
		r.N = t.cell(t.form.plan.cell[q.pos] + q.choices)
	case Text:
		r.N = t.cell(t.form.plan.cell[q.pos])
	default:
		t.spread(q, &r)
	}
	return r
}

// counts sums every option over the groups. An "other" that the form does not
// list is named only when someone chose it.
func (t *Tally) counts(q *Question) Ordered[int64] {
	counts := Ordered[int64]{}
	for i := range q.choices {
		n := t.cell(t.form.plan.cell[q.pos] + i)
		if i < len(q.Options) || n > 0 {
			counts = append(counts, Member[int64]{q.optionCode(i), n})
		}
	}
	return counts
}

func (t *Tally) cell(c int) int64 {
	n := int64(0)
	for i := range t.groups {
		if t.groups[i].n > 0 {
			n += t.groups[i].cells[c]
		}
	}
	return n
}

// spread fills n, min and max, and for numbers the exact sum.
func (t *Tally) spread(q *Question, r *QuestionReport) {
	var low, high Decimal
	sum := new(big.Rat)
	for i := range t.groups {
		if t.groups[i].n == 0 {
			continue
		}
		for v, n := range t.groups[i].values[q.pos] {
			if r.N == 0 || v.Cmp(low) < 0 {
				low = v
			}
			if r.N == 0 || v.Cmp(high) > 0 {
				high = v
			}
			r.N += n
			sum.Add(sum, new(big.Rat).Mul(v.Rat(), new(big.Rat).SetInt64(n)))
		}
	}
	if r.N == 0 {
		return
	}
	if q.Kind == Date {
		r.Min, r.Max = new(dayString(low.m)), new(dayString(high.m))
		return
	}
	r.Min, r.Max, r.Sum = new(low.String()), new(high.String()), new(plainRat(sum))
}

// plainRat writes a fraction that is a finite decimal, exactly.
func plainRat(r *big.Rat) string {
	digits, _ := r.FloatPrec()
	return r.FloatString(digits)
}

// percent prints an index: two decimals, half up; nil for nil.
func percent(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	return new(r.FloatString(2)) // half away from zero, and r ≥ 0
}
