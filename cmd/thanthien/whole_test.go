package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/criteria"
	"thanthien/internal/demo"
	"thanthien/internal/docstore/storetest"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
)

// TestWholeJob does the main job over the 99 communes of a real province, with
// 20,000 responses posted over HTTP: the ranking page, the API and the Excel
// file show the same totals, and so do score and tally on the exported data.
func TestWholeJob(t *testing.T) {
	if testing.Short() {
		t.Skip("posts 20,000 responses; -short leaves it out")
	}
	list := os.Getenv("THANTHIEN_TEST_UNITS")
	if list == "" {
		list = "../../../shared/data/bac-ninh-2026.csv"
		if _, err := os.Stat(list); err != nil {
			t.Skip("THANTHIEN_TEST_UNITS names no list of real units: ", err)
		}
	}
	c := &crash{dir: t.TempDir()}
	c.binary = filepath.Join(c.dir, "thanthien")
	buildProgram(t, c.binary)
	db := c.db()
	if got := run(t, "units", "import", "--db", db, list); got != "province\t1\ncommune\t99\n" {
		t.Fatalf("units import: %q", got)
	}
	run(t, "criteria", "import", "--db", db, "mau-than-thien-bg@1")
	run(t, "form", "import", "--db", db, "pks07@1")
	if got := run(t, "period", "create", "--db", db, "2026", "--criteria", "mau-than-thien-bg@1", "--scope", "24", "--open"); got != "2026\t99\n" {
		t.Fatalf("period create: %q", got)
	}
	run(t, "campaign", "create", "--db", db, "hl", "--form", "pks07@1", "--period", "2026", "--opens", "2020-01-01", "--closes", "2100-01-01")
	run(t, "marks", "import", "--db", db, "--period", "2026", randomMarks(t, c.dir, db))
	password := filepath.Join(c.dir, "password")
	write(t, password, []byte("mat-khau-do"))
	run(t, "user", "add", "--db", db, "--role", "manager", "--password-file", password, "quanly")

	c.start(t)
	base := "http://" + c.addr
	var load struct{ Accepted int }
	unmarshal(t, run(t, "load", "--url", base, "--campaign", "hl", "--concurrency", "64", "--count", "20000", "--seed", "1"), &load)
	if load.Accepted != 20_000 {
		t.Fatalf("%d of 20,000 responses accepted", load.Accepted)
	}

	want := independent(t, c.dir, db, list)
	cookie := signIn(t, base, "quanly", "mat-khau-do")
	var api ranking
	unmarshal(t, get(t, base+"/api/v1/periods/2026/ranking", cookie), &api)
	if diff := cmp.Diff(want, api); diff != "" {
		t.Errorf("the API differs from score + tally (-want +got):\n%s", diff)
	}
	totals := map[string]string{}
	for _, u := range want.Units {
		totals[u.Unit] = u.Total
	}
	if len(totals) != 99 {
		t.Fatalf("%d units", len(totals))
	}
	if diff := cmp.Diff(totals, excelTotals(t, c.dir, db)); diff != "" {
		t.Errorf("the Excel file differs:\n%s", diff)
	}
	if diff := cmp.Diff(totals, pageTotals(t, base, cookie)); diff != "" {
		t.Errorf("the ranking page differs:\n%s", diff)
	}
}

// TestJobOnMongo does a small main job through the real program on a
// MongoDB-wire server: the one that the contract suite builds, and the one that
// THANTHIEN_TEST_MONGODB_URI names.
func TestJobOnMongo(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a database server; -short leaves it out")
	}
	t.Run("FerretDB", func(t *testing.T) { jobOnMongo(t, storetest.ServerURI(t)) })
	t.Run("server", func(t *testing.T) {
		uri := os.Getenv("THANTHIEN_TEST_MONGODB_URI")
		if uri == "" {
			t.Skip("THANTHIEN_TEST_MONGODB_URI is not set")
		}
		jobOnMongo(t, uri)
	})
}

func jobOnMongo(t *testing.T, server string) {
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = fmt.Sprintf("/thanthien_job_%d", rand.Uint32())
	c := &crash{dir: t.TempDir(), database: u.String()}
	c.binary = filepath.Join(c.dir, "thanthien")
	buildProgram(t, c.binary)
	province(t, c.db(), 3)
	run(t, "marks", "import", "--db", c.db(), "--period", "2026", randomMarks(t, c.dir, c.db()))
	password := filepath.Join(c.dir, "password")
	write(t, password, []byte("mat-khau-do"))
	run(t, "user", "add", "--db", c.db(), "--role", "manager", "--password-file", password, "quanly")
	c.start(t)
	base := "http://" + c.addr
	run(t, "load", "--url", base, "--campaign", "hl", "--concurrency", "4", "--count", "200", "--seed", "1")
	c.channelsJob(t, 200)
	units := filepath.Join(c.dir, "units.csv")
	write(t, units, []byte(strings.ReplaceAll(run(t, "units", "list", "--db", c.db(), "--level", "commune"), "\t", ",")))
	want := independent(t, c.dir, c.db(), units)
	var api ranking
	unmarshal(t, get(t, base+"/api/v1/periods/2026/ranking", signIn(t, base, "quanly", "mat-khau-do")), &api)
	if diff := cmp.Diff(want, api); diff != "" || len(want.Units) != 3 {
		t.Errorf("the API differs from score + tally over %d units (-want +got):\n%s", len(want.Units), diff)
	}
}

