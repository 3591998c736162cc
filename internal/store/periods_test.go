package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
)

// Opened by two at once and then again, a period has every dossier once, each
// as registration finds it.
func TestOpenPeriodOnce(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	_, err := s.PutPeriod(ctx, dossier.Period{ID: "2026", Title: "Kỳ 2026", State: dossier.Draft, Steps: true, Stages: []dossier.Stage{{Code: "self"}, {Code: "province"}}})
	ok(t, err)
	var codes []string
	for i := range 209 {
		codes = append(codes, fmt.Sprintf("%05d", 7000+i))
	}
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wg.Go(func() { _, errs[i] = s.OpenPeriod(ctx, "2026", codes) })
	}
	wg.Wait()
	for _, err := range errs {
		ok(t, err)
	}
	_, err = s.ChangeDossier(ctx, "2026", codes[3], func(d *dossier.Dossier, _ time.Time, _ string) error { d.Status = dossier.Scoring; return nil })
	ok(t, err)
	p, err := s.OpenPeriod(ctx, "2026", nil)
	ok(t, err)
	list, err := s.Dossiers(ctx, "2026")
	ok(t, err)
	if len(p.Units) != 209 || len(list) != 209 {
		t.Fatalf("%d units, %d dossiers", len(p.Units), len(list))
	}
	for i, d := range list {
		want := dossier.NotRegistered
		if i == 3 {
			want = dossier.Scoring
		}
		if d.Unit != codes[i] || d.Status != want {
			t.Fatalf("dossier %d is %s, %q", i, d.Unit, d.Status)
		}
	}
}

// Assigning again is no change, and who must keep out is not assigned.
func TestAssignTeam(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	_, err := s.PutPeriod(ctx, dossier.Period{ID: "2026", Title: "Kỳ 2026", State: dossier.Draft, Steps: true, Stages: []dossier.Stage{{Code: "self"}, {Code: "province"}}})
	ok(t, err)
	p, err := s.OpenPeriod(ctx, "2026", []string{"07"})
	ok(t, err)
	users := map[string]account.User{"a": {Login: "a", Role: account.Appraiser}, "b": {Login: "b", Role: account.Appraiser}, "c": {Login: "c", Role: account.Appraiser, Recused: []string{"07"}},
		"d": {Login: "d", Role: account.Commune}, "e": {Login: "e", Role: account.Appraiser, Disabled: true}}
	d, added, err := s.AssignTeam(ctx, &p, "07", "province", []string{"a", "b"}, users, "quanly")
	ok(t, err)
	if !slices.Equal(added, []string{"a", "b"}) || d.Rev != 1 {
		t.Errorf("added %v, rev %d", added, d.Rev)
	}
	if d, added, err = s.AssignTeam(ctx, &p, "07", "province", []string{"a", "b"}, users, "quanly"); err != nil || added != nil || d.Rev != 1 {
		t.Errorf("again: added %v, rev %d, %v", added, d.Rev, err)
	}
	for _, m := range []string{"c", "d", "e", "nobody", "a"} {
		if _, _, err := s.AssignTeam(ctx, &p, "07", "province", []string{"a", m}, users, "quanly"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", m, err)
		}
	}
	users["a"] = account.User{Login: "a", Role: account.Appraiser, Recused: []string{"07"}} // who is a member already is flagged, not locked in
	if d, _, err = s.AssignTeam(ctx, &p, "07", "province", []string{"a"}, users, "quanly"); err != nil || !slices.Equal(d.RecusedMembers("province", users), []string{"a"}) {
		t.Errorf("recused later: %v, %v", d.RecusedMembers("province", users), err)
	}
}

// trailless loses what is written to the audit trail, as a crash does.
type trailless struct{ docstore.DB }

func (d trailless) Insert(ctx context.Context, c *docstore.Collection, doc bson.Raw) (any, error) {
	if c == events {
		return nil, fault.New(fault.Unavailable, "docstore.closed")
	}
	return d.DB.Insert(ctx, c, doc)
}

// A change of a period and its event are one write: dying before the trail has
// the event loses neither, and relaying it later is no change of the period.
func TestPeriodKeepsItsEvent(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	whole := s.db
	s.db = trailless{whole}
	p := dossier.Period{ID: "2026", Title: "Kỳ 2026", State: dossier.Draft}
	event := func(what string) audit.Event {
		return audit.Event{ID: "periods/2026#" + what, Who: "quanly", Action: audit.PeriodChanged, Thing: "periods/2026"}
	}
	var err error
	p.Version, err = s.PutPeriod(ctx, p, event("new"))
	ok(t, err)
	p.State = dossier.Published
	p.Version, err = s.PutPeriod(ctx, p, event("2"))
	ok(t, err)
	if now, err := s.Period(ctx, "2026"); err != nil || now.Version != 2 || p.Version != 2 || now.State != dossier.Published {
		t.Errorf("stored %v as %d, version %d: %v", now.State, now.Version, p.Version, err)
	}
	s.db = whole
	if list, err := s.History(ctx, "periods/2026"); err != nil || len(list) != 0 {
		t.Fatalf("the trail has %d events: %v", len(list), err)
	}
	for range 2 {
		ok(t, s.Relay(ctx))
	}
	if list, err := s.History(ctx, "periods/2026"); err != nil || len(list) != 2 {
		t.Errorf("after relaying the trail has %d events: %v", len(list), err)
	}
	p.Title = "Kỳ đánh giá 2026"
	if p.Version, err = s.PutPeriod(ctx, p, event("3")); err != nil || p.Version != 3 {
		t.Errorf("relaying made the period another one: version %d, %v", p.Version, err)
	}
	p.Version = 2
	if _, err := s.PutPeriod(ctx, p, event("4")); !fault.Is(err, fault.Stale) {
		t.Errorf("a stale period was stored: %v", err)
	}
	if list, err := s.Periods(ctx); err != nil || len(list) != 1 || list[0].Version != 3 {
		t.Errorf("listed as %+v: %v", list, err)
	}
	if list, err := s.History(ctx, "periods/2026"); err != nil || len(list) != 3 {
		t.Errorf("the trail has %d events: %v", len(list), err)
	}
}
