package site

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/config"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/dossier"
	"thanthien/internal/mail"
	"thanthien/internal/mail/mailtest"
	"thanthien/internal/store"
	"thanthien/internal/unit"
)

// yearSite is a site whose period has steps, with every unit's officer, two
// appraisers and a manager.
func yearSite(tb testing.TB) *testSite {
	tb.Helper()
	s := newSite(tb)
	s.addPeriod()
	s.period(func(p *dossier.Period) {
		p.Steps = true
		p.Deadlines = map[string]string{dossier.StepRegister: "2026-11-17", dossier.StepSubmit: "2026-11-30", "province": "2026-12-15"}
	})
	for _, u := range testUnits()[1:] {
		s.addUser("xa-"+u.Code, account.Commune, u.Code)
		s.status(u.Code, dossier.Scoring, "")
	}
	for _, login := range []string{"tham-1", "tham-2", "tham-3"} {
		s.addUser(login, account.Appraiser, "")
	}
	s.addUser("quan-ly", account.Manager, "")
	s.addUser("quan-tri", account.Admin, "")
	s.addUser("lanh-dao", account.Leader, "")
	return s
}

// period changes the period.
func (s *testSite) period(change func(*dossier.Period)) {
	s.tb.Helper()
	p, err := s.store.Period(context.Background(), "2026")
	ok(s.tb, err)
	change(&p)
	_, err = s.store.PutPeriod(context.Background(), p)
	ok(s.tb, err)
}

// status puts a dossier where a test needs it; members are of the stage
// "province".
func (s *testSite) status(code string, status dossier.Status, stage string, members ...string) {
	s.tb.Helper()
	_, err := s.store.ChangeDossier(context.Background(), "2026", code, func(d *dossier.Dossier, _ time.Time, _ string) error {
		d.Status, d.Stage = status, stage
		if len(members) > 0 {
			d.Teams = []dossier.Team{{Stage: "province", Members: members, Round: 1}}
		}
		return nil
	})
	ok(s.tb, err)
}

// email gives an account an address.
func (s *testSite) email(login, address string) {
	s.tb.Helper()
	u, err := s.store.User(context.Background(), login)
	ok(s.tb, err)
	u.Email = address
	ok(s.tb, s.store.PutUser(context.Background(), u))
}

// noticePost sends a form with the session's token.
func (s *testSite) noticePost(who *http.Cookie, path string, form url.Values) answer {
	s.tb.Helper()
	form.Set("_csrf", s.csrf(who))
	return s.post(path, form, who)
}

// jobs are the jobs of one more process over the site's store.
func (s *testSite) jobs(over *store.Store, m Mailer) *Jobs {
	return NewJobs(Options{Store: over, Config: config.Config{BaseURL: "https://minhhoa.vn/"}, Log: slog.New(slog.NewTextHandler(s.log, nil)), Mail: m})
}

func mailer(tb testing.TB, server *mailtest.Server) Mailer {
	tb.Helper()
	m, err := mail.New(mail.Options{Host: server.Host, Port: server.Port, Security: mail.Plain, From: "thanthien@minhhoa.vn"})
	ok(tb, err)
	return m
}

// kinds counts a person's notices by kind.
func (s *testSite) kinds(login string) map[string]int {
	s.tb.Helper()
	list, err := s.store.Notices(context.Background(), login)
	ok(s.tb, err)
	m := map[string]int{}
	for _, n := range list {
		m[n.Kind]++
	}
	return m
}

