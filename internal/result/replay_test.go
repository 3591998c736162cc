package result_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thanthien/criteria"
	"thanthien/internal/demo"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

func demoStore(t *testing.T) *store.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "demo.db"), store.Collections())
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	s, err := store.New(context.Background(), store.Options{DB: db, Clock: func() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC) }})
	ok(t, err)
	ok(t, demo.Fill(t.Context(), s, s.Now()))
	return s
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sample(t *testing.T, id string) *rubric.Set {
	t.Helper()
	data, err := fs.ReadFile(criteria.Sets(), id+".yaml")
	ok(t, err)
	set, err := rubric.Parse(data, id)
	ok(t, err)
	return set
}

// changed returns a sound copy of a set after a change.
func changed(t *testing.T, set *rubric.Set, change func(*rubric.Set)) *rubric.Set {
	t.Helper()
	c := set.Clone()
	change(&c)
	made, err := rubric.New(c)
	ok(t, err)
	return made
}

// apart scores a period with a set the way the command line does: from a marks
// file and a survey file, through their JSON, unit by unit.
func apart(t *testing.T, s *store.Store, set *rubric.Set, period, stage string) map[string]score.Result {
	t.Helper()
	dossiers, err := s.Dossiers(t.Context(), period)
	ok(t, err)
	var file score.MarksFile
	for i := range dossiers {
		file.Units = append(file.Units, dossiers[i].Marks(stage))
	}
	data, err := json.Marshal(file)
	ok(t, err)
	reports, err := result.Surveys(t.Context(), s, period)
	ok(t, err)
	tally, err := json.Marshal(reports)
	ok(t, err)
	survey, err := score.ParseSurvey(tally, "tally.json")
	ok(t, err)
	marks, err := score.ParseMarks(data, "marks.json", set)
	if err != nil { // marks that do not fit this set: they are read against none, and count as missing
		marks = score.MarksFile{}
		ok(t, json.NewDecoder(bytes.NewReader(data)).Decode(&marks))
	}
	out := map[string]score.Result{}
	for _, u := range marks.Units {
		out[u.Unit] = score.Score(set, u, survey)
	}
	return out
}

// A replay lists exactly the units whose recognition changes, as two scorings
// that know nothing of each other say, for closed years and the open one.
func TestReplayAgainstTwoScorings(t *testing.T) {
	s := demoStore(t)
	dn, bg := sample(t, "mau-than-thien-dn@1"), sample(t, "mau-than-thien-bg@1")
	seventy, forty := rubric.Int(70), rubric.Int(40)
	drafts := map[string]*rubric.Set{
		"dn": dn, "bg": bg,
		"dn without conditions": changed(t, dn, func(c *rubric.Set) {
			c.Recognition.Conditions, c.Recognition.MinTotal = rubric.ConditionsNone, &seventy
			c.Recognition.Bands[3].Min = seventy
		}),
		"bg milder": changed(t, bg, func(c *rubric.Set) {
			c.Recognition.MinGroupPercent, c.Recognition.MinTotal, c.Recognition.Conditions = &forty, &seventy, rubric.ConditionsNone
			c.Recognition.Groups = nil
			c.Recognition.Bands[len(c.Recognition.Bands)-1].Min = seventy
		}),
	}
	moved := map[string]int{}
	for name, draft := range drafts {
		for _, year := range []string{"2024", "2025", "2026"} {
			for _, stage := range []string{"self", "province"} {
				got, err := result.TryOn(t.Context(), s, draft, year, stage)
				ok(t, err)
				period, err := s.Period(t.Context(), year)
				ok(t, err)
				was, err := s.Set(t.Context(), period.SetID, period.SetVer)
				ok(t, err)
				before, after := apart(t, s, was, year, stage), apart(t, s, draft, year, stage)
				enter, leave := []string{}, []string{}
				for _, code := range period.Units {
					switch b, a := before[code], after[code]; {
					case a.Recognised && !b.Recognised:
						enter = append(enter, code)
					case b.Recognised && !a.Recognised:
						leave = append(leave, code)
					}
				}
				slices.Sort(enter)
				slices.Sort(leave)
				if diff := cmp.Diff([][]string{enter, leave}, [][]string{got.Enter, got.Leave}); diff != "" {
					t.Errorf("%s on %s at %s: %s", name, year, stage, diff)
				}
				for _, u := range got.Units {
					b, a := before[u.Unit], after[u.Unit]
					if u.Before.Total != b.Total.String(b.Decimals) || u.After.Total != a.Total.String(a.Decimals) || u.Before.Band != b.Band || u.After.Band != a.Band {
						t.Errorf("%s on %s, %s: %+v, scored apart %v and %v", name, year, u.Unit, u, b.Total, a.Total)
					}
				}
				moved["enter"] += len(enter)
				moved["leave"] += len(leave)
				t.Logf("%s on %s at %s: %d enter, %d leave of %d", name, year, stage, len(enter), len(leave), len(got.Units))
			}
		}
	}
	if moved["enter"] == 0 || moved["leave"] == 0 {
		t.Errorf("nothing moved: %v", moved)
	}
}

// What a draft has no usable marks for is told with the reason.
func TestReplayGaps(t *testing.T) {
	s := demoStore(t)
	draft := changed(t, sample(t, "mau-than-thien-dn@1"), func(c *rubric.Set) {
		c.ID, c.Version = "thu", 1
		leaves := c.Groups[0].Criteria[0].Criteria
		leaves[0].Code = "1.1.moi"                             // nobody was marked for it
		leaves[1].Rule = &rubric.Rule{Type: rubric.RulePoints} // levels before: the marks do not fit
		leaves[1].Title += " (sửa)"
	})
	r, err := result.TryOn(t.Context(), s, draft, "2024", "")
	ok(t, err)
	whys := map[string]string{}
	for _, g := range r.Gaps {
		whys[g.Code] = g.Why
		if g.Units != len(r.Units) {
			t.Errorf("%s: %d units, want all %d", g.Code, g.Units, len(r.Units))
		}
	}
	second := draft.Groups[0].Criteria[0].Criteria[1].Code
	if diff := cmp.Diff(map[string]string{"1.1.moi": result.GapNew, second: result.GapUnfit}, whys); diff != "" {
		t.Error(diff)
	}
	if len(r.Retitled) != 1 || r.Retitled[0].Code != second {
		t.Errorf("retitled %+v", r.Retitled)
	}
	if len(r.Enter) != 0 || len(r.Leave) == 0 {
		t.Errorf("incomplete units: %d enter, %d leave", len(r.Enter), len(r.Leave))
	}
	if _, err := result.TryOn(t.Context(), s, draft, "1999", ""); err == nil {
		t.Error("a period that does not exist was replayed")
	}
	if _, err := result.TryOn(t.Context(), s, draft, "2024", "khong-co"); err == nil {
		t.Error("a stage that does not exist was replayed")
	}
}
