package site

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"thanthien/criteria"
	"thanthien/internal/browsertest"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// speakEnglish adds the English texts of the tests' form.
func (s *testSite) speakEnglish() {
	s.tb.Helper()
	form, err := s.store.Form(s.tb.Context(), "pks07", 1)
	ok(s.tb, err)
	for _, l := range criteria.Languages("pks07@1") {
		ok(s.tb, s.store.AddFormLanguage(s.tb.Context(), form, l.Tag, l.Data, l.File, "quanly"))
	}
}

// invite returns one unused invitation to a unit's survey.
func (s *testSite) invite(unitCode, group string) string {
	s.tb.Helper()
	_, plain, err := s.store.CreateTokens(s.tb.Context(), store.TokenBatch{Campaign: testCampaign, Unit: unitCode, Group: group, Count: 1})
	ok(s.tb, err)
	return plain[0]
}

func TestSurveyLanguage(t *testing.T) {
	s := newSite(t)
	if n := s.get(surveyURL).page(t).Find(".switch [lang]").Length(); n != 0 {
		t.Errorf("%d languages offered of a form that has one", n)
	}
	s.speakEnglish()
	doc := s.get(surveyURL+"?lang=en&chu=lon").want(t, 200).page(t)
	if lang, _ := doc.Find("html").Attr("lang"); lang != "en" || !doc.Find("html").HasClass("large") {
		t.Errorf("lang %q, large %v", lang, doc.Find("html").HasClass("large"))
	}
	if got := text(doc, "fieldset[id='a.q1'] legend"); !strings.HasPrefix(got, "Overall, how satisfied") {
		t.Errorf("q1 = %q", got)
	}
	action, _ := doc.Find("form").Attr("action")
	bad := filled("k1")
	bad.Del("consent")
	refused := s.post(action, bad).want(t, 422).page(t)
	if got := text(refused, "#loi"); !strings.Contains(got, "Please tick the box") {
		t.Errorf("errors in English: %q", got)
	}
	res := s.post(action, filled("k1")).want(t, 303)
	if got := text(s.get(res.Header.Get("Location")).want(t, 200).page(t), "h1"); got != "Recorded" {
		t.Errorf("receipt says %q", got)
	}
	for _, r := range []string{"?lang=xx", "?lang=vi", "?lang=%22%3E"} {
		if lang, _ := s.get(surveyURL+r).want(t, 200).page(t).Find("html").Attr("lang"); lang != "vi" {
			t.Errorf("%s gives lang %q", r, lang)
		}
	}
}

func TestSurveyInvitation(t *testing.T) {
	s := newSite(t)
	token := s.invite(testUnit, "business")
	res := s.get(surveyURL+"?t="+token).want(t, 200)
	doc := res.page(t)
	if got, _ := doc.Find("input[name=token]").Attr("value"); got != token {
		t.Errorf("token field %q", got)
	}
	if got, _ := doc.Find("input[name=group]").Attr("value"); got != "business" || doc.Find("input[name=group]").Length() != 1 {
		t.Errorf("group %q is not fixed by the invitation", got)
	}
	if draft, _ := doc.Find("form").Attr("data-draft"); strings.Contains(draft, token) {
		t.Error("the draft's name holds the token")
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a page with an invitation is kept: Cache-Control %q", got)
	}
	if got := res.Header.Get("Referrer-Policy"); got != surveyReferrer {
		t.Errorf("Referrer-Policy %q", got)
	}
	f := filled("voi-ma")
	f.Set("group", "business")
	f.Set("token", token)
	s.post(surveyURL, f).want(t, 303)
	if used := text(s.get(surveyURL+"?t="+token).want(t, 409).page(t), "main"); !strings.Contains(used, "10 giờ ngày 10/11/2026") {
		t.Errorf("the hour of use is not told: %s", used)
	}
	s.get(surveyURL+"?t=SAIMASAIMASAI").want(t, 404)
	s.get("/k/"+testCampaign+"/07211?t="+token).want(t, 404)
	if strings.Contains(s.log.String(), token) {
		t.Error("the log holds the token")
	}
}

