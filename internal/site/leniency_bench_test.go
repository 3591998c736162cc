package site

import (
	"context"
	"fmt"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/unit"
)

// The size of a province of 2023: communes, leaves, members of a stage's team.
const benchUnits, benchGroups, benchPerGroup, benchTeam = 209, 6, 10, 2

// provinceSite is a site with every dossier through two appraisal stages.
func provinceSite(tb testing.TB) *testSite {
	tb.Helper()
	s, ctx := newSite(tb), context.Background()
	text := "id: lon\nversion: 1\ntitle: Bộ lớn\napplies_to: [commune]\ntotal: 60\ndecimals: 2\nnot_applicable: rescale\ngroups:\n"
	for g := range benchGroups {
		text += fmt.Sprintf("  - {code: \"%d\", title: Nhóm, kind: normal, max: 10, criteria: [", g+1)
		for i := range benchPerGroup {
			text += fmt.Sprintf("{code: \"%d.%d\", title: Tiêu chí, max: 1, evidence: required, rule: {type: points}},", g+1, i+1)
		}
		text += "]}\n"
	}
	text += "recognition:\n  min_total: 30\n  conditions: none\n  bands: [{code: dat, title: Đạt, min: 30}]\n"
	set, err := rubric.Parse([]byte(text), "lon.yaml")
	ok(tb, err)
	ok(tb, s.store.PutSet(ctx, store.Version{ID: "lon", Number: 1, Title: "Lớn", YAML: text, State: store.Issued}))
	list, codes := []unit.Unit{{Code: "27", Name: "Tỉnh Minh Họa", Level: unit.Province}}, []string{}
	for i := range benchUnits {
		codes = append(codes, fmt.Sprintf("09%03d", i))
		list = append(list, unit.Unit{Code: codes[i], Name: fmt.Sprint("Xã Minh Họa ", i), Level: unit.Commune, Parent: "27"})
	}
	_, _, err = s.store.PutUnits(ctx, list)
	ok(tb, err)
	p := dossier.Period{ID: "2026", Title: "Kỳ 2026", Year: 2026, SetID: "lon", SetVer: 1, Scope: "27", On: "2026-12-31", State: dossier.Draft, Steps: true,
		Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "district", Title: "Huyện"}, {Code: "province", Title: "Tỉnh"}}, Target: dossier.Target{Percent: "60"}}
	_, err = s.store.PutPeriod(ctx, p)
	ok(tb, err)
	_, err = s.store.OpenPeriod(ctx, "2026", codes)
	ok(tb, err)
	marks := func(k int) (list []dossier.Change) {
		for j, leaf := range set.Leaves() {
			list = append(list, dossier.Change{Code: leaf.Code, Mark: score.NewMark("points", rubric.Frac(int64((j+k)%5), 4).String())})
		}
		return list
	}
	for i, code := range codes {
		_, err := s.store.ChangeDossier(ctx, "2026", code, func(d *dossier.Dossier, at time.Time, event string) error {
			d.Status = dossier.Scoring
			d.Save("self", marks(i), "xa", at, event)
			d.Status, d.Stage = dossier.Proposed, "province"
			for k, stage := range []string{"district", "province"} {
				t := dossier.Team{Stage: stage, Round: 1}
				for m := range benchTeam {
					t.Members = append(t.Members, fmt.Sprint(stage, (i+m*7)%20))
				}
				d.Teams = append(d.Teams, t)
				for m, login := range t.Members {
					d.Save(stage, marks(i+k+m), login, at, event)
					d.Sheets = append(d.Sheets, dossier.Sheet{Stage: stage, Member: login, Round: 1, At: at})
				}
				d.Conclusions = append(d.Conclusions, dossier.Conclusion{Stage: stage, Round: 1, Propose: true})
			}
			d.Outbox = d.Outbox[:1] // one event is enough here
			return nil
		})
		ok(tb, err)
	}
	s.addUser("lanhdao", account.Leader, "")
	s.addUser("province3", account.Appraiser, "")
	return s
}

// BenchmarkLeniencyPage opens the page that compares appraisers, and
// BenchmarkAppraiseHome an appraiser's home, over the province.
func BenchmarkLeniencyPage(b *testing.B) {
	s := provinceSite(b)
	me := s.signIn("lanhdao")
	for b.Loop() {
		s.get(leniencyPath, me).want(b, 200)
	}
}

func BenchmarkAppraiseHome(b *testing.B) {
	s := provinceSite(b)
	me := s.signIn("province3")
	for b.Loop() {
		s.get(appraisePath, me).want(b, 200)
	}
}
