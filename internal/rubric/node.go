package rubric

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"thanthien/internal/fault"
)

// decoder reads YAML nodes into a Set and remembers the line of every path.
// It reports what the file itself gets wrong: types, unknown, doubled and
// missing fields. What the values mean is checked afterwards.
type decoder struct {
	file     string
	lines    map[string]int
	bad      map[string]bool // paths already reported
	problems []fault.Problem
}

// report adds a problem at a path; only the first one of a path counts.
func (d *decoder) report(n *yaml.Node, p fault.Problem) {
	if d.bad[p.Path] {
		return
	}
	d.bad[p.Path] = true
	p.File, p.Line = d.file, n.Line
	d.problems = append(d.problems, p)
}

// fields are the values of one mapping by key, in file order.
type fields struct {
	d    *decoder
	node *yaml.Node
	path string
	keys []string
	vals map[string]*yaml.Node
}

// mapping opens n as a mapping with these fields; anything else is reported.
// The result is never nil, so that a caller can go on and find more problems.
func (d *decoder) mapping(n *yaml.Node, path string, known ...string) *fields {
	f := &fields{d: d, node: n, path: path, vals: map[string]*yaml.Node{}}
	d.lines[path] = n.Line
	if !d.plain(n, path) {
		return f
	}
	if n.Kind != yaml.MappingNode {
		d.report(n, fault.Problem{Path: path, Key: "rubric.wantMap"})
		return f
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		f.add(n.Content[i], n.Content[i+1], known)
	}
	return f
}

// add takes one key and value; known is empty for a mapping with free keys.
func (f *fields) add(k, v *yaml.Node, known []string) {
	key := norm.NFC.String(k.Value)
	path := join(f.path, key)
	switch {
	case k.Kind != yaml.ScalarNode || k.Tag == "!!merge":
		f.d.report(k, fault.Problem{Path: join(f.path, "?"), Key: "rubric.plainKey"})
	case len(known) > 0 && !slices.Contains(known, key):
		f.d.report(k, fault.Problem{Path: path, Key: "rubric.unknownField", Args: []any{key, strings.Join(known, ", ")}})
	case f.vals[key] != nil:
		f.d.report(k, fault.Problem{Path: path, Key: "rubric.fieldTwice", Args: []any{key}})
	default:
		f.d.lines[path] = k.Line
		f.keys = append(f.keys, key)
		f.vals[key] = v
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// plain refuses aliases, anchors and foreign tags: they are not needed, and
// refusing them makes alias bombs harmless.
func (d *decoder) plain(n *yaml.Node, path string) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.report(n, fault.Problem{Path: path, Key: "rubric.alias"})
		return false
	}
	return true
}

// get returns the node of a key; a null or absent value is nil.
func (f *fields) get(key string) *yaml.Node {
	n := f.vals[key]
	if n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if !f.d.plain(n, join(f.path, key)) {
		return nil
	}
	return n
}

// need is get, reporting an absent value.
func (f *fields) need(key string) *yaml.Node {
	n := f.get(key)
	if n == nil && !f.d.bad[join(f.path, key)] && !f.d.bad[f.path] {
		f.d.report(f.node, fault.Problem{Path: join(f.path, key), Key: "rubric.missingField", Args: []any{key}})
	}
	return n
}

// text returns a string in NFC with plain line ends; def when absent.
func (f *fields) text(key, def string, most int) string {
	n := f.get(key)
	if n == nil {
		return def
	}
	s, ok := f.d.scalar(n, join(f.path, key))
	if ok && utf8.RuneCountInString(s) > most {
		f.d.report(n, fault.Problem{Path: join(f.path, key), Key: "rubric.textLong", Args: []any{key, most}})
		return def
	}
	return s
}

// needText is text that must be there.
func (f *fields) needText(key string, most int) string {
	if f.need(key) == nil {
		return ""
	}
	s := f.text(key, "", most)
	if strings.TrimSpace(s) == "" {
		f.d.report(f.vals[key], fault.Problem{Path: join(f.path, key), Key: "rubric.missingField", Args: []any{key}})
	}
	return s
}

