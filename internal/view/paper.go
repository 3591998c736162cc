package view

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// PaperPrint is the paper form to print.
type PaperPrint struct {
	Page
	Head     PaperHead
	Heading  string // the form's title
	Campaign string
	Unit     string // empty leaves room to write
	Intro    []string
	Consent  []Line
	Groups   []PaperOption // none when only one group may answer
	Sections []PaperSection
	Back     string
}

// PaperHead is the head of an official document in HTML.
type PaperHead struct{ Superior, Agency, Nation, Motto, Phone string }

// PaperSection is a titled run of questions.
type PaperSection struct {
	Title     string
	Questions []PaperQuestion
}

// PaperQuestion is a question on paper and while it is keyed in.
type PaperQuestion struct {
	No        int
	Name      string // of its field
	Kind      string
	Text      string
	Required  bool
	Options   []PaperOption
	Columns   int // of options side by side on paper, 1 to 3
	OtherText string
	HasOther  bool
	Value     string // kinds number, text, date
	MaxLength int
	Range     string
	Blanks    []int  // lines to write on
	IfName    string // field of the question that decides whether this one is asked
	IfIn      string // its codes that ask this one, separated by spaces
	IfText    string
	Error     string
}

// OtherMax is the length of the free text beside the options, in characters.
func (PaperQuestion) OtherMax() int { return survey.OtherText }

// PaperOption is an option with the key that chooses it.
type PaperOption struct {
	Key, Code, Label string
	Chosen, Other    bool
}

// entryKeys are the keys of options in their order.
const entryKeys = "1234567890abcdefghijklmnopqrstuvwxyz"

// PaperKeys returns the key of each option: its code where all codes are single
// digits, or else its number, 0 for the tenth, then letters. Options beyond
// those have no key.
func PaperKeys(codes []string) []string {
	keys := make([]string, len(codes))
	digits := true
	for i, c := range codes {
		digits = digits && len(c) == 1 && c[0] >= '0' && c[0] <= '9'
		if i < len(entryKeys) {
			keys[i] = entryKeys[i : i+1]
		}
	}
	if digits {
		return codes
	}
	return keys
}

// PaperGroups are the respondent groups with their keys.
func PaperGroups(groups []string, chosen string) []PaperOption {
	keys := PaperKeys(groups)
	list := make([]PaperOption, len(groups))
	for i, g := range groups {
		list[i] = PaperOption{Key: keys[i], Code: g, Label: vi.Text("group." + g), Chosen: g == chosen}
	}
	return list
}

// The longest labels, in characters, of options that stand in three and in two
// columns on paper.
const (
	threeColumns = 24
	twoColumns   = 40
)

// paperColumns is how many options stand side by side on paper.
func paperColumns(options []PaperOption) int {
	longest := 0
	for _, o := range options {
		if !o.Other { // that one has a line of its own
			longest = max(longest, utf8.RuneCountInString(o.Label))
		}
	}
	switch {
	case longest <= threeColumns:
		return 3
	case longest <= twoColumns:
		return 2
	}
	return 1
}

// PaperSections are the sections of a form with what was sent, by the names
// that survey.Form.Check knows, and the message of each field.
func PaperSections(f *survey.Form, sent map[string]any, problem func(field string) string) []PaperSection {
	numbers := map[string]int{}
	for i, q := range f.Questions() {
		numbers[q.Code] = i + 1
	}
	list := make([]PaperSection, len(f.Sections))
	for i := range f.Sections {
		s := &f.Sections[i]
		list[i].Title = s.Title
		for j := range s.Questions {
			q := paperQuestion(f, &s.Questions[j], sent, numbers)
			q.Error = problem(q.Name)
			list[i].Questions = append(list[i].Questions, q)
		}
	}
	return list
}

func paperQuestion(f *survey.Form, q *survey.Question, sent map[string]any, numbers map[string]int) PaperQuestion {
	values, _ := sent[q.Code].([]string)
	out := PaperQuestion{
		No: numbers[q.Code], Name: answerPrefix + q.Code, Kind: string(q.Kind), Text: q.Text, Required: q.Required,
		HasOther: q.Other, Options: paperOptions(q, values), Value: strings.Join(values, "\n"), MaxLength: q.MaxLength, Range: numberRange(q),
	}
	if q.Other {
		other, _ := sent[q.Code+"."+survey.OtherCode].([]string)
		out.OtherText = strings.Join(other, " ")
	}
	out.Columns = paperColumns(out.Options)
	switch {
	case q.Kind == survey.Text && q.MaxLength > 300:
		out.Blanks = make([]int, 4)
	case q.Kind == survey.Text:
		out.Blanks = make([]int, 2)
	}
	if q.ShowIf != nil {
		out.IfName, out.IfIn = answerPrefix+q.ShowIf.Question, strings.Join(q.ShowIf.In, " ")
		out.IfText = vi.Text("paper.askedIf", paperChoices(f.Question(q.ShowIf.Question), q.ShowIf.In), strconv.Itoa(numbers[q.ShowIf.Question]))
	}
	return out
}

