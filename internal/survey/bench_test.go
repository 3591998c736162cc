package survey

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// benchForm has twelve questions as real forms do: nine on a scale, a choice,
// a multi and a number.
func benchForm(b testing.TB) *Form {
	var text strings.Builder
	text.WriteString("id: f\nversion: 1\ntitle: T\nrespondents: [resident, business]\nscales:\n  s:\n")
	for i := range 6 {
		fmt.Fprintf(&text, "    - {code: \"%d\", label: L, value: %d, satisfied: %t}\n", i, i*20, i > 3)
	}
	text.WriteString("sections:\n  - questions:\n")
	for i := range 9 {
		fmt.Fprintf(&text, "      - {code: q%d, kind: scale, scale: s, text: X, required: true}\n", i)
	}
	text.WriteString("      - {code: a, kind: choice, text: X, options: [{code: x, label: X}, {code: y, label: Y}], other: true}\n")
	text.WriteString("      - {code: b, kind: multi, text: X, options: [{code: x, label: X}, {code: y, label: Y}], show_if: {question: a, in: [x, y]}}\n")
	text.WriteString("      - {code: c, kind: number, text: X, min: 0, max: 120}\n")
	return mustParse(b, text.String())
}

// benchRaw draws raw answers as JSON decoding gives them.
func benchRaw(r *rand.Rand) map[string]any {
	raw := map[string]any{"a": "x", "b": []any{"x", "y"}, "c": json.Number(fmt.Sprint(r.IntN(121)))}
	for i := range 9 {
		raw[fmt.Sprintf("q%d", i)] = fmt.Sprint(r.IntN(6))
	}
	return raw
}

func benchPacked(b *testing.B, f *Form, n int) [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	packed := make([][]byte, n)
	for i := range packed {
		a, err := f.Check("resident", benchRaw(r))
		if err != nil {
			b.Fatal(err)
		}
		packed[i] = f.Pack(a)
	}
	return packed
}

func BenchmarkCheck(b *testing.B) {
	f := benchForm(b)
	raw := benchRaw(rand.New(rand.NewPCG(1, 2)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Check("resident", raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	f := benchForm(b)
	a, err := f.Check("resident", benchRaw(rand.New(rand.NewPCG(1, 2))))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f.Pack(a)
	}
}

func BenchmarkUnpack(b *testing.B) {
	f := benchForm(b)
	packed := benchPacked(b, f, 1)[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	f := benchForm(b)
	packed := benchPacked(b, f, 1024)
	t := NewTally(f)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := t.Add("resident", packed[i%len(packed)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTallyMillion folds 1,000,000 responses of twelve questions.
func BenchmarkTallyMillion(b *testing.B) {
	f := benchForm(b)
	packed := benchPacked(b, f, 4096)
	b.ReportAllocs()
	for b.Loop() {
		t := NewTally(f)
		for i := range 1_000_000 {
			if err := t.Add("resident", packed[i%len(packed)]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkReport(b *testing.B) {
	f := benchForm(b)
	t := NewTally(f)
	for i, p := range benchPacked(b, f, 1000) {
		if err := t.Add(f.Respondents[i%2], p); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		t.Report("01")
	}
}

func BenchmarkParseResponse(b *testing.B) {
	f := benchForm(b)
	line, err := json.Marshal(map[string]any{"unit": "01", "group": "resident", "answers": benchRaw(rand.New(rand.NewPCG(1, 2)))})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.ParseResponse(line); err != nil {
			b.Fatal(err)
		}
	}
}
