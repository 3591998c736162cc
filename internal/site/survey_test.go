package site

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/store"
	"thanthien/internal/survey"
)

const surveyURL = "/k/" + testCampaign + "/" + testUnit

// filled is a form as the page sends it.
func filled(key string) url.Values {
	return url.Values{"key": {key}, "started": {"1794280000"}, "consent": {"1"}, "group": {"resident"}, "a.q1": {"2"}, "a.q1a": {"a", "other"},
		"a.q1a.other": {"Chỗ gửi xe xa"}, "a.q2": {"5"}, "a.y1": {"Cảm ơn"}, "a.d1": {""}}
}

func (s *testSite) stored() []store.Response {
	s.tb.Helper()
	var list []store.Response
	for r, err := range s.store.Responses(s.tb.Context(), testCampaign) {
		ok(s.tb, err)
		list = append(list, r)
	}
	return list
}

func TestSurveyPage(t *testing.T) {
	s := newSite(t)
	doc := s.get(surveyURL).want(t, 200).page(t)
	if got := text(doc, "h1"); got != "Phường Minh Họa 07" {
		t.Errorf("h1 = %q", got)
	}
	if got := doc.Find("input[name=group]").Length(); got != 4 {
		t.Errorf("%d groups, want 4", got)
	}
	if doc.Find("input[checked]").Length() != 0 {
		t.Error("something is ticked before the respondent ticked it")
	}
	if got := doc.Find("fieldset[id='a.q1'] .level").Length(); got != 6 {
		t.Errorf("q1 has %d levels, want 6", got)
	}
	if got := doc.Find("fieldset[id='a.q1'] .level .dots").First().Text(); got != "●●●●●" {
		t.Errorf("dots of the first level = %q", got)
	}
	if doc.Find("[style], style, script:not([src])").Length() != 0 {
		t.Error("the page has inline style or script")
	}
	if key, _ := doc.Find("input[name=key]").Attr("value"); len(key) < 20 {
		t.Errorf("key = %q", key)
	}
	s.get("/k/"+testCampaign+"/99999").want(t, 404)
	s.get("/k/khong-co/"+testUnit).want(t, 404)
	s.get("/k/A%20b/"+testUnit).want(t, 404)
}

func TestSurveyPost(t *testing.T) {
	s := newSite(t)
	first := s.post(surveyURL, filled("khoa-1")).want(t, 303)
	again := s.post(surveyURL, filled("khoa-1")).want(t, 303)
	if a, b := first.Header.Get("Location"), again.Header.Get("Location"); a != b || !strings.HasPrefix(a, surveyURL+"/xong?ma=") {
		t.Fatalf("locations %q and %q", a, b)
	}
	list := s.stored()
	if len(list) != 1 {
		t.Fatalf("%d responses stored, want 1", len(list))
	}
	form, err := s.store.Form(t.Context(), "pks07", 1)
	ok(t, err)
	answers, err := form.Unpack(list[0].Answers)
	ok(t, err)
	want := map[string]any{"q1": "2", "q1a": []string{"a", "other"}, "q1a.other": "Chỗ gửi xe xa", "q2": "5", "y1": "Cảm ơn"}
	if diff := cmp.Diff(want, form.Values(answers)); diff != "" {
		t.Error(diff)
	}
	if r := list[0]; r.Group != "resident" || r.Channel != survey.Web || r.Unit != testUnit || r.Key == "khoa-1" {
		t.Errorf("stored %+v", r)
	}
	doc := s.get(first.Header.Get("Location")).want(t, 200).page(t)
	if got := text(doc, "h1"); got != "Đã ghi nhận" {
		t.Errorf("h1 = %q", got)
	}
	code := text(doc, ".receipt")
	if len(code) != store.ReceiptSize+3 || strings.Count(code, "-") != 3 {
		t.Errorf("receipt %q", code)
	}
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " ")} {
		found := s.get("/bien-nhan?ma="+url.QueryEscape(typed)).want(t, 200)
		if got := text(found.page(t), ".notice.good"); !strings.Contains(got, "Phường Minh Họa 07") || !strings.Contains(got, "Khảo sát tháng 11/2026") {
			t.Errorf("check of %q says %q", typed, got)
		}
		if strings.Contains(found.body, "Chỗ gửi xe") {
			t.Error("the receipt check shows answers")
		}
	}
	s.get("/bien-nhan?ma=0000-0000-0000-0000").want(t, 404)
	s.get("/bien-nhan").want(t, 200)
	s.get("/k/"+testCampaign+"/07211/xong?ma="+code).want(t, 404)
}

