package survey

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// list is a JSON list of strings as decoding gives it.
func list(codes ...string) []any {
	out := []any{}
	for _, c := range codes {
		out = append(out, c)
	}
	return out
}

func TestCheckAccepts(t *testing.T) {
	f := mustParse(t, sample)
	for name, c := range map[string]struct{ raw, want map[string]any }{
		"every kind": {
			map[string]any{"q1": "5", "q2": "a", "q2a": list("y", "x"), "q3": json.Number("40"), "q4": "tốt", "q5": "2024-02-29"},
			map[string]any{"q1": "5", "q2": "a", "q2a": []string{"x", "y"}, "q3": json.Number("40"), "q4": "tốt", "q5": "2024-02-29"},
		},
		"html form": {
			map[string]any{"q1": []string{"5"}, "q2": []string{"a"}, "q2a": []string{"x", ""}, "q3": []string{" 12,5 "}, "q4": []string{""}, "q5": []string{}},
			map[string]any{"q1": "5", "q2": "a", "q2a": []string{"x"}, "q3": json.Number("12.5")},
		},
		"nothing said": {
			map[string]any{"q1": "0", "q2": "", "q3": nil, "q4": " \n ", "q5": "", "q6": []string{""}},
			map[string]any{"q1": "0"},
		},
		"number as option code":        {map[string]any{"q1": json.Number("5")}, map[string]any{"q1": "5"}},
		"limits of a number":           {map[string]any{"q1": "5", "q3": json.Number("1.2e2")}, map[string]any{"q1": "5", "q3": json.Number("120")}},
		"one code for multi":           {map[string]any{"q1": "5", "q2": "b", "q2a": "x"}, map[string]any{"q1": "5", "q2": "b", "q2a": []string{"x"}}},
		"other by option":              {map[string]any{"q1": "5", "q2": "other"}, map[string]any{"q1": "5", "q2": "other"}},
		"other by option and text":     {map[string]any{"q1": "5", "q2": "other", "q2.other": " ở nhà "}, map[string]any{"q1": "5", "q2": "other", "q2.other": "ở nhà"}},
		"other by text alone":          {map[string]any{"q1": "5", "q2.other": "ở nhà"}, map[string]any{"q1": "5", "q2": "other", "q2.other": "ở nhà"}},
		"other by object":              {map[string]any{"q1": "5", "q2": map[string]any{"code": "other", "text": "x"}}, map[string]any{"q1": "5", "q2": "other", "q2.other": "x"}},
		"text beside another option":   {map[string]any{"q1": "5", "q2": "a", "q2.other": "x"}, map[string]any{"q1": "5", "q2": "a", "q2.other": "x"}},
		"hidden answers are dropped":   {map[string]any{"q1": "5", "q2": "other", "q2a": list("x")}, map[string]any{"q1": "5", "q2": "other"}},
		"hidden answers are not read":  {map[string]any{"q1": "5", "q2a": list("no such")}, map[string]any{"q1": "5"}},
		"text is normalised to NFC":    {map[string]any{"q1": "5", "q4": "đươ\u0323c"}, map[string]any{"q1": "5", "q4": "được"}},
		"characters, not bytes, count": {map[string]any{"q1": "5", "q4": strings.Repeat("ợ", 1000)}, map[string]any{"q1": "5", "q4": strings.Repeat("ợ", 1000)}},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := f.Check("resident", c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, f.Values(a)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	f := mustParse(t, sample)
	for name, c := range map[string]struct {
		group string
		raw   map[string]any
		want  []string
	}{
		"group":             {"mayor", map[string]any{"q1": "5"}, []string{"group:survey.group_unknown"}},
		"required":          {"resident", map[string]any{}, []string{"q1:survey.required"}},
		"required, blank":   {"resident", map[string]any{"q1": ""}, []string{"q1:survey.required"}},
		"off the scale":     {"resident", map[string]any{"q1": "6"}, []string{"q1:survey.option_unknown"}},
		"unknown questions": {"resident", map[string]any{"q1": "5", "z": "1", "q9": nil, "q1.other": "x"}, []string{"q1.other:survey.question_unknown", "q9:survey.question_unknown", "z:survey.question_unknown"}},
		"types":             {"resident", map[string]any{"q1": true, "q2": list("a"), "q3": map[string]any{}, "q4": list("x"), "q5": []string{"a", "b"}}, []string{"q1:survey.answer_type", "q2:survey.answer_type", "q3:survey.answer_type", "q4:survey.answer_type", "q5:survey.answer_type"}},
		"two options":       {"resident", map[string]any{"q1": []string{"5", "4"}}, []string{"q1:survey.option_one"}},
		"same option twice": {"resident", map[string]any{"q1": "5", "q2": "a", "q2a": list("x", "x")}, []string{"q2a:survey.option_twice"}},
		"number":            {"resident", map[string]any{"q1": "5", "q3": "12a"}, []string{"q3:survey.number"}},
		"number low":        {"resident", map[string]any{"q1": "5", "q3": json.Number("-0.000000000000000001")}, []string{"q3:survey.number_low"}},
		"number high":       {"resident", map[string]any{"q1": "5", "q3": "120.000000000000001"}, []string{"q3:survey.number_high"}},
		"date":              {"resident", map[string]any{"q1": "5", "q5": "2023-02-29"}, []string{"q5:survey.date"}},
		"date format":       {"resident", map[string]any{"q1": "5", "q5": "29/02/2024"}, []string{"q5:survey.date"}},
		"text":              {"resident", map[string]any{"q1": "5", "q4": strings.Repeat("ợ", 1001)}, []string{"q4:survey.text_long"}},
		"other text":        {"resident", map[string]any{"q1": "5", "q2": "other", "q2.other": strings.Repeat("ợ", 201)}, []string{"q2:survey.text_long"}},
		"other object":      {"resident", map[string]any{"q1": "5", "q2": map[string]any{"code": "a", "text": "x"}}, []string{"q2:survey.answer_type"}},
		"other not offered": {"resident", map[string]any{"q1": "other"}, []string{"q1:survey.option_unknown"}},
		"several at once":   {"resident", map[string]any{"q1": "9", "q3": "x"}, []string{"q1:survey.option_unknown", "q3:survey.number"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Check(c.group, c.raw)
			if diff := cmp.Diff(c.want, problemsOf(err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A hidden question hides those that depend on it, and none of them is required.
func TestShowIfChain(t *testing.T) {
	f := mustParse(t, `{id: f, version: 1, title: T, respondents: [resident], sections: [{questions: [
  {code: a, kind: choice, text: A, options: [{code: "yes", label: Y}, {code: "no", label: N}]},
  {code: b, kind: multi, text: B, required: true, options: [{code: x, label: X}, {code: z, label: Z}], other: true, show_if: {question: a, in: ["yes"]}},
  {code: c, kind: text, text: C, required: true, show_if: {question: b, in: [x, other]}}]}]}`)
	for name, c := range map[string]struct {
		raw  map[string]any
		want any
		n    int // questions shown
	}{
		"all hidden":        {map[string]any{"b": list("x"), "c": "text"}, map[string]any{}, 1},
		"first says no":     {map[string]any{"a": "no", "b": list("x"), "c": "text"}, map[string]any{"a": "no"}, 1},
		"second required":   {map[string]any{"a": "yes", "c": "text"}, []string{"b:survey.required"}, 0},
		"second hides last": {map[string]any{"a": "yes", "b": list("z"), "c": "text"}, map[string]any{"a": "yes", "b": []string{"z"}}, 2},
		"last required":     {map[string]any{"a": "yes", "b": list("z", "x")}, []string{"c:survey.required"}, 0},
		"shown by other":    {map[string]any{"a": "yes", "b.other": "o", "c": "text"}, map[string]any{"a": "yes", "b": []string{"other"}, "b.other": "o", "c": "text"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := f.Check("resident", c.raw)
			var got any = problemsOf(err)
			if err == nil {
				got = f.Values(a)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if err == nil && f.Shown(a) != c.n {
				t.Errorf("shown %d, want %d", f.Shown(a), c.n)
			}
		})
	}
}

func TestParseResponse(t *testing.T) {
	f := mustParse(t, sample)
	for line, want := range map[string]string{
		`{"unit":"07210","group":"resident","answers":{"q1":"5"}}`:                                           "",
		`{"unit":"07210","group":"resident","answers":{"q1":"5"},"key":"k","channel":"qr","started_at":"x"}`: "",
		`{"unit":"07210","group":"resident","answers":{"q1":"5"},"excluded":"trùng phiếu"}`:                  "excluded",
		`{"unit":"07210","group":"resident","answers":{"q1":"5"},"excluded":true}`:                           "excluded",
		`{"unit":"07210","group":"resident","answers":{"q1":"5"},"excluded":false}`:                          "",
		`{"unit":"","group":"resident","answers":{"q1":"5"}}`:                                                "survey.line_unit",
		`{"group":"resident","answers":{"q1":"5"}}`:                                                          "survey.line_unit",
		`{"unit":"a\u0007b","group":"resident","answers":{"q1":"5"}}`:                                        "survey.line_unit",
		`{"unit":7210,"group":"resident","answers":{"q1":"5"}}`:                                              "survey.line_member",
		`{"unit":"07210","group":"resident"}`:                                                                "survey.line_answers",
		`{"unit":"07210","group":"resident","answers":[]}`:                                                   "survey.line_member",
		`{"unit":"07210","group":"resident","answers":{"q1":"5"}} {}`:                                        "survey.line_json",
		`{"unit":"07210"`:     "survey.line_json",
		`[]`:                  "survey.line_json",
		`null`:                "survey.line_unit",
		"{\"unit\":\"\xff\"}": "survey.line_utf8",
		`{"unit":"07210","group":"resident","answers":{"q1":"6"}}`:                                               "survey.answers_invalid",
		`{"unit":"07210","answers":{"q1":"5"}}`:                                                                  "survey.answers_invalid",
		`{"unit":"07210","group":"resident","answers":{"q1":"5","q4":"` + strings.Repeat("a", survey1MB) + `"}}`: "survey.line_long",
	} {
		r, err := f.ParseResponse([]byte(line))
		got := ""
		if err != nil {
			got, _, _ = strings.Cut(strings.TrimRight(err.Error(), ";"), " ")
			got = strings.Trim(got, ":;")
		} else if r.Excluded {
			got = "excluded"
		}
		if got != want {
			t.Errorf("%.80s: got %q, want %q", line, got, want)
		}
	}
}

const survey1MB = 1 << 20
