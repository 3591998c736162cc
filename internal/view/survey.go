package view

import (
	"slices"
	"strings"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// answerPrefix starts the name of every answer's field: "a.q1", "a.q2.other".
const answerPrefix = "a."

// Survey is the page on which a respondent answers.
type Survey struct {
	Page
	Campaign  string // its title
	Unit      string // the commune's name
	Intro     []string
	Consent   []Line
	Phone     string // where to ask; empty: not known
	Groups    []Choice
	Sections  []SurveySection
	Asked     int    // questions that everybody sees
	Key       string // idempotency key, made when the page was first shown
	Started   string // when that was, Unix seconds
	Draft     string // name under which the browser keeps unsent answers
	Consented bool
	Kept      bool   // the answers on the page were just sent by this respondent
	Stopped   string // why the answers could not be taken, when the campaign is not open
	Form      string // the form's version, "pks07@1": answers to another one are no longer good
	Action    string // where the answers go
	Switch    Switch
	Token     string // of the invitation; empty: an open link
	TokenFor  string // the group that the invitation is for; empty: any
	Challenge string // the proof of work asked for, as JSON; empty: none
	Unsolved  string // what a browser without scripts may do about the challenge
	Kiosk     *KioskRun
}

// Switch is the choice of language and size of letters at the top of a page.
type Switch struct {
	Languages []LanguageLink
	Size      Link // to the other size; Current: large now
}

// LanguageLink leads to the page in another language, named in that language.
type LanguageLink struct {
	Tag, Name, URL string
	Current        bool
}

// Line is a line of text with the words before its colon set apart.
type Line struct{ Lead, Text string }

// Choice is one option of a question. Rank of Of levels is drawn as dots; Of is
// 0 for options without a value.
type Choice struct {
	ID, Code, Label string
	Chosen          bool
	Rank, Of        int
}

// SurveySection is one screen of questions.
type SurveySection struct {
	Title     string
	Questions []SurveyQuestion
}

// SurveyQuestion is one question with what was answered so far.
type SurveyQuestion struct {
	Lang      string
	Name      string // of its field, and its id
	Kind      string
	Text      string
	Needed    bool // an answer is asked for wherever the question is
	Required  bool // a page without JavaScript asks for it: it shows every question
	Options   []Choice
	Other     *Choice // the option "other" with its free text
	OtherText string
	Value     string // kinds number, text, date
	MaxLength int
	Range     string // kind number: "từ 0 đến 120"
	Min, Max  string // kind number: the same for scripts, empty for no limit
	IfName    string // field of the question that decides whether this one is shown
	IfIn      string // its codes that show this one, separated by spaces
	IfText    string // the same in words, for pages without JavaScript
	Error     string
}

// OtherMax is the length of the free text beside the options, in characters.
func (SurveyQuestion) OtherMax() int { return survey.OtherText }

// SurveyStopped is the page of a campaign that takes no answers now.
type SurveyStopped struct {
	Page
	Campaign, Unit string
	Message        string
	Opens, Closes  string
	Over           bool
	Switch         Switch
	Ask            string // where the code of an invitation may be typed; empty: it would not help
	Typed          string // the code, to be typed anew: always empty
}

// InviteCode is the page on which the code of an invitation is typed.
type InviteCode struct {
	Page
	Typed string // what was typed and refused
	Ask   string // where it is sent
}

// Receipt is the page that proves an accepted response.
type Receipt struct {
	Page
	Campaign, Unit string
	Code           string   // 16 letters and digits
	Parts          []string // the code in groups of four
	Draft          string
	Again          string // path of the survey, for the next respondent
	Switch         Switch
}

// ReceiptParts cuts a receipt into groups of four, as pages show it.
func ReceiptParts(code string) []string {
	var parts []string
	for part := range slices.Chunk([]byte(code), 4) {
		parts = append(parts, string(part))
	}
	return parts
}

// Lines cuts a text into its lines; a short lead before a colon stands apart.
func Lines(text string) []Line {
	const longestLead = 40 // bytes
	var lines []Line
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		lead, rest, ok := strings.Cut(l, ": ")
		switch {
		case l == "":
		case ok && len(lead) <= longestLead:
			lines = append(lines, Line{lead + ":", rest})
		default:
			lines = append(lines, Line{Text: l})
		}
	}
	return lines
}

// Paragraphs cuts a text into its lines that are not blank.
func Paragraphs(text string) []string {
	var list []string
	for _, l := range Lines(text) {
		list = append(list, strings.TrimSpace(l.Lead+" "+l.Text))
	}
	return list
}