// scalar returns the text of a scalar that is no truth value.
func (d *decoder) scalar(n *yaml.Node, path string) (string, bool) {
	if !d.plain(n, path) {
		return "", false
	}
	textTags := []string{"!!str", "!!int", "!!float", "!!timestamp"}
	if n.Kind != yaml.ScalarNode || !slices.Contains(textTags, n.Tag) {
		d.report(n, fault.Problem{Path: path, Key: "rubric.wantText"})
		return "", false
	}
	s := CleanText(n.Value)
	if strings.ContainsFunc(s, badRune) {
		d.report(n, fault.Problem{Path: path, Key: "rubric.badRune"})
		return "", false
	}
	return s, true
}

// CleanText returns s in NFC with plain line ends, without blanks around it
// and at the ends of its lines: the form every text of a Set has.
func CleanText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(norm.NFC.String(s))
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRightFunc(lines[i], unicode.IsSpace)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// badRune reports control characters and text that is not UTF-8.
func badRune(r rune) bool {
	return r == utf8.RuneError || r == '\uFEFF' || unicode.IsControl(r) && r != '\n' && r != '\t'
}

// number returns an exact decimal, nil when absent or wrong.
func (f *fields) number(key string) *Num {
	n := f.get(key)
	if n == nil {
		return nil
	}
	x, err := ParseNum(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || n.Tag == "!!bool" || octal(n) {
		f.d.report(n, fault.Problem{Path: join(f.path, key), Key: "rubric.wantNumber", Args: []any{short(n.Value)}})
		return nil
	}
	return &x
}

// octal reports an unquoted 010, which YAML readers disagree about.
func octal(n *yaml.Node) bool {
	s := strings.TrimPrefix(n.Value, "-")
	return len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9'
}

// short cuts a wrong value for a message.
func short(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// numberOr is number with a default.
func (f *fields) numberOr(key string, def Num) Num {
	if x := f.number(key); x != nil {
		return *x
	}
	return def
}

// needNumber is number that must be there; 0 when it is not.
func (f *fields) needNumber(key string) Num {
	if f.need(key) == nil {
		return Num{}
	}
	return f.numberOr(key, Num{})
}

// whole returns a whole number within lo..hi; def when absent or wrong.
func (f *fields) whole(key string, def, lo, hi int) int {
	n := f.get(key)
	if n == nil {
		return def
	}
	x, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || octal(n) || x < lo || x > hi {
		f.d.report(n, fault.Problem{Path: join(f.path, key), Key: "rubric.wantWhole", Args: []any{key, lo, hi, short(n.Value)}})
		return def
	}
	return x
}

// truth returns true or false; false when absent or wrong.
func (f *fields) truth(key string) bool {
	n := f.get(key)
	if n == nil {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		f.d.report(n, fault.Problem{Path: join(f.path, key), Key: "rubric.wantTruth", Args: []any{key}})
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

// list returns the entries of a sequence; none when absent or wrong.
func (f *fields) list(key string, most int) []*yaml.Node {
	n := f.get(key)
	if n == nil {
		return nil
	}
	path := join(f.path, key)
	switch {
	case n.Kind != yaml.SequenceNode:
		f.d.report(n, fault.Problem{Path: path, Key: "rubric.wantList", Args: []any{key}})
		return nil
	case len(n.Content) > most:
		f.d.report(n, fault.Problem{Path: path, Key: "rubric.listLong", Args: []any{key, most}})
		return nil
	}
	return n.Content
}

// texts returns a list of strings.
func (f *fields) texts(key string) []string {
	var out []string
	for i, n := range f.list(key, MaxList) {
		path := at(join(f.path, key), i)
		f.d.lines[path] = n.Line
		if s, ok := f.d.scalar(n, path); ok {
			out = append(out, s)
		}
	}
	return out
}

// at is the path of the i-th entry of a list.
func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
