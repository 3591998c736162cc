package site

import (
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/rubric"
)

// What a button of the editor does, before the path it does it to.
const (
	opAdd    = "them"
	opRemove = "bo"
	opUp     = "len"
	opDown   = "xuong"
)

// spot is a place in a draft: the i-th child of a node, or the i-th row of a
// table of it. i is -1 for the list as a whole.
type spot struct {
	owner *draft
	path  string // of the owner
	level int    // of the owner
	table string // "" for the children
	i     int
}

// find resolves a path such as "groups[0].criteria[2].rule.levels[1]".
func (d *draft) find(path string) (spot, bool) {
	at := spot{owner: d, level: levelSet, i: -1}
	for {
		rest, ok := strings.CutPrefix(path, childKey(at.level))
		if !ok {
			return at.inTable(path)
		}
		if rest == "" {
			return at, true
		}
		number, rest, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]")
		i, err := strconv.Atoi(number)
		if !ok || err != nil || i < 0 || i >= len(at.owner.children) {
			return at, false
		}
		if rest == "" {
			at.i = i
			return at, true
		}
		at.path = nth(under(at.path, childKey(at.level)), i)
		at.owner, at.level, path = at.owner.children[i], below(at.level), strings.TrimPrefix(rest, ".")
	}
}

func (s spot) inTable(path string) (spot, bool) {
	for _, t := range tablesAt[s.level] {
		rest, ok := strings.CutPrefix(path, t.key)
		if !ok {
			continue
		}
		s.table = t.key
		if rest == "" {
			return s, true
		}
		i, err := strconv.Atoi(strings.Trim(rest, "[]"))
		if err != nil || i < 0 || i >= len(s.owner.rows[t.key]) {
			return s, false
		}
		s.i = i
		return s, true
	}
	return s, false
}

// list is the path of the list that the spot is in.
func (s spot) list() string {
	if s.table != "" {
		return under(s.path, s.table)
	}
	return under(s.path, childKey(s.level))
}

func (s spot) len() int {
	if s.table != "" {
		return len(s.owner.rows[s.table])
	}
	return len(s.owner.children)
}

// change does what a button asks for and returns the path to go on with. An
// unknown button, or one for a place that is gone, changes nothing.
func (d *draft) change(button string) (focus string) {
	op, path, _ := strings.Cut(button, " ")
	s, ok := d.find(path)
	switch {
	case !ok:
		return ""
	case op == opAdd && s.i < 0:
		return s.add()
	case s.i < 0:
		return ""
	case op == opRemove:
		return s.remove()
	case op == opUp && s.i > 0:
		return s.swap(s.i - 1)
	case op == opDown && s.i+1 < s.len():
		return s.swap(s.i + 1)
	}
	return nth(s.list(), s.i)
}

func (s spot) swap(j int) string {
	if s.table != "" {
		rows := s.owner.rows[s.table]
		rows[s.i], rows[j] = rows[j], rows[s.i]
	} else {
		list := s.owner.children
		list[s.i], list[j] = list[j], list[s.i]
	}
	return nth(s.list(), j)
}

func (s spot) remove() string {
	if s.table != "" {
		s.owner.rows[s.table] = slices.Delete(s.owner.rows[s.table], s.i, s.i+1)
	} else {
		s.owner.children = slices.Delete(s.owner.children, s.i, s.i+1)
	}
	if n := s.len(); n > 0 {
		return nth(s.list(), min(s.i, n-1))
	}
	return s.path
}

// add appends a row or a child. The first child of a scored criterion takes
// over how it is scored, so that nothing typed is lost and the sums still fit.
func (s spot) add() string {
	n := s.len()
	if s.table != "" {
		s.owner.rows[s.table] = append(s.owner.rows[s.table], s.newRow())
		return nth(s.list(), n)
	}
	child := newDraft()
	if s.level == levelCriterion && n == 0 {
		for key, value := range s.owner.values {
			if key != "code" && key != "title" && key != "guide" {
				child.values[key] = value
			}
		}
		child.rows, s.owner.rows = s.owner.rows, map[string][]map[string]string{}
	}
	child.values["code"] = s.newCode()
	if s.level == levelSet {
		child.values["kind"] = rubric.Normal
	} else if child.values["rule.type"] == "" {
		child.values["rule.type"], child.values["evidence"] = rubric.RulePoints, rubric.EvidenceOptional
	}
	s.owner.children = append(s.owner.children, child)
	return nth(s.list(), n)
}

// newCode proposes a code that no sibling has: 3 for a group, 2.1.4 below 2.1.
func (s spot) newCode() string {
	prefix := ""
	if s.level != levelSet {
		prefix = s.owner.values["code"] + "."
	}
	for n := s.len() + 1; ; n++ {
		code := prefix + strconv.Itoa(n)
		if !slices.ContainsFunc(s.owner.children, func(c *draft) bool { return c.values["code"] == code }) {
			return code
		}
	}
}

// rowPrefixes begin the codes proposed for new rows.
var rowPrefixes = map[string]string{"papers": "gt", "conditions": "dk", "rule.levels": "m", "recognition.bands": "muc"}

func (s spot) newRow() map[string]string {
	row := map[string]string{}
	prefix, ok := rowPrefixes[s.table]
	if !ok {
		return row
	}
	for n := s.len() + 1; ; n++ {
		code := prefix + strconv.Itoa(n)
		if !slices.ContainsFunc(s.owner.rows[s.table], func(r map[string]string) bool { return r["code"] == code }) {
			row["code"] = code
			return row
		}
	}
}
