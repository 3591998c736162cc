package result_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"thanthien/criteria"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// The survey results of a province stay far below what a document may hold,
// and are read back as they were.
func TestFreezeSize(t *testing.T) {
	const provinceUnits = 209
	s := demoStore(t)
	names, err := fs.Glob(criteria.Forms(), "*.yaml")
	ok(t, err)
	campaigns, err := s.CampaignsOf(t.Context(), "2026")
	ok(t, err)
	tallies, err := s.Tallies(t.Context(), &campaigns[0])
	ok(t, err)
	var one *survey.Tally
	for _, x := range tallies {
		one = x
	}
	if one == nil {
		t.Fatal("the demo has no counts")
	}
	form, err := s.Form(t.Context(), campaigns[0].FormID, campaigns[0].FormVer)
	ok(t, err)
	many := map[string]*survey.Tally{}
	for i := range provinceUnits {
		many[fmt.Sprintf("%05d", i)] = one
	}
	r := survey.NewReport(form, many)
	plain, err := json.Marshal(r)
	ok(t, err)
	start := time.Now()
	kept, err := s.KeepSurvey(t.Context(), "do", &r)
	ok(t, err)
	wrote := time.Since(start)
	start = time.Now()
	back, whole, err := s.FrozenReport(t.Context(), kept)
	ok(t, err)
	again, err := json.Marshal(back)
	ok(t, err)
	if !whole || string(again) != string(plain) {
		t.Error("the report comes back otherwise")
	}
	t.Logf("%d forms with the program; of one over %d units: %d bytes plain in %d pieces, written in %v, read in %v", len(names), provinceUnits, len(plain), len(kept.Parts), wrote, time.Since(start))
	if want := (provinceUnits + store.FreezeUnits - 1) / store.FreezeUnits; len(kept.Parts) != want || len(plain)*store.FreezeUnits/provinceUnits > 8<<20 {
		t.Errorf("%d pieces, want %d; %d bytes in all", len(kept.Parts), want, len(plain))
	}
}
