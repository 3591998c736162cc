package site

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/unit"
)

const decideURL = "/quan-tri/ky/2026/quyet-dinh"

// paper is a decision as its form sends it.
func paper(number string, more ...string) []string {
	return append([]string{"number", number, "day", "2026-11-10", "signer", "Trần Văn Chủ Tịch", "until", "2027-11-09"}, more...)
}

// Recognition needs the signature and the result; a decision is recorded for
// all of its units or for none, and once.
func TestRecognise(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	recognise := func(number string, units ...string) answer {
		form := paper(number, "viec", "cong-nhan", "buoc", "ghi")
		for _, u := range units {
			form = append(form, "unit", u)
		}
		return m.submitAll(decideURL, form...)
	}
	if got := recognise("1/QĐ", testUnit).want(t, 409).body; !strings.Contains(got, "đang mở") {
		t.Error("nothing says that the period is open")
	}
	m.toState("khoa").want(t, 303)
	if got := recognise("1/QĐ", testUnit).want(t, 422).body; !strings.Contains(got, "chưa ký xác nhận") {
		t.Error("nothing says that the signature is missing")
	}
	people[account.Leader].submit(lockURL+"/ky", "ma-kiem", s.thePeriod().Checksum, "mat-khau", testPassword).want(t, 303)
	doc := m.open(decideURL).want(t, 200).page(t)
	if got := doc.Find("input[name=unit]:checked").AttrOr("value", ""); got != testUnit {
		t.Errorf("chosen at first: %q", got)
	}
	if got := doc.Find("#until").AttrOr("value", ""); got != "2027-11-09" {
		t.Errorf("valid until %q by default", got)
	}
	if got := recognise("", testUnit).want(t, 422); !strings.Contains(got.body, "Số quyết định phải có") {
		t.Error("a decision without number was taken")
	}
	both := recognise("1/QĐ", testUnit, "07211").want(t, 422).page(t)
	if got := text(both, "main"); !strings.Contains(got, "Chưa ghi gì") || !strings.Contains(got, "chưa đạt yêu cầu công nhận") || s.unitStatus(testUnit) != dossier.Proposed {
		t.Errorf("one of two refused: %s, status %s", got, s.unitStatus(testUnit))
	}
	preview := m.submitAll(decideURL, paper("1/QĐ", "viec", "cong-nhan", "unit", testUnit)...).want(t, 200).page(t)
	if got := text(preview, "main form button"); got != "Ghi quyết định cho 1 đơn vị" || s.unitStatus(testUnit) != dossier.Proposed {
		t.Errorf("the preview has %q, status %s", got, s.unitStatus(testUnit))
	}
	for range 2 { // a double click
		recognise("1/QĐ", testUnit).want(t, 303)
	}
	d, err := s.store.Dossier(t.Context(), "2026", testUnit)
	ok(t, err)
	if d.Status != dossier.Recognised || d.Recognition.Band == "" || d.Recognition.Total != "30.00" || d.Recognition.Until != "2027-11-09" {
		t.Errorf("recognised as %s %+v", d.Status, d.Recognition)
	}
	if got := s.movesOf(testUnit, "recognise"); got != 1 {
		t.Errorf("%d events of the recognition", got)
	}
	recognise("2/QĐ", testUnit).want(t, 409)
	refusal := text(m.submitAll(decideURL, "viec", "khong-cong-nhan", "unit", "07211", "unit", "07212").want(t, 200).page(t), "main")
	if !strings.Contains(refusal, "1 đơn vị trong số này đang được đề nghị công nhận") || !strings.Contains(refusal, "Ghi nhầm thì bỏ được") {
		t.Errorf("refusing a unit that is proposed: %s", refusal)
	}
	m.submitAll(decideURL, "viec", "khong-cong-nhan", "buoc", "ghi", "unit", "07211", "unit", "07212").want(t, 303)
	if s.unitStatus("07211") != dossier.NotRecognised || s.unitStatus("07212") != dossier.NotRecognised {
		t.Error("the rest is not refused")
	}
	// One of them by mistake: it waits again as it was concluded.
	recall := "/ho-so/2026/07211/viec/recall"
	s.addUser("xa-07211", account.Commune, "07211")
	m.submit(recall, "ly-do", "").want(t, 422)
	m.submit(recall, "ly-do", "Chọn nhầm đơn vị").want(t, 303)
	if d, err := s.store.Dossier(t.Context(), "2026", "07211"); err != nil || d.Status != dossier.Proposed || d.Recognition.By != "" {
		t.Errorf("recalled: %s, %+v, %v", d.Status, d.Recognition, err)
	}
	if got := s.kinds("xa-07211")[NoticeRecalled]; got != 1 {
		t.Errorf("%d notices of the recall", got)
	}
	m.submitAll(decideURL, "viec", "khong-cong-nhan", "buoc", "ghi", "unit", "07211").want(t, 303)
	if s.unitStatus("07211") != dossier.NotRecognised || s.movesOf("07211", "refuse") != 2 || s.movesOf("07211", "recall") != 1 {
		t.Error("after a recall no decision can be recorded, or the first one is gone from the history")
	}
}

// submitAll is submit where every value of a name counts.
func (p *person) submitAll(target string, pairs ...string) answer {
	p.tb.Helper()
	form := map[string][]string{"_csrf": {p.csrf}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form[pairs[i]] = append(form[pairs[i]], pairs[i+1])
	}
	return p.post(target, form, p.cookie)
}

// movesOf counts the events of an act on a unit.
func (s *testSite) movesOf(unit, act string) (n int) {
	s.tb.Helper()
	events, err := s.store.History(s.tb.Context(), "dossiers/2026/"+unit)
	ok(s.tb, err)
	for _, e := range events {
		for _, d := range e.Detail {
			if d.Field == "act" && d.After == act {
				n++
			}
		}
	}
	return n
}

