package result

import (
	"context"
	"slices"
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
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
	Units    []ReplayUnit    `json:"units"` // in code order
	Before   []score.Result  `json:"-"`     // in rank order
	After    []score.Result  `json:"-"`
	Targets  [2]ReplayTarget `json:"targets"` // before, after
}

// ReplayUnit is one unit before and after.
type ReplayUnit struct {
	Unit   string      `json:"unit"`
	Name   string      `json:"name"`
	Before ReplayScore `json:"before"`
	After  ReplayScore `json:"after"`
	Change string      `json:"change"` // enter, leave, or "" when recognition stays
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
	if b.Period.Target.MinBand != "" && draft.BandIndex(b.Period.Target.MinBand) < 0 {
		b.Period.Target.MinBand = ""
	}
	after, err := b.score(stage)
	if err != nil {
		return nil, err
	}
	r := &Replay{
		Period: period, Stage: before.Stage.Code, Criteria: draft.ID, Version: draft.Version, Was: store.Ref(was.ID, was.Version),
		Before: before.Ranked, After: after.Ranked, Targets: [2]ReplayTarget{before.Target, after.Target}, Enter: []string{}, Leave: []string{},
	}
	for _, old := range before.Ranked {
		now, _ := after.One(old.Unit)
		r.compare(before.Units[old.Unit].Name, old, now)
	}
	slices.SortFunc(r.Units, func(a, b ReplayUnit) int { return strings.Compare(a.Unit, b.Unit) })
	slices.Sort(r.Enter)
	slices.Sort(r.Leave)
	return r, nil
}

func (r *Replay) compare(name string, old, now score.Result) {
	u := ReplayUnit{Unit: old.Unit, Name: name, Before: replayScore(old), After: replayScore(now)}
	switch {
	case now.Recognised && !old.Recognised:
		u.Change = "enter"
		r.Enter = append(r.Enter, u.Unit)
	case old.Recognised && !now.Recognised:
		u.Change = "leave"
		r.Leave = append(r.Leave, u.Unit)
	}
	r.Units = append(r.Units, u)
}

func replayScore(r score.Result) ReplayScore {
	return ReplayScore{
		Total: r.Total.String(r.Decimals), Rank: r.Rank, Complete: r.Complete, Recognised: r.Recognised, Band: r.Band,
		Missing: r.Codes(score.Missing), Failed: r.Failed,
	}
}
