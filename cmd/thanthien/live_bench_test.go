package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"thanthien/internal/vi"
)

const (
	livePool = 200_000
	// mostLive is the bar for the campaign page over livePool responses in
	// millionUnits units.
	mostLive = 200 * time.Millisecond
)

// BenchmarkLive times the campaign page over 200,000 responses while more come
// in: its first load after the start, with all responses still to be counted
// and with compacted counts, and its reload after each further response, which
// it must show. Run it with
//
//	go test ./cmd/thanthien -run '^$' -bench Live -benchtime 50x
func BenchmarkLive(b *testing.B) {
	c := &crash{dir: b.TempDir(), receipts: map[string]string{}, pending: map[string]string{}}
	c.binary = filepath.Join(c.dir, "thanthien")
	buildProgram(b, c.binary)
	province(b, c.db(), millionUnits)
	bulk(b, c.db(), livePool)
	password := filepath.Join(c.dir, "password")
	if err := os.WriteFile(password, []byte("mat-khau-do"), 0o600); err != nil {
		b.Fatal(err)
	}
	run(b, "user", "add", "--db", c.db(), "--role", "manager", "--password-file", password, "quanly")
	c.start(b)
	cookie := signIn(b, "http://"+c.addr, "quanly", "mat-khau-do")
	page := "http://" + c.addr + "/khao-sat/hl"
	start := time.Now()
	get(b, page, cookie)
	first := time.Since(start)
	n, slowest := livePool, time.Duration(0)
	b.Run("reload", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			key := "live-" + time.Now().Format(time.RFC3339Nano)
			if err := c.send(http.DefaultClient, "98001", key); err != nil {
				b.Fatal(err)
			}
			n++
			b.StartTimer()
			start := time.Now()
			body := get(b, page, cookie)
			slowest = max(slowest, time.Since(start))
			if !strings.Contains(body, vi.Int(int64(n))) {
				b.Fatalf("the page does not show %d responses", n)
			}
		}
		b.ReportMetric(float64(first.Microseconds())/1000, "ms-first-load")
		b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/reload")
		b.ReportMetric(float64(slowest.Microseconds())/1000, "ms-slowest")
	})
	if first > mostLive || slowest > mostLive {
		b.Errorf("first load %v, slowest reload %v: more than %v", first, slowest, mostLive)
	}
	if out := run(b, "verify", "--db", c.db()); !strings.Contains(out, "hl\tok\t") {
		b.Error(out)
	}
}
