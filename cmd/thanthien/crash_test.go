package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"thanthien/internal/config"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

const (
	crashRounds      = 20
	crashConnections = 16
)

// TestCrash kills the program with SIGKILL while responses come in, twenty
// times: every acknowledged receipt is there exactly once, what was not
// acknowledged can be sent again, and the tally equals a recount.
func TestCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("the crash test takes a while; -short leaves it out")
	}
	c := newCrash(t)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for round := range crashRounds {
		p := c.start(t)
		c.resend(t)
		killed := make(chan struct{})
		var wg sync.WaitGroup
		for w := range crashConnections {
			wg.Go(func() { c.post(round, w, killed) })
		}
		wg.Go(func() { c.postBatches(round, killed) })
		wg.Go(func() { c.compactNow(t, killed) })
		time.Sleep(time.Duration(20+rng.IntN(250)) * time.Millisecond)
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		close(killed)
		_ = p.Wait() // killed: always an error
		wg.Wait()
		c.check(t, round)
	}
	c.start(t)
	c.resend(t)
	c.check(t, crashRounds)
	c.checkTokens(t)
	t.Logf("%d rounds, %d acknowledged receipts, %d with tokens", crashRounds, len(c.receipts), len(c.tokenOf))
	if len(c.receipts) < crashRounds {
		t.Fatal("too few responses got through for the test to mean anything")
	}
}

// crash is the program under test and what it acknowledged.
type crash struct {
	dir, binary, addr string
	database          string // "": an embedded one in dir

	mu       sync.Mutex
	receipts map[string]string   // by key
	pending  map[string]string   // key → unit: sent, not acknowledged
	tokens   map[string][]string // by unit, not sent yet
	tokenOf  map[string]string   // by key: the one it was sent with
	bearer   string              // API token for batches
}

// Tokens for the crash test, and how many interviews a batch has.
const (
	crashTokens = 5000 // for each unit
	crashBatch  = 20
)

var crashBody = []byte(`{"group":"resident","answers":{"q1":"5","q2":"4","q3":"3","q4":"2","q5":"1","q6":"5","q7":"4"}}`)

func newCrash(t *testing.T) *crash {
	t.Helper()
	dir := t.TempDir()
	c := &crash{dir: dir, binary: filepath.Join(dir, "thanthien"), receipts: map[string]string{}, pending: map[string]string{}, tokens: map[string][]string{}, tokenOf: map[string]string{}}
	buildProgram(t, c.binary)
	province(t, c.db(), 3)
	c.makeTokens(t)
	return c
}

// makeTokens makes one-use tokens for every unit and an API token.
func (c *crash) makeTokens(t *testing.T) {
	c.with(t, func(ctx context.Context, s *store.Store) {
		for _, unit := range []string{"98001", "98002", "98003"} {
			_, plain, err := s.CreateTokens(ctx, store.TokenBatch{Campaign: "hl", Unit: unit, Count: crashTokens})
			if err != nil {
				t.Fatal(err)
			}
			c.tokens[unit] = plain
		}
	})
	c.bearer = "Bearer " + strings.TrimSpace(run(t, "token", "create", "--db", c.db(), "--role", "surveyor"))
}

// takeToken gives every second key a token of its unit, the same at each try.
func (c *crash) takeToken(unit, key string, i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if left := c.tokens[unit]; i%2 == 0 && len(left) > 0 {
		c.tokenOf[key], c.tokens[unit] = left[0], left[1:]
	}
}

// body is what is sent under a key.
func (c *crash) body(key string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if token := c.tokenOf[key]; token != "" {
		return []byte(`{"token":"` + token + `",` + string(crashBody[1:]))
	}
	return crashBody
}

// postBatches sends interviews until the program is killed.
func (c *crash) postBatches(round int, killed <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-killed:
			return
		default:
		}
		var items []string
		c.mu.Lock()
		for n := range crashBatch {
			key, unit := fmt.Sprintf("r%d-b%d-%d", round, i, n), fmt.Sprintf("98%03d", 1+n%3)
			c.pending[key] = unit
			items = append(items, `{"key":"`+key+`","unit":"`+unit+`",`+string(crashBody[1:]))
		}
		c.mu.Unlock()
		if c.sendBatch(`{"items":[`+strings.Join(items, ",")+`]}`) != nil {
			return
		}
	}
}

