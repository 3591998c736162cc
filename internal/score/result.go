package score

import (
	"encoding/json"

	"thanthien/internal/fault"
)

// State says how a leaf came to its points.
type State string

// The states of a leaf.
const (
	Scored  State = "scored"
	Missing State = "missing" // no mark, or a survey that blocks: counts 0
	Exempt  State = "na"      // marked not applicable
)

// Rules that a unit can fail.
const (
	FailMinTotal     = "min_total"
	FailMinGroup     = "min_group_percent" // also a stronger floor of one group
	FailMinCriterion = "min_criterion_percent"
	FailCondition    = "condition"
	FailBand         = "band"
	FailIncomplete   = "incomplete"
)

// Result is the exact outcome of one unit.
type Result struct {
	Unit       string
	Decimals   int // of every score
	Total      Points
	Groups     []GroupScore // in file order
	Leaves     []LeafScore  // in file order
	Complete   bool
	Recognised bool
	Band       string // "" unless recognised
	Failed     []Failed
	Rank       int // 0: not ranked (yet), because incomplete
	// Problems are marks that do not fit the set; their leaves count as missing.
	Problems []fault.Problem `bson:"-"`
}

// GroupScore is the exact sum of a group's leaves, capped for bonus and
// penalty groups. Earned and Applicable leave N/A leaves out: what floors see.
type GroupScore struct {
	Code       string
	Points     Points
	Earned     Points
	Applicable Points // sum of max
}

// LeafScore is one leaf. An N/A leaf has the points its mode gives it.
type LeafScore struct {
	Code   string
	Points Points
	State  State
}

// Failed is one requirement that was not met. Want and Got are decimals for
// min_total and band (the lowest band's minimum against the total), percents
// for the floors (Got rounded half up to two decimals), "true" and "false" for
// a condition, and "0" against the number of missing leaves for incomplete.
// Code is a group, leaf or condition, "" for the others.
type Failed struct {
	Rule string `json:"rule"`
	Code string `json:"code"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

// Group returns a group's score by its code.
func (r Result) Group(code string) (GroupScore, bool) {
	for _, g := range r.Groups {
		if g.Code == code {
			return g, true
		}
	}
	return GroupScore{}, false
}

// Leaf returns a leaf's score by its code.
func (r Result) Leaf(code string) (LeafScore, bool) {
	for _, l := range r.Leaves {
		if l.Code == code {
			return l, true
		}
	}
	return LeafScore{}, false
}

// Codes returns the codes of the leaves in one state, in file order.
func (r Result) Codes(s State) []string {
	codes := []string{}
	for _, l := range r.Leaves {
		if l.State == s {
			codes = append(codes, l.Code)
		}
	}
	return codes
}

// MarshalJSON writes the documented form, and the N/A leaves beside it.
func (r Result) MarshalJSON() ([]byte, error) {
	groups, leaves := make(object, len(r.Groups)), make(object, len(r.Leaves))
	for i, g := range r.Groups {
		groups[i] = member{g.Code, g.Points.String(r.Decimals)}
	}
	for i, l := range r.Leaves {
		leaves[i] = member{l.Code, l.Points.String(r.Decimals)}
	}
	var band, rank any
	if r.Recognised {
		band = r.Band
	}
	if r.Rank > 0 {
		rank = r.Rank
	}
	failed := r.Failed
	if failed == nil {
		failed = []Failed{}
	}
	return object{
		{"unit", r.Unit}, {"total", r.Total.String(r.Decimals)}, {"groups", groups}, {"leaves", leaves},
		{"complete", r.Complete}, {"missing", r.Codes(Missing)}, {"not_applicable", r.Codes(Exempt)},
		{"recognised", r.Recognised}, {"band", band}, {"failed", failed}, {"rank", rank},
	}.MarshalJSON()
}

// Report is the result of all units, in rank order, with an optional target.
type Report struct {
	Criteria string        `json:"criteria"`
	Version  int           `json:"version"`
	Units    []Result      `json:"units"`
	Target   *TargetResult `json:"target"`
}

var _ json.Marshaler = Result{}
