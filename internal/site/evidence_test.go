package site

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/browsertest"
	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
)

const (
	testEvidence  = "/ho-so/2026/" + testUnit + "/minh-chung"
	otherEvidence = "/ho-so/2026/07211/minh-chung"
)

// pdfOf is a small PDF whose content depends on the text.
func pdfOf(text string) []byte {
	body := "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% " + text + "\n"
	return fmt.Appendf(nil, "%sxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n%d\n%%%%EOF\n", body, len(body))
}

// sentFile is a file of a form.
type sentFile struct {
	name string
	data []byte
}

// uploadBody is a form with files; pairs are names and values in turn.
func uploadBody(tb testing.TB, csrf string, files []sentFile, pairs ...string) (io.Reader, string) {
	tb.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if csrf != "" {
		ok(tb, w.WriteField("_csrf", csrf))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		ok(tb, w.WriteField(pairs[i], pairs[i+1]))
	}
	for _, f := range files {
		part, err := w.CreateFormFile("tep", f.name)
		ok(tb, err)
		_, err = part.Write(f.data)
		ok(tb, err)
	}
	ok(tb, w.Close())
	return &body, w.FormDataContentType()
}

// attach uploads files to a dossier.
func (p *person) attach(target string, files []sentFile, pairs ...string) answer {
	p.tb.Helper()
	body, kind := uploadBody(p.tb, p.csrf, files, pairs...)
	r := httptest.NewRequest(http.MethodPost, target, body)
	r.Header.Set("Content-Type", kind)
	return p.send(r, p.cookie)
}

// evidenceSite is a site with an open period and the officer of testUnit.
func evidenceSite(t *testing.T) (*testSite, *person) {
	s := newSite(t)
	s.addPeriod()
	return s, s.as(account.Commune)
}

// inUnit makes an account of a role for a unit and signs it in.
func (s *testSite) inUnit(login string, role account.Role, unit string) *person {
	s.tb.Helper()
	s.addUser(login, role, unit)
	cookie := s.signIn(login)
	return &person{s, cookie, s.csrf(cookie)}
}

func (s *testSite) folder(unit string) evidence.Folder {
	s.tb.Helper()
	f, err := s.store.Evidence(context.Background(), "2026", unit)
	ok(s.tb, err)
	return f
}