// Reminders come 7, 3 and 1 day before and 1 day after, once each, however
// often and in however many processes the jobs run; a day that was missed is
// made up for.
func TestRemindersOnce(t *testing.T) {
	s := yearSite(t)
	s.status(testUnit, dossier.Submitted, "", "tham-1", "tham-2")
	s.status("07211", dossier.NotRegistered, "")
	s.status("07212", dossier.Returned, "")
	jobs := []*Jobs{s.jobs(s.store, nil), s.jobs(s.store, nil)}
	day := func(d string) {
		at, err := time.Parse(time.DateTime, d+" 02:00:00") // 9 in Vietnam
		ok(t, err)
		*s.now = at
		for range 2 {
			for _, j := range jobs {
				j.Round(t.Context())
			}
		}
	}
	want := func(login, kind string, n int) {
		t.Helper()
		if got := s.kinds(login)[kind]; got != n {
			t.Errorf("%s: %s has %d notices %q, want %d", s.now.Format(time.DateOnly), login, got, kind, n)
		}
	}
	day("2026-11-09") // 8 days before registering ends
	want("xa-07211", NoticeRemind, 0)
	*s.now = time.Date(2026, 11, 9, 20, 0, 0, 0, time.UTC) // 3 in the morning of the 10th
	jobs[0].Round(t.Context())
	want("xa-07211", NoticeRemind, 0)
	day("2026-11-10")
	want("xa-07211", NoticeRemind, 1)
	want("xa-07212", NoticeRemind, 1)
	want("xa-07213", NoticeRemind, 0) // is registered
	want("quan-ly", NoticeDigest, 1)
	day("2026-11-11")
	want("xa-07211", NoticeRemind, 1)
	day("2026-11-15") // nothing ran on the 14th
	want("xa-07211", NoticeRemind, 2)
	day("2026-11-16")
	want("xa-07211", NoticeRemind, 3)
	s.status("07212", dossier.Registered, "")
	day("2026-11-18")
	want("xa-07211", NoticeRemind, 4)
	want("xa-07212", NoticeRemind, 3) // has done it
	day("2026-11-19")
	want("xa-07211", NoticeRemind, 4)
	day("2026-11-23") // submitting: 7 days before
	want("xa-07213", NoticeRemind, 1)
	want("xa-"+testUnit, NoticeRemind, 0)
	want("xa-07211", NoticeRemind, 4) // takes no part
	day("2026-12-08")                 // scoring: 7 days before
	want("tham-1", NoticeSheets, 1)
	want("tham-3", NoticeSheets, 0)
	s.period(func(p *dossier.Period) { p.Deadlines["province"] = "2026-12-14" })
	day("2026-12-08")
	want("tham-1", NoticeSheets, 2) // the new last day has its own
	s.period(func(p *dossier.Period) { p.State = dossier.Locked })
	day("2026-12-13")
	want("tham-1", NoticeSheets, 2)
}

// Two processes over one file, each with its jobs running at once, send each
// letter once, over real connections.
func TestTwoProcessesSendOnce(t *testing.T) {
	dir := t.TempDir()
	s := newSiteAt(t, dir)
	server := mailtest.Serve(t)
	s.addPeriod()
	s.period(func(p *dossier.Period) {
		p.Steps, p.Deadlines = true, map[string]string{dossier.StepSubmit: "2026-11-17"}
	})
	for _, u := range testUnits()[1:] {
		s.addUser("xa-"+u.Code, account.Commune, u.Code)
		s.email("xa-"+u.Code, "xa"+u.Code+"@minhhoa.vn")
		s.status(u.Code, dossier.Scoring, "")
	}
	other := s.second(t, dir)
	var wg sync.WaitGroup
	for _, over := range []*store.Store{s.store, other, s.store, other} {
		j := s.jobs(over, mailer(t, server))
		wg.Go(func() {
			for range 3 { // without the lease: what the jobs do is safe by itself
				if err := j.remind(t.Context()); err != nil {
					t.Error(err)
				}
				if err := j.sendMail(t.Context()); err != nil {
					t.Error(err)
				}
				j.Round(t.Context())
			}
		})
	}
	wg.Wait()
	seen := map[string]int{}
	for _, l := range server.Letters() {
		seen[l.To]++
		if !strings.Contains(l.Data, "https://minhhoa.vn/") || l.Header("Message-ID") == "" {
			t.Errorf("letter\n%s", l.Data)
		}
	}
	if len(seen) != 10 {
		t.Errorf("letters to %d people, want 10", len(seen))
	}
	for to, n := range seen {
		if n != 1 {
			t.Errorf("%s got %d letters", to, n)
		}
	}
	if strings.Contains(s.log.String(), "job failed") {
		t.Error(s.log.String())
	}
}

// second opens the site's database again, as another process would.
func (s *testSite) second(t *testing.T, dir string) *store.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "test.db"), store.Collections())
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	other, err := store.New(t.Context(), store.Options{DB: db, Clock: func() time.Time { return *s.now }, Secret: strings.Repeat("s", 32)})
	ok(t, err)
	return other
}