func paperOptions(q *survey.Question, chosen []string) []PaperOption {
	has := map[string]bool{}
	for _, c := range chosen {
		has[c] = true
	}
	var list []PaperOption
	var codes []string
	other := q.Other
	for _, o := range q.Options {
		list = append(list, PaperOption{Code: o.Code, Label: o.Label, Chosen: has[o.Code], Other: q.Other && o.Code == survey.OtherCode})
		codes = append(codes, o.Code)
		other = other && o.Code != survey.OtherCode
	}
	if other {
		list = append(list, PaperOption{Code: survey.OtherCode, Label: vi.Text("paper.other"), Chosen: has[survey.OtherCode], Other: true})
		codes = append(codes, survey.OtherCode)
	}
	for i, key := range PaperKeys(codes) {
		list[i].Key = key
	}
	return list
}

// paperChoices names options as they stand on paper: “Hài lòng” hoặc “Bình thường”.
func paperChoices(q *survey.Question, codes []string) string {
	var words []string
	for _, o := range paperOptions(q, codes) {
		if o.Chosen {
			words = append(words, "“"+o.Label+"”")
		}
	}
	return strings.Join(words, " "+vi.Text("paper.or")+" ")
}

// PaperStart lists the batches of a campaign and opens one.
type PaperStart struct {
	Page
	Campaign, Base string // its title; "/khao-sat/ID"
	Back           string // where its user came from
	List           Listing
	Rows           []PaperBatchRow
	Units          []Option
	BatchTitle     string
	Single         bool
	Stopped        string
}

// PaperBatchRow is one batch in the list.
type PaperBatchRow struct {
	URL, Title, Unit, Mode string
	Counts                 []string // by state
}

// PaperBatch is one batch.
type PaperBatch struct {
	Page
	Campaign, Back, Base string // Base is the batch's own address
	Heading, Unit, Mode  string
	Double               bool
	States               []Fact
	Once                 []string // serial numbers that wait for this user's second entry
	Mine                 int      // those the user keyed first, for somebody else
	Differs              []Link
	Ready                int
	Stopped              string
}

// PaperEntry is the page on which a paper form is keyed in.
type PaperEntry struct {
	Page
	Back, Action     string
	Heading, Unit    string
	Pass             int // 1 or 2
	Serial           string
	Key              string
	Login            string
	Groups           []PaperOption
	Sections         []PaperSection
	Saved            string // what was just saved, in words
	Count            string // "phiếu thứ 37 của lô"
	Stopped          string
	None             bool // pass 2: nothing waits for this user
	Double, GroupErr bool
}

// PaperDiff shows two entries of one paper that differ.
type PaperDiff struct {
	Page
	Back, Heading string
	Serial        int64
	First, Second string // who keyed them
	Key           string
	Rows          []PaperDiffRow
	Same          int // answers that are alike
}

// PaperDiffRow is one answer that differs.
type PaperDiffRow struct{ Name, Text, First, Second, Chosen string }

// PaperImport is the page on which a file of paper forms is read.
type PaperImport struct {
	Page
	Campaign, Back, Base string
	File                 string
	Bad                  []CellProblem
	BadCount, BadMore    int
	Past                 []PaperImportRow
	Stopped              string
	MaxMB, MaxRows       int
}

// CellProblem is one thing wrong with a file and where.
type CellProblem struct{ Place, Message string }

// PaperImportRow is one import in the list.
type PaperImportRow struct {
	URL, File, When, Who string
	Rows                 int
	Tag                  Tag
}

// PaperImportOne is one import: its preview, its progress, its end.
type PaperImportOne struct {
	Page
	Campaign, Back, Base string
	File, When, Who      string
	Total, Written       int
	Ready, Running, Done bool
	Stalled              bool // it is marked as running and nothing moves
	Groups               []string
	Units                []PaperImportUnit
	Columns              []string
	Sample               [][]string
	Again                bool // the same rows were read before
	Stopped              string
}

// PaperImportUnit counts the forms of a unit by group.
type PaperImportUnit struct {
	Name   string
	Counts []int
	Total  int
}
