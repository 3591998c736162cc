package score

import (
	"fmt"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"thanthien/internal/rubric"
)

// formulas are the exprs of random sets; ref_test.go knows what each means.
var formulas = []string{"a + b", "b == 0 ? 0 : max * a / b", "max - 0.5 * a", "abs(a - b) ** 2 / 7", "let x = a * 0.3; x + 0.1 == 0.4 ? max : x"}

// writer draws a random set and writes it as YAML.
type writer struct {
	t    *rapid.T
	unit int // 10^decimals
	b    strings.Builder
}

func (w *writer) int(lo, hi int) int { return rapid.IntRange(lo, hi).Draw(w.t, "n") }

func (w *writer) pick(list ...string) string { return rapid.SampledFrom(list).Draw(w.t, "pick") }

func (w *writer) chance(percent int) bool { return w.int(1, 100) <= percent }

// dec writes n/den, den a power of ten or of two up to 8.
func dec(n, den int) string { return rubric.Frac(int64(n), int64(den)).String() }

// genSet draws a set that uses any part of the format.
func genSet(t *rapid.T) *rubric.Set {
	w := &writer{t: t}
	decimals := w.int(0, 2)
	w.unit = []int{1, 10, 100}[decimals]
	groups, total, bonus := w.groups()
	w.b.Reset()
	fmt.Fprintf(&w.b, "id: x\nversion: 1\ntitle: t\napplies_to: [commune]\ndecimals: %d\nnot_applicable: %s\ntotal: %s\n", decimals, w.pick("rescale", "full", "zero"), dec(total, w.unit))
	best := total + bonus
	if w.chance(60) {
		fmt.Fprintf(&w.b, "max_total: %s\n", dec(total, w.unit))
		best = total
	}
	w.b.WriteString("conditions: [{code: c1, title: c}, {code: c2, title: c}]\n" + strings.Join(groups, ""))
	w.recognition(best, len(groups)-1)
	s, err := rubric.Parse([]byte(w.b.String()), "random.yaml")
	if err != nil {
		t.Fatalf("%v in\n%s", err, w.b.String())
	}
	return s
}

func (w *writer) recognition(best, groups int) {
	fmt.Fprintf(&w.b, "tie_break: [\"%d\"]\nrecognition:\n  min_total: %s\n  min_group_percent: %s\n", w.int(1, groups), dec(w.int(0, best*2/3), w.unit), dec(w.int(0, 120), 2))
	if w.chance(50) {
		fmt.Fprintf(&w.b, "  groups: {\"1\": %d}\n", w.int(0, 90))
	}
	fmt.Fprintf(&w.b, "  min_criterion_percent: %d\n  conditions: %s\n  bands:\n", w.int(0, 30), w.pick("all", "none"))
	low := w.int(0, best-1)
	fmt.Fprintf(&w.b, "    - {code: hi, title: b, min: %s}\n    - {code: lo, title: b, min: %s}\n", dec(w.int(low+1, best), w.unit), dec(low, w.unit))
}

// groups draws the groups; the first entry is the key.
func (w *writer) groups() (text []string, total, bonus int) {
	text = append(text, "groups:\n")
	for i := range w.int(1, 4) {
		kind := "normal"
		if i > 0 {
			kind = w.pick("normal", "normal", "bonus", "penalty")
		}
		code := strconv.Itoa(i + 1)
		w.b.Reset()
		sum := w.criteria(kind, code, 1)
		switch kind {
		case "normal":
			total += sum
		case "bonus":
			sum = w.int(1, 8*w.unit)
			bonus += sum
		default:
			sum = -w.int(0, 6*w.unit)
		}
		text = append(text, fmt.Sprintf("  - {code: \"%s\", title: g, kind: %s, max: %s, criteria: [%s]}\n", code, kind, dec(sum, w.unit), w.b.String()))
	}
	return text, total, bonus
}

// criteria writes siblings and returns the sum of their max in 10^-decimals.
func (w *writer) criteria(kind, prefix string, depth int) int {
	sum := 0
	for i := range w.int(1, 3) {
		code := fmt.Sprintf("%s.%d", prefix, i+1)
		fmt.Fprintf(&w.b, "{code: \"%s\", title: t, ", code)
		if depth < 3 && w.chance(20) {
			w.b.WriteString("criteria: [")
			sum += w.criteria(kind, code, depth+1)
			w.b.WriteString("]}, ")
			continue
		}
		most := 0
		if kind != "penalty" {
			most = w.int(1, 9*w.unit)
		}
		fmt.Fprintf(&w.b, "max: %s, na: %v, rule: {%s}}, ", dec(most, w.unit), w.chance(50), w.rule(kind, most))
		sum += most
	}
	return sum
}

