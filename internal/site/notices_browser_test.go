package site

import (
	"context"
	"net/url"
	"slices"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/dossier"
	"thanthien/internal/store"
)

// The pages of notices, deadlines and comments in both windows, with the
// longest name, and a comment written, answered and settled without scripts.
func TestNoticePagesLook(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s := yearSite(t)
	s.addUser("xa-dai", account.Commune, longUnit)
	s.status(longUnit, dossier.Appraisal, "province", "tham-1", "tham-2")
	s.status(testUnit, dossier.Completion, "")
	j := s.jobs(s.store, nil)
	j.Round(t.Context())
	for _, kind := range []string{NoticeCompletion, NoticeConcluded, NoticeAppealed, NoticeAssigned} {
		for _, login := range []string{"quan-ly", "xa-dai"} {
			j.notify(t.Context(), kind, "2026", longUnit, []string{login}, "Thẩm định tỉnh")
		}
	}
	talk := "/ho-so/2026/" + longUnit + "/trao-doi"
	s.noticePost(s.signIn("tham-1"), talk, comment("Đề nghị @xa-dai gửi thêm ảnh.\nCần trước thứ sáu.", "1.1.1", store.ForUnit, "k1")).want(t, 303)
	s.noticePost(s.signIn("tham-2"), talk, url.Values{fieldText: {"Bàn riêng trong tổ trước khi chấm lại."}, fieldFor: {store.ForTeam}, fieldKey: {"k2"}}).want(t, 303)
	list, err := s.store.Comments(context.Background(), "2026", longUnit)
	ok(t, err)
	told := list[slices.IndexFunc(list, func(c store.Comment) bool { return c.Audience == store.ForUnit })]
	s.noticePost(s.signIn("xa-dai"), talk+"/"+told.ID, url.Values{fieldText: {"Đã gửi thêm ba ảnh."}, "viec": {"tra-loi"}}).want(t, 303)

	at := browsertest.Serve(t, s.app)
	enter(b, at, "quan-ly", testPassword)
	for name, path := range map[string]string{
		"notices": "/thong-bao", "notices-none": "/thong-bao?q=khong+co", "deadlines": "/han?buoc=submit", "deadlines-team": "/han?buoc=province", "comments": talk,
	} {
		b.Resize(browsertest.Desktop)
		b.Visit(at + path)
		looks(t, b, name)
	}
	admin := browsertest.Open(t, browsertest.Desktop)
	enter(admin, at, "quan-tri", testPassword)
	admin.Visit(at + "/quan-tri/thu-dien-tu")
	looks(t, admin, "mail")

	unit := browsertest.Open(t, browsertest.Phone)
	enter(unit, at, "xa-dai", testPassword)
	for name, path := range map[string]string{"notices-unit": "/thong-bao", "deadlines-unit": "/han", "comments-unit": talk} {
		unit.Visit(at + path)
		looks(t, unit, name)
	}
	unit.Scripts(false)
	unit.Visit(at + talk)
	unit.Type("#loi-noi", "Xin hỏi @tham-1 về ảnh")
	unit.Click("#moi > .btn")
	unit.See(".notice.good")
	if got := s.kinds("tham-1")[NoticeMention]; got != 1 {
		t.Errorf("the appraiser was called %d times", got)
	}
	unit.Click(".thread-acts > form .btn")
	unit.See(".notice.good")
}
