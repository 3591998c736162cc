package rubric

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"thanthien/internal/fault"
)

// Parse reads one criteria set. The error lists every problem found with its
// line in file, which is only a name: fault.Invalid "rubric.invalid", or
// fault.TooLarge "rubric.fileLarge" before anything is read.
func Parse(data []byte, file string) (*Set, error) { return ParseWithForms(data, file, nil) }

// ParseWithForms is Parse that also checks the forms and questions of survey
// rules, see CheckForms; lookup may be nil.
func ParseWithForms(data []byte, file string, lookup func(formID string) (questions []string, ok bool)) (*Set, error) {
	if len(data) > MaxFileBytes {
		return nil, fault.New(fault.TooLarge, "rubric.fileLarge", file, MaxFileBytes>>20)
	}
	d := &decoder{file: file, lines: map[string]int{}, bad: map[string]bool{}}
	root, err := document(data, file)
	if err != nil {
		return nil, err
	}
	s := d.set(root)
	c := &checker{bad: d.bad, unread: maps.Clone(d.bad)}
	c.set(s)
	if lookup != nil {
		for _, p := range CheckForms(s, lookup) {
			c.report(p)
		}
	}
	for _, p := range c.problems {
		p.File, p.Line = file, d.line(p.Path)
		d.problems = append(d.problems, p)
	}
	if len(d.problems) > 0 {
		return nil, fault.List("rubric.invalid", sorted(d.problems), file, len(d.problems))
	}
	s.index = buildIndex(s)
	return s, nil
}

// New checks a set made by hand (an editor, a spreadsheet) and returns a sound
// copy of it ready for use. The problems of a "rubric.invalid" error carry a
// Path such as "groups[0].criteria[2].max" and no line.
func New(s Set) (*Set, error) {
	c := &checker{bad: map[string]bool{}}
	own := clone(&s)
	fillDefaults(own)
	c.set(own)
	if len(c.problems) > 0 {
		return nil, fault.List("rubric.invalid", sorted(c.problems), s.ID, len(c.problems))
	}
	data, err := own.YAML()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "internal")
	}
	return Parse(data, s.ID) // texts cleaned, numbers decimal, as in a file
}

// fillDefaults puts in what a hand-made set left empty.
func fillDefaults(s *Set) {
	s.NotApplicable = cmp.Or(s.NotApplicable, Rescale)
	if s.Recognition != nil {
		s.Recognition.Conditions = cmp.Or(s.Recognition.Conditions, ConditionsAll)
	}
	for i := range s.Groups {
		s.Groups[i].Kind = cmp.Or(s.Groups[i].Kind, Normal)
		fillLeaves(s.Groups[i].Criteria)
	}
}

func fillLeaves(list []Criterion) {
	for i := range list {
		c := &list[i]
		fillLeaves(c.Criteria)
		if c.Rule == nil {
			continue
		}
		c.Evidence = cmp.Or(c.Evidence, EvidenceOptional)
		switch c.Rule.Type {
		case RuleSurvey:
			c.Rule.WhenMissing = cmp.Or(c.Rule.WhenMissing, MissingBlock)
		case RuleExternal:
			if c.Rule.Scale.Sign() == 0 {
				c.Rule.Scale = Int(DefaultScale)
			}
		}
	}
}

// document returns the root of the one YAML document in data.
func document(data []byte, file string) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		return nil, fault.List("rubric.invalid", []fault.Problem{{File: file, Line: 1, Key: "rubric.empty"}}, file, 1)
	}
	if err == nil {
		if err2 := dec.Decode(&second); err2 == nil {
			p := fault.Problem{File: file, Line: second.Line, Key: "rubric.oneDocument"}
			return nil, fault.List("rubric.invalid", []fault.Problem{p}, file, 1)
		} else if !errors.Is(err2, io.EOF) {
			err = err2
		}
	}
	if err != nil {
		line, text := syntaxError(err)
		p := fault.Problem{File: file, Line: line, Key: "rubric.yaml", Args: []any{text}}
		return nil, fault.List("rubric.invalid", []fault.Problem{p}, file, 1)
	}
	return doc.Content[0], nil
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntaxError takes the line out of a YAML library error.
func syntaxError(err error) (int, string) {
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), "\n")
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.Replace(text, m[0], "", 1)
	}
	return line, text
}

// line returns the line of a path or of the nearest part above it.
func (d *decoder) line(path string) int {
	for path != "" {
		if n, ok := d.lines[path]; ok {
			return n
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return d.lines[""]
}

// sorted orders problems by line, keeping the order of those on one line, and
// cuts the list at MaxProblems.
func sorted(list []fault.Problem) []fault.Problem {
	slices.SortStableFunc(list, func(a, b fault.Problem) int { return cmp.Compare(a.Line, b.Line) })
	if rest := len(list) - MaxProblems; rest > 0 {
		list = append(list[:MaxProblems:MaxProblems], fault.Problem{File: list[0].File, Key: "rubric.more", Args: []any{rest}})
	}
	return list
}
