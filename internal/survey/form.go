// Package survey holds questionnaires and what is computed from their answers:
// forms, checked answers, their packed form, tallies, the satisfaction index
// with its interval, the sample plan and quality flags. It is pure: no clock,
// no storage, no I/O.
package survey

import (
	"reflect"
	"slices"
)

// Limits of a form. A file beyond any of them is refused with a problem.
const (
	MaxFormBytes    = 1 << 20 // a form file
	MaxQuestions    = 200     // questions of a form, over all sections
	MaxOptions      = 50      // options of a scale or a question
	MaxScales       = 50      // scales of a form
	MaxSections     = 50      // sections of a form
	MaxCode         = 40      // characters of an id, a code or a scale's name
	MaxLabel        = 500     // characters of a title or an option's label
	MaxProse        = 10_000  // characters of a question, the intro or the consent text
	MaxTextAnswer   = 10_000  // the largest max_length a text question may declare
	TextAnswer      = 1_000   // max_length of a text question that declares none
	OtherText       = 200     // characters of the free text beside the options
	MaxProblems     = 100     // problems listed for one file; the rest is not looked at
	MaxValue        = 100     // largest value of an option; the smallest is 0
	MaxValueDigits  = 9       // decimals of an option's value
	MaxWeight       = 1_000_000
	MaxWeightDigits = MaxDigits
)

// OtherCode is the option code of "other" beside the options of a question.
const OtherCode = "other"

// otherSuffix makes the answer key of the free text: "q2" + ".other".
const otherSuffix = "." + OtherCode

// Kind says what a question asks for.
type Kind string

// The kinds of questions.
const (
	Scale  Kind = "scale"  // one option of a scale; the only kind with values
	Choice Kind = "choice" // one option
	Multi  Kind = "multi"  // any number of distinct options
	Number Kind = "number" // an exact decimal
	Text   Kind = "text"   // free text: listed, never tallied
	Date   Kind = "date"   // a day, YYYY-MM-DD
)

// hasOptions reports whether answers of the kind are options.
func (k Kind) hasOptions() bool { return k == Scale || k == Choice || k == Multi }

// hasValues reports whether answers of the kind are tallied value by value.
func (k Kind) hasValues() bool { return k == Number || k == Date }

// Respondents are the groups a form may be opened to, in their usual order.
func Respondents() []string { return []string{"resident", "business", "organisation", "official"} }

// Form is one version of a questionnaire. It comes from Parse and is immutable:
// its exported fields and slices are for reading only. It is safe for
// concurrent use.
type Form struct {
	ID          string
	Version     int
	Title       string
	Respondents []string // groups that may answer, in file order
	Intro       string
	Consent     string
	Scales      []ScaleDef
	Sections    []Section
	Index       IndexRule
	Languages   []Language // the same texts in further languages

	questions []*Question // of all sections, in order; a question's position is its place here
	plan      plan
}

// ScaleDef is a named list of options that scale questions share.
type ScaleDef struct {
	Name    string
	Options []Option
}

// Option is one answer to choose. Only options of scales may be Valued.
type Option struct {
	Code      string
	Label     string
	Valued    bool    // it has a value and so enters the index
	Value     Decimal // 0..100
	Satisfied bool    // counts as satisfied in method top; only with a value
}

// Section is a titled run of questions.
type Section struct {
	Title     string
	Questions []Question
}

// Question is one question. Fields that do not belong to its kind are zero.
type Question struct {
	Code      string
	Kind      Kind
	Text      string
	Required  bool
	ShowIf    *ShowIf
	Scale     string   // kind scale: the scale's name
	Weight    Decimal  // kind scale: weight in the index, 1 unless given
	Options   []Option // kinds scale, choice, multi; without the implied "other"
	Other     bool     // kinds choice, multi: free text beside the options
	Min, Max  *Decimal // kind number
	MaxLength int      // kind text: characters

	pos      int
	choices  int            // options, the implied "other" included
	otherKey string         // "q2.other" when Other
	find     map[string]int // code → option, for long lists only
	depends  int            // position of the question ShowIf names
	wanted   uint64         // its options that show this question
}

// ShowIf hides a question unless an earlier one was answered with one of In.
type ShowIf struct {
	Question string
	In       []string
}

// Method says how a question's index is made from its counts.
type Method string

// The methods of the index.
const (
	Mean Method = "mean" // mean of the chosen options' values
	Top  Method = "top"  // 100 × share of satisfied among the valued answers
)

// IndexRule is the form's `index` section.
type IndexRule struct {
	Method       Method
	Questions    []string      // as declared; none means every scale question
	GroupWeights []GroupWeight // in the order of Respondents; none means pooled groups
}

// GroupWeight is the weight of one respondent group.
type GroupWeight struct {
	Group  string
	Weight Decimal // ≥ 0
}

// Questions returns the questions of all sections in order.
func (f *Form) Questions() []*Question { return slices.Clone(f.questions) }

// QuestionCount returns the number of questions.
func (f *Form) QuestionCount() int { return len(f.questions) }

// Question returns the question with this code, or nil.
func (f *Form) Question(code string) *Question {
	if i, ok := f.plan.byCode[code]; ok {
		return f.questions[i]
	}
	return nil
}

// IndexQuestions returns the codes of the questions in the index, in form order.
func (f *Form) IndexQuestions() []string {
	codes := []string{}
	for _, q := range f.questions {
		if f.plan.inIndex[q.pos] {
			codes = append(codes, q.Code)
		}
	}
	return codes
}

// Opens reports whether the group may answer the form.
func (f *Form) Opens(group string) bool { return f.groupPos(group) >= 0 }

func (f *Form) groupPos(group string) int { return slices.Index(f.Respondents, group) }

// Equal reports whether two forms are the same definition.
func (f *Form) Equal(g *Form) bool {
	if f == nil || g == nil {
		return f == g
	}
	return reflect.DeepEqual(f, g)
}
