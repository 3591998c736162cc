package store

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"thanthien/internal/survey"
)

const (
	foldResponses = 200_000
	foldUnits     = 99
)

// BenchmarkFold counts 200,000 responses out of SQLite from nothing, as a start
// without snapshots does: calm ones, and all within one burst.
func BenchmarkFold(b *testing.B) {
	for name, pause := range map[string]time.Duration{"calm": time.Second, "burst": 0} {
		bench, s := newLiveBench(b, b.TempDir(), "u1")
		defer bench.close()
		fillLive(b, bench, pause, s)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.tallies = tallyCache{}
				if _, err := s.Tallies(b.Context(), &bench.campaign); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/foldResponses, "ns/response")
		})
	}
}

// fillLive stores foldResponses through the stores in turn.
func fillLive(tb testing.TB, bench *liveBench, pause time.Duration, stores ...*Store) {
	tb.Helper()
	a, err := bench.form.Check("resident", map[string]any{"q1": "5", "q2": "a", "q3": []any{"a"}, "q4": json.Number("40")})
	ok(tb, err)
	packed := bench.form.Pack(a)
	const writers = 64
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			s := stores[w%len(stores)]
			for i := w; i < foldResponses; i += writers {
				unit := fmt.Sprintf("u%d", i%foldUnits)
				r := &Response{Campaign: "dot", Unit: unit, Key: s.ResponseKey("dot", unit, ""), Group: "resident", Channel: survey.Web, Flags: survey.Flags(i % 7 / 6), Answers: packed}
				if _, _, err := s.AddResponse(tb.Context(), r); err != nil {
					tb.Error(err)
				}
				bench.move(pause)
			}
		})
	}
	wg.Wait()
}

// TestLargePool fills 200,000 responses over 99 units through two processes that
// read and compact meanwhile: both are exact, at once after each further one.
func TestLargePool(t *testing.T) {
	if testing.Short() {
		t.Skip("200,000 responses take a while; -short leaves them out")
	}
	b, first := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	stores := []*Store{first, b.open(t)}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
			if err := stores[i%2].Compact(t.Context(), &b.campaign); err != nil {
				t.Error(err)
			}
		}
	}()
	fillLive(t, b, 300*time.Millisecond, stores...)
	close(stop)
	<-done
	for i := range 4 {
		b.add(t, stores[i%2], "u1", survey.Web, 0, nil)
		for _, s := range stores {
			tallies, err := s.Tallies(t.Context(), &b.campaign)
			ok(t, err)
			n := int64(0)
			for _, tally := range tallies {
				n += tally.N()
			}
			if n != int64(foldResponses+i+1) {
				t.Fatalf("%d counted of %d", n, foldResponses+i+1)
			}
		}
	}
	for _, s := range append(stores, b.open(t)) {
		v, err := s.Verify(t.Context(), &b.campaign)
		ok(t, err)
		if len(v.Different) > 0 || v.Responses != foldResponses+4 || v.Flagged == 0 || v.Flagged == v.Responses {
			t.Fatalf("verified %+v", v)
		}
	}
}
