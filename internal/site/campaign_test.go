package site

import (
	"fmt"
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/survey"
	"thanthien/internal/view"
)

// answers stores n responses of a group with one choice for q1.
func (s *testSite) answers(code, group, q1 string, n int) {
	s.tb.Helper()
	for i := range n {
		form := filled(fmt.Sprintf("%s-%s-%s-%d", code, group, q1, i))
		form.Set("group", group)
		form.Set("a.q1", q1)
		form.Del("a.q1a")
		form.Del("a.q1a.other")
		s.post("/k/"+testCampaign+"/"+code, form).want(s.tb, 303)
	}
}

// Live counts for everybody who may see them; small cells for the team alone.
func TestCampaignCounts(t *testing.T) {
	s := newSite(t)
	s.answers("07210", "resident", "5", 8)
	s.answers("07210", "resident", "4", 6)
	s.answers("07210", "business", "2", 2)
	s.answers("07211", "resident", "1", 3)
	team, leader := s.as(account.Appraiser), s.as(account.Leader)

	row := func(p *person, code string) []string {
		doc := p.open("/khao-sat/"+testCampaign+"?q="+code).want(t, 200).page(t)
		var cells []string
		for i := range 7 {
			cells = append(cells, text(doc, fmt.Sprintf("tbody tr td:nth-child(%d)", i+2)))
		}
		return cells
	}
	for _, c := range []struct {
		who  *person
		code string
		want string
	}{
		{team, "07210", "16 14 2 0 0 "}, {leader, "07210", "16 ẩn ẩn 0 0 "},
		{team, "07211", "3 3 0 0 0 "}, {leader, "07211", "ẩn ẩn ẩn ẩn ẩn – –"},
		{leader, "07212", "0 0 0 0 0 – –"},
	} {
		if got := strings.Join(row(c.who, c.code), " "); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s sees %q, want %q", c.code, got, c.want)
		}
	}
	// The total must not give the hidden count away: 19 less 16 is 3.
	for _, c := range []struct {
		who  *person
		want string
	}{{team, "19"}, {leader, "16"}} {
		if got := text(c.who.open("/khao-sat/"+testCampaign).want(t, 200).page(t), ".stat"); got != c.want {
			t.Errorf("total %q, want %q", got, c.want)
		}
		if got := text(c.who.open("/khao-sat").want(t, 200).page(t), "tbody td:last-child"); got != c.want {
			t.Errorf("total in the list %q, want %q", got, c.want)
		}
	}

	detail := func(p *person, code string) string {
		return text(p.open("/khao-sat/"+testCampaign+"/"+code).want(t, 200).page(t), ".question:first-of-type")
	}
	shown := p1(detail(team, "07210"))
	for _, want := range []string{"16 câu trả lời", "Rất hài lòng850,0 %", "Hài lòng637,5 %", "Không hài lòng212,5 %"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the team does not see %q in %s", want, shown)
		}
	}
	hidden := p1(detail(leader, "07210"))
	for _, want := range []string{"Rất hài lòng850,0 %", "Hài lòngẩn", "Không hài lòngẩn"} {
		if !strings.Contains(hidden, want) {
			t.Errorf("the leader does not see %q in %s", want, hidden)
		}
	}
	if few := p1(detail(leader, "07211")); strings.Contains(few, "3") || !strings.Contains(few, "ẩn") {
		t.Errorf("three answers are shown: %s", few)
	}
	doc := leader.open("/khao-sat/"+testCampaign+"/07210").want(t, 200).page(t)
	if doc.Find("[style], style, script:not([src])").Length() != 0 {
		t.Error("inline style or script")
	}
}

// p1 keeps the first question of a folded page.
func p1(s string) string {
	return strings.SplitN(s, "Điều gì làm ông/bà chưa hài lòng?", 2)[0]
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		n, total int64
		want     view.Share
	}{
		{1, 3, view.Share{Label: "x", Count: "1", Percent: "33,3 %", Bar: "33.3"}},
		{2, 3, view.Share{Label: "x", Count: "2", Percent: "66,7 %", Bar: "66.7"}},
		{1, 8, view.Share{Label: "x", Count: "1", Percent: "12,5 %", Bar: "12.5"}},
		{0, 0, view.Share{Label: "x", Count: "0", Percent: "–", Bar: "0"}},
		{survey.Hidden, 100, view.Share{Label: "x", Count: "ẩn", Hidden: true}},
	} {
		if got := share("x", c.n, c.total); got != c.want {
			t.Errorf("share(%d, %d) = %+v", c.n, c.total, got)
		}
	}
}
