package site

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/store"
)

// lockSite is a site whose period 2026 goes by the steps of the year and is
// concluded: testUnit reaches recognition and is proposed, 07211 is proposed
// without reaching it, 07212 is not proposed; the others did not register. The
// head of the council is the leader.
func lockSite(tb testing.TB) (*testSite, map[account.Role]*person) {
	tb.Helper()
	s := newSite(tb)
	s.addPeriod()
	for _, unit := range []string{"07211", "07212"} {
		s.mark(unit, "self", fullMarks("5")...)
		s.mark(unit, "province", fullMarks("0.25")[:4]...)
	}
	people := map[account.Role]*person{}
	for _, role := range account.Roles() {
		people[role] = s.as(role)
	}
	ctx := context.Background()
	p, err := s.store.Period(ctx, "2026")
	ok(tb, err)
	p.Steps, p.Head = true, "user-leader"
	_, err = s.store.PutPeriod(ctx, p)
	ok(tb, err)
	for _, unit := range p.Units {
		status := map[string]dossier.Status{testUnit: dossier.Proposed, "07211": dossier.Proposed, "07212": dossier.NotProposed}[unit]
		if status == "" {
			status = dossier.NotRegistered
		}
		s.changeUnit(unit, func(d *dossier.Dossier) {
			d.Status = status
			if status == dossier.NotRegistered {
				return
			}
			d.Stage, d.Teams = "province", []dossier.Team{{Stage: "province", Members: []string{"td1"}, Round: 1}}
			d.Sheets = []dossier.Sheet{{Stage: "province", Member: "td1", Round: 1, At: testNow}}
			for i := range d.Entries {
				if d.Entries[i].Stage == "province" {
					d.Entries[i].Member, d.Entries[i].Round = "td1", 1
				}
			}
		})
	}
	return s, people
}

func (s *testSite) thePeriod() dossier.Period {
	s.tb.Helper()
	p, err := s.store.Period(context.Background(), "2026")
	ok(s.tb, err)
	return p
}

func (s *testSite) unitStatus(unit string) dossier.Status {
	s.tb.Helper()
	d, err := s.store.Dossier(context.Background(), "2026", unit)
	ok(s.tb, err)
	return d.Status
}

const (
	stateURL = "/quan-tri/ky/2026/trang-thai"
	lockURL  = "/quan-tri/ky/2026/khoa"
)

// toState sends the form of a change of state.
func (p *person) toState(act string, more ...string) answer {
	p.tb.Helper()
	return p.submit(stateURL, append([]string{"viec", act, "phien-ban", strconv.FormatInt(p.thePeriod().Version, 10)}, more...)...)
}

// lockAndSign brings the period of lockSite to where decisions are made.
func lockAndSign(tb testing.TB, people map[account.Role]*person) {
	tb.Helper()
	m, head := people[account.Manager], people[account.Leader]
	m.toState("khoa").want(tb, 303)
	head.submit(lockURL+"/ky", "ma-kiem", m.thePeriod().Checksum, "mat-khau", testPassword).want(tb, 303)
}

// A period is locked, signed by its head alone, published only then, and
// unlocking takes the signature back.
func TestLockAndSignOff(t *testing.T) {
	s, people := lockSite(t)
	m, head := people[account.Manager], people[account.Leader]
	page := m.open(lockURL).want(t, 200).page(t)
	if got := text(page, "main"); !strings.Contains(got, "Hồ sơ chưa xong") || !strings.Contains(got, "chưa đăng ký7") {
		t.Errorf("before the lock: %s", got)
	}
	m.toState("khoa").want(t, 303)
	p := s.thePeriod()
	if p.State != dossier.Locked || len(p.Checksum) != 64 || p.Signed() {
		t.Fatalf("locked as %s, checksum %q, signed %v", p.State, p.Checksum, p.Signed())
	}
	m.toState("cong-bo").want(t, 409)
	if got := text(head.open("/lanh-dao?ky=2026").want(t, 200).page(t), "main"); !strings.Contains(got, "Chờ ông/bà ký xác nhận") {
		t.Errorf("the leader's page does not ask for the signature: %.300s", got)
	}
	if got := text(head.open(lockURL).want(t, 200).page(t), "main"); !strings.Contains(got, p.Checksum[:8]+" "+p.Checksum[8:16]) {
		t.Errorf("the head does not see the checksum: %s", got)
	}
	for role, x := range people {
		if role == account.Leader {
			continue
		}
		x.submit(lockURL+"/ky", "ma-kiem", p.Checksum, "mat-khau", testPassword).want(t, 403)
	}
	head.submit(lockURL+"/ky", "ma-kiem", strings.Repeat("0", 64), "mat-khau", testPassword).want(t, 412)
	head.submit(lockURL+"/ky", "ma-kiem", p.Checksum, "mat-khau", "sai mat khau").want(t, 422)
	if p := s.thePeriod(); p.Signed() {
		t.Fatal("signed without the password")
	}
	head.submit(lockURL+"/ky", "ma-kiem", p.Checksum, "mat-khau", testPassword).want(t, 303)
	head.submit(lockURL+"/ky", "ma-kiem", p.Checksum, "mat-khau", testPassword).want(t, 303)
	if p := s.thePeriod(); !p.Signed() || p.SignOff.By != "user-leader" {
		t.Fatalf("sign-off %+v", p.SignOff)
	}
	events, err := s.store.History(t.Context(), "periods/2026")
	ok(t, err)
	signed := 0
	for _, e := range events {
		for _, d := range e.Detail {
			if d.Field == "signoff" {
				signed++
			}
		}
	}
	if signed != 1 {
		t.Errorf("%d events of the sign-off", signed)
	}
	if list, err := result.CheckFreeze(t.Context(), s.store, &p); err != nil || len(list) > 0 {
		t.Errorf("differences %v, %v", list, err)
	}
	m.toState("mo-khoa").want(t, 422) // a reason is asked for
	m.toState("mo-khoa", "ly-do", "chấm sót một hồ sơ").want(t, 303)
	if p := s.thePeriod(); p.State != dossier.Open || p.Checksum != "" || p.SignOff.By != "" {
		t.Errorf("unlocked: %s %q %+v", p.State, p.Checksum, p.SignOff)
	}
	m.toState("khoa").want(t, 303)
	m.toState("cong-bo").want(t, 409)
}

