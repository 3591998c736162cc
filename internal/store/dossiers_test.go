package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
)

// wholeYear opens a period of many units whose stages are all filled: 60
// leaves, two members at each of two appraisal stages.
func wholeYear(t testing.TB, s *Store, units int) dossier.Period {
	t.Helper()
	ctx := context.Background()
	p := dossier.Period{ID: "2026", Title: "2026", Year: 2026, Steps: true, State: dossier.Draft,
		Stages: []dossier.Stage{{Code: "self"}, {Code: "district"}, {Code: "province"}}}
	if _, err := s.PutPeriod(ctx, p); err != nil {
		t.Fatal(err)
	}
	var codes []string
	for i := range units {
		codes = append(codes, fmt.Sprintf("%05d", i))
	}
	p, err := s.OpenPeriod(ctx, p.ID, codes)
	if err != nil {
		t.Fatal(err)
	}
	var changes []dossier.Change
	for i := range 60 {
		changes = append(changes, dossier.Change{Code: fmt.Sprintf("%d.%d", i/10+1, i%10+1), Mark: score.NewMark("points", "1.25")})
	}
	for _, code := range codes {
		_, err := s.ChangeDossier(ctx, p.ID, code, func(d *dossier.Dossier, at time.Time, event string) error {
			d.Status, d.Stage = dossier.Appraisal, "province"
			d.Save("self", changes, "xa", at, event)
			for _, stage := range []string{"district", "province"} {
				d.Teams = append(d.Teams, dossier.Team{Stage: stage, Members: []string{"an", "binh"}, Round: 1})
				for _, m := range []string{"an", "binh"} {
					d.Save(stage, changes, m, at, event+stage+m)
					d.Sheets = append(d.Sheets, dossier.Sheet{Stage: stage, Member: m, Round: 1, At: at})
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// newPair opens one database by two stores, as two processes do.
func newPair(t testing.TB) (a, b *Store) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pair.db")
	open := func() *Store {
		db, err := sqlite.Open(t.Context(), path, Collections())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		s, err := New(t.Context(), Options{DB: db, Secret: "thử"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return open(), open()
}

// A change by another process is seen at the next reading, by both.
func TestDossiersSeeOthers(t *testing.T) {
	ctx := context.Background()
	s, other := newPair(t)
	wholeYear(t, s, 3)
	for _, x := range []*Store{s, other} {
		if list, err := x.Dossiers(ctx, "2026"); err != nil || len(list) != 3 {
			t.Fatal(len(list), err)
		}
	}
	if _, err := other.SaveMarks(ctx, "2026", "00001", "self", AnyRev, []dossier.Change{{Code: "1.1", Base: score.NewMark("points", "1.25"), Mark: score.NewMark("points", "0.5")}}, "xa"); err != nil {
		t.Fatal(err)
	}
	for _, x := range []*Store{s, other} {
		list, err := x.Dossiers(ctx, "2026")
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"1.25", "0.5", "1.25"} {
			if e, _ := list[i].Entry(dossier.Layer{Stage: "self"}, "1.1"); e.Mark.Get("points") != want {
				t.Errorf("unit %d: %q, want %s", i, e.Mark.Get("points"), want)
			}
		}
	}
}

// BenchmarkDossiers reads 209 dossiers of 60 leaves with five sheets: warm, and
// as a process that has just started.
func BenchmarkDossiers(b *testing.B) {
	ctx := context.Background()
	s, _ := newPair(b)
	wholeYear(b, s, 209)
	b.Run("warm", func(b *testing.B) {
		for b.Loop() {
			if list, err := s.Dossiers(ctx, "2026"); err != nil || len(list) != 209 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			s.dossierCache = dossierCache{}
			if _, err := s.Dossiers(ctx, "2026"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
