package site

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// formFields reads the builder's page back into the values a browser would
// send.
func builderValues(doc *goquery.Document) url.Values {
	form := url.Values{}
	doc.Find("#bien-soan input, #bien-soan textarea, #bien-soan select").Each(func(_ int, e *goquery.Selection) {
		name, _ := e.Attr("name")
		value, _ := e.Attr("value")
		kind, _ := e.Attr("type")
		switch {
		case kind == "checkbox":
			if _, on := e.Attr("checked"); !on {
				return
			}
		case goquery.NodeName(e) == "textarea":
			value = strings.TrimPrefix(e.Text(), "\n")
		case goquery.NodeName(e) == "select":
			value, _ = e.Find("option[selected]").Attr("value")
		}
		form.Add(name, value)
	})
	return form
}

func (s *testSite) manager() *http.Cookie {
	s.tb.Helper()
	s.addUser("quanly", account.Manager, "")
	return s.signIn("quanly")
}

// press sends the builder's page as it is, with changes, under a button.
func (s *testSite) press(at string, cookie *http.Cookie, page *goquery.Document, button string, changes ...string) answer {
	s.tb.Helper()
	form := builderValues(page)
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			form.Del(changes[i])
			continue
		}
		form.Set(changes[i], changes[i+1])
	}
	form.Set("viec", button)
	return s.post(at, form, cookie)
}

// Every sample form goes through the page unchanged.
func TestBuilderKeepsForms(t *testing.T) {
	s := newSite(t)
	cookie := s.manager()
	names, err := fs.Glob(criteria.Forms(), "*.yaml")
	ok(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(criteria.Forms(), name)
		ok(t, err)
		form, err := survey.Parse(data, name)
		ok(t, err)
		ref := store.Version{ID: "x-" + form.ID, Number: 1, Title: "x", State: store.Draft}
		ref.YAML = renumber(string(form.YAML()), ref.ID, 1)
		ok(t, s.store.PutForm(context.Background(), ref))
		at := "/quan-tri/phieu/" + ref.ID + "/1/soan"
		s.press(at, cookie, s.get(at, cookie).want(t, 200).page(t), "luu").want(t, 303)
		v, err := s.store.FormVersion(context.Background(), ref.ID, 1)
		ok(t, err)
		before, err := survey.Parse([]byte(ref.YAML), "")
		ok(t, err)
		if after, err := survey.Parse([]byte(v.YAML), ""); err != nil || !after.Equal(before) {
			t.Errorf("%s changed on its way through the page: %v\n%s", name, err, v.YAML)
		}
	}
}

