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
// whole. In the tables units × groups, units × options and groups × options of
// every question further counts are hidden until the shown sums give nothing
// away. Indexes go where they would tell a hidden count, as in Suppress of one
// report. What was excluded is told of the whole alone.
func (o Overview) Suppress() (Overview, error) {
	kept := map[string]Part{}
	var small []string
	for code, p := range o.parts {
		if p.Counted != nil && few(p.Counted.N()) {
			small = append(small, code)
		} else {
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

// hiding is what is hidden of the reports of an overview.
type hiding struct {
	form          *Form
	units, groups map[string]*hiddenReport
	whole         *hiddenReport
	onlyIndex     string // the index's question when it has just one
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

func newHiding(f *Form, o *Overview) *hiding {
	h := &hiding{form: f, units: map[string]*hiddenReport{}, groups: map[string]*hiddenReport{}, whole: newHiddenReport()}
	if index := f.IndexQuestions(); len(index) == 1 {
		h.onlyIndex = index[0]
	}
	for _, u := range o.Units {
		h.units[u.Unit] = newHiddenReport()
	}
	for _, g := range o.Groups {
		h.groups[g.Unit] = newHiddenReport()
	}
	h.closeGroups(o)
	for _, q := range o.Whole.Questions {
		if q.Value.Kind.hasOptions() {
			h.closeQuestion(o, q.Code, false)
		}
	}
	h.hideSecond(o)
	return h
}

// hideSecond hides counts of one more question of the index when it is only one
// of the whole: the index of the whole, which everybody wants to see, would
// give that one away.
func (h *hiding) hideSecond(o *Overview) {
	var hidden, shown []string
	for _, code := range h.form.IndexQuestions() {
		if len(h.whole.questions[code]) > 0 {
			hidden = append(hidden, code)
		} else {
			shown = append(shown, code)
		}
	}
	if len(hidden) == 1 && len(shown) > 0 {
		h.closeQuestion(o, shown[len(shown)-1], true)
	}
}

// closeGroups settles the table units × groups.
func (h *hiding) closeGroups(o *Overview) {
	names := h.form.Respondents
	rows := make([][]int64, len(o.Units))
	for i, u := range o.Units {
		for _, name := range names {
			g, _ := u.Groups.Get(name)
			rows[i] = append(rows[i], g.N)
		}
	}
	if len(rows) == 0 {
		return
	}
	t := newGrid(rows)
	t.close()
	for c, name := range names {
		for i, u := range o.Units {
			if t.hidden[i][c] {
				h.units[u.Unit].groups[name] = true
			}
		}
		if t.hidden[len(rows)][c] {
			h.whole.groups[name] = true
			h.groups[name].all = true
		}
	}
}

// closeQuestion settles the tables units × options and groups × options of a
// question; their last rows are the same counts of the whole. With more, something of the
// whole is hidden even if nothing must be.
func (h *hiding) closeQuestion(o *Overview, code string, more bool) {
	whole, _ := o.Whole.Questions.Get(code)
	var options []string
	for _, c := range whole.Counts {
		options = append(options, c.Code)
	}
	units, groups := questionGrid(o.Units, code, options), questionGrid(o.Groups, code, options)
	for i, g := range o.Groups {
		if h.groups[g.Unit].all {
			fillRow(groups.hidden[i])
		}
	}
	if last := len(o.Units); more {
		units.hideNext(len(options)+1, func(i int) place { return place{last, i} })
	}
	single := code == h.onlyIndex
	for {
		before := units.count() + groups.count()
		units.settle(single)
		groups.settle(single)
		share(units, groups)
		if units.count()+groups.count() == before && !breakTrees(units, groups) {
			break
		}
	}
	for i, u := range o.Units {
		h.units[u.Unit].keep(code, options, units.hidden[i])
	}
	for i, g := range o.Groups {
		h.groups[g.Unit].keep(code, options, groups.hidden[i])
	}
	h.whole.keep(code, options, units.hidden[len(o.Units)])
}

// questionGrid is the table of one question's counts over reports.
func questionGrid(reports []UnitReport, code string, options []string) *grid {
	rows := make([][]int64, len(reports))
	for i := range reports {
		q, _ := reports[i].Questions.Get(code)
		rows[i] = make([]int64, len(options))
		for j, option := range options {
			rows[i][j], _ = q.Counts.Get(option)
		}
	}
	return newGrid(rows)
}

// settle closes a table. A row whose sum is hidden is hidden wholly, because
// the share of a shown count would tell the sum; with single, the only question
// of the index, so is a row with anything hidden, because its index is told
// elsewhere.
func (g *grid) settle(single bool) {
	g.close()
	for _, line := range g.hidden {
		if last := len(line) - 1; line[last] || single && slices.Contains(line[:last], true) {
			fillRow(line[:last])
		}
	}
}

// share hides in the last row of either table what is hidden in the other's.
func share(a, b *grid) {
	x, y := a.hidden[len(a.hidden)-1], b.hidden[len(b.hidden)-1]
	for i := range min(len(x), len(y)) {
		x[i] = x[i] || y[i]
		y[i] = x[i]
	}
}

func (g *grid) count() int {
	n := 0
	for _, line := range g.hidden {
		for _, h := range line {
			if h {
				n++
			}
		}
	}
	return n
}

func fillRow(line []bool) {
	for i := range line {
		line[i] = true
	}
}

func (r *hiddenReport) keep(code string, options []string, line []bool) {
	if len(line) <= len(options) {
		return
	}
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
	index := r.Exact.Questions
	r.Exact, r.Excluded = Exact{}, nil
	r.Groups, r.Questions = slices.Clone(r.Groups), slices.Clone(r.Questions)
	all := hidden.all || few(r.N)
	for i := range r.Groups {
		if all || hidden.groups[r.Groups[i].Code] {
			r.Groups[i].Value = GroupReport{N: Hidden}
		}
	}
	lost := 0
	for i := range r.Questions {
		q := &r.Questions[i]
		q.Value = hidden.question(q.Code, q.Value, all)
		if slices.Contains(index, q.Code) && slices.ContainsFunc(q.Value.Counts, isHidden) {
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
	if all || q.N < LeastCell {
		q.Sum = nil
	}
	if all || few(q.N) || r.answers[code] || q.Kind == Scale && any && sum != q.N {
		q.N = Hidden
	}
	return q
}
