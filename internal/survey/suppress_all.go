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

// hiding is what is hidden of the reports of an overview.
type hiding struct {
	form          *Form
	units, groups map[string]*hiddenReport
	whole         *hiddenReport
	onlyIndex     string // the index's question when it has just one
	questions     map[string]*questionTables
}

// questionTables are the tables units × options and groups × options of one
// question; their last rows are the same counts of the whole.
type questionTables struct {
	options       []string
	units, groups *grid
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
	h := &hiding{form: f, units: map[string]*hiddenReport{}, groups: map[string]*hiddenReport{}, whole: newHiddenReport(), questions: map[string]*questionTables{}}
	if index := f.IndexQuestions(); len(index) == 1 {
		h.onlyIndex = index[0]
	}
	for _, u := range o.Units {
		h.units[u.Unit] = newHiddenReport()
	}
	for _, g := range o.Groups {
		h.groups[g.Unit] = newHiddenReport()
	}
	if len(o.Units) > 0 {
		h.closeGroups(o)
		h.closeQuestions(o)
	}
	return h
}

// closeQuestions settles the tables of all questions. A question comes after the
// one its show_if names, so that only a second question hidden for the index
// asks for another round.
func (h *hiding) closeQuestions(o *Overview) {
	open := map[string]bool{}
	for _, q := range h.form.questions {
		h.questions[q.Code] = h.tables(o, q)
		open[q.Code] = true
	}
	for len(open) > 0 {
		for _, q := range h.form.questions {
			if changed := open[q.Code] && h.closeQuestion(q); changed {
				h.reopen(q.Code, open)
			}
			delete(open, q.Code)
		}
		h.hideSecond(open)
	}
	for code, t := range h.questions {
		for i, u := range o.Units {
			h.units[u.Unit].keep(code, t.options, t.units.hidden[i])
		}
		for i, g := range o.Groups {
			h.groups[g.Unit].keep(code, t.options, t.groups.hidden[i])
		}
		h.whole.keep(code, t.options, t.units.hidden[len(o.Units)])
	}
}

// reopen marks the questions whose show_if names a question.
func (h *hiding) reopen(code string, open map[string]bool) {
	for _, q := range h.form.questions {
		if q.ShowIf != nil && q.ShowIf.Question == code {
			open[q.Code] = true
		}
	}
}

// hideSecond hides counts of one more question of the index where they are
// hidden of only one: the index of a unit, of a group and of the whole, which
// everybody wants to see, would give that one away.
func (h *hiding) hideSecond(open map[string]bool) {
	for row := range len(h.units) + 1 {
		h.hideSecondIn(row, func(t *questionTables) *grid { return t.units }, open)
	}
	for row := range len(h.groups) {
		h.hideSecondIn(row, func(t *questionTables) *grid { return t.groups }, open)
	}
}

// hideSecondIn is hideSecond for a row of one of the tables.
func (h *hiding) hideSecondIn(row int, table func(*questionTables) *grid, open map[string]bool) {
	hidden, shown := 0, ""
	for _, code := range h.form.IndexQuestions() {
		t := table(h.questions[code])
		if slices.Contains(t.hidden[row], true) {
			hidden++
		} else if t.total(row) > 0 {
			shown = code
		}
	}
	if hidden != 1 || shown == "" {
		return
	}
	t := table(h.questions[shown])
	t.hideNext(len(t.cells[row]), func(i int) place { return place{row, i} })
	open[shown] = true
	h.reopen(shown, open)
}

// closeGroups settles the table units × groups, of the groups that anybody
// answered in: the zeros of the others are no secret.
func (h *hiding) closeGroups(o *Overview) {
	var names []string
	for _, name := range h.form.Respondents {
		if g, _ := o.Whole.Groups.Get(name); g.N > 0 {
			names = append(names, name)
		}
	}
	rows, sums := make([][]int64, len(o.Units)), make([]int64, len(o.Units))
	for i, u := range o.Units {
		for _, name := range names {
			g, _ := u.Groups.Get(name)
			rows[i], sums[i] = append(rows[i], g.N), sums[i]+g.N
		}
	}
	t := newGrid(rows, sums)
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

// tables makes the tables of a question, with hidden what is hidden of groups.
// A question without options has one column: how many answered.
func (h *hiding) tables(o *Overview, q *Question) *questionTables {
	whole, _ := o.Whole.Questions.Get(q.Code)
	t := &questionTables{}
	for _, c := range whole.Counts {
		t.options = append(t.options, c.Code)
	}
	t.units, t.groups = questionGrid(o.Units, q, t.options), questionGrid(o.Groups, q, t.options)
	for i, g := range o.Groups {
		if h.groups[g.Unit].all {
			fillRow(t.groups.hidden[i])
		}
	}
	return t
}

// closeQuestion settles the tables of a question and reports whether it hid
// anything.
func (h *hiding) closeQuestion(q *Question) bool {
	t := h.questions[q.Code]
	first := t.units.count() + t.groups.count()
	if q.ShowIf != nil {
		asked := h.questions[q.ShowIf.Question]
		t.units.hideAsked(asked.units, asked.options, q.ShowIf.In)
		t.groups.hideAsked(asked.groups, asked.options, q.ShowIf.In)
	}
	single := q.Code == h.onlyIndex
	for {
		before := t.units.count() + t.groups.count()
		t.units.settle(single)
		t.groups.settle(single)
		share(t.units, t.groups)
		if t.units.count()+t.groups.count() == before && !breakTrees(t.units, t.groups) {
			return before > first
		}
	}
}

// hideAsked hides the rows of a question in which the table of the question that
// its show_if names hides one of the options in wanted: how many were asked
// would tell how many chose them.
func (g *grid) hideAsked(asked *grid, options, wanted []string) {
	for row, line := range asked.hidden {
		for i, option := range options {
			if line[i] && slices.Contains(wanted, option) {
				fillRow(g.hidden[row])
			}
		}
	}
}

// questionGrid is the table of one question's counts over reports. Its sums are
// of answers; only where several options may be chosen these are fewer than the
// counts add up to, and then more is hidden than need be.
func questionGrid(reports []UnitReport, q *Question, options []string) *grid {
	rows, sums := make([][]int64, len(reports)), make([]int64, len(reports))
	for i := range reports {
		r, _ := reports[i].Questions.Get(q.Code)
		rows[i] = make([]int64, len(options))
		for j, option := range options {
			rows[i][j], _ = r.Counts.Get(option)
			sums[i] += rows[i][j]
		}
		switch {
		case !q.Kind.hasOptions():
			rows[i], sums[i] = []int64{r.N}, r.N
		case q.Kind == Multi:
			sums[i] = r.N
		}
	}
	return newGrid(rows, sums)
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