// A form is built from nothing: add, remove, move, wrong and right, save.
func TestBuilderNewForm(t *testing.T) {
	s := newSite(t)
	cookie := s.manager()
	at := "/quan-tri/phieu/moi"
	page := s.get(at, cookie).want(t, 200).page(t)
	page = s.press(at, cookie, page, "luu").want(t, 422).page(t)
	for _, field := range []string{"id", "title", "sections[0].questions[0].text"} {
		link := strings.NewReplacer("[", "%5b", "]", "%5d").Replace(field) // as a browser finds it
		if page.Find(`[id="`+field+`-loi"]`).Length() != 1 || page.Find(`#loi a[href="#`+link+`"]`).Length() != 1 {
			t.Errorf("no problem at %s: %s", field, text(page, "#loi"))
		}
	}
	page = s.press(at, cookie, page, "them sections[0].questions", "id", "phieu-thu", "title", "Phiếu thử", "sections[0].questions[0].text", "Hài lòng không?").want(t, 200).page(t)
	page = s.press(at, cookie, page, "ve-lai", "sections[0].questions[1].kind", "multi", "sections[0].questions[1].text", "Vì sao?").want(t, 200).page(t)
	page = s.press(at, cookie, page, "them sections[0].questions[1].options").want(t, 200).page(t)
	page = s.press(at, cookie, page, "ve-lai", "sections[0].questions[1].options[0].label", "Chờ lâu", "sections[0].questions[1].show_if.question", "q1").want(t, 200).page(t)
	if n := page.Find(`input[name="sections[0].questions[1].show_if.in"]`).Length(); n != 6 {
		t.Fatalf("%d answers to choose the condition from", n)
	}
	if got := text(page, "#xem-truoc"); !strings.Contains(got, "Chờ lâu") || !strings.Contains(got, "Rất hài lòng") {
		t.Errorf("the preview lacks what was typed: %s", got)
	}
	page = s.press(at, cookie, page, "kiem-tra", "sections[0].questions[1].show_if.in", "1").want(t, 200).page(t)
	s.press(at, cookie, page, "luu").want(t, 303)
	form, err := s.store.Form(context.Background(), "phieu-thu", 1)
	ok(t, err)
	q := form.Question("q2")
	if q == nil || q.Kind != survey.Multi || q.ShowIf == nil || q.ShowIf.In[0] != "1" || q.Options[0].Code != "a" {
		t.Fatalf("q2 = %+v", q)
	}
	// moved before the question it depends on, it is refused at its field
	at = "/quan-tri/phieu/phieu-thu/1/soan"
	page = s.press(at, cookie, s.get(at, cookie).page(t), "len sections[0].questions[1]").want(t, 200).page(t)
	page = s.press(at, cookie, page, "luu").want(t, 422).page(t)
	if page.Find(`[id="sections[0].questions[0].show_if.question-loi"]`).Length() != 1 {
		t.Errorf("no problem at the condition: %s", text(page, "#loi"))
	}
	s.press("/quan-tri/phieu/moi", cookie, page, "luu", "id", "phieu-thu").want(t, 422)
}

// A draft that someone else saved is not overwritten; the second one sees both.
func TestBuilderConflict(t *testing.T) {
	s := newSite(t)
	cookie := s.manager()
	s.post("/quan-tri/phieu/pks07/1/chep", url.Values{"_csrf": {s.csrf(cookie)}}, cookie).want(t, 303)
	at := "/quan-tri/phieu/pks07/2/soan"
	first, second := s.get(at, cookie).want(t, 200).page(t), s.get(at, cookie).want(t, 200).page(t)
	s.press(at, cookie, first, "luu", "title", "Tên của người thứ nhất").want(t, 303)
	page := s.press(at, cookie, second, "luu", "title", "Tên của người thứ hai").want(t, 409).page(t)
	if got := text(page, "#xung-dot"); !strings.Contains(got, "người thứ nhất") || !strings.Contains(got, "người thứ hai") {
		t.Errorf("the conflict does not show both: %s", got)
	}
	s.press(at, cookie, page, "luu").want(t, 303)

	// a code of the issued version that is gone is told, not refused
	page = s.press(at, cookie, s.get(at, cookie).page(t), "kiem-tra", "sections[0].questions[2].code", "q2x").page(t)
	if got := text(page, "#luu-y"); !strings.Contains(got, "q2") {
		t.Errorf("the lost code is not told: %s %s", got, text(page, "#loi"))
	}
	doc := s.get("/quan-tri/phieu/pks07/2/so-sanh?voi=pks07@1", cookie).want(t, 200).page(t)
	if got := text(doc, "tbody"); !strings.Contains(got, "người thứ hai") {
		t.Errorf("the comparison: %s", got)
	}
	s.get("/quan-tri/phieu/pks07/1/soan", cookie).want(t, 409)
	v, err := s.store.FormVersion(context.Background(), "pks07", 2)
	ok(t, err)
	drop := url.Values{"_csrf": {s.csrf(cookie)}, "phien-ban": {fmt.Sprint(v.Version)}}
	s.post("/quan-tri/phieu/pks07/1/xoa", drop, cookie).want(t, 409)
	s.post("/quan-tri/phieu/pks07/2/xoa", drop, cookie).want(t, 303)
	s.get("/quan-tri/phieu/pks07/2", cookie).want(t, 404)
}