func (w *writer) rule(kind string, most int) string {
	max, fine := dec(most, w.unit), most*1000/w.unit // fine: max in thousandths
	if kind == "penalty" {
		if w.chance(50) {
			return fmt.Sprintf("type: levels, levels: [{code: a, label: l, points: %s}, {code: b, label: l, points: %s}]", dec(-w.int(0, 3000), 1000), dec(-w.int(0, 3000), 1000))
		}
		return fmt.Sprintf("type: count, each: %s, min: %s, max: 0", dec(-w.int(1, 16), 8), dec(-w.int(0, 5*w.unit), w.unit))
	}
	switch w.int(1, 7) {
	case 1:
		return "type: points"
	case 2:
		return fmt.Sprintf("type: levels, levels: [{code: a, label: l, points: %s}, {code: b, label: l, points: %s}]", dec(w.int(0, fine), 1000), max)
	case 3:
		return "type: ratio" + w.mapping(fine)
	case 4:
		return fmt.Sprintf("type: external, source: s, scale: %s", dec(w.int(1, 500), 10)) + w.mapping(fine)
	case 5:
		return fmt.Sprintf("type: survey, form: f, min_responses: %d, when_missing: %s", w.int(0, 60), w.pick("block", "zero", "na")) + w.mapping(fine)
	case 6:
		return fmt.Sprintf("type: count, each: %s, min: 0, max: %s", dec(w.int(-4, 16), 8), max)
	}
	return fmt.Sprintf("type: formula, inputs: [{name: a, title: a}, {name: b, title: b}], expr: %q", w.pick(formulas...))
}

func (w *writer) mapping(fine int) string {
	if w.chance(40) {
		low := w.int(0, 98)
		return fmt.Sprintf(", bands: [{min: %d, points: %s}, {min: %d, points: %s}]", w.int(low+1, 100), dec(w.int(0, fine), 1000), low, dec(w.int(0, fine), 1000))
	}
	zero, full := w.int(0, 100), w.int(0, 1000)
	if zero*10 == full {
		full++
	}
	return fmt.Sprintf(", zero_at: %d, full_at: %s", zero, dec(full, 10))
}

// genUnit draws marks, conditions and a survey part for one unit of a set.
func genUnit(t *rapid.T, set *rubric.Set, code string) UnitMarks {
	w := &writer{t: t}
	u := UnitMarks{Unit: code, Marks: map[string]Mark{}, Conditions: map[string]bool{"c1": w.chance(90)}}
	if w.chance(90) {
		u.Conditions["c2"] = w.chance(95)
	}
	missing := w.pick("0", "0", "0", "5")
	for _, l := range set.Leaves() {
		percent, _ := strconv.Atoi(missing)
		switch {
		case w.chance(percent):
		case l.NA && w.chance(30):
			u.Marks[l.Code] = NotApplicable()
		case l.Rule.Type != rubric.RuleSurvey:
			u.Marks[l.Code] = w.mark(l)
		}
	}
	return u
}

func (w *writer) mark(l rubric.Leaf) Mark {
	switch l.Rule.Type {
	case rubric.RulePoints:
		most, _ := l.Max.Mul(rubric.Int(1000)).Int64()
		return NewMark("points", dec(w.int(0, int(most)), 1000))
	case rubric.RuleLevels:
		return NewMark("level", w.pick("a", "b"))
	case rubric.RuleRatio:
		return NewMark("numerator", strconv.Itoa(w.int(0, 60)), "denominator", strconv.Itoa(w.int(1, 60)))
	case rubric.RuleExternal:
		most, _ := l.Rule.Scale.Mul(rubric.Int(10)).Int64()
		return NewMark("value", dec(w.int(0, int(most)), 10))
	case rubric.RuleCount:
		return NewMark("count", strconv.Itoa(w.int(0, 12)))
	}
	return NewMark("a", dec(w.int(0, 80), 4), "b", dec(w.int(0, 40), 4))
}

// genSurvey draws printed results of the form "f" for some of the units.
func genSurvey(t *rapid.T, units []UnitMarks) *Survey {
	w := &writer{t: t}
	s := &Survey{forms: map[string]map[string]surveyUnit{"f": {}}}
	for _, u := range units {
		if w.chance(80) {
			x := rubric.Frac(int64(w.int(3000, 10000)), 100)
			s.forms["f"][u.Unit] = surveyUnit{n: int64(w.int(1, 90)), index: &x}
		}
	}
	return s
}
