package site

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
)

// tableActs says how a page sends each act of dossier.Table for the unit
// testUnit: where to, and with what. The values are such that only rights and
// states decide: a 422 means that it was theirs to do.
var tableActs = map[dossier.Act]struct {
	path string
	form url.Values
}{
	dossier.MarkSelf:     {"/ho-so/2026/" + testUnit + "/cham-diem?cap=self", url.Values{"b:1.1.1": {""}, "m:points:1.1.1": {"x"}}},
	dossier.MarkStage:    {"/ho-so/2026/" + testUnit + "/cham-diem?cap=province", url.Values{"b:1.1.1": {""}, "m:points:1.1.1": {"x"}}},
	dossier.Attach:       {"/ho-so/2026/" + testUnit + "/minh-chung", nil},
	dossier.Assign:       {"/quan-tri/ky/2026/phan-cong/" + testUnit, url.Values{"cap": {"province"}, "nguoi": {"khong-ai"}}},
	dossier.Appeal:       {"/ho-so/2026/" + testUnit + "/kien-nghi", nil},
	dossier.DecideAppeal: {appealsPath + "/2026/" + testUnit + "/1.1.1", nil},
	dossier.Revoke:       {"/quan-tri/ky/2026/quyet-dinh/" + testUnit + "/thu-hoi", nil},
	dossier.CarryOver:    {"/quan-tri/ky/2026/quyet-dinh/" + testUnit + "/chuyen-tiep", nil},
	dossier.Comment:      {"/ho-so/2026/" + testUnit + "/trao-doi", nil},
}

// tablePeople are the logins of the table test and what they are to testUnit.
var tablePeople = []struct {
	login string
	role  account.Role
	unit  string
	who   dossier.Who
}{
	{"quantri", account.Admin, "", dossier.Manager | dossier.Judge},
	{"quanly", account.Manager, "", dossier.Manager | dossier.Judge},
	{"to-truong", account.Appraiser, "", dossier.Member | dossier.Lead},
	{"thanh-vien", account.Appraiser, "", dossier.Member},
	{"ngoai-to", account.Appraiser, "", dossier.Judge},
	{"phai-tranh", account.Appraiser, "", 0},
	{"xa-minh", account.Commune, testUnit, dossier.Unit},
	{"xa-khac", account.Commune, "07211", 0},
	{"chu-tich", account.Leader, "", dossier.Head},
	{"lanh-dao", account.Leader, "", 0},
	{"dieu-tra", account.Surveyor, "", 0},
}

// tableSite is a site whose period has steps, with everybody signed in.
func tableSite(t *testing.T) (*testSite, map[string]*http.Cookie) {
	t.Helper()
	s := newSite(t)
	s.addPeriod()
	ctx := context.Background()
	p, err := s.store.Period(ctx, "2026")
	ok(t, err)
	p.Steps, p.Head = true, "chu-tich"
	_, err = s.store.PutPeriod(ctx, p)
	ok(t, err)
	cookies := map[string]*http.Cookie{}
	for _, x := range tablePeople {
		s.addUser(x.login, x.role, x.unit)
		cookies[x.login] = s.signIn(x.login)
	}
	u, err := s.store.User(ctx, "phai-tranh")
	ok(t, err)
	u.Recused = []string{testUnit}
	ok(t, s.store.PutUser(ctx, u))
	return s, cookies
}

// stand puts the dossier of testUnit where a case begins, whatever led there.
func (s *testSite) stand(status dossier.Status, state dossier.State) {
	s.tb.Helper()
	ctx := context.Background()
	p, err := s.store.Period(ctx, "2026")
	ok(s.tb, err)
	if p.State != state {
		p.State = state
		_, err = s.store.PutPeriod(ctx, p)
		ok(s.tb, err)
	}
	_, err = s.store.ChangeDossier(ctx, "2026", testUnit, func(d *dossier.Dossier, at time.Time, _ string) error {
		d.Status, d.Stage, d.Back = status, "province", dossier.Proposed
		d.Teams = []dossier.Team{{Stage: "province", Members: []string{"to-truong", "thanh-vien"}, Round: 1}}
		d.Completions = []dossier.Request{{Text: "x"}}
		d.Sheets, d.Conclusions, d.Recognition = nil, nil, dossier.Recognition{}
		d.Appeals = []dossier.Contest{{Code: "1.1.1", Stage: "province", Reason: "x"}}
		d.Entries = slices.DeleteFunc(d.Entries, func(e dossier.Entry) bool { return e.Stage == "province" && e.Member == "" })
		return nil
	})
	ok(s.tb, err)
	// Somebody else had the last word: an act sent twice by one person is done.
	ok(s.tb, s.store.Record(ctx, audit.Event{Who: "ai-khac", Action: audit.Moved, Thing: "dossiers/2026/" + testUnit}))
}