// upload sends a workbook into a draft.
func (s *testSite) uploadBook(at string, cookie *http.Cookie, data []byte) answer {
	s.tb.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	ok(s.tb, w.WriteField("_csrf", s.csrf(cookie)))
	part, err := w.CreateFormFile("tep", "phieu.xlsx")
	ok(s.tb, err)
	_, err = part.Write(data)
	ok(s.tb, err)
	ok(s.tb, w.Close())
	r := httptest.NewRequest(http.MethodPost, at, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.send(r, cookie)
}

// A workbook is shown with its differences before anything is written.
func TestBuilderWorkbook(t *testing.T) {
	s := newSite(t)
	cookie := s.manager()
	s.post("/quan-tri/phieu/pks07/1/chep", url.Values{"_csrf": {s.csrf(cookie)}}, cookie).want(t, 303)
	base := "/quan-tri/phieu/pks07/2"
	data := s.get(base+"/bang.xlsx", cookie).want(t, 200).body
	f, err := excelize.OpenReader(strings.NewReader(data))
	ok(t, err)
	defer f.Close()
	ok(t, f.SetCellValue("Câu hỏi", "E2", "Lời đã sửa trong Excel"))
	var b bytes.Buffer
	ok(t, f.Write(&b))
	doc := s.uploadBook(base+"/nhap", cookie, b.Bytes()).want(t, 200).page(t)
	if got := text(doc, "main"); !strings.Contains(got, "Lời đã sửa trong Excel") {
		t.Fatalf("no preview: %s", got)
	}
	v, err := s.store.FormVersion(context.Background(), "pks07", 2)
	ok(t, err)
	if strings.Contains(v.YAML, "Lời đã sửa") {
		t.Fatal("the preview wrote")
	}
	send := url.Values{"_csrf": {s.csrf(cookie)}, "phien-ban": {fmt.Sprint(v.Version)}, "du-lieu": {strings.TrimPrefix(doc.Find("textarea[name=du-lieu]").Text(), "\n")}}
	s.post(base+"/ghi", send, cookie).want(t, 303)
	s.post(base+"/ghi", send, cookie).want(t, 409)
	s.uploadBook(base+"/nhap", cookie, b.Bytes()).want(t, 409) // made from the older state
	ok(t, f.SetCellValue("Câu hỏi", "D3", "?"))
	b.Reset()
	ok(t, f.Write(&b))
	doc = s.uploadBook(base+"/nhap", cookie, b.Bytes()).want(t, 422).page(t)
	if got := text(doc, "table.problems"); !strings.Contains(got, "Câu hỏi!D3") {
		t.Errorf("problems: %s", got)
	}
}

// The largest form there may be is still a page that opens and saves.
func TestBuilderLargest(t *testing.T) {
	s := newSite(t)
	cookie := s.manager()
	var b strings.Builder
	b.WriteString("id: lon\nversion: 1\ntitle: Lớn\nrespondents: [resident]\nsections:\n  - questions:\n")
	for i := range survey.MaxQuestions {
		fmt.Fprintf(&b, "      - {code: q%d, kind: choice, text: Câu số %d, options: [{code: a, label: Có}, {code: b, label: Không}]", i, i)
		if i > 0 {
			fmt.Fprintf(&b, ", show_if: {question: q%d, in: [a]}", i-1)
		}
		b.WriteString("}\n")
	}
	form, err := survey.Parse([]byte(b.String()), "")
	ok(t, err)
	ok(t, s.store.PutForm(t.Context(), store.Version{ID: "lon", Number: 1, Title: "Lớn", YAML: string(form.YAML()), State: store.Draft}))
	at := "/quan-tri/phieu/lon/1/soan"
	start := time.Now()
	page := s.get(at, cookie).want(t, 200)
	took := time.Since(start)
	doc := page.page(t)
	if n := doc.Find(".fb-question").Length(); n != survey.MaxQuestions {
		t.Errorf("%d questions on the page", n)
	}
	if took > 2*time.Second || len(page.body) > 8<<20 {
		t.Errorf("the page takes %v and %d kB", took, len(page.body)>>10)
	}
	t.Logf("%v, %d kB", took, len(page.body)>>10)
	s.press(at, cookie, doc, "luu", "title", "Lớn hơn").want(t, 303)
	s.press(at, cookie, s.get(at, cookie).page(t), "them sections[0].questions").want(t, 200)
}
