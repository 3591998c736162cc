package rubric

import (
	"errors"
	"strings"
	"testing"

	"thanthien/internal/fault"
)

func TestFormula(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{"a + b", "5"}, {"a / b", "2/3"}, {"max - 0.5 * a", "9"}, {"0.1 + 0.2 == 0.3 ? 1 : 0", "1"},
		{"min(max, a * 100)", "10"}, {"max(a, b, 7)", "7"}, {"sum([a, b, 1])", "6"}, {"mean(a, b)", "2.5"}, {"mean([a, b, 4])", "3"},
		{"round(2.5)", "3"}, {"round(-2.5)", "-3"}, {"floor(-a / b)", "-1"}, {"ceil(a / b)", "1"}, {"abs(a - b)", "1"}, {"int(-2.7)", "-2"}, {"float(a)", "2"},
		{"-a ** 2", "-4"}, {"2 ** -2", "0.25"}, {"a ^ b", "8"}, {"7 % 4", "3"}, {"-7 % 4", "-3"},
		{"a > 1 and b < 3 or not (a == b) ? a : b", "2"}, {"a == 0 ? 0 : b / a", "1.5"},
		{"let x = a / b; x * x", "4/9"}, {"let ok = a > 1; ok ? 1 : 0", "1"}, {"if a > b { a } else { b }", "3"},
		{"a | max(b)", "3"}, {"1_000 / 8", "125"}, {"1.5e2", "150"}, {"a < b && b < max ? 1 : 0", "1"}, {"a != b ? 1 : 0", "1"}, {"true == (a < b) ? 1 : 0", "1"},
	} {
		p, err := CompileFormula("1.1", c.expr, []string{"a", "b"}, Int(10))
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		if got, err := p.Run([]Num{Int(2), Int(3)}, Int(10)); err != nil || got.String() != c.want {
			t.Errorf("%s = %v, %v; want %s", c.expr, got, err, c.want)
		}
	}
}

func TestFormulaRefused(t *testing.T) {
	for expr, want := range map[string]string{
		"a +": "formulaSyntax", "a > 1": "formulaResult", "c": "formulaName", "true": "formulaResult", "'x'": "formulaPart", "[a]": "formulaPart",
		"a + true": "formulaNotNumber", "a ? 1 : 2": "formulaNotTruth", "a and b": "formulaNotTruth", "a < b < 3 ? 1 : 0": "formulaChain",
		"map(1..1000000000, # * 2)": "formulaFunction", "1..9": "formulaPart", "sum(1..9)": "formulaPart", "repeat('a', 1000000000)": "formulaFunction",
		"now()": "formulaFunction", "foo(a)": "formulaFunction", "a.b": "formulaPart", "1/0": "formulaZero", "a + 1 / (max - 10)": "formulaZero", "5 % 0": "formulaZero",
		"2 ** 65": "formulaPower", "2 ** 0.5": "formulaPower", "0 ** -1": "formulaZero", "((((9**64)**64)**64)**64)": "formulaBig", "1.5 % 2": "formulaMod",
		"1e308": "formulaNumber", "abs(a, b)": "formulaArgs", "min()": "formulaArgs", "let a = 1; a": "formulaTwice", "a ?: b": "formulaNotTruth",
		"a ?? b": "formulaPart", "-true": "formulaNotNumber", "not a": "formulaNotTruth", "a; b": "formulaPart", "nil": "formulaPart", "a == true ? 1 : 0": "formulaNotNumber",
		"(a > 1) ? 1 : true": "formulaNotNumber", strings.Repeat("a+", 300) + "a": "formulaParts", strings.Repeat("a", MaxFormula+1): "formulaLong",
		strings.Repeat("(", 1900): "formulaSyntax", "": "formulaSyntax",
	} {
		_, err := CompileFormula("1.1", expr, []string{"a", "b"}, Int(10))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Key != "rubric."+want || f.Kind != fault.Invalid || len(f.Args) == 0 || f.Args[0] != "1.1" {
			t.Errorf("%.60s: %v; want rubric.%s naming 1.1", expr, err, want)
		}
	}
}

func TestFormulaRunErrors(t *testing.T) {
	for expr, want := range map[string]string{"1 / a": "formulaZero", "b % a": "formulaZero", "a ** -1": "formulaZero", "(b + 0.5) % 2": "formulaMod", "2 ** (b / 2)": "formulaPower"} {
		p, err := CompileFormula("1.1", expr, []string{"a", "b"}, Int(10))
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Run([]Num{{}, Int(3)}, Int(10))
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "rubric."+want || f.Args[0] != "1.1" {
			t.Errorf("%s: %v; want rubric.%s naming 1.1", expr, err, want)
		}
	}
}

func TestInputNames(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "so_ho": true, "số_hộ": true, "x1": true, "_": true, "max": false, "na": false, "let": false, "1x": false, "a b": false, "a-b": false, "": false} {
		if ValidInputName(name) != want {
			t.Errorf("ValidInputName(%q) is %v", name, !want)
		}
	}
}

// FuzzFormula: no formula crashes, hangs or gives anything but a number or a
// fault, and a run gives the same again.
func FuzzFormula(f *testing.F) {
	for _, s := range []string{"a+b*max", "a/b", "let x = a; x ** 3", "1<(1<(1<a<2?1:1)<2?1:1)<2?1:1", "min([a,b])|max(3)", "if a>b {1} else {2}", "a ?: b", "0.1e5 % 3", "((a**64)**64)**9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		p, err := CompileFormula("1.1", expr, []string{"a", "b"}, Int(10))
		if err != nil {
			mustBeFault(t, err)
			return
		}
		in := []Num{Frac(7, 3), Int(-2)}
		x, err := p.Run(in, Int(10))
		y, err2 := p.Run(in, Int(10))
		if err != nil {
			mustBeFault(t, err)
		}
		if (err == nil) != (err2 == nil) || !x.Equal(y) {
			t.Fatalf("%q gave %v, %v and then %v, %v", expr, x, err, y, err2)
		}
	})
}

func mustBeFault(t *testing.T, err error) {
	t.Helper()
	if _, ok := errors.AsType[*fault.Error](err); !ok {
		t.Fatalf("%v is no fault", err)
	}
}
