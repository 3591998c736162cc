package site

import (
	"slices"
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// checkDraft turns a draft into a sound set, or lists everything that is wrong
// with it by path. base gives id, version and decision. The error is for
// failures of our own.
func checkDraft(d *draft, base rubric.Set, lookup func(string) ([]string, bool)) (*rubric.Set, []fault.Problem, error) {
	r := &reader{unread: map[string]bool{}}
	made := r.setOf(d, base)
	set, err := rubric.New(made)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return nil, nil, err
	}
	problems := r.problems
	if err != nil {
		for _, p := range asFault(err).Problems {
			if !r.follows(p) {
				problems = append(problems, p)
			}
		}
	}
	for _, p := range rubric.CheckForms(&made, lookup) {
		if !slices.ContainsFunc(problems, func(o fault.Problem) bool { return o.Path == p.Path }) {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return nil, problems[:min(len(problems), rubric.MaxProblems)], nil
	}
	return set, nil, nil
}

// follows reports whether a problem only comes from a text that could not be
// read: at the same place, or a sum over it.
func (r *reader) follows(p fault.Problem) bool {
	if r.unread[p.Path] {
		return true
	}
	node := strings.TrimSuffix(p.Path, "max")
	for path := range r.unread {
		switch p.Key {
		case "rubric.sum":
			if strings.HasPrefix(path, node+"criteria[") && strings.HasSuffix(path, ".max") {
				return true
			}
		case "rubric.totalSum", "rubric.impossible":
			if strings.HasPrefix(path, "groups[") && strings.HasSuffix(path, ".max") && strings.Count(path, ".") == 1 {
				return true
			}
		case "rubric.range", "rubric.step", "rubric.bandOrder", "rubric.minMax": // a limit that could not be read
			if leaf, _, ok := strings.Cut(p.Path, ".rule."); ok && strings.HasPrefix(path, leaf) {
				return true
			}
		}
	}
	return r.unread["total"] && p.Key == "rubric.impossible"
}

// editorText says what is wrong in the words of the form, numbers with a
// decimal comma.
func editorText(p fault.Problem) string {
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		if n, ok := a.(rubric.Num); ok {
			a = typed(n)
		}
		args[i] = a
	}
	if key := strings.Replace(p.Key, "rubric.", "editor.", 1); key != p.Key && vi.Has(key) {
		if !strings.Contains(vi.Text(key), "%") { // the form shows where it is
			args = nil
		}
		return vi.Text(key, args...)
	}
	return vi.Text(p.Key, args...)
}
