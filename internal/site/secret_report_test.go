package site

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/score"
)

const secretBook = actURL + "/bang-diem.xlsx"

// newReportSite is newActSite with a target, which reports need.
func newReportSite(t *testing.T) *actSite {
	t.Helper()
	s := newActSite(t)
	p, err := s.store.Period(context.Background(), "2026")
	ok(t, err)
	p.Target.Percent = "80"
	_, err = s.store.PutPeriod(context.Background(), p)
	ok(t, err)
	s.inAppraisal()
	return s
}

// A workbook of scores tells nobody more than the pages do: the notes of single
// members only those who may see single sheets.
func TestReportsKeepSheetsSecret(t *testing.T) {
	s := newReportSite(t)
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	s.act("tv-a", "propose", "ly-do", "Tốt").want(t, 303)
	all, gaps := "/bao-cao/bang-diem.xlsx?ky=2026", "/bao-cao/chenh-lech.xlsx?ky=2026"
	for login, reads := range map[string]bool{"xa": false, "lanh-dao-hai": false, "tv-a": true, "tv-c": true, "quan-ly": true, "ngoai": true} {
		for _, path := range []string{secretBook, all} {
			if got := strings.Contains(unzipped(t, s.get(path, s.as(login)).want(t, 200).body), secretA); got != reads {
				t.Errorf("%s reads a member's note in %s: %t", login, path, got)
			}
		}
	}
	s.change(func(d *dossier.Dossier) {
		for i := range d.Entries {
			if d.Entries[i].Stage == "district" && d.Entries[i].Code == "1.1.2" {
				d.Entries[i].Mark, d.Entries[i].Note = score.NewMark("points", "5"), secretA
			}
		}
	})
	if strings.Contains(unzipped(t, s.get(gaps, s.as("lanh-dao-hai")).want(t, 200).body), secretA) {
		t.Errorf("a leader reads a member's note in %s", gaps)
	}
}

// Who keeps out of a unit's affairs finds nothing of it in the reports either.
func TestReportsLeaveRecusedOut(t *testing.T) {
	s := newReportSite(t)
	u, err := s.store.User(context.Background(), "ngoai")
	ok(t, err)
	u.Recused = []string{testUnit}
	ok(t, s.store.PutUser(context.Background(), u))
	s.get(secretBook, s.as("ngoai")).want(t, 403)
	s.get("/bao-cao/bang-diem.xlsx?ky=2026&xa="+testUnit, s.as("ngoai")).want(t, 403)
	for login, reads := range map[string]bool{"ngoai": false, "tv-a": true} {
		book := unzipped(t, s.get("/bao-cao/bang-diem.xlsx?ky=2026", s.as(login)).want(t, 200).body)
		if got := strings.Contains(book, "Tài liệu b2"); got != reads {
			t.Errorf("%s reads the unit's evidence: %t", login, got)
		}
	}
}

// A unit does not learn who decided its appeal, on no page.
func TestHistoryKeepsTheJudgeSecret(t *testing.T) {
	s := newReportSite(t)
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	s.act("tv-a", "reject", "ly-do", "Chưa đạt").want(t, 303)
	s.change(func(d *dossier.Dossier) {
		d.Status, d.Back = dossier.Appealed, dossier.NotProposed
		d.Appeals = []dossier.Contest{{Code: "1.1.1", Stage: "district", By: "xa", At: testNow, Reason: "Đủ minh chứng"}}
	})
	p, err := s.store.Period(context.Background(), "2026")
	ok(t, err)
	judge, err := s.store.User(context.Background(), "ngoai")
	ok(t, err)
	_, err = s.store.ChangeDossier(context.Background(), "2026", testUnit, func(d *dossier.Dossier, at time.Time, event string) error {
		c := dossier.Context{Login: judge.Login, Who: d.WhoOf(judge, &p), Period: &p, At: at, Event: event}
		return d.Decide(c, "1.1.1", false, score.Mark{}, "Không có căn cứ mới")
	})
	ok(t, err)
	s.something("decided", "quan-ly", "Người ngoai")
	s.something("decided", "xa", "Không có căn cứ mới")
	s.nothing("decided", "xa", "Người ngoai", ">ngoai<")
}

// resultLists are the lists of results, which tell no more than the pages of the
// single dossiers do.
var resultLists = []string{
	"/bao-cao/xep-hang?ky=2026&cap=district", "/bao-cao/xep-hang.xlsx?ky=2026&cap=district", "/api/v1/periods/2026/ranking?stage=district", "/api/v1/periods/2026/ranking.xlsx?stage=district",
	"/bao-cao/chenh-lech.xlsx?ky=2026&cap=district", leniencyPath + "?ky=2026", leniencyPath + "?ky=2026&theo=tieu-chi", leniencyPath + ".xlsx?ky=2026", "/lanh-dao?ky=2026", "/ho-so?ky=2026",
	"/han?ky=2026", "/quan-tri/ky/2026/khoa",
}

// Leaders and who keeps out of a unit's affairs learn a stage's result with its
// conclusion, in every list; the council's head and the manager when all sheets
// are in, as on the dossier's own page.
func TestResultListsWaitForTheConclusion(t *testing.T) {
	s := newReportSite(t)
	u, err := s.store.User(context.Background(), "ngoai")
	ok(t, err)
	u.Recused = []string{testUnit}
	ok(t, s.store.PutUser(context.Background(), u))
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	r, err := result.Of(context.Background(), s.store, "2026", "district")
	ok(t, err)
	at := slices.IndexFunc(r.Ranked, func(x score.Result) bool { return x.Unit == testUnit })
	total := r.Ranked[at].Total.String(r.Ranked[at].Decimals)
	reads := func(login string) string {
		found := ""
		for _, path := range resultLists {
			a := s.get(path, s.as(login))
			if a.StatusCode >= 400 && a.StatusCode != 403 {
				t.Errorf("%s %s: status %d", login, path, a.StatusCode)
			}
			body := a.body
			if strings.HasPrefix(body, "PK") {
				body = unzipped(t, body)
			}
			if strings.Contains(body, total) || strings.Contains(body, strings.Replace(total, ".", ",", 1)) || strings.Contains(body, "Người tv-a") && strings.HasPrefix(path, leniencyPath) {
				found += path + " "
			}
		}
		return found
	}
	for _, login := range []string{"quan-ly", "lanh-dao"} {
		if found := reads(login); strings.Count(found, " ") < 6 {
			t.Errorf("%s reads the total %s only at %q", login, total, found)
		}
	}
	for _, login := range []string{"lanh-dao-hai", "ngoai", "tv-c", "xa"} {
		if found := reads(login); found != "" {
			t.Errorf("%s reads the total %s before the conclusion at %s", login, total, found)
		}
	}
	if page := s.get(resultLists[0], s.as("lanh-dao-hai")).want(t, 200).body; !strings.Contains(page, "1 hồ sơ đã chấm nhưng chưa kết luận") {
		t.Error("the ranking does not say why the unit has no points")
	}
	s.act("tv-a", "propose", "ly-do", "Tốt").want(t, 303)
	for _, login := range []string{"lanh-dao-hai", "ngoai"} {
		if reads(login) == "" {
			t.Errorf("%s does not read the total %s after the conclusion", login, total)
		}
	}
}
