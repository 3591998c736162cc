package site

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/unit"
)

// apiYear is a period of three stages and 60 leaves, walked through the API.
type apiYear struct {
	*testSite
	units   []string
	cookies map[string]*http.Cookie
	tokens  map[string]string // CSRF, by login
}

// yearSet is a set of 60 leaves of one point in six groups.
func yearSet() string {
	var b strings.Builder
	b.WriteString("id: sau-muoi\nversion: 1\ntitle: Sáu mươi tiêu chí\napplies_to: [commune]\ntotal: 60\ndecimals: 2\ngroups:\n")
	for g := 1; g <= 6; g++ {
		fmt.Fprintf(&b, "  - code: \"%d\"\n    title: Nhóm %d\n    max: 10\n    criteria:\n", g, g)
		for l := 1; l <= 10; l++ {
			fmt.Fprintf(&b, "      - {code: \"%d.%d\", title: Tiêu chí %d.%d, max: 1, evidence: none, rule: {type: points, step: 0.25}}\n", g, l, g, l)
		}
	}
	b.WriteString("recognition:\n  min_total: 30\n  bands: [{code: dat, title: Đạt, min: 30}]\n")
	return b.String()
}

func newAPIYear(tb testing.TB, n int) *apiYear {
	tb.Helper()
	y := &apiYear{testSite: newSite(tb), cookies: map[string]*http.Cookie{}, tokens: map[string]string{}}
	ctx := context.Background()
	list := []unit.Unit{{Code: "88", Name: "Tỉnh Thử", Level: unit.Province}}
	for i := range n {
		code := fmt.Sprintf("88%03d", i)
		y.units = append(y.units, code)
		list = append(list, unit.Unit{Code: code, Name: "Xã Thử Nghiệm " + code, Level: unit.Commune, Parent: "88"})
	}
	_, _, err := y.store.PutUnits(ctx, list)
	ok(tb, err)
	_, err = rubric.Parse([]byte(yearSet()), "sau-muoi.yaml")
	ok(tb, err)
	ok(tb, y.store.PutSet(ctx, store.Version{ID: "sau-muoi", Number: 1, Title: "60", YAML: yearSet(), State: store.Issued}))
	_, err = y.store.PutPeriod(ctx, dossier.Period{
		ID: "y", Title: "Kỳ lớn", Year: 2026, SetID: "sau-muoi", SetVer: 1, Scope: "88", On: "2026-12-31", State: dossier.Draft, Steps: true,
		Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "district", Title: "Cấp huyện"}, {Code: "province", Title: "Cấp tỉnh"}},
		Target: dossier.Target{Percent: "60"},
	})
	ok(tb, err)
	y.addUser("ql", account.Manager, "")
	for _, login := range []string{"huyen", "tinh1", "tinh2"} {
		y.addUser(login, account.Appraiser, "")
	}
	y.addUser("xem", account.Leader, "")
	for _, login := range []string{"ql", "huyen", "tinh1", "tinh2", "xem"} {
		y.enter(login)
	}
	return y
}

// enter signs a user in.
func (y *apiYear) enter(login string) {
	y.cookies[login] = y.signIn(login)
	y.tokens[login] = y.csrf(y.cookies[login])
}

// call sends JSON as somebody and wants 200.
func (y *apiYear) call(login, method, path string, body any) {
	y.tb.Helper()
	data, err := json.Marshal(body)
	ok(y.tb, err)
	r := httptest.NewRequest(method, "/api/v1/periods/y/units/"+path, bytes.NewReader(data))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-CSRF-Token", y.tokens[login])
	y.send(r, y.cookies[login]).want(y.tb, http.StatusOK)
}

func (y *apiYear) act(login, unit string, act dossier.Act) {
	y.tb.Helper()
	y.call(login, http.MethodPost, unit+"/acts/"+string(act), map[string]string{"self": "40"})
}

// marks fills a stage: quarters of a point that differ by leaf and unit.
func (y *apiYear) marks(login, unit, stage string, seed int) {
	y.tb.Helper()
	marks := map[string]any{}
	for i := range 60 {
		marks[fmt.Sprintf("%d.%d", i/10+1, i%10+1)] = map[string]string{"points": fmt.Sprintf("%.2f", float64(2+(i*7+seed)%3)/4)}
	}
	y.call(login, http.MethodPut, unit+"/marks?stage="+stage, map[string]any{"marks": marks, "base": map[string]any{}})
}

