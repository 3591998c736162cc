package rubric

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// nums draws small fractions, the ends of int64 and numbers far beyond it.
func nums() *rapid.Generator[Num] {
	return rapid.Custom(func(t *rapid.T) Num {
		wide := rapid.OneOf(rapid.Int64Range(-20, 20), rapid.Int64(), rapid.SampledFrom([]int64{math.MaxInt64, math.MinInt64, math.MaxInt64 - 1}))
		a, b := wide.Draw(t, "a"), wide.Draw(t, "b")
		if b == 0 {
			b = 1
		}
		x := Frac(a, b)
		if rapid.Bool().Draw(t, "big") {
			x = x.Mul(x)
		}
		return x
	})
}

func TestNumEqualsBigRat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := nums().Draw(t, "x"), nums().Draw(t, "y")
		a, b := x.Rat(), y.Rat()
		same := func(op string, got Num, want *big.Rat) {
			if got.Rat().Cmp(want) != 0 || got.Cmp(FromRat(want)) != 0 {
				t.Fatalf("%s %s %s = %s, want %s", a, op, b, got, want)
			}
		}
		same("+", x.Add(y), new(big.Rat).Add(a, b))
		same("-", x.Sub(y), new(big.Rat).Sub(a, b))
		same("*", x.Mul(y), new(big.Rat).Mul(a, b))
		if b.Sign() != 0 {
			same("/", x.Div(y), new(big.Rat).Quo(a, b))
		}
		if x.Cmp(y) != a.Cmp(b) || x.Equal(y) != (a.Cmp(b) == 0) || x.Sign() != a.Sign() || x.IsInt() != a.IsInt() {
			t.Fatalf("comparing %s and %s", a, b)
		}
		same("neg", x.Neg(), new(big.Rat).Neg(a))
		if f := x.Floor().Rat(); !f.IsInt() || f.Cmp(a) > 0 || new(big.Rat).Sub(a, f).Cmp(big.NewRat(1, 1)) >= 0 {
			t.Fatalf("floor of %s is %s", a, f)
		}
		if got, want := x.Decimal(3), x.RoundHalfUp(3).Rat().FloatString(3); got != want {
			t.Fatalf("%s is shown as %s, want %s", a, got, want)
		}
		if s, ok := new(big.Rat).SetString(x.String()); !ok || s.Cmp(a) != 0 {
			t.Fatalf("%s is written as %s", a, x)
		}
		back, err := ParseFraction(x.Fraction())
		if err != nil || !back.Equal(x) {
			t.Fatalf("%s read back as %v, %v", x.Fraction(), back, err)
		}
	})
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		in       string
		decimals int
		up, away string
	}{
		{"4.125", 2, "4.13", "4.13"}, {"-4.125", 2, "-4.12", "-4.13"}, {"4.1249999", 2, "4.12", "4.12"},
		{"0.5", 0, "1", "1"}, {"-0.5", 0, "0", "-1"}, {"-0.51", 0, "-1", "-1"}, {"2/3", 2, "0.67", "0.67"}, {"7", 1, "7", "7"},
	} {
		x, err := ParseFraction(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if up, away := x.RoundHalfUp(c.decimals).String(), x.RoundHalfAway(c.decimals).String(); up != c.up || away != c.away {
			t.Errorf("%s to %d places: up %s, away %s; want %s, %s", c.in, c.decimals, up, away, c.up, c.away)
		}
	}
	if got := Frac(1, 3).Decimal(2); got != "0.33" {
		t.Errorf("1/3 is shown as %s", got)
	}
}

func TestParseNum(t *testing.T) {
	for in, want := range map[string]string{
		"4": "4", "-0.25": "-0.25", "4.50": "4.5", ".5": "0.5", "1e-05": "0.00001", "1E3": "1000", "0.1": "0.1",
		"123456789012345678.25": "123456789012345678.25",
	} {
		if x, err := ParseNum(in); err != nil || x.String() != want {
			t.Errorf("ParseNum(%q) = %s, %v; want %s", in, x, err, want)
		}
	}
	for _, in := range []string{"", "-", ".", "1,5", "0x10", "1_000", "1/2", "NaN", "inf", "1e31", "1e999999999", " 1", "1 ", "--1", "1.2.3", "12345678901234567890123456789012345678901"} {
		if x, err := ParseNum(in); err == nil {
			t.Errorf("ParseNum(%q) = %s, want an error", in, x)
		}
	}
}