// GroupChoices are the respondent groups with the chosen one marked.
func GroupChoices(lang string, groups []string, chosen string) []Choice {
	list := make([]Choice, len(groups))
	for i, g := range groups {
		list[i] = Choice{ID: "group." + g, Code: g, Label: Say(lang, "group."+g), Chosen: g == chosen}
	}
	return list
}

// SurveySections are the sections of a form with the answers sent so far and
// the messages beside them, in a language; problem returns the message of a field or "".
func SurveySections(lang string, f *survey.Form, sent map[string]any, problem func(field string) string) []SurveySection {
	list := make([]SurveySection, len(f.Sections))
	for i := range f.Sections {
		s := &f.Sections[i]
		list[i] = SurveySection{Title: s.Title, Questions: make([]SurveyQuestion, len(s.Questions))}
		for j := range s.Questions {
			q := newQuestion(lang, f, &s.Questions[j], sent)
			q.Error = problem(q.Name)
			list[i].Questions[j] = q
		}
	}
	return list
}

func newQuestion(lang string, f *survey.Form, q *survey.Question, sent map[string]any) SurveyQuestion {
	values, _ := sent[q.Code].([]string)
	least, most := limits(q)
	out := SurveyQuestion{
		Lang: lang, Name: answerPrefix + q.Code, Kind: string(q.Kind), Text: q.Text, Needed: q.Required, Required: q.Required && q.ShowIf == nil,
		Options: choices(q, values), Value: strings.Join(values, "\n"), MaxLength: q.MaxLength, Range: rangeIn(lang, q), Min: least, Max: most,
	}
	listed := slices.ContainsFunc(q.Options, func(o survey.Option) bool { return o.Code == survey.OtherCode })
	if q.Other && !listed {
		other, _ := sent[q.Code+"."+survey.OtherCode].([]string)
		out.OtherText = strings.Join(other, " ")
		out.Other = &Choice{ID: out.Name + "-" + survey.OtherCode, Code: survey.OtherCode, Chosen: slices.Contains(values, survey.OtherCode)}
	}
	if q.ShowIf != nil {
		out.IfName, out.IfIn = answerPrefix+q.ShowIf.Question, strings.Join(q.ShowIf.In, " ")
		out.IfText = condition(lang, f.Question(q.ShowIf.Question), q.ShowIf.In)
	}
	return out
}

// choices are the options; those with a value get a rank by it.
func choices(q *survey.Question, chosen []string) []Choice {
	list := make([]Choice, len(q.Options))
	valued := 0
	for _, o := range q.Options {
		if o.Valued {
			valued++
		}
	}
	for i, o := range q.Options {
		list[i] = Choice{ID: answerPrefix + q.Code + "-" + o.Code, Code: o.Code, Label: o.Label, Chosen: slices.Contains(chosen, o.Code)}
		if !o.Valued {
			continue
		}
		list[i].Of, list[i].Rank = valued, 1
		for _, p := range q.Options {
			if p.Valued && p.Value.Cmp(o.Value) < 0 {
				list[i].Rank++
			}
		}
	}
	return list
}

// condition says in words when a question is to be answered.
func condition(lang string, q *survey.Question, in []string) string {
	var labels []string
	for _, code := range in {
		label := Say(lang, "public.other")
		for _, o := range q.Options {
			if o.Code == code {
				label = o.Label
			}
		}
		labels = append(labels, "“"+label+"”")
	}
	return Say(lang, "public.showIf", q.Text, strings.Join(labels, Say(lang, "public.or")))
}

func numberRange(q *survey.Question) string { return rangeIn("", q) }

// limits are those of a number, in digits with a point; empty where there is none.
func limits(q *survey.Question) (least, most string) {
	if q.Min != nil {
		least = q.Min.String()
	}
	if q.Max != nil {
		most = q.Max.String()
	}
	return least, most
}

func rangeIn(lang string, q *survey.Question) string {
	switch {
	case q.Min != nil && q.Max != nil:
		return Say(lang, "public.between", vi.Decimal(q.Min.String()), vi.Decimal(q.Max.String()))
	case q.Min != nil:
		return Say(lang, "public.atLeast", vi.Decimal(q.Min.String()))
	case q.Max != nil:
		return Say(lang, "public.atMost", vi.Decimal(q.Max.String()))
	}
	return ""
}
