package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// formNode is a part of a survey form as a person typed it: the form itself, a
// scale, an option, a section or a question. Nothing is read into numbers yet,
// so that any text survives an error.
type formNode struct {
	values map[string]string
	lists  map[string][]*formNode
}

// The lists of a form, which name the parts in them.
const (
	partForm      = ""
	partScales    = "scales"
	partSections  = "sections"
	partQuestions = "questions"
	partOptions   = "options"
)

// Fields of the builder that the format writes otherwise.
const (
	keyWhich   = "index.which" // which questions make the index: all scales or those marked
	keyInIndex = "index"       // this question does
	keyShowOn  = "show_if.question"
	keyShowIn  = "show_if.in"
	keyWeights = "index.group_weights."
	whichAll   = "all"
	whichSome  = "some"
)

// formLists are the lists that a part has.
var formLists = map[string][]string{
	partForm: {partScales, partSections}, partScales: {partOptions}, partSections: {partQuestions}, partQuestions: {partOptions},
}

// formFields are the fields of each part; the first of a part in a list is
// always sent.
var formFields = map[string][]string{
	partForm: {
		"id", "title", "respondents", "intro", "consent", "index.method", keyWhich,
		keyWeights + "resident", keyWeights + "business", keyWeights + "organisation", keyWeights + "official",
	},
	partScales:    {"name"},
	partOptions:   {"code", "label", "value", "satisfied"},
	partSections:  {"title"},
	partQuestions: {"code", "kind", "text", "required", "scale", "weight", keyInIndex, "other", "min", "max", "max_length", keyShowOn, keyShowIn},
}

// maxFormParts is how many parts a posted form may have: more than any sound
// one.
const maxFormParts = 4 * survey.MaxQuestions * (1 + survey.MaxOptions)

func newFormNode(keyValues ...string) *formNode {
	n := &formNode{values: map[string]string{}, lists: map[string][]*formNode{}}
	for i := 0; i+1 < len(keyValues); i += 2 {
		if keyValues[i+1] != "" {
			n.values[keyValues[i]] = keyValues[i+1]
		}
	}
	return n
}

// add appends a part to a list.
func (n *formNode) add(list string, part *formNode) *formNode {
	n.lists[list] = append(n.lists[list], part)
	return part
}

// parseForm reads the posted form. A name that comes several times (check
// boxes) is joined by commas. Line ends stay, for longer texts have them.
func parseForm(c *fiber.Ctx) (*formNode, error) {
	sent := map[string]string{}
	c.Request().PostArgs().VisitAll(func(k, v []byte) {
		name, value := string(k), survey.CleanText(strings.ReplaceAll(string(v), "\r\n", "\n"))
		if old, ok := sent[name]; ok {
			value = old + "," + value
		}
		sent[name] = value
	})
	left := maxFormParts
	n := readFormNode(sent, "", partForm, &left)
	if left <= 0 {
		return nil, fault.New(fault.TooLarge, "builder.large", survey.MaxQuestions)
	}
	return n, nil
}

func readFormNode(sent map[string]string, path, part string, left *int) *formNode {
	*left--
	n := newFormNode()
	for _, key := range formFields[part] {
		if v := sent[under(path, key)]; v != "" {
			n.values[key] = v
		}
	}
	for _, list := range formLists[part] {
		for i := 0; *left > 0; i++ {
			at := nth(under(path, list), i)
			if _, ok := sent[under(at, formFields[list][0])]; !ok {
				break
			}
			n.add(list, readFormNode(sent, at, list, left))
		}
	}
	return n
}

// formSpot is a place in a form: the i-th part of a list, or the list (i < 0).
type formSpot struct {
	owner *formNode
	path  string // of the owner
	list  string
	i     int
}

// find resolves a path such as "sections[0].questions[2].options[1]".
func (n *formNode) find(path string) (formSpot, bool) {
	at, part := formSpot{owner: n, i: -1}, partForm
	for step := range strings.SplitSeq(path, ".") {
		if at.list != "" { // go into the part found so far
			if at.i < 0 {
				return at, false
			}
			at = formSpot{owner: at.owner.lists[at.list][at.i], path: at.at(at.i), i: -1}
		}
		name, number, indexed := strings.Cut(strings.TrimSuffix(step, "]"), "[")
		if !slices.Contains(formLists[part], name) {
			return at, false
		}
		at.list, part = name, name
		if indexed {
			i, err := strconv.Atoi(number)
			if err != nil || i < 0 || i >= len(at.owner.lists[name]) {
				return at, false
			}
			at.i = i
		}
	}
	return at, true
}

