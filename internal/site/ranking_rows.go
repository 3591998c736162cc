package site

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// rankedUnit is one unit of a ranking; place counts all units from 0 in rank
// order.
type rankedUnit struct {
	place   int
	unit    unit.Unit
	parent  string
	score   score.Result
	revoked bool // a decision took the recognition back
}

func rankedUnits(r *result.Result) []rankedUnit {
	revoked := map[string]bool{}
	for i := range r.Dossiers {
		revoked[r.Dossiers[i].Unit] = r.Dossiers[i].Status == dossier.Revoked
	}
	rows := make([]rankedUnit, len(r.Ranked))
	for i, x := range r.Ranked {
		u := r.Units[x.Unit]
		if u.Code == "" {
			u = unit.Unit{Code: x.Unit, Name: x.Unit}
		}
		rows[i] = rankedUnit{place: i, unit: u, parent: r.Units[u.Parent].Name, score: x, revoked: revoked[x.Unit]}
	}
	return rows
}

// rankedText is what the search looks through.
func rankedText(r rankedUnit) string { return r.unit.Name + " " + r.unit.Code + " " + r.parent }

// rankingColumns are the columns up to the band; "" orders by rank.
func rankingColumns(set *rubric.Set) []listColumn[rankedUnit] {
	columns := []listColumn[rankedUnit]{
		{key: "hang", label: vi.Text("ranking.rank"), number: true, compare: by(func(r rankedUnit) int { return r.place })},
		{key: "ten", label: vi.Text("ranking.unit"), compare: byText(func(r rankedUnit) string { return r.unit.Name })},
		{key: "dia-ban", label: vi.Text("ranking.parent"), compare: byText(func(r rankedUnit) string { return r.parent })},
	}
	for i, g := range set.Groups {
		columns = append(columns, listColumn[rankedUnit]{
			key: "n" + g.Code, label: vi.Text("ranking.group", g.Code), number: true,
			compare: func(a, b rankedUnit) int { return cmp.Compare(a.score.Groups[i].Points, b.score.Groups[i].Points) },
		})
	}
	return append(columns,
		listColumn[rankedUnit]{key: "tong", label: vi.Text("ranking.total"), number: true, compare: func(a, b rankedUnit) int { return cmp.Compare(a.score.Total, b.score.Total) }},
		listColumn[rankedUnit]{key: "muc", label: vi.Text("ranking.band"), compare: func(a, b rankedUnit) int { return cmp.Compare(bandOrder(set, a), bandOrder(set, b)) }},
	)
}

// bandOrder puts the best band first and the unrecognised last.
func bandOrder(set *rubric.Set, r rankedUnit) int {
	if i := set.BandIndex(r.score.Band); i >= 0 {
		return i
	}
	return len(set.Groups) + len(set.Leaves()) + 1
}

func rankingRow(r *result.Result, row rankedUnit) view.RankingRow {
	x, period, stage := row.score, r.Period.ID, r.Stage.Code
	v := view.RankingRow{
		Rank: x.Rank, Code: row.unit.Code, Name: row.unit.Name, Parent: row.parent, URL: dossierURL(period, x.Unit) + stageOf(r.Period, stage),
		ExplainURL: explainAllURL(period, x.Unit, stage), Total: vi.Decimal(x.Total.String(x.Decimals)), Band: bandTitle(r.Set, x.Band),
		BandClass: bandClass(r.Set, x.Band), Recognised: x.Recognised, Complete: x.Complete, Failed: xlsx.FailedWords(r.Set, x), Revoked: row.revoked,
	}
	for _, g := range x.Groups {
		v.Groups = append(v.Groups, view.Linked{Text: vi.Decimal(g.Points.String(x.Decimals)), URL: v.ExplainURL + "#nhom-" + g.Code})
	}
	return v
}

// bandClass is the colour of a band: b1 for the best, b2 for every other.
func bandClass(set *rubric.Set, band string) string {
	switch set.BandIndex(band) {
	case -1:
		return "b4"
	case 0:
		return "b1"
	}
	return "b2"
}

// parentsOf lists the units above those assessed, by name.
func parentsOf(r *result.Result) []unit.Unit {
	seen := map[string]bool{}
	var list []unit.Unit
	for _, x := range r.Ranked {
		code := r.Units[x.Unit].Parent
		if u, ok := r.Units[code]; ok && !seen[code] {
			seen[code] = true
			list = append(list, u)
		}
	}
	compare := vi.Collator()
	slices.SortFunc(list, func(a, b unit.Unit) int { return compare(a.Name, b.Name) })
	return list
}

// firstWords cuts a long title after n words.
func firstWords(s string, n int) string {
	words := strings.Fields(s)
	if len(words) <= n {
		return s
	}
	return strings.Join(words[:n], " ") + "…"
}

// parseDay reads 2006-01-02 as a day in Vietnam.
func parseDay(s string) (time.Time, error) { return time.ParseInLocation(time.DateOnly, s, vi.Zone) }
