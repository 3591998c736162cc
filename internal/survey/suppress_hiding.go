package survey

import "slices"

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
