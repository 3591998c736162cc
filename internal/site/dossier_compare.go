package site

import (
	"slices"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// compare sets the sheets of a stage side by side: those that this user may
// see, the present round first. nil when there is nothing to compare.
func (p *place) compare(stage string, f *dossier.Facts, names func(string) string) *view.SheetCompare {
	d := &p.dossier
	if d.Shared(stage) || !p.inside() {
		return nil
	}
	v := &view.SheetCompare{Stage: stageTitle(p.period, stage)}
	t := d.Team(stage)
	for round := t.Round; round > 0; round-- {
		if r, ok := p.sheetRound(stage, round, round == t.Round, f, names); ok {
			v.Rounds = append(v.Rounds, r)
		}
	}
	if len(v.Rounds) == 0 {
		return nil
	}
	return v
}

// sheetRound is one round of a stage; ok is false when no sheet of it is in, or
// none may be seen.
func (p *place) sheetRound(stage string, round int, now bool, f *dossier.Facts, names func(string) string) (view.SheetRound, bool) {
	d := &p.dossier
	v := view.SheetRound{Title: vi.Text("compare.round", round), Now: now}
	var results []score.Result
	var marks []score.UnitMarks
	var layers []dossier.Layer
	var waiting []string
	for _, login := range p.sheetMembers(stage, round, now) {
		l := dossier.Layer{Stage: stage, Member: login, Round: round}
		if !d.Finished(l) {
			waiting = append(waiting, names(login))
			continue
		}
		if !d.SeesSheet(l, p.user.Login, p.who()) {
			return v, false
		}
		m := d.LayerMarks(l)
		layers, marks = append(layers, l), append(marks, m)
		results = append(results, score.Score(p.set, m, p.surveys))
		v.Members = append(v.Members, names(login))
	}
	if len(layers) == 0 {
		return v, false
	}
	v.Waiting = strings.Join(waiting, ", ")
	spread := score.Differences(p.set, results, marks...)
	p.sheetTotals(&v, results, spread, f)
	p.sheetRows(&v, layers, results, spread)
	return v, true
}

// sheetMembers are the members of a round: the team now, or those who finished
// a sheet then.
func (p *place) sheetMembers(stage string, round int, now bool) []string {
	if now {
		return p.dossier.Team(stage).Members
	}
	var list []string
	for _, s := range p.dossier.Sheets {
		if s.Stage == stage && s.Round == round && !slices.Contains(list, s.Member) {
			list = append(list, s.Member)
		}
	}
	return list
}

func (p *place) sheetTotals(v *view.SheetRound, results []score.Result, spread score.Spread, f *dossier.Facts) {
	for _, r := range results {
		v.Totals = append(v.Totals, vi.Decimal(r.Total.String(r.Decimals)))
	}
	if len(results) < 2 {
		return
	}
	limit := f.Period.SpreadLimit()
	v.Far = spread.Exceeds(limit)
	v.Spread = vi.Text("compare.spread", vi.Decimal(spread.Total.String(spread.Decimals)), vi.Decimal(limit.String()))
	if n := len(spread.Leaves) + len(spread.Conditions); n > 0 {
		v.Spread += " " + vi.Text("compare.spreadRows", n)
	}
}

func (p *place) sheetRows(v *view.SheetRound, layers []dossier.Layer, results []score.Result, spread score.Spread) {
	d := &p.dossier
	for _, c := range p.set.Conditions {
		code := dossier.ConditionPrefix + c.Code
		row := view.SheetRow{Title: c.Title}
		for _, l := range layers {
			e, _ := d.Entry(l, code)
			row.Cells = append(row.Cells, view.SheetCell{Points: shownMark(p.set, code, e.Mark), Note: e.Note})
		}
		if slices.Contains(spread.Conditions, c.Code) {
			row.Far = vi.Text("compare.farCondition")
		}
		v.Rows = append(v.Rows, row)
	}
	for _, leaf := range p.set.Leaves() {
		row := view.SheetRow{Code: leaf.Code, Title: leaf.Title}
		for i, l := range layers {
			e, _ := d.Entry(l, leaf.Code)
			row.Cells = append(row.Cells, p.sheetCell(leaf, e, results[i]))
		}
		for _, far := range spread.Leaves {
			if far.Code == leaf.Code {
				row.Far = vi.Text("compare.far", vi.Decimal((far.High - far.Low).String(spread.Decimals)))
				if far.NA {
					row.Far = vi.Text("compare.farNA")
				}
			}
		}
		v.Rows = append(v.Rows, row)
	}
}

func (p *place) sheetCell(leaf rubric.Leaf, e dossier.Entry, r score.Result) view.SheetCell {
	c := view.SheetCell{Note: e.Note}
	switch l := r.Leaves[leaf.Index]; l.State {
	case score.Scored:
		c.Points = vi.Decimal(l.Points.String(r.Decimals))
	case score.Exempt:
		c.Points = vi.Text("marks.na")
	default:
		c.Points = "–"
	}
	if leaf.Rule.Type != rubric.RulePoints && leaf.Rule.Type != rubric.RuleSurvey && !e.Mark.Empty() && !e.Mark.NA {
		c.Input = shownMark(p.set, leaf.Code, e.Mark)
	}
	return c
}

// seesSheets reports whether this user may know what single members gave at a
// stage; the stage's mark alone does not tell.
func (p *place) seesSheets(stage string) bool {
	return p.dossier.Shared(stage) || p.inside() && !p.hides(stage)
}
