package site

import (
	"net/url"
	"strings"
	"testing"

	"thanthien/internal/account"
)

// Used invitations are drawn by a seed, asked again, and summed.
func TestRecheck(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	at := "/khao-sat/" + testCampaign + "/phuc-tra"
	m.submit(at, "so", "1", "hat-giong", "abc").want(t, 422) // nothing was used yet
	used := 0
	for line := range strings.Lines(invite(t, m).Find("textarea").Text()) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		if len(part) != 5 || part[1] != "resident" || part[0] != "07210" && part[0] != "07211" {
			continue
		}
		form := filled("key-" + part[4])
		form.Set("group", "resident")
		form.Set("token", part[4])
		form.Set("t", part[4])
		s.post("/k/"+testCampaign+"/"+part[0]+"?"+url.Values{"t": {part[4]}}.Encode(), form).want(t, 303)
		used++
	}
	if used != 4 {
		t.Fatalf("%d used", used)
	}
	m.submit(at, "so", "1", "phan-tram", "10", "hat-giong", "abc").want(t, 422)
	m.submit(at, "so", "1", "hat-giong", "").want(t, 422)
	r := m.submit(at, "so", "1", "hat-giong", "abc").want(t, 303)
	m.submit(at, "so", "1", "hat-giong", "abc").want(t, 303) // a second click is the same draw
	doc := m.open(r.Header.Get("Location")).want(t, 200).page(t)
	if n := doc.Find("form select").Length(); n != 2 {
		t.Fatalf("%d drawn, want one of each of two units", n)
	}
	draws, err := s.store.Rechecks(t.Context(), testCampaign)
	ok(t, err)
	if len(draws) != 1 || draws[0].Seed != "abc" || draws[0].Pools["07210"] != 2 {
		t.Fatalf("%+v", draws)
	}
	first, _ := doc.Find("form select").First().Attr("name")
	m.submit(at+"/1", "phien-ban", "1", first, "ai-biet").want(t, 400)
	m.submit(at+"/1", "phien-ban", "1", first, "confirmed").want(t, 303)
	m.submit(at+"/1", "phien-ban", "1", first, "denied").want(t, 412)
	if got := text(m.open(at+"/1").want(t, 200).page(t), "tfoot"); strings.ReplaceAll(got, " ", "") != "Tấtcảđơnvị421100100,0%" {
		t.Errorf("the sum reads %q", got) // 2 drawn of 4; met 1, confirmed 1
	}
	m.open(at+"/1/bang.xlsx").want(t, 200)
	m.open(at+"/9").want(t, 404)
}
