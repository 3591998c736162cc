package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/store"
)

const (
	million      = 1_000_000
	millionUnits = 99
	bulkWriters  = 64

	mostStart  = 2 * time.Second
	mostPage   = 100 * time.Millisecond
	mostMemory = 300 // MB
)

// BenchmarkMillion times the pages that leaders open over a million stored
// responses: the start of the program, the ranking and the leader's page once
// the tally is compacted, and the memory the program then holds. Run it with
//
//	go test ./cmd/thanthien -run '^$' -bench Million -benchtime 20x
func BenchmarkMillion(b *testing.B) {
	c := &crash{dir: b.TempDir()}
	c.binary = filepath.Join(c.dir, "thanthien")
	buildProgram(b, c.binary)
	province(b, c.db(), millionUnits)
	bulk(b, c.db(), million)
	run(b, "marks", "import", "--db", c.db(), "--period", "2026", randomMarks(b, c.dir, c.db()))
	if err := os.WriteFile(filepath.Join(c.dir, "password"), []byte("mat-khau-do"), 0o600); err != nil {
		b.Fatal(err)
	}
	run(b, "user", "add", "--db", c.db(), "--role", "leader", "--password-file", filepath.Join(c.dir, "password"), "lanhdao")

	start := time.Now()
	p := c.start(b)
	ready := time.Since(start)
	cookie := signIn(b, "http://"+c.addr, "lanhdao", "mat-khau-do")
	first := time.Now()
	get(b, "http://"+c.addr+"/bao-cao/xep-hang?ky=2026", cookie)
	opened := time.Since(first)
	for _, page := range []string{"/bao-cao/xep-hang?ky=2026", "/lanh-dao", "/api/v1/periods/2026/ranking"} {
		b.Run(strings.Trim(strings.NewReplacer("/", "_", "?ky=2026", "").Replace(page), "_"), func(b *testing.B) {
			for b.Loop() {
				get(b, "http://"+c.addr+page, cookie)
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/page")
		})
	}
	memory := residentMB(b, p.Process.Pid)
	b.Run("program", func(b *testing.B) {
		for b.Loop() {
			get(b, "http://"+c.addr+"/healthz", cookie)
		}
		b.ReportMetric(float64(ready.Milliseconds()), "ms-to-start")
		b.ReportMetric(float64(opened.Milliseconds()), "ms-first-page")
		b.ReportMetric(float64(memory), "MB-resident")
	})
	if ready > mostStart || opened > mostPage || memory > mostMemory {
		b.Errorf("ready after %v, first page %v, %d MB: more than %v, %v, %d MB", ready, opened, memory, mostStart, mostPage, mostMemory)
	}
}

// bulk stores n responses over the province's units and compacts the tally.
func bulk(tb testing.TB, path string, n int) {
	tb.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path, store.Collections())
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	s, err := store.New(ctx, store.Options{DB: db})
	if err != nil {
		tb.Fatal(err)
	}
	campaign, form, err := s.LiveCampaign(ctx, "hl")
	if err != nil {
		tb.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range bulkWriters {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(7, uint64(w)))
			for i := w; i < n; i += bulkWriters {
				answers := map[string]any{}
				for q := 1; q <= 7; q++ {
					answers["q"+strconv.Itoa(q)] = strconv.Itoa(1 + rng.IntN(5))
				}
				a, err := form.Check("resident", answers)
				if err != nil {
					tb.Error(err)
					return
				}
				unit := campaign.Units[i%len(campaign.Units)]
				r := &store.Response{Campaign: "hl", Unit: unit, Key: s.ResponseKey("hl", unit, ""), Group: "resident", Channel: "web", Answers: form.Pack(a)}
				if _, _, err := s.AddResponse(ctx, r); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := s.Compact(ctx, campaign); err != nil {
		tb.Fatal(err)
	}
}

// signIn returns the session cookie. Go's own jar would not send a Secure
// cookie over http; browsers do to localhost.
func signIn(tb testing.TB, base, login, password string) string {
	tb.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(base+"/dang-nhap", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		tb.Fatal(err)
	}
	res.Body.Close()
	for _, c := range res.Cookies() {
		if res.StatusCode == http.StatusSeeOther && c.Value != "" {
			return c.Name + "=" + c.Value
		}
	}
	tb.Fatalf("sign-in as %s: %s", login, res.Status)
	return ""
}

func get(tb testing.TB, url, cookie string) string {
	tb.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		tb.Fatalf("%s: %s %v", url, res.Status, err)
	}
	return string(body)
}

// residentMB is the memory of a process as Linux counts it.
func residentMB(tb testing.TB, pid int) int {
	tb.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		tb.Skip("no /proc on this system: ", err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kb, err := strconv.Atoi(f[1])
			if err != nil {
				tb.Fatal(err)
			}
			return kb / 1024
		}
	}
	tb.Fatal("no VmRSS")
	return 0
}