// A process that dies between claiming and sending loses nothing: another sends
// when the claim is over. One that dies between sending and marking sends again
// under the same Message-ID.
func TestMailAfterCrash(t *testing.T) {
	s, server := yearSite(t), mailtest.Serve(t)
	s.email("xa-"+testUnit, "xa@minhhoa.vn")
	j := s.jobs(s.store, mailer(t, server))
	n := news{kind: NoticeReturned, period: "2026", unit: testUnit, once: "e1", to: []string{"xa-" + testUnit}}
	added, err := j.tell(t.Context(), n)
	if err != nil || added != 1 {
		t.Fatal(added, err)
	}
	ids, err := s.store.DueMail(t.Context())
	ok(t, err)
	_, claimed, err := s.store.ClaimMail(t.Context(), ids[0]) // and here it dies
	if err != nil || !claimed {
		t.Fatal(claimed, err)
	}
	j.Round(t.Context())
	if n := len(server.Letters()); n != 0 {
		t.Fatalf("%d letters while another may be sending", n)
	}
	*s.now = s.now.Add(store.MailClaim + time.Second)
	got, claimed, err := s.store.ClaimMail(t.Context(), ids[0])
	if err != nil || !claimed {
		t.Fatal(claimed, err)
	}
	subject, text := j.letter(&got)
	ok(t, j.mailer.Send(t.Context(), got.ID, "xa@minhhoa.vn", subject, text)) // and here another dies
	*s.now = s.now.Add(store.MailClaim + time.Second)
	j.Round(t.Context())
	j.Round(t.Context())
	letters := server.Letters()
	if len(letters) != 2 || letters[0].Header("Message-ID") != letters[1].Header("Message-ID") || letters[0].Header("Message-ID") == "" {
		t.Fatalf("%d letters: %+v", len(letters), letters)
	}
}

// What a server refuses for good is given up at once, what it refuses for now
// is tried again; the administrator sees why and sends again.
func TestMailRefused(t *testing.T) {
	s, server := yearSite(t), mailtest.Serve(t)
	refusals := map[string]string{"a@minhhoa.vn": "550 5.1.1 no such user", "b@minhhoa.vn": "451 4.3.0 busy"}
	server.Answer(func(to string) string { return refusals[to] })
	s.email("xa-07211", "a@minhhoa.vn")
	s.email("xa-07212", "b@minhhoa.vn")
	j := s.jobs(s.store, mailer(t, server))
	for _, code := range []string{"07211", "07212"} {
		j.notify(t.Context(), NoticeApproved, "2026", code, []string{"xa-" + code})
	}
	j.Round(t.Context())
	admin := s.signIn("quan-tri")
	doc := s.get("/quan-tri/thu-dien-tu", admin).want(t, 200).page(t)
	if got := text(doc, "tbody"); !strings.Contains(got, "550") || !strings.Contains(got, "451") || doc.Find("tbody button").Length() != 1 {
		t.Errorf("list: %s", got)
	}
	server.Answer(nil)
	*s.now = s.now.Add(2 * time.Minute)
	j.Round(t.Context())
	if got := len(server.Letters()); got != 1 {
		t.Errorf("%d letters after the pause, want 1", got)
	}
	s.noticePost(admin, "/quan-tri/thu-dien-tu", url.Values{}).want(t, 303)
	j.Round(t.Context())
	if got := len(server.Letters()); got != 2 {
		t.Errorf("%d letters after sending again, want 2", got)
	}
	s.addUser("tham-9", account.Appraiser, "")
	s.get("/quan-tri/thu-dien-tu", s.signIn("tham-9")).want(t, 403)
}

// Reminders of a whole province of 209 communes in one go.
func TestReminders209(t *testing.T) {
	s := newSite(t)
	units := []unit.Unit{{Code: "27", Name: "Tỉnh Minh Họa", Level: unit.Province}}
	for i := range 209 {
		units = append(units, unit.Unit{Code: fmt.Sprintf("08%03d", i), Name: fmt.Sprintf("Xã số %d", i), Level: unit.Commune, Parent: "27"})
	}
	_, _, err := s.store.PutUnits(t.Context(), units)
	ok(t, err)
	s.addPeriod()
	s.period(func(p *dossier.Period) {
		p.ID, p.Version, p.Units = "lon", 0, nil
		p.State, p.Steps, p.Deadlines = dossier.Draft, true, map[string]string{dossier.StepRegister: "2026-11-17"}
	})
	var codes []string
	for _, u := range units[1:] {
		codes = append(codes, u.Code)
		ok(t, s.store.PutUser(t.Context(), account.User{Login: "xa" + u.Code, Name: u.Name, Role: account.Commune, Unit: u.Code}))
	}
	_, err = s.store.OpenPeriod(t.Context(), "lon", codes)
	ok(t, err)
	for _, code := range codes {
		_, err := s.store.ChangeDossier(t.Context(), "lon", code, func(d *dossier.Dossier, _ time.Time, _ string) error {
			d.Status = dossier.NotRegistered
			return nil
		})
		ok(t, err)
	}
	s.addUser("quan-ly", account.Manager, "")
	j := s.jobs(s.store, nil)
	ok(t, j.remind(t.Context()))
	ok(t, j.remind(t.Context())) // nothing to do
	for _, code := range []string{codes[0], codes[208]} {
		if got := s.kinds("xa" + code)[NoticeRemind]; got != 1 {
			t.Errorf("%s has %d reminders", code, got)
		}
	}
	manager := s.signIn("quan-ly")
	s.get("/han?ky=lon&buoc=register", manager).want(t, 200)
}