func TestLanguageFileRefused(t *testing.T) {
	s := newSite(t)
	form, err := s.store.Form(t.Context(), "pks07", 1)
	ok(t, err)
	data := string(criteria.Languages("pks07@1")[0].Data)
	for name, c := range map[string]struct{ from, to, path string }{
		"missing question": {"  q3:\n", "  q33:\n", "questions"},
		"missing option":   {"\"5\": ", "\"7\": ", "scales.hai-long-5"},
		"other form":       {"form: pks07@1", "form: pks04@1", "form"},
	} {
		_, err := survey.ParseLanguage(form, "en", []byte(strings.Replace(data, c.from, c.to, 1)), "en.yaml")
		if err == nil || !strings.HasPrefix(asFault(err).Problems[0].Path, c.path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSurveyLooksInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.speakEnglish()
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	token := s.invite(longUnit, "")
	b.Go(at + longURL + "?t=" + token)
	b.Wait(`!location.search.includes("t=")`)
	looks(t, b, "survey-token")
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-go]")
	pick(b, "q1", "4")
	b.Go(at + longURL + "?lang=en&chu=lon&t=" + token)
	b.Wait(`document.querySelector('[name="a.q1"][value="4"]').checked`)
	looks(t, b, "survey-en-large")
	b.Click("#consent")
	b.Click("[data-go]")
	looks(t, b, "survey-en-large-questions")
	b.Click("[data-go]")
	b.Click("[data-go]")
	b.Click("[data-send]")
	b.See(".receipt")
	looks(t, b, "survey-en-receipt")
	if list := s.stored(); len(list) != 1 || list[0].Channel != survey.Token {
		t.Fatalf("stored %+v", list)
	}
	if browsertest.Eval[bool](b, `JSON.stringify(Object.entries(localStorage)).includes("`+token+`")`) {
		t.Error("the token stays on the device")
	}
}

func TestChallengeInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + longURL)
	// The proof of work of a known answer, through the page's own solver.
	got := browsertest.Eval[string](b, `(() => {
		const f = document.querySelector("form[data-draft]"), i = document.createElement("input");
		i.type = "hidden"; i.name = "altcha"; i.dataset.checking = "…"; i.dataset.checked = "ok";
		i.dataset.challenge = JSON.stringify({algorithm: "SHA-256", challenge: "`+challengeOf("muoi?expires=1&c=ks-2026&u=07210&dai-hon-mot-khoi-cua-ham-bam", "4321")+`", maxnumber: 50000, salt: "muoi?expires=1&c=ks-2026&u=07210&dai-hon-mot-khoi-cua-ham-bam", signature: "x"});
		f.append(i);
		const s = document.createElement("script"); s.src = f.dataset.pow; document.head.append(s);
		return f.dataset.pow;
	})()`)
	if _, err := url.Parse(got); err != nil || got == "" {
		t.Fatalf("solver at %q", got)
	}
	b.Wait(`document.querySelector("[name=altcha]").value !== ""`)
	if n := browsertest.Eval[int](b, `JSON.parse(atob(document.querySelector("[name=altcha]").value)).number`); n != 4321 {
		t.Errorf("solved %d, want 4321", n)
	}
}

