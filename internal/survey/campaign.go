package survey

import (
	"slices"
	"time"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// Limits of a campaign.
const (
	MaxCampaignTitle = 200 // characters
	MaxCampaignUnits = 20_000
	MaxPlanError     = 200 // thousandths
	DefaultRetention = 24  // months, as the consent texts promise
	MaxRetention     = 120 // months
	MaxMinSeconds    = 3600
	MaxDesks         = 50
	MaxDesk          = 100 // characters
)

// Campaign is one form version open to residents of a set of units between two
// times.
type Campaign struct {
	ID      string    `bson:"id"` // slug, unique
	Title   string    `bson:"title"`
	Period  string    `bson:"period,omitempty"` // the period whose scores it feeds
	FormID  string    `bson:"form"`
	FormVer int       `bson:"form_version"`
	Units   []string  `bson:"units"`            // codes, sorted
	Groups  []string  `bson:"groups,omitempty"` // a subset of the form's respondents; none: all of them
	Opens   time.Time `bson:"opens"`
	Closes  time.Time `bson:"closes"`
	Paused  bool      `bson:"paused,omitempty"`
	// Channels that take answers; none: all of them.
	Channels []Channel `bson:"channels,omitempty"`
	// Error is the e of the sample plan in thousandths; 0: DefaultError.
	Error int `bson:"error,omitempty"`
	// MinSeconds below which an answer is flagged fast; 0: FastPerQuestion for
	// each question shown.
	MinSeconds int `bson:"min_seconds,omitempty"`
	// RetainMonths after closing, the raw texts are erased; 0: DefaultRetention.
	RetainMonths int `bson:"retain,omitempty"`
	// Desks are the office desks that have a poster of their own. They are never
	// stored with an answer.
	Desks   []string `bson:"desks,omitempty"`
	Version int64    `bson:"-"`
}

// Open reports whether answers are taken at now.
func (c *Campaign) Open(now time.Time) bool {
	return !c.Paused && !now.Before(c.Opens) && now.Before(c.Closes)
}

// Accepts reports whether answers may come through a channel.
func (c *Campaign) Accepts(ch Channel) bool {
	return len(c.Channels) == 0 || slices.Contains(c.Channels, ch)
}

// Retention returns the months after closing in which raw texts are kept.
func (c *Campaign) Retention() int {
	if c.RetainMonths == 0 {
		return DefaultRetention
	}
	return c.RetainMonths
}

// PlanError returns the e of the campaign's sample plan.
func (c *Campaign) PlanError() Decimal {
	if c.Error == 0 {
		return DefaultError()
	}
	return Decimal{int64(c.Error), 3}
}

// Has reports whether the unit is in the campaign.
func (c *Campaign) Has(unit string) bool {
	_, found := slices.BinarySearch(c.Units, unit)
	return found
}

// Takes reports whether a respondent group may answer.
func (c *Campaign) Takes(form *Form, group string) bool {
	if len(c.Groups) > 0 && !slices.Contains(c.Groups, group) {
		return false
	}
	return slices.Contains(form.Respondents, group)
}

// RespondentGroups returns the groups that may answer, in the form's order.
func (c *Campaign) RespondentGroups(form *Form) []string {
	var groups []string
	for _, g := range form.Respondents {
		if c.Takes(form, g) {
			groups = append(groups, g)
		}
	}
	return groups
}

// Check returns every problem of the campaign that a form could mend.
func (c *Campaign) Check() []fault.Problem {
	var ps []fault.Problem
	if !Slug(c.ID) {
		ps = append(ps, fault.Problem{Path: "id", Key: "survey.campaign.id"})
	}
	if n := utf8.RuneCountInString(c.Title); n == 0 || n > MaxCampaignTitle {
		ps = append(ps, fault.Problem{Path: "title", Key: "survey.campaign.title", Args: []any{MaxCampaignTitle}})
	}
	if len(c.Units) == 0 || len(c.Units) > MaxCampaignUnits {
		ps = append(ps, fault.Problem{Path: "units", Key: "survey.campaign.units", Args: []any{MaxCampaignUnits}})
	}
	if c.Opens.IsZero() || !c.Closes.After(c.Opens) {
		ps = append(ps, fault.Problem{Path: "closes", Key: "survey.campaign.window"})
	}
	return ps
}

// MaxSlug is the length of the longest id used in URLs, in bytes.
const MaxSlug = 40

// Slug reports whether s may be an id in a URL: lower-case letters without
// accents, digits, and "-" or "_" between them, up to MaxSlug.
func Slug(s string) bool {
	if s == "" || len(s) > MaxSlug || s[0] == '-' || s[0] == '_' {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}
