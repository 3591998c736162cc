package site

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/survey"
)

// twenty is a form of 20 questions: 18 scales and two choices.
func twenty() string {
	var b bytes.Buffer
	b.WriteString("id: hai-muoi\nversion: 1\ntitle: Phiếu hai mươi câu\nrespondents: [resident, business]\nscales:\n  hl:\n")
	for i, label := range []string{"Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng"} {
		fmt.Fprintf(&b, "    - {code: %q, label: %s, value: %d}\n", fmt.Sprint(5-i), label, 100-25*i)
	}
	b.WriteString("sections:\n  - title: Câu hỏi\n    questions:\n")
	for i := 1; i <= 18; i++ {
		fmt.Fprintf(&b, "      - {code: q%d, kind: scale, scale: hl, text: Ông bà có hài lòng với việc thứ %d của ủy ban nhân dân xã phường hay không, required: true}\n", i, i)
	}
	for i := 19; i <= 20; i++ {
		fmt.Fprintf(&b, "      - {code: q%d, kind: choice, text: Ông bà chọn ý nào, options: [{code: a, label: Có}, {code: b, label: Không}]}\n", i)
	}
	return b.String()
}

// clerkTab signs a clerk in and opens a new batch in a browser.
func clerkTab(t *testing.T, s *testSite, b *browsertest.Tab, at, campaign string, single bool) {
	t.Helper()
	signInBrowser(b, at, "nhap1", testPassword)
	b.Go(at + "/khao-sat/" + campaign + "/nhap-phieu?don-vi=" + testUnit)
	looks(t, b, "paper-start")
	b.Resize(browsertest.Desktop)
	b.Type("#lo", "Thôn Đông 12/11")
	if single {
		b.Click("[name=mot-lan]")
	}
	b.Click("form.stack .btn")
	b.See(".facts")
	looks(t, b, "paper-batch")
	b.Resize(browsertest.Desktop)
	b.Click(`a[href$="lan=1"]`)
	b.See("[data-panel]")
}

// A paper form of 20 questions takes at most 25 key presses, the group and
// saving among them; they are counted by the page itself.
func TestPaperKeys(t *testing.T) {
	t.Parallel()
	const most = 25
	s := newSite(t)
	s.addUser("nhap1", account.Manager, "")
	form := s.putYAMLForm(twenty())
	c := survey.Campaign{ID: "hai-muoi", Title: "Đợt hai mươi câu", FormID: form.ID, FormVer: 1, Units: []string{testUnit}, Opens: testNow.AddDate(0, 0, -1), Closes: testNow.AddDate(0, 0, 9)}
	ok(t, s.store.PutCampaign(t.Context(), c))
	b := browsertest.Open(t, browsertest.Desktop)
	clerkTab(t, s, b, browsertest.Serve(t, s.app), c.ID, true)
	if got := browsertest.Eval[bool](b, `(() => { const r = document.querySelector("[data-send]").getBoundingClientRect(); return r.bottom <= innerHeight && document.querySelector("[data-panel]").getBoundingClientRect().bottom <= innerHeight })()`); !got {
		t.Error("a form of 20 questions does not fit one screen of 1366×768")
	}
	_ = browsertest.Eval[int](b, `window.presses = 0, addEventListener("keydown", () => presses++, true), 0`)
	for range 2 { // two forms, one after the other, without a mouse
		b.Do(chromedp.KeyEvent("1" + strings.Repeat("4", 18) + "12\r"))
	}
	b.Wait(`document.querySelector("[data-count]").textContent.includes("2")`)
	if got := browsertest.Eval[int](b, `window.presses`); got > 2*most {
		t.Errorf("two forms took %d key presses, want at most %d", got, 2*most)
	} else {
		t.Logf("%d key presses a form", got/2)
	}
	list := 0
	for r, err := range s.store.Responses(t.Context(), c.ID) {
		ok(t, err)
		answers, err := form.Unpack(r.Answers)
		ok(t, err)
		if v := form.Values(answers); v["q1"] != "4" || v["q18"] != "4" || v["q19"] != "a" || v["q20"] != "b" || r.Group != "resident" {
			t.Errorf("stored %s %v", r.Group, v)
		}
		list++
	}
	if list != 2 {
		t.Fatalf("%d stored, want 2", list)
	}
	b.Do(chromedp.KeyEvent("1" + strings.Repeat("5", 6)))
	b.Shot("paper-keys-1366")
	b.Do(chromedp.Reload()) // what is unfinished stays
	b.Wait(`document.querySelector('[name="a.q6"][value="5"]').checked`)
	b.Do(chromedp.KeyEvent("\b" + "3")) // back, and another answer
	b.Wait(`document.querySelector('[name="a.q6"][value="3"]').checked`)
	looks(t, b, "paper-entry")
}

func TestPaperKindsInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addUser("nhap1", account.Manager, "")
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	clerkTab(t, s, b, at, testCampaign, true)
	// group, q1 = 2 asks q1a: two options and other with its text
	b.Do(chromedp.KeyEvent("12" + "13" + "6"))
	b.Wait(`document.activeElement.className == "pk-other"`)
	b.Do(chromedp.KeyEvent("Chỗ gửi xe xa\r"))
	b.Wait(`document.querySelector(".now").id == "a.q2"`)
	looks(t, b, "paper-kinds")
	b.Resize(browsertest.Desktop)
	for range 60 { // nothing more on this paper
		if browsertest.Eval[string](b, `document.querySelector(".now").dataset.pk`) == "save" {
			break
		}
		b.Do(chromedp.KeyEvent(map[bool]string{true: "\r", false: " "}[browsertest.Eval[string](b, `document.querySelector(".now").dataset.pk`) != "one"]))
	}
	b.Do(chromedp.KeyEvent("\r\r"))
	b.Wait(`document.querySelector("[data-count]").textContent.includes("1")`)
	list := s.stored()
	if len(list) != 1 {
		t.Fatalf("%d stored, want 1", len(list))
	}
	form, err := s.store.Form(t.Context(), "pks07", 1)
	ok(t, err)
	answers, err := form.Unpack(list[0].Answers)
	ok(t, err)
	if v := form.Values(answers); v["q1"] != "2" || v["q1a.other"] != "Chỗ gửi xe xa" || fmt.Sprint(v["q1a"]) != "[a c other]" {
		t.Errorf("stored %v", v)
	}
	for _, page := range []string{"phieu-giay", "nhap-excel"} {
		b.Go(at + "/khao-sat/" + testCampaign + "/" + page)
		looks(t, b, "paper-"+page)
	}
}
