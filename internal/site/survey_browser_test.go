package site

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"thanthien/internal/browsertest"
)

const (
	visibleSteps = `[...document.querySelectorAll("[data-step]")].filter(e => !e.hidden).length`
	longURL      = "/k/" + testCampaign + "/" + longUnit
)

// looks checks the page that is open at both windows: no sideways scrolling,
// no serious finding of axe-core; and keeps its pictures.
func looks(t *testing.T, b *browsertest.Tab, name string) {
	t.Helper()
	b.Resize(browsertest.Desktop)
	b.Shot(name + "-1366")
	b.Resize(browsertest.Phone)
	if over := b.Overflow(); over > 0 {
		t.Errorf("%s: %d px wider than a phone", name, over)
	}
	b.Shot(name + "-360")
	b.Axe()
}

// pick clicks the option of a question.
func pick(b *browsertest.Tab, question, code string) {
	b.Click(`input[name="a.` + question + `"][value="` + code + `"]`)
}

func TestSurveyInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + longURL)
	if got := browsertest.Eval[int](b, visibleSteps); got != 1 {
		t.Fatalf("%d sections are shown, want 1", got)
	}
	looks(t, b, "survey-start")
	b.Click("[data-go]")
	if got := browsertest.Eval[int](b, `document.querySelectorAll(".field-error").length`); got != 2 {
		t.Errorf("%d messages without group and consent, want 2", got)
	}
	looks(t, b, "survey-start-missing")
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-go]")
	if got := browsertest.Eval[string](b, `document.activeElement.tagName`); got != "H2" {
		t.Errorf("focus is on %s, want the section's heading", got)
	}
	if browsertest.Eval[bool](b, `!document.getElementById("a.q1a").hidden`) {
		t.Error("q1a is shown before q1 asks for it")
	}
	b.Click("[data-go]") // q1 is required
	if got := browsertest.Eval[string](b, `document.activeElement.name`); got != "a.q1" {
		t.Errorf("focus is on %q, want the missing question", got)
	}
	pick(b, "q1", "2")
	b.Wait(`!document.getElementById("a.q1a").hidden`)
	pick(b, "q1a", "b")
	b.Type(`input[name="a.q1a.other"]`, "Chỗ gửi xe xa")
	if !browsertest.Eval[bool](b, `document.querySelector('[name="a.q1a"][value=other]').checked`) {
		t.Error("typing beside the options does not choose “other”")
	}
	pick(b, "q2", "5")
	looks(t, b, "survey-questions")
	key := browsertest.Eval[string](b, `document.querySelector("[name=key]").value`)

	b.Do(chromedp.Reload()) // the answers stay, the consent does not
	if browsertest.Eval[bool](b, `document.querySelector("#consent").checked`) {
		t.Error("consent is ticked after a reload")
	}
	b.Wait(`document.querySelector('[name="a.q1"][value="2"]').checked && document.querySelector('[name="a.q1a.other"]').value == "Chỗ gửi xe xa"`)
	if got := browsertest.Eval[string](b, `document.querySelector("[name=key]").value`); got != key {
		t.Error("the key changed with the reload")
	}
	looks(t, b, "survey-restored")
	b.Click("#consent")
	for range 3 {
		b.Click("[data-go]")
	}
	looks(t, b, "survey-last")
	b.Click("[data-send]")
	b.See(".receipt")
	looks(t, b, "receipt")
	if left := browsertest.Eval[int](b, `localStorage.length`); left != 0 {
		t.Error("the draft is still on the device")
	}
	list := s.stored()
	if len(list) != 1 || list[0].Unit != longUnit {
		t.Fatalf("stored %d", len(list))
	}
	if !strings.HasSuffix(strings.ReplaceAll(b.Text(".receipt"), "-", ""), list[0].Key) {
		t.Errorf("receipt %q does not end in the response's key", b.Text(".receipt"))
	}
}

func TestSurveyInBrowserWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Scripts(false)
	b.Go(at + longURL)
	b.Resize(browsertest.Desktop)
	b.Shot("survey-noscript-1366")
	b.Resize(browsertest.Phone)
	b.Shot("survey-noscript-360")
	if over := b.Overflow(); over > 0 {
		t.Errorf("%d px wider than a phone", over)
	}
	b.Click("input[name=group][value=business]")
	b.Click("#consent")
	pick(b, "q1", "5")
	b.Click("[data-send]")
	b.See(".receipt")
	if list := s.stored(); len(list) != 1 || list[0].Group != "business" {
		t.Fatalf("stored %d", len(list))
	}
}

func TestSurveyInBrowserOffline(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + surveyURL)
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-go]")
	pick(b, "q1", "4")
	b.Click("[data-go]")
	b.Click("[data-go]")
	b.Offline(true)
	b.Click("[data-send]")
	b.Wait(`document.querySelector("[data-status]").textContent.includes("mất mạng")`)
	b.Shot("survey-offline-360")
	if len(s.stored()) != 0 {
		t.Fatal("stored while offline")
	}
	b.Offline(false) // it sends by itself
	b.See(".receipt")
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

func TestPublicPagesInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	for name, path := range map[string]string{
		"home": "/", "home-none": "/?q=khong+co", "signin": "/dang-nhap", "receipt-check": "/bien-nhan", "receipt-wrong": "/bien-nhan?ma=sai", "privacy": "/rieng-tu", "missing": "/khong-co",
	} {
		b.Go(at + path)
		looks(t, b, name)
	}
	*s.now = testNow.AddDate(0, 0, 20)
	b.Go(at + longURL)
	looks(t, b, "survey-closed")
	b.Go(at + "/")
	looks(t, b, "home-closed")
}
