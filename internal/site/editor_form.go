package site

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// draft is a node of a criteria set as a person typed it: the set itself, a
// group or a criterion. Values go by the field's path in the format below the
// node, rows of a table by the table's path. Nothing is read into numbers yet,
// so that any text survives an error.
type draft struct {
	values   map[string]string
	rows     map[string][]map[string]string
	children []*draft
}

// Levels of the tree, which decide what a node has.
const (
	levelSet = iota
	levelGroup
	levelCriterion
)

// The fields of the format, and two of the form alone: whether there is a
// recognition at all, and how a percentage becomes points.
const (
	keyRecognised = "recognition.on"
	keyMap        = "rule.map"
	mapLinear     = "linear"
	mapBands      = "bands"
	checked       = "1"
)

// fieldsAt are the fields of a node of each level.
var fieldsAt = [...][]string{
	levelSet: {
		"id", "title", "issued_by", "applies_to", "total", "decimals", "not_applicable", "max_total", "tie_break", keyRecognised,
		"recognition.min_total", "recognition.min_group_percent", "recognition.min_criterion_percent", "recognition.conditions",
	},
	levelGroup: {"code", "title", "kind", "max"},
	levelCriterion: {
		"code", "title", "max", "guide", "evidence", "na", "rule.type", "rule.step", "rule.source", "rule.scale", "rule.form", "rule.questions",
		"rule.groups", "rule.min_responses", "rule.when_missing", "rule.each", "rule.min", "rule.max", "rule.expr", keyMap, "rule.zero_at", "rule.full_at",
	},
}

// formTable is a table of a node; the first column is always sent.
type formTable struct {
	key     string
	columns []string
}

// tablesAt are the tables of a node of each level.
var tablesAt = [...][]formTable{
	levelSet: {
		{"papers", []string{"code", "title", "required"}}, {"conditions", []string{"code", "title"}},
		{"recognition.groups", []string{"group", "percent"}}, {"recognition.bands", []string{"code", "title", "min"}},
	},
	levelGroup: {},
	levelCriterion: {
		{"rule.levels", []string{"code", "label", "points"}}, {"rule.bands", []string{"min", "points"}}, {"rule.inputs", []string{"name", "title"}},
	},
}

func newDraft() *draft {
	return &draft{values: map[string]string{}, rows: map[string][]map[string]string{}}
}

// childKey is the name of a node's list of children.
func childKey(level int) string {
	if level == levelSet {
		return "groups"
	}
	return "criteria"
}

func below(level int) int { return min(level+1, levelCriterion) }

// under joins a node's path, "" for the set, and the path of something in it.
func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func nth(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// maxNodes is how many groups and criteria a form may hold: more than any sound
// set, so that a set a little too large is still told what is wrong.
const maxNodes = 2 * rubric.MaxLeaves

// parseDraft reads the posted form. A name that comes several times (check
// boxes) is joined by commas. A form beyond maxNodes is TooLarge.
func parseDraft(c *fiber.Ctx) (*draft, error) {
	sent := map[string]string{}
	c.Request().PostArgs().VisitAll(func(k, v []byte) {
		name, value := string(k), vi.Clean(string(v))
		if old, ok := sent[name]; ok {
			value = old + ", " + value
		}
		sent[name] = value
	})
	left := maxNodes
	d := readDraft(sent, "", levelSet, 0, &left)
	if left <= 0 {
		return nil, fault.New(fault.TooLarge, "editor.large", rubric.MaxLeaves)
	}
	return d, nil
}

// readDraft reads a node and what is below it, while there are nodes left.
func readDraft(sent map[string]string, path string, level, depth int, left *int) *draft {
	*left--
	d := newDraft()
	for _, key := range fieldsAt[level] {
		if v := sent[under(path, key)]; v != "" {
			d.values[key] = v
		}
	}
	for _, t := range tablesAt[level] {
		at := under(path, t.key)
		for i := 0; i <= rubric.MaxList; i++ {
			row := nth(at, i)
			if _, ok := sent[row+"."+t.columns[0]]; !ok {
				break
			}
			d.rows[t.key] = append(d.rows[t.key], readRow(sent, row, t.columns))
		}
	}
	list := under(path, childKey(level))
	for i := 0; depth <= rubric.MaxDepth+1 && *left > 0; i++ { // one level more than allowed, to say so
		child := nth(list, i)
		if _, ok := sent[child+".code"]; !ok {
			break
		}
		d.children = append(d.children, readDraft(sent, child, below(level), depth+1, left))
	}
	return d
}

func readRow(sent map[string]string, path string, columns []string) map[string]string {
	row := map[string]string{}
	for _, key := range columns {
		if v := sent[path+"."+key]; v != "" {
			row[key] = v
		}
	}
	return row
}

// splitCodes parts a list of codes that a person typed.
func splitCodes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' })
}
