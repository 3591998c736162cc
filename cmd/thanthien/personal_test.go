package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"thanthien/internal/config"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/site"
	"thanthien/internal/store"
)

// syncBuffer is a log that many goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// What a respondent brings and nothing may keep.
const (
	personalAddress = "203.0.113.177"
	personalNetwork = "2001:db8:7777"
	personalAgent   = "DienThoaiRiengCuaToi/9.75"
	personalKey     = "khoa-rieng-cua-mot-nguoi-0451"
	personalCookie  = "CookieRiengKhongAiDuocGiu0"
)

// TestNothingPersonal answers by page and API with a distinctive address, user
// agent, token, cookie and key, then reads every byte of the database, of the
// log at its most talkative, and of the exports.
func TestNothingPersonal(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "data", "t.db")
	province(t, db, 1)
	log := &syncBuffer{}
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	engine, err := sqlite.Open(ctx, db, store.Collections())
	must(err)
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := store.New(ctx, store.Options{DB: engine, Log: logger})
	must(err)
	_, tokens, err := s.CreateTokens(ctx, store.TokenBatch{Campaign: "hl", Unit: "98001", Count: 2})
	must(err)
	app, err := site.New(site.Options{Store: s, Config: config.Config{TrustedProxies: "127.0.0.1"}, Log: logger})
	must(err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() { _ = app.Listener(ln) }()
	base := "http://" + ln.Addr().String()

	secrets := []string{personalAddress, personalNetwork, personalAgent, personalKey, personalCookie}
	secrets = append(secrets, tokens...)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(status int, path, kind, body, address, key string) *http.Response {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, base+path, strings.NewReader(body))
		must(err)
		r.Header.Set("Content-Type", kind)
		r.Header.Set("X-Forwarded-For", address)
		r.Header.Set("User-Agent", personalAgent)
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		r.AddCookie(&http.Cookie{Name: "thanthien_device", Value: personalCookie})
		res, err := client.Do(r)
		must(err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		must(err)
		if res.StatusCode != status {
			t.Fatalf("%s: status %d, want %d\n%.500s", path, res.StatusCode, status, text)
		}
		return res
	}
	form := url.Values{"group": {"resident"}, "consent": {"1"}, "key": {personalKey + "-trang"}}
	for _, q := range []string{"q1", "q2", "q3", "q4", "q5", "q6", "q7"} {
		form.Set("a."+q, "5")
	}
	const page, api = "/k/hl/98001", "/api/v1/campaigns/hl/units/98001/responses"
	res := send(303, page, "application/x-www-form-urlencoded", form.Encode(), personalAddress, "")
	for _, c := range res.Cookies() {
		secrets = append(secrets, strings.Split(c.Value, ".")...)
	}
	form.Set("t", tokens[0])
	form.Set("key", personalKey+"-giay-moi")
	send(303, page, "application/x-www-form-urlencoded", form.Encode(), personalNetwork+"::5", "")
	body := `{"token":"` + tokens[1] + `",` + string(crashBody[1:])
	send(201, api, "application/json", body, personalAddress, personalKey)
	send(409, api, "application/json", body, personalAddress, personalKey+"-lai")
	send(422, api, "application/json", `{"group":"x"}`, personalAddress, personalKey+"-sai")
	send(201, api, "application/json", string(crashBody), personalAddress, "")
	used := 0
	for r, err := range s.Responses(ctx, "hl") {
		must(err)
		for _, token := range tokens { // nothing of a token leads to its answer
			kept, err := s.Token(ctx, token)
			must(err)
			if kept.State != store.TokenUsed || kept.Claim != "" || kept.ID == r.Key {
				t.Errorf("token %+v", kept)
			}
		}
		used++
	}
	if used != 4 {
		t.Fatalf("%d responses", used)
	}
	must(app.Shutdown())
	must(engine.Close())
	for _, format := range []string{"csv", "ndjson"} {
		run(t, "responses", "export", "--db", db, "--campaign", "hl", "--out", filepath.Join(dir, "phieu."+format))
	}
	must(os.WriteFile(filepath.Join(dir, "log"), log.Bytes(), 0o600))
	read := 0
	must(filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, secret := range secrets {
			if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(secret))) {
				t.Errorf("%s has %q", filepath.Base(path), secret)
			}
		}
		read += len(data)
		return err
	}))
	if len(secrets) < 9 || read < 10_000 || !strings.Contains(log.String(), "status=201") {
		t.Fatalf("%d secrets, %d bytes read: the test looked at too little", len(secrets), read)
	}
}
