package site

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// nthMember names the members of a team by their place alone.
func nthMember(i int) string { return vi.Text("explain.nthMember", i+1) }

// memberNames names the members of a stage's team to those who may see single
// sheets; to others they are numbers.
func (s *Server) memberNames(ctx context.Context, p *place, stage string) func(i int) string {
	team, names := p.dossier.Team(stage), s.namesOf(ctx)
	return func(i int) string {
		if i >= len(team.Members) || !p.dossier.SeesSheet(dossier.Layer{Stage: stage, Member: team.Members[i], Round: team.Round}, p.user.Login, p.who()) {
			return nthMember(i)
		}
		return names(team.Members[i])
	}
}

// explainMembers lists what each member gave to a leaf that is a mean. name is
// that of the member at a place of score.UnitMarks.Members.
func explainMembers(x score.Explanation, name func(i int) string) []view.ExplainMember {
	list := make([]view.ExplainMember, len(x.Members))
	for i, m := range x.Members {
		v := view.ExplainMember{Name: name(i), Points: vi.Decimal(m.Points), State: string(m.State)}
		for _, in := range m.Inputs {
			v.Inputs = append(v.Inputs, view.ExplainInput{Title: inputTitle(x.Rule, in.Name), Value: inputValue(in)})
		}
		for _, problem := range m.Problems {
			v.Problems = append(v.Problems, vi.Text(problem.Key, problem.Args...))
		}
		list[i] = v
	}
	return list
}

// givers are the members who gave points: those whose leaf does not apply are
// not in the mean.
func givers(x score.Explanation) []score.MemberExplanation {
	return slices.DeleteFunc(slices.Clone(x.Members), func(m score.MemberExplanation) bool { return m.State != score.Scored })
}

// meanStep is the line "(4,50 + 4,00) / 2" of those who gave points.
func meanStep(x score.Explanation) view.ExplainStep {
	var given []string
	for _, m := range givers(x) {
		given = append(given, vi.Decimal(m.Points))
	}
	formula := "(" + strings.Join(given, " + ") + ") / " + strconv.Itoa(len(given))
	return step(vi.Text("explain.stepMean"), formula, x.Exact)
}
