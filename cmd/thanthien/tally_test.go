package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

const tallyForm = `id: pks07
version: 2
title: Phiếu khảo sát
respondents: [resident, business]
scales:
  s: [{code: "5", label: Tốt, value: 100, satisfied: true}, {code: "1", label: Kém, value: 0}, {code: "0", label: Không rõ}]
sections:
  - title: Chung
    questions:
      - {code: q1, kind: scale, scale: s, text: Hài lòng, required: true}
      - {code: q3, kind: number, text: Tuổi}
`

// tally runs the command on responses from standard input.
func tally(t *testing.T, responses string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "form.yaml")
	if err := os.WriteFile(file, []byte(tallyForm), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, messages bytes.Buffer
	e := &env{Stdin: strings.NewReader(responses), Stdout: &out, Stderr: &messages}
	err = runTally(context.Background(), e, append([]string{"--form", file, "--responses", "-"}, args...))
	return out.String(), messages.String(), err
}

func TestTallyRejectsLinesAndGoesOn(t *testing.T) {
	long := `{"unit":"09","group":"resident","answers":{"q1":"5"},"x":"` + strings.Repeat("x", survey.MaxLine) + `"}`
	out, _, err := tally(t, "\xef\xbb\xbf"+strings.Join([]string{
		`{"unit":"10","group":"resident","answers":{"q1":"5","q3":40}}`,
		``,
		`not JSON`,
		`{"unit":"09","group":"business","answers":{"q1":"1","q3":0.5}}` + "\r",
		long,
		`{"unit":"09","group":"resident","answers":{"q1":"7"}}`,
		`{"unit":"09","group":"resident","answers":{"q1":"0"}}`,
		`{"unit":"09","group":"resident","answers":{"q1":"5"},"excluded":"thử"}`,
	}, "\n"))
	var partly partlyRejected
	if !errors.As(err, &partly) || partly.n != 3 {
		t.Fatalf("err = %v", err)
	}
	var r survey.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Rejected) != 3 || r.Rejected[0].Line != 3 || r.Rejected[1].Line != 5 || r.Rejected[2].Line != 6 {
		t.Errorf("rejected %+v", r.Rejected)
	}
	if !strings.HasPrefix(r.Rejected[2].Reason, "q1: Không có phương án “7”") {
		t.Errorf("reason %q", r.Rejected[2].Reason)
	}
	if len(r.Units) != 2 || r.Units[0].Unit != "09" || r.Units[0].N != 2 || r.Units[0].Excluded.N != 1 || r.Units[1].N != 1 {
		t.Errorf("units %+v", r.Units)
	}
	want := `{"form":"pks07","version":2,"units":[{"unit":"09","n":2,"index":"0.00","low":null,"high":null,` +
		`"groups":{"resident":{"n":1,"index":null},"business":{"n":1,"index":"0.00"}},` +
		`"questions":{"q1":{"n":1,"index":"0.00","counts":{"5":0,"1":1,"0":1},"kind":"scale"},"q3":{"n":1,"min":"0.5","max":"0.5","sum":"0.5","kind":"number"}},`
	if !strings.HasPrefix(out, want) {
		t.Errorf("got  %s\nwant %s", out[:min(len(out), len(want))], want)
	}
}

func TestTallyCSV(t *testing.T) {
	out, messages, err := tally(t, `{"unit":"=1","group":"resident","answers":{"q1":"5","q3":40}}`+"\n{}", "--format", "csv")
	want := `unit,part,code,option,n,index,low,high,min,max,sum
'=1,unit,,,1,100.00,,,,,
'=1,group,resident,,1,100.00,,,,,
'=1,group,business,,0,,,,,,
'=1,question,q1,,1,100.00,,,,,
'=1,option,q1,5,1,,,,,,
'=1,option,q1,1,0,,,,,,
'=1,option,q1,0,0,,,,,,
'=1,question,q3,,1,,,,40,40,40
`
	var partly partlyRejected
	if out != want || !errors.As(err, &partly) || !strings.HasPrefix(messages, "line 2: ") {
		t.Errorf("%v, %q, got\n%s", err, messages, out)
	}
}

// TestTallyWorkbook: the workbook has what the report has, and the rejected
// lines on a sheet of their own.
func TestTallyWorkbook(t *testing.T) {
	responses := `{"unit":"=1","group":"resident","answers":{"q1":"5","q3":40.5}}` + "\n{}"
	out, messages, err := tally(t, responses, "--format", "xlsx")
	var partly partlyRejected
	if !errors.As(err, &partly) || messages != "" {
		t.Fatalf("%v, %s", err, messages)
	}
	for sheet, want := range map[string][]string{
		"Chỉ số":       {"=1", "1", "1", "100.00", "", "", "1", "100.00", "0", "", "0", "100.00"},
		"Phân bố":      {"=1", "q1", "Hài lòng", "5", "Tốt", "1", "100.00"},
		"Dòng bị loại": {"2"},
	} {
		if rows := sheetRows(t, []byte(out), sheet); len(rows) < 5 || !slices.Equal(rows[4][:len(want)], want) {
			t.Errorf("%s: %q, want %q", sheet, rows, want)
		}
	}
	file := filepath.Join(t.TempDir(), "r.xlsx")
	if out, _, err := tally(t, responses, "--format", "xlsx", "--out", file); !errors.As(err, &partly) || out != "" {
		t.Errorf("%v, %d bytes on standard output", err, len(out))
	}
	if data, err := os.ReadFile(file); err != nil || len(sheetRows(t, data, "Câu hỏi")) != 6 {
		t.Errorf("file: %v", err)
	}
}

func TestTallyNothing(t *testing.T) {
	out, _, err := tally(t, "\n \n")
	if want := `{"form":"pks07","version":2,"units":[],"rejected":[]}` + "\n"; err != nil || out != want {
		t.Errorf("%v, got %s", err, out)
	}
}

func TestTallyRefuses(t *testing.T) {
	e := &env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
	for _, args := range [][]string{{}, {"--form", "x"}, {"--form", "x", "--responses", "-", "--format", "pdf"}, {"--form", "x", "--responses", "-", "more"}, {"--colour"}} {
		var usage usageError
		if err := runTally(context.Background(), e, args); !errors.As(err, &usage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if err := runTally(context.Background(), e, []string{"--form", "/nowhere", "--responses", "-"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("missing form: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	form, err := survey.Parse([]byte(tallyForm), "form.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tallyLines(ctx, form, strings.NewReader(strings.Repeat("{}\n", checkEvery))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