// TestSurveyDoubleClick sends one form from many connections at once.
func TestSurveyDoubleClick(t *testing.T) {
	s := newSite(t)
	receipts := make(chan string, 32)
	var wg sync.WaitGroup
	for range cap(receipts) {
		wg.Go(func() {
			r := httptest.NewRequest(http.MethodPost, surveyURL, strings.NewReader(filled("mot-khoa").Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, err := s.app.Test(r, -1)
			if err != nil {
				t.Error(err)
				return
			}
			receipts <- res.Header.Get("Location")
		})
	}
	wg.Wait()
	close(receipts)
	seen := map[string]bool{}
	for r := range receipts {
		seen[r] = true
	}
	if len(seen) != 1 || seen[""] || len(s.stored()) != 1 {
		t.Errorf("receipts %v, %d stored", seen, len(s.stored()))
	}
}

func TestSurveyPostRefused(t *testing.T) {
	with := func(name string, values ...string) url.Values {
		f := filled("k")
		f[name] = values
		return f
	}
	for name, c := range map[string]struct {
		form  url.Values
		field string
	}{
		"no consent":         {with("consent"), "consent"},
		"no group":           {with("group"), "group"},
		"unknown group":      {with("group", "king"), "group"},
		"required missing":   {with("a.q1", ""), "a.q1"},
		"outside the scale":  {with("a.q1", "9"), "a.q1"},
		"two of one":         {with("a.q1", "1", "2"), "a.q1"},
		"text too long":      {with("a.y1", strings.Repeat("ă", 1001)), "a.y1"},
		"unknown question":   {with("a.zz", "1"), ""},
		"unknown field":      {with("phone", "0912"), ""},
		"free text too long": {with("a.q1a.other", strings.Repeat("x", 201)), "a.q1a"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			doc := s.post(surveyURL, c.form).want(t, 422).page(t)
			if doc.Find("#loi li").Length() == 0 {
				t.Fatal("no summary of the errors")
			}
			if c.field != "" {
				if href, _ := doc.Find("#loi li a").First().Attr("href"); href != "#"+c.field {
					t.Errorf("the summary leads to %q, want #%s", href, c.field)
				}
				if doc.Find("[id='"+c.field+"-loi']").Length() != 1 || doc.Find("[id='"+c.field+"']").Length() != 1 {
					t.Error("no message beside the field")
				}
			}
			if len(s.stored()) != 0 {
				t.Error("something was stored")
			}
		})
	}
}

func TestSurveyKeepsAnswersOnError(t *testing.T) {
	s := newSite(t)
	f := filled("khoa-giu")
	f.Del("consent")
	f.Set("a.y1", `</textarea><script>alert("x")</script>`)
	f.Set("a.q1a.other", `"><script>alert(1)</script>`)
	res := s.post(surveyURL, f).want(t, 422)
	if strings.Contains(res.body, "<script>alert") {
		t.Error("what was typed came back as markup")
	}
	doc := res.page(t)
	for selector, want := range map[string]string{
		"input[name=key]": "khoa-giu", "input[name=started]": "1794280000", "input[name=group][checked]": "resident",
		"input[name='a.q1'][checked]": "2", "input[name='a.q2'][checked]": "5", "input[name='a.q1a.other']": f.Get("a.q1a.other"),
	} {
		if got, _ := doc.Find(selector).Attr("value"); got != want {
			t.Errorf("%s = %q, want %q", selector, got, want)
		}
	}
	if got := doc.Find("textarea[name='a.y1']").Text(); got != f.Get("a.y1") {
		t.Errorf("text = %q", got)
	}
	if got := doc.Find("input[name='a.q1a'][checked]").Length(); got != 2 {
		t.Errorf("%d of q1a ticked, want 2", got)
	}
	if doc.Find("#consent[checked]").Length() != 0 {
		t.Error("consent is ticked though the respondent did not")
	}
}

func TestSurveyWindow(t *testing.T) {
	s := newSite(t)
	s.post(surveyURL, filled("som")).want(t, 303)
	move := func(to time.Time) { *s.now = to }
	move(testNow.AddDate(0, 0, 20))
	closed := s.get(surveyURL).want(t, 410)
	if !strings.Contains(text(closed.page(t), ".facts"), "30/11/2026") {
		t.Errorf("the page does not tell the dates: %s", text(closed.page(t), "main"))
	}
	late := s.post(surveyURL, filled("muon")).want(t, 410).page(t)
	if got := late.Find("textarea[name='a.y1']").Text(); got != "Cảm ơn" {
		t.Errorf("the answers were lost: %q", got)
	}
	s.post(surveyURL, filled("som")).want(t, 303) // accepted in time; its answer got lost
	move(testNow.AddDate(0, 0, -10))
	s.get(surveyURL).want(t, 409)
	s.post(surveyURL, filled("truoc")).want(t, 409)
	move(testNow)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Paused = true
	ok(t, s.store.PutCampaign(t.Context(), c))
	if got := text(s.get(surveyURL).want(t, 409).page(t), "h2"); got != "Đợt khảo sát đang tạm dừng" {
		t.Errorf("h2 = %q", got)
	}
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d responses stored, want 1", n)
	}
}

