package vi

import (
	"testing"
	"time"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Xã  Đồng Mỏ ":       "xa dong mo",
		"PHƯỜNG ĐA MAI":      "phuong da mai",
		"To\u0302\u0301t":    "tot",
		"Phường Minh Họa 07": "phuong minh hoa 07",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCollator(t *testing.T) {
	compare := Collator()
	for _, p := range [][2]string{{"Xã An", "Xã Ân"}, {"Xã Dân", "Xã Đa"}, {"Xã 2", "Xã 10"}, {"Phường Z", "Xã A"}} {
		if compare(p[0], p[1]) >= 0 {
			t.Errorf("%q should sort before %q", p[0], p[1])
		}
	}
}

func TestFormats(t *testing.T) {
	day := time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)
	for _, c := range [][2]string{
		{Date(day), "05/02/2026"}, {DateTime(day), "03:00 05/02/2026"}, {Date(time.Time{}), ""},
		{Place("Minh Họa", day), "Minh Họa, ngày 05 tháng 02 năm 2026"},
		{Place("Minh Họa", day.AddDate(0, 2, 0)), "Minh Họa, ngày 05 tháng 4 năm 2026"},
		{Decimal("1234567.50"), "1.234.567,50"}, {Decimal("-0.25"), "−0,25"}, {Decimal("12"), "12"},
		{Int(20000), "20.000"}, {Roman(14), "XIV"}, {Roman(1999), "MCMXCIX"},
		{ParseDecimal(" 4,5 "), "4.5"}, {ParseDecimal("4.5"), "4.5"}, {ParseDecimal("1.234,50"), "1234.50"}, {ParseDecimal("1,2,3"), "1,2,3"},
		{Clean(" a\x00b\r\n "), "ab"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

// A sentence that says nothing of what it is given is shown as it is.
func TestTextLeavesArgumentsOut(t *testing.T) {
	if got := Text("comment.missing", "57d90767"); got != Text("comment.missing") {
		t.Errorf("%q", got)
	}
}
