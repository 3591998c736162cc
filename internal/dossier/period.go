// Package dossier holds the appraisal year: periods, and in each the dossiers
// of the units with their score layers. It says what may be changed when; it
// does not store and does not score.
package dossier

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// Limits of a period.
const (
	MaxTitle  = 200 // characters
	MaxStages = 6   // self and up to five appraisal stages
)

// SelfStage is the code of the first stage, in which a unit scores itself.
const SelfStage = "self"

// State is where a period stands.
type State string

// The states of a period, in order.
const (
	Draft     State = "draft"
	Open      State = "open"      // marks may be entered
	Locked    State = "locked"    // marks and survey results are frozen
	Published State = "published" // everybody may see the result
)

// Stage is a round of scoring.
type Stage struct {
	Code  string `bson:"code"`
	Title string `bson:"title"`
}

// Target is the share of units to be recognised by a date. Percent is a
// decimal; MinBand, when set, counts only recognitions at least that good.
type Target struct {
	Percent string `bson:"percent"`
	By      string `bson:"by,omitempty"` // 2006-01-02
	MinBand string `bson:"min_band,omitempty"`
}

// Period is one year or half-year of assessment. What it was opened with (the
// criteria set version, the units) never changes afterwards.
type Period struct {
	ID       string    `bson:"id"` // slug, unique
	Title    string    `bson:"title"`
	Year     int       `bson:"year"`
	Half     int       `bson:"half,omitempty"` // 1 or 2: of the year; 0: all of it
	SetID    string    `bson:"set"`
	SetVer   int       `bson:"set_version"`
	Scope    string    `bson:"scope"`           // unit code whose units are assessed; "" all
	On       string    `bson:"on"`              // units valid on this day, 2006-01-02
	Units    []string  `bson:"units,omitempty"` // frozen when opened, sorted
	Stages   []Stage   `bson:"stages"`
	Target   Target    `bson:"target"`
	State    State     `bson:"state"`
	Opened   time.Time `bson:"opened,omitzero"`
	Previous string    `bson:"previous,omitempty"` // the period shown as "last year"
	Version  int64     `bson:"-"`

	// Steps says that dossiers move through the states of Table. Without it the
	// period is free: marks may be entered at any stage while it is open.
	Steps       bool              `bson:"steps,omitempty"`
	Deadlines   map[string]string `bson:"deadlines,omitempty"` // step → last day, 2006-01-02; see Steps of the period
	Gate        Gate              `bson:"gate,omitzero"`
	Spread      string            `bson:"spread,omitempty"`       // points that members' totals may differ by; "" is DefaultSpread
	MaxAppeals  int               `bson:"max_appeals,omitempty"`  // criteria one unit may contest; 0 is DefaultAppeals
	ValidMonths int               `bson:"valid_months,omitempty"` // how long a recognition holds; 0 is DefaultValidMonths
	Head        string            `bson:"head,omitempty"`         // login of the council's head, who signs the lock off
	Checksum    string            `bson:"checksum,omitempty"`     // of what locking froze
	SignOff     SignOff           `bson:"signoff,omitzero"`       // cancelled by unlocking
}

// Days are the first and the last day that the period is about, as 2006-01-02.
func (p *Period) Days() (from, to string) {
	year := fmt.Sprintf("%04d", p.Year)
	from, to = year+"-01-01", year+"-12-31"
	switch p.Half {
	case 1:
		to = year + "-06-30"
	case 2:
		from = year + "-07-01"
	}
	return from, to
}

// Final is the code of the last stage, whose marks are the official score.
func (p *Period) Final() string { return p.Stages[len(p.Stages)-1].Code }

// Frozen reports whether marks and survey results may no longer change.
func (p *Period) Frozen() bool { return p.State == Locked || p.State == Published }

// Stage returns a stage by its code; "" asks for the final one.
func (p *Period) Stage(code string) (Stage, bool) {
	if code == "" {
		code = p.Final()
	}
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Code == code })
	if i < 0 {
		return Stage{}, false
	}
	return p.Stages[i], true
}

// Has reports whether the unit is assessed in the period.
func (p *Period) Has(unit string) bool {
	_, found := slices.BinarySearch(p.Units, unit)
	return found
}

// Check returns every problem that a form could mend. slug says whether an id
// may stand in a URL.
func (p *Period) Check(slug func(string) bool) []fault.Problem {
	var ps []fault.Problem
	bad := func(path, key string, args ...any) {
		ps = append(ps, fault.Problem{Path: path, Key: key, Args: args})
	}
	if !slug(p.ID) {
		bad("id", "dossier.id")
	}
	if n := utf8.RuneCountInString(p.Title); n == 0 || n > MaxTitle {
		bad("title", "dossier.title", MaxTitle)
	}
	if p.Year < 2000 || p.Year > 2200 {
		bad("year", "dossier.year")
	}
	if p.Half < 0 || p.Half > 2 {
		bad("half", "dossier.half")
	}
	if _, err := time.Parse(time.DateOnly, p.On); err != nil {
		bad("on", "dossier.date")
	}
	if _, err := time.Parse(time.DateOnly, p.Target.By); p.Target.By != "" && err != nil {
		bad("by", "dossier.date")
	}
	if len(p.Stages) < 2 || len(p.Stages) > MaxStages || p.Stages[0].Code != SelfStage {
		bad("stages", "dossier.stages", MaxStages)
	}
	seen := map[string]bool{}
	for _, s := range p.Stages {
		if !slug(s.Code) || s.Title == "" || seen[s.Code] {
			bad("stages", "dossier.stage", s.Code)
		}
		seen[s.Code] = true
	}
	return ps
}