// For every act of the table, every status and state of the period and every
// kind of person, the page answers what the table says: 403 to those it is
// never for, 409 where the state forbids it, anything else to the others.
func TestPagesFollowTheTable(t *testing.T) {
	t.Parallel()
	s, cookies := tableSite(t)
	states := []dossier.State{dossier.Open, dossier.Locked}
	seen, csrf := map[int]int{}, map[string]string{}
	for login, cookie := range cookies {
		csrf[login] = s.csrf(cookie)
	}
	for _, rule := range dossier.Table {
		to, ownForm := tableActs[rule.Act]
		if !ownForm {
			if !slices.Contains(acts, rule.Act) {
				continue // in bulk, see TestDecisionsFollowTheTable
			}
			to.path = "/ho-so/2026/" + testUnit + "/viec/" + string(rule.Act)
		}
		for _, state := range states {
			for _, status := range dossier.Statuses() {
				moved := true
				for _, x := range tablePeople {
					if moved { // what was refused left everything as it was
						s.stand(status, state)
					}
					form := url.Values{"_csrf": {csrf[x.login]}}
					maps.Copy(form, to.form)
					a := s.post(to.path, form, cookies[x.login])
					seen[a.StatusCode]++
					moved = a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusConflict
					if problem := tableProblem(rule, status, state, x.who, a.StatusCode); problem != "" {
						t.Errorf("%s in %s, period %s, as %s: status %d, want %s", rule.Act, status, state, x.login, a.StatusCode, problem)
					}
				}
			}
		}
	}
	t.Log(seen)
	if seen[http.StatusForbidden] == 0 || seen[http.StatusConflict] == 0 || seen[http.StatusSeeOther]+seen[http.StatusUnprocessableEntity] == 0 {
		t.Fatalf("the cases do not tell apart: %v", seen)
	}
}

// tableProblem says which status the table asks for when got is another.
func tableProblem(rule dossier.Rule, status dossier.Status, state dossier.State, who dossier.Who, got int) string {
	switch {
	case !who.Has(rule.Who):
		if got != http.StatusForbidden {
			return "403"
		}
	case !rule.Fits(status, state):
		if got != http.StatusConflict {
			return "409"
		}
	case got != http.StatusOK && got != http.StatusSeeOther && got != http.StatusUnprocessableEntity && got != http.StatusBadRequest:
		return "200, 303, 400 or 422"
	}
	return ""
}

// Nobody does anything without having signed in.
func TestActsNeedASession(t *testing.T) {
	s, _ := tableSite(t)
	s.stand(dossier.NotRegistered, dossier.Open)
	for _, rule := range dossier.Table {
		to, own := tableActs[rule.Act]
		if !own {
			to.path = "/ho-so/2026/" + testUnit + "/viec/" + string(rule.Act)
		}
		a := s.post(to.path, to.form)
		if a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: status %d", rule.Act, a.StatusCode)
		}
	}
}

