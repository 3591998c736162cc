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
		fillLive(b, bench, s, pause)
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

func fillLive(tb testing.TB, bench *liveBench, s *Store, pause time.Duration) {
	a, err := bench.form.Check("resident", map[string]any{"q1": "5", "q2": "a", "q3": []any{"a"}, "q4": json.Number("40")})
	ok(tb, err)
	packed := bench.form.Pack(a)
	const writers = 64
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < foldResponses; i += writers {
				unit := fmt.Sprintf("u%d", i%foldUnits)
				r := &Response{Campaign: "dot", Unit: unit, Key: s.ResponseKey("dot", unit, ""), Group: "resident", Channel: survey.Web, Answers: packed}
				if _, _, err := s.AddResponse(tb.Context(), r); err != nil {
					tb.Error(err)
				}
				bench.move(pause)
			}
		})
	}
	wg.Wait()
}
