package survey

import (
	"cmp"
	"slices"

	"thanthien/internal/fault"
)

// Check reads raw answers, by question code, of a respondent of a group. It
// drops answers to hidden questions, then asks for the required ones. On
// refusal the error lists every problem with Path = question code, or "group".
//
// Raw answers may come from JSON (string, json.Number, bool, nil, []any,
// map[string]any) or from an HTML form ([]string per field):
//
//   - nil, "", [] and blank text mean "not answered";
//   - scale and choice take one option code, multi a list of distinct codes or
//     one code; a number is taken for the code it spells;
//   - with free text beside the options, "other" is an option, and its text
//     comes as "q2.other" or, in place of a code, as
//     {"code": "other", "text": "…"}; text without an option chooses "other"
//     (multi: text always adds it), text with another option is kept beside it;
//   - number takes a JSON number or text with a decimal point or comma;
//   - date takes YYYY-MM-DD; text is trimmed and NFC-normalised.
func (f *Form) Check(group string, raw map[string]any) (Answers, error) {
	c := checker{raw: raw}
	if !f.Opens(group) {
		c.problem("group", "survey.group_unknown", clip(group))
	}
	values := make([]value, len(f.questions))
	for _, q := range f.questions {
		in := c.take(q)
		if !q.shown(values) {
			continue
		}
		v := c.read(q, in)
		if !v.answered() && !c.failed && q.Required {
			c.problem(q.Code, "survey.required")
		}
		values[q.pos] = v
	}
	if c.taken != len(raw) {
		c.unknown(f)
	}
	if len(c.problems) > 0 {
		return Answers{}, fault.List("survey.answers_invalid", c.problems)
	}
	return Answers{values}, nil
}

// checker reads the answers of one response.
type checker struct {
	raw      map[string]any
	taken    int // members of raw that belong to a question
	failed   bool
	problems []fault.Problem
}

// input is what a client sent for one question.
type input struct {
	answer any
	other  any // the "q2.other" member
}

func (c *checker) problem(path, key string, args ...any) {
	c.failed = true
	c.problems = append(c.problems, fault.Problem{Path: path, Key: key, Args: args})
}

func (c *checker) take(q *Question) (in input) {
	c.failed = false
	var ok bool
	if in.answer, ok = c.raw[q.Code]; ok {
		c.taken++
	}
	if q.Other {
		if in.other, ok = c.raw[q.otherKey]; ok {
			c.taken++
		}
	}
	return in
}

// unknown lists the members of raw that no question owns, in code order.
func (c *checker) unknown(f *Form) {
	codes := []string{}
	for code := range c.raw {
		if !f.owns(code) {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, cmp.Compare)
	for _, code := range codes[:min(len(codes), MaxProblems)] {
		c.problem(clip(code), "survey.question_unknown", clip(code))
	}
}

// owns reports whether an answer may come under this name.
func (f *Form) owns(name string) bool {
	if f.Question(name) != nil {
		return true
	}
	base, ok := cutOther(name)
	if !ok {
		return false
	}
	q := f.Question(base)
	return q != nil && q.Other
}

// read turns the input of a shown question into its value; the zero value
// means unanswered or, with c.failed, refused.
func (c *checker) read(q *Question, in input) value {
	switch q.Kind {
	case Scale, Choice, Multi:
		return c.readOptions(q, in)
	}
	s, ok := single(in.answer)
	if !ok {
		c.problem(q.Code, "survey.answer_type")
		return value{}
	}
	switch q.Kind {
	case Number:
		return c.readNumber(q, s)
	case Date:
		return c.readDate(q, s)
	}
	return c.readText(q, s)
}
