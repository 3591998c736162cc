package survey

import (
	"math/big"
	"slices"
)

// Exact carries the fractions behind a unit's index, so that others can use
// the index unrounded and compute it over a part of the questions and groups.
// In JSON a fraction is a string, "9233/110".
type Exact struct {
	Index        *big.Rat              `json:"index"` // nil: undefined
	Method       Method                `json:"method"`
	Questions    []string              `json:"questions"`               // the index questions
	Weights      map[string]*big.Rat   `json:"weights"`                 // of every scale question
	GroupWeights map[string]*big.Rat   `json:"group_weights,omitempty"` // empty: groups are pooled
	Groups       map[string]ExactGroup `json:"groups"`                  // only groups with responses
}

// ExactGroup is one respondent group. N counts its responses with at least one
// valued answer to the index questions.
type ExactGroup struct {
	N         int64               `json:"n"`
	Questions map[string]ExactSum `json:"questions"` // only scale questions with valued answers
}

// ExactSum is one scale question: its valued answers, the sum of their values
// and how many of them are satisfied.
type ExactSum struct {
	N         int64    `json:"n"`
	Sum       *big.Rat `json:"sum"`
	Satisfied int64    `json:"satisfied"`
}

// SubsetIndex computes the index (0..100) over some questions and groups; nil
// means all index questions, or all groups. Unknown codes contribute nothing;
// a scale question outside the index may be named. With group weights, groups
// without a positive weight do not count.
//
// n is the number of responses in the groups used with at least one valued
// answer to the questions: exact for one question and for the whole index; for
// other sets it is a lower bound, per group the largest number of valued
// answers to one of the questions. ok is false when the index is undefined.
func SubsetIndex(e Exact, questions, groups []string) (index *big.Rat, n int, ok bool) {
	whole := questions == nil || sameSet(questions, e.Questions)
	if questions == nil {
		questions = e.Questions
	}
	chosen := e.choose(groups)
	used := chosen
	if len(e.GroupWeights) == 0 {
		index = e.formIndex(questions, chosen)
	} else {
		index, used = e.weightedIndex(questions, chosen)
	}
	if index == nil {
		return nil, 0, false
	}
	for _, g := range used {
		n += int(e.responses(e.Groups[g], questions, whole))
	}
	return index, n, true
}

// choose returns the groups with responses among groups, sorted.
func (e Exact) choose(groups []string) []string {
	chosen := []string{}
	for g := range e.Groups {
		if groups == nil || slices.Contains(groups, g) {
			chosen = append(chosen, g)
		}
	}
	slices.Sort(chosen)
	return chosen
}

// formIndex pools the groups and averages the questions by weight; nil when
// undefined.
func (e Exact) formIndex(questions, groups []string) *big.Rat {
	sum, weights := new(big.Rat), new(big.Rat)
	for i, code := range questions {
		w := e.Weights[code]
		q := e.questionIndex(code, groups)
		if w == nil || q == nil || slices.Contains(questions[:i], code) {
			continue
		}
		sum.Add(sum, q.Mul(q, w))
		weights.Add(weights, w)
	}
	if weights.Sign() <= 0 {
		return nil
	}
	return sum.Quo(sum, weights)
}

// weightedIndex averages the groups' form indexes by group weight and names
// the groups that counted.
func (e Exact) weightedIndex(questions, groups []string) (*big.Rat, []string) {
	sum, weights := new(big.Rat), new(big.Rat)
	used := []string{}
	for _, g := range groups {
		w := e.GroupWeights[g]
		index := e.formIndex(questions, []string{g})
		if w == nil || w.Sign() <= 0 || index == nil {
			continue
		}
		used = append(used, g)
		sum.Add(sum, index.Mul(index, w))
		weights.Add(weights, w)
	}
	if len(used) == 0 {
		return nil, nil
	}
	return sum.Quo(sum, weights), used
}

// questionIndex is rule 1 over pooled groups; nil without a valued answer.
func (e Exact) questionIndex(code string, groups []string) *big.Rat {
	var n, satisfied int64
	sum := new(big.Rat)
	for _, g := range groups {
		s, ok := e.Groups[g].Questions[code]
		if !ok || s.Sum == nil {
			continue
		}
		n, satisfied = n+s.N, satisfied+s.Satisfied
		sum.Add(sum, s.Sum)
	}
	if n <= 0 {
		return nil
	}
	if e.Method == Top {
		sum.SetInt64(100 * satisfied)
	}
	return sum.Quo(sum, new(big.Rat).SetInt64(n))
}

// responses is the n of one group, see SubsetIndex.
func (e Exact) responses(g ExactGroup, questions []string, whole bool) int64 {
	if whole {
		return g.N
	}
	n := int64(0)
	for _, code := range questions {
		n = max(n, g.Questions[code].N)
	}
	return n
}

func sameSet(a, b []string) bool {
	for _, s := range a {
		if !slices.Contains(b, s) {
			return false
		}
	}
	for _, s := range b {
		if !slices.Contains(a, s) {
			return false
		}
	}
	return true
}
