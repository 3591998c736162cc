package site

import (
	"slices"

	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The looks of a cell of the desk.
const (
	cellDone = "good"
	cellNow  = "warn"
	cellLate = "bad"
	cellNone = "off"
)

// columns are the headings of the steps.
func (d *stepDesk) columns() []string {
	list := []string{vi.Text("desk.register"), vi.Text("desk.self"), vi.Text("desk.submit")}
	for _, s := range d.period.Stages[1:] {
		list = append(list, s.Title)
	}
	return append(list, vi.Text("desk.decision"))
}

// cells are the steps of a dossier, as columns names them.
func (d *stepDesk) cells(x *dossier.Dossier) []view.StepCell {
	list := []view.StepCell{d.registerCell(x), d.selfCell(x), d.submitCell(x)}
	for _, s := range d.period.Stages[1:] {
		list = append(list, d.stageCell(x, s.Code))
	}
	list = append(list, d.decisionCell(x))
	for i, name := range d.columns() {
		list[i].Label = name
	}
	return list
}

func stepCell(key, look string, args ...any) view.StepCell {
	return view.StepCell{Text: vi.Text("desk."+key, args...), Look: look}
}

// due is how a step that waits looks: late when its day is over.
func (d *stepDesk) due(step string) string {
	switch {
	case d.period.State != dossier.Open:
		return cellNone
	case d.period.Past(step, d.today):
		return cellLate
	}
	return cellNow
}

func (d *stepDesk) registerCell(x *dossier.Dossier) view.StepCell {
	switch x.Status {
	case dossier.NotRegistered:
		return stepCell("notYet", d.due(dossier.StepRegister))
	case dossier.Registered:
		return stepCell("toApprove", cellNow)
	case dossier.Returned:
		return stepCell("returned", d.due(dossier.StepRegister))
	}
	return stepCell("done", cellDone)
}

// beforeScoring are the statuses in which a unit has nothing to score yet.
func beforeScoring(s dossier.Status) bool {
	return s == dossier.NotRegistered || s == dossier.Registered || s == dossier.Returned
}

func (d *stepDesk) selfCell(x *dossier.Dossier) view.StepCell {
	if beforeScoring(x.Status) {
		return stepCell("none", cellNone)
	}
	n, all := markedCount(x, dossier.SelfStage, d.codes), len(d.codes)
	if n >= all {
		return stepCell("progress", cellDone, n, all)
	}
	return stepCell("progress", d.due(dossier.StepSubmit), n, all)
}

func (d *stepDesk) submitCell(x *dossier.Dossier) view.StepCell {
	switch {
	case beforeScoring(x.Status):
		return stepCell("none", cellNone)
	case x.Status == dossier.Approved || x.Status == dossier.Scoring:
		return stepCell("notYet", d.due(dossier.StepSubmit))
	case x.Status == dossier.Completion:
		return stepCell("completion", cellNow)
	case !x.SubmittedAt.IsZero():
		return stepCell("on", cellDone, vi.Date(x.SubmittedAt))
	}
	return stepCell("done", cellDone)
}

func (d *stepDesk) stageCell(x *dossier.Dossier, stage string) view.StepCell {
	for _, c := range slices.Backward(x.Conclusions) {
		if c.Stage == stage && c.Propose {
			return stepCell("proposed", cellDone)
		} else if c.Stage == stage {
			return stepCell("notProposed", cellNone)
		}
	}
	now := x.Stage
	if now == "" {
		now = d.period.Stages[1].Code
	}
	team := x.Team(stage)
	switch {
	case now == stage && x.Status == dossier.Appraisal:
		return stepCell("sheets", d.due(stage), len(x.Finishers(stage)), len(team.Members))
	case now == stage && (x.Status == dossier.Submitted || x.Status == dossier.Resubmitted):
		return stepCell("toAccept", d.due(stage))
	case len(team.Members) > 0:
		return stepCell("assigned", cellNone, len(team.Members))
	}
	return stepCell("none", cellNone)
}

func (d *stepDesk) decisionCell(x *dossier.Dossier) view.StepCell {
	switch x.Status {
	case dossier.Recognised:
		return stepCell("recognised", cellDone, x.Recognition.Decision.Number)
	case dossier.NotRecognised:
		return stepCell("refused", cellNone)
	case dossier.Revoked:
		return stepCell("revoked", cellLate)
	case dossier.Appealed:
		return stepCell("appealed", d.due(dossier.StepAppeal))
	case dossier.Proposed:
		return stepCell("waits", cellNow)
	}
	return stepCell("none", cellNone)
}
