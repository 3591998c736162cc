package site

import (
	"strings"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The states of a step.
const (
	stepDone, stepNow, stepTodo, stepBad = "done", "now", "todo", "bad"
)

// phase is how far a status has come in the year.
func phase(s dossier.Status) int {
	switch s {
	case dossier.NotRegistered, dossier.Returned:
		return 0
	case dossier.Registered:
		return 1
	case dossier.Approved, dossier.Scoring:
		return 2
	case dossier.Completion:
		return 3
	case dossier.Submitted, dossier.Resubmitted, dossier.Appraisal:
		return 4
	case dossier.Proposed, dossier.NotProposed, dossier.Appealed:
		return 5
	}
	return 6
}

// dossierSteps makes the list of steps of a dossier for one reader.
type dossierSteps struct {
	*place
	names func(string) string
	today string
}

// steps are the steps of the year with where this dossier stands in them.
func (p *place) steps(names func(string) string, today string) []view.DossierStep {
	w := dossierSteps{p, names, today}
	list := []view.DossierStep{w.register(), w.approve(), w.self(), w.submit()}
	for _, st := range p.period.Stages[1:] {
		list = append(list, w.stage(st))
	}
	list = append(list, w.conclusion(), w.appeal(), w.decision())
	for i := range list {
		if list[i].StateText == "" {
			list[i].StateText = vi.Text("home.state_" + list[i].State)
		}
	}
	return list
}

// at is the state of a step of a phase.
func (w dossierSteps) at(n int) string {
	switch now := phase(w.dossier.Status); {
	case now > n:
		return stepDone
	case now == n:
		return stepNow
	}
	return stepTodo
}

// step fills in its last day while it is not done.
func (w dossierSteps) step(key, state, day string) view.DossierStep {
	v := view.DossierStep{Title: vi.Text(key), State: state}
	if state != stepDone {
		v.Until, _, v.Late = w.untilWords(day, w.today)
	}
	return v
}

// did says who did it when; the unit is not told which appraiser.
func (w dossierSteps) did(v *view.DossierStep, by string, at time.Time, team bool) {
	if at.IsZero() {
		return
	}
	v.When, v.Who = vi.DateTime(at), w.names(by)
	if team && !w.inside() {
		v.Who = vi.Text("home.team")
	}
}

func (w dossierSteps) register() view.DossierStep {
	r := w.dossier.Registration
	v := w.step("home.step_register", w.at(0), w.period.Deadlines[dossier.StepRegister])
	if v.State == stepDone {
		w.did(&v, r.By, r.At, false)
	}
	if r.Self != "" && v.State == stepDone {
		v.Notes = append(v.Notes, vi.Text("home.selfDeclared", vi.Decimal(r.Self)))
	}
	if w.dossier.Status == dossier.Returned {
		v.State = stepBad
		v.Notes = append(v.Notes, vi.Text("home.returned", r.Reason))
	}
	return v
}

func (w dossierSteps) approve() view.DossierStep {
	v := w.step("home.step_approve", w.at(1), "")
	if r := w.dossier.Registration; v.State == stepDone {
		w.did(&v, r.Decided, r.DecidedAt, false)
	}
	return v
}

func (w dossierSteps) self() view.DossierStep {
	v := w.step("home.step_self", w.at(2), w.period.Deadlines[dossier.StepSubmit])
	if done, all := w.marked(dossier.SelfStage); v.State == stepNow || v.State == stepDone {
		v.Notes = append(v.Notes, vi.Text("home.marked", done, all))
	}
	return v
}

// marked counts the criteria of a shared stage that have a mark.
func (p *place) marked(stage string) (done, all int) {
	for i, pr := range progressOf(p.set, p.period, &p.dossier) {
		if p.period.Stages[i].Code == stage {
			return pr.Done, pr.All
		}
	}
	return 0, 0
}

func (w dossierSteps) submit() view.DossierStep {
	d := &w.dossier
	v := w.step("home.step_submit", w.at(3), w.period.Deadlines[dossier.StepSubmit])
	if !d.SubmittedAt.IsZero() {
		v.When = vi.DateTime(d.SubmittedAt)
		v.Who = w.unit.Name
	}
	for _, r := range d.Completions {
		until := ""
		if r.Until != "" {
			until = vi.Text("home.askedUntil", shownDay(r.Until))
		}
		v.Notes = append(v.Notes, vi.Text("home.asked", vi.Date(r.At), until))
		if !r.Answered.IsZero() {
			v.Notes = append(v.Notes, vi.Text("home.answered", vi.DateTime(r.Answered)))
		}
	}
	if d.Status == dossier.Completion {
		v.Until, _, v.Late = w.untilWords(d.Completions[len(d.Completions)-1].Until, w.today)
	}
	return v
}

// stage is an appraisal stage: who scores, how many sheets are in, and what it
// concluded.
func (w dossierSteps) stage(st dossier.Stage) view.DossierStep {
	d := &w.dossier
	state := w.at(4)
	if state == stepNow && st.Code != w.stageNow() {
		state = stepTodo
	}
	day, skipped := w.period.Deadlines[st.Code], state == stepDone && !d.Concluded(st.Code)
	if d.Concluded(st.Code) {
		state = stepDone
	} else if skipped { // an earlier stage did not propose it
		state, day = stepTodo, ""
	}
	v := w.step("home.step_stage", state, day)
	v.Title = stageStep(st.Title)
	if skipped {
		v.StateText = vi.Text("home.state_skipped")
	}
	if t := d.Team(st.Code); w.inside() && len(t.Members) > 0 && state == stepNow {
		in, all := sheetsIn(d, st.Code)
		v.Notes = append(v.Notes, vi.Text("home.sheets", in, all, t.Round))
	}
	for _, c := range d.Conclusions {
		if c.Stage == st.Code {
			w.did(&v, c.By, c.At, true)
			v.Notes = append(v.Notes, w.concluded(c))
		}
	}
	return v
}

// stageStep names a stage among the steps; most names say already what is done.
func stageStep(title string) string {
	long := vi.Text("home.step_stage", title)
	what, _, _ := strings.Cut(long, ":")
	if strings.HasPrefix(vi.Fold(title), vi.Fold(what)) {
		return title
	}
	return long
}

// concluded is a conclusion in words.
func (w dossierSteps) concluded(c dossier.Conclusion) string {
	key := "home.reject"
	if c.Propose {
		key = "home.propose"
	}
	text := vi.Text(key)
	if c.Total != "" {
		text = vi.Text("home.withTotal", text, vi.Decimal(c.Total))
	}
	if c.Note != "" {
		text = vi.Text("home.withNote", text, c.Note)
	}
	return text
}

func (w dossierSteps) conclusion() view.DossierStep {
	d := &w.dossier
	v := w.step("home.step_conclusion", stepTodo, "")
	n := len(d.Conclusions)
	if phase(d.Status) < 5 || n == 0 {
		return v
	}
	last := d.Conclusions[n-1]
	v.State = stepDone
	w.did(&v, last.By, last.At, true)
	v.Notes = []string{w.concluded(last)}
	if !last.Propose {
		v.State = stepBad
	}
	return v
}

func (w dossierSteps) appeal() view.DossierStep {
	d := &w.dossier
	day := w.period.Deadlines[dossier.StepAppeal]
	v := w.step("home.step_appeal", w.at(5), day)
	waiting := len(d.Waiting())
	switch {
	case v.State == stepNow && d.Status != dossier.Appealed && (w.period.Past(dossier.StepAppeal, w.today) || w.period.Frozen()):
		v.State = stepDone
	case v.State == stepNow && d.Status != dossier.Appealed:
		v.Late, v.StateText = false, vi.Text("home.state_open")
	}
	if len(d.Appeals) > 0 {
		v.Notes = append(v.Notes, vi.Text("home.appeals", len(d.Appeals), len(d.Appeals)-waiting))
	} else if v.State == stepDone {
		v.Notes = append(v.Notes, vi.Text("home.noAppeals"))
	}
	return v
}

func (w dossierSteps) decision() view.DossierStep {
	d := &w.dossier
	v := w.step("home.step_decision", w.at(6), "")
	if v.State != stepNow { // the last phase has nothing behind it
		if d.Status != dossier.Appealed && phase(d.Status) == 5 && w.period.Frozen() {
			v.State = stepNow
		}
		return v
	}
	r := d.Recognition
	v.State, v.StateText = stepDone, vi.Words(d.Status)
	w.did(&v, r.By, r.At, false)
	switch d.Status {
	case dossier.NotRecognised:
		v.State = stepBad
		return v
	case dossier.Revoked:
		v.State = stepBad
	}
	v.Notes = append(v.Notes, vi.Text("home.decision", r.Decision.Number, shownDay(r.Decision.Day), bandTitle(w.set, r.Band)))
	if r.Until != "" {
		v.Notes = append(v.Notes, vi.Text("home.validUntil", shownDay(r.Until)))
	}
	if d.Status == dossier.Revoked {
		v.Notes = append(v.Notes, vi.Text("home.revoked", r.Revoked.Number, shownDay(r.Revoked.Day), r.Reason))
	}
	return v
}
