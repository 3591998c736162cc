package site

import (
	"strconv"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// sheetBuilder makes the rows of the scoring table.
type sheetBuilder struct {
	place    *place
	stage    dossier.Stage // the column shown for entering
	edit     bool
	form     *markForm // what was typed, nil on a fresh page
	names    func(string) string
	before   *place // the period before, may be nil
	previous *score.Result
	facts    *dossier.Facts
	evidence map[string][]view.EvidenceLink // by leaf
	comments map[string]commentCount        // by leaf

	results []score.Result             // by stage
	entries []map[string]dossier.Entry // by stage
}

func (b *sheetBuilder) fill(v *view.DossierScore) {
	p := b.place
	for _, st := range p.period.Stages {
		r := p.seen(st.Code)
		b.results = append(b.results, r)
		b.entries = append(b.entries, p.entriesOf(st.Code))
		v.Stages = append(v.Stages, view.MarkStage{
			Code: st.Code, Title: st.Title, Total: vi.Decimal(r.Total.String(r.Decimals)), Edit: b.edit && st.Code == b.stage.Code,
			Complete: r.Complete, URL: explainAllURL(p.period.ID, p.unit.Code, st.Code), Hidden: p.hides(st.Code), Final: st.Code == p.period.Final(),
		})
		v.StageTabs = append(v.StageTabs, view.Option{Value: p.sheetURL(st.Code), Label: st.Title, Chosen: st.Code == b.stage.Code})
		if st.Code == b.stage.Code {
			v.Missing = len(r.Codes(score.Missing))
			if !v.HideWhole {
				v.Verdict, v.Good = verdict(p.set, r)
			}
		}
	}
	v.Span = len(v.Stages) + 1
	if v.Previous != "" {
		v.Span++
	}
	for i := range p.set.Groups {
		b.group(v, i)
	}
	for _, c := range p.set.Conditions {
		v.Conditions = append(v.Conditions, b.condition(c))
	}
}

// verdict says in words whether the unit would be recognised.
func verdict(set *rubric.Set, r score.Result) (string, bool) {
	if r.Recognised {
		return vi.Text("marks.recognised", bandTitle(set, r.Band)), true
	}
	return vi.Text("marks.notRecognised", strings.Join(xlsx.FailedWords(set, r), "; ")), false
}

func (b *sheetBuilder) group(v *view.DossierScore, i int) {
	g, p := b.place.set.Groups[i], b.place
	row := view.MarkRow{Kind: "group", Code: g.Code, Title: g.Title, Group: g.Code, GroupKind: g.Kind, Max: vi.Decimal(g.Max.String())}
	if b.previous != nil {
		if old, ok := b.previous.Group(g.Code); ok {
			row.Previous = vi.Decimal(old.Points.String(b.previous.Decimals))
			row.PrevURL = explainAllURL(b.before.period.ID, p.unit.Code, b.before.period.Final()) + "#nhom-" + g.Code
		}
	}
	for j, st := range p.period.Stages {
		r := b.results[j]
		row.Cells = append(row.Cells, view.MarkCell{
			Edit: b.edit && st.Code == b.stage.Code, Hidden: p.hides(st.Code), Points: vi.Decimal(r.Groups[i].Points.String(r.Decimals)),
			URL: explainAllURL(p.period.ID, p.unit.Code, st.Code) + "#nhom-" + g.Code,
		})
	}
	v.Rows = append(v.Rows, row)
	b.criteria(v, g, g.Criteria, 1)
}

func (b *sheetBuilder) criteria(v *view.DossierScore, g rubric.Group, list []rubric.Criterion, depth int) {
	for i := range list {
		c := &list[i]
		row := view.MarkRow{Kind: "node", Code: c.Code, Title: c.Title, Guide: c.Guide, Group: g.Code, GroupKind: g.Kind, Depth: depth}
		if g.Kind != rubric.Penalty {
			row.Max = vi.Decimal(c.Max.String())
		}
		if c.Rule == nil {
			v.Rows = append(v.Rows, row)
			b.criteria(v, g, c.Criteria, depth+1)
			continue
		}
		row.Kind = "leaf"
		b.leaf(&row)
		v.Rows = append(v.Rows, row)
	}
}

// leaf fills the row of a criterion that is scored.
func (b *sheetBuilder) leaf(row *view.MarkRow) {
	p := b.place
	leaf, _ := p.set.Leaf(row.Code)
	row.How = howScored(leaf.Rule)
	b.beside(row, leaf)
	if b.previous != nil {
		if old, ok := b.previous.Leaf(row.Code); ok && old.State == score.Scored {
			row.Previous = vi.Decimal(old.Points.String(b.previous.Decimals))
			row.PrevURL = explainURL(b.before.period.ID, p.unit.Code, row.Code, b.before.period.Final())
		}
	}
	for j, st := range p.period.Stages {
		row.Cells = append(row.Cells, b.cell(leaf, j, st))
		e := b.entries[j][row.Code]
		if b.edit && st.Code == b.stage.Code {
			row.Edit = b.editable(leaf.Code, &leaf, e)
			row.Edit.Points = row.Cells[j].Points
			b.remind(row.Edit, leaf, j, e)
		} else if e.Note != "" {
			row.Notes = append(row.Notes, view.MarkNote{Stage: st.Title, Text: e.Note})
		}
	}
}

// cell is what a stage has for a leaf.
func (b *sheetBuilder) cell(leaf rubric.Leaf, j int, st dossier.Stage) view.MarkCell {
	p := b.place
	r := b.results[j]
	l, e := r.Leaves[leaf.Index], b.entries[j][leaf.Code]
	c := view.MarkCell{
		Edit: b.edit && st.Code == b.stage.Code, NA: l.State == score.Exempt,
		URL: explainURL(p.period.ID, p.unit.Code, leaf.Code, st.Code),
	}
	if p.hides(st.Code) {
		return view.MarkCell{Hidden: true}
	}
	if !p.dossier.Shared(st.Code) && p.dossier.AllIn(st.Code) {
		c.Appeal = p.appealed(leaf.Code, st.Code)
	}
	if l.State == score.Scored {
		c.Points = vi.Decimal(l.Points.String(r.Decimals))
		c.Differs = differs(leaf, b.results[0].Leaves[leaf.Index], l, r.Decimals)
	}
	if leaf.Rule.Type == rubric.RuleSurvey {
		c.Survey = b.surveyCount(leaf)
	} else if leaf.Rule.Type != rubric.RulePoints && !e.Mark.Empty() && !e.Mark.NA {
		c.Input = shownMark(p.set, leaf.Code, e.Mark)
	}
	if e.By != "" {
		c.By = vi.Text("marks.by", b.names(e.By), vi.DateTime(e.At))
	}
	return c
}

// differs is how far a stage is from the self-score, in points with a sign,
// when that is more than a tenth of the criterion's max; else "".
func differs(leaf rubric.Leaf, self, l score.LeafScore, decimals int) string {
	if self.State != score.Scored {
		return ""
	}
	gap := l.Points - self.Points
	if gap.Num().Abs().Mul(rubric.Int(10)).Cmp(leaf.Max.Abs()) <= 0 || leaf.Max.Sign() == 0 {
		return ""
	}
	text := vi.Decimal(gap.String(decimals))
	if gap > 0 {
		return "+" + text
	}
	return text
}

// surveyCount says how many responses there are of those needed.
func (b *sheetBuilder) surveyCount(leaf rubric.Leaf) string {
	x, _ := score.Explain(b.place.set, score.UnitMarks{Unit: b.place.unit.Code}, b.place.surveys, leaf.Code)
	if x.Survey == nil {
		return ""
	}
	return vi.Text("marks.responses", vi.Int(x.Survey.N), x.Survey.MinResponses)
}

// condition is the row of a condition; it has the same cells as a leaf.
func (b *sheetBuilder) condition(c rubric.Condition) view.MarkRow {
	p := b.place
	code := dossier.ConditionPrefix + c.Code
	row := view.MarkRow{Kind: "condition", Code: c.Code, Title: c.Title}
	for j, st := range p.period.Stages {
		e := b.entries[j][code]
		cell := view.MarkCell{Edit: b.edit && st.Code == b.stage.Code, Hidden: p.hides(st.Code)}
		if met, known := b.met(st.Code, c.Code); known && !cell.Edit {
			cell.Points = vi.Text("marks.met_" + strconv.FormatBool(met))
		}
		if !e.Mark.Empty() && !cell.Hidden && cell.Points == "" {
			cell.Points = shownMark(p.set, code, e.Mark)
			cell.By = vi.Text("marks.by", b.names(e.By), vi.DateTime(e.At))
		}
		row.Cells = append(row.Cells, cell)
		if cell.Edit {
			row.Edit = b.editable(code, nil, e)
		} else if e.Note != "" {
			row.Notes = append(row.Notes, view.MarkNote{Stage: st.Title, Text: e.Note})
		}
	}
	return row
}

// editable makes the fields of a cell from what is stored, or from what the
// person typed where that is something else than they were shown.
func (b *sheetBuilder) editable(code string, leaf *rubric.Leaf, e dossier.Entry) *view.MarkEdit {
	m := &view.MarkEdit{
		Code: code, ID: cellID(code), Base: encodeMark(e.Mark), NA: e.Mark.NA, Note: e.Note, NoteBase: e.Note,
	}
	value := func(name string) string { return strings.Replace(e.Mark.Get(name), ".", ",", 1) }
	if leaf == nil || leaf.Rule.Type == rubric.RuleLevels {
		value = e.Mark.Get
	}
	if f := b.form; f != nil && f.has(code) {
		m.Error, m.Clash = f.errors[code], f.stale[code]
		if f.touched(b.place.set, code) {
			m.Base, m.NA = f.values[fieldBase+code], f.values[fieldNA+code] != ""
			value = func(name string) string { return f.values["m:"+name+":"+code] }
		}
		if note, ok := f.values[fieldNote+code]; ok && note != f.values[fieldOldNote+code] {
			m.Note, m.NoteBase = note, f.values[fieldOldNote+code]
		}
	}
	if leaf == nil {
		m.Type = "condition"
		m.Fields = []view.MarkField{metField(m.ID, value(dossier.Met))}
		return m
	}
	m.Type, m.NAOK = leaf.Rule.Type, leaf.NA
	if leaf.NA {
		m.Why = vi.Text("marks.naWhy")
	}
	for i, name := range leaf.Rule.InputNames() {
		m.Fields = append(m.Fields, markField(leaf, i, name, m.ID, value(name)))
	}
	return m
}

// touched reports whether the person changed the mark they were shown.
func (f markForm) touched(set *rubric.Set, code string) bool {
	base := decodeMark(f.values[fieldBase+code])
	return f.stale[code] || f.errors[code] != "" || !dossier.Same(f.mark(set, code, base), base)
}

func metField(id, value string) view.MarkField {
	field := view.MarkField{Name: dossier.Met, ID: id, Value: value, Options: []view.MarkOption{{Label: vi.Text("marks.unanswered")}}}
	for _, v := range []string{"true", "false"} {
		field.Options = append(field.Options, view.MarkOption{Value: v, Label: vi.Text("marks.met_" + v), Selected: v == value})
	}
	return field
}

// markField is one input of a leaf's rule.
func markField(leaf *rubric.Leaf, i int, name, id, value string) view.MarkField {
	f := view.MarkField{Name: name, ID: id, Label: inputTitle(leaf.Rule, name), Value: value}
	if i > 0 {
		f.ID += "-" + strconv.Itoa(i+1)
	}
	switch leaf.Rule.Type {
	case rubric.RulePoints:
		f.Hint = vi.Text("marks.upTo", vi.Decimal(leaf.Max.String()))
	case rubric.RuleExternal:
		f.Hint = vi.Text("marks.upTo", vi.Decimal(leaf.Rule.Scale.String()))
	case rubric.RuleLevels:
		f.Options = []view.MarkOption{{Label: vi.Text("marks.unanswered")}}
		for _, l := range leaf.Rule.Levels {
			f.Options = append(f.Options, view.MarkOption{
				Value: l.Code, Points: l.Points.String(), Selected: l.Code == value,
				Label: vi.Text("marks.level", l.Label, vi.Decimal(l.Points.String())),
			})
		}
	}
	return f
}

// howScored says in a few words what is entered.
func howScored(r *rubric.Rule) string {
	switch r.Type {
	case rubric.RulePoints:
		if r.Step != nil {
			return vi.Text("marks.step", vi.Decimal(r.Step.String()))
		}
		return ""
	case rubric.RuleExternal:
		if r.Source != "" {
			return vi.Text("marks.source", r.Source, vi.Decimal(r.Scale.String()))
		}
		return vi.Text("marks.scale", vi.Decimal(r.Scale.String()))
	case rubric.RuleCount:
		return vi.Text("marks.each", vi.Decimal(r.Each.String()))
	case rubric.RuleRatio, rubric.RuleFormula:
		return vi.Text("marks.how_" + r.Type)
	case rubric.RuleSurvey:
		return vi.Text("marks.how_survey", r.Form)
	}
	return ""
}
