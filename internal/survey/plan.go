package survey

import "slices"

// plan is what a form's questions are compiled to once, for the hot paths.
type plan struct {
	byCode     map[string]int
	inIndex    []bool // by question position
	indexCount int
	digits     int          // decimals of the values of index questions' options
	cell       []int        // question position → its first cell of a groupTally
	cells      int          // number of cells
	options    []cellOption // by cell
}

// cellOption is the option a cell counts; zero for cells of other kinds.
type cellOption struct {
	valued    bool
	satisfied bool
	units     int64 // value · 10^plan.digits; 0 outside the index
}

// longList is the number of options from which a map beats a linear search.
const longList = 12

// compile fills the unexported fields of a form that is otherwise complete.
func (f *Form) compile() {
	f.questions = nil
	for s := range f.Sections {
		for i := range f.Sections[s].Questions {
			q := &f.Sections[s].Questions[i]
			q.pos = len(f.questions)
			f.questions = append(f.questions, q)
		}
	}
	f.plan = plan{byCode: make(map[string]int, len(f.questions)), inIndex: make([]bool, len(f.questions))}
	for _, q := range f.questions {
		f.plan.byCode[q.Code] = q.pos
		q.compile(f)
	}
	f.compileIndex()
	f.compileCells()
}

func (q *Question) compile(f *Form) {
	if len(q.Options) >= longList {
		q.find = make(map[string]int, len(q.Options))
		for i, o := range q.Options {
			q.find[o.Code] = i
		}
	}
	q.choices = len(q.Options)
	if q.Other {
		q.otherKey = q.Code + otherSuffix
		if q.option(OtherCode) == q.choices {
			q.choices++
		}
	}
	if q.ShowIf != nil {
		q.depends = f.plan.byCode[q.ShowIf.Question]
		for _, code := range q.ShowIf.In {
			q.wanted |= 1 << f.questions[q.depends].option(code)
		}
	}
}

func (f *Form) compileIndex() {
	p := &f.plan
	for _, q := range f.questions {
		listed := len(f.Index.Questions) == 0 || slices.Contains(f.Index.Questions, q.Code)
		if q.Kind != Scale || !listed {
			continue
		}
		p.inIndex[q.pos] = true
		p.indexCount++
		for _, o := range q.Options {
			p.digits = max(p.digits, o.Value.Decimals())
		}
	}
}

func (f *Form) compileCells() {
	p := &f.plan
	p.cell = make([]int, len(f.questions))
	for _, q := range f.questions {
		p.cell[q.pos] = p.cells
		p.cells += q.cellCount()
		p.options = append(p.options, make([]cellOption, q.cellCount())...)
		if q.Kind != Scale {
			continue
		}
		for i, o := range q.Options {
			c := cellOption{valued: o.Valued, satisfied: o.Satisfied}
			if p.inIndex[q.pos] {
				c.units = o.Value.units(p.digits)
			}
			p.options[p.cell[q.pos]+i] = c
		}
	}
}

// cellCount is the number of counters a question needs: one per option, for
// multi one more for the answers, for text one.
func (q *Question) cellCount() int {
	switch q.Kind {
	case Scale, Choice:
		return q.choices
	case Multi:
		return q.choices + 1
	case Text:
		return 1
	}
	return 0
}

// sameShape reports whether tallies over two plans may be combined.
func (p plan) sameShape(o plan) bool {
	return p.digits == o.digits && slices.Equal(p.inIndex, o.inIndex) &&
		slices.Equal(p.cell, o.cell) && slices.Equal(p.options, o.options)
}