// A recognition is carried over to a unit that was made from this one, and
// revoked with a reason; the register and the public page tell of it.
func TestRevokeAndCarryOver(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	_, _, err := s.store.PutUnits(t.Context(), []unit.Unit{{Code: "07299", Name: "Phường Hợp Nhất", Level: unit.Commune, Parent: "27", Predecessors: []string{testUnit, "07211"}}})
	ok(t, err)
	lockAndSign(t, people)
	one := decideURL + "/" + testUnit
	m.submitAll(one+"/thu-hoi", paper("9/QĐ", "reason", "chưa có gì")...).want(t, 409)
	m.submitAll(decideURL, paper("1/QĐ", "viec", "cong-nhan", "buoc", "ghi", "unit", testUnit)...).want(t, 303)
	m.submitAll(one+"/chuyen-tiep", paper("2/QĐ", "to", "07212")...).want(t, 422)
	for range 2 {
		m.submitAll(one+"/chuyen-tiep", paper("2/QĐ", "to", "07299")...).want(t, 303)
	}
	if got := s.movesOf(testUnit, "carry-over"); got != 1 {
		t.Errorf("carried over %d times", got)
	}
	if got := text(m.open("/quan-tri/cong-nhan?q=hop+nhat").want(t, 200).page(t), "tbody"); !strings.Contains(got, "Phường Hợp Nhất") || !strings.Contains(got, "chuyển tiếp từ Phường Minh Họa 07") {
		t.Errorf("the register: %s", got)
	}
	m.toState("cong-bo").want(t, 303)
	bad := m.submitAll(one+"/thu-hoi", paper("3/QĐ", "reason", "")...).want(t, 422)
	if got := bad.page(t).Find("#number").First().AttrOr("value", ""); got != "3/QĐ" {
		t.Errorf("the form came back with number %q", got)
	}
	for range 2 {
		m.submitAll(one+"/thu-hoi", paper("3/QĐ", "reason", "gian dối hồ sơ")...).want(t, 303)
	}
	if s.unitStatus(testUnit) != dossier.Revoked || s.movesOf(testUnit, "revoke") != 1 {
		t.Errorf("status %s, %d events", s.unitStatus(testUnit), s.movesOf(testUnit, "revoke"))
	}
	if got := text(m.open("/quan-tri/cong-nhan?tinh-trang=da-thu-hoi").want(t, 200).page(t), "tbody"); strings.Count(got, "thu hồi theo quyết định số 3/QĐ") != 2 {
		t.Errorf("revoked, the register has: %s", got)
	}
	m.submitAll(one+"/chuyen-tiep", paper("4/QĐ", "to", "07299")...).want(t, 409)
}

// The API records a decision for all units or none, names each that is
// refused, and may be called again.
func TestRecogniseAPI(t *testing.T) {
	s, people := lockSite(t)
	lockAndSign(t, people)
	doc := documentOf(t, s)
	call := func(p *person, body string) answer {
		t.Helper()
		r := httptest.NewRequest("POST", "/api/v1/periods/2026/recognitions", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-CSRF-Token", p.csrf)
		return s.send(r, p.cookie)
	}
	m := people[account.Manager]
	body := func(units string) string {
		return `{"decision": {"number": "7/QĐ", "day": "2026-11-09", "signer": "A"}, "units": [` + units + `]}`
	}
	refused := call(m, body(`"`+testUnit+`", "07211", "07213"`)).want(t, 409)
	if !strings.Contains(refused.body, `"field":"07211"`) || !strings.Contains(refused.body, `"field":"07213"`) || s.unitStatus(testUnit) != dossier.Proposed {
		t.Errorf("refused with %s", refused.body)
	}
	call(m, body(`"07211"`)).want(t, 422)
	call(m, `{`).want(t, 400)
	call(people[account.Leader], body(`"`+testUnit+`"`)).want(t, 403)
	for range 2 {
		got := call(m, body(`"`+testUnit+`"`)).want(t, 200)
		var v any
		ok(t, json.Unmarshal([]byte(got.body), &v))
		if faults := doc.faults(schema{"$ref": "#/components/schemas/Recognised"}, v, "answer"); len(faults) > 0 {
			t.Errorf("not as described: %v", faults)
		}
	}
	list := s.get("/api/v1/periods/2026/recognitions", people[account.Leader].cookie).want(t, 200)
	var v any
	ok(t, json.Unmarshal([]byte(list.body), &v))
	if faults := doc.faults(schema{"$ref": "#/components/schemas/Recognitions"}, v, "answer"); len(faults) > 0 || !strings.Contains(list.body, `"until":"2027-11-08"`) {
		t.Errorf("not as described: %v, %s", faults, list.body)
	}
	people[account.Commune].open("/api/v1/periods/2026/recognitions").want(t, 403)
}

// From a dossier the manager is led to where it is decided, with that unit
// chosen and no other.
func TestDossierLeadsToDecision(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	m.toState("khoa").want(t, 303)
	s.changeUnit("07211", func(d *dossier.Dossier) { d.Status = dossier.Proposed })
	page := m.open("/ho-so/2026/07211").want(t, 200).page(t)
	if got := text(page, "main"); strings.Contains(got, "chưa phải làm gì") {
		t.Errorf("the manager has nothing to do: %s", got)
	}
	to := page.Find(".links a:contains('Công nhận')").First().AttrOr("href", "")
	chosen := m.open(to).want(t, 200).page(t).Find("[name=unit][checked]")
	if chosen.Length() != 1 || chosen.AttrOr("value", "") != "07211" {
		t.Errorf("%s: %d chosen, the first %q", to, chosen.Length(), chosen.AttrOr("value", ""))
	}
}
