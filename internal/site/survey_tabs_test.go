package site

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"thanthien/internal/browsertest"
)

// fillShort answers the first question in an open survey page and sends it.
func fillShort(b *browsertest.Tab, code string) {
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-go]")
	pick(b, "q1", code)
	b.Click("[data-go]")
	b.Click("[data-go]")
}

const keyOnPage = `document.querySelector("[name=key]").value`

// TestSurveyTabsInBrowser has two tabs share one draft: the first to send takes
// its key along, what the other sends then is another response. The back button
// behind the receipt leads past the form, and nothing of the answers stays on
// the device.
func TestSurveyTabsInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + longURL)
	fillShort(b, "4")
	other := b.Another(browsertest.Phone)
	other.Go(at + longURL)
	other.Wait(`document.querySelector('[name="a.q1"][value="4"]').checked`)
	key := browsertest.Eval[string](b, keyOnPage)
	if got := browsertest.Eval[string](other, keyOnPage); got != key {
		t.Errorf("the tabs share a draft and not its key: %s and %s", got, key)
	}
	b.Do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelector("[data-send]"); s.click(); s.click(); })()`)) // a double click
	b.See(".receipt")
	if n := len(s.stored()); n != 1 {
		t.Fatalf("%d stored after a double click", n)
	}
	first := b.Text(".receipt")
	other.Click("input[name=group][value=business]")
	other.Click("#consent")
	other.Click("[data-go]")
	pick(other, "q1", "2")
	other.Click("[data-go]")
	other.Click("[data-go]")
	other.Click("[data-send]")
	other.See(".receipt")
	if got := other.Text(".receipt"); got == first || len(s.stored()) != 2 {
		t.Errorf("the other tab's answers got the receipt %s, as %s; %d stored", got, first, len(s.stored()))
	}
	b.Go(at + longURL)
	fillShort(b, "5")
	pages := browsertest.Eval[int](b, `history.length`)
	b.Click("[data-send]")
	b.See(".receipt")
	if got := browsertest.Eval[int](b, `history.length`); got != pages {
		t.Error("the back button leads from the receipt to the form that was sent")
	}
	b.Go(at + longURL)
	if browsertest.Eval[bool](b, `document.querySelector("[name='a.q1']:checked") !== null`) {
		t.Error("the next person finds the answers of the one before")
	}
	fillShort(b, "3")
	b.Click("[data-send]")
	b.See(".receipt")
	if n := len(s.stored()); n != 4 {
		t.Errorf("%d stored from one device, want 4", n)
	}
	if left := browsertest.Eval[string](b, `JSON.stringify(Object.keys(localStorage))`); left != "[]" {
		t.Errorf("the device keeps %s", left)
	}
}

// TestSurveyChangedInBrowser opens a form with answers to another version of it
// on the device: they are dropped, and the page says so.
func TestSurveyChangedInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + longURL)
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-go]")
	pick(b, "q1", "4")
	browsertest.Eval[int](b, `(() => { const k = Object.keys(localStorage)[0], d = JSON.parse(localStorage[k]); d.form = "pks07@0"; localStorage[k] = JSON.stringify(d); return 1; })()`)
	b.Do(chromedp.Reload())
	b.Wait(`!document.querySelector("[data-changed]").hidden`)
	if browsertest.Eval[bool](b, `localStorage.length > 0 || document.querySelector("[name='a.q1']:checked") !== null`) {
		t.Error("answers to the former version are still there")
	}
	looks(t, b, "survey-changed")
}

// TestSurveyReadAloud gives the browser voices: questions are read by one of
// the device itself and never by one that sends the text away.
func TestSurveyReadAloud(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + longURL)
	voices := func(local string) int {
		return browsertest.Eval[int](b, `(() => {
			speechSynthesis.getVoices = () => [{lang: "en-US", localService: true}, {lang: "vi-VN", localService: `+local+`}];
			window.SpeechSynthesisUtterance = function (text) { this.text = text; };
			speechSynthesis.speak = (u) => { window.said = u.text; };
			speechSynthesis.dispatchEvent(new Event("voiceschanged"));
			return document.querySelectorAll(".listen").length;
		})()`)
	}
	if n := voices("false"); n != 0 {
		t.Errorf("%d buttons read by a voice that is not on the device", n)
	}
	asks := browsertest.Eval[int](b, `document.querySelectorAll(".ask").length`)
	if n := voices("true"); n != asks || n == 0 {
		t.Errorf("%d of %d questions can be read aloud", n, asks)
	}
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-go]")
	b.Click("fieldset[id='a.q1'] .listen")
	said := browsertest.Eval[string](b, `window.said`)
	if !strings.Contains(said, "Rất hài lòng") || strings.Contains(said, "●") || strings.Contains(said, "Đọc to") {
		t.Errorf("reads %q", said)
	}
	if got := browsertest.Eval[string](b, `document.querySelector("fieldset[id='a.q1'] .listen").getAttribute("aria-pressed")`); got != "true" {
		t.Errorf("the button does not tell that it reads: %s", got)
	}
	looks(t, b, "survey-read-aloud")
}
