package xlsx

import (
	"testing"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// exportedSheet is the campaign that exportBook's rows belong to.
func exportedSheet(t testing.TB) ResponseSheet {
	t.Helper()
	form, err := survey.Parse([]byte(exportForm), "thu.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := &survey.Campaign{ID: "dot-2", Title: "Đợt 2", FormID: "thu", FormVer: 1, Units: []string{"07210"},
		Opens: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Closes: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	return ResponseSheet{Campaign: c, Form: form, Units: []unit.Unit{{Code: "07210", Name: "Xã Đồng Mỏ"}}}
}

func wantHostile(t *testing.T, r ResponseSheet, rows []ResponseRow, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v: %+v", err, err.(*fault.Error).Problems)
	}
	if len(rows) != len(hostileAnswers) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, raw := range hostileAnswers {
		want, err := r.Form.Check("resident", raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[i]; got.Unit != "07210" || got.Group != "resident" || !got.Answers.Equal(want) {
			t.Errorf("row %d: %s %s %v, want %v", i, got.Unit, got.Group, r.Form.Values(got.Answers), r.Form.Values(want))
		}
	}
}

// What was exported comes back by an import, answer for answer.
func TestExportedResponsesComeBack(t *testing.T) {
	r := exportedSheet(t)
	rows, err := ReadResponses("phieu.xlsx", exportBook(t, 0, hostileAnswers...), r)
	wantHostile(t, r, rows, err)
	csv := "unit,group,channel,day,minutes,flags,excluded,q1,q2,q2.other,q3,q4,q5\n" +
		"07210,resident,paper,2026-11-10,3,fast,,5,a;b;other,'=1+1,3.5,2026-02-03,\"'=HYPERLINK(\"\"x\"\")\"\n" +
		"07210,resident,open,2026-11-10,,,,0,,,,1850-01-02,\"<b>&amp; _x0041_ \"\"hai\ndòng\"\"\"\n" +
		"07210,resident,open,2026-11-10,,,,,,,,,'+84 912\n"
	rows, err = ReadResponses("phieu.csv", []byte(csv), r)
	wantHostile(t, r, rows, err)
}

// A response that an appraiser left out is named, never counted again.
func TestExportedResponsesLeftOut(t *testing.T) {
	csv := "unit,group,excluded,q1,q2,q3,q4,q5\n07210,resident,,5,,,,\n07210,resident,1,5,,,,\n"
	_, err := ReadResponses("phieu.csv", []byte(csv), exportedSheet(t))
	f, ok := err.(*fault.Error)
	if !ok || len(f.Problems) != 1 || f.Problems[0].Key != "paper.excluded" || f.Problems[0].Line != 3 {
		t.Fatalf("%+v", err)
	}
}
