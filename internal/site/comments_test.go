package site

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/store"
)

// talkURL is the page of the comments of testUnit.
const talkURL = "/ho-so/2026/" + testUnit + "/trao-doi"

// talkers is a site with a dossier that tham-1 and tham-2 appraise.
func talkers(t *testing.T) (s *testSite, as func(string) *http.Cookie) {
	s = yearSite(t)
	s.status(testUnit, dossier.Appraisal, "province", "tham-1", "tham-2")
	sessions := map[string]*http.Cookie{}
	return s, func(login string) *http.Cookie {
		if sessions[login] == nil {
			sessions[login] = s.signIn(login)
		}
		return sessions[login]
	}
}

func comment(text, code, audience, key string) url.Values {
	return url.Values{fieldText: {text}, fieldCode: {code}, fieldFor: {audience}, fieldKey: {key}}
}

// What the team says among itself is hidden from the unit and from other
// appraisers, on the page, in counts, and from replies.
func TestCommentsWhoReads(t *testing.T) {
	s, as := talkers(t)
	s.noticePost(as("tham-1"), talkURL, comment("Xã cần bổ sung ảnh", "1.1.1", store.ForUnit, "k1")).want(t, 303)
	s.noticePost(as("tham-1"), talkURL, comment("Điểm này nên bàn lại", "1.1.1", store.ForTeam, "k2")).want(t, 303)
	for login, want := range map[string]int{"xa-" + testUnit: 1, "tham-1": 2, "tham-2": 2, "tham-3": 1, "quan-ly": 2, "quan-tri": 2, "lanh-dao": 1} {
		doc := s.get(talkURL, as(login)).want(t, 200).page(t)
		if got := doc.Find(".thread").Length(); got != want {
			t.Errorf("%s reads %d threads, want %d", login, got, want)
		}
		if inside := strings.Contains(doc.Text(), "nên bàn lại"); inside != (want == 2) {
			t.Errorf("%s reads what is inside: %v", login, inside)
		}
		d, err := s.store.Dossier(t.Context(), "2026", testUnit)
		ok(t, err)
		u, err := s.store.User(t.Context(), login)
		ok(t, err)
		counts, err := (&Server{store: s.store}).commentCounts(t.Context(), u, &d)
		if err != nil || counts["1.1.1"] != (commentCount{open: want, all: want}) {
			t.Errorf("%s: counts %v, %v", login, counts, err)
		}
	}
	s.get(talkURL, as("xa-07211")).want(t, 403)
	list, err := s.store.Comments(t.Context(), "2026", testUnit)
	ok(t, err)
	for _, c := range list {
		want := map[string]int{"xa-" + testUnit: 303, "xa-07211": 403, "tham-3": 403, "lanh-dao": 403, "tham-2": 303}
		if c.Audience == store.ForTeam {
			want["xa-"+testUnit], want["tham-3"], want["lanh-dao"] = 404, 404, 404
		}
		for login, status := range want {
			form := url.Values{fieldText: {"Trả lời"}, "viec": {"tra-loi"}, fieldKey: {login}}
			s.noticePost(as(login), talkURL+"/"+c.ID, form).want(t, status)
		}
	}
	s.noticePost(as("xa-"+testUnit), talkURL, comment("Chỉ tổ đọc", "", store.ForTeam, "k3")).want(t, 303)
	list, err = s.store.Comments(t.Context(), "2026", testUnit)
	ok(t, err)
	i := slices.IndexFunc(list, func(c store.Comment) bool { return c.Text == "Chỉ tổ đọc" })
	if i < 0 || list[i].Audience != store.ForUnit {
		t.Error("a unit wrote for the team alone")
	}
	s.noticePost(as("lanh-dao"), talkURL, comment("Ý kiến", "", store.ForUnit, "k4")).want(t, 403)
}

