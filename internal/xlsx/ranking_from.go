package xlsx

import (
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
)

// FromResults makes the report of ranked results (score.Rank) of a criteria
// set: columns, rows and target; the caller adds Head, Title, Period and Made.
// Names and parents come from units; a code that it does not have stands for
// itself. target may be nil.
func FromResults(set *rubric.Set, results []score.Result, target *score.TargetResult, units *unit.Tree) RankingReport {
	r := RankingReport{Criteria: set.Title, Decimals: set.Decimals}
	if set.NotApplicable == rubric.Rescale {
		r.FullTotal = set.Total.Decimal(set.Decimals)
	}
	if set.MaxTotal != nil {
		r.MaxTotal = set.MaxTotal.Decimal(set.Decimals)
	}
	for _, g := range set.Groups {
		r.Groups = append(r.Groups, RankingGroup{Code: g.Code, Title: g.Title, Kind: g.Kind, Max: g.Max.String()})
	}
	if set.Recognition != nil {
		for _, b := range set.Recognition.Bands {
			r.Bands = append(r.Bands, RankingBand{Code: b.Code, Title: b.Title})
		}
	}
	for _, result := range results {
		r.Rows = append(r.Rows, rankingRow(set, result, units))
	}
	if target != nil {
		r.Target = &RankingTarget{
			Recognised: target.Recognised, Denominator: target.Denominator, Needed: target.Needed,
			Percent: target.Percent, Met: target.Met, MinBand: target.MinBand,
		}
	}
	return r
}

func rankingRow(set *rubric.Set, result score.Result, units *unit.Tree) RankingRow {
	row := RankingRow{
		Rank: result.Rank, Code: result.Unit, Unit: result.Unit, Total: result.Total.String(result.Decimals),
		Band: result.Band, Recognised: result.Recognised,
	}
	if u, ok := units.Get(result.Unit); ok {
		row.Unit = u.Name
		if parent, ok := units.Get(u.Parent); ok {
			row.Parent = parent.Name
		}
	}
	var applicable score.Points
	for i, g := range result.Groups {
		row.Groups = append(row.Groups, g.Points.String(result.Decimals))
		if set.Groups[i].Kind == rubric.Normal {
			applicable += g.Applicable
		}
	}
	row.Applicable = applicable.String(result.Decimals)
	row.Failed = FailedWords(set, result)
	return row
}
