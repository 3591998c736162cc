package site

import (
	"regexp"
	"strings"

	"thanthien/internal/vi"
)

var (
	auditNumber = regexp.MustCompile(`^-?\d+\.\d+$`)
	auditDay    = regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`)
)

// value shows what an event of a thing stores in a field: codes in words,
// numbers and days as they are written here.
func (w *auditWords) value(thing, field, value string) string {
	part, rest, pair := strings.Cut(field, "/")
	switch {
	case value == "":
		return ""
	case part == "team":
		return w.names(value)
	case part == "sheet":
		login, round, _ := strings.Cut(value, " #")
		return vi.Text("audit.sheet", known(w.people[login], login), round)
	case part == "ruling" && value == "rejected":
		return vi.Text("audit.rejected")
	case part == "total" || field == "self":
		return vi.Decimal(value)
	case field == "until" || field == "decision":
		return auditDay.ReplaceAllStringFunc(value, shownDay)
	case field == "band":
		return known(w.bands[periodOf(thing)][value], value)
	case field == "stage":
		return w.stage(thing, value)
	case pair && strings.HasPrefix(thing, "dossiers/") && (part == "ruling" || w.stages[periodOf(thing)][part] != ""):
		return auditMark(rest, value)
	}
	return auditCode(field, value)
}

// auditCode is a value in words, where the field has codes for values.
func auditCode(field, value string) string {
	prefix := map[string]string{"status": "status.", "act": "act.", "role": "role."}[field]
	if key := prefix + strings.ReplaceAll(value, "-", "_"); prefix != "" && vi.Has(key) {
		return vi.Text(key)
	}
	return value
}

// auditMark shows a mark: its inputs between slashes, then a note in brackets.
func auditMark(code, value string) string {
	mark, note, noted := strings.Cut(value, " (")
	inputs := strings.Split(mark, "/")
	for i, in := range inputs {
		switch {
		case auditNumber.MatchString(in):
			inputs[i] = vi.Decimal(in)
		case in == "na":
			inputs[i] = vi.Text("marks.na")
		case strings.HasPrefix(code, "?") && vi.Has("marks.met_"+in):
			inputs[i] = vi.Text("marks.met_" + in)
		}
	}
	if mark = strings.Join(inputs, "/"); noted {
		return mark + " (" + note
	}
	return mark
}

// names turns logins between commas into names.
func (w *auditWords) names(logins string) string {
	list := strings.Split(logins, ", ")
	for i, login := range list {
		list[i] = known(w.people[login], login)
	}
	return strings.Join(list, ", ")
}

// periodOf is the period of a dossier's thing.
func periodOf(thing string) string {
	_, id, _ := strings.Cut(thing, "/")
	period, _, _ := strings.Cut(id, "/")
	return period
}
