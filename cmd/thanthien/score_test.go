package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

const scoreSet = `id: mau
version: 2
title: t
applies_to: [commune]
total: 10
conditions: [{code: dk1, title: c}]
groups: [{code: "1", title: g, max: 10, criteria: [
  {code: "1.1", title: l, max: 6, rule: {type: ratio}},
  {code: "1.2", title: l, max: 4, rule: {type: survey, form: pks07}}]}]
recognition: {min_total: 6, bands: [{code: tot, title: t, min: 9}, {code: dat, title: t, min: 6}]}
`

const scoreMarks = `{"units": [
  {"unit": "a", "marks": {"1.1": {"numerator": 2, "denominator": 3}}, "conditions": {"dk1": true}},
  {"unit": "b", "marks": {"1.1": {"numerator": "9", "denominator": 9}}, "conditions": {"dk1": true}},
  {"unit": "c", "marks": {"1.1": {"numerator": 1, "denominator": 1}}, "conditions": {"dk1": true}}]}`

const scoreSurvey = `[{"form": "pks07", "version": 1, "units": [{"unit": "a", "n": 30, "index": "75.00"}, {"unit": "b", "n": 40, "index": "90.00"}, {"unit": "c", "n": 29, "index": "90.00"}]}]`

const scoreScope = "code,name,level,parent\n24,Tỉnh Minh Họa,province,\na,Xã A,commune,24\nb,Xã B,commune,24\nc,Xã C,commune,24\nd,Xã D,commune,24\n"

// scoreFiles writes the files of a small case and returns their folder.
func scoreFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"set.yaml": scoreSet, "marks.json": scoreMarks, "tally.json": scoreSurvey, "units.csv": scoreScope, "bad.yaml": "id: X Y\n", "bad.json": "{\"units\": [{\"unit\": \"a\",\n\"marks\": {\"1.1\": {\"level\": 3}}}]}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// scoreCall runs a command in dir's files ("@name" is a file of dir).
func scoreCall(t *testing.T, dir string, args string) (code int, stdout, stderr string) {
	t.Helper()
	list := strings.Fields(args)
	for i, a := range list {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			list[i] = filepath.Join(dir, name)
		}
	}
	var out, errs bytes.Buffer
	code = dispatch(context.Background(), &env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}, list)
	return code, out.String(), errs.String()
}

