package survey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every mistake of one file is listed, each with its line.
func TestParseListsAll(t *testing.T) {
	_, err := Parse([]byte(`id: "phiếu"
version: 0
titel: T
respondents: [resident, mayor, resident]
scales:
  s:
    - {code: a, label: A, value: 101}
    - {code: a, label: B, satisfied: true}
    - {code: "b b", label: "", value: x}
  s: []
sections:
  - title: S
    questions:
      - {code: q1, kind: scale, scale: t, text: X}
      - {code: q1, kind: scale, scale: s, text: X, options: []}
      - {code: q2, kind: poll, text: X, required: maybe}
      - {code: q3, kind: choice, text: X, show_if: {question: q4, in: [a]}}
      - {code: q4, kind: number, text: X, min: 5, max: 4}
      - {code: q5, kind: text, text: X, max_length: 0, show_if: {question: q4, in: [a]}}
      - {code: q6, kind: date, show_if: {question: q1, in: [z]}, colour: red}
      - {code: q7, kind: multi, text: X, options: [{code: x, label: X, value: 1}]}
index:
  method: median
  questions: [q4, q8, q1, q1]
  group_weights: {business: 1, resident: -1}
`), "bad.yaml")
	want := []string{
		"1:id:survey.code",
		"1:survey.field_missing", // title
		"2:version:survey.whole",
		"3:survey.field_unknown",
		"4:respondents[1]:survey.respondent",
		"4:respondents[2]:survey.respondent_twice",
		"7:scales.s[0].value:survey.decimal",
		"8:scales.s[1]:survey.satisfied",
		"8:scales.s[1]:survey.code_twice",
		"9:scales.s[2].code:survey.code",
		"9:scales.s[2].label:survey.field_missing",
		"9:scales.s[2].value:survey.decimal",
		"10:scales:survey.field_twice",
		"14:sections[0].questions[0].scale:survey.scale_unknown",
		"15:sections[0].questions[1]:survey.code_line",
		"15:sections[0].questions[1].options:survey.field_kind",
		"16:sections[0].questions[2].kind:survey.kind",
		"16:sections[0].questions[2].required:survey.bool",
		"17:sections[0].questions[3]:survey.field_missing", // options
		"17:sections[0].questions[3].show_if.question:survey.show_if_question",
		"18:sections[0].questions[4].min:survey.min_max",
		"19:sections[0].questions[5].max_length:survey.whole",
		"19:sections[0].questions[5].show_if.question:survey.show_if_kind",
		"20:sections[0].questions[6]:survey.field_unknown",
		"20:sections[0].questions[6]:survey.field_missing", // text
		"20:sections[0].questions[6].show_if.in[0]:survey.show_if_option",
		"21:sections[0].questions[7].options[0]:survey.field_unknown",
		"23:index.method:survey.method",
		"24:index.questions[0]:survey.index_kind",
		"24:index.questions[1]:survey.question_unknown",
		"24:index.questions[3]:survey.code_twice",
		"25:index.group_weights:survey.weight_group",
		"25:index.group_weights.resident:survey.decimal",
	}
	if diff := cmp.Diff(want, problemsOf(err)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseRefusesWhole(t *testing.T) {
	head := "id: f\nversion: 1\ntitle: T\nrespondents: [resident]\nsections:\n  - questions:\n"
	question := func(i int) string { return fmt.Sprintf("      - {code: q%d, kind: text, text: X}\n", i) }
	var many, options strings.Builder
	for i := range MaxQuestions + 1 {
		many.WriteString(question(i))
	}
	for i := range MaxOptions + 1 {
		fmt.Fprintf(&options, "{code: o%d, label: L},", i)
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, c := range map[string]struct{ yaml, want string }{
		"empty":          {"", "survey.file_empty"},
		"comment only":   {"# nothing\n", "survey.file_empty"},
		"a list":         {"- a\n", "1:survey.mapping"},
		"syntax":         {"id: f\ntitle: [a\n", "survey.yaml"},
		"two documents":  {sample + "---\nid: x\n", "survey.file_two"},
		"too large":      {sample + strings.Repeat("#\n", MaxFormBytes/2), "survey.file_large"},
		"many questions": {head + many.String(), "7:sections[0].questions:survey.list_long"},
		"many options":   {head + "      - {code: q, kind: multi, text: X, options: [" + options.String() + "]}\n", "survey.list_long"},
		"alias bomb":     {bomb, "survey.field_unknown"},
		"alias":          {head + question(1) + "intro: &x A\nconsent: *x\n", "survey.alias"},
		"long text":      {head + question(1) + "intro: " + strings.Repeat("ợ", MaxProse+1) + "\n", "survey.text_over"},
		"deep":           {strings.Repeat("[", 50_000), "survey.yaml"},
		"code .other":    {head + "      - {code: q1.other, kind: text, text: X}\n", "survey.code"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.yaml), "bad.yaml")
			if got := strings.Join(problemsOf(err), "; "); !strings.Contains(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Text that a careless writer would leave unquoted comes back as it was.
func TestYAMLQuotes(t *testing.T) {
	for _, label := range []string{"Vì sao?", "a, b", "# không", "yes", "null", "1e3", "- x", "a: b", "[x]", "{x}", "?", "dòng 1\ndòng 2", "\"", "'", "😀", "a\tb", "x \n y", "=", "<<", "~", "2024-01-01", "|", ">-", "a #b", "!x", "%y", "@z", "`w"} {
		quoted := fmt.Sprintf("%q", label)
		text := strings.ReplaceAll(sample, "label: X}", "label: "+quoted+"}")
		text = strings.Replace(text, "intro: UBND tỉnh hỏi ý kiến người dân.", "intro: "+quoted, 1)
		f := mustParse(t, text)
		g, err := Parse(f.YAML(), "again.yaml")
		if err != nil || !f.Equal(g) || f.Intro != label {
			t.Errorf("%q: %v\n%s", label, err, f.YAML())
		}
	}
}
