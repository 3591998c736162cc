package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// TestCampaignCommands plans a campaign and invites to it without a page.
func TestCampaignCommands(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "t.db")
	province(t, db, 2)
	run(t, "form", "import", "--db", db, "pks04@1")
	run(t, "campaign", "create", "--db", db, "tt", "--form", "pks04@1", "--period", "2026", "--opens", "2020-01-01", "--closes", "2100-01-01",
		"--channels", "token,paper", "--error", "2.5", "--min-seconds", "20", "--retain", "6")
	list := filepath.Join(dir, "dan-so.csv")
	write(t, list, []byte("unit,group,count\n98001,resident,8000\n98002,resident,12000\n"))
	for range 2 { // the same again changes nothing
		if got := run(t, "population", "import", "--db", db, "--campaign", "tt", list); got != "cells\t2\npeople\t20000\n" {
			t.Errorf("population import: %q", got)
		}
	}
	out := filepath.Join(dir, "thu-moi.csv")
	made := run(t, "invitations", "create", "--db", db, "--campaign", "tt", "--unit", "98001", "--group", "resident", "--count", "3", "--url", "https://khao-sat.example", "--out", out)
	if !strings.HasSuffix(made, "\t3\n") {
		t.Errorf("invitations create: %q", made)
	}
	run(t, "invitations", "create", "--db", db, "--campaign", "tt", "--unit", "98002", "--group", "resident", "--count", "1", "--url", "https://khao-sat.example/", "--out", filepath.Join(dir, "thu-moi.xlsx"))
	run(t, "export", "survey", "--db", db, "--period", "2026", "--out", filepath.Join(dir, "ks.xlsx"))
	run(t, "period", "create", "2027", "--db", db, "--criteria", "mau-than-thien-bg@1")
	if code, _, errs := dispatched(t, "export", "survey", "--db", db, "--period", "2027", "--out", filepath.Join(dir, "khong.xlsx")); code != exitRefused || !strings.Contains(errs, "2027") {
		t.Errorf("a period without campaigns: exit %d\n%s", code, errs)
	}

	engine, err := sqlite.Open(t.Context(), db, store.Collections())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	s, err := store.New(t.Context(), store.Options{DB: engine})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Campaign(t.Context(), "tt")
	if err != nil {
		t.Fatal(err)
	}
	got := survey.Campaign{Channels: c.Channels, Error: c.Error, MinSeconds: c.MinSeconds, RetainMonths: c.RetainMonths}
	if diff := cmp.Diff(survey.Campaign{Channels: []survey.Channel{survey.Token, survey.Paper}, Error: 25, MinSeconds: 20, RetainMonths: 6}, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	log, err := s.Exports(t.Context(), time.Time{}, time.Time{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, x := range log {
		if x.What == "survey" {
			left = append(left, fmt.Sprintf("%s %d %s", x.Campaign, x.Rows, x.Path))
		}
	}
	if diff := cmp.Diff([]string{"tt 2 ks.xlsx", "hl 2 ks.xlsx"}, left); diff != "" {
		t.Errorf("every campaign of a workbook is in the export log (-want +got):\n%s", diff)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		token, err := s.Token(t.Context(), row[4])
		if err != nil || token.Campaign != "tt" || token.Unit != "98001" || token.State != store.TokenNew || !strings.HasPrefix(row[5], "https://khao-sat.example/k/tt/98001?t=") {
			t.Errorf("row %q: %+v, %v", row, token, err)
		}
	}
}

// TestInvitationsRefused makes no invitation of a wrong call, and none that
// stays usable when the file cannot be written.
func TestInvitationsRefused(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "t.db")
	province(t, db, 1)
	out := filepath.Join(dir, "o.csv")
	for _, c := range []struct {
		args string
		code int
	}{
		{"invitations create --campaign hl --unit 98001 --group resident --count 3 --out @", exitUsage}, // no address
		{"invitations create --campaign hl --unit 98001 --group resident --count 0 --url http://a --out @", exitUsage},
		{"invitations create --campaign hl --unit 98001 --group resident --count 3 --url http://a --out x.pdf", exitUsage},
		{"invitations create --campaign no --unit 98001 --group resident --count 3 --url http://a --out @", exitRefused},
		{"invitations create --campaign hl --unit 98009 --group resident --count 3 --url http://a --out @", exitRefused},
		{"invitations create --campaign hl --unit 98001 --group king --count 3 --url http://a --out @", exitRefused},
		{"invitations create --campaign hl --unit 98001 --group resident --count 3 --url http://a --out /none/o.csv", exitRefused},
		{"population import --campaign hl", exitUsage},
		{"population import @", exitUsage},
		{"population import --campaign hl /none.csv", exitRefused},
		{"campaign create c --form pks07@1 --period 2026 --closes 2100-01-01 --channels web,fax", exitUsage},
		{"campaign create c --form pks07@1 --period 2026 --closes 2100-01-01 --error 2.55", exitUsage},
		{"campaign create c --form pks07@1 --period 2026 --closes 2100-01-01 --retain 0", exitUsage},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "@ ", out+" "))
		if args[len(args)-1] == "@" {
			args[len(args)-1] = out
		}
		code, stdout, errs := dispatched(t, append(args, "--db", db)...)
		if code != c.code || stdout != "" || errs == "" {
			t.Errorf("%s: exit %d, want %d\n%s%s", c.args, code, c.code, stdout, errs)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused call wrote a file")
	}
}
