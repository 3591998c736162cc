package site

import (
	"context"
	"slices"
	"strings"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// completed shows what became of the latest completion request of the stage the
// dossier is at: the answer and everything the unit changed since it was asked,
// with what was not asked for. Nothing is forbidden to the unit then, for one
// thing mended may ask for another; but no change goes unseen. nil when there is
// nothing to show.
func (s *Server) completed(ctx context.Context, p *place, names func(string) string) (*view.DossierCompleted, error) {
	d, n := &p.dossier, len(p.dossier.Completions)
	if n == 0 || p.recused() || d.Status != dossier.Resubmitted && d.Status != dossier.Appraisal {
		return nil, nil
	}
	r := &d.Completions[n-1]
	if first := p.period.Stages[1].Code; r.Stage != d.Stage && !(r.Stage == "" && p.stageNow() == first) {
		return nil, nil
	}
	events, err := s.store.History(ctx, d.Thing())
	if err != nil {
		return nil, err
	}
	folder, err := s.store.Evidence(ctx, d.Period, d.Unit)
	if err != nil {
		return nil, err
	}
	v := &view.DossierCompleted{Inside: p.inside(), Asked: p.asked(n-1, names, s.today())}
	asked := false
	for _, e := range slices.Concat(events, d.Outbox) {
		asked = asked || e.At.Equal(r.At) && detailOf(e, "act") == string(dossier.AskCompletion)
		if !e.At.After(r.At) && !asked || !r.Answered.IsZero() && e.At.After(r.Answered) {
			continue
		}
		for _, x := range e.Detail {
			p.noteChange(v, r, &folder, e, x)
		}
	}
	v.Changes = slices.DeleteFunc(v.Changes, func(x view.DossierChanged) bool { return x.Before == x.After })
	for _, x := range v.Changes {
		if x.Beyond {
			v.Beyond++
		}
	}
	return v, nil
}

// noteChange adds one change of an event to what the unit changed, if it is one:
// a cell stands there once, from what it was at first to what it is.
func (p *place) noteChange(v *view.DossierCompleted, r *dossier.Request, f *evidence.Folder, e audit.Event, x audit.Change) {
	kind, code, _ := strings.Cut(x.Field, "/")
	row := view.DossierChanged{Key: x.Field}
	var about []string
	switch {
	case e.Action == audit.Marked && kind == dossier.SelfStage && code != "":
		row.Before, row.After = p.markThen(code, x.Before), p.markThen(code, x.After)
		row.What, row.URL = cellTitle(p.set, code), p.sheetURL(dossier.SelfStage)+"#"+cellID(code)
		if condition, ok := dossier.ConditionOf(code); ok {
			about = []string{condition}
		} else {
			row.What, about = code+". "+row.What, []string{code}
		}
	case strings.HasPrefix(string(e.Action), "evidence.") && kind == "evidence":
		it, ok := f.Item(code)
		if !ok {
			return
		}
		row.Key = e.ID + x.Field
		row.What, row.URL = it.Title, evidenceURL(p.period.ID, p.unit.Code)+"/"+it.ID
		row.After, about = vi.Text("admin.event."+string(e.Action)), append(slices.Clone(it.Codes), it.Paper)
	default:
		return
	}
	row.Beyond = len(r.Codes) > 0 && !slices.ContainsFunc(about, func(c string) bool { return slices.Contains(r.Codes, c) })
	if i := slices.IndexFunc(v.Changes, func(y view.DossierChanged) bool { return y.Key == row.Key }); i >= 0 {
		v.Changes[i].After = row.After
		return
	}
	v.Changes = append(v.Changes, row)
}

// markThen shows a mark as an event has it, a level by its name.
func (p *place) markThen(code, text string) string {
	mark, note, noted := strings.Cut(text, " (")
	leaf, ok := p.set.Leaf(code)
	if !ok || leaf.Rule.Type != rubric.RuleLevels {
		return auditMark(code, text)
	}
	level, ok := leaf.Rule.Level(mark)
	switch {
	case !ok:
		return auditMark(code, text)
	case noted:
		return level.Label + " (" + note
	}
	return level.Label
}