func TestSurveyLimits(t *testing.T) {
	s := newSite(t)
	f := filled("k")
	f.Set("a.y1", strings.Repeat("x", MaxAnswerBody))
	s.post(surveyURL, f).want(t, 413)
	s.do("POST", surveyURL, strings.NewReader("{}"), "Content-Type", "application/json").want(t, 415)
	s.do("POST", surveyURL, strings.NewReader(filled("k").Encode()), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site").want(t, 403)
}

func TestSurveyGroups(t *testing.T) {
	s := newSite(t)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Groups = []string{"business"}
	ok(t, s.store.PutCampaign(t.Context(), c))
	doc := s.get(surveyURL).want(t, 200).page(t)
	if got, _ := doc.Find("input[type=hidden][name=group]").Attr("value"); got != "business" {
		t.Errorf("group = %q", got)
	}
	s.post(surveyURL, filled("k")).want(t, 422)
}

// everyKind is a form with every kind of question and texts that look like
// markup.
const everyKind = `
id: moi-loai
version: 1
title: <b>Phiếu</b>
respondents: [resident]
intro: <script>alert(1)</script>
consent: "Vì sao: <img src=x>"
sections:
  - title: <i>Phần</i>
    questions:
      - {code: n1, kind: number, min: 0, max: 120, text: Số người, required: true}
      - {code: t1, kind: text, max_length: 20, text: Chữ}
      - {code: d1, kind: date, text: Ngày}
      - {code: c1, kind: choice, other: true, text: Chọn, options: [{code: a, label: "<u>A</u>"}]}
`

func TestSurveyEveryKind(t *testing.T) {
	s := newSite(t)
	form := s.putYAMLForm(everyKind)
	ok(t, s.store.PutCampaign(t.Context(), survey.Campaign{
		ID: "moi-loai", Title: "<b>Đợt</b>", FormID: form.ID, FormVer: 1, Units: []string{testUnit}, Opens: testNow.Add(-time.Hour), Closes: testNow.Add(time.Hour),
	}))
	page := s.get("/k/moi-loai/"+testUnit).want(t, 200)
	doc := page.page(t)
	if doc.Find("main script, main img, main b:not(.consent b), main u, main i").Length() != 0 {
		t.Error("texts of the form came out as markup")
	}
	if got := text(doc, "label[for='a.n1'] .hint"); got != "(từ 0 đến 120)" {
		t.Errorf("range = %q", got)
	}
	f := url.Values{"key": {"k"}, "consent": {"1"}, "group": {"resident"}, "a.n1": {"12,5"}, "a.t1": {"Đồng Mỏ"}, "a.d1": {"5/3/2026"}, "a.c1.other": {"khác"}}
	res := s.post("/k/moi-loai/"+testUnit, f).want(t, 303)
	s.get(res.Header.Get("Location")).want(t, 200)
	for r, err := range s.store.Responses(t.Context(), "moi-loai") {
		ok(t, err)
		answers, err := form.Unpack(r.Answers)
		ok(t, err)
		got := form.Values(answers)
		if got["d1"] != "2026-03-05" || got["c1"] != "other" || got["c1.other"] != "khác" {
			t.Errorf("stored %v", got)
		}
	}
}

// TestSurveyTransfer adds up what a phone fetches for one survey.
func TestSurveyTransfer(t *testing.T) {
	const most = 40_000 // bytes over the wire, of the page and all it needs
	s := newSite(t)
	total := 0
	fetch := func(path string) answer {
		res := s.do("GET", path, nil, "Accept-Encoding", "gzip").want(t, 200)
		t.Logf("%6d bytes %s", len(res.body), path)
		total += len(res.body)
		if res.Header.Get("Content-Encoding") == "gzip" {
			r, err := gzip.NewReader(strings.NewReader(res.body))
			ok(t, err)
			var b bytes.Buffer
			_, err = b.ReadFrom(r)
			ok(t, err)
			res.body = b.String()
		}
		return res
	}
	doc := fetch("/k/" + testCampaign + "/" + longUnit).page(t)
	for _, n := range doc.Find("link[href], script[src], img[src]").Nodes {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" {
				if !strings.HasPrefix(a.Val, "/static/") {
					t.Errorf("fetches %s", a.Val)
				}
				raw := fetch(a.Val).body
				if limit := map[string]int{"css": 20_000, ".js": 6 << 10}[a.Val[len(a.Val)-3:]]; limit > 0 && len(raw) > limit {
					t.Errorf("%s has %d bytes, want at most %d", a.Val, len(raw), limit)
				}
			}
		}
	}
	t.Logf("%6d bytes in all", total)
	if total > most {
		t.Errorf("%d bytes, want at most %d", total, most)
	}
}

func TestNothingPersonalInLog(t *testing.T) {
	s := newSite(t)
	s.do("POST", surveyURL, strings.NewReader(filled("khoa-bi-mat").Encode()), "Content-Type", "application/x-www-form-urlencoded", "User-Agent", "may-cua-toi", "X-Forwarded-For", "203.0.113.7").want(t, http.StatusSeeOther)
	for _, r := range s.stored() {
		if strings.Contains(string(r.Answers)+r.Key+string(r.Channel), "khoa-bi-mat") {
			t.Error("the key is stored in clear")
		}
	}
	for _, secret := range []string{"khoa-bi-mat", "may-cua-toi", "203.0.113.7"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
