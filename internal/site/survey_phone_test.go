package site

import (
	"strings"
	"testing"

	"thanthien/internal/account"
)

// TestSurveyPhone prints where to ask wherever the sample forms' consent says that
// it is printed: on the sheet with the QR code, on the paper form, and beside the
// consent itself. A province that has not given it leaves room to write it.
func TestSurveyPhone(t *testing.T) {
	s := newSite(t)
	form, err := s.store.Form(t.Context(), "pks07", 1)
	ok(t, err)
	if !strings.Contains(form.Consent, "số điện thoại ghi trên tờ mã QR và trên phiếu giấy") {
		t.Fatal("the consent promises no telephone number")
	}
	m := s.as(account.Manager)
	poster, paper := "/k/"+testCampaign+"/"+testUnit+"/poster", "/khao-sat/"+testCampaign+"/phieu-giay"
	for path, room := range map[string]string{poster: "footer .poster-blank", poster + "?moi-phieu=1": "footer .poster-blank", paper: ".pp-consent .blank"} {
		if n := m.open(path).want(t, 200).page(t).Find(room).Length(); n != 1 {
			t.Errorf("%s: %d places to write the number", path, n)
		}
	}
	survey := "/k/" + testCampaign + "/" + testUnit
	if strings.Contains(s.get(survey).want(t, 200).body, "Điện thoại hỏi thêm") {
		t.Error("the survey names a number that nobody gave")
	}
	version := m.open("/quan-tri/tinh").want(t, 200).page(t).Find("input[name=phien-ban]").AttrOr("value", "")
	m.submit("/quan-tri/tinh", "province", "Tỉnh Minh Họa", "agency", "SỞ NỘI VỤ", "place", "Minh Họa", "phone", "0200 123 456", "phien-ban", version).want(t, 303)
	for _, path := range []string{poster, poster + "?moi-phieu=1", paper, survey} {
		if got := m.open(path).want(t, 200).body; !strings.Contains(strings.NewReplacer("<b>", "", "</b>", "").Replace(got), "Điện thoại hỏi thêm: 0200 123 456") {
			t.Errorf("%s does not say where to ask", path)
		}
	}
	if got := s.get(survey+"?lang=en").want(t, 200).body; strings.Contains(got, "%!") {
		t.Error("a sentence is broken in English")
	}
}
