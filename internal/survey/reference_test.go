package survey

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// This file is a second, slow reading of the documented rules. It works on the
// raw answers and shares nothing with the packed tally but the form's definition.

type rawResponse struct {
	unit, group string
	answers     map[string]any
}

// drawForm draws a valid form as YAML.
func drawForm(t *rapid.T) string {
	var b strings.Builder
	groups := Respondents()[:rapid.IntRange(1, 4).Draw(t, "groups")]
	fmt.Fprintf(&b, "id: f\nversion: 3\ntitle: T\nrespondents: [%s]\nscales:\n", strings.Join(groups, ", "))
	scales := rapid.IntRange(1, 2).Draw(t, "scales")
	for s := range scales {
		fmt.Fprintf(&b, "  s%d:\n", s)
		for o := range rapid.IntRange(1, 6).Draw(t, "options") {
			fmt.Fprintf(&b, "    - {code: \"%d\", label: L", o)
			if rapid.IntRange(0, 4).Draw(t, "valued") > 0 {
				fmt.Fprintf(&b, ", value: %s, satisfied: %t", drawValue(t), rapid.Bool().Draw(t, "satisfied"))
			}
			b.WriteString("}\n")
		}
	}
	b.WriteString("sections:\n  - title: S\n    questions:\n")
	scaleCodes, withOptions := []string{}, []string{}
	for q := range rapid.IntRange(1, 8).Draw(t, "questions") {
		code := fmt.Sprintf("q%d", q)
		kind := rapid.SampledFrom([]string{"scale", "scale", "scale", "choice", "multi", "number", "text", "date"}).Draw(t, "kind")
		fmt.Fprintf(&b, "      - code: %s\n        kind: %s\n        text: X\n        required: %t\n", code, kind, rapid.IntRange(0, 3).Draw(t, "required") == 0)
		if len(withOptions) > 0 && rapid.IntRange(0, 2).Draw(t, "hide") == 0 {
			fmt.Fprintf(&b, "        show_if: {question: %s, in: [\"0\"]}\n", rapid.SampledFrom(withOptions).Draw(t, "on"))
		}
		switch kind {
		case "scale":
			fmt.Fprintf(&b, "        scale: s%d\n", rapid.IntRange(0, scales-1).Draw(t, "scale"))
			if rapid.Bool().Draw(t, "weighted") {
				fmt.Fprintf(&b, "        weight: %s\n", rapid.SampledFrom([]string{"0", "2", "0.3", "1.75", "3"}).Draw(t, "weight"))
			}
			scaleCodes = append(scaleCodes, code)
		case "choice", "multi":
			b.WriteString("        options: [{code: \"0\", label: A}, {code: \"1\", label: B}, {code: \"2\", label: C}]\n")
		case "number":
			b.WriteString("        min: -5\n        max: 120.5\n")
		}
		if kind == "scale" || kind == "choice" || kind == "multi" {
			withOptions = append(withOptions, code)
		}
	}
	fmt.Fprintf(&b, "index:\n  method: %s\n", rapid.SampledFrom([]string{"mean", "top"}).Draw(t, "method"))
	if len(scaleCodes) > 0 && rapid.Bool().Draw(t, "listed") {
		n := rapid.IntRange(1, len(scaleCodes)).Draw(t, "index questions")
		fmt.Fprintf(&b, "  questions: [%s]\n", strings.Join(scaleCodes[:n], ", "))
	}
	if rapid.Bool().Draw(t, "group weights") {
		b.WriteString("  group_weights: {")
		for _, g := range groups {
			if rapid.IntRange(0, 3).Draw(t, "has weight") > 0 {
				fmt.Fprintf(&b, "%s: %s, ", g, rapid.SampledFrom([]string{"0", "1", "3", "0.5"}).Draw(t, "group weight"))
			}
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func drawValue(t *rapid.T) string {
	return rapid.SampledFrom([]string{"0", "25", "50", "75", "100", "33.333", "12.5", "99.999999999", "0.1"}).Draw(t, "value")
}

// drawResponse draws mostly valid answers, some to hidden questions.
func drawResponse(t *rapid.T, f *Form) rawResponse {
	r := rawResponse{
		unit:  rapid.SampledFrom([]string{"01", "02"}).Draw(t, "unit"),
		group: rapid.SampledFrom(f.Respondents).Draw(t, "group"), answers: map[string]any{},
	}
	for _, q := range f.Questions() {
		if rapid.IntRange(0, 5).Draw(t, "skip") == 0 {
			continue
		}
		switch q.Kind {
		case Scale, Choice:
			r.answers[q.Code] = rapid.SampledFrom(q.Options).Draw(t, "option").Code
		case Multi:
			codes := []any{}
			for _, o := range q.Options {
				if rapid.Bool().Draw(t, "ticked") {
					codes = append(codes, o.Code)
				}
			}
			r.answers[q.Code] = codes
		case Number:
			r.answers[q.Code] = json.Number(rapid.SampledFrom([]string{"-5", "0", "1e1", "40", "40.250", "120.5", "0.1", "121"}).Draw(t, "number"))
		case Date:
			r.answers[q.Code] = rapid.SampledFrom([]string{"2024-02-29", "0001-01-01", "9999-12-31", "2023-02-29"}).Draw(t, "date")
		case Text:
			r.answers[q.Code] = rapid.SampledFrom([]string{"", "  ", "được", "e\u0302\u0301"}).Draw(t, "text")
		}
	}
	return r
}

// refVisible returns the answers that are stored, or false for a response that
// is refused.
func refVisible(f *Form, raw map[string]any) (map[string][]string, bool) {
	kept := map[string][]string{}
	for _, q := range f.Questions() {
		if q.ShowIf != nil && !slices.ContainsFunc(kept[q.ShowIf.Question], func(c string) bool { return slices.Contains(q.ShowIf.In, c) }) {
			continue
		}
		list, ok := refAnswer(q, raw[q.Code])
		if !ok || q.Required && len(list) == 0 {
			return nil, false
		}
		if len(list) > 0 {
			kept[q.Code] = list
		}
	}
	return kept, true
}

func refAnswer(q *Question, raw any) ([]string, bool) {
	switch a := raw.(type) {
	case string:
		if strings.TrimSpace(a) == "" {
			return nil, true
		}
		return []string{a}, a != "2023-02-29" // the only wrong date drawn
	case []any:
		list := []string{}
		for _, x := range a {
			list = append(list, x.(string))
		}
		return list, true
	case json.Number:
		return []string{a.String()}, a != "121" // the only number drawn beyond max
	}
	return nil, true
}

// refUnit is the reference result of one unit.
type refUnit struct {
	n, indexN int64
	index     *big.Rat
	groups    map[string]*big.Rat
	questions map[string]*big.Rat
	valued    map[string]int64
	counts    map[string]map[string]int64
	sums      map[string]*big.Rat
	low, high *big.Rat
}

type refRow struct {
	group   string
	answers map[string][]string
}

func refReport(f *Form, rows []refRow) refUnit {
	u := refUnit{n: int64(len(rows)), groups: map[string]*big.Rat{}, questions: map[string]*big.Rat{}, valued: map[string]int64{}, counts: map[string]map[string]int64{}, sums: map[string]*big.Rat{}}
	indexQuestions := refIndexQuestions(f)
	for _, q := range f.Questions() {
		u.counts[q.Code], u.sums[q.Code] = map[string]int64{}, new(big.Rat)
		for _, r := range rows {
			for _, a := range r.answers[q.Code] {
				u.counts[q.Code][a]++
				if q.Kind == Number {
					x, _ := new(big.Rat).SetString(a)
					u.sums[q.Code].Add(u.sums[q.Code], x)
				}
			}
		}
		if q.Kind == Scale {
			u.questions[q.Code], u.valued[q.Code] = refQuestion(f, q, rows)
		}
	}
	for _, g := range f.Respondents {
		u.groups[g] = refForm(f, indexQuestions, refGroup(rows, g))
	}
	used := rows
	if len(f.Index.GroupWeights) == 0 {
		u.index = refForm(f, indexQuestions, rows)
	} else {
		used = nil
		top, bottom := new(big.Rat), new(big.Rat)
		for _, w := range f.Index.GroupWeights {
			if x := u.groups[w.Group]; x != nil && w.Weight.Sign() > 0 {
				top.Add(top, mul(w.Weight.Rat(), x))
				bottom.Add(bottom, w.Weight.Rat())
				used = append(used, refGroup(rows, w.Group)...)
			}
		}
		if bottom.Sign() > 0 {
			u.index = quo(top, bottom)
		}
	}
	refInterval(f, indexQuestions, used, &u)
	return u
}

func refIndexQuestions(f *Form) []*Question {
	list := []*Question{}
	for _, q := range f.Questions() {
		if q.Kind == Scale && (len(f.Index.Questions) == 0 || slices.Contains(f.Index.Questions, q.Code)) {
			list = append(list, q)
		}
	}
	return list
}

func refGroup(rows []refRow, g string) []refRow {
	list := []refRow{}
	for _, r := range rows {
		if r.group == g {
			list = append(list, r)
		}
	}
	return list
}

// refValues returns the value of each valued answer and how many are satisfied.
func refValues(q *Question, rows []refRow) (values []*big.Rat, satisfied int64) {
	for _, r := range rows {
		for _, a := range r.answers[q.Code] {
			for _, o := range q.Options {
				if o.Code == a && o.Valued {
					values = append(values, o.Value.Rat())
					if o.Satisfied {
						satisfied++
					}
				}
			}
		}
	}
	return values, satisfied
}

func refQuestion(f *Form, q *Question, rows []refRow) (*big.Rat, int64) {
	values, satisfied := refValues(q, rows)
	if len(values) == 0 {
		return nil, 0
	}
	sum := new(big.Rat)
	for _, v := range values {
		sum.Add(sum, v)
	}
	if f.Index.Method == Top {
		sum = big.NewRat(100*satisfied, 1)
	}
	return quo(sum, big.NewRat(int64(len(values)), 1)), int64(len(values))
}

func refForm(f *Form, questions []*Question, rows []refRow) *big.Rat {
	top, bottom := new(big.Rat), new(big.Rat)
	for _, q := range questions {
		if x, _ := refQuestion(f, q, rows); x != nil {
			top.Add(top, mul(q.Weight.Rat(), x))
			bottom.Add(bottom, q.Weight.Rat())
		}
	}
	if bottom.Sign() == 0 {
		return nil
	}
	return quo(top, bottom)
}

// refInterval uses 300-bit floats where the package uses fractions.
func refInterval(f *Form, questions []*Question, rows []refRow, u *refUnit) {
	means := []*big.Rat{}
	var trials, successes int64
	for _, r := range rows {
		sum, k := new(big.Rat), int64(0)
		for _, q := range questions {
			values, satisfied := refValues(q, []refRow{r})
			for _, v := range values {
				sum.Add(sum, v)
				k++
			}
			successes += satisfied
		}
		if trials += k; k > 0 {
			means = append(means, quo(sum, big.NewRat(k, 1)))
		}
	}
	if u.index == nil {
		return // no groups are used
	}
	u.indexN = int64(len(means))
	if len(means) < 2 {
		return
	}
	z := float(big.NewRat(196, 100))
	if f.Index.Method == Top {
		n, p := float(big.NewRat(trials, 1)), float(big.NewRat(successes, trials))
		zz := new(big.Float).Mul(z, z)
		inner := div(sub(p, times(p, p)), n)
		inner.Add(inner, div(zz, times(times(n, n), float(big.NewRat(4, 1)))))
		centre := new(big.Float).Add(p, div(zz, times(n, float(big.NewRat(2, 1)))))
		half := times(z, new(big.Float).SetPrec(300).Sqrt(inner))
		below := new(big.Float).Add(float(big.NewRat(1, 1)), div(zz, n))
		hundred := float(big.NewRat(100, 1))
		u.setInterval(times(hundred, div(centre, below)), times(hundred, div(half, below)))
		return
	}
	mean := new(big.Rat)
	for _, m := range means {
		mean.Add(mean, m)
	}
	n := big.NewRat(int64(len(means)), 1)
	mean = quo(mean, n)
	squares := new(big.Rat)
	for _, m := range means {
		d := new(big.Rat).Sub(m, mean)
		squares.Add(squares, mul(d, d))
	}
	variance := quo(quo(squares, big.NewRat(int64(len(means)-1), 1)), n)
	u.setInterval(float(mean), times(z, new(big.Float).SetPrec(300).Sqrt(float(variance))))
}

func (u *refUnit) setInterval(centre, half *big.Float) {
	u.low, _ = sub(centre, half).Rat(nil)
	u.high, _ = new(big.Float).Add(centre, half).Rat(nil)
	if u.low.Sign() < 0 {
		u.low = new(big.Rat)
	}
	if u.high.Cmp(big.NewRat(100, 1)) > 0 {
		u.high = big.NewRat(100, 1)
	}
}

func float(r *big.Rat) *big.Float      { return new(big.Float).SetPrec(300).SetRat(r) }
func times(a, b *big.Float) *big.Float { return new(big.Float).Mul(a, b) }
func div(a, b *big.Float) *big.Float   { return new(big.Float).Quo(a, b) }
func sub(a, b *big.Float) *big.Float   { return new(big.Float).Sub(a, b) }