// TestInviteCode types the code of an invitation at the short address.
func TestInviteCode(t *testing.T) {
	s := newSite(t)
	token := s.invite(testUnit, "business")
	s.get("/moi").want(t, 200)
	if n := s.get("/").want(t, 200).page(t).Find("a[href='/moi']").Length(); n != 1 {
		t.Errorf("%d links from the first page", n)
	}
	typed := strings.ToLower(token[:4]) + "-" + token[4:8] + " " + token[8:]
	res := s.post("/moi?chu=lon", url.Values{"ma": {typed}}).want(t, 303)
	if got, want := res.Header.Get("Location"), surveyURL+"?chu=lon&t="+token; got != want {
		t.Errorf("leads to %s, want %s", got, want)
	}
	s.get(res.Header.Get("Location")).want(t, 200)
	for _, bad := range []string{"", "x", "0000000000000", strings.Repeat("9", 500), "<script>"} {
		doc := s.post("/moi", url.Values{"ma": {bad}}).want(t, 404).page(t)
		if doc.Find("#ma-loi").Length() != 1 || doc.Find("main script").Length() != 0 {
			t.Errorf("%q: %s", bad, text(doc, "main"))
		}
	}
	s.do("POST", "/moi", strings.NewReader("ma="+token), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site").want(t, 403)
	f := filled("voi-ma")
	f.Set("group", "business")
	f.Set("token", token)
	s.post(surveyURL, f).want(t, 303)
	if got := text(s.post("/moi", url.Values{"ma": {token}}).want(t, 409).page(t), "#ma-loi"); !strings.Contains(got, "10 giờ ngày 10/11/2026") {
		t.Errorf("a used code says %q", got)
	}
	if strings.Contains(s.log.String(), token) {
		t.Error("the log holds the code")
	}
}

// TestInvitedOnly opens the survey of a campaign that takes invitations alone:
// the page says so and asks for the code; with it, the form comes.
func TestInvitedOnly(t *testing.T) {
	s := newSite(t)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Channels = []survey.Channel{survey.Token, survey.Kiosk}
	ok(t, s.store.PutCampaign(t.Context(), c))
	doc := s.get(surveyURL+"?lang=vi").want(t, 409).page(t)
	if got, _ := doc.Find("form").Attr("action"); got != "/moi" || !strings.Contains(text(doc, "main"), "người được mời") {
		t.Errorf("the page does not ask for the code: %s", text(doc, "main"))
	}
	s.post(surveyURL, filled("k")).want(t, 409)
	s.get(surveyURL+"?t="+s.invite(testUnit, "")).want(t, 200)
	if got, _ := s.get(surveyURL+"?t=SAIMASAIMASAI").want(t, 404).page(t).Find("form").Attr("action"); got != "/moi" {
		t.Error("a mistyped code cannot be typed anew")
	}
	if c, err = s.store.Campaign(t.Context(), testCampaign); err != nil {
		t.Fatal(err)
	}
	c.Channels = []survey.Channel{survey.Kiosk}
	ok(t, s.store.PutCampaign(t.Context(), c))
	if doc = s.get(surveyURL).want(t, 409).page(t); doc.Find("form").Length() != 0 || !strings.Contains(text(doc, "main"), "máy") {
		t.Errorf("a campaign of kiosks alone: %s", text(doc, "main"))
	}
	s.get(surveyURL+"?t="+s.invite(testUnit, "")).want(t, 409)
	if n := s.get("/").want(t, 200).page(t).Find(".list a").Length(); n != 0 {
		t.Errorf("the first page leads to %d surveys that take nothing", n)
	}
}

// TestGuessingCodes tries wrong codes from one address: it has to wait, with a
// right one too, and others are not held up.
func TestGuessingCodes(t *testing.T) {
	s := newSite(t)
	s.behindProxy()
	token := s.invite(testUnit, "")
	try := func(address, code string) answer {
		return s.do("POST", "/moi", strings.NewReader("ma="+code), "Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", address)
	}
	for range MaxGuesses {
		try("203.0.113.9", "ngan").want(t, 404) // no code at all
		try("203.0.113.9", "0000000000000").want(t, 404)
	}
	if res := try("203.0.113.9", token).want(t, 429); res.Header.Get("Retry-After") == "" {
		t.Error("not told when to try again")
	}
	s.do("GET", surveyURL+"?t="+token, nil, "X-Forwarded-For", "203.0.113.9").want(t, 429)
	s.postJSON(withToken(token), "X-Forwarded-For", "203.0.113.9").want(t, 429)
	s.postJSON(benchBody, "X-Forwarded-For", "203.0.113.9").want(t, 201)
	try("203.0.113.10", token).want(t, 303)
	*s.now = testNow.Add(2 * LimitSpan)
	try("203.0.113.9", token).want(t, 303)
}

func TestInviteCodeInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Channels = []survey.Channel{survey.Token}
	ok(t, s.store.PutCampaign(t.Context(), c))
	token := s.invite(longUnit, "")
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + longURL)
	looks(t, b, "survey-invited-only")
	b.Go(at + "/moi")
	looks(t, b, "invite-code")
	b.Type("#ma", "SAIMA-SAIMA")
	b.Click("main form button")
	b.See("#ma-loi")
	looks(t, b, "invite-code-wrong")
	browsertest.Eval[string](b, `document.querySelector("#ma").value = ""`)
	b.Type("#ma", strings.ToLower(token[:4]+"-"+token[4:8]+"-"+token[8:]))
	b.Click("main form button")
	b.See("form[data-draft]")
	b.Wait(`!location.search.includes("t=")`)
	if got := browsertest.Eval[string](b, `document.querySelector("[name=token]").value`); got != token {
		t.Errorf("token %q", got)
	}
}

// busy makes an address use up what it may send to a unit without a challenge.
func (s *testSite) busy(address, unitCode string) {
	s.tb.Helper()
	for range FreePerAddress {
		s.do("POST", "/k/"+testCampaign+"/"+unitCode, strings.NewReader(filled("").Encode()), "Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", address).want(s.tb, 303)
	}
}

// serveFrom serves the site behind a proxy that tells the visitor's address.
func (s *testSite) serveFrom(address string) string {
	s.tb.Helper()
	at, err := url.Parse(browsertest.Serve(s.tb, s.app))
	ok(s.tb, err)
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(at)
		r.Out.Host = r.In.Host
		r.Out.Header.Set("X-Forwarded-For", address)
	}})
	s.tb.Cleanup(proxy.Close)
	return proxy.URL
}

