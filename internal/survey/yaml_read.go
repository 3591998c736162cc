package survey

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"thanthien/internal/fault"
)

// yamlReader walks YAML nodes and collects what is wrong with them, so that
// one reading lists every problem.
type yamlReader struct {
	file     string
	problems []fault.Problem
}

func (r *yamlReader) problem(n *yaml.Node, path, key string, args ...any) {
	if len(r.problems) < MaxProblems {
		r.problems = append(r.problems, fault.Problem{File: r.file, Line: n.Line, Path: path, Key: key, Args: args})
	}
}

// sorted returns the problems in the order of their lines.
func (r *yamlReader) sorted() []fault.Problem {
	slices.SortStableFunc(r.problems, func(a, b fault.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return r.problems
}

// yamlLine finds the line in a syntax error of the YAML library.
var yamlLine = regexp.MustCompile(`line (\d+)`)

// syntax turns an error of the YAML library into a problem.
func (r *yamlReader) syntax(err error) {
	n := yaml.Node{}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n.Line, _ = strconv.Atoi(m[1])
	}
	r.problem(&n, "", "survey.yaml", clip(err.Error()))
}

// fields is a mapping node whose members have been checked against the names
// that are allowed there. Members that are null count as absent.
type fields struct {
	r    *yamlReader
	node *yaml.Node
	path string
	in   map[string]*yaml.Node
}

// fields reads a mapping. Unknown and repeated members are problems; allowed
// nil takes any names.
func (r *yamlReader) fields(n *yaml.Node, path string, allowed ...string) fields {
	f := fields{r, n, path, map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		r.problem(n, path, "survey.mapping")
		return f
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := key.Value
		switch {
		case key.Kind != yaml.ScalarNode || allowed != nil && !slices.Contains(allowed, name):
			r.problem(key, path, "survey.field_unknown", clip(name))
		case f.in[name] != nil:
			r.problem(key, path, "survey.field_twice", clip(name))
		case value.Kind == yaml.AliasNode:
			r.problem(value, f.at(name), "survey.alias")
		case value.ShortTag() != "!!null":
			f.in[name] = value
		}
	}
	return f
}

// names returns the members in file order, so that problems come in one order.
func (f fields) names() []string {
	names := []string{}
	for i := 0; i+1 < len(f.node.Content); i += 2 {
		if name := f.node.Content[i].Value; f.in[name] == f.node.Content[i+1] {
			names = append(names, name)
		}
	}
	return names
}

// at is the path of a member.
func (f fields) at(name string) string {
	if f.path == "" {
		return name
	}
	return f.path + "." + name
}

// need returns a member that must be there, or nil after reporting it.
func (f fields) need(name string) *yaml.Node {
	n := f.in[name]
	if n == nil && f.node.Kind == yaml.MappingNode && !f.has(name) {
		f.r.problem(f.node, f.path, "survey.field_missing", name)
	}
	return n
}

// has reports whether the member was written with a value, even a refused one.
func (f fields) has(name string) bool {
	for i := 0; i+1 < len(f.node.Content); i += 2 {
		if f.node.Content[i].Value == name && f.node.Content[i+1].ShortTag() != "!!null" {
			return true
		}
	}
	return false
}

// scalar returns the text of a scalar node.
func (r *yamlReader) scalar(n *yaml.Node, path string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!binary" || n.ShortTag() == "!!null" {
		r.problem(n, path, "survey.scalar")
		return "", false
	}
	return n.Value, true
}

// prose reads cleaned text of at most limit characters.
func (f fields) prose(name string, required bool, limit int) string {
	n := f.in[name]
	if required {
		n = f.need(name)
	}
	if n == nil {
		return ""
	}
	s, ok := f.r.scalar(n, f.at(name))
	if !ok {
		return ""
	}
	s = CleanText(s)
	if required && s == "" {
		f.r.problem(n, f.at(name), "survey.field_missing", name)
	}
	if utf8.RuneCountInString(s) > limit {
		f.r.problem(n, f.at(name), "survey.text_over", limit)
		return ""
	}
	return s
}

// code reads a required code that fits.
func (f fields) code(name string, fits func(string) bool) string {
	n := f.need(name)
	if n == nil {
		return ""
	}
	return f.r.code(n, f.at(name), fits)
}

func (r *yamlReader) code(n *yaml.Node, path string, fits func(string) bool) string {
	s, ok := r.scalar(n, path)
	if !ok {
		return ""
	}
	s = CleanText(s)
	if s == "" || utf8.RuneCountInString(s) > MaxCode || !fits(s) {
		r.problem(n, path, "survey.code", clip(s))
		return ""
	}
	return s
}

// nameFits allows what is safe in URLs, form fields and file names.
func nameFits(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '.' && c != '-' && c != '_') {
			return false
		}
	}
	_, other := cutOther(s)
	return !other
}

// optionFits allows any visible characters but the separators of lists.
func optionFits(s string) bool {
	for _, c := range s {
		if unicode.IsSpace(c) || !unicode.IsGraphic(c) || c == ',' || c == ';' || c == utf8.RuneError {
			return false
		}
	}
	return true
}

// flag reads true or false; absent is false.
func (f fields) flag(name string) bool {
	n := f.in[name]
	if n == nil {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
		f.r.problem(n, f.at(name), "survey.bool")
	}
	return n.Value == "true"
}

// whole reads an integer in low..high; absent or wrong is 0.
func (f fields) whole(name string, low, high int) int {
	n := f.in[name]
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || i < low || i > high {
		f.r.problem(n, f.at(name), "survey.whole", low, high)
		return 0
	}
	return i
}

// decimal reads a number in low..high with at most digits decimals.
func (f fields) decimal(name string, low, high int64, digits int) (Decimal, bool) {
	n := f.in[name]
	if n == nil {
		return Decimal{}, false
	}
	d, ok := ParseDecimal(n.Value)
	if n.Kind != yaml.ScalarNode || !ok || d.Cmp(Int(low)) < 0 || d.Cmp(Int(high)) > 0 || d.Decimals() > digits {
		f.r.problem(n, f.at(name), "survey.decimal", low, high, digits)
		return Decimal{}, false
	}
	return d, true
}

// list returns the items of a list of at most limit.
func (f fields) list(name string, required bool, limit int) []*yaml.Node {
	n := f.in[name]
	if required {
		n = f.need(name)
	}
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.r.problem(n, f.at(name), "survey.list")
		return nil
	}
	if required && len(n.Content) == 0 {
		f.r.problem(n, f.at(name), "survey.list_empty")
	}
	if len(n.Content) > limit {
		f.r.problem(n, f.at(name), "survey.list_long", limit)
		return nil
	}
	return n.Content
}

// index is the path of item i of a list.
func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