func TestScoreCommand(t *testing.T) {
	dir := scoreFiles(t)
	code, out, errs := scoreCall(t, dir, "score --criteria @set.yaml --marks @marks.json --survey @tally.json --units @units.csv --target 60")
	if code != exitOK || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got bytes.Buffer
	if err := json.Compact(&got, []byte(out)); err != nil {
		t.Fatal(err)
	}
	want := `{"criteria":"mau","version":2,"units":[` +
		`{"unit":"b","total":"9.60","groups":{"1":"9.60"},"leaves":{"1.1":"6.00","1.2":"3.60"},"complete":true,"missing":[],"not_applicable":[],"recognised":true,"band":"tot","failed":[],"rank":1},` +
		`{"unit":"a","total":"7.00","groups":{"1":"7.00"},"leaves":{"1.1":"4.00","1.2":"3.00"},"complete":true,"missing":[],"not_applicable":[],"recognised":true,"band":"dat","failed":[],"rank":2},` +
		`{"unit":"c","total":"6.00","groups":{"1":"6.00"},"leaves":{"1.1":"6.00","1.2":"0.00"},"complete":false,"missing":["1.2"],"not_applicable":[],"recognised":false,"band":null,` +
		`"failed":[{"rule":"incomplete","code":"","want":"0","got":"1"}],"rank":null}],` +
		`"target":{"recognised":2,"denominator":4,"share":"50.00","percent":"60","met":false,"needed":1}}`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestScoreCommandOptions(t *testing.T) {
	dir := scoreFiles(t)
	const base = "score --criteria @set.yaml --marks @marks.json --survey @tally.json "
	for _, c := range []struct {
		args string
		code int
		want string // in stdout, or in stderr when the code is not 0
	}{
		{base + "--target=", exitOK, `"target": null`},
		{base + "--min-band tot", exitOK, `"recognised": 1,`},
		{base, exitOK, `"denominator": 3,
    "share": "66.67",
    "percent": "60",`},
		{base + "--target 70", exitOK, `"percent": "70",`},
		{base + "--units @units.csv --date 2026-01-01", exitOK, `"denominator": 4,`},
		{base + "--format csv", exitOK, "rank,unit,total,group 1,leaf 1.1,leaf 1.2,complete,recognised,band,missing,not_applicable,failed\n1,b,9.60,9.60,6.00,3.60,true,true,tot,,,\n"},
		{base + "--explain a", exitOK, `"fraction": "200/3"`},
		{base + "--explain z", exitRefused, "z"},
		{base + "--target 60 --min-band z", exitRefused, "z"},
		{base + "--target 101", exitUsage, "--target"},
		{base + "--target= --min-band tot", exitUsage, "--target"},
		{base + "--format pdf", exitUsage, "want json, csv or xlsx"},
		{base + "--out @none/x.json", exitRefused, "x.json"},
		{base + "--date soon", exitUsage, "soon"},
		{base + "more", exitUsage, "more"},
		{"score --marks @marks.json", exitUsage, "--criteria"},
		{"score --criteria @none.yaml --marks @marks.json", exitRefused, "none.yaml"},
		{"score --criteria @bad.yaml --marks @marks.json", exitRefused, "bad.yaml:1:"},
		{"score --criteria @set.yaml --marks @bad.json", exitRefused, "bad.json:2: a/1.1"},
		{"score --criteria @set.yaml --marks @marks.json --survey @marks.json", exitRefused, "marks.json"},
		{"score --criteria @set.yaml --marks @marks.json --units @marks.json", exitRefused, "1"},
		{"criteria validate @set.yaml", exitOK, "set.yaml: ok: mau version 2, 2 criteria"},
		{"criteria validate @bad.yaml @none.yaml", exitRefused, "none.yaml"},
		{"criteria validate @none.yaml @bad.yaml", exitRefused, "bad.yaml:1: id:"},
		{"criteria validate", exitUsage, "FILE"},
	} {
		code, out, errs := scoreCall(t, dir, c.args)
		text := out
		if c.code != exitOK {
			text = errs
		}
		if code != c.code || !strings.Contains(text, c.want) || strings.Contains(errs, "%!") {
			t.Errorf("%s: exit %d, want %d with %q in\n%s", c.args, code, c.code, c.want, text)
		}
	}
}

// TestScoreWorkbook: the workbook has the ranking with the names of --units and
// no head; without them codes stand in.
func TestScoreWorkbook(t *testing.T) {
	dir := scoreFiles(t)
	const base = "score --criteria @set.yaml --marks @marks.json --survey @tally.json --format xlsx "
	code, out, errs := scoreCall(t, dir, base+"--units @units.csv --out @r.xlsx")
	if code != exitOK || out != "" {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	data, err := os.ReadFile(filepath.Join(dir, "r.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	rows := sheetRows(t, data, "Xếp hạng")
	if rows[0][0] == "" || len(rows) < 7 {
		t.Fatalf("the workbook has a head: %q", rows)
	}
	want := []string{"1", "b", "Xã B", "Tỉnh Minh Họa", "9.60", "9.60", "t"}
	if diff := cmp.Diff(want, rows[5][:7]); diff != "" {
		t.Errorf("-want +got: %s", diff)
	}
	if got := sheetRows(t, data, "Tổng hợp"); !slices.ContainsFunc(got, func(r []string) bool { return slices.Contains(r, "2/4") }) {
		t.Errorf("no target in %q", got)
	}
	code, out, errs = scoreCall(t, dir, base)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if rows := sheetRows(t, []byte(out), "Xếp hạng"); rows[5][2] != "b" {
		t.Errorf("row %q", rows[5])
	}
}

// sheetRows are the cells of a workbook's sheet as they are shown.
func sheetRows(t *testing.T, data []byte, sheet string) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestCriteriaValidateForms: a form given beside a set is known to it.
func TestCriteriaValidateForms(t *testing.T) {
	dir := scoreFiles(t)
	set := strings.Replace(scoreSet, "form: pks07", "form: rieng, questions: [q9]", 1)
	form := "id: rieng\nversion: 1\ntitle: t\nrespondents: [resident]\nconsent: c\nscales: {s: [{code: \"1\", label: a, value: 100}]}\n" +
		"sections: [{title: s, questions: [{code: q1, kind: scale, scale: s, text: t}]}]\n"
	for name, text := range map[string]string{"set2.yaml": set, "form.yaml": form, "form9.yaml": strings.Replace(form, "code: q1", "code: q9", 1)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for args, want := range map[string]string{"@set2.yaml": "rieng", "@set2.yaml @form.yaml": "q9", "@form9.yaml @set2.yaml": ""} {
		code, out, errs := scoreCall(t, dir, "criteria validate "+args)
		if want == "" && (code != exitOK || !strings.Contains(out, "set2.yaml: ok")) || want != "" && (code != exitRefused || !strings.Contains(errs, want) || !strings.Contains(errs, "set2.yaml:9:")) {
			t.Errorf("%s: exit %d\n%s%s", args, code, out, errs)
		}
	}
}