// tableReads are the pages about testUnit and who may open them.
var tableReads = map[string][]string{
	"/ho-so/2026/" + testUnit:                            {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/ho-so/2026/" + testUnit + "/cham-diem":             {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/ho-so/2026/" + testUnit + "/minh-chung":            {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/ho-so/2026/" + testUnit + "/lich-su":               {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/ho-so/2026/" + testUnit + "/giai-thich?stage=self": {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/ho-so/2026/" + testUnit + "/kien-nghi":             {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/api/v1/periods/2026/units/" + testUnit + "/marks":  {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/api/v1/periods/2026/units/" + testUnit:             {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "xa-minh", "chu-tich", "lanh-dao"},
	"/api/v1/periods/2026/ranking":                       {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "phai-tranh", "chu-tich", "lanh-dao"},
	"/quan-tri/ky/2026/phan-cong":                        {"quantri", "quanly"},
	"/quan-tri/ky/2026/quyet-dinh":                       {"quantri", "quanly"},
	"/quan-tri/cong-nhan":                                {"quantri", "quanly"},
	"/quan-tri/ky/2026/khoa":                             {"quantri", "quanly", "chu-tich", "lanh-dao"},
	appealsPath:                                          {"quantri", "quanly", "to-truong", "thanh-vien", "ngoai-to", "phai-tranh"},
	leniencyPath + "?ky=2026":                            {"quantri", "quanly", "chu-tich", "lanh-dao"},
	"/quan-tri/nhat-ky":                                  {"quantri"},
}

// Every page about a dossier opens for those it is for, whatever its state, and
// for nobody else: a commune never reads another's.
func TestPagesAreReadByTheirOwn(t *testing.T) {
	s, cookies := tableSite(t)
	for _, status := range []dossier.Status{dossier.NotRegistered, dossier.Scoring, dossier.Appraisal, dossier.Appealed} {
		s.stand(status, dossier.Open)
		for path, readers := range tableReads {
			for _, x := range tablePeople {
				a := s.get(path, cookies[x.login])
				may := slices.Contains(readers, x.login)
				if may && a.StatusCode != http.StatusOK || !may && a.StatusCode != http.StatusForbidden {
					t.Errorf("%s in %s as %s: status %d, may read: %v", path, status, x.login, a.StatusCode, may)
				}
			}
		}
	}
}

// What a colleague gave is nowhere on a page, in the API or in a file before
// one's own sheet is in, and nowhere for the unit before the conclusion.
func TestNoMarkLeaks(t *testing.T) {
	s, cookies := tableSite(t)
	s.stand(dossier.Appraisal, dossier.Open)
	ctx := context.Background()
	const secret, why = "4.37", "ghi-chu-kin-cua-dong-nghiep"
	_, err := s.store.ChangeDossier(ctx, "2026", testUnit, func(d *dossier.Dossier, at time.Time, event string) error {
		list := fullMarks("1")
		for i := range list {
			if list[i].Code == "1.3" {
				list[i].Note = why
				list[i].Mark = list[i].Mark.With("value", secret)
			}
		}
		d.Save("province", list, "thanh-vien", at, event)
		d.Sheets = append(d.Sheets, dossier.Sheet{Stage: "province", Member: "thanh-vien", Round: 1, At: at})
		return nil
	})
	ok(t, err)
	ok(t, s.store.Relay(ctx))
	paths := []string{
		"/bao-cao/bang-diem.xlsx?ky=2026", "/bao-cao/chenh-lech.xlsx?ky=2026", appraisePath, "/ho-so?ky=2026", "/bao-cao/xep-hang?ky=2026", "/bao-cao/xep-hang.xlsx?ky=2026",
		"/ho-so/2026/" + testUnit + "/trao-doi", "/ho-so/2026/" + testUnit + "/giai-thich/1.3?stage=province",
		"/ho-so/2026/" + testUnit + "/giai-thich?stage=province", "/ho-so/2026/" + testUnit + "/cham-diem?cap=province",
		"/ho-so/2026/" + testUnit + "/cham-diem?cap=self", "/ho-so/2026/" + testUnit + "/bang-diem.xlsx",
		"/ho-so/2026/" + testUnit + "/phieu-cham.xlsx?cap=province", "/api/v1/periods/2026/units/" + testUnit + "/marks?stage=province",
		"/api/v1/periods/2026/ranking?stage=province",
	}
	for path := range tableReads {
		paths = append(paths, path)
	}
	for _, login := range []string{"to-truong", "ngoai-to", "phai-tranh", "xa-minh", "xa-khac", "chu-tich", "lanh-dao"} {
		for _, path := range paths {
			a := s.get(path, cookies[login])
			if a.StatusCode >= 500 || a.StatusCode == 404 {
				t.Errorf("%s as %s: status %d, so nothing is looked at", path, login, a.StatusCode)
			}
			body := a.body
			if strings.HasPrefix(body, "PK") {
				body = unzipped(t, a.body)
			}
			for _, leak := range []string{why, secret, strings.Replace(secret, ".", ",", 1)} {
				if strings.Contains(body, leak) {
					t.Errorf("%s tells %s what a colleague gave: %q", path, login, leak)
				}
			}
		}
	}
	if own := s.get("/ho-so/2026/"+testUnit+"/cham-diem?cap=province", cookies["thanh-vien"]); !strings.Contains(own.body, why) || !strings.Contains(own.body, strings.Replace(secret, ".", ",", 1)) {
		t.Error(fmt.Sprint("one's own sheet is not there: the test looks for the wrong thing; status ", own.StatusCode))
	}
}

// Decisions are made in bulk: by the manager alone, refused with the unit's
// name where its state forbids it.
func TestDecisionsFollowTheTable(t *testing.T) {
	s, cookies := tableSite(t)
	body := `{"decision":{"number":"1/QĐ","day":"2026-11-01"},"units":["` + testUnit + `"]}`
	for _, x := range tablePeople {
		header := []string{"Content-Type", "application/json", "X-CSRF-Token", s.csrf(cookies[x.login]), "Cookie", cookies[x.login].Name + "=" + cookies[x.login].Value}
		for _, state := range []dossier.State{dossier.Open, dossier.Locked} {
			for _, status := range dossier.Statuses() {
				if x.who.Has(dossier.Manager) || status == dossier.Proposed {
					s.stand(status, state)
				}
				a := s.do("POST", "/api/v1/periods/2026/recognitions", strings.NewReader(body), header...)
				rule, _ := dossier.RuleOf(dossier.Recognise)
				want := http.StatusConflict
				switch {
				case !x.who.Has(rule.Who):
					want = http.StatusForbidden
				case rule.Fits(status, state):
					want = http.StatusUnprocessableEntity // the head has not signed
				}
				if a.StatusCode != want || want != http.StatusForbidden && !strings.Contains(a.body, testUnit) {
					t.Errorf("%s, period %s, as %s: status %d, want %d: %.300s", status, state, x.login, a.StatusCode, want, a.body)
				}
				d, err := s.store.Dossier(t.Context(), "2026", testUnit)
				ok(t, err)
				if d.Status == dossier.Recognised && status != dossier.Recognised {
					t.Fatalf("%s, period %s: %s made it %s", status, state, x.login, d.Status)
				}
			}
		}
	}
}
