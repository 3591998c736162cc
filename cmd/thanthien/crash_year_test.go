package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/store"
)

// crashUnits is how many units have two clients each: one saves marks, the
// other hands the dossier in and takes it back.
const crashUnits = 4

const crashSet = `
id: nho
version: 1
title: Bộ nhỏ
applies_to: [commune]
total: 10
decimals: 2
groups:
  - code: "1"
    title: Nhóm
    max: 10
    criteria:
      - {code: "1.1", title: A, max: 5, evidence: none, rule: {type: points}}
      - {code: "1.2", title: B, max: 5, evidence: none, rule: {type: points}}
`

// TestCrashYear kills the program with SIGKILL while eight clients save marks
// and move dossiers, twenty times: every acknowledged change is in the trail
// exactly once, no dossier stands where no event led it, and the chain of the
// trail verifies.
func TestCrashYear(t *testing.T) {
	if testing.Short() {
		t.Skip("the crash test takes a while; -short leaves it out")
	}
	y := newCrashYear(t)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	for round := range crashRounds {
		p := y.start(t)
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for u := range crashUnits {
			wg.Go(func() { y.mark(round, u, stop) })
			wg.Go(func() { y.move(round, u, stop) })
		}
		time.Sleep(time.Duration(30+rng.IntN(250)) * time.Millisecond)
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		close(stop)
		_ = p.Wait() // killed: always an error
		wg.Wait()
		y.checkYear(t, round)
	}
	run(t, "verify", "--db", y.db())
	t.Logf("%d rounds: %d changes acknowledged, %d without an answer", crashRounds, len(y.acked), len(y.sent)-len(y.acked))
	if len(y.acked) < 2*crashRounds || y.moves < crashRounds {
		t.Fatal("too few changes got through for the test to mean anything")
	}
}

// crashYear is the program and the changes that were sent and acknowledged, by
// the text each carries.
type crashYear struct {
	crash
	bearers []string
	sent    map[string]bool
	acked   map[string]bool
	moves   int
}