// ranking is the documented result JSON, as far as the channels share it.
type ranking struct {
	Criteria string
	Version  int
	Units    []struct {
		Unit, Total    string
		Groups, Leaves map[string]string
		Complete       bool
		Missing        []string
		Recognised     bool
		Band           *string
		Failed         []score.Failed
		Rank           *int
	}
	Target score.TargetResult
}

// randomMarks writes a marks file with a mark for every leaf of every unit.
func randomMarks(t testing.TB, dir, db string) string {
	t.Helper()
	data, err := criteria.FS.ReadFile("sets/mau-than-thien-bg@1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rubric.Parse(data, "set")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	file := score.MarksFile{}
	for i, line := range strings.Split(strings.TrimSpace(run(t, "units", "list", "--db", db, "--level", "commune")), "\n") {
		code, _, _ := strings.Cut(line, "\t")
		if i == 0 {
			continue
		}
		u := score.UnitMarks{Unit: code, Marks: map[string]score.Mark{}, Conditions: map[string]bool{"dk1": true, "dk2": rng.Float64() > 0.05}}
		quality := 0.75 + 0.25*rng.Float64()
		for _, leaf := range set.Leaves() {
			if leaf.Rule.Type != rubric.RuleSurvey && rng.Float64() > 0.001 {
				u.Marks[leaf.Code] = demo.Mark(leaf, set.KindOf(leaf), quality, rng)
			}
		}
		file.Units = append(file.Units, u)
	}
	var b bytes.Buffer
	if err := writeJSON(&b, file); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "in.json")
	write(t, path, b.Bytes())
	return path
}

// independent scores the exported data without the database.
func independent(t *testing.T, dir, db, units string) ranking {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("set.yaml"), []byte(run(t, "criteria", "export", "--db", db, "mau-than-thien-bg@1")))
	form, err := criteria.FS.ReadFile("forms/pks07@1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, at("form.yaml"), form)
	run(t, "marks", "export", "--db", db, "--period", "2026", "--out", at("marks.json"))
	run(t, "responses", "export", "--db", db, "--campaign", "hl", "--out", at("responses.ndjson"))
	write(t, at("tally.json"), []byte(run(t, "tally", "--form", at("form.yaml"), "--responses", at("responses.ndjson"))))
	var r ranking
	unmarshal(t, run(t, "score", "--criteria", at("set.yaml"), "--marks", at("marks.json"), "--survey", at("tally.json"), "--units", units, "--target", "60"), &r)
	return r
}

// excelTotals reads the totals by unit code from the ranking workbook.
func excelTotals(t *testing.T, dir, db string) map[string]string {
	t.Helper()
	path := filepath.Join(dir, "ranking.xlsx")
	run(t, "export", "ranking", "--db", db, "--period", "2026", "--out", path)
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	totals := map[string]string{}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		code, total := -1, -1
		for _, row := range rows {
			for i, cell := range row {
				switch cell {
				case "Mã đơn vị":
					code = i
				case "Tổng điểm":
					total = i
				}
			}
			if code >= 0 && total >= 0 && total < len(row) && row[code] != "Mã đơn vị" {
				var x float64
				if _, err := fmt.Sscan(row[total], &x); err == nil && row[code] != "" {
					totals[row[code]] = fmt.Sprintf("%.2f", x)
				}
			}
		}
	}
	return totals
}

// pageTotals reads the totals by unit code from every page of the ranking.
func pageTotals(t *testing.T, base, cookie string) map[string]string {
	t.Helper()
	totals, seen := map[string]string{}, map[string]bool{}
	for todo := []string{"/bao-cao/xep-hang?ky=2026"}; len(todo) > 0; todo = todo[1:] {
		if seen[todo[0]] {
			continue
		}
		seen[todo[0]] = true
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(get(t, base+todo[0], cookie)))
		if err != nil {
			t.Fatal(err)
		}
		doc.Find("tr[data-unit]").Each(func(_ int, row *goquery.Selection) {
			totals[row.AttrOr("data-unit", "")] = vi.ParseDecimal(row.Find(".total").First().Text())
		})
		doc.Find("nav.pager a").Each(func(_ int, a *goquery.Selection) { todo = append(todo, a.AttrOr("href", "")) })
	}
	t.Logf("ranking pages read: %d", len(seen))
	return totals
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func unmarshal(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
}