// The bell counts, opening a notice reads it, others' are not there.
func TestNoticePage(t *testing.T) {
	s := yearSite(t)
	j := s.jobs(s.store, nil)
	me, they := s.signIn("xa-"+testUnit), s.signIn("xa-07211")
	j.notify(t.Context(), NoticeReturned, "2026", testUnit, []string{"xa-" + testUnit, "xa-" + testUnit, "nobody"})
	j.notify(t.Context(), NoticeReturned, "2026", testUnit, []string{"xa-" + testUnit}) // within the minute
	*s.now = s.now.Add(2 * time.Minute)
	j.notify(t.Context(), NoticeCompletion, "2026", testUnit, []string{"xa-" + testUnit}, "20/11/2026")
	doc := s.get("/thong-bao", me).want(t, 200).page(t)
	if got := text(doc, ".bell .count"); got != "2 chưa đọc" {
		t.Errorf("bell %q", got)
	}
	if got := doc.Find("tr.fresh").Length(); got != 2 {
		t.Errorf("%d fresh rows", got)
	}
	if got := text(doc, "tbody"); !strings.Contains(got, "Phường Minh Họa 07") || !strings.Contains(got, "chậm nhất ngày 20/11/2026") {
		t.Errorf("rows: %s", got)
	}
	link, _ := doc.Find("a.go").First().Attr("href")
	s.get(link, they).want(t, 404)
	if to := s.get(link, me).want(t, 303).Header.Get("Location"); to != "/ho-so/2026/"+testUnit {
		t.Errorf("leads to %s", to)
	}
	doc = s.get("/thong-bao?tt=chua-doc", me).page(t)
	if got := text(doc, ".bell .count"); got != "1 chưa đọc" || doc.Find("tbody tr").Length() != 1 {
		t.Errorf("bell %q after reading", got)
	}
	seen, _ := doc.Find("input[name=den]").Attr("value")
	*s.now = s.now.Add(2 * time.Minute)
	j.notify(t.Context(), NoticeReturned, "2026", testUnit, []string{"xa-" + testUnit})
	s.noticePost(me, "/thong-bao/tat-ca", url.Values{"den": {seen}}).want(t, 303)
	doc = s.get("/thong-bao", me).page(t)
	if got := doc.Find("tr.fresh").Length(); got != 1 {
		t.Errorf("%d fresh rows, want the one that came since", got)
	}
	if got := s.get("/thong-bao?q=bo+sung", me).page(t).Find("tbody tr").Length(); got != 1 {
		t.Errorf("search found %d", got)
	}
	s.get("/thong-bao").want(t, 303)
	if got := text(s.get("/thong-bao", they).want(t, 200).page(t), ".empty"); got == "" {
		t.Error("nothing says that there is nothing")
	}
}

// An administrator gives accounts an address; a wrong one is refused.
func TestUserEmail(t *testing.T) {
	s := newSite(t)
	s.addUser("quan-tri", account.Admin, "")
	s.addUser("tham-1", account.Appraiser, "")
	admin := s.signIn("quan-tri")
	s.noticePost(admin, "/quan-tri/tai-khoan/tham-1/thu", url.Values{"email": {" tham1@minhhoa.vn "}}).want(t, 303)
	s.noticePost(admin, "/quan-tri/tai-khoan/tham-1/thu", url.Values{"email": {"tham1@"}}).want(t, 422)
	u, err := s.store.User(t.Context(), "tham-1")
	if err != nil || u.Email != "tham1@minhhoa.vn" {
		t.Errorf("%q, %v", u.Email, err)
	}
	if got := text(s.get("/quan-tri/tai-khoan?q=tham1@minhhoa.vn", admin).page(t), "tbody"); !strings.Contains(got, "tham1@minhhoa.vn") {
		t.Errorf("the list: %s", got)
	}
	doc := s.noticePost(admin, "/quan-tri/tai-khoan/moi", url.Values{"login": {"tham-2"}, "name": {"Người hai"}, "role": {"appraiser"}, "email": {"hai"}}).want(t, 422).page(t)
	if got := doc.Find("#email").AttrOr("value", ""); got != "hai" || text(doc, "#email-loi") == "" {
		t.Errorf("the address came back as %q", got)
	}
	s.noticePost(s.signIn("tham-1"), "/quan-tri/tai-khoan/tham-1/thu", url.Values{"email": {""}}).want(t, 403)
}