func (s formSpot) at(i int) string { return nth(under(s.path, s.list), i) }

// change does what a button asks for and returns the path to go on with. An
// unknown button, or one for a place that is gone, changes nothing.
func (n *formNode) change(button string) (focus string) {
	op, path, _ := strings.Cut(button, " ")
	s, ok := n.find(path)
	switch {
	case !ok:
		return ""
	case op == opAdd && s.i < 0:
		n.addAt(s)
		return s.at(len(s.owner.lists[s.list]) - 1)
	case s.i < 0:
		return ""
	case op == opRemove:
		s.owner.lists[s.list] = slices.Delete(s.owner.lists[s.list], s.i, s.i+1)
		if left := len(s.owner.lists[s.list]); left > 0 {
			return s.at(min(s.i, left-1))
		}
		return s.path
	case op == opUp:
		return n.move(s, -1)
	case op == opDown:
		return n.move(s, +1)
	}
	return s.at(s.i)
}

// move swaps a part with its neighbour; a question at the end of its section
// goes over into the next one.
func (n *formNode) move(s formSpot, by int) string {
	list := s.owner.lists[s.list]
	if j := s.i + by; j >= 0 && j < len(list) {
		list[s.i], list[j] = list[j], list[s.i]
		return s.at(j)
	}
	sections := n.lists[partSections]
	j := slices.Index(sections, s.owner) + by
	if s.list != partQuestions || j < 0 || j >= len(sections) {
		return s.at(s.i)
	}
	question, to := list[s.i], sections[j]
	s.owner.lists[s.list] = slices.Delete(list, s.i, s.i+1)
	at := 0
	if by < 0 {
		at = len(to.lists[partQuestions])
	}
	to.lists[partQuestions] = slices.Insert(to.lists[partQuestions], at, question)
	return nth(nth(partSections, j)+"."+partQuestions, at)
}

// addAt appends a part with a code that no other has.
func (n *formNode) addAt(s formSpot) {
	part := newFormNode()
	taken := func(key string, list []*formNode) func(string) bool {
		return func(code string) bool {
			return slices.ContainsFunc(list, func(o *formNode) bool { return o.values[key] == code })
		}
	}
	switch s.list {
	case partScales:
		part.values["name"] = freeCode("thang-", taken("name", s.owner.lists[s.list]))
		part.add(partOptions, newFormNode("code", "1", "label", vi.Text("builder.exampleOption")))
	case partOptions:
		prefix := "" // of a scale: numbers; of a question: letters
		if _, ofScale := s.owner.values["name"]; ofScale {
			part.values["code"] = freeCode(prefix, taken("code", s.owner.lists[s.list]))
			break
		}
		part.values["code"] = freeLetter(taken("code", s.owner.lists[s.list]))
	case partSections:
		part.add(partQuestions, n.newQuestion())
	case partQuestions:
		part = n.newQuestion()
	}
	s.owner.add(s.list, part)
}

// newQuestion is a question with a new code: of the form's first scale, or a
// text while there is none.
func (n *formNode) newQuestion() *formNode {
	used := map[string]bool{}
	for _, s := range n.lists[partSections] {
		for _, q := range s.lists[partQuestions] {
			used[q.values["code"]] = true
		}
	}
	q := newFormNode("code", freeCode("q", func(code string) bool { return used[code] }), "kind", string(survey.Text))
	if scales := n.lists[partScales]; len(scales) > 0 {
		q.values["kind"], q.values["scale"] = string(survey.Scale), scales[0].values["name"]
	}
	return q
}

// freeCode is the first of prefix1, prefix2, … that is not taken.
func freeCode(prefix string, taken func(string) bool) string {
	for i := 1; ; i++ {
		if code := prefix + strconv.Itoa(i); !taken(code) {
			return code
		}
	}
}

// freeLetter is the first letter that is not taken, then a number.
func freeLetter(taken func(string) bool) string {
	for c := 'a'; c <= 'z'; c++ {
		if !taken(string(c)) {
			return string(c)
		}
	}
	return freeCode("m", taken)
}

// splitList parts what check boxes sent.
func splitBoxes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
