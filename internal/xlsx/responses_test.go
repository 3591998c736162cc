package xlsx

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

const paperForm = `
id: giay
version: 2
title: Phiếu thử
respondents: [resident, business]
scales:
  hl:
    - {code: "5", label: Rất hài lòng, value: 100, satisfied: true}
    - {code: "1", label: Không hài lòng, value: 0}
sections:
  - title: Hỏi
    questions:
      - {code: q1, kind: scale, scale: hl, text: Có hài lòng không, required: true}
      - {code: q1a, kind: multi, other: true, text: Vì sao, show_if: {question: q1, in: ["1"]}, options: [{code: a, label: "Chờ lâu, đi lại nhiều"}, {code: b, label: Tốn tiền}]}
      - {code: q2, kind: number, min: 0, max: 120, text: Tuổi}
      - {code: q3, kind: date, text: Ngày đến}
      - {code: q4, kind: text, max_length: 50, text: Ý kiến}
`

func paperSheet(t testing.TB) ResponseSheet {
	t.Helper()
	form, err := survey.Parse([]byte(paperForm), "giay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := &survey.Campaign{ID: "dot-1", Title: "Đợt 1", FormID: "giay", FormVer: 2, Units: []string{"07210", "07211"},
		Opens: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Closes: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	units := []unit.Unit{{Code: "07210", Name: "Xã Đồng Mỏ"}, {Code: "07211", Name: "Xã Tân Sơn"}, {Code: "99999", Name: "Xã ngoài đợt"}}
	return ResponseSheet{Campaign: c, Form: form, Units: units}
}

func template(t testing.TB, r ResponseSheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteResponseTemplate(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// filled types rows into a template; nil cells stay empty.
func filled(t testing.TB, data []byte, rows ...[]any) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetList()[0]
	for i, row := range rows {
		for j, v := range row {
			if v == nil {
				continue
			}
			if err := f.SetCellValue(sheet, at(i+2, j+1), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The columns: serial, unit, group, q1, q1a, q1a.other, q2, q3, q4.
var goodRows = [][]any{
	{1, "07210 — Xã Đồng Mỏ", "resident — Người dân", "5 — Rất hài lòng", nil, nil, "40,5", "3/11/2026", "=1+1"},
	{2, "xa dong mo", "resident", "không hài lòng", "a; b", "Xa", 41, time.Date(2026, 11, 4, 0, 0, 0, 0, time.UTC), norm.NFD.String("Cần thêm ghế đợi")},
	{2, "07211", "business", 1, "Chờ lâu, đi lại nhiều", nil, nil, nil, nil},
	{nil, "7211", "business", "1", "a,b", nil, nil, nil, nil},
}

func checkGood(t *testing.T, r ResponseSheet, rows []ResponseRow, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows {
		v := r.Form.Values(row.Answers)
		line := row.Unit + " " + row.Group
		for _, name := range []string{"q1", "q1a", "q1a.other", "q2", "q3", "q4"} {
			if x := v[name]; x != nil {
				line += " " + name + "=" + strings.TrimSpace(strings.Trim(strings.ReplaceAll(toText(x), "\n", " "), "[]"))
			}
		}
		got = append(got, line)
	}
	want := []string{
		"07210 resident q1=5 q2=40.5 q3=2026-11-03 q4==1+1",
		"07210 resident q1=1 q1a=a+b+other q1a.other=Xa q2=41 q3=2026-11-04 q4=Cần thêm ghế đợi",
		"07211 business q1=1 q1a=a",
		"07211 business q1=1 q1a=a+b",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("read\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func toText(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, "+")
	case string:
		return v
	case interface{ String() string }:
		return v.String()
	}
	return "?"
}

func TestResponsesRoundTrip(t *testing.T) {
	r := paperSheet(t)
	data := filled(t, template(t, r), goodRows...)
	rows, err := ReadResponses("phieu.xlsx", data, r)
	checkGood(t, r, rows, err)
	again, err := ReadResponses("phieu-2.xlsx", filled(t, template(t, r), goodRows...), r)
	checkGood(t, r, again, err)
	if !bytes.Equal(ResponsesSum(r.Form, rows), ResponsesSum(r.Form, again)) {
		t.Error("the same rows in another file have another sum")
	}
	if bytes.Equal(ResponsesSum(r.Form, rows), ResponsesSum(r.Form, rows[1:])) {
		t.Error("fewer rows have the same sum")
	}
}

func TestResponsesThroughLibreOffice(t *testing.T) {
	r := paperSheet(t)
	made := soffice(t, "xlsx", map[string][]byte{"giay": filled(t, template(t, r), goodRows...)})
	data, err := os.ReadFile(made["giay"])
	if err != nil {
		t.Fatal(err)
	}
	rows, err := ReadResponses("giay.xlsx", data, r)
	checkGood(t, r, rows, err)
}

func TestResponsesProblems(t *testing.T) {
	r := paperSheet(t)
	data := filled(t, template(t, r),
		[]any{1, "07210", "resident", "5"},
		[]any{1, "07210", "resident", "9"},
		[]any{nil, "99999", "official", "5", nil, nil, "200", "31/2/2026", strings.Repeat("á", 51)},
		[]any{nil, nil, nil, nil, nil, nil, 30},
		[]any{nil, "07210", "resident", "1", "a; z"},
	)
	golden(t, "responses_problems.txt", problemsOf(t, "phieu.xlsx", data, r))
	csv := "Đơn vị,Người trả lời,q1,q1a,q2,q3,q4\n07210,resident,7,,,,\n07210,resident,5,,x,,\n"
	golden(t, "responses_problems_csv.txt", problemsOf(t, "phieu.csv", []byte(csv), r))
	lines := `{"unit":"07210","group":"resident","answers":{"q1":"9"}}` + "\n{\n" + `{"unit":"1","group":"resident","answers":{"q1":"5"}}`
	golden(t, "responses_problems_ndjson.txt", problemsOf(t, "phieu.ndjson", []byte(lines), r))
}

func problemsOf(t *testing.T, name string, data []byte, r ResponseSheet) string {
	t.Helper()
	_, err := ReadResponses(name, data, r)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("%s was taken", name)
	}
	lines := []string{vi.Text(f.Key, f.Args...)}
	for _, p := range f.Problems {
		lines = append(lines, vi.Problem(p))
	}
	return strings.Join(lines, "\n") + "\n"
}

// A serial number stands twice in a unit however its rows name the unit, and
// once in each of two units.
func TestResponsesSerialTwice(t *testing.T) {
	r := paperSheet(t)
	row := func(serial any, unit string) []any { return []any{serial, unit, "resident", "5"} }
	for name, rows := range map[string][2][]any{
		"by code and name":  {row(7, "07210"), row("7", "Xã Đồng Mỏ")},
		"by both and code":  {row(7, "07210 — Xã Đồng Mỏ"), row(7, "7210")},
		"by name, unmarked": {row(7, "xa dong mo"), row(7, norm.NFD.String("XÃ ĐỒNG MỎ"))},
	} {
		if got := problemsOf(t, "phieu.xlsx", filled(t, template(t, r), rows[0], rows[1]), r); !strings.Contains(got, "Số phiếu “7” đã có ở Phiếu giấy!A2") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if _, err := ReadResponses("phieu.xlsx", filled(t, template(t, r), row(7, "07210"), row(7, "07211")), r); err != nil {
		t.Errorf("one number in two units: %v", err)
	}
}

func TestResponsesRefused(t *testing.T) {
	r := paperSheet(t)
	other := paperSheet(t)
	other.Campaign.ID = "dot-2"
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
	}{
		"another campaign": {filled(t, template(t, other), goodRows...), fault.Conflict},
		"empty":            {template(t, r), fault.Invalid},
		"no workbook":      {[]byte("PK\x03\x04 not a zip"), fault.Unsupported},
	} {
		if _, err := ReadResponses("a.xlsx", c.data, r); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file with thousands of problems lists the first and counts the rest.
func TestResponsesManyProblems(t *testing.T) {
	r := paperSheet(t)
	csv := "Đơn vị,Người trả lời,q1,q1a,q2,q3,q4\n" + strings.Repeat("07210,resident,7,,,,\n", 5000)
	_, err := ReadResponses("a.csv", []byte(csv), r)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Problems) != ResponseProblems || f.Args[0] != 5000 {
		t.Errorf("got %v", err)
	}
}
