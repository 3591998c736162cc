package site

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

func TestExplainLeaf(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Leader]
	s.mark(testUnit, "self",
		dossier.Change{Code: "1.2", Base: score.NewMark("numerator", "50", "denominator", "50"), Mark: score.NewMark("numerator", "2", "denominator", "3"), Note: "<b>đậm</b>"},
		dossier.Change{Code: "1.1.2", Base: score.NewMark("level", "a"), Mark: score.NotApplicable()},
		dossier.Change{Code: "2.2", Base: score.NewMark("loi", "0"), Mark: score.NewMark("loi", "9")},
	)
	for leaf, want := range map[string][]string{
		"1.1.1": {"bội số của 0,25", "5,00"},
		"1.1.2": {"Không áp dụng: không tính vào điểm", "Trung bình", "2,5"},
		"1.2":   {"100 × 2 / 3", "200/3", "66,666667", "10/3", "3,33", "đến 2 chữ số thập phân", "<b>đậm</b>"},
		"1.3":   {"Sở Nội vụ", "100 × 100 / 100"},
		"2.1":   {"5 × 1", "không dưới 0 và không quá 5"},
		"2.2":   {"max - loi", "Số lỗi", "không dưới 0, không quá 5,00"},
		"2.3":   {"Khảo sát pks07", "0/30", "chưa đủ", "Chưa đủ phiếu thì được 0 điểm."},
	} {
		a := s.get("/ho-so/2026/"+testUnit+"/giai-thich/"+leaf+"?stage=self", me).want(t, 200)
		got := text(a.page(t), "main")
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q: %s", leaf, w, got)
			}
		}
	}
}

// A survey leaf shows n, how many are needed, the index and its interval.
func TestExplainSurvey(t *testing.T) {
	s, cookies := staffSite(t)
	s.linkCampaign(40)
	doc := s.get("/ho-so/2026/"+testUnit+"/giai-thich/2.3", cookies[account.Manager]).want(t, 200).page(t)
	got := text(doc, "main")
	for _, want := range []string{"40/30", "đủ", "100,00 %", "Khoảng tin cậy", "10,00"} {
		if !strings.Contains(got, want) {
			t.Errorf("page lacks %q: %s", want, got)
		}
	}
	page := s.get(scoreURL, cookies[account.Appraiser]).want(t, 200).page(t)
	if got := text(page, "tr.leaf:contains('Khảo sát') .now"); !strings.Contains(got, "40/30 phiếu") {
		t.Errorf("scoring page says %q", got)
	}
}

// linkCampaign makes the campaign feed the period and stores n best answers of
// the first unit.
func (s *testSite) linkCampaign(n int) {
	s.tb.Helper()
	ctx := context.Background()
	c, err := s.store.Campaign(ctx, testCampaign)
	ok(s.tb, err)
	c.Period = "2026"
	ok(s.tb, s.store.PutCampaign(ctx, c))
	form, err := s.store.Form(ctx, c.FormID, c.FormVer)
	ok(s.tb, err)
	answers := map[string]any{}
	for _, q := range form.Questions() {
		if q.Kind == "scale" {
			answers[q.Code] = "5"
		} else if q.Required && len(q.Options) > 0 {
			answers[q.Code] = q.Options[0].Code
		}
	}
	checked, err := form.Check("resident", answers)
	ok(s.tb, err)
	for i := range n {
		r := &store.Response{Campaign: c.ID, Unit: testUnit, Key: s.store.ResponseKey(c.ID, testUnit, strconv.Itoa(i)), Group: "resident", Channel: "web", Seconds: 90, Answers: form.Pack(checked)}
		_, _, err := s.store.AddResponse(ctx, r)
		ok(s.tb, err)
	}
}

func TestExplainTotal(t *testing.T) {
	s, cookies := staffSite(t)
	s.mark(testUnit, "province", dossier.Change{Code: "1.2", Base: score.NewMark("numerator", "50", "denominator", "50"), Mark: score.NotApplicable()})
	doc := s.get("/ho-so/2026/"+testUnit+"/giai-thich", cookies[account.Leader]).want(t, 200).page(t)
	got := text(doc, "main")
	// 25 of 35 applicable points, rescaled to 40.
	for _, want := range []string{"25,00 × 40,00 / 35,00", "200/7", "28,57", "tổng điểm 28,57, cần 30", "Đạt 100.00 %"} {
		if !strings.Contains(strings.ReplaceAll(got, "100,00 %", "100.00 %"), want) {
			t.Errorf("page lacks %q: %s", want, got)
		}
	}
	if doc.Find("#nhom-2 a[href*='giai-thich/2.1']").Length() != 1 {
		t.Error("a leaf of group 2 is not linked")
	}
}