func newCrashYear(t *testing.T) *crashYear {
	t.Helper()
	y := &crashYear{sent: map[string]bool{}, acked: map[string]bool{}}
	y.dir = t.TempDir()
	y.binary = filepath.Join(y.dir, "thanthien")
	buildProgram(t, y.binary)
	set, units := filepath.Join(y.dir, "nho.yaml"), "code,name,level,parent\n98,Tỉnh Thử,province,\n"
	write(t, set, []byte(crashSet))
	for i := range crashUnits {
		units += fmt.Sprintf("9800%d,Xã Thử %d,commune,98\n", i+1, i+1)
	}
	list := filepath.Join(y.dir, "units.csv")
	write(t, list, []byte(units))
	run(t, "units", "import", "--db", y.db(), list)
	run(t, "criteria", "import", "--db", y.db(), set)
	run(t, "period", "create", "--db", y.db(), "2026", "--criteria", "nho@1", "--scope", "98", "--steps", "--open")
	y.with(t, func(ctx context.Context, s *store.Store) {
		for i := range crashUnits {
			_, err := s.ChangeDossier(ctx, "2026", crashUnit(i), func(d *dossier.Dossier, at time.Time, event string) error {
				p, err := s.Period(ctx, "2026")
				if err != nil {
					return err
				}
				c := dossier.Context{Login: "ai", Who: dossier.Unit | dossier.Manager, Period: &p, At: at, Today: "2026-01-01"}
				c.Event = event + "a"
				if err := d.Register(c, dossier.Registration{Self: "8"}); err != nil {
					return err
				}
				c.Event = event + "b"
				return d.Move(c, dossier.Approve, "")
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	for i := range crashUnits {
		y.bearers = append(y.bearers, "Bearer "+strings.TrimSpace(run(t, "token", "create", "--db", y.db(), "--role", "commune", "--unit", crashUnit(i))))
	}
	return y
}

func crashUnit(i int) string { return fmt.Sprintf("9800%d", i+1) }

// call sends one request and returns the status, 0 when no answer came.
func (y *crashYear) call(u int, method, path string, body any, match string, out any) int {
	data, err := json.Marshal(body)
	if err != nil {
		return 0
	}
	req, err := http.NewRequest(method, "http://"+y.addr+"/api/v1/periods/2026/units/"+crashUnit(u)+path, bytes.NewReader(data))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", y.bearers[u])
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if data, err = io.ReadAll(res.Body); err != nil {
		return 0
	}
	if res.StatusCode == http.StatusOK && json.Unmarshal(data, out) != nil {
		return 0
	}
	return res.StatusCode
}

// book notes a change before it is sent and once it is acknowledged.
func (y *crashYear) book(text string, status int, move bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.sent[text] = true
	if status == http.StatusOK {
		y.acked[text] = true
		if move {
			y.moves++
		}
	}
}

// mark saves one cell after the other until the program is killed.
func (y *crashYear) mark(round, u int, stop <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		var now struct{ Version int64 }
		if y.call(u, http.MethodGet, "/marks?stage=self", nil, "", &now) == 0 {
			return
		}
		text := fmt.Sprintf("r%d-u%d-m%d", round, u, i)
		body := map[string]any{
			"marks": map[string]any{"1.1": map[string]string{"points": fmt.Sprintf("%d.%02d", i%4, i%100)}, "1.2": map[string]string{"points": "2"}},
			"notes": map[string]string{"1.1": text},
		}
		y.book(text, 0, false)
		status := y.call(u, http.MethodPut, "/marks?stage=self", body, fmt.Sprintf(`"%d"`, now.Version), &struct{}{})
		y.book(text, status, false)
		if status == 0 {
			return
		}
	}
}

// move hands the dossier in and takes it back, in turn.
func (y *crashYear) move(round, u int, stop <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		var now struct{ Status string }
		if y.call(u, http.MethodGet, "", nil, "", &now) == 0 {
			return
		}
		act := dossier.Submit
		if now.Status == string(dossier.Submitted) {
			act = dossier.TakeBack
		}
		text := fmt.Sprintf("r%d-u%d-v%d", round, u, i)
		y.book(text, 0, true)
		status := y.call(u, http.MethodPost, "/acts/"+string(act), map[string]string{"reason": text}, "", &struct{}{})
		y.book(text, status, true)
		if status == 0 {
			return
		}
	}
}

// checkYear compares the trail with what was acknowledged, and every dossier
// with its trail.
func (y *crashYear) checkYear(t *testing.T, round int) {
	t.Helper()
	y.with(t, func(ctx context.Context, s *store.Store) {
		if err := s.Relay(ctx); err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		for u := range crashUnits {
			d, err := s.Dossier(ctx, "2026", crashUnit(u))
			if err != nil {
				t.Fatal(err)
			}
			events, err := s.History(ctx, d.Thing())
			if err != nil {
				t.Fatal(err)
			}
			if int64(len(events)) != d.Rev {
				t.Fatalf("round %d: %s has %d events and %d changes", round, d.Unit, len(events), d.Rev)
			}
			status := dossier.NotRegistered
			for _, e := range events {
				for _, c := range e.Detail {
					switch {
					case c.Field == "status" && dossier.Status(c.Before) != status:
						t.Fatalf("round %d: %s went on from %s, it stood at %s", round, d.Unit, c.Before, status)
					case c.Field == "status":
						status = dossier.Status(c.After)
					case c.Field == "reason":
						found[c.After]++
					case c.Field == "self/1.1":
						_, note, _ := strings.Cut(strings.TrimSuffix(c.After, ")"), " (")
						found[note]++
					}
				}
			}
			if status != d.Status {
				t.Fatalf("round %d: %s is %s, its trail ends at %s", round, d.Unit, d.Status, status)
			}
		}
		for text := range y.acked {
			if found[text] != 1 {
				t.Fatalf("round %d: the acknowledged change %s is there %d times", round, text, found[text])
			}
		}
		for text, n := range found {
			if n > 1 || !y.sent[text] {
				t.Fatalf("round %d: %s is there %d times, sent: %v", round, text, n, y.sent[text])
			}
		}
	})
}
