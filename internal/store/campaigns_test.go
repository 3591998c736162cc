package store

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

func newStore(t *testing.T) *Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), Collections())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := New(context.Background(), Options{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Of many campaigns of one form created at once for a period, one is stored.
func TestOneCampaignPerForm(t *testing.T) {
	s := newStore(t)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			errs[i] = s.PutCampaign(t.Context(), survey.Campaign{
				ID: "hl-" + string(rune('a'+i)), Title: "x", Period: "2026", FormID: "pks07", FormVer: 1, Units: []string{"01"},
				Opens: time.Now(), Closes: time.Now().Add(time.Hour),
			})
		})
	}
	wg.Wait()
	stored := 0
	for _, err := range errs {
		switch {
		case err == nil:
			stored++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	list, err := s.CampaignsOf(t.Context(), "2026")
	if err != nil || stored != 1 || len(list) != 1 || list[0].FormID != "pks07" {
		t.Fatalf("%d stored, %d found, %v", stored, len(list), err)
	}
	list[0].Title = "changed"
	if err := s.PutCampaign(t.Context(), list[0]); err != nil {
		t.Fatal("a campaign may be changed:", err)
	}
}