// sendBatch posts a batch and books the items that were acknowledged.
func (c *crash) sendBatch(body string) error {
	req, err := http.NewRequest(http.MethodPost, "http://"+c.addr+"/api/v1/campaigns/hl/responses:batch", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", c.bearer)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var answer struct {
		Items []struct {
			Key, Receipt string
			Status       int
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range answer.Items {
		if i.Status == http.StatusCreated || i.Status == http.StatusOK {
			c.receipts[i.Key] = i.Receipt
			delete(c.pending, i.Key)
		}
	}
	return nil
}

// checkTokens sweeps and compares: every used token has its response, every
// response that came by a token its used token.
func (c *crash) checkTokens(t *testing.T) {
	t.Helper()
	c.with(t, func(ctx context.Context, s *store.Store) {
		if err := s.SweepClaims(ctx); err != nil {
			t.Fatal(err)
		}
		came, used := map[string]int{}, map[string]int{}
		for r, err := range s.Responses(ctx, "hl") {
			if err != nil {
				t.Fatal(err)
			}
			if r.Channel == survey.Token {
				came[r.Unit]++
			}
		}
		batches, err := s.TokenBatches(ctx, "hl")
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			used[b.Unit] += int(b.Used)
		}
		if !maps.Equal(came, used) {
			t.Fatalf("responses by tokens %v, used tokens %v", came, used)
		}
		for key, typed := range c.tokenOf {
			if token, err := s.Token(ctx, typed); err != nil || (token.State == store.TokenUsed) != (c.receipts[key] != "") {
				t.Fatalf("key %s: token %s, receipt %q, %v", key, token.State, c.receipts[key], err)
			}
		}
		if len(came) < 3 {
			t.Fatal("too few responses by tokens for the test to mean anything")
		}
	})
}

func buildProgram(t testing.TB, path string) {
	t.Helper()
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
}

func (c *crash) db() string {
	if c.database != "" {
		return c.database
	}
	return filepath.Join(c.dir, "data", "thanthien.db")
}

// province fills a database with n communes, an open period and a campaign,
// through the commands.
func province(t testing.TB, db string, n int) {
	t.Helper()
	list := filepath.Join(t.TempDir(), "units.csv")
	text := "code,name,level,parent\n98,Tỉnh Thử,province,\n"
	for i := 1; i <= n; i++ {
		text += fmt.Sprintf("98%03d,Xã Thử %02d,commune,98\n", i, i)
	}
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"units", "import", "--db", db, list},
		{"criteria", "import", "--db", db, "mau-than-thien-bg@1"},
		{"form", "import", "--db", db, "pks07@1"},
		{"period", "create", "--db", db, "2026", "--criteria", "mau-than-thien-bg@1", "--scope", "98", "--open"},
		{"campaign", "create", "--db", db, "hl", "--form", "pks07@1", "--period", "2026", "--opens", "2020-01-01", "--closes", "2100-01-01"},
	} {
		run(t, args...)
	}
}

// run runs a command in this process and returns what it printed.
func run(t testing.TB, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	if code := dispatch(t.Context(), e, args); code != exitOK {
		t.Fatalf("thanthien %v: exit %d\n%s%s", args, code, out.String(), errs.String())
	}
	return out.String()
}

// start starts the program and waits until it answers.
func (c *crash) start(t testing.TB) *exec.Cmd {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.addr = ln.Addr().String()
	ln.Close()
	p := exec.Command(c.binary, "serve", "--addr", c.addr, "--db", c.db())
	p.Env = append(os.Environ(), config.Prefix+"LOG=warn")
	p.Stderr = os.Stderr
	p.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() }) // it may be dead already
	for range 200 {
		res, err := http.Get("http://" + c.addr + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return p
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the program did not start")
	return nil
}

// post sends responses one after the other until the program is killed.
func (c *crash) post(round, worker int, killed <-chan struct{}) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	for i := 0; ; i++ {
		select {
		case <-killed:
			return
		default:
		}
		key, unit := fmt.Sprintf("r%d-w%d-%d", round, worker, i), fmt.Sprintf("98%03d", 1+i%3)
		c.takeToken(unit, key, i+worker)
		if c.send(client, unit, key) != nil {
			return // its answer never came: it stays pending
		}
	}
}

