package store

import (
	"testing"
	"time"
)

func TestIDsRise(t *testing.T) {
	var s idSource
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	last := ""
	for i := range 10_000 {
		moment := at.Add(time.Duration(i/100) * time.Millisecond)
		if i%777 == 0 {
			moment = at.Add(-time.Hour) // the clock was set back
		}
		id := s.next(moment)
		if id <= last || len(id) != 23 {
			t.Fatalf("id %d: %q after %q", i, id, last)
		}
		last = id
	}
}
