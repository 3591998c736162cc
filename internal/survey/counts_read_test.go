package survey_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

func countRules() survey.CountRules {
	return survey.CountRules{
		Units: []string{"07210", "07211"}, Groups: map[string]string{"resident": "resident", "business": "business", "người dân": "resident"},
		Least: 0, Most: 1000, Fold: func(s string) string { return strings.ToLower(strings.TrimSpace(s)) },
	}
}

func TestReadCounts(t *testing.T) {
	for _, c := range []struct {
		name, csv string
		want      []survey.Count
	}{
		{"columns in any order", "count,group,unit\n12,Người dân,07210\n0,business,07211\n", []survey.Count{{"07210", "resident", 12}, {"07211", "business", 0}}},
		{"rows without a number", "unit,group,n\n07210,resident,\n07211,resident,5\n", []survey.Count{{"07211", "resident", 5}}},
		{"a title above", "Dân số,,\n\nunit,group,n\n07210,resident,7\n", []survey.Count{{"07210", "resident", 7}}},
	} {
		table, err := unit.ReadCSV([]byte(c.csv))
		if err != nil {
			t.Fatal(err)
		}
		got, err := survey.ReadCounts(table, countRules())
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
	}
}

// Every problem is listed, with its line and the heading of its column.
func TestReadCountsRefuses(t *testing.T) {
	table, err := unit.ReadCSV([]byte("unit,group,n\n07210,resident,5\n99999,resident,5\n07211,khach,1.5\n07210,resident,6\n07211,resident,1001\n07211,business,-1\n"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := survey.ReadCounts(table, countRules())
	f, ok := err.(*fault.Error)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("got %v and %v", list, err)
	}
	var got []string
	for _, p := range f.Problems {
		got = append(got, p.String())
	}
	want := []string{
		"3:unit:plan.unit 99999", "4:group:plan.group khach", "4:n:plan.number 1.5 0 1000", "5:unit:plan.twice 07210 resident 2",
		"6:n:plan.number 1001 0 1000", "7:n:plan.number -1 0 1000",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, csv := range map[string]string{"no heading": "a,b,c\n1,2,3\n", "no rows": "unit,group,n\n07210,resident,\n"} {
		table, err := unit.ReadCSV([]byte(csv))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := survey.ReadCounts(table, countRules()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
