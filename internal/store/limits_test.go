package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Whoever types wrong passwords keeps themselves out, not the person whose name
// it is; many places together keep everybody out, for a while.
func TestSignInsByPlace(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	now := time.Date(2026, 11, 10, 3, 0, 0, 0, time.UTC)
	s.clock = func() time.Time { return now }
	try := func(address string) bool {
		t.Helper()
		err := s.CountSignIn(ctx, "lanhdao", address)
		if err != nil && !fault.Is(err, fault.TooMany) {
			t.Fatal(err)
		}
		return err == nil
	}
	for i := range 3 * LoginTries {
		if got := try("203.0.113.9"); got != (i < LoginTries) {
			t.Fatalf("attempt %d from one place: %v", i+1, got)
		}
	}
	if !try("198.51.100.7") || !try("") {
		t.Error("another place is kept out")
	}
	// The one place goes on for hours; it never keeps the others out.
	for range 200 {
		now = now.Add(time.Minute)
		try("203.0.113.9")
	}
	if !try("198.51.100.7") {
		t.Error("another place is kept out in the end")
	}
	now = now.Add(LoginPause)
	taken := 0
	for i := range 2 * LoginTriesAll {
		if try(fmt.Sprintf("2001:db8:%x::/64", i)) {
			taken++
		}
	}
	if taken != LoginTriesAll || try("198.51.100.7") {
		t.Errorf("%d attempts from everywhere were taken", taken)
	}
	raw, err := docstore.Get[bson.M](ctx, s.db, limits, attemptsID("lanhdao"))
	if text := fmt.Sprint(raw); err != nil || !strings.Contains(text, "from") || strings.Contains(text, "198.51") || strings.Contains(text, "2001:db8") {
		t.Errorf("an address is kept: %.200s, %v", text, err)
	}
	now = now.Add(LoginPause)
	if !try("198.51.100.7") {
		t.Error("still kept out after the pause")
	}
	ok(t, s.ForgetSignIns(ctx, "lanhdao"))
}
