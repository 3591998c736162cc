package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

// actSet is testSet with a paper and a leaf that ask for documents.
var actSet = strings.NewReplacer(
	"groups:\n", "papers:\n  - {code: to-trinh, title: Tờ trình, required: true}\ngroups:\n",
	`title: Niêm yết, max: 5,`, `title: Niêm yết, max: 5, evidence: required,`,
).Replace(testSet)

// actSite is a site with a period of two appraisal stages; tv-a and tv-b score
// testUnit at the first one, tv-c at the second.
type actSite struct {
	*testSite
	sessions map[string]*http.Cookie
}

const (
	actURL  = "/ho-so/2026/" + testUnit
	actAPI  = "/api/v1/periods/2026/units/" + testUnit
	secretA = "Ghi chú riêng của A"
)

func newActSite(tb testing.TB) *actSite { tb.Helper(); return newActSiteOf(tb, actSet) }

// newActSiteOf is newActSite with a criteria set of one's own.
func newActSiteOf(tb testing.TB, yaml string) *actSite {
	tb.Helper()
	s := &actSite{newSite(tb), map[string]*http.Cookie{}}
	ctx := context.Background()
	_, err := rubric.Parse([]byte(yaml), "thu.yaml")
	ok(tb, err)
	ok(tb, s.store.PutSet(ctx, store.Version{ID: "thu", Number: 1, Title: "Thử", YAML: yaml, State: store.Issued}))
	_, err = s.store.PutPeriod(ctx, dossier.Period{
		ID: "2026", Title: "Kỳ đánh giá năm 2026", Year: 2026, SetID: "thu", SetVer: 1, Scope: "27", On: "2026-12-31", State: dossier.Draft, Steps: true,
		Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "district", Title: "Thẩm định huyện"}, {Code: "province", Title: "Thẩm định tỉnh"}},
		Gate:   dossier.Gate{Conditions: true, MinSelf: "20"}, Spread: "3", Head: "lanh-dao",
		Deadlines: map[string]string{"register": "2026-11-05", "submit": "2026-11-15", "district": "2026-11-20"},
	})
	ok(tb, err)
	_, err = s.store.OpenPeriod(ctx, "2026", []string{testUnit, longUnit})
	ok(tb, err)
	for login, role := range map[string]account.Role{
		"xa": account.Commune, "xa-hai": account.Commune, "tv-a": account.Appraiser, "tv-b": account.Appraiser, "tv-c": account.Appraiser,
		"ngoai": account.Appraiser, "quan-ly": account.Manager, "lanh-dao": account.Leader, "lanh-dao-hai": account.Leader,
	} {
		unit := ""
		if role == account.Commune {
			unit = testUnit
		}
		s.addUser(login, role, unit)
	}
	s.addUser("xa-khac", account.Commune, longUnit)
	s.change(func(d *dossier.Dossier) {
		d.Teams = []dossier.Team{{Stage: "district", Members: []string{"tv-a", "tv-b"}, Round: 1}, {Stage: "province", Members: []string{"tv-c"}, Round: 1}}
	})
	return s
}

func (s *actSite) as(login string) *http.Cookie {
	s.tb.Helper()
	if s.sessions[login] == nil {
		s.sessions[login] = s.signIn(login)
	}
	return s.sessions[login]
}

// change alters the dossier behind the program's back.
func (s *actSite) change(do func(d *dossier.Dossier)) {
	s.tb.Helper()
	_, err := s.store.ChangeDossier(context.Background(), "2026", testUnit, func(d *dossier.Dossier, _ time.Time, _ string) error {
		do(d)
		return nil
	})
	ok(s.tb, err)
}

func (s *actSite) dossier() dossier.Dossier {
	s.tb.Helper()
	d, err := s.store.Dossier(context.Background(), "2026", testUnit)
	ok(s.tb, err)
	return d
}

