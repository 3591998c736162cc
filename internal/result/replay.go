package result

import (
	"context"
	"slices"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/unit"
)

// What a replay changes about a unit.
const (
	Enter      = "enter" // recognised only by the draft
	Leave      = "leave" // recognised only before
	OtherBand  = "band"  // recognised by both, in another band
	Incomplete = "short" // complete before, not by the draft, and recognised by neither
)

// Replay is a draft criteria set tried on a period's marks and survey results.
type Replay struct {
	Period   string          `json:"period"`
	Stage    string          `json:"stage"`
	Criteria string          `json:"criteria"` // of the draft
	Version  int             `json:"version"`
	Was      string          `json:"was"` // criteria of the period, ID@VERSION
	Enter    []string        `json:"enter"`
	Leave    []string        `json:"leave"`
	Units    []ReplayUnit    `json:"units"`    // in code order
	Gaps     []Gap           `json:"gaps"`     // criteria of the draft that units have no usable mark for
	Retitled []Retitled      `json:"retitled"` // criteria whose marks were given under another title
	Targets  [2]ReplayTarget `json:"targets"`  // before, after
	// LostBand is the band that the period's target asks for when the draft has
	// no such band; the target after then counts every recognised unit.
	LostBand string         `json:"lost_band,omitempty"`
	Before   []score.Result `json:"-"` // in rank order
	After    []score.Result `json:"-"`

	Sets   [2]*rubric.Set       `json:"-"` // the period's, the draft
	Of     dossier.Period       `json:"-"`
	At     dossier.Stage        `json:"-"`
	Places map[string]unit.Unit `json:"-"` // every unit by code
}

// ReplayUnit is one unit before and after.
type ReplayUnit struct {
	Unit   string      `json:"unit"`
	Name   string      `json:"name"`
	Before ReplayScore `json:"before"`
	After  ReplayScore `json:"after"`
	Change string      `json:"change"` // enter, leave, band, short or ""
}

// ReplayScore is a unit's result in short.
type ReplayScore struct {
	Total      string         `json:"total"`
	Rank       int            `json:"rank,omitempty"`
	Complete   bool           `json:"complete"`
	Recognised bool           `json:"recognised"`
	Band       string         `json:"band,omitempty"`
	Missing    []string       `json:"missing,omitempty"`
	Failed     []score.Failed `json:"failed,omitempty"`
}

// ReplayTarget is the target before or after.
type ReplayTarget = score.TargetResult

// Why units lack a mark for a criterion of the draft.
const (
	GapNew      = "new"      // the period's set has no such criterion
	GapUnfit    = "unfit"    // the marks given do not fit the draft's rule
	GapSurvey   = "survey"   // the survey gives no usable index
	GapUnmarked = "unmarked" // they were not marked in the period either
)

// Gap is a criterion of the draft without usable marks.
type Gap struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Why   string `json:"why"`
	Units int    `json:"units"` // how many lack it
}

// Retitled is a criterion that has the same code in both sets and another
// title: its marks are used, and people should see whether it is the same thing.
type Retitled struct {
	Code string `json:"code"`
	Was  string `json:"was"`
	Now  string `json:"now"`
}

// TryOn scores a period with another criteria set. Marks belong to criteria by
// code: a criterion of the draft that the period has no fitting mark for is
// missing, and its units incomplete. Nothing is stored.
func TryOn(ctx context.Context, s *store.Store, draft *rubric.Set, period, stage string) (*Replay, error) {
	b, err := load(ctx, s, period)
	if err != nil {
		return nil, err
	}
	before, err := b.score(stage)
	if err != nil {
		return nil, err
	}
	was := b.Set
	b.Set = draft
	r := &Replay{
		Period: period, Stage: before.Stage.Code, Criteria: draft.ID, Version: draft.Version, Was: store.Ref(was.ID, was.Version),
		Enter: []string{}, Leave: []string{}, Sets: [2]*rubric.Set{was, draft}, Of: b.Period, At: before.Stage, Places: b.Units,
	}
	if lost := b.Period.Target.MinBand; lost != "" && draft.BandIndex(lost) < 0 {
		r.LostBand, b.Period.Target.MinBand = lost, ""
	}
	after, err := b.score(stage)
	if err != nil {
		return nil, err
	}
	r.Before, r.After, r.Targets = before.Ranked, after.Ranked, [2]ReplayTarget{before.Target, after.Target}
	now := make(map[string]score.Result, len(after.Ranked))
	for _, x := range after.Ranked {
		now[x.Unit] = x
	}
	for _, old := range before.Ranked {
		r.compare(before.Units[old.Unit].Name, old, now[old.Unit])
	}
	slices.SortFunc(r.Units, func(a, b ReplayUnit) int { return strings.Compare(a.Unit, b.Unit) })
	slices.Sort(r.Enter)
	slices.Sort(r.Leave)
	r.Gaps, r.Retitled = gaps(r, b.Dossiers), retitled(was, draft)
	return r, nil
}

func retitled(was, draft *rubric.Set) []Retitled {
	list := []Retitled{}
	for _, leaf := range draft.Leaves() {
		if old, ok := was.Leaf(leaf.Code); ok && old.Title != leaf.Title && leaf.Rule.Type != rubric.RuleSurvey {
			list = append(list, Retitled{leaf.Code, old.Title, leaf.Title})
		}
	}
	return list
}

func (r *Replay) compare(name string, old, now score.Result) {
	u := ReplayUnit{Unit: old.Unit, Name: name, Before: replayScore(old), After: replayScore(now)}
	switch {
	case now.Recognised && !old.Recognised:
		u.Change = Enter
		r.Enter = append(r.Enter, u.Unit)
	case old.Recognised && !now.Recognised:
		u.Change = Leave
		r.Leave = append(r.Leave, u.Unit)
	case old.Band != now.Band:
		u.Change = OtherBand
	case old.Complete && !now.Complete:
		u.Change = Incomplete
	}
	r.Units = append(r.Units, u)
}

func replayScore(r score.Result) ReplayScore {
	return ReplayScore{
		Total: r.Total.String(r.Decimals), Rank: r.Rank, Complete: r.Complete, Recognised: r.Recognised, Band: r.Band,
		Missing: r.Codes(score.Missing), Failed: r.Failed,
	}
}

// gaps counts the criteria of the draft that are missing, in the draft's order,
// with why.
func gaps(r *Replay, dossiers []dossier.Dossier) []Gap {
	was, draft := r.Sets[0], r.Sets[1]
	given := map[string]map[string]bool{} // by unit, the criteria with a mark
	for i := range dossiers {
		marks := map[string]bool{}
		m := dossiers[i].Marks(r.Stage)
		for _, u := range append(m.Members, m) {
			for code := range u.Marks {
				marks[code] = true
			}
		}
		given[dossiers[i].Unit] = marks
	}
	units, marked := map[string]int{}, map[string]bool{}
	for _, x := range r.After {
		for _, code := range x.Codes(score.Missing) {
			units[code]++
			marked[code] = marked[code] || given[x.Unit][code]
		}
	}
	list := []Gap{}
	for _, leaf := range draft.Leaves() {
		n := units[leaf.Code]
		if n == 0 {
			continue
		}
		_, known := was.Leaf(leaf.Code)
		why := GapUnmarked
		switch {
		case leaf.Rule.Type == rubric.RuleSurvey && !marked[leaf.Code]:
			why = GapSurvey
		case !known:
			why = GapNew
		case marked[leaf.Code]:
			why = GapUnfit
		}
		list = append(list, Gap{Code: leaf.Code, Title: leaf.Title, Why: why, Units: n})
	}
	return list
}