// Calling somebody by name tells them once, and only those who may read it can
// be called.
func TestCommentsMention(t *testing.T) {
	s, as := talkers(t)
	said := "Nhờ @xa-" + testUnit + ", xem lại. Gửi về a@minhhoa.vn"
	for range 2 { // sent twice
		s.noticePost(as("tham-1"), talkURL, comment(said, "1.1.1", store.ForUnit, "k1")).want(t, 303)
	}
	if got := s.kinds("xa-" + testUnit); got[NoticeMention] != 1 || got[NoticeComment] != 0 {
		t.Errorf("the unit has %v", got)
	}
	doc := s.get(talkURL, as("xa-"+testUnit)).page(t)
	if got := text(doc, ".called"); got != "@Người xa-"+testUnit || doc.Find(".thread").Length() != 1 {
		t.Errorf("called %q in %d threads", got, doc.Find(".thread").Length())
	}
	s.noticePost(as("tham-1"), talkURL, comment("Lời khác từ trang cũ", "1.1.1", store.ForUnit, "k1")).want(t, 303)
	if list, err := s.store.Comments(t.Context(), "2026", testUnit); err != nil || len(list) != 2 {
		t.Errorf("%d comments, %v; want both that an old form sent", len(list), err)
	}
	for name, form := range map[string]url.Values{
		"inside":   comment("Hỏi @xa-"+testUnit, "", store.ForTeam, "k2"),
		"stranger": comment("Hỏi @tham-3", "", store.ForUnit, "k3"),
		"nobody":   comment("Hỏi @khong-co", "", store.ForUnit, "k4"),
		"chosen":   {fieldText: {"Hỏi"}, fieldFor: {store.ForTeam}, fieldCall: {"xa-" + testUnit}, fieldKey: {"k5"}},
		"empty":    comment(" ", "", store.ForUnit, "k6"),
		"long":     comment(strings.Repeat("ă", store.MaxComment+1), "", store.ForUnit, "k7"),
		"code":     comment("Hỏi", "9.9", store.ForUnit, "k8"),
		"audience": comment("Hỏi", "", "ai-do", "k9"),
	} {
		doc := s.noticePost(as("tham-1"), talkURL, form).want(t, 422).page(t)
		if got := doc.Find("#loi-noi").Text(); strings.TrimSpace(got) != strings.TrimSpace(form.Get(fieldText)) {
			t.Errorf("%s: the text came back as %q", name, got)
		}
		if text(doc, "#loi") == "" {
			t.Errorf("%s: nothing says what is wrong", name)
		}
	}
	s.noticePost(as("tham-1"), talkURL, url.Values{fieldText: {"Bàn riêng"}, fieldFor: {store.ForTeam}, fieldCall: {"tham-2", "quan-ly"}, fieldKey: {"k10"}}).want(t, 303)
	if s.kinds("tham-2")[NoticeMention] != 1 || s.kinds("quan-ly")[NoticeMention] != 1 {
		t.Errorf("tham-2 has %v, quan-ly %v", s.kinds("tham-2"), s.kinds("quan-ly"))
	}
}

// Who scores it is not told to a unit: it may call those of the team who wrote to
// it, and cannot find out who else there is.
func TestCommentsNameNoTeam(t *testing.T) {
	s, as := talkers(t)
	unit := as("xa-" + testUnit)
	s.noticePost(as("tham-2"), talkURL, comment("Bàn trong tổ", "", store.ForTeam, "k1")).want(t, 303)
	page := s.get(talkURL, unit).want(t, 200).body
	for _, login := range []string{"tham-1", "tham-2"} {
		if strings.Contains(page, login) {
			t.Errorf("the unit reads that %s scores it", login)
		}
		s.noticePost(unit, talkURL, comment("Hỏi @"+login, "", store.ForUnit, "k2")).want(t, 422)
	}
	if !strings.Contains(page, "quan-ly") || !strings.Contains(s.get(talkURL, as("tham-1")).body, "tham-2") {
		t.Error("the lists of people are empty: the test looks for the wrong thing")
	}
	s.noticePost(as("tham-1"), talkURL, comment("Thiếu ảnh", "", store.ForUnit, "k3")).want(t, 303)
	s.noticePost(unit, talkURL, comment("Đã thêm, nhờ @tham-1 xem", "", store.ForUnit, "k4")).want(t, 303)
	s.noticePost(unit, talkURL, comment("Hỏi @tham-2", "", store.ForUnit, "k5")).want(t, 422)
}

