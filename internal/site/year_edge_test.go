package site

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
)

// yearServer is a server on the site's store, for what no page can time.
func (s *testSite) yearServer() *Server {
	return &Server{store: s.store, log: slog.New(slog.NewTextHandler(io.Discard, nil)), now: s.store.Now}
}

// A decision about many units that meets an unlock on its way records nothing
// more: the signature it rests on is cancelled.
func TestDecisionStopsAtUnlock(t *testing.T) {
	s, people := lockSite(t)
	lockAndSign(t, people)
	manager, err := s.store.User(t.Context(), "user-manager")
	ok(t, err)
	server := s.yearServer()
	b, err := server.benchOf(t.Context(), "2026", manager)
	ok(t, err)
	_, err = result.Unlock(t.Context(), s.store, s.thePeriod(), manager.Login)
	ok(t, err)
	v := &unitVerdict{act: dossier.Recognise, decision: dossier.Decision{Number: "1/QĐ", Day: "2026-11-10"}, until: "2027-11-09", units: []string{testUnit}}
	list, wrong, err := server.decideUnits(t.Context(), b, v)
	ok(t, err)
	if got := s.unitStatus(testUnit); wrong != 1 || got != dossier.Proposed || len(list[0].why) != 1 || !fault.Is(list[0].why[0], fault.Conflict) {
		t.Fatalf("%d refused, status %s, %+v", wrong, got, list)
	}
}

// A unit made of others passes the gate of last year by a recognition that was
// carried over to it, and by no other.
func TestGateTakesCarriedRecognition(t *testing.T) {
	s := newSite(t)
	s.addPeriod()
	_, _, err := s.store.PutUnits(t.Context(), []unit.Unit{{Code: "07299", Name: "Phường Hợp Nhất", Level: unit.Commune, Parent: "27", Predecessors: []string{testUnit, "07211"}}})
	ok(t, err)
	merged, err := s.store.Unit(t.Context(), "07299")
	ok(t, err)
	p := &place{user: account.User{Login: "xa"}, period: dossier.Period{ID: "2027", Previous: "2026"}, unit: merged}
	passes := func() bool {
		t.Helper()
		got, err := s.yearServer().lastYear(t.Context(), p)
		ok(t, err)
		return got
	}
	if passes() {
		t.Fatal("nothing was recognised yet")
	}
	set := func(to string, status dossier.Status) {
		t.Helper()
		_, err := s.store.ChangeDossier(t.Context(), "2026", testUnit, func(d *dossier.Dossier, _ time.Time, _ string) error {
			d.Status, d.Recognition.Carried = status, []dossier.Carried{{To: to}}
			return nil
		})
		ok(t, err)
	}
	set("07299", dossier.Recognised)
	if !passes() {
		t.Error("the recognition carried over does not count")
	}
	set("07300", dossier.Recognised)
	if passes() {
		t.Error("what was carried over to another counts")
	}
	set("07299", dossier.Revoked)
	if passes() {
		t.Error("a revoked recognition counts")
	}
}

// A score form takes no value that is too long to be read.
func TestScoreFormRefusesLongValues(t *testing.T) {
	set, err := rubric.Parse([]byte(testSet), "thu.yaml")
	ok(t, err)
	plan := sheetPlan{place: &place{set: set}}
	got := plan.check(cellEdit{code: "1.1.1", hasMark: true, mark: score.NewMark("points", "4"+strings.Repeat("0", score.MaxInputText))})
	if len(got) != 1 || got[0].Key != "marks.long" {
		t.Errorf("%+v", got)
	}
	if got := plan.check(cellEdit{code: "1.1.1", hasMark: true, mark: score.NewMark("points", "4")}); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}
