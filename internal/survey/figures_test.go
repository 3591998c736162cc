package survey

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tallyOf counts n responses for each "group q1 q6" line; "-" is no answer.
func tallyOf(t *testing.T, f *Form, lines map[[3]string]int) *Tally {
	t.Helper()
	tally := NewTally(f)
	for line, n := range lines {
		raw := map[string]any{}
		for i, code := range []string{"q1", "q6"} {
			if line[1+i] != "-" {
				raw[code] = line[1+i]
			}
		}
		a, err := f.Check(line[0], raw)
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			if err := tally.Add(line[0], f.Pack(a)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return tally
}

// figures are the printed figures of a unit: index, low, high, n behind them.
type figures struct {
	Index, Low, High string
	N                int64
}

func figuresOf(u UnitReport) figures {
	show := func(s *string) string {
		if s == nil {
			return "null"
		}
		return *s
	}
	return figures{show(u.Index), show(u.Low), show(u.High), u.IndexN}
}

// two is a form with two scale questions, q1 and q6; %v are its index lines.
const two = `id: f
version: 1
title: T
respondents: [resident, business]
scales:
  s:
    - {code: "5", label: A, value: 100, satisfied: true}
    - {code: "4", label: B, value: 75, satisfied: true}
    - {code: "3", label: C, value: 50}
    - {code: "1", label: D, value: 0}
    - {code: "e", label: E, value: 0.01}
    - {code: "0", label: F}
sections:
  - questions:
      - {code: q1, kind: scale, scale: s, text: X, weight: 3}
      - {code: q6, kind: scale, scale: s, text: X}
index:
`

func TestIndexByHand(t *testing.T) {
	for name, c := range map[string]struct {
		index string
		lines map[[3]string]int
		want  figures
	}{
		// 60·100 + 40·75 + 10·50 = 9500 over 113 answers, 7 without opinion.
		// Σx² = 850000, s² = (850000 − 9500²/113)/112 = 458.1977…, 1.96·s/√113 = 3.9468…
		"one question": {
			"  questions: [q1]\n",
			map[[3]string]int{{"resident", "5", "-"}: 60, {"resident", "4", "-"}: 40, {"business", "3", "-"}: 10, {"business", "1", "-"}: 3, {"business", "0", "5"}: 7},
			figures{"84.07", "80.12", "88.02", 113},
		},
		// q1 (100 + 50)/2 = 75, q6 100: (3·75 + 100)/4 = 81.25; own means 100, 50:
		// 75 ± 1.96·25 = 26 .. 124.
		"weights": {
			"  method: mean\n",
			map[[3]string]int{{"resident", "5", "5"}: 1, {"resident", "3", "-"}: 1},
			figures{"81.25", "26.00", "100.00", 2},
		},
		"half up": {"", map[[3]string]int{{"resident", "5", "-"}: 1, {"resident", "e", "-"}: 1}, figures{"50.01", "0.00", "100.00", 2}},
		"one response has no interval": {
			"  method: top\n", map[[3]string]int{{"resident", "5", "3"}: 1},
			figures{"75.00", "null", "null", 1},
		},
		"no opinion has no index": {"", map[[3]string]int{{"resident", "0", "-"}: 3}, figures{"null", "null", "null", 0}},
		// Wilson of 8 in 10.
		"top": {
			"  {method: top, questions: [q1]}\n", map[[3]string]int{{"resident", "5", "-"}: 5, {"business", "4", "-"}: 3, {"business", "3", "5"}: 2, {"business", "0", "-"}: 9},
			figures{"80.00", "49.02", "94.33", 10},
		},
		"top, nobody satisfied": {
			"  {method: top, questions: [q1]}\n", map[[3]string]int{{"resident", "1", "-"}: 10},
			figures{"0.00", "0.00", "27.75", 10},
		},
		// resident 100, business 50: (3·100 + 1·50)/4.
		"group weights": {
			"  {questions: [q1], group_weights: {resident: 3, business: 1}}\n", map[[3]string]int{{"resident", "5", "-"}: 1, {"business", "3", "-"}: 9},
			figures{"87.50", "45.20", "64.80", 10},
		},
		"group without a weight": {
			"  {questions: [q1], group_weights: {business: 1}}\n", map[[3]string]int{{"resident", "5", "-"}: 5, {"business", "3", "-"}: 2},
			figures{"50.00", "50.00", "50.00", 2},
		},
		"undefined group": {
			"  {questions: [q1], group_weights: {resident: 3, business: 1}}\n", map[[3]string]int{{"resident", "0", "5"}: 5, {"business", "3", "-"}: 2},
			figures{"50.00", "50.00", "50.00", 2},
		},
		"no weight at all": {
			"  {questions: [q1], group_weights: {resident: 0}}\n", map[[3]string]int{{"resident", "5", "-"}: 5},
			figures{"null", "null", "null", 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := tallyOf(t, mustParse(t, two+c.index), c.lines).Report("01")
			if diff := cmp.Diff(c.want, figuresOf(u)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReportBothFigures(t *testing.T) {
	f := mustParse(t, two+"  questions: [q1]\n")
	kept := tallyOf(t, f, map[[3]string]int{{"resident", "5", "-"}: 1})
	out := tallyOf(t, f, map[[3]string]int{{"resident", "1", "-"}: 3})
	r := ReportExcluding(f, map[string]*Tally{"b": kept, "a": NewTally(f)}, map[string]*Tally{"b": out, "c": out})
	if len(r.Units) != 3 || r.Units[0].Unit != "a" || r.Units[0].Excluded != nil || r.Units[2].N != 0 {
		t.Fatalf("units %+v", r.Units)
	}
	if got := r.Units[1]; got.N != 1 || *got.Index != "100.00" || got.Excluded.N != 3 || *got.Excluded.Index != "25.00" {
		t.Errorf("unit b: %+v, excluded %+v", got, got.Excluded)
	}
}

func TestSubsetBound(t *testing.T) {
	f := mustParse(t, two+"  method: mean\n")
	tally := tallyOf(t, f, map[[3]string]int{{"resident", "5", "-"}: 2, {"resident", "0", "3"}: 3, {"business", "3", "3"}: 4})
	e := tally.Exact()
	for _, c := range []struct {
		questions, groups []string
		want              string
		n                 int
	}{
		{nil, nil, "125/2", 9}, // q1 (2·100 + 4·50)/6 = 200/3, q6 50: (3·200/3 + 50)/4
		{nil, []string{"business"}, "50", 4},
		{[]string{"q1"}, []string{"resident"}, "100", 2},
		{[]string{"q6"}, nil, "50", 7},
		{[]string{"q6", "q1"}, []string{"resident"}, "175/2", 5}, // (3·100 + 50)/4
		{[]string{"q9"}, nil, "", 0},
		{[]string{}, nil, "", 0},
		{nil, []string{"official"}, "", 0},
	} {
		got, n, ok := SubsetIndex(e, c.questions, c.groups)
		if c.want == "" && ok || c.want != "" && (!ok || got.RatString() != c.want || n != c.n) {
			t.Errorf("%v %v: %v n=%d, want %s n=%d", c.questions, c.groups, got, n, c.want, c.n)
		}
	}
}

func TestSampleSize(t *testing.T) {
	for n, want := range map[int]int{-1: 0, 0: 0, 1: 1, 200: 134, 400: 200, 500: 223, 1000: 286, 5000: 371, 10000: 385, 1_000_000_000: 400} {
		if got := SampleSize(n, DefaultError()); got != want {
			t.Errorf("SampleSize(%d) = %d, want %d", n, got, want)
		}
	}
	if got := SampleSize(100, Decimal{}); got != 100 {
		t.Errorf("no error allowed: %d", got)
	}
	third, _ := ParseDecimal("0.1")
	if got := SampleSize(300, third); got != 75 { // 300/4 exactly
		t.Errorf("e = 0.1: %d", got)
	}
}

func TestFlags(t *testing.T) {
	text := "id: f\nversion: 1\ntitle: T\nrespondents: [resident]\nscales: {s: [{code: a, label: A}, {code: b, label: B}]}\nsections:\n  - questions:\n"
	for _, code := range []string{"q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9"} {
		text += "      - {code: " + code + ", kind: scale, scale: s, text: X}\n"
	}
	f := mustParse(t, text)
	answers := func(n int, last string) Answers {
		raw := map[string]any{}
		for _, q := range f.Questions()[:n] {
			raw[q.Code] = "a"
		}
		raw[f.Questions()[n-1].Code] = last
		a, err := f.Check("resident", raw)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for name, c := range map[string]struct {
		a           Answers
		took, least time.Duration
		want        Flags
	}{
		"slow and varied":   {answers(9, "b"), time.Minute, 0, 0},
		"below 9 × 2 s":     {answers(9, "b"), 18*time.Second - 1, 0, Fast},
		"just 9 × 2 s":      {answers(9, "b"), 18 * time.Second, 0, 0},
		"own limit":         {answers(9, "b"), 5 * time.Second, 5 * time.Second, 0},
		"time unknown":      {answers(9, "b"), 0, 0, 0},
		"straight":          {answers(8, "a"), time.Minute, 0, Straight},
		"seven are too few": {answers(7, "a"), time.Minute, 0, 0},
		"both":              {answers(9, "a"), time.Second, 0, Fast | Straight},
	} {
		if got := f.FlagsOf(c.a, c.took, c.least); got != c.want {
			t.Errorf("%s: %v, want %v", name, got.Names(), c.want.Names())
		}
	}
	if diff := cmp.Diff([]string{"fast", "duplicate"}, (Fast | Duplicate).Names()); diff != "" {
		t.Error(diff)
	}
}

func TestBursts(t *testing.T) {
	start := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	times := []time.Time{start.Add(-time.Hour)}
	for i := range 21 {
		times = append(times, start.Add(time.Duration(i)*30*time.Second)) // 21 within exactly 10 minutes
	}
	times = append(times, start.Add(time.Hour))
	marks := Bursts(times)
	for i, m := range marks {
		if want := i > 0 && i < 22; m != want {
			t.Errorf("response %d marked %t", i, m)
		}
	}
	for i, m := range Bursts(times[1:21]) {
		if m {
			t.Errorf("20 responses are no burst, but %d is marked", i)
		}
	}
}

func TestDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "12": "12", "012": "12", "12.50": "12.5", "12,5": "12.5", "-0.05": "-0.05", "1e3": "1000", "1.25E+1": "12.5", "5e-3": "0.005",
		"1000000000000": "1000000000000", "0.000000000000000001": "0.000000000000000001", "100e-2": "1", "0e400": "0",
		"1000000000000.1": "", "1e13": "", "0.0000000000000000001": "", "1234567890123456789": "", "": "", ".": "", ".5": "", "5.": "", "1.2.3": "", "1,2.3": "", "1e": "", "e1": "", "--1": "", "+1": "", "1_0": "", "0x1": "", "NaN": "", "1e999999": "", "٣": "", " 1": "",
	} {
		d, ok := ParseDecimal(in)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("ParseDecimal(%q) = %v, %t, want %q", in, d, ok, want)
		}
	}
	for _, c := range [][2]string{{"-1", "0"}, {"0.1", "0.11"}, {"-0.11", "-0.1"}, {"999999999999", "1000000000000"}, {"0.000000000000000001", "1"}, {"-3", "2.5"}, {"0", "0.5"}} {
		a, _ := ParseDecimal(c[0])
		b, _ := ParseDecimal(c[1])
		if a.Cmp(b) != -1 || b.Cmp(a) != 1 || a.Cmp(a) != 0 || a.Rat().Cmp(b.Rat()) != -1 {
			t.Errorf("%s and %s compare wrong", c[0], c[1])
		}
	}
}

func TestWide(t *testing.T) {
	sum, want := wide{}, new(big.Int)
	for _, n := range []int64{1, 1 << 40, 3_000_000_000, 1 << 62} {
		for range 3 {
			sum = sum.add(square(n))
			want.Add(want, new(big.Int).Mul(big.NewInt(n), big.NewInt(n)))
		}
	}
	back, ok := parseWide(sum.String())
	if sum.big().Cmp(want) != 0 || !ok || back != sum || !sum.sub(sum).sub(wideInt(1)).negative() {
		t.Errorf("%v, want %v", sum, want)
	}
	for _, bad := range []string{"", "-1", "x", "999999999999999999999999999999999999999"} {
		if _, ok := parseWide(bad); ok {
			t.Errorf("parseWide(%q) accepted", bad)
		}
	}
}
