package site

import (
	"cmp"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// sumWords are the sentences of the sums, which the script says too.
func sumWords() map[string]string {
	words := map[string]string{}
	for _, key := range []string{"ok", "less", "more", "plain", "unread"} {
		words[key] = vi.Text("editor.sum." + key)
	}
	return words
}

// typedNum reads a number that may not be one.
func typedNum(text string) (rubric.Num, bool) {
	n, err := rubric.ParseNum(vi.ParseDecimal(text))
	return n, err == nil
}

// worth is what a node counts in the sum above it: its max, or the sum below it
// where the max is left out.
func (d *draft) worth() (rubric.Num, bool) {
	if d.values["max"] == "" && len(d.children) > 0 {
		return d.sum()
	}
	return typedNum(d.values["max"])
}

func (d *draft) sum() (total rubric.Num, known bool) {
	for _, c := range d.children {
		n, ok := c.worth()
		if !ok {
			return total, false
		}
		total = total.Add(n)
	}
	return total, true
}

// sumOf compares a node with what is below it. A bonus group may have more
// below it than its cap, and criteria of a penalty group have no maximum.
func sumOf(d *draft, kind string, group bool) *view.EditSum {
	if kind == rubric.Penalty || len(d.children) == 0 {
		return nil
	}
	sum, known := d.sum()
	want, read := typedNum(d.values["max"])
	if group && kind == rubric.Bonus || d.values["max"] == "" {
		return compareSum(sum, sum, known, false)
	}
	return compareSum(sum, want, known && read, true)
}

// totalSum compares the normal groups with the total.
func totalSum(d *draft) view.EditSum {
	var sum rubric.Num
	known := true
	for _, g := range d.children {
		if cmp.Or(g.values["kind"], rubric.Normal) != rubric.Normal {
			continue
		}
		n, ok := g.worth()
		known = known && ok
		sum = sum.Add(n)
	}
	want, read := typedNum(d.values["total"])
	if d.values["total"] == "" {
		return *compareSum(sum, sum, known, false)
	}
	return *compareSum(sum, want, known && read, true)
}

func compareSum(sum, want rubric.Num, known, check bool) *view.EditSum {
	switch gap := want.Sub(sum); {
	case !known:
		return &view.EditSum{Text: vi.Text("editor.sum.unread"), Look: "bad"}
	case !check:
		return &view.EditSum{Text: vi.Text("editor.sum.plain", typed(sum))}
	case gap.Sign() == 0:
		return &view.EditSum{Text: vi.Text("editor.sum.ok", typed(sum)), Look: "good"}
	case gap.Sign() > 0:
		return &view.EditSum{Text: vi.Text("editor.sum.less", typed(sum), typed(gap)), Look: "bad"}
	default:
		return &view.EditSum{Text: vi.Text("editor.sum.more", typed(sum), typed(gap.Neg())), Look: "bad"}
	}
}
