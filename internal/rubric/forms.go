package rubric

import (
	"slices"
	"strconv"

	"thanthien/internal/fault"
)

// CheckForms lists the survey rules that name a form, or a question of it,
// that does not exist. lookup returns the question codes of a form. Lines are
// unknown here; ParseWithForms knows them.
func CheckForms(s *Set, lookup func(formID string) (questions []string, ok bool)) []fault.Problem {
	var found []fault.Problem
	for i := range s.Groups {
		found = append(found, checkForms(s.Groups[i].Criteria, at("groups", i), lookup)...)
	}
	return found
}

func checkForms(list []Criterion, path string, lookup func(string) ([]string, bool)) []fault.Problem {
	var found []fault.Problem
	for i := range list {
		c, p := &list[i], path+".criteria["+strconv.Itoa(i)+"]"
		found = append(found, checkForms(c.Criteria, p, lookup)...)
		if c.Rule == nil || c.Rule.Type != RuleSurvey {
			continue
		}
		questions, ok := lookup(c.Rule.Form)
		if !ok {
			found = append(found, fault.Problem{Path: p + ".rule.form", Key: "rubric.unknownForm", Args: []any{c.Code, c.Rule.Form}})
			continue
		}
		for j, q := range c.Rule.Questions {
			if !slices.Contains(questions, q) {
				found = append(found, fault.Problem{Path: at(p+".rule.questions", j), Key: "rubric.unknownQuestion", Args: []any{c.Code, q, c.Rule.Form}})
			}
		}
	}
	return found
}
