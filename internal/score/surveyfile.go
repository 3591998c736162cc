package score

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
)

// MaxSurveyBytes is the limit of a survey file.
const MaxSurveyBytes = 64 << 20

// ParseSurvey reads the output of the tally command, or a list of such outputs,
// one per form. A tally that carries "exact" is used with its fractions; in a
// hand-written one the printed indexes count as they stand. The error,
// "score.surveyInvalid", lists what is wrong.
func ParseSurvey(data []byte, file string) (*Survey, error) {
	if len(data) > MaxSurveyBytes {
		return nil, fault.New(fault.TooLarge, "score.fileLarge", file, MaxSurveyBytes>>20)
	}
	var list []tallyJSON
	var err error
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && trimmed[0] == '[' {
		err = json.Unmarshal(data, &list)
	} else {
		list = make([]tallyJSON, 1)
		err = json.Unmarshal(data, &list[0])
	}
	if err != nil {
		p := fault.Problem{File: file, Line: jsonLine(data, err), Key: "score.json", Args: []any{err.Error()}}
		return nil, fault.List("score.surveyInvalid", []fault.Problem{p}, file)
	}
	s := &Survey{forms: map[string]map[string]surveyUnit{}}
	var problems []fault.Problem
	for _, t := range list {
		problems = append(problems, s.add(t, file)...)
	}
	if rest := len(problems) - MaxProblems; rest > 0 {
		problems = append(problems[:MaxProblems:MaxProblems], fault.Problem{File: file, Key: "score.more", Args: []any{rest}})
	}
	return s, fault.List("score.surveyInvalid", problems, file)
}

// jsonLine finds the line of a JSON error.
func jsonLine(data []byte, err error) int {
	offset := int64(len(data))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset
	} else if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = kind.Offset
	}
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte("\n"))
}

// The parts of the tally JSON that scoring needs; the rest is skipped.
type (
	tallyJSON struct {
		Form  string      `json:"form"`
		Units []tallyUnit `json:"units"`
	}
	tallyUnit struct {
		Unit      string               `json:"unit"`
		N         int64                `json:"n"`
		Index     *decimal             `json:"index"`
		Groups    map[string]tallyPart `json:"groups"`
		Questions map[string]tallyPart `json:"questions"`
		Exact     *exactJSON           `json:"exact"`
	}
	tallyPart struct {
		N     int64    `json:"n"`
		Index *decimal `json:"index"`
	}
	exactJSON struct {
		Index        *decimal             `json:"index"`
		Method       survey.Method        `json:"method"`
		Questions    []string             `json:"questions"`
		Weights      map[string]decimal   `json:"weights"`
		GroupWeights map[string]decimal   `json:"group_weights"`
		Groups       map[string]exactPart `json:"groups"`
	}
	exactPart struct {
		N         int64               `json:"n"`
		Questions map[string]exactSum `json:"questions"`
	}
	exactSum struct {
		N         int64    `json:"n"`
		Sum       *decimal `json:"sum"`
		Satisfied int64    `json:"satisfied"`
	}
)

// decimal is a number or a string with a decimal or a fraction, within the
// limits of rubric (big.Rat's own reader has none).
type decimal struct{ rubric.Num }

// UnmarshalJSON reads "83.94", 83.94 or "9233/110".
func (d *decimal) UnmarshalJSON(data []byte) error {
	text := string(data)
	if data[0] == '"' {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	x, err := rubric.ParseFraction(text)
	if err != nil {
		return fmt.Errorf("%q: %w", short(text), err)
	}
	d.Num = x
	return nil
}

func (d *decimal) num() *rubric.Num {
	if d == nil {
		return nil
	}
	return &d.Num
}

func (d *decimal) rat() *big.Rat {
	if d == nil {
		return nil
	}
	return d.Rat()
}

// add takes one tally and lists doubled forms and units and bad figures.
func (s *Survey) add(t tallyJSON, file string) []fault.Problem {
	if t.Form == "" || t.Units == nil {
		return []fault.Problem{{File: file, Path: "form", Key: "score.notTally"}}
	}
	if s.forms[t.Form] != nil {
		return []fault.Problem{{File: file, Path: t.Form, Key: "score.formTwice", Args: []any{short(t.Form)}}}
	}
	var problems []fault.Problem
	units := make(map[string]surveyUnit, len(t.Units))
	for i := range t.Units {
		u := &t.Units[i]
		path := t.Form + "/" + short(u.Unit)
		if _, twice := units[u.Unit]; twice {
			problems = append(problems, fault.Problem{File: file, Path: path, Key: "score.unitTwice", Args: []any{short(u.Unit)}})
		}
		if !u.valid() {
			problems = append(problems, fault.Problem{File: file, Path: path, Key: "score.surveyFigures", Args: []any{short(u.Unit)}})
		}
		units[u.Unit] = u.convert()
	}
	s.forms[t.Form] = units
	return problems
}

// valid wants counts that are not negative and indexes within 0..100.
func (u *tallyUnit) valid() bool {
	ok := rubric.ValidCode(u.Unit) && (tallyPart{u.N, u.Index}).valid()
	for _, parts := range []map[string]tallyPart{u.Groups, u.Questions} {
		for _, p := range parts {
			ok = ok && p.valid()
		}
	}
	return ok && (u.Exact == nil || tallyPart{0, u.Exact.Index}.valid())
}

func (p tallyPart) valid() bool {
	return p.N >= 0 && (p.Index == nil || p.Index.Sign() >= 0 && p.Index.Cmp(rubric.Int(100)) <= 0)
}

func (u *tallyUnit) convert() surveyUnit {
	out := surveyUnit{n: u.N, index: u.Index.num(), groups: map[string]surveyPart{}, questions: map[string]surveyPart{}}
	for code, p := range u.Groups {
		out.groups[code] = surveyPart{p.N, p.Index.num()}
	}
	for code, p := range u.Questions {
		out.questions[code] = surveyPart{p.N, p.Index.num()}
	}
	if u.Exact != nil {
		out.index, out.exact = u.Exact.Index.num(), u.Exact.convert()
	}
	return out
}

func (e *exactJSON) convert() *survey.Exact {
	out := &survey.Exact{
		Index: e.Index.rat(), Method: e.Method, Questions: e.Questions,
		Weights: rats(e.Weights), GroupWeights: rats(e.GroupWeights), Groups: map[string]survey.ExactGroup{},
	}
	for code, g := range e.Groups {
		group := survey.ExactGroup{N: g.N, Questions: map[string]survey.ExactSum{}}
		for q, sum := range g.Questions {
			group.Questions[q] = survey.ExactSum{N: sum.N, Sum: sum.Sum.rat(), Satisfied: sum.Satisfied}
		}
		out.Groups[code] = group
	}
	return out
}

func rats(m map[string]decimal) map[string]*big.Rat {
	out := make(map[string]*big.Rat, len(m))
	for k, v := range m {
		out[k] = v.Rat()
	}
	return out
}