// send posts one response and books what came of it.
func (c *crash) send(client *http.Client, unit, key string) error {
	c.mu.Lock()
	c.pending[key] = unit
	c.mu.Unlock()
	req, err := http.NewRequest(http.MethodPost, "http://"+c.addr+"/api/v1/campaigns/hl/units/"+unit+"/responses", bytes.NewReader(c.body(key)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var answer struct{ Receipt string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	if res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", res.Status)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.receipts[key] = answer.Receipt
	delete(c.pending, key)
	return nil
}

// resend sends again what the last kill left without an answer.
func (c *crash) resend(t *testing.T) {
	t.Helper()
	left := map[string]string{}
	for key, unit := range c.pending {
		left[key] = unit
	}
	for key, unit := range left {
		if err := c.send(http.DefaultClient, unit, key); err != nil {
			t.Fatalf("resend %s: %v", key, err)
		}
	}
}

// compactNow compacts the tally from this second process while responses come.
func (c *crash) compactNow(t *testing.T, killed <-chan struct{}) {
	c.with(t, func(ctx context.Context, s *store.Store) {
		campaign, err := s.Campaign(ctx, "hl")
		if err != nil {
			t.Error(err)
			return
		}
		for {
			select {
			case <-killed:
				return
			case <-time.After(20 * time.Millisecond):
				if err := s.Compact(ctx, &campaign); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// with opens the database beside the program.
func (c *crash) with(t *testing.T, work func(context.Context, *store.Store)) {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, c.db(), store.Collections())
	if err != nil {
		t.Error(err)
		return
	}
	defer db.Close()
	s, err := store.New(ctx, store.Options{DB: db})
	if err != nil {
		t.Error(err)
		return
	}
	work(ctx, s)
}

// check compares the database with what was acknowledged.
func (c *crash) check(t *testing.T, round int) {
	t.Helper()
	c.with(t, func(ctx context.Context, s *store.Store) {
		found := map[string]int{}
		for r, err := range s.Responses(ctx, "hl") {
			if err != nil {
				t.Fatal(err)
			}
			found[s.Receipt(r.Campaign, r.Unit, r.Key)]++
		}
		for key, receipt := range c.receipts {
			if found[receipt] != 1 {
				t.Fatalf("round %d: receipt %s of %s is there %d times", round, receipt, key, found[receipt])
			}
		}
		if most := len(c.receipts) + len(c.pending); len(found) > most {
			t.Fatalf("round %d: %d responses, at most %d were sent", round, len(found), most)
		}
		for r := range c.receipts {
			if _, err := s.FindReceipt(ctx, c.receipts[r]); err != nil {
				t.Fatalf("round %d: receipt page: %v", round, err)
			}
			break // one a round is enough: it is the same look-up
		}
		campaign, err := s.Campaign(ctx, "hl")
		if err != nil {
			t.Fatal(err)
		}
		counts, err := s.Counts(ctx, &campaign)
		if err != nil {
			t.Fatal(err)
		}
		recount, err := s.Recount(ctx, &campaign)
		if err != nil {
			t.Fatal(err)
		}
		var n int64
		for unit, u := range recount {
			if counts[unit] == nil {
				t.Fatalf("round %d: %s is not counted", round, unit)
			}
			if what := counts[unit].Differs(u); what != "" {
				t.Fatalf("round %d: %s of %s is not the recount", round, what, unit)
			}
			n += u.All.N()
		}
		if len(counts) != len(recount) || n != int64(len(found)) {
			t.Fatalf("round %d: %d tallied of %d", round, n, len(found))
		}
	})
}