// Appeals that wait refuse the lock; a mark that is on its way in is refused by
// the dossier.
func TestLockRefused(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	s.changeUnit("07212", func(d *dossier.Dossier) {
		d.Status, d.Back = dossier.Appealed, dossier.NotProposed
		d.Appeals = []dossier.Contest{{Code: "1.2", Stage: "province", By: "xa", At: testNow, Reason: "chấm nhầm"}}
	})
	if got := text(m.open(lockURL).want(t, 200).page(t), "main"); !strings.Contains(got, "kiến nghị đang chờ giải quyếtXã Tân Sơn: tiêu chí 1.2") {
		t.Errorf("the page does not name the appeal: %s", got)
	}
	m.toState("khoa").want(t, 409)
	if p := s.thePeriod(); p.State != dossier.Open {
		t.Fatalf("the period is %s", p.State)
	}
	s.changeUnit("07212", func(d *dossier.Dossier) { d.Appeals, d.Status = nil, dossier.NotProposed })
	m.toState("khoa").want(t, 303)
	if _, err := s.store.SaveMarks(t.Context(), "2026", "07213", "self", store.AnyRev, fullMarks("1")[:1], "xa"); err == nil {
		t.Error("a locked dossier took a mark")
	}
	m.toState("mo-khoa", "ly-do", "sửa").want(t, 303)
	if _, err := s.store.SaveMarks(t.Context(), "2026", "07213", "self", store.AnyRev, fullMarks("1")[:1], "xa"); err != nil {
		t.Errorf("an unlocked dossier takes no mark: %v", err)
	}
}

// Who may see the lock, the decisions and the register, and who may change them.
func TestDecisionRoles(t *testing.T) {
	_, people := lockSite(t)
	lockAndSign(t, people)
	manage := map[account.Role]bool{account.Admin: true, account.Manager: true}
	for role, p := range people {
		see := manage[role] || role == account.Leader
		for path, may := range map[string]bool{
			lockURL: see, lockURL + "/ban-ke.txt": see, decideURL: manage[role], decideURL + "/" + testUnit: manage[role],
			"/quan-tri/cong-nhan": manage[role], "/quan-tri/cong-nhan.xlsx": manage[role], "/quan-tri/ky/2026/van-ban": manage[role], "/quan-tri/ky/2026/van-ban/quyet-dinh.docx": manage[role],
		} {
			want := 403
			if may {
				want = 200
			}
			if got := p.open(path); got.StatusCode != want {
				t.Errorf("%s %s: %d, want %d: %.200s", role, path, got.StatusCode, want, got.body)
			}
		}
		for _, path := range []string{decideURL, decideURL + "/" + testUnit + "/thu-hoi", decideURL + "/" + testUnit + "/chuyen-tiep"} {
			if got := p.submit(path).StatusCode; manage[role] == (got == 403) || got >= 500 {
				t.Errorf("%s POST %s: %d", role, path, got)
			}
		}
	}
}

// The head may have any role, and sees the lock for it.
func TestHeadOfAnyRole(t *testing.T) {
	s, people := lockSite(t)
	p := s.thePeriod()
	p.Head = "user-appraiser"
	_, err := s.store.PutPeriod(t.Context(), p)
	ok(t, err)
	people[account.Manager].toState("khoa").want(t, 303)
	head := people[account.Appraiser]
	head.open(lockURL).want(t, 200)
	people[account.Leader].submit(lockURL+"/ky", "ma-kiem", s.thePeriod().Checksum, "mat-khau", testPassword).want(t, 403)
	head.submit(lockURL+"/ky", "ma-kiem", s.thePeriod().Checksum, "mat-khau", testPassword).want(t, 303)
	if p := s.thePeriod(); !p.Signed() {
		t.Error("the head's signature does not count")
	}
}

// The lock's page tells apart who reaches the score without a conclusion: no
// decision will recognise them.
func TestLockCountsOpenEnds(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	const line = "chưa có kết luận, không quyết định được"
	if got := text(m.open("/quan-tri/ky/2026/khoa").want(t, 200).page(t), "main"); strings.Contains(got, line) {
		t.Errorf("everybody who reaches it is concluded: %s", got)
	}
	s.changeUnit(testUnit, func(d *dossier.Dossier) { d.Status = dossier.Appraisal })
	if got := text(m.open("/quan-tri/ky/2026/khoa").want(t, 200).page(t), "main"); !strings.Contains(got, line+"1") {
		t.Errorf("one is not: %s", got)
	}
	lock := people[account.Leader].open("/quan-tri/ky/2026/khoa").want(t, 200).page(t)
	if n := lock.Find("a[href^='/quan-tri?']").Length(); n != 0 {
		t.Errorf("%d links of the leader lead to the manager's desk", n)
	}
}
