package result

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// appealSet has leaves of several rules, a bonus, a penalty, a tie break and
// bands, so that a mark moves all that can move.
const appealSet = `id: thu
version: 1
title: Bộ thử
applies_to: [commune]
total: 20
decimals: 1
not_applicable: rescale
conditions: [{code: dk1, title: Điều kiện}]
groups:
  - {code: "1", title: Một, kind: normal, max: 10, criteria: [
      {code: "1.1", title: A, max: 5, evidence: required, rule: {type: points, step: 0.5}},
      {code: "1.2", title: B, max: 5, na: true, rule: {type: ratio}}]}
  - {code: "2", title: Hai, kind: normal, max: 10, criteria: [
      {code: "2.1", title: C, max: 10, rule: {type: levels, levels: [{code: a, label: Tốt, points: 10}, {code: b, label: Vừa, points: 7}, {code: c, label: Kém, points: 0}]}}]}
  - {code: T, title: Thưởng, kind: bonus, max: 2, criteria: [{code: T.1, title: D, max: 2, rule: {type: points, step: 0.5}}]}
tie_break: ["2"]
recognition:
  min_total: 12
  min_group_percent: 30
  conditions: all
  bands: [{code: tot, title: Tốt, min: 17}, {code: dat, title: Đạt, min: 12}]
`

var appealAt = time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)

// drawMark draws a sound mark of a leaf of appealSet.
func drawMark(t *rapid.T, code string) score.Mark {
	half := func(n int) string { return rubric.Frac(int64(rapid.IntRange(0, n).Draw(t, "halves")), 2).String() }
	switch code {
	case "1.1":
		return score.NewMark("points", half(10))
	case "1.2":
		if rapid.IntRange(0, 9).Draw(t, "na") == 0 {
			return score.NotApplicable()
		}
		return score.NewMark("numerator", fmt.Sprint(rapid.IntRange(0, 7).Draw(t, "n")), "denominator", "7")
	case "2.1":
		return score.NewMark("level", rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "level"))
	}
	return score.NewMark("points", half(4))
}

// appraised draws a dossier that two stages or one have concluded.
func appraised(t *rapid.T, p *dossier.Period, unit string) dossier.Dossier {
	d := dossier.Dossier{Period: p.ID, Unit: unit, Status: dossier.Appraisal, Stage: "tinh"}
	team := dossier.Team{Stage: "tinh", Round: rapid.IntRange(1, 2).Draw(t, "round")}
	for i := range rapid.IntRange(1, 3).Draw(t, "members") {
		team.Members = append(team.Members, fmt.Sprint("ng", i))
	}
	d.Teams = []dossier.Team{team}
	for _, m := range team.Members {
		changes := []dossier.Change{{Code: "?dk1", Mark: score.NewMark(dossier.Met, rapid.SampledFrom([]string{"true", "true", "true", "false"}).Draw(t, "met"))}}
		for _, code := range []string{"1.1", "1.2", "2.1", "T.1"} {
			changes = append(changes, dossier.Change{Code: code, Mark: drawMark(t, code)})
		}
		d.Save("tinh", changes, m, appealAt, "e")
		if unit == "u0" || rapid.IntRange(0, 5).Draw(t, "in") > 0 {
			must(t, d.Finish(dossier.Context{Login: m, Who: dossier.Member, Period: p, At: appealAt}))
		}
	}
	return d
}

