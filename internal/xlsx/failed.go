package xlsx

import (
	"slices"
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
)

// How many criteria without a mark are named.
const (
	allCodes   = 5 // so many are all named
	firstCodes = 3 // of more, so many
)

// FailedWords says in words which requirements a unit failed. Of an incomplete
// one it says only what is missing: the rest is not known yet.
func FailedWords(set *rubric.Set, r score.Result) []string {
	if i := slices.IndexFunc(r.Failed, func(f score.Failed) bool { return f.Rule == score.FailIncomplete }); i >= 0 {
		return []string{failedText(set, r, r.Failed[i])}
	}
	return EveryFailure(set, r)
}

// EveryFailure is FailedWords with everything that an incomplete unit does not
// meet so far. A total below the minimum says enough: the missing band is not
// repeated.
func EveryFailure(set *rubric.Set, r score.Result) []string {
	total := slices.ContainsFunc(r.Failed, func(f score.Failed) bool { return f.Rule == score.FailMinTotal })
	words := make([]string, 0, len(r.Failed))
	for _, f := range r.Failed {
		if f.Rule != score.FailBand || !total {
			words = append(words, failedText(set, r, f))
		}
	}
	return words
}

func failedText(set *rubric.Set, r score.Result, f score.Failed) string {
	want, got := vi.Decimal(f.Want), vi.Decimal(f.Got)
	switch f.Rule {
	case score.FailMinTotal:
		return vi.Text("failed.min_total", got, want)
	case score.FailMinGroup:
		return vi.Text("failed.min_group", f.Code, got, want)
	case score.FailMinCriterion:
		return vi.Text("failed.min_criterion", f.Code, got, want)
	case score.FailCondition:
		c, _ := set.Condition(f.Code)
		return vi.Text("failed.condition", c.Title)
	case score.FailBand:
		return vi.Text("failed.band", want)
	}
	return vi.Text("failed.incomplete", f.Got, someCodes(r.Codes(score.Missing)))
}

// someCodes names a few codes, or the first of many.
func someCodes(codes []string) string {
	if len(codes) > allCodes {
		return strings.Join(codes[:firstCodes], ", ") + ", …"
	}
	return strings.Join(codes, ", ")
}