// Replies, resolving, opening again, taking back, each with its event in the
// dossier's trail.
func TestCommentsThread(t *testing.T) {
	s, as := talkers(t)
	unit, team := "xa-"+testUnit, "tham-1"
	s.noticePost(as(team), talkURL, comment("Thiếu ảnh", "1.2", store.ForUnit, "k1")).want(t, 303)
	list, err := s.store.Comments(t.Context(), "2026", testUnit)
	ok(t, err)
	to := talkURL + "/" + list[0].ID
	act := func(login, what string, status int, more ...string) {
		t.Helper()
		form := url.Values{"viec": {what}}
		for i := 0; i+1 < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		s.noticePost(as(login), to, form).want(t, status)
	}
	act(unit, "tra-loi", 303, fieldText, "Đã thêm ảnh", fieldKey, "r1")
	act(unit, "tra-loi", 303, fieldText, "Đã thêm ảnh", fieldKey, "r1")
	if got := s.kinds(team)[NoticeReply]; got != 1 {
		t.Errorf("the writer has %d replies", got)
	}
	bad := s.noticePost(as(unit), to, url.Values{"viec": {"tra-loi"}, fieldText: {"Hỏi @khong-co"}}).want(t, 422).page(t)
	if got := bad.Find("#tl-" + list[0].ID); strings.TrimSpace(got.Text()) != "Hỏi @khong-co" || got.AttrOr("aria-invalid", "") != "true" || strings.TrimSpace(bad.Find("#loi-noi").Text()) != "" {
		t.Errorf("the reply came back as %q", got.Text())
	}
	act(team, "xong", 303)
	act(team, "xong", 303)
	if got := s.get(talkURL, as(unit)).page(t).Find(".thread").Length(); got != 0 {
		t.Errorf("%d threads are shown as open", got)
	}
	doc := s.get(talkURL+"?loc=tat-ca", as(unit)).page(t)
	if got := text(doc, ".thread"); !strings.Contains(got, "Đã xong") || strings.Count(got, "Đã thêm ảnh") != 1 {
		t.Errorf("thread %q", got)
	}
	act(unit, "mo-lai", 303)
	act(team, "rut", 409, "loi", "0")  // not theirs
	act(team, "rut", 409, "loi", "-1") // was answered
	*s.now = s.now.Add(store.CommentRegret - time.Second)
	act(unit, "rut", 303, "loi", "0")
	act(unit, "rut", 409, "loi", "0")
	act(unit, "tra-loi", 303, fieldText, "Ảnh ở phụ lục", fieldKey, "r2")
	*s.now = s.now.Add(store.CommentRegret + time.Second)
	act(unit, "rut", 409, "loi", "1") // too late
	act(unit, "khac", 400)
	doc = s.get(talkURL, as(team)).page(t)
	if got := text(doc, ".thread"); strings.Contains(got, "Đã thêm ảnh") || !strings.Contains(got, "đã được rút lại") || !strings.Contains(got, "Ảnh ở phụ lục") {
		t.Errorf("thread %q", got)
	}
	ok(t, s.store.Relay(t.Context()))
	events, err := s.store.History(t.Context(), "dossiers/2026/"+testUnit)
	ok(t, err)
	count := map[string]int{}
	for _, e := range events {
		count[string(e.Action)]++
	}
	for action, want := range map[string]int{"comment.added": 1, "comment.replied": 2, "comment.resolved": 1, "comment.reopened": 1, "comment.taken-back": 1} {
		if count[action] != want {
			t.Errorf("%d events %s, want %d", count[action], action, want)
		}
	}
}
