package survey

import (
	"slices"
	"strings"
)

// Suppress returns what of the statistics may be shown outside the appraisal
// team when all of it is shown together, so that no count below LeastCell
// follows from sums and differences either.
//
// Units with fewer than LeastCell responses are hidden and left out of the
// whole. In the tables units × groups, and units × options and groups × options
// of every question, further counts are hidden until the shown sums give nothing
// away; so are the answers to a question that only those see who chose a hidden
// option. Indexes go where they would tell a hidden count, as in Suppress of one
// report. What was excluded is told of the whole alone.
func (o Overview) Suppress() (Overview, error) {
	kept := map[string]Part{}
	var small, empty []string
	for code, p := range o.parts {
		switch {
		case p.Counted == nil || p.Counted.N() == 0:
			empty = append(empty, code) // everybody knows its counts: they hide nothing
		case few(p.Counted.N()):
			small = append(small, code)
		default:
			kept[code] = p
		}
	}
	out, err := NewOverview(o.form, kept)
	if err != nil {
		return out, err
	}
	out.parts = nil
	out.Left = len(small)
	h := newHiding(o.form, &out)
	for i := range out.Units {
		out.Units[i] = h.apply(out.Units[i], h.units[out.Units[i].Unit])
	}
	for i := range out.Groups {
		out.Groups[i] = h.apply(out.Groups[i], h.groups[out.Groups[i].Unit])
		out.Groups[i].Groups = nil
	}
	out.Whole = h.apply(out.Whole, h.whole)
	out.Channels = suppressChannels(out.Channels)
	for _, code := range small {
		out.Units = append(out.Units, Suppress(o.parts[code].Counted.Report(code)))
	}
	for _, code := range empty {
		r := NewTally(o.form).Report(code)
		r.Exact = Exact{}
		out.Units = append(out.Units, r)
	}
	slices.SortFunc(out.Units, func(a, b UnitReport) int { return strings.Compare(a.Unit, b.Unit) })
	return out, nil
}

// suppressChannels hides small channels, with others so that none follows from
// the sum.
func suppressChannels(list []UnitReport) []UnitReport {
	counts := make([]int64, len(list))
	for i := range list {
		counts[i] = list[i].N
	}
	hidden := hide(counts, false)
	out := make([]UnitReport, len(list))
	for i, r := range list {
		out[i] = r
		out[i].Exact = Exact{}
		if hidden[i] {
			out[i] = UnitReport{Unit: r.Unit, N: Hidden, IndexN: Hidden}
		}
	}
	return out
}

// hiddenReport names the hidden cells of one report by code.
type hiddenReport struct {
	all       bool
	groups    map[string]bool
	questions map[string]map[string]bool // question → option
	answers   map[string]bool            // questions whose number of answers is hidden
}

func newHiddenReport() *hiddenReport {
	return &hiddenReport{groups: map[string]bool{}, questions: map[string]map[string]bool{}, answers: map[string]bool{}}
}

func (r *hiddenReport) keep(code string, options []string, line []bool) {
	r.questions[code] = map[string]bool{}
	for i, option := range options {
		if line[i] {
			r.questions[code][option] = true
		}
	}
	r.answers[code] = line[len(options)]
}

// apply hides the cells of one report.
func (h *hiding) apply(r UnitReport, hidden *hiddenReport) UnitReport {
	exact := r.Exact
	r.Exact, r.Excluded = Exact{}, nil
	r.Groups, r.Questions = slices.Clone(r.Groups), slices.Clone(r.Questions)
	all := hidden.all || few(r.N)
	for i := range r.Groups {
		if all || hidden.groups[r.Groups[i].Code] {
			r.Groups[i].Value = GroupReport{N: Hidden}
		}
	}
	hideIndexes(r.Groups, exact)
	lost := 0
	for i := range r.Questions {
		q := &r.Questions[i]
		q.Value = hidden.question(q.Code, q.Value, all)
		if slices.Contains(exact.Questions, q.Code) && slices.ContainsFunc(q.Value.Counts, isHidden) {
			lost++
		}
	}
	if all || lost == 1 || r.IndexN < LeastCell {
		r.Index, r.Low, r.High = nil, nil, nil
	}
	if r.IndexN = hideSmall(r.IndexN); all {
		r.N, r.IndexN = Hidden, Hidden
	}
	return r
}

// question hides the cells of one question.
func (r *hiddenReport) question(code string, q QuestionReport, all bool) QuestionReport {
	q.Counts = slices.Clone(q.Counts)
	sum, any := int64(0), false
	for i := range q.Counts {
		c := &q.Counts[i]
		sum += c.Value
		if all || few(q.N) || r.questions[code][c.Code] {
			c.Value, any = Hidden, true
		}
	}
	if _, listed := q.Counts.Get(OtherCode); !listed && r.questions[code][OtherCode] {
		q.Counts, any = append(q.Counts, Member[int64]{OtherCode, Hidden}), true // that it is not listed would tell 0
	}
	if any || all || q.N < LeastCell {
		q.Index = nil
	}
	q.Min, q.Max = nil, nil // each is one person's answer
	if all || q.N < LeastCell || r.answers[code] {
		q.Sum = nil
	}
	if all || few(q.N) || r.answers[code] || q.Kind == Scale && any && sum != q.N {
		q.N = Hidden
	}
	return q
}

// ExcludedTells reports whether counts of every response, beside what o shows,
// would give away how few of them were excluded.
func (o Overview) ExcludedTells(excluded int64) bool {
	return excluded > 0 && (excluded < LeastCell || o.Left > 0)
}
