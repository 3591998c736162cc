package site

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
)

// Everybody sees a published period with its decisions, nobody one that is not;
// what was revoked is no longer counted, and both figures are told.
func TestPublicResults(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	lockAndSign(t, people)
	m.submitAll(decideURL, paper("15/QĐ", "viec", "cong-nhan", "buoc", "ghi", "unit", testUnit)...).want(t, 303)
	for _, path := range []string{"/ket-qua/2026", "/ket-qua/2026.json", "/ket-qua/2026.csv", "/ket-qua/khong-co"} {
		s.get(path).want(t, 404)
		m.open(path).want(t, 404)
	}
	if got := text(s.get("/ket-qua").want(t, 200).page(t), "main"); !strings.Contains(got, "Chưa có kết quả nào") {
		t.Errorf("no period is published, the page says %s", got)
	}
	m.toState("cong-bo").want(t, 303)
	page := s.get("/ket-qua/2026").want(t, 200)
	if got := text(page.page(t), "main"); !strings.Contains(got, "Hiện có 1 trên 10 đơn vị được công nhận") || !strings.Contains(got, "Quyết định công nhận số 15/QĐ ngày 10/11/2026, có giá trị đến 09/11/2027") {
		t.Errorf("published: %s", got)
	}
	m.submitAll(decideURL+"/"+testUnit+"/thu-hoi", paper("16/QĐ", "reason", "lý do kín")...).want(t, 303)
	page = s.get("/ket-qua/2026?q=minh+hoa+07").want(t, 200)
	got := text(page.page(t), "main")
	for _, want := range []string{"Hiện có 0 trên 10 đơn vị được công nhận", "Đã công nhận 1 đơn vị, trong đó đã thu hồi 1", "đã thu hồi công nhận", "Thu hồi theo quyết định số 16/QĐ ngày 10/11/2026"} {
		if !strings.Contains(got, want) {
			t.Errorf("revoked, the page lacks %q: %s", want, got)
		}
	}
	data := s.get("/ket-qua/2026.json").want(t, 200)
	table := s.get("/ket-qua/2026.csv").want(t, 200)
	if !strings.Contains(data.body, `"status":"revoked"`) || !strings.Contains(data.body, s.thePeriod().Checksum) || !strings.Contains(table.body, ",revoked,15/QĐ,2026-11-10,2027-11-09,16/QĐ,2026-11-10") {
		t.Errorf("open data:\n%s\n%s", data.body, table.body)
	}
	for _, body := range []string{page.body, data.body, table.body, s.get("/ket-qua/2026").body} {
		for _, secret := range []string{"td1", "lý do kín", "user-"} {
			if strings.Contains(body, secret) {
				t.Errorf("%q is told to everybody", secret)
			}
		}
	}
	if strings.Contains(data.body, `"band"`) || strings.Contains(text(s.get("/ket-qua/2026").page(t), "tbody"), "Đạt chuẩn") {
		t.Errorf("a band is told though no recognition stands: %s", data.body)
	}
	if strings.Count(data.body, `"status":"none"`) != 7 || strings.Contains(data.body, `"status":"none","total"`) {
		t.Errorf("units without a result: %s", data.body)
	}
}

// The public ranking says recognised of a unit whose recognition stands, of no
// other, and tells nothing of a unit that is not concluded. Staff see the score.
func TestPublicRanking(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	best, err := s.store.Dossier(t.Context(), "2026", testUnit)
	ok(t, err)
	like := func(unit string, status dossier.Status) {
		s.changeUnit(unit, func(d *dossier.Dossier) {
			d.Status, d.Stage, d.Teams, d.Sheets, d.Entries = status, best.Stage, best.Teams, best.Sheets, slices.Clone(best.Entries)
		})
	}
	like("07213", dossier.Appraisal) // as good, and never concluded
	like("07212", dossier.NotProposed)
	s.changeUnit("07212", func(d *dossier.Dossier) {
		for i := range d.Entries {
			if e := &d.Entries[i]; e.Stage == "province" && e.Mark.Get("points") != "" {
				e.Mark = score.NewMark("points", "0")
			}
		}
	})
	lockAndSign(t, people)
	m.submitAll(decideURL, paper("15/QĐ", "viec", "cong-nhan", "buoc", "ghi", "unit", testUnit)...).want(t, 303)
	m.toState("cong-bo").want(t, 303)
	type ranking struct {
		Units []struct {
			Unit, Total string
			Recognised  bool
			Band        *string
			Rank        int
		}
		Target struct{ Recognised int }
	}
	read := func(r answer) (recognised, told, target int) {
		t.Helper()
		var got ranking
		if err := json.Unmarshal([]byte(r.want(t, 200).body), &got); err != nil {
			t.Fatal(err)
		}
		for i, u := range got.Units {
			if u.Rank != 0 && u.Rank != i+1 {
				t.Errorf("unit %s stands at %d with rank %d: somebody untold is between", u.Unit, i+1, u.Rank)
			}
			if u.Recognised != (u.Band != nil) {
				t.Errorf("unit %+v", u)
			}
			if u.Recognised {
				recognised++
			}
			if u.Total != "0.00" {
				told++
			}
		}
		return recognised, told, got.Target.Recognised
	}
	l := people[account.Leader]
	if got := text(l.open("/lanh-dao?ky=2026").want(t, 200).page(t), "main"); !strings.Contains(got, "Theo quyết định: Hiện có 1 trên 10 đơn vị được công nhận.") {
		t.Errorf("decided, the leader reads %s", got)
	}
	const path = "/api/v1/periods/2026/ranking"
	if a, b, c := read(s.get(path)); a != 1 || b != 3 || c != 1 {
		t.Errorf("recognised %d, told %d, target %d; want 1, 3, 1", a, b, c)
	}
	m.submitAll(decideURL+"/"+testUnit+"/thu-hoi", paper("16/QĐ", "reason", "lý do")...).want(t, 303)
	if a, b, c := read(s.get(path)); a != 0 || b != 3 || c != 0 {
		t.Errorf("revoked: recognised %d, told %d, target %d; want 0, 3, 0", a, b, c)
	}
	if got := text(l.open("/lanh-dao?ky=2026").want(t, 200).page(t), "main"); !strings.Contains(got, "Hiện có 0 trên 10 đơn vị được công nhận. Đã công nhận 1 đơn vị, trong đó đã thu hồi 1.") {
		t.Errorf("revoked, the leader reads %s", got)
	}
	for page, want := range map[string]string{"/lanh-dao?ky=2026": "Phường Minh Họa 07 đã thu hồi", "/bao-cao/xep-hang?ky=2026": "đã thu hồi công nhận"} {
		if got := text(l.open(page).want(t, 200).page(t), "main"); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q: %s", page, want, got)
		}
	}
	if got := m.open(path).want(t, 200).body; !strings.Contains(got, `"recognised":true`) {
		t.Errorf("staff see %s", got)
	}
}
