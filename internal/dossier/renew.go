package dossier

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/fault"
)

// Renewed returns the draft of a period a year after p with all its settings,
// every day a year later: what the manager starts from. Its id and title name
// the year that p's named, one higher; what belongs to p alone is left out.
func (p *Period) Renewed() Period {
	n := Period{
		ID: yearLater(p.ID, p.Year), Title: yearLater(p.Title, p.Year), Year: p.Year + 1, Half: p.Half, SetID: p.SetID, SetVer: p.SetVer, Scope: p.Scope, On: dayLater(p.On),
		Stages: slices.Clone(p.Stages), Target: p.Target, State: Draft, Previous: p.ID,
		Steps: p.Steps, Deadlines: maps.Clone(p.Deadlines), Gate: p.Gate, Spread: p.Spread, MaxAppeals: p.MaxAppeals, ValidMonths: p.ValidMonths, Head: p.Head,
	}
	n.Target.By = dayLater(p.Target.By)
	for step, day := range n.Deadlines {
		n.Deadlines[step] = dayLater(day)
	}
	return n
}

func yearLater(s string, year int) string {
	return strings.ReplaceAll(s, strconv.Itoa(year), strconv.Itoa(year+1))
}

// dayLater is the same day of the next year; 29 February becomes the 28th. What
// is no day stays.
func dayLater(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	later := t.AddDate(1, 0, 0)
	if later.Day() != t.Day() {
		later = later.AddDate(0, 0, -later.Day())
	}
	return later.Format(time.DateOnly)
}

// CheckHead returns the problem of an account as the council's head, if any;
// known says that there is such an account. Whoever signs must see all results
// and appraise none of them.
func CheckHead(u account.User, known bool) []fault.Problem {
	switch {
	case !known || u.Disabled:
		return []fault.Problem{{Path: "head", Key: "dossier.noHead"}}
	case !u.Role.May(account.SeeLeader):
		return []fault.Problem{{Path: "head", Key: "dossier.headRole", Args: []any{u.Login}}}
	}
	return nil
}

// MayChangeSettings returns why the settings that do no harm to a running
// period (deadlines, spread limit, appeal limit, validity, the council's head)
// may not be changed now, or nil.
func (p *Period) MayChangeSettings() error {
	if p.State == Published {
		return fault.New(fault.Conflict, "dossier.settled", p.Title)
	}
	return nil
}
