package site

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"thanthien/internal/survey"
)

func TestHomeSearch(t *testing.T) {
	s := newSite(t)
	for query, want := range map[string]string{
		"dong mo": "Xã Đồng Mỏ", "  ĐỒNG   mỏ ": "Xã Đồng Mỏ", "van son": "Xã Vân Sơn", "minh hoa 07": "Phường Minh Họa 07",
	} {
		doc := s.get("/?q="+url.QueryEscape(query)).want(t, 200).page(t)
		if got := text(doc, ".list a"); got != want {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	doc := s.get("/").want(t, 200).page(t)
	if got := doc.Find(".list a").Length(); got != 10 {
		t.Errorf("%d communes, want 10", got)
	}
	if got, _ := doc.Find(".list a").First().Attr("href"); got != "/k/ks-2026/07214" {
		t.Errorf("first link %q", got)
	}
	none := s.get("/?q=khongco%3Cscript%3E").want(t, 200).page(t)
	if none.Find(".empty").Length() != 1 || none.Find("main script").Length() != 0 {
		t.Error("no empty state for a search without result")
	}
}

func TestHomePagesAndNoCampaign(t *testing.T) {
	s := newSite(t)
	c := survey.Campaign{Title: "Đợt thêm", FormID: "pks07", FormVer: 1, Units: []string{"07211", "07212"}, Opens: testNow.Add(-time.Hour), Closes: testNow.AddDate(0, 1, 0)}
	for i := range 12 {
		c.ID = "them-" + string(rune('a'+i))
		ok(t, s.store.PutCampaign(t.Context(), c))
	}
	first := s.get("/").want(t, 200).page(t)
	if got := first.Find(".list a").Length(); got != HomePage {
		t.Errorf("%d entries on the first page", got)
	}
	next, _ := first.Find(".pager a[rel=next]").Attr("href")
	if got := s.get(next).want(t, 200).page(t).Find(".list a").Length(); got != 4 {
		t.Errorf("%d entries on page %q", got, next)
	}
	s.get("/?trang=999").want(t, 200)
	s.get("/?trang=-1").want(t, 200)
	*s.now = testNow.AddDate(1, 0, 0)
	if got := text(s.get("/").want(t, 200).page(t), ".empty b"); got != "Hiện không có đợt khảo sát nào đang mở." {
		t.Errorf("empty state %q", got)
	}
}

func TestPrivacyPage(t *testing.T) {
	s := newSite(t)
	if got := text(s.get("/rieng-tu").want(t, 200).page(t), "h1"); got == "" {
		t.Error("no heading")
	}
	// It tells of the one cookie that a respondent gets.
	cookies := s.post("/k/"+testCampaign+"/"+testUnit, filled("k")).want(t, 303).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	days := cookies[0].MaxAge / (24 * 60 * 60)
	if got := s.get("/rieng-tu").want(t, 200).body; !strings.Contains(got, strconv.Itoa(days)+" ngày một cookie") {
		t.Errorf("the page does not say that a cookie stays for %d days", days)
	}
}
