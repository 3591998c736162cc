package site

import (
	"context"
	"strings"
	"testing"
	"time"

	"thanthien/internal/dossier"
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
