package site

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"thanthien/internal/browsertest"
	"thanthien/internal/survey"
)

// answersOnPage counts what is chosen or typed into the open form.
const answersOnPage = `Array.from(document.querySelectorAll("form[data-draft] :is(input, textarea)")).filter((e) => e.type !== "hidden" && (e.type === "radio" || e.type === "checkbox" ? e.checked : e.value)).length`

// unkept makes the browser load the open page anew when somebody goes back to it,
// filled in as it was left: phones with little memory always do.
const unkept = `(() => { addEventListener("unload", () => {}); return 1; })()`

// TestSurveyBackInBrowser sends a form that was also opened in another language:
// the next person who goes back on the same phone finds it empty, though browsers
// show a form again as it was left.
func TestSurveyBackInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.speakEnglish()
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + longURL)
	fillShort(b, "4")
	browsertest.Eval[int](b, unkept)
	b.Press("a[hreflang=en]")
	b.Wait(`location.search === "?lang=en" && !document.querySelector("[data-restored]").hidden`)
	b.Click("#consent")
	b.Click("[data-go]")
	b.Click("[data-go]")
	b.Click("[data-go]")
	b.Click("[data-send]")
	b.See(".receipt")
	b.Do(chromedp.NavigateBack())
	if n := browsertest.Eval[int](b, answersOnPage); n != 0 {
		t.Errorf("the next person finds %d answers of the one before", n)
	}
	if left := browsertest.Eval[string](b, `JSON.stringify(Object.keys(localStorage))`); left != "[]" {
		t.Errorf("the device keeps %s", left)
	}
}

// TestKioskLooksInBrowser asks for larger letters in the middle of a kiosk's form:
// the answers are still there, the consent is asked anew. Whoever goes back on
// the device, or changes the look after the form was sent, finds nothing.
func TestKioskLooksInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.speakEnglish()
	ok(t, s.store.SetKioskPIN(t.Context(), testCampaign, longUnit, testPIN, "quanly"))
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	b.Go(at + "/kiosk?don-vi=" + longUnit)
	b.Type("#pin", testPIN)
	b.Click("form[method=post] button")
	b.See("[data-answering]")
	fillShort(b, "2")
	browsertest.Eval[int](b, unkept)
	b.Press("a[data-size]")
	b.Wait(`location.search === "?chu=lon" && document.querySelector('[name="a.q1"][value="2"]').checked`)
	if browsertest.Eval[bool](b, `document.querySelector("#consent").checked`) {
		t.Error("the consent is ticked already")
	}
	if left := browsertest.Eval[int](b, `sessionStorage.length`); left != 0 {
		t.Errorf("the tab keeps %d things", left)
	}
	b.Click("#consent")
	b.Click("[data-go]")
	b.Click("[data-go]")
	b.Click("[data-go]")
	b.Click("[data-send]")
	b.Wait(`!document.querySelector("[data-thanks-panel]").hidden`)
	browsertest.Eval[int](b, unkept)
	b.Press("a[hreflang=en]")
	b.Wait(`location.search.includes("lang=en") && document.querySelector("[data-thanks-panel]").hidden`)
	if n := browsertest.Eval[int](b, answersOnPage); n != 0 {
		t.Errorf("after the thanks %d answers are carried on", n)
	}
	b.Do(chromedp.NavigateBack(), chromedp.NavigateBack())
	if n := browsertest.Eval[int](b, answersOnPage); n != 0 {
		t.Errorf("the next person finds %d answers of the one before", n)
	}
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// TestKioskClockInBrowser sets the clock of a kiosk back while somebody's answers
// are on it: it still starts again when nobody is there, and tells the server no
// wrong time.
func TestKioskClockInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ok(t, s.store.SetKioskPIN(t.Context(), testCampaign, longUnit, testPIN, "quanly"))
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	b.Go(at + "/kiosk?don-vi=" + longUnit)
	b.Type("#pin", testPIN)
	b.Click("form[method=post] button")
	b.See("[data-answering]")
	fillShort(b, "2")
	browsertest.Eval[string](b, `(() => { const was = Date.now; Date.now = () => was() - 3600e3; return Object.assign(document.querySelector("form[data-idle]").dataset, {idle: "1", warning: "1"}).idle; })()`)
	b.Wait(`!document.querySelector("[name=group]:checked")`)
	browsertest.Eval[string](b, `Object.assign(document.querySelector("form[data-idle]").dataset, {idle: "40", warning: "20", thanks: "5"}).idle`)
	fillShort(b, "3")
	b.Click("[data-send]")
	b.Wait(`!document.querySelector("[data-thanks-panel]").hidden`)
	b.Wait(`document.querySelector("[data-thanks-panel]").hidden`)
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// followUp is a form with what a browser can check before it sends: a number with
// limits, and a question that has to be answered where it is shown.
const followUp = `
id: hoi-them
version: 1
title: Phiếu
respondents: [resident]
consent: Xin đồng ý.
sections:
  - title: Phần
    questions:
      - {code: n1, kind: number, min: 0, max: 120, text: Số người}
      - {code: c1, kind: choice, text: Chọn, required: true, options: [{code: a, label: A}, {code: b, label: B}]}
      - {code: c2, kind: choice, text: Vì sao, required: true, show_if: {question: c1, in: [b]}, options: [{code: x, label: X}, {code: y, label: Y}]}
`

// TestKioskChecksInBrowser answers on a kiosk without network: what the server
// would refuse is told while the person is still there.
func TestKioskChecksInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := s.putYAMLForm(followUp)
	ok(t, s.store.PutCampaign(t.Context(), survey.Campaign{
		ID: form.ID, Title: "Đợt", FormID: form.ID, FormVer: 1, Units: []string{testUnit}, Opens: testNow.Add(-time.Hour), Closes: testNow.Add(time.Hour),
	}))
	ok(t, s.store.SetKioskPIN(t.Context(), form.ID, testUnit, testPIN, "quanly"))
	b := browsertest.Open(t, browsertest.Phone)
	b.Go(browsertest.Serve(t, s.app) + "/kiosk?dot=" + form.ID + "&don-vi=" + testUnit)
	b.Type("#pin", testPIN)
	b.Click("form[method=post] button")
	b.See("[data-answering]")
	b.Offline(true)
	b.Click("#consent")
	b.Click("[data-go]")
	b.Type("input[name='a.n1']", "150")
	pick(b, "c1", "b")
	b.Click("[data-send]")
	b.Wait(`document.querySelectorAll(".field-error").length === 2`)
	if got := browsertest.Eval[string](b, `Array.from(document.querySelectorAll(".field-error"), (e) => e.closest("[data-q]").querySelector("[name]").name).join(" ")`); got != "a.n1 a.c2" {
		t.Errorf("told of %s", got)
	}
	if n := browsertest.Eval[int](b, `document.querySelectorAll("[data-q]:not([hidden]) .req").length`); n != 3 { // the consent, c1, c2
		t.Errorf("%d answers are marked as needed, want 3", n)
	}
	browsertest.Eval[string](b, `document.querySelector("[name='a.n1']").value = "12,5"`)
	pick(b, "c2", "x")
	b.Click("[data-send]")
	b.Wait(`document.querySelector("[data-unsent]").textContent.startsWith("1 ")`)
	b.Offline(false)
	b.Wait(`document.querySelector("[data-unsent]").textContent === ""`)
	n := 0
	for _, err := range s.store.Responses(t.Context(), form.ID) {
		ok(t, err)
		n++
	}
	if n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}
