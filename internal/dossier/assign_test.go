package dossier_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/dossier"
)

// smallAssignment draws one that can be searched through as a whole.
func smallAssignment(t *rapid.T) dossier.Assignment {
	a := dossier.Assignment{
		Members: rapid.IntRange(1, 3).Draw(t, "members"), Seed: rapid.Uint64().Draw(t, "seed"),
		Recused: map[string][]string{}, LastYear: map[string][]string{}, Keep: map[string][]string{}, Load: map[string]int{},
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "units") {
		a.Units = append(a.Units, fmt.Sprint("u", i))
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "people") {
		a.Appraisers = append(a.Appraisers, fmt.Sprint("p", i))
	}
	for _, p := range a.Appraisers {
		a.Load[p] = rapid.IntRange(0, 2).Draw(t, "load")
		for _, u := range a.Units {
			switch rapid.IntRange(0, 7).Draw(t, "pair") {
			case 0, 1:
				a.Recused[p] = append(a.Recused[p], u)
			case 2, 3:
				a.LastYear[p] = append(a.LastYear[p], u)
			case 4:
				a.Keep[u] = append(a.Keep[u], p)
			}
		}
	}
	return a
}

// best searches every choice for the smallest sum of squared loads and, with
// it, the fewest pairs of last year.
func best(a dossier.Assignment) (squares, again int) {
	squares = -1
	load := maps.Clone(a.Load)
	for _, kept := range a.Keep {
		for _, p := range kept {
			load[p]++
		}
	}
	var try func(u, pairs int)
	try = func(u, pairs int) {
		if u == len(a.Units) {
			sum := 0
			for _, p := range a.Appraisers {
				sum += load[p] * load[p]
			}
			if squares < 0 || sum < squares || sum == squares && pairs < again {
				squares, again = sum, pairs
			}
			return
		}
		code := a.Units[u]
		var free []string
		for _, p := range a.Appraisers {
			if !slices.Contains(a.Recused[p], code) && !slices.Contains(a.Keep[code], p) {
				free = append(free, p)
			}
		}
		need := min(max(a.Members-len(a.Keep[code]), 0), len(free))
		for mask := range 1 << len(free) {
			n, more := 0, 0
			for i, p := range free {
				if mask>>i&1 == 1 {
					n++
					if slices.Contains(a.LastYear[p], code) {
						more++
					}
				}
			}
			if n != need {
				continue
			}
			for i, p := range free {
				load[p] += mask >> i & 1
			}
			try(u+1, pairs+more)
			for i, p := range free {
				load[p] -= mask >> i & 1
			}
		}
	}
	try(0, 0)
	return squares, again
}

// No other choice is more equal, none that is as equal has fewer pairs of last
// year, and nobody gets what they must not.
func TestBalanceIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := smallAssignment(t)
		got := dossier.Balance(a)
		checkTeams(t, a, got)
		squares, again := 0, 0
		for _, n := range got.Load {
			squares += n * n
		}
		for _, units := range got.Again {
			again += len(units)
		}
		wantSquares, wantAgain := best(a)
		if squares != wantSquares || again != wantAgain {
			t.Fatalf("squares %d, last year %d; possible are %d, %d", squares, again, wantSquares, wantAgain)
		}
		if diff := cmp.Diff(got, dossier.Balance(a)); diff != "" {
			t.Fatalf("the same seed gives something else:\n%s", diff)
		}
	})
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func checkTeams(t fataler, a dossier.Assignment, got dossier.Assigned) {
	t.Helper()
	load := map[string]int{}
	for _, p := range a.Appraisers {
		load[p] = a.Load[p]
	}
	for _, u := range a.Units {
		team := got.Teams[u]
		if len(slices.Compact(slices.Sorted(slices.Values(team)))) != len(team) {
			t.Fatalf("%s: somebody twice in %v", u, team)
		}
		if keep := a.Keep[u]; !slices.Equal(team[:len(keep)], keep) {
			t.Fatalf("%s: %v should stay, got %v", u, keep, team)
		}
		may := 0
		for _, p := range a.Appraisers {
			if !slices.Contains(a.Recused[p], u) && !slices.Contains(a.Keep[u], p) {
				may++
			}
		}
		for _, p := range team {
			load[p]++
			if slices.Contains(a.Recused[p], u) && !slices.Contains(a.Keep[u], p) {
				t.Fatalf("%s is given to %s, who is recused", u, p)
			}
		}
		want := max(len(a.Keep[u]), min(a.Members, len(a.Keep[u])+may))
		if len(team) != want || got.Short[u] != max(a.Members-len(team), 0) {
			t.Fatalf("%s: %d members, want %d, short %d", u, len(team), want, got.Short[u])
		}
	}
	if diff := cmp.Diff(load, got.Load); diff != "" {
		t.Fatalf("loads: %s", diff)
	}
}

// A province: loads differ by one at most and it takes no time.
func TestBalanceProvince(t *testing.T) {
	a := dossier.Assignment{Members: 3, Seed: 2026, Recused: map[string][]string{}, LastYear: map[string][]string{}}
	for i := range 209 {
		a.Units = append(a.Units, fmt.Sprintf("%05d", 7000+i))
	}
	for i := range 40 {
		p := fmt.Sprintf("thamdinh%02d", i)
		a.Appraisers = append(a.Appraisers, p)
		for n := range 15 {
			a.Recused[p] = append(a.Recused[p], a.Units[(i*31+n)%209])
			a.LastYear[p] = append(a.LastYear[p], a.Units[(i*17+n*3)%209])
		}
	}
	start := time.Now()
	got := dossier.Balance(a)
	checkTeams(t, a, got)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	if got.Spread() > 1 || len(got.Short) > 0 {
		t.Errorf("spread %d, short %v", got.Spread(), got.Short)
	}
	again := 0
	for _, units := range got.Again {
		again += len(units)
	}
	if again > 0 {
		t.Errorf("%d pairs of last year were not avoided", again)
	}
	a.Seed++
	if cmp.Equal(got.Teams, dossier.Balance(a).Teams) {
		t.Error("another seed gives the same teams")
	}
}