// contents counts the files in the file store.
func (s *testSite) contents() int {
	s.tb.Helper()
	n := 0
	ok(s.tb, filepath.WalkDir(filepath.Join(s.dir, "files"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func TestEvidenceUpload(t *testing.T) {
	s, p := evidenceSite(t)
	p.open(testEvidence).want(t, 200)
	a := p.attach(testEvidence, []sentFile{{"Báo cáo.pdf", pdfOf("a")}}, "ten", "Báo cáo năm", "so", "12/BC-UBND", "ngay", "2026-03-05", "tc", "1.1.1", "tc", "1.2")
	page := p.follow(a).page(t)
	if got := text(page, "main"); !strings.Contains(got, "Báo cáo năm") || !strings.Contains(got, "12/BC-UBND") || !strings.Contains(got, "05/03/2026") {
		t.Errorf("the page shows %s", got)
	}
	f := s.folder(testUnit)
	if len(f.Items) != 1 || f.Items[0].Current().Type != evidence.PDF || f.Items[0].Current().By != "user-commune" {
		t.Fatalf("%+v", f)
	}
	if n := evidence.Count(f.Items); n["1.1.1"] != 1 || n["1.2"] != 1 {
		t.Errorf("counts %v", n)
	}
	counts, err := s.store.EvidenceCounts(t.Context(), "2026")
	ok(t, err)
	if counts[testUnit]["1.2"] != 1 || len(counts) != 1 {
		t.Errorf("counts of the period %v", counts)
	}
	history, err := s.store.History(t.Context(), "dossiers/2026/"+testUnit)
	ok(t, err)
	if last := history[len(history)-1]; last.Action != audit.EvidenceAdded || last.Who != "user-commune" || !strings.Contains(last.Detail[0].After, f.Items[0].Current().SHA) {
		t.Errorf("the history ends with %+v", last)
	}
}

func TestEvidenceSeveral(t *testing.T) {
	s, p := evidenceSite(t)
	p.follow(p.attach(testEvidence, []sentFile{{norm.NFD.String("Tờ trình.pdf"), pdfOf("a")}, {"b.pdf", pdfOf("b")}}, "tc", "1.1.1"))
	f := s.folder(testUnit)
	if len(f.Items) != 2 || f.Items[0].Title != "Tờ trình" || f.Items[0].Current().Name != "Tờ trình.pdf" {
		t.Fatalf("%+v", f.Items)
	}
	// One bad file keeps the others out, and the text stays.
	a := p.attach(testEvidence, []sentFile{{"c.pdf", pdfOf("c")}, {"d.pdf", []byte("<html>")}}, "tc", "1.1.1", "so", "77/QĐ").want(t, 415)
	page := a.page(t)
	if got := errorTexts(t, a); !strings.Contains(got, "d.pdf") {
		t.Errorf("the errors are %s", got)
	}
	if v, _ := page.Find("#so").Attr("value"); v != "77/QĐ" {
		t.Errorf("the number became %q", v)
	}
	if page.Find(`input[name=tc][value="1.1.1"][checked]`).Length() != 1 {
		t.Error("the criterion is not chosen any more")
	}
	if len(s.folder(testUnit).Items) != 2 {
		t.Error("something was stored")
	}
}

// TestEvidenceRefused sends what must not be kept: a sentence, nothing stored.
func TestEvidenceRefused(t *testing.T) {
	s, p := evidenceSite(t)
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("word/document.xml")
	ok(t, err)
	_, err = w.Write(make([]byte, 30<<20))
	ok(t, err)
	ok(t, z.Close())
	place := []string{"tc", "1.1.1"}
	for name, c := range map[string]struct {
		files []sentFile
		pairs []string
		want  int
		says  string
	}{
		"no file":        {nil, place, 422, "chọn tệp"},
		"empty":          {[]sentFile{{"a.pdf", nil}}, place, 422, "rỗng"},
		"a page":         {[]sentFile{{"a.pdf", []byte("<script>alert(1)</script>")}}, place, 415, "PDF"},
		"a bomb":         {[]sentFile{{"a.docx", bomb.Bytes()}}, place, 413, "bất thường"},
		"too big":        {[]sentFile{{"to.pdf", make([]byte, evidence.MaxFile+1)}}, place, 413, "20"},
		"nowhere":        {[]sentFile{{"a.pdf", pdfOf("a")}}, nil, 422, "tiêu chí"},
		"unknown place":  {[]sentFile{{"a.pdf", pdfOf("a")}}, []string{"tc", "9.9"}, 422, "tiêu chí"},
		"future":         {[]sentFile{{"a.pdf", pdfOf("a")}}, []string{"tc", "1.1.1", "ngay", "2027-01-01"}, 422, "hôm nay"},
		"too many files": {make([]sentFile, 0), place, 422, "tệp"},
	} {
		if name == "too many files" {
			for i := range evidence.MaxBatch + 1 {
				c.files = append(c.files, sentFile{fmt.Sprint(i, ".pdf"), pdfOf(fmt.Sprint(i))})
			}
		}
		if a := p.attach(testEvidence, c.files, c.pairs...); a.StatusCode != c.want || !strings.Contains(a.page(t).Text(), c.says) {
			t.Errorf("%s: %d, want %d with %q", name, a.StatusCode, c.want, c.says)
		}
	}
	if f := s.folder(testUnit); len(f.Items) > 0 {
		t.Errorf("something was stored: %+v", f)
	}
	// The refused content is not in the file store either.
	p.follow(p.attach(testEvidence, []sentFile{{"a.pdf", pdfOf("a")}}, place...))
	n, err := s.store.CheckEvidence(t.Context(), func(_, _, sha string, err error) { t.Errorf("%s: %v", sha, err) })
	if err != nil || n != 1 || s.contents() != 1 {
		t.Errorf("%d contents are kept, %d used, %v", s.contents(), n, err)
	}
}

// TestEvidenceRights is who may see, download and change the evidence of a
// commune.
func TestEvidenceRights(t *testing.T) {
	s, p := evidenceSite(t)
	p.follow(p.attach(testEvidence, []sentFile{{"a.pdf", pdfOf("a")}}, "tc", "1.1.1"))
	id := s.folder(testUnit).Items[0].ID
	other := s.inUnit("xa-khac", account.Commune, "07211")
	other.follow(other.attach(otherEvidence, []sentFile{{"b.pdf", pdfOf("b")}}, "tc", "1.1.1"))
	theirs := s.folder("07211").Items[0].ID
	kept := s.inUnit("ne-tranh", account.Appraiser, "")
	user, err := s.store.User(t.Context(), "ne-tranh")
	ok(t, err)
	user.Recused = []string{testUnit}
	ok(t, s.store.PutUser(t.Context(), user))

	reads := []string{testEvidence, testEvidence + "/" + id, testEvidence + "/" + id + "/1", testEvidence + "/muc-luc.xlsx"}
	people := map[string]struct {
		who         *person
		read, write int
	}{
		"commune": {p, 200, 303}, "another commune": {other, 403, 403}, "recused": {kept, 403, 403},
		"appraiser": {s.as(account.Appraiser), 200, 403}, "manager": {s.as(account.Manager), 200, 403}, "admin": {s.as(account.Admin), 200, 403},
		"leader": {s.as(account.Leader), 200, 403}, "surveyor": {s.as(account.Surveyor), 403, 403},
	}
	for name, c := range people {
		for _, path := range reads {
			if got := c.who.open(path).StatusCode; got != c.read {
				t.Errorf("%s reads %s: %d, want %d", name, path, got, c.read)
			}
		}
		if got := c.who.attach(testEvidence, []sentFile{{"x.pdf", pdfOf(name)}}, "tc", "1.1.1").StatusCode; got != c.write {
			t.Errorf("%s adds: %d, want %d", name, got, c.write)
		}
		if name != "commune" {
			for _, path := range []string{"/" + id, "/" + id + "/go-bo"} {
				if got := c.who.submit(testEvidence+path, "v", "1", "ly-do", "x").StatusCode; got != 403 {
					t.Errorf("%s changes %s: %d", name, path, got)
				}
			}
		}
	}
	// An id of another dossier is none of this one, even for those who see all.
	manager := people["manager"].who
	for _, path := range []string{"/" + theirs, "/" + theirs + "/1", "/" + id + "/2", "/" + id + "/0", "/" + id + "/x", "/nope"} {
		if got := manager.open(testEvidence + path).StatusCode; got != 404 {
			t.Errorf("%s: %d, want 404", path, got)
		}
	}
	if got := s.get(testEvidence + "/" + id + "/1").StatusCode; got != 303 {
		t.Errorf("without signing in: %d", got)
	}
	s.setState(dossier.Locked)
	p.attach(testEvidence, []sentFile{{"y.pdf", pdfOf("y")}}, "tc", "1.1.1").want(t, 409)
}

// An upload without the session's token, or with it behind the file, is refused.
func TestEvidenceForgery(t *testing.T) {
	s, p := evidenceSite(t)
	for name, csrf := range map[string]string{"none": "", "wrong": "xxx"} {
		body, kind := uploadBody(t, csrf, []sentFile{{"a.pdf", pdfOf("a")}}, "tc", "1.1.1")
		r := httptest.NewRequest(http.MethodPost, testEvidence, body)
		r.Header.Set("Content-Type", kind)
		if got := s.send(r, p.cookie).StatusCode; got != 403 {
			t.Errorf("%s: %d", name, got)
		}
	}
	body, kind := uploadBody(t, "", []sentFile{{"a.pdf", pdfOf("a")}}, "tc", "1.1.1", "_csrf", p.csrf)
	r := httptest.NewRequest(http.MethodPost, testEvidence, body)
	r.Header.Set("Content-Type", kind)
	if got := s.send(r, p.cookie).StatusCode; got != 403 {
		t.Errorf("behind: %d", got)
	}
	body, kind = uploadBody(t, "", []sentFile{{"a.pdf", pdfOf("a")}}, "tc", "1.1.1")
	r = httptest.NewRequest(http.MethodPost, testEvidence, body)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-CSRF-Token", p.csrf)
	if got := s.send(r, p.cookie).StatusCode; got != 303 {
		t.Errorf("in the head: %d", got)
	}
	// A body that breaks off stores nothing.
	body, kind = uploadBody(t, p.csrf, []sentFile{{"b.pdf", pdfOf("b")}}, "tc", "1.1.1")
	whole, _ := io.ReadAll(body)
	r = httptest.NewRequest(http.MethodPost, testEvidence, bytes.NewReader(whole[:len(whole)-200]))
	r.Header.Set("Content-Type", kind)
	if got := s.send(r, p.cookie).StatusCode; got != 400 || len(s.folder(testUnit).Items) != 1 {
		t.Errorf("cut short: %d, %d items", got, len(s.folder(testUnit).Items))
	}
}

func TestEvidenceDownload(t *testing.T) {
	s, p := evidenceSite(t)
	name := "Quyết định \"số\" 5\r\n\u202egpj/..\\xấu.pdf"
	body, kind := uploadBody(t, p.csrf, []sentFile{{"@@", pdfOf("a")}}, "tc", "1.1.1", "ten", "Quyết định")
	raw, _ := io.ReadAll(body)
	raw = bytes.Replace(raw, []byte("@@"), []byte(url.QueryEscape(name)+strings.NewReplacer("\r", "", "\n", "", `"`, "", `\`, "").Replace(name)), 1)
	r := httptest.NewRequest(http.MethodPost, testEvidence, bytes.NewReader(raw))
	r.Header.Set("Content-Type", kind)
	s.send(r, p.cookie).want(t, 303)
	it := s.folder(testUnit).Items[0]
	if strings.ContainsAny(it.Current().Name, "\u202e/\\\r\n\"") {
		t.Errorf("kept as %q", it.Current().Name)
	}
	at := testEvidence + "/" + it.ID + "/1"
	a := p.open(at).want(t, 200)
	if a.body != string(pdfOf("a")) || a.Header.Get("Content-Type") != "application/pdf" || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d bytes, %v", len(a.body), a.Header)
	}
	if got := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "sandbox;") {
		t.Errorf("policy %q", got)
	}
	if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; ") || !strings.Contains(got, "filename*=UTF-8''") || strings.ContainsAny(got, "\r\n") {
		t.Errorf("disposition %q", got)
	}
	tag := a.Header.Get("ETag")
	r = httptest.NewRequest(http.MethodGet, at, nil)
	r.Header.Set("If-None-Match", tag)
	if got := s.send(r, p.cookie); got.StatusCode != 304 || tag != `"`+it.Current().SHA+`"` {
		t.Errorf("again: %d, tag %s", got.StatusCode, tag)
	}
	shown := p.open(at+"?xem=1").want(t, 200)
	if got := shown.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "inline; ") || !strings.HasPrefix(shown.Header.Get("Content-Security-Policy"), "sandbox;") {
		t.Errorf("shown as %q", got)
	}
	// What a browser cannot show safely is never inline.
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range map[string]string{"mimetype": evidence.ODT.Media()} {
		w, err := z.Create(name)
		ok(t, err)
		_, err = io.WriteString(w, data)
		ok(t, err)
	}
	_, err := z.Create("content.xml")
	ok(t, err)
	ok(t, z.Close())
	p.follow(p.attach(testEvidence, []sentFile{{"a.html", b.Bytes()}}, "tc", "1.1.1"))
	odt := s.folder(testUnit).Items[1]
	a = p.open(testEvidence+"/"+odt.ID+"/1?xem=1").want(t, 200)
	if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; ") || odt.Current().Name != "a.html.odt" {
		t.Errorf("%q as %q", odt.Current().Name, got)
	}
}

func TestEvidenceChanges(t *testing.T) {
	s, p := evidenceSite(t)
	p.follow(p.attach(testEvidence, []sentFile{{"a.pdf", pdfOf("a")}}, "tc", "1.1.1"))
	id := s.folder(testUnit).Items[0].ID
	at := testEvidence + "/" + id
	p.follow(p.submit(at, "v", "1", "ten", "Tên mới", "so", "5/KH", "ngay", "2026-02-01", "tc", "1.2"))
	stale := p.submit(at, "v", "1", "ten", "Tên khác", "tc", "1.2").want(t, 412)
	if got, _ := stale.page(t).Find("#ten").Attr("value"); got != "Tên khác" || !strings.Contains(stale.body, "Tên mới") {
		t.Errorf("a stale form shows %q", got)
	}
	p.submit(at, "v", "2", "ten", "", "tc", "1.2").want(t, 422)
	p.follow(p.attach(at+"/ban-moi", []sentFile{{"b.pdf", pdfOf("b")}}, "v", "2", "ghi-chu", "bản có dấu"))
	p.attach(at+"/ban-moi", []sentFile{{"b.pdf", pdfOf("b")}}, "v", "3").want(t, 409)
	p.attach(at+"/ban-moi", []sentFile{{"c.pdf", pdfOf("c")}}, "v", "1").want(t, 412)
	p.attach(at+"/ban-moi", nil, "v", "3").want(t, 422)
	for n, want := range map[string]string{"/1": "a", "/2": "b"} {
		if got := p.open(at+n).want(t, 200); got.body != string(pdfOf(want)) {
			t.Errorf("revision %s changed", n)
		}
	}
	p.submit(at+"/go-bo", "v", "3", "ly-do", "").want(t, 422)
	p.follow(p.submit(at+"/go-bo", "v", "3", "ly-do", "nộp nhầm"))
	p.open(at+"/2").want(t, 200)
	p.submit(at, "v", "4", "ten", "x", "tc", "1.2").want(t, 409)
	if page := p.open(testEvidence).want(t, 200); !strings.Contains(page.body, "nộp nhầm") {
		t.Error("the removed document is not shown")
	}
	f := s.folder(testUnit)
	if len(evidence.Count(f.Items)) != 0 || f.Items[0].Removed == nil {
		t.Errorf("%+v", f)
	}
	history, err := s.store.History(t.Context(), "dossiers/2026/"+testUnit)
	ok(t, err)
	var got []audit.Action
	for _, e := range history {
		if strings.HasPrefix(string(e.Action), "evidence.") {
			got = append(got, e.Action)
		}
	}
	if want := []audit.Action{audit.EvidenceAdded, audit.EvidenceChanged, audit.EvidenceRevised, audit.EvidenceRemoved}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("history %v", got)
	}
}

// A file that another commune handed in too is told to both; only appraisers
// learn whose it is.
func TestEvidenceShared(t *testing.T) {
	s, p := evidenceSite(t)
	other := s.inUnit("xa-khac", account.Commune, "07211")
	p.follow(p.attach(testEvidence, []sentFile{{"a.pdf", pdfOf("a")}}, "tc", "1.1.1", "ngay", "2025-03-05"))
	if got := text(p.open(testEvidence).page(t), ".ev-warn"); strings.Contains(got, "đơn vị khác") || !strings.Contains(got, "2026") || !strings.Contains(got, "số") {
		t.Errorf("alone: %s", got)
	}
	other.follow(other.attach(otherEvidence, []sentFile{{"chep.pdf", pdfOf("a")}}, "tc", "1.1.1"))
	for _, c := range []struct {
		who  *person
		path string
	}{{p, testEvidence}, {other, otherEvidence}} {
		if got := text(c.who.open(c.path).page(t), ".ev-warn"); !strings.Contains(got, "đơn vị khác") || strings.Contains(got, "Đồng Mỏ") || strings.Contains(got, "Minh Họa 07") {
			t.Errorf("a commune reads: %s", got)
		}
	}
	appraiser := s.as(account.Appraiser)
	if got := text(appraiser.open(testEvidence).page(t), ".ev-warn"); !strings.Contains(got, "Xã Đồng Mỏ") {
		t.Errorf("an appraiser reads: %s", got)
	}
	it := s.folder("07211").Items[0]
	other.follow(other.submit(otherEvidence+"/"+it.ID+"/go-bo", "v", "1", "ly-do", "nhầm"))
	if got := text(appraiser.open(testEvidence).page(t), ".ev-warn"); strings.Contains(got, "Đồng Mỏ") {
		t.Errorf("still after it was removed: %s", got)
	}
}

// What the scoring page shows of evidence.
func TestEvidenceOf(t *testing.T) {
	s, p := evidenceSite(t)
	p.follow(p.attach(testEvidence, []sentFile{{"a.pdf", pdfOf("a")}}, "tc", "1.1.1", "tc", "1.2", "ten", "Báo cáo"))
	srv := &Server{store: s.store, now: s.store.Now}
	place, err := srv.loadPlace(t.Context(), "2026", testUnit)
	ok(t, err)
	links, missing, err := srv.evidenceOf(t.Context(), place)
	ok(t, err)
	if len(links["1.1.1"]) != 1 || len(links["1.2"]) != 1 || links["1.2"][0].Title != "Báo cáo" || len(links["1.2"][0].Warnings) != 2 {
		t.Errorf("%+v", links)
	}
	for _, m := range missing {
		if m.Code == "1.1.1" || m.Code == "1.2" {
			t.Errorf("%s is missing", m.Code)
		}
	}
}

// TestBodyInChunks sends a form without saying how long it is.
func TestBodyInChunks(t *testing.T) {
	s := newSite(t)
	at := browsertest.Serve(t, s.app)
	form := func(size int) io.Reader {
		return struct{ io.Reader }{strings.NewReader("login=a&password=" + strings.Repeat("b", size))}
	}
	for size, want := range map[int]int{5: 422, MaxBody: 413} {
		res, err := http.Post(at+"/dang-nhap", "application/x-www-form-urlencoded", form(size))
		ok(t, err)
		ok(t, res.Body.Close())
		if res.StatusCode != want {
			t.Errorf("%d bytes: %d, want %d", size, res.StatusCode, want)
		}
	}
}

// A body that no handler reads is not taken for the next request.
func TestBodies(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest(http.MethodPost, "/dang-nhap", strings.NewReader(strings.Repeat("x", MaxBody+1)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := s.send(r)
	if a.StatusCode != 413 || !a.Close {
		t.Errorf("too large: %d, closing %v", a.StatusCode, a.Close)
	}
	body, kind := uploadBody(t, "x", []sentFile{{"a.pdf", pdfOf("a")}})
	r = httptest.NewRequest(http.MethodPost, testEvidence, body)
	r.Header.Set("Content-Type", kind)
	if a := s.send(r); a.StatusCode != 401 || !a.Close {
		t.Errorf("an upload of nobody: %d, closing %v", a.StatusCode, a.Close)
	}
}

// In half a year, a document of the other half is doubtful.
func TestEvidenceOfHalfYear(t *testing.T) {
	s := newActSite(t)
	s.change(func(d *dossier.Dossier) { d.Status = dossier.Scoring })
	s.handIn()
	page := func() string { return text(s.get(actURL+"/minh-chung", s.as("xa")).want(t, 200).page(t), "main") }
	const outside = "Ngày 01/03/2026 không thuộc kỳ này (từ 01/07/2026 đến 31/12/2026)."
	if got := page(); strings.Contains(got, "không thuộc") {
		t.Errorf("in the whole year: %s", got)
	}
	p := s.thePeriod()
	p.Half = 2
	_, err := s.store.PutPeriod(t.Context(), p)
	ok(t, err)
	if got := page(); !strings.Contains(got, outside) {
		t.Errorf("in the second half: %s", got)
	}
	form := s.get("/quan-tri/ky/moi?loai=1", s.as("quan-ly")).want(t, 200).page(t)
	if got := form.Find("#half option[selected]").AttrOr("value", ""); got != "1" {
		t.Errorf("the form of a first half asks for half %q", got)
	}
}