// TestLimitInBrowser sends one form more than an address may without a
// challenge: with scripts the browser solves it and the answers arrive; without
// them the page tells when to send again, and keeps the answers.
func TestLimitInBrowser(t *testing.T) {
	t.Parallel()
	const address = "203.0.113.9"
	s := newSite(t)
	s.behindProxy()
	b := browsertest.Open(t, browsertest.Phone)
	at := s.serveFrom(address)
	begin := func() {
		b.Click("input[name=group][value=resident]")
		b.Click("#consent")
	}
	b.Go(at + longURL) // before the rush
	begin()
	b.Click("[data-go]")
	pick(b, "q1", "4")
	b.Click("[data-go]")
	b.Click("[data-go]")
	s.busy(address, longUnit)
	b.Click("[data-send]")
	b.See(".receipt")
	if n := len(s.stored()); n != FreePerAddress+1 {
		t.Errorf("%d stored, want %d", n, FreePerAddress+1)
	}

	b.Scripts(false)
	b.Go(at + longURL)
	begin()
	pick(b, "q1", "2")
	b.Type("textarea[name='a.y1']", "Chờ lâu")
	b.Click("[data-send]")
	b.See("#dung")
	if got := b.Text("#dung"); !strings.Contains(got, "sau khoảng") {
		t.Errorf("the page does not say when to send again: %s", got)
	}
	b.Scripts(true) // for axe; the page stays as it was loaded
	looks(t, b, "survey-limit-noscript")
	if !browsertest.Eval[bool](b, `document.querySelector("[name='a.q1'][value='2']").checked && document.querySelector("[name='a.y1']").value === "Chờ lâu"`) {
		t.Error("the answers are lost")
	}
	*s.now = testNow.Add(2 * LimitSpan) // as long as it may take
	b.Scripts(false)
	b.Click("[data-send]")
	b.See(".receipt")
}

func TestKioskInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.speakEnglish()
	ok(t, s.store.SetKioskPIN(t.Context(), testCampaign, longUnit, testPIN, "quanly"))
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	b.Go(at + "/kiosk?don-vi=" + longUnit)
	looks(t, b, "kiosk-start")
	b.Type("#pin", testPIN)
	b.Click("form[method=post] button")
	b.See("[data-answering]")
	looks(t, b, "kiosk-form")
	answer := func() {
		b.Click("input[name=group][value=resident]")
		b.Click("#consent")
		b.Click("[data-go]")
		pick(b, "q1", "4")
		b.Click("[data-go]")
		b.Click("[data-go]")
		b.Click("[data-send]")
		b.Wait(`!document.querySelector("[data-thanks-panel]").hidden`)
	}
	answer()
	looks(t, b, "kiosk-thanks")
	browsertest.Eval[string](b, `document.querySelector("form[data-idle]").dataset.thanks = "1"`)
	b.Wait(`document.querySelector("[data-thanks-panel]").hidden && !document.querySelector("[name=group]:checked")`)
	b.Offline(true)
	answer()
	b.Wait(`document.querySelector("[data-unsent]").textContent.startsWith("1 ")`)
	b.Wait(`document.querySelector("[data-thanks-panel]").hidden`)
	answer() // the next one, still offline
	b.Wait(`document.querySelector("[data-unsent]").textContent.startsWith("2 ")`)
	b.Shot("kiosk-offline")
	b.Offline(false)
	b.Wait(`document.querySelector("[data-unsent]").textContent === ""`)
	if left := browsertest.Eval[string](b, `JSON.stringify(Object.values(localStorage))`); left != `["[]"]` {
		t.Errorf("the device keeps %s after sending", left)
	}
	if n := len(s.stored()); n != 3 {
		t.Errorf("%d stored, want 3", n)
	}
	b.Wait(`document.querySelector("[data-thanks-panel]").hidden`)
	pause := func(on bool) {
		c, err := s.store.Campaign(t.Context(), testCampaign)
		ok(t, err)
		c.Paused = on
		ok(t, s.store.PutCampaign(t.Context(), c))
	}
	pause(true) // while a person answers: the form waits until it goes on
	answer()
	b.Wait(`document.querySelector("[data-unsent]").textContent.startsWith("1 phiếu chờ")`)
	pause(false)
	b.Wait(`document.querySelector("[data-unsent]").textContent === ""`)
	if n := len(s.stored()); n != 4 {
		t.Errorf("%d stored after a pause, want 4", n)
	}
	b.Wait(`document.querySelector("[data-thanks-panel]").hidden`)
	b.Click("input[name=group][value=resident]") // and walks away
	browsertest.Eval[string](b, `Object.assign(document.querySelector("form[data-idle]").dataset, {idle: "1", warning: "2"}).idle`)
	b.Wait(`!document.querySelector("[data-idle-panel]").hidden`)
	b.Axe()
	b.Wait(`!document.querySelector("[name=group]:checked")`)
}

func challengeOf(salt, number string) string {
	sum := sha256.Sum256([]byte(salt + number))
	return hex.EncodeToString(sum[:])
}
