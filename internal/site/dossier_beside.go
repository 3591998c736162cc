package site

import (
	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// beside fills in what stands beside a criterion: its evidence, what of it is
// missing, and the comments that are open.
func (b *sheetBuilder) beside(row *view.MarkRow, leaf rubric.Leaf) {
	p := b.place
	if n := b.comments[leaf.Code]; n.all > 0 {
		row.Comments, row.CommentsURL = n.open, commentsURL(p.period.ID, p.unit.Code)+"?"+fieldCode+"="+queryEscape(leaf.Code)
		if n.open == 0 {
			row.CommentsURL += "&loc=" + commentAll
		}
	}
	if leaf.Evidence == rubric.EvidenceNone || p.recused() {
		return
	}
	row.Evidence = b.evidence[leaf.Code]
	row.EvidenceURL = evidenceURL(p.period.ID, p.unit.Code) + "#" + placeID("c", leaf.Code)
	if leaf.Evidence == rubric.EvidenceRequired && len(row.Evidence) == 0 && leaf.Rule.Type != rubric.RuleSurvey && !b.entries[0][leaf.Code].Mark.NA {
		row.Lacks = vi.Text("marks.noEvidence")
	}
}

// remind says at a cell of an appraiser that full points without evidence want
// a word why.
func (b *sheetBuilder) remind(m *view.MarkEdit, leaf rubric.Leaf, j int, e dossier.Entry) {
	if b.stage.Code == dossier.SelfStage || leaf.Evidence != rubric.EvidenceRequired || b.facts.Evidence[leaf.Code] > 0 || leaf.Rule.Type == rubric.RuleSurvey || leaf.Max.Sign() <= 0 {
		return
	}
	m.Full, m.FullAt = vi.Text("marks.fullWhy"), vi.Decimal(leaf.Max.String())
	l := b.results[j].Leaves[leaf.Index]
	m.FullNow = e.Note == "" && l.State == score.Scored && l.Points.Num().Equal(leaf.Max)
}

// met is what a stage with members says of a condition, as far as this user may
// see it; known is false at a stage that shows its own answer.
func (b *sheetBuilder) met(stage, condition string) (met, known bool) {
	p := b.place
	if p.dossier.Shared(stage) || !p.dossier.AllIn(stage) || p.hides(stage) {
		return false, false
	}
	m := p.dossier.Marks(stage)
	return m.Met(condition), true
}

// entriesOf are the cells that stand behind a stage's column: the shared ones,
// one's own sheet while it counts, the only sheet of a team of one. A mean has
// none of its own; the sheets it is made of stand below the table.
func (p *place) entriesOf(stage string) map[string]dossier.Entry {
	d := &p.dossier
	t := d.Team(stage)
	switch {
	case d.Shared(stage) || !d.AllIn(stage):
		return d.In(p.layer(stage))
	case len(t.Members) == 1 && p.seesSheets(stage):
		return d.In(dossier.Layer{Stage: stage, Member: t.Members[0], Round: t.Round})
	}
	return nil
}

// appealed says that an accepted appeal gave a stage's mark, "" otherwise.
func (p *place) appealed(code, stage string) string {
	for _, x := range p.dossier.Appeals {
		if x.Accepted && x.Code == code && x.Stage == stage {
			return vi.Text("marks.byAppeal", vi.Date(x.Decided))
		}
	}
	return ""
}
