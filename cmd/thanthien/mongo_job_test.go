package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thanthien/internal/config"
)

// channelsJob answers through the channels that the load has not used, each
// thing twice where a repetition must change nothing, and excludes one answer.
// There are n responses before.
func (c *crash) channelsJob(t *testing.T, n int64) {
	t.Helper()
	n += c.answerWithTokens(t)
	n += c.answerInBatches(t)
	n += c.answerOnPaper(t)
	ctx := t.Context()
	db, err := openDatabase(ctx, config.Config{DB: c.db(), Files: c.dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	campaign, err := db.Campaign(ctx, "hl")
	if err != nil {
		t.Fatal(err)
	}
	var id string
	for r, err := range db.ResponsesBefore(ctx, "hl", "") {
		if err != nil {
			t.Fatal(err)
		}
		id = r.ID.Hex()
		break
	}
	for _, want := range []int{1, 0} {
		if n, err := db.Exclude(ctx, &campaign, []string{id}, "quanly", "trùng"); n != want || err != nil {
			t.Fatalf("%d excluded, %v", n, err)
		}
	}
	if err := db.Relay(ctx); err != nil {
		t.Fatal(err)
	}
	events, err := db.History(ctx, "responses/"+id)
	if err != nil || len(events) != 1 {
		t.Fatalf("recorded %+v, %v", events, err)
	}
	counts, err := db.Counts(ctx, &campaign)
	if err != nil {
		t.Fatal(err)
	}
	again, err := db.Recount(ctx, &campaign)
	if err != nil {
		t.Fatal(err)
	}
	all, net := int64(0), int64(0)
	for unit, u := range counts {
		if what := u.Differs(again[unit]); what != "" {
			t.Errorf("unit %s: %s differ from a recount", unit, what)
		}
		all, net = all+u.All.N(), net+u.Net().N()
	}
	if all != n || net != n-1 {
		t.Errorf("%d responses, %d count; want %d and one less", all, net, n)
	}
	if got := run(t, "verify", "--db", c.db()); !strings.Contains(got, "hl\tok\t") {
		t.Errorf("verify says\n%s", got)
	}
}

// answerWithTokens makes two invitations and uses one, twice and for another
// answer.
func (c *crash) answerWithTokens(t *testing.T) int64 {
	t.Helper()
	out := filepath.Join(c.dir, "thu-moi.csv")
	run(t, "invitations", "create", "--db", c.db(), "--campaign", "hl", "--unit", "98001", "--group", "resident", "--count", "2", "--url", "http://"+c.addr, "--out", out)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	body := `{"token":"` + rows[1][4] + `",` + string(crashBody[1:])
	for _, want := range []struct {
		key    string
		status int
	}{{"token-1", 201}, {"token-1", 200}, {"token-2", 409}} {
		if status, answer := c.call(t, "/units/98001/responses", want.key, "", body); status != want.status {
			t.Fatalf("%s: %d, want %d: %s", want.key, status, want.status, answer)
		}
	}
	return 1
}

// answerInBatches sends three interviews, one of them wrong, twice.
func (c *crash) answerInBatches(t *testing.T) int64 {
	t.Helper()
	bearer := "Bearer " + strings.TrimSpace(run(t, "token", "create", "--db", c.db(), "--role", "surveyor"))
	var items []string
	for i, unit := range []string{"98001", "98002", "98009"} {
		items = append(items, fmt.Sprintf(`{"key":"b%d","unit":%q,%s`, i, unit, crashBody[1:]))
	}
	for _, want := range []string{`201`, `200`} {
		status, answer := c.call(t, "/responses:batch", "", bearer, `{"items":[`+strings.Join(items, ",")+`]}`)
		if status != 200 || strings.Count(answer, `"status":`+want) != 2 {
			t.Fatalf("%d %s, want two items with %s", status, answer, want)
		}
	}
	return 2
}

// answerOnPaper imports two paper forms, twice.
func (c *crash) answerOnPaper(t *testing.T) int64 {
	t.Helper()
	file := filepath.Join(c.dir, "giay.ndjson")
	var text string
	for _, unit := range []string{"98002", "98003"} {
		text += `{"unit":"` + unit + `",` + string(crashBody[1:]) + "\n"
	}
	write(t, file, []byte(text))
	for range 2 {
		run(t, "responses", "import", "--db", c.db(), "--campaign", "hl", file)
	}
	return 2
}

// call posts JSON below the campaign and returns the status and the answer.
func (c *crash) call(t *testing.T, path, key, bearer, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://"+c.addr+"/api/v1/campaigns/hl"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if bearer != "" {
		req.Header.Set("Authorization", bearer)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}