func must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// What an appeal would change is what it changes once it is really decided:
// the unit's result and rank, everybody else's rank, the target.
func TestWhatIfIsWhatHappens(t *testing.T) {
	set, err := rubric.Parse([]byte(appealSet), "thu.yaml")
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	rapid.Check(t, func(t *rapid.T) {
		p := dossier.Period{ID: "2026", Title: "Kỳ", Steps: true, State: dossier.Open, Stages: []dossier.Stage{{Code: "self", Title: "Tự"}, {Code: "tinh", Title: "Tỉnh"}}, Target: dossier.Target{Percent: "60"}}
		b := base{Result: Result{Set: set}, percent: rubric.Int(60)}
		for i := range rapid.IntRange(1, 5).Draw(t, "units") {
			unit := fmt.Sprint("u", i)
			p.Units = append(p.Units, unit)
			b.Dossiers = append(b.Dossiers, appraised(t, &p, unit))
		}
		b.Period = p
		d := &b.Dossiers[0]
		who := func(login string, w dossier.Who) dossier.Context {
			return dossier.Context{Login: login, Who: w, Period: &p, At: appealAt, Today: "2026-11-01"}
		}
		must(t, d.Conclude(who("ng0", dossier.Member|dossier.Lead), true, "", ""))
		code := rapid.SampledFrom([]string{"1.1", "1.2", "2.1", "T.1"}).Draw(t, "code")
		must(t, d.Appeal(who("xa", dossier.Unit), map[string]string{code: "thiếu điểm"}))
		before, err := b.score("")
		must(t, err)
		mark := drawMark(t, code)
		got, err := before.WhatIf("u0", code, mark)
		must(t, err)
		again, err := b.score("")
		must(t, err)
		if diff := cmp.Diff(again.Ranked, before.Ranked, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("asking changed the result: %s", diff)
		}
		must(t, d.Decide(who("khac", dossier.Judge), code, true, mark, "đúng"))
		after, err := b.score("")
		must(t, err)
		ranks := map[string]int{}
		for _, x := range after.Ranked {
			ranks[x.Unit] = x.Rank
			if x.Unit == "u0" {
				if diff := cmp.Diff(x, got.After, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(score.Result{}, "Problems")); diff != "" {
					t.Fatalf("-really +foretold %s", diff)
				}
			}
		}
		if diff := cmp.Diff([2]score.TargetResult{before.Target, after.Target}, got.Targets); diff != "" {
			t.Fatalf("target -really +foretold %s", diff)
		}
		foretold := map[string]int{"u0": got.After.Rank}
		for _, m := range got.Moved {
			foretold[m.Unit] = m.After
			moved++
		}
		for _, x := range before.Ranked {
			if _, ok := foretold[x.Unit]; !ok {
				foretold[x.Unit] = x.Rank
			}
		}
		if diff := cmp.Diff(ranks, foretold); diff != "" {
			t.Fatalf("ranks -really +foretold %s", diff)
		}
	})
	if moved == 0 {
		t.Error("no rank ever moved: the test looks at nothing")
	}
}

// Passing over and under is told by the ranks before and after.
func TestWhatIfSaysWhoIsPassed(t *testing.T) {
	w := WhatIf{Unit: "x", Before: score.Result{Rank: 4}, After: score.Result{Rank: 2}}
	before := []score.Result{{Unit: "a", Rank: 1}, {Unit: "b", Rank: 2}, {Unit: "c", Rank: 3}, {Unit: "x", Rank: 4}, {Unit: "d", Rank: 4}, {Unit: "z"}}
	after := []score.Result{{Unit: "a", Rank: 1}, {Unit: "b", Rank: 2}, {Unit: "x", Rank: 2}, {Unit: "c", Rank: 4}, {Unit: "d", Rank: 5}, {Unit: "z"}}
	w.moves(before, after)
	want := []RankMove{{Unit: "c", Before: 3, After: 4, Passed: true}, {Unit: "d", Before: 4, After: 5}}
	if diff := cmp.Diff(want, w.Moved); diff != "" || w.Ranked != 5 {
		t.Errorf("%s, %d ranked", diff, w.Ranked)
	}
	r := Result{Set: &rubric.Set{}, Dossiers: []dossier.Dossier{{Unit: "x"}}}
	if _, err := r.WhatIf("khong-co", "1.1", score.Mark{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a unit without a dossier: %v", err)
	}
}
