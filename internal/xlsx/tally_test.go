package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/survey"
)

const smallForm = `id: pks07
version: 2
title: Phiếu khảo sát
respondents: [resident, business]
consent: c
scales:
  s: [{code: "5", label: Tốt, value: 100, satisfied: true}, {code: "1", label: Kém, value: 0}, {code: "0", label: Không rõ}]
sections:
  - title: Chung
    questions:
      - {code: q1, kind: scale, scale: s, text: Hài lòng}
      - {code: q2, kind: multi, options: [{code: a, label: =A}, {code: b, label: B}], other: true, text: Chọn}
      - {code: q3, kind: number, text: Tuổi}
      - {code: q4, kind: date, text: Ngày}
`

// smallTally tallies n units of three responses each, one of which is excluded
// in the last unit.
func smallTally(t testing.TB, n int) (*survey.Form, survey.Report) {
	t.Helper()
	form, err := survey.Parse([]byte(smallForm), "form.yaml")
	if err != nil {
		t.Fatal(err)
	}
	kept, excluded := map[string]*survey.Tally{}, map[string]*survey.Tally{}
	for i := range n {
		unit := fmt.Sprintf("%05d", 90001+i)
		kept[unit], excluded[unit] = survey.NewTally(form), survey.NewTally(form)
		for j, answers := range []string{`{"q1": "5", "q2": ["a", "b"], "q3": 40.5, "q4": "2026-03-01"}`, `{"q1": "0", "q2": ["a", "other"]}`, `{"q1": "1", "q3": 20}`} {
			r, err := form.ParseResponse(fmt.Appendf(nil, `{"unit": %q, "group": "resident", "answers": %s}`, unit, answers))
			if err != nil {
				t.Fatal(err)
			}
			into := kept
			if j == 2 && i == n-1 {
				into = excluded
			}
			if err := into[unit].Add(r.Group, form.Pack(r.Answers)); err != nil {
				t.Fatal(err)
			}
		}
	}
	report := survey.ReportExcluding(form, kept, excluded)
	report.Rejected = []survey.Rejected{{Line: 7, Reason: "=q1: sai"}}
	return form, report
}

func TestTallyGolden(t *testing.T) {
	form, report := smallTally(t, 2)
	var b bytes.Buffer
	if err := Tally(&b, form, report); err != nil {
		t.Fatal(err)
	}
	golden(t, "tally.txt", dump(t, b.Bytes()))
	if sheet := part(t, b.Bytes(), "xl/worksheets/sheet1.xml"); !strings.Contains(sheet, `"><v>50</v>`) || !strings.Contains(sheet, `<dimension ref="A1:L6"`) {
		t.Errorf("the index is no number, or the dimension is wrong: %s", sheet)
	}
}

// What is longer than a sheet goes on in the next; no row is lost and a unit
// stays whole.
func TestTallyOverSeveralSheets(t *testing.T) {
	form, report := smallTally(t, 7)
	var b bytes.Buffer
	if err := writeTally(&b, form, report, 10); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found := map[string]int{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) > tallyHeads+10 {
			t.Errorf("%s has %d rows", name, len(rows))
		}
		kind, _, _ := strings.Cut(name, " ")
		found[kind] += len(rows) - tallyHeads
	}
	if found["Phân"] != 7*6 || found["Câu"] != 7*4 || found["Chỉ"] != 7 {
		t.Errorf("rows %v", found)
	}
}

func TestTallyOfNothing(t *testing.T) {
	form, _ := smallTally(t, 1)
	var b bytes.Buffer
	if err := Tally(&b, form, survey.NewReport(form, nil)); err != nil {
		t.Fatal(err)
	}
	if text := dump(t, b.Bytes()); !strings.Contains(text, "Chỉ số!A4\tMã đơn vị") || strings.Contains(text, "Dòng bị loại") {
		t.Error(text)
	}
}

func BenchmarkTally(b *testing.B) {
	form, report := smallTally(b, 3321)
	for b.Loop() {
		if err := Tally(io.Discard, form, report); err != nil {
			b.Fatal(err)
		}
	}
}
