package site

import (
	"slices"
	"strings"

	"thanthien/internal/chart"
	"thanthien/internal/report"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// table makes the view that was asked for.
func (st *stats) table() *statTable {
	var t *statTable
	switch st.view {
	case statUnits:
		t = st.unitTable()
	case statGroups:
		t = st.reportTable(vi.Text("stats.byGroup"), vi.Text("word.respondents"), st.shown.Groups, func(code string) string { return vi.Text("group." + code) })
	case statChannels:
		t = st.reportTable(vi.Text("stats.byChannel"), vi.Text("stats.channel"), st.shown.Channels, func(code string) string { return vi.Text("stats.channel." + code) })
		t.notes = append(t.notes, vi.Text("stats.channelNote"))
		if st.excluded == survey.Hidden {
			t.notes = append(t.notes, vi.Text("stats.channelHidden"))
		}
	case statQuestion:
		t = st.questionTable()
	case statCompare:
		t = st.compareTable()
	default:
		t = st.wholeTable()
	}
	if !st.team {
		t.notes = append(t.notes, report.SmallNotes(st.shown.Left)...)
	}
	if st.clean {
		t.notes = append(t.notes, vi.Text("stats.cleanNote"))
	}
	return t
}

// wholeTable has every question over all units: answers and index.
func (st *stats) wholeTable() *statTable {
	t := &statTable{title: vi.Text("stats.byQuestion"), columns: []statColumn{
		{vi.Text("stats.question"), false}, {vi.Text("stats.answers"), true}, {vi.Text("word.index"), true}, {vi.Text("stats.spread"), false}}}
	for _, q := range st.form.Questions() {
		r, _ := st.shown.Whole.Questions.Get(q.Code)
		one := *st
		one.view, one.question = statQuestion, q.Code
		row := statRow{bare: q.Kind != survey.Scale, cells: []statCell{
			linkCell(q.Code+". "+q.Text, one.address("")), countCell(r.N), indexCell(r.Index), textCell(st.spread(q, r))}}
		row.bar = indexBar(q.Code+". "+q.Text, &survey.UnitReport{Index: r.Index}, "")
		t.rows = append(t.rows, row)
	}
	return t
}

// spread is a question's distribution in one line.
func (st *stats) spread(q *survey.Question, r survey.QuestionReport) string {
	switch q.Kind {
	case survey.Text:
		return ""
	case survey.Number, survey.Date:
		return spreadText(q.Kind, r)
	}
	var parts []string
	for _, o := range r.Counts {
		parts = append(parts, optionLabel(q, o.Code)+": "+countText(o.Value))
	}
	return strings.Join(parts, "; ")
}

// need is the responses that the plan wants from a unit; known is false when
// no population is known.
func (st *stats) need(code string) (need int64, known bool) {
	for _, g := range st.campaign.RespondentGroups(st.form) {
		if n, ok := st.campaign.Need(st.plan, code, g); ok {
			need, known = need+int64(n), true
		}
	}
	return need, known
}

// unitTable compares the units by index, the best first.
func (st *stats) unitTable() *statTable {
	t := &statTable{title: vi.Text("stats.byUnit"), columns: []statColumn{
		{vi.Text("word.unit"), false}, {vi.Text("word.responses"), true}, {vi.Text("stats.need"), true}, {vi.Text("word.index"), true},
		{vi.Text("stats.low"), true}, {vi.Text("stats.high"), true}, {vi.Text("word.state"), false}}}
	units := slices.Clone(st.shown.Units)
	compare := vi.Collator()
	slices.SortStableFunc(units, func(a, b survey.UnitReport) int {
		if d := compareIndex(b.Index, a.Index); d != 0 {
			return d
		}
		return compare(st.name(a.Unit), st.name(b.Unit))
	})
	anyShort := false
	for _, u := range units {
		need, known := st.need(u.Unit)
		short, wanted := "", textNumber("–")
		if known {
			wanted = countCell(need)
			if u.N < need {
				short, anyShort = vi.Text("stats.short"), true
			}
		}
		state := textCell(short)
		if short != "" {
			state = statCell{view.StatCell{Tag: view.Tag{Text: short, Look: "warn"}}, short}
		}
		t.rows = append(t.rows, statRow{cells: []statCell{
			linkCell(st.name(u.Unit), "/khao-sat/"+st.campaign.ID+"/"+u.Unit), countCell(u.N), wanted, indexCell(u.Index), indexCell(u.Low), indexCell(u.High), state},
			bar: indexBar(st.name(u.Unit), &u, short)})
	}
	t.notes = append(t.notes, vi.Text("stats.intervalNote"))
	if anyShort {
		t.notes = append(t.notes, vi.Text("stats.shortNote"))
	}
	return t
}

// reportTable compares groups or channels.
func (st *stats) reportTable(title, head string, reports []survey.UnitReport, name func(string) string) *statTable {
	t := &statTable{title: title, columns: []statColumn{
		{head, false}, {vi.Text("word.responses"), true}, {vi.Text("stats.share"), true}, {vi.Text("word.index"), true}, {vi.Text("stats.low"), true}, {vi.Text("stats.high"), true}}}
	total, whole := int64(0), true
	for _, r := range reports {
		total += max(r.N, 0)
		whole = whole && r.N != survey.Hidden
	}
	for _, r := range reports {
		share := textNumber("–")
		if whole {
			share, _, _ = shareCell(r.N, total)
		}
		t.rows = append(t.rows, statRow{cells: []statCell{textCell(name(r.Unit)), countCell(r.N), share, indexCell(r.Index), indexCell(r.Low), indexCell(r.High)},
			bar: indexBar(name(r.Unit), &r, "")})
	}
	return t
}

// questionTable has one question: its options over all units, then by group and
// by unit.
func (st *stats) questionTable() *statTable {
	q := st.form.Question(st.question)
	if q == nil {
		return &statTable{}
	}
	whole, _ := st.shown.Whole.Questions.Get(q.Code)
	t := &statTable{title: q.Code + ". " + q.Text, columns: []statColumn{{vi.Text("stats.who"), false}, {vi.Text("stats.answers"), true}}}
	var codes []string
	for _, o := range whole.Counts {
		codes = append(codes, o.Code)
		t.columns = append(t.columns, statColumn{optionLabel(q, o.Code), true})
	}
	if q.Kind == survey.Scale {
		t.columns = append(t.columns, statColumn{vi.Text("word.index"), true})
	}
	add := func(name string, r *survey.UnitReport) {
		report, _ := r.Questions.Get(q.Code)
		row := statRow{cells: []statCell{textCell(name), countCell(report.N)}}
		for _, code := range codes {
			n, _ := report.Counts.Get(code)
			row.cells = append(row.cells, countCell(n))
		}
		row.bare = q.Kind != survey.Scale
		if q.Kind == survey.Scale {
			row.cells = append(row.cells, indexCell(report.Index))
			row.bar = indexBar(name, &survey.UnitReport{Index: report.Index}, "")
		}
		t.rows = append(t.rows, row)
	}
	add(vi.Text("stats.all"), &st.shown.Whole)
	for i := range st.shown.Groups {
		add(vi.Text("group."+st.shown.Groups[i].Unit), &st.shown.Groups[i])
	}
	for i := range st.shown.Units {
		add(st.name(st.shown.Units[i].Unit), &st.shown.Units[i])
	}
	if q.Kind == survey.Text {
		t.notes = append(t.notes, vi.Text("admin.textAnswers"))
	}
	return t
}

// compareTable sets two campaigns of one form beside each other: the whole,
// every unit, and every question that both versions have.
func (st *stats) compareTable() *statTable {
	t := &statTable{title: vi.Text("stats.compare"), columns: []statColumn{
		{vi.Text("stats.what"), false}, {vi.Text("stats.now"), true}, {vi.Text("stats.before"), true}, {vi.Text("stats.change"), true}}}
	if st.other == nil {
		return t
	}
	t.title = vi.Text("stats.compareOf", st.campaign.Title, st.other.campaign.Title)
	t.add(vi.Text("stats.all"), st.shown.Whole.Index, st.other.shown.Whole.Index)
	for _, q := range st.form.Questions() {
		was, ok := st.other.shown.Whole.Questions.Get(q.Code)
		now, _ := st.shown.Whole.Questions.Get(q.Code)
		if ok && q.Kind == survey.Scale && was.Kind == survey.Scale {
			t.add(q.Code+". "+q.Text, now.Index, was.Index)
		}
	}
	before := map[string]*string{}
	for _, u := range st.other.shown.Units {
		before[u.Unit] = u.Index
	}
	for _, u := range st.shown.Units {
		if was, ok := before[u.Unit]; ok {
			t.add(st.name(u.Unit), u.Index, was)
		}
	}
	t.notes = append(t.notes, vi.Text("stats.compareNote"))
	return t
}

// add compares two indexes; the bar is the one of now, the text the change.
func (t *statTable) add(name string, now, was *string) {
	row := statRow{cells: []statCell{textCell(name), indexCell(now), indexCell(was), textNumber("–")}, bar: chart.Row{Label: name, Text: vi.Text("stats.noFigure")}}
	a, okA := number(now)
	b, okB := number(was)
	if okA {
		row.bar.Value, row.bar.Shown, row.bar.Text = a, true, indexText(now)
	}
	if okA && okB {
		words := changeText(*now, *was)
		row.cells[3] = statCell{view.StatCell{Text: words, Number: true}, a - b}
		row.bar.Text += " (" + words + ")"
	}
	t.rows = append(t.rows, row)
}

// changeText is now less before, with its sign: both have two decimals.
func changeText(now, was string) string {
	d := hundredths(now) - hundredths(was)
	switch {
	case d > 0:
		return "+" + vi.Decimal(hundredthsText(d))
	case d < 0:
		return "−" + vi.Decimal(hundredthsText(-d))
	}
	return "0,00"
}
