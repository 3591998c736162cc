package unit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValid(t *testing.T) {
	u := Unit{ValidFrom: "2025-07-01", ValidTo: "2026-06-30"}
	for day, want := range map[Date]bool{
		"2025-06-30": false, "2025-07-01": true, "2026-06-30": true, "2026-07-01": false, "": true,
	} {
		if got := u.Valid(day); got != want {
			t.Errorf("Valid(%q) = %v", day, got)
		}
	}
	if !(Unit{}).Valid("1950-01-01") {
		t.Error("a unit without dates is always valid")
	}
	if got := ValidOn([]Unit{u, {Code: "b"}}, "2027-01-01"); len(got) != 1 || got[0].Code != "b" {
		t.Errorf("ValidOn kept %v", got)
	}
}

func TestParseLevel(t *testing.T) {
	for _, c := range []struct {
		word   string
		parent bool
		want   string
	}{
		{"Tỉnh", false, Province}, {"Thành phố Trung ương", false, Province}, {"Thành phố", false, Province},
		{"Thành phố", true, District}, {"THỊ XÃ", true, District}, {"Huyện", true, District},
		{"phuong", true, Commune}, {"Đặc khu", true, Commune}, {"Thị trấn", true, Commune},
		{"Sở", true, Agency}, {"agency", true, Agency}, {"làng", true, ""}, {"", false, ""},
	} {
		if got := ParseLevel(c.word, c.parent); got != c.want {
			t.Errorf("ParseLevel(%q, %v) = %q, want %q", c.word, c.parent, got, c.want)
		}
	}
}

func TestTree(t *testing.T) {
	units := []Unit{
		{Code: "x1", Parent: "h"}, {Code: "t"}, {Code: "h", Parent: "t"}, {Code: "x2", Parent: "h"},
		{Code: "s", Parent: "t"}, {Code: "lost", Parent: "gone"},
	}
	codes := func(list []Unit) (all []string) {
		for _, u := range list {
			all = append(all, u.Code)
		}
		return all
	}
	tree := NewTree(units)
	for name, c := range map[string]struct{ got, want []string }{
		"roots":    {codes(tree.Children("")), []string{"t", "lost"}},
		"children": {codes(tree.Children("h")), []string{"x1", "x2"}},
		"path":     {codes(tree.Path("x1")), []string{"t", "h", "x1"}},
		"under":    {codes(Under(units, "t")), []string{"t", "h", "x1", "x2", "s"}},
		"all":      {codes(Under(units, "")), []string{"t", "h", "x1", "x2", "s", "lost"}},
		"unknown":  {codes(Under(units, "q")), nil},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPathEndsInBrokenTree(t *testing.T) {
	if got := NewTree([]Unit{{Code: "a", Parent: "b"}, {Code: "b", Parent: "a"}}).Path("a"); len(got) != 2 {
		t.Errorf("path of a ring has %d units, want 2", len(got))
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]Date{
		"": "", "2026-07-01": "2026-07-01", "1/7/2026": "2026-07-01", "01-07-2026": "2026-07-01",
		"01.07.2026": "2026-07-01", "46204": "2026-07-01", "46204.0": "2026-07-01",
	} {
		if got, ok := ParseDate(in); !ok || got != want {
			t.Errorf("ParseDate(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"2026", "31/02/2026", "2026-13-01", "hôm nay", "1/7/26", "123456", "-1234", "01/07/1800"} {
		if got, ok := ParseDate(in); ok {
			t.Errorf("ParseDate(%q) = %q, want refusal", in, got)
		}
	}
}
