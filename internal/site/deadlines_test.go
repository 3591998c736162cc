package site

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/dossier"
)

func TestMilestone(t *testing.T) {
	for today, want := range map[string]string{
		"2026-11-12": "", "2026-11-13": "2026-11-13", "2026-11-16": "2026-11-13", "2026-11-17": "2026-11-17", "2026-11-18": "2026-11-17",
		"2026-11-19": "2026-11-19", "2026-11-20": "2026-11-19", "2026-11-21": "2026-11-21", "2026-11-23": "2026-11-21", "2026-11-24": "", "x": "",
	} {
		on, _, ok := milestone("2026-11-20", today)
		if on != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", today, on, ok, want)
		}
	}
	if _, _, ok := milestone("", "2026-11-20"); ok {
		t.Error("a step without a day has reminders")
	}
}

// Whose turn it is in every status.
func TestBehindAt(t *testing.T) {
	p := &dossier.Period{Stages: []dossier.Stage{{Code: "self"}, {Code: "district"}, {Code: "province"}}, Steps: true}
	team := []dossier.Team{{Stage: "district", Members: []string{"a", "b"}, Round: 2}}
	in := func(m string, round int) dossier.Sheet {
		return dossier.Sheet{Stage: "district", Member: m, Round: round}
	}
	for name, c := range map[string]struct {
		d    dossier.Dossier
		want map[string]string // step → why, and who after a colon
	}{
		"not registered":     {dossier.Dossier{Status: dossier.NotRegistered}, map[string]string{"register": "register:unit"}},
		"returned":           {dossier.Dossier{Status: dossier.Returned}, map[string]string{"register": "returned:unit"}},
		"registered":         {dossier.Dossier{Status: dossier.Registered}, nil},
		"approved":           {dossier.Dossier{Status: dossier.Approved}, map[string]string{"submit": "submit:unit"}},
		"scoring":            {dossier.Dossier{Status: dossier.Scoring}, map[string]string{"submit": "submit:unit"}},
		"completion":         {dossier.Dossier{Status: dossier.Completion, Stage: "district"}, map[string]string{"completion": "completion:unit"}},
		"submitted":          {dossier.Dossier{Status: dossier.Submitted, Teams: team}, map[string]string{"district": "accept:a,b"}},
		"submitted, no team": {dossier.Dossier{Status: dossier.Submitted}, map[string]string{"district": "accept:"}},
		"no team":            {dossier.Dossier{Status: dossier.Appraisal, Stage: "province", Teams: team}, map[string]string{"province": "team:"}},
		"old round":          {dossier.Dossier{Status: dossier.Appraisal, Stage: "district", Teams: team, Sheets: []dossier.Sheet{in("a", 1), in("b", 1), in("a", 2)}}, map[string]string{"district": "sheets:b"}},
		"all in":             {dossier.Dossier{Status: dossier.Appraisal, Stage: "district", Teams: team, Sheets: []dossier.Sheet{in("b", 2), in("a", 2)}}, map[string]string{"district": "conclude:a"}},
		"proposed":           {dossier.Dossier{Status: dossier.Proposed, Stage: "province"}, nil},
		"appeal":             {dossier.Dossier{Status: dossier.Appealed, Stage: "province"}, map[string]string{"appeal": "appeal:"}},
		"recognised":         {dossier.Dossier{Status: dossier.Recognised, Stage: "province"}, nil},
		"free":               {dossier.Dossier{}, nil},
	} {
		for _, step := range yearSteps(p) {
			b, late := behindAt(p, &c.d, step)
			got := ""
			if late {
				got = b.why + ":" + strings.Join(b.who, ",")
				if b.officers {
					got = b.why + ":unit"
				}
			}
			if got != c.want[step] {
				t.Errorf("%s at %s: %q, want %q", name, step, got, c.want[step])
			}
		}
	}
}