// walk brings a unit to its end; those at i%20 == 19 stay unfinished.
func (y *apiYear) walk(i int, unit string) {
	y.tb.Helper()
	officer := "xa" + unit
	y.addUser(officer, account.Commune, unit)
	y.enter(officer)
	y.act(officer, unit, dossier.Register)
	y.act("ql", unit, dossier.Approve)
	y.marks(officer, unit, "self", i)
	y.act(officer, unit, dossier.Submit)
	y.call("ql", http.MethodPut, unit+"/team?stage=district", map[string]any{"members": []string{"huyen"}})
	y.call("ql", http.MethodPut, unit+"/team?stage=province", map[string]any{"members": []string{"tinh1", "tinh2"}})
	y.act("huyen", unit, dossier.Accept)
	for _, step := range []struct {
		stage   string
		members []string
	}{{"district", []string{"huyen"}}, {"province", []string{"tinh1", "tinh2"}}} {
		for m, login := range step.members {
			y.marks(login, unit, step.stage, i+m)
			y.act(login, unit, dossier.FinishSheet)
		}
		if i%20 == 19 {
			return
		}
		y.act(step.members[0], unit, dossier.Propose)
	}
}

// A year through the API alone: every figure is the one that the marks give.
func TestYearThroughTheAPI(t *testing.T) {
	y := newAPIYear(t, 5)
	y.open()
	for i, u := range y.units {
		y.walk(i, u)
	}
	var got struct {
		Units []struct {
			Unit, Total string
			Recognised  bool
		}
	}
	a := y.get("/api/v1/periods/y/ranking", y.cookies["ql"]).want(t, 200)
	ok(t, json.Unmarshal([]byte(a.body), &got))
	if len(got.Units) != len(y.units) {
		t.Fatalf("%d units", len(got.Units))
	}
	for _, u := range got.Units {
		var i, want int // in hundredths; the mean of the two members, leaf by leaf
		_, err := fmt.Sscanf(u.Unit, "88%03d", &i)
		ok(t, err)
		for l := range 60 {
			both := 25 * (2 + (l*7+i)%3 + 2 + (l*7+i+1)%3)
			want += (both + 1) / 2
		}
		if total := fmt.Sprintf("%d.%02d", want/100, want%100); u.Total != total || !u.Recognised {
			t.Errorf("%s: %s, recognised %v, want %s", u.Unit, u.Total, u.Recognised, total)
		}
	}
}

// open opens the period twice at once, and once more.
func (y *apiYear) open() {
	y.tb.Helper()
	ctx := context.Background()
	done := make(chan error, 2)
	for range 2 {
		go func() { _, err := y.store.OpenPeriod(ctx, "y", y.units); done <- err }()
	}
	for range 2 { // one may come second: that is what the third is for
		if err := <-done; err != nil && !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Conflict) {
			y.tb.Fatal(err)
		}
	}
	_, err := y.store.OpenPeriod(ctx, "y", y.units)
	ok(y.tb, err)
	list, err := y.store.Dossiers(ctx, "y")
	ok(y.tb, err)
	if len(list) != len(y.units) {
		y.tb.Fatalf("%d dossiers of %d units", len(list), len(y.units))
	}
}

// yearLimit is what one page of a whole year may take, the first time too.
const yearLimit = 200 * time.Millisecond

// BenchmarkYearPages fills a year of 209 communes, 60 leaves and three stages
// through the API and opens the pages that look at all of it, as a process that
// has just started and again.
func BenchmarkYearPages(b *testing.B) {
	y := newAPIYear(b, 209)
	y.open()
	for i, u := range y.units {
		y.walk(i, u)
	}
	for _, path := range []string{"/quan-tri?ky=y", "/bao-cao/xep-hang?ky=y", leniencyPath + "?ky=y", "/ho-so?ky=y", "/lanh-dao?ky=y", "/han?ky=y", "/quan-tri/ky/y/phan-cong?cap=province"} {
		b.Run(strings.ReplaceAll(path, "/", "-"), func(b *testing.B) {
			slowest := time.Duration(0)
			for b.Loop() {
				start := time.Now()
				y.get(path, y.cookies["ql"]).want(b, 200)
				slowest = max(slowest, time.Since(start))
			}
			b.ReportMetric(float64(slowest.Microseconds())/1000, "ms-slowest")
			if slowest > yearLimit {
				b.Errorf("%s took %s", path, slowest)
			}
		})
	}
}