// act sends the form of an act as somebody; pairs are fields and values.
func (s *actSite) act(login, act string, pairs ...string) answer {
	s.tb.Helper()
	f := url.Values{"_csrf": {s.csrf(s.as(login))}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return s.post(actURL+"/viec/"+act, f, s.as(login))
}

// marks saves marks of somebody at a stage.
func (s *actSite) marks(login, stage string, changes ...dossier.Change) {
	s.tb.Helper()
	d := s.dossier()
	for i, c := range changes {
		now, _ := d.Entry(d.LayerOf(stage, login), c.Code)
		changes[i].Base = now.Mark
	}
	_, err := s.store.SaveMarks(context.Background(), "2026", testUnit, stage, store.AnyRev, changes, login)
	ok(s.tb, err)
}

func (s *actSite) handIn() {
	s.tb.Helper()
	item := func(id, paper string, codes ...string) evidence.Item {
		return evidence.Item{ID: id, Paper: paper, Codes: codes, Title: "Tài liệu " + id, Number: "12/KH", Date: "2026-03-01", Revisions: []evidence.Revision{{Name: id + ".pdf", Type: evidence.PDF, Size: 10, SHA: strings.Repeat(id[:1], 64), By: "xa", At: testNow}}}
	}
	_, err := s.store.ChangeEvidence(context.Background(), "2026", testUnit, store.EvidenceChange{Action: audit.EvidenceAdded, By: "xa", Do: func(f *evidence.Folder) ([]audit.Change, error) {
		return f.Add(item("a1", "to-trinh"), item("b2", "", "1.1.1"))
	}})
	ok(s.tb, err)
}

// inAppraisal brings the dossier to the first appraisal stage, both sheets full
// but not finished: A gives 3.75 and a note to 1.1.1, B gives 4.
func (s *actSite) inAppraisal() {
	s.tb.Helper()
	s.change(func(d *dossier.Dossier) { d.Status = dossier.Scoring })
	s.marks("xa", "self", fullMarks("5")...)
	s.handIn()
	s.change(func(d *dossier.Dossier) { d.Status, d.Stage, d.SubmittedAt = dossier.Appraisal, "district", testNow })
	s.marks("tv-a", "district", append(fullMarks("3.75"), dossier.Change{Code: "1.1.1", Mark: score.NewMark("points", "3.75"), Note: secretA})...)
	s.marks("tv-b", "district", fullMarks("4")...)
}

// The acts of a year, each refused where something is missing.
func TestActsWalk(t *testing.T) {
	s := newActSite(t)
	gate := s.act("xa", "register", "tu-cham", "10").want(t, 422).page(t)
	if got := text(gate, "#loi"); !strings.Contains(got, "20") || !strings.Contains(got, "kỷ luật") || gate.Find("#tu-cham").AttrOr("value", "") != "10" {
		t.Errorf("the gate says %q", got)
	}
	s.act("xa", "register", "tu-cham", "35,5", "dieu-kien", "dk1", "ly-do", "Xin đăng ký").want(t, 303)
	s.act("xa", "register", "tu-cham", "35,5", "dieu-kien", "dk1").want(t, 303) // pressed twice
	if d := s.dossier(); d.Status != dossier.Registered || d.Registration.Self != "35.5" || d.Registration.Note != "Xin đăng ký" {
		t.Fatalf("registered: %+v", d.Registration)
	}
	s.act("xa-hai", "register", "tu-cham", "35", "dieu-kien", "dk1").want(t, 409)
	s.act("tv-a", "approve").want(t, 403)
	s.act("quan-ly", "return").want(t, 422) // without a reason
	s.act("quan-ly", "return", "ly-do", "Thiếu cam kết").want(t, 303)
	if got := text(s.get(actURL, s.as("xa")).want(t, 200).page(t), ".notice.bad"); !strings.Contains(got, "Thiếu cam kết") {
		t.Errorf("the returned registration says %q", got)
	}
	s.act("xa", "register", "tu-cham", "35", "dieu-kien", "dk1").want(t, 303)
	s.act("quan-ly", "approve").want(t, 303)

	todo := s.get(actURL, s.as("xa")).want(t, 200).page(t)
	if got := text(todo, "main a.btn:not(.quiet)"); got != "Tự chấm điểm" {
		t.Errorf("before anything is scored the unit is led to %q", got)
	}
	lacks := s.act("xa", "submit").want(t, 422).page(t)
	for _, want := range []string{"/cham-diem?cap=self#o-1.1.1", "/cham-diem?cap=self#dk-dk1", "/minh-chung#p-to-trinh"} {
		if lacks.Find(`.lacks a[href$="`+want+`"]`).Length() != 1 {
			t.Errorf("no link to %s among what is missing: %s", want, text(lacks, ".lacks"))
		}
	}
	s.marks("xa", "self", append(fullMarks("5"), dossier.Change{Code: "1.2", Mark: score.NotApplicable()})...)
	lacks = s.act("xa", "submit").want(t, 422).page(t)
	if got := text(lacks, ".lacks"); !strings.Contains(got, "không áp dụng") || !strings.Contains(got, "minh chứng") || lacks.Find(".lacks li").Length() != 3 {
		t.Errorf("missing: %s", got)
	}
	s.marks("xa", "self", dossier.Change{Code: "1.2", Mark: score.NotApplicable(), Note: "Không có thủ tục"})
	s.handIn()
	s.act("xa", "submit").want(t, 303)
	s.act("xa", "take-back").want(t, 303)
	s.act("xa-hai", "submit").want(t, 303)
	if d := s.dossier(); d.Status != dossier.Submitted || !d.SubmittedAt.Equal(testNow) {
		t.Fatalf("submitted: %s", d.Status)
	}
	s.act("ngoai", "accept").want(t, 403)
	s.act("tv-a", "accept").want(t, 303)
	s.act("xa", "take-back").want(t, 409)

	s.act("tv-b", "ask-completion", "ly-do", "Bổ sung", "muc", "khong-co").want(t, 422)
	s.act("tv-b", "ask-completion", "ly-do", "Bổ sung", "muc", "1.1.1", "han", "2026-11-01").want(t, 422)
	s.act("tv-b", "ask-completion", "ly-do", "Bổ sung ảnh", "muc", "1.1.1", "muc", "to-trinh", "han", "2026-11-12").want(t, 303)
	if got := text(s.get(actURL, s.as("xa")).page(t), ".notice.warn"); !strings.Contains(got, "Bổ sung ảnh") || !strings.Contains(got, "Tờ trình") || !strings.Contains(got, "12/11/2026") || strings.Contains(got, "tv-b") {
		t.Errorf("the request says %q", got)
	}
	s.act("xa", "resubmit", "ly-do", "Đã bổ sung").want(t, 303)
	s.act("tv-a", "accept").want(t, 303)
	s.appraise(t)
}

// appraise goes on with the walk: two rounds, two stages, a turned conclusion.
func (s *actSite) appraise(t *testing.T) {
	s.act("tv-a", "finish-sheet").want(t, 422)
	s.marks("tv-a", "district", fullMarks("5")...)
	s.marks("tv-b", "district", fullMarks("1")...)
	s.act("tv-a", "propose").want(t, 422)
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	if n := len(s.dossier().Sheets); n != 2 {
		t.Fatalf("%d sheets", n)
	}
	apart := s.act("tv-a", "propose").want(t, 422).page(t)
	if got := text(apart, ".lacks"); !strings.Contains(got, "4,00") || !strings.Contains(got, "1.1.1") {
		t.Errorf("the spread gate says %q", got)
	}
	for login, want := range map[string]bool{"tv-a": true, "tv-b": true, "quan-ly": true, "xa": false} {
		if got := text(s.get(actURL, s.as(login)).want(t, 200).page(t), ".stand"); strings.Contains(got, "chấm lại") != want || strings.Contains(got, "kết luận") == want {
			t.Errorf("under the spread gate %s reads %q", login, got)
		}
	}
	blocked := s.get(actURL+"/viec/propose", s.as("tv-a")).want(t, 200).page(t)
	if blocked.Find("main form").Length() != 0 || blocked.Find(".lacks li").Length() == 0 {
		t.Error("the conclusion is offered while the sheets lie too far apart")
	}
	s.act("tv-b", "propose").want(t, 403)
	s.act("tv-a", "rescore").want(t, 422)
	seen := s.get(actURL+"/viec/rescore", s.as("tv-a")).page(t).Find("[name=trang-thai]").AttrOr("value", "")
	for range 2 {
		s.act("tv-a", "rescore", "trang-thai", seen, "ly-do", "Thống nhất 1.1.1").want(t, 303)
	}
	if d := s.dossier(); d.Team("district").Round != 2 {
		t.Fatalf("round %d", d.Team("district").Round)
	}
	s.marks("tv-b", "district", dossier.Change{Code: "1.1.1", Mark: score.NewMark("points", "4")})
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	s.act("tv-a", "propose").want(t, 303)
	if d := s.dossier(); d.Stage != "province" || d.Conclusions[0].Total != "29.50" {
		t.Fatalf("stage %s, %+v", d.Stage, d.Conclusions)
	}
	s.marks("tv-c", "province", fullMarks("2")...)
	s.act("tv-c", "finish-sheet").want(t, 303)
	s.act("tv-c", "reject").want(t, 422)
	s.act("tv-c", "reject", "ly-do", "Chưa đạt").want(t, 303)
	s.act("tv-c", "reconsider", "ly-do", "x").want(t, 403)
	s.act("quan-ly", "reconsider", "ly-do", "Xem lại").want(t, 303)
	if d := s.dossier(); d.Status != dossier.Proposed {
		t.Fatalf("status %s", d.Status)
	}
	steps := text(s.get(actURL, s.as("xa")).want(t, 200).page(t), ".year")
	if strings.Contains(steps, "Người tv") || !strings.Contains(steps, "Tổ thẩm định") || !strings.Contains(steps, "29,50") {
		t.Errorf("the unit reads the steps as %q", steps)
	}
}

// A page that is older than the dossier says what has changed and keeps what
// was typed.
func TestActStale(t *testing.T) {
	s := newActSite(t)
	s.change(func(d *dossier.Dossier) { d.Status = dossier.Registered })
	seen := s.get(actURL+"/viec/return", s.as("quan-ly")).want(t, 200).page(t).Find("[name=trang-thai]").AttrOr("value", "")
	s.change(func(d *dossier.Dossier) { d.Status = dossier.NotRegistered })
	doc := s.act("quan-ly", "return", "trang-thai", seen, "ly-do", "Thiếu giấy tờ").want(t, 409).page(t)
	for _, want := range []string{"Chờ duyệt đăng ký", "Chưa đăng ký", "Thiếu giấy tờ"} {
		if got := text(doc, "main"); !strings.Contains(got, want) {
			t.Errorf("the page lacks %q: %s", want, got)
		}
	}
	if doc.Find("main form").Length() != 0 {
		t.Error("the act is offered although it is not possible any more")
	}
	s.change(func(d *dossier.Dossier) { d.Status = dossier.Submitted })
	seen = s.get(actURL+"/viec/ask-completion", s.as("quan-ly")).want(t, 200).page(t).Find("[name=trang-thai]").AttrOr("value", "")
	s.change(func(d *dossier.Dossier) { d.Status, d.Stage = dossier.Appraisal, "district" })
	doc = s.act("quan-ly", "ask-completion", "trang-thai", seen, "ly-do", "Thiếu ảnh", "muc", "1.2").want(t, 409).page(t)
	if got := doc.Find("#ly-do").Text(); strings.TrimSpace(got) != "Thiếu ảnh" || doc.Find(`[name=muc][value="1.2"][checked]`).Length() != 1 {
		t.Errorf("what was typed is lost: %q", got)
	}
	now := doc.Find("[name=trang-thai]").AttrOr("value", "")
	s.act("quan-ly", "ask-completion", "trang-thai", now, "ly-do", "Thiếu ảnh").want(t, 303)
	if got := s.dossier().Completions[0].Until; got != "2026-11-17" { // a week, before the stage's last day
		t.Errorf("a request without a day is until %q", got)
	}
}

// Only what may be done now is offered, and what waits for others is said.
func TestActButtons(t *testing.T) {
	for status, want := range map[dossier.Status]map[string][]string{
		dossier.NotRegistered: {"xa": {"register"}, "quan-ly": nil, "tv-a": nil, "lanh-dao": nil},
		dossier.Registered:    {"xa": {"withdraw"}, "quan-ly": {"approve", "return"}},
		dossier.Approved:      {"xa": {"submit"}, "quan-ly": nil},
		dossier.Submitted:     {"xa": {"take-back"}, "tv-a": {"accept", "ask-completion"}, "tv-c": nil, "quan-ly": {"accept", "ask-completion"}},
		dossier.Appraisal:     {"xa": nil, "tv-a": {"ask-completion", "finish-sheet"}, "tv-c": nil, "quan-ly": {"ask-completion"}},
		dossier.Proposed:      {"quan-ly": {"reconsider"}, "tv-a": nil},
	} {
		s := newActSite(t)
		s.change(func(d *dossier.Dossier) {
			d.Status = status
			if status == dossier.Appraisal || status == dossier.Proposed {
				d.Stage = "district"
			}
		})
		for login, acts := range want {
			doc := s.get(actURL, s.as(login)).want(t, 200).page(t)
			var got []string
			doc.Find(".acts a.btn, .acts form").Each(func(_ int, e *goquery.Selection) {
				got = append(got, string(actOfURL(e.AttrOr("href", e.AttrOr("action", "")))))
			})
			if !slices.Equal(got, acts) {
				t.Errorf("%s, %s: offered %v, want %v", status, login, got, acts)
			}
			if len(acts) == 0 && doc.Find("main .notice").Length() == 0 && status != dossier.Proposed {
				t.Errorf("%s, %s: nothing to do, and nothing says why", status, login)
			}
		}
	}
}

// Who turns out to be partial after finishing a sheet does not count: the stage
// cannot be concluded until the manager lets them go, and then their sheet is
// kept beside the mark.
func TestRecusedAfterFinishing(t *testing.T) {
	s := newActSite(t)
	s.inAppraisal()
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	u, err := s.store.User(t.Context(), "tv-b")
	ok(t, err)
	u.Recused = []string{testUnit}
	ok(t, s.store.PutUser(t.Context(), u))
	for _, act := range []string{"propose", "reject"} {
		page := s.act("tv-a", act, "ly-do", "Đủ điểm").want(t, 422).page(t)
		if got := text(page, ".lacks"); !strings.Contains(got, "Người tv-b phải tránh đơn vị này") {
			t.Errorf("%s says %q", act, got)
		}
	}
	form := url.Values{"_csrf": {s.csrf(s.as("quan-ly"))}, "cap": {"district"}, "truoc": {"tv-a tv-b"}, "nguoi1": {"tv-a"}}
	s.post(teamsURL+"/"+testUnit, form, s.as("quan-ly")).want(t, 303)
	s.act("tv-a", "propose").want(t, 303)
	d := s.dossier()
	set, err := s.store.Set(t.Context(), "thu", 1)
	ok(t, err)
	alone := score.Score(set, d.LayerMarks(dossier.Layer{Stage: "district", Member: "tv-a", Round: 1}), nil)
	if got := d.Conclusions[0].Total; got != alone.Total.String(alone.Decimals) || !d.Finished(dossier.Layer{Stage: "district", Member: "tv-b", Round: 1}) {
		t.Errorf("the stage has %s, the only member left %s; sheets %v", got, alone.Total.String(alone.Decimals), d.Sheets)
	}
}

// What a unit changes while it completes its dossier is shown to those who
// appraise it, and what nobody asked for is marked.
func TestCompletionShowsWhatChanged(t *testing.T) {
	s := newActSite(t)
	s.inAppraisal()
	if text(s.get(actURL, s.as("tv-a")).page(t), ".completed") != "" {
		t.Error("nothing was asked for and something is shown")
	}
	s.act("tv-a", "ask-completion", "ly-do", "Bổ sung ảnh niêm yết", "muc", "1.1.1", "han", "2026-11-30").want(t, 303)
	s.marks("xa", "self", dossier.Change{Code: "1.1.1", Mark: score.NewMark("points", "4")}, dossier.Change{Code: "1.1.2", Mark: score.NewMark("level", "b")})
	s.marks("xa", "self", dossier.Change{Code: "1.1.1", Mark: score.NewMark("points", "4.5")}, dossier.Change{Code: "1.2", Mark: score.NewMark("numerator", "40", "denominator", "50")})
	s.marks("xa", "self", dossier.Change{Code: "1.2", Mark: score.NewMark("numerator", "50", "denominator", "50")}) // as it was
	s.act("xa", "resubmit", "ly-do", "Đã chụp lại").want(t, 303)
	for _, login := range []string{"tv-a", "quan-ly"} {
		page := s.get(actURL, s.as(login)).want(t, 200).page(t)
		got := text(page, ".completed")
		for _, want := range []string{"Bổ sung ảnh niêm yết", "Đã chụp lại", "1 thay đổi ngoài yêu cầu", "5 → 4,5", "ngoài yêu cầu Tốt → Trung bình"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not read %q: %s", login, want, got)
			}
		}
		if n := page.Find(".completed .lines li").Length(); n != 2 {
			t.Errorf("%s reads %d changes, want 2: %s", login, n, got)
		}
	}
}

// A unit whose dossier stopped at the lock is told so.
func TestLockedDossierStops(t *testing.T) {
	s := newActSite(t)
	s.inAppraisal()
	s.change(func(d *dossier.Dossier) {
		d.Status, d.Completions = dossier.Completion, []dossier.Request{{Stage: "district", Text: "Bổ sung", By: "tv-a", At: testNow, Until: "2026-11-30"}}
	})
	s.setState(dossier.Locked)
	if got := text(s.get(actURL, s.as("xa")).want(t, 200).page(t), "main"); !strings.Contains(got, "hồ sơ dừng ở bước này") {
		t.Errorf("the unit is still asked: %s", got)
	}
}
