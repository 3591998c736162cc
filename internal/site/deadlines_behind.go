package site

import (
	"slices"
	"time"

	"thanthien/internal/dossier"
)

// stepCompletion is the step of what units were asked to complete; its last day
// is each dossier's own.
const stepCompletion = "completion"

// Why a dossier is behind at a step; the words are at "deadline.why.".
const (
	whyRegister   = "register"   // not registered
	whyReturned   = "returned"   // registration came back
	whySubmit     = "submit"     // not submitted
	whyCompletion = "completion" // asked to complete
	whyAccept     = "accept"     // submitted, not taken up
	whyTeam       = "team"       // nobody is assigned
	whySheets     = "sheets"     // members have not finished
	whyConclude   = "conclude"   // no conclusion yet
	whyAppeal     = "appeal"     // appeals wait for a decision
)

// behind is a dossier that has not done a step.
type behind struct {
	unit, step, why string
	day             string   // last day, 2006-01-02; "" for none
	officers        bool     // the unit's officers must act
	who             []string // else these appraisers; nobody: the manager
}

// yearSteps lists the steps of a period that somebody can be behind at, in the
// order of the year.
func yearSteps(p *dossier.Period) []string {
	codes := p.StepCodes()
	return slices.Insert(codes, slices.Index(codes, dossier.StepSubmit)+1, stepCompletion)
}

// behindAt reports whether a dossier is behind at a step, and how. A unit that
// never registered is behind at registering alone, for it takes no part.
func behindAt(p *dossier.Period, d *dossier.Dossier, step string) (behind, bool) {
	b := behind{unit: d.Unit, step: step, day: p.Deadlines[step]}
	switch step {
	case dossier.StepRegister:
		b.officers = true
		switch d.Status {
		case dossier.NotRegistered:
			b.why = whyRegister
		case dossier.Returned:
			b.why = whyReturned
		}
	case dossier.StepSubmit:
		b.officers = true
		if d.Status == dossier.Approved || d.Status == dossier.Scoring {
			b.why = whySubmit
		}
	case stepCompletion:
		b.officers = true
		if d.Status == dossier.Completion {
			b.why = whyCompletion
			if n := len(d.Completions); n > 0 {
				b.day = d.Completions[n-1].Until
			}
		}
	case dossier.StepAppeal:
		if d.Status == dossier.Appealed {
			b.why = whyAppeal
		}
	default:
		b.why, b.who = behindStage(p, d, step)
	}
	return b, b.why != ""
}

// behindStage says what is missing at an appraisal stage, and whose turn it is.
func behindStage(p *dossier.Period, d *dossier.Dossier, stage string) (why string, who []string) {
	now := d.Stage
	if now == "" && len(p.Stages) > 1 {
		now = p.Stages[1].Code
	}
	if now != stage {
		return "", nil
	}
	team := d.Team(stage)
	switch {
	case d.Status == dossier.Submitted || d.Status == dossier.Resubmitted:
		return whyAccept, team.Members
	case d.Status != dossier.Appraisal:
		return "", nil
	case len(team.Members) == 0:
		return whyTeam, nil
	case d.AllIn(stage):
		return whyConclude, team.Members[:1]
	}
	for _, m := range team.Members {
		if !d.Finished(dossier.Layer{Stage: stage, Member: m, Round: team.Round}) {
			who = append(who, m)
		}
	}
	return whySheets, who
}

// milestones are the days before (after: negative) a last day on which those
// who are behind are reminded, the latest first.
var milestones = []int{-1, 1, 3, 7}

// lateReminder is how many days after the last day a reminder that could not be
// given before is still given.
const lateReminder = 3

// milestone returns the day that a reminder given today is for: the latest of
// the milestones that has passed. ok is false when none is due. A process that
// did not run on the very day gives it later.
func milestone(day, today string) (on string, left int, ok bool) {
	last, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", 0, false
	}
	left, ok = daysBetween(today, day)
	if !ok || left < -lateReminder {
		return "", 0, false
	}
	for _, m := range milestones {
		if left <= m {
			return last.AddDate(0, 0, -m).Format(time.DateOnly), left, true
		}
	}
	return "", 0, false
}

// daysBetween is the number of days from one day to another.
func daysBetween(from, to string) (int, bool) {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	return int(b.Sub(a).Hours() / 24), err1 == nil && err2 == nil
}
