package dossier

import (
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// What a period with steps has unless it says otherwise.
const (
	DefaultSpread      = "10" // points between two members' totals
	DefaultAppeals     = 5    // criteria
	DefaultValidMonths = 12
	MaxValidMonths     = 120
	// CompletionDays is how long a unit has to complete its dossier.
	CompletionDays = 7
	MaxAppealLimit = 100 // criteria
)

// The steps that have a deadline besides the appraisal stages, which are named
// by their codes.
const (
	StepRegister = "register"
	StepSubmit   = "submit"
	StepAppeal   = "appeal"
)

// Gate is what a unit must bring to register.
type Gate struct {
	Conditions bool   `bson:"conditions,omitempty"` // declares every condition of the set met
	LastYear   bool   `bson:"last_year,omitempty"`  // would have been recognised in the period before
	MinSelf    string `bson:"min_self,omitempty"`   // least provisional self-score, in points; "" none
}

// SignOff is the council's head confirming what a lock froze.
type SignOff struct {
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
	Checksum string    `bson:"checksum"`
}

// Signed reports whether the head signed what is frozen now.
func (p *Period) Signed() bool {
	return p.Frozen() && p.SignOff.By != "" && p.SignOff.Checksum == p.Checksum
}

// StepCodes lists the steps that may have a deadline, in the order of the year.
func (p *Period) StepCodes() []string {
	list := []string{StepRegister, StepSubmit}
	for _, s := range p.Stages[1:] {
		list = append(list, s.Code)
	}
	return append(list, StepAppeal)
}

// SpreadLimit is the difference of two members' totals that is still taken.
func (p *Period) SpreadLimit() rubric.Num {
	n, err := rubric.ParseNum(p.Spread)
	if err != nil {
		n, _ = rubric.ParseNum(DefaultSpread)
	}
	return n
}

// AppealLimit is the number of criteria one unit may contest.
func (p *Period) AppealLimit() int {
	if p.MaxAppeals == 0 {
		return DefaultAppeals
	}
	return p.MaxAppeals
}

// Validity is how many months a recognition holds.
func (p *Period) Validity() int {
	if p.ValidMonths == 0 {
		return DefaultValidMonths
	}
	return p.ValidMonths
}

// CompletionDay is the last day of a completion that is asked for without one:
// some days from today, but not after the stage's own last day while that is
// still to come.
func (p *Period) CompletionDay(stage, today string) string {
	t, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return ""
	}
	day := t.AddDate(0, 0, CompletionDays).Format(time.DateOnly)
	if last := p.Deadlines[stage]; last >= today {
		day = min(day, last)
	}
	return day
}

// Past reports whether the last day of a step is over; today is 2006-01-02 in
// the province's zone. A step without a deadline never is.
func (p *Period) Past(step, today string) bool {
	return p.Deadlines[step] != "" && today > p.Deadlines[step]
}

// CheckSteps returns every problem of the settings of a period with steps that
// a form could mend. Paths are deadline:STEP, spread, max_appeals,
// valid_months and min_self.
func (p *Period) CheckSteps() []fault.Problem {
	var ps []fault.Problem
	bad := func(path, key string, args ...any) {
		ps = append(ps, fault.Problem{Path: path, Key: key, Args: args})
	}
	last := ""
	for _, step := range p.StepCodes() {
		day := p.Deadlines[step]
		if day == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			bad("deadline:"+step, "dossier.date")
		} else if day < last {
			bad("deadline:"+step, "dossier.deadlineOrder")
		}
		last = max(last, day)
	}
	for path, text := range map[string]string{"spread": p.Spread, "min_self": p.Gate.MinSelf} {
		if n, err := rubric.ParseNum(text); text != "" && (err != nil || n.Sign() < 0) {
			bad(path, "dossier.points")
		}
	}
	if p.MaxAppeals < 0 || p.MaxAppeals > MaxAppealLimit {
		bad("max_appeals", "dossier.count", MaxAppealLimit)
	}
	if p.ValidMonths < 0 || p.ValidMonths > MaxValidMonths {
		bad("valid_months", "dossier.count", MaxValidMonths)
	}
	return ps
}
