package sqlite_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
)

// response has the shape of the collection on the hot path.
type response struct {
	docstore.Entry `bson:",inline"`
	Campaign       string `bson:"campaign"`
	Unit           string `bson:"unit"`
	Key            string `bson:"key"`
	Answers        []byte `bson:"answers"`
}

var (
	byKey     = docstore.Unique("campaign", "unit", "key")
	tail      = docstore.TailOf("campaign")
	responses = &docstore.Collection{Name: "responses", Append: true, Indexes: []*docstore.Index{byKey, tail}}
)

func openBench(b *testing.B) docstore.DB {
	b.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "bench.db"), []*docstore.Collection{responses})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

// sample returns the i-th response with a key like a claim's, spread evenly.
func sample(b *testing.B, i uint64) bson.Raw {
	key := strconv.FormatUint(i*0x9E3779B97F4A7C15, 36)
	raw, err := docstore.Marshal(response{Campaign: "2026-1", Unit: "xa-" + strconv.Itoa(int(i%100)), Key: key, Answers: make([]byte, 24)})
	if err != nil {
		b.Fatal(err)
	}
	return raw
}

// insert adds n responses from some goroutines.
func insert(b *testing.B, db docstore.DB, goroutines, n int) {
	var next atomic.Uint64
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for i := next.Add(1); i <= uint64(n); i = next.Add(1) {
				if _, err := db.Insert(context.Background(), responses, sample(b, i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkInsert64 is one durable insert with 64 at the same time.
func BenchmarkInsert64(b *testing.B) {
	db := openBench(b)
	b.ReportAllocs()
	b.ResetTimer()
	insert(b, db, 64, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "docs/s")
}

// BenchmarkInsert1 is one durable insert after the other.
func BenchmarkInsert1(b *testing.B) {
	db := openBench(b)
	b.ResetTimer()
	insert(b, db, 1, b.N)
}

// BenchmarkFind1M streams a million small documents; one op is all of them.
func BenchmarkFind1M(b *testing.B) {
	const million = 1_000_000
	db := openBench(b)
	insert(b, db, 1024, million)
	for name, q := range map[string]docstore.Query{
		"id":   {In: responses},
		"tail": {In: responses, On: tail, Eq: []any{"2026-1"}},
		"key":  {In: responses, On: byKey, Eq: []any{"2026-1"}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range db.Find(context.Background(), q) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != million {
					b.Fatal(n)
				}
			}
		})
	}
}

// BenchmarkGet reads one document by its id.
func BenchmarkGet(b *testing.B) {
	db := openBench(b)
	id, err := db.Insert(context.Background(), responses, sample(b, 1))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.Get(context.Background(), responses, id); err != nil {
			b.Fatal(err)
		}
	}
}