// The role decides what the page lists.
func TestDeadlinesByRole(t *testing.T) {
	s := yearSite(t)
	s.status(testUnit, dossier.Appraisal, "province", "tham-1", "tham-2")
	s.status("07211", dossier.Submitted, "", "tham-1")
	for path, want := range map[string]map[string]int{
		"/han?buoc=province": {"quan-ly": 2, "quan-tri": 2, "lanh-dao": 2, "tham-1": 2, "tham-2": 1, "tham-3": 0, "xa-" + testUnit: 0},
		"/han?buoc=submit":   {"quan-ly": 8, "lanh-dao": 8, "tham-1": 0, "xa-" + testUnit: 0, "xa-07212": 1},
	} {
		for login, n := range want {
			doc := s.get(path, s.signIn(login)).want(t, 200).page(t)
			if got := doc.Find(".behind tbody tr").Length(); got != n {
				t.Errorf("%s sees %d rows at %s, want %d", login, got, path, n)
			}
			if got := doc.Find("#nhac").Length() > 0; got != (login == "quan-ly" || login == "quan-tri") {
				t.Errorf("%s may remind: %v", login, got)
			}
		}
	}
	doc := s.get("/han?buoc=submit&q=dong+mo", s.signIn("quan-ly")).page(t)
	if got := doc.Find(".behind tbody tr").Length(); got != 0 { // it is submitted
		t.Errorf("the search finds %d", got)
	}
	for login, rows := range map[string]int{"quan-ly": 8, "xa-07212": 1} {
		page := s.get("/han?buoc=submit", s.signIn(login)).want(t, 200).page(t)
		shown := page.Find(".behind tbody tr").Length()
		book := s.get(page.Find("a[href^='/han.xlsx']").AttrOr("href", "/"), s.signIn(login)).want(t, 200)
		f, err := excelize.OpenReader(strings.NewReader(book.body))
		ok(t, err)
		cells, err := f.GetRows(f.GetSheetList()[0])
		ok(t, err)
		n := 0
		for _, r := range cells {
			if len(r) > 1 && strings.HasPrefix(r[1], "072") {
				n++
			}
		}
		if n != shown || n != rows {
			t.Errorf("%s: %d rows in the workbook, %d on the page", login, n, shown)
		}
	}
	s.get("/han?buoc=submit&ky=2099", s.signIn("quan-ly")).want(t, 404)
	s.period(func(p *dossier.Period) { p.Steps = false })
	if got := text(s.get("/han", s.signIn("quan-ly")).want(t, 200).page(t), ".empty"); got == "" {
		t.Error("nothing says why there are no deadlines")
	}
}

// By hand a unit's people are reminded of a step once a day; the page says how
// many were, and how many had been.
func TestRemindByHand(t *testing.T) {
	s := yearSite(t)
	manager := s.signIn("quan-ly")
	s.status("07212", dossier.Submitted, "", "tham-1")
	s.status("07213", dossier.Submitted, "")
	remind := func(want string, form url.Values) {
		t.Helper()
		to := s.noticePost(manager, "/han/2026/nhac", form).want(t, 303).Header.Get("Location")
		if got := text(s.get(to, manager).want(t, 200).page(t), ".notice[role=status]"); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	remind("Đã nhắc 2 đơn vị; 0 đơn vị đã", url.Values{"buoc": {"submit"}, "dv": {testUnit, "07211", "khong-co"}})
	remind("Đã nhắc 6 đơn vị; 2 đơn vị đã", url.Values{"buoc": {"submit"}, "tat-ca": {"1"}})
	remind("Đã nhắc 0 đơn vị; 8 đơn vị đã", url.Values{"buoc": {"submit"}, "tat-ca": {"1"}})
	remind("Đã nhắc 1 đơn vị; 0 đơn vị đã được nhắc trong hôm nay nên không nhắc lại; 1 đơn vị chưa có ai", url.Values{"buoc": {"province"}, "tat-ca": {"1"}})
	remind("Chưa chọn", url.Values{"buoc": {"submit"}})
	if got := s.kinds("tham-1")[NoticeSheets]; got != 1 {
		t.Errorf("the appraiser has %d", got)
	}
	if got := s.kinds("xa-" + testUnit)[NoticeRemind]; got != 1 {
		t.Errorf("the unit has %d", got)
	}
	*s.now = s.now.Add(24 * time.Hour)
	manager = s.signIn("quan-ly")
	remind("Đã nhắc 8 đơn vị; 0 đơn vị đã", url.Values{"buoc": {"submit"}, "tat-ca": {"1"}})
	s.noticePost(manager, "/han/2026/nhac", url.Values{"buoc": {"khong"}}).want(t, 404)
	s.noticePost(s.signIn("tham-1"), "/han/2026/nhac", url.Values{"buoc": {"submit"}, "tat-ca": {"1"}}).want(t, 403)
	s.period(func(p *dossier.Period) { p.State = dossier.Locked })
	s.noticePost(manager, "/han/2026/nhac", url.Values{"buoc": {"submit"}, "tat-ca": {"1"}}).want(t, 409)
}

// An appeal waits for every appraiser who may decide it, and for no other.
func TestAppealsAreSomebodysTask(t *testing.T) {
	s, as := appealSite(t)
	s.contest(as("xa10"), "1.1.1", "Đã niêm yết đủ").want(t, 303)
	for login, want := range map[string]bool{"chi": true, "an": false, "dung": false, "quanly": true} {
		page := s.get("/han?ky=2026&buoc=appeal", as(login)).want(t, 200).page(t)
		if got := strings.Contains(text(page, "tbody"), "Phường Minh Họa 07"); got != want {
			t.Errorf("%s has the appeal to decide: %t, want %t; the page says %s", login, got, want, text(page, "main"))
		}
		if got := text(page, "tbody td[data-label='Ai làm']"); want && got != "người chưa chấm hồ sơ này" {
			t.Errorf("%s reads that the appeal waits for %q", login, got)
		}
	}
}
