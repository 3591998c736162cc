package site

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"thanthien/internal/store"
)

const importURL = "/khao-sat/" + testCampaign + "/nhap-excel"

// upload sends a file of paper forms.
func (c clerk) upload(name, content string) answer {
	c.tb.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	ok(c.tb, w.WriteField("_csrf", c.csrf))
	part, err := w.CreateFormFile("tep", name)
	ok(c.tb, err)
	_, err = part.Write([]byte(content))
	ok(c.tb, err)
	ok(c.tb, w.Close())
	r := httptest.NewRequest("POST", importURL, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.testSite.send(r, c.cookie)
}

func paperLines(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(`{"unit":"07210","group":"resident","answers":{"q1":"5","q2":"4"}}` + "\n")
	}
	return b.String()
}

func TestImport(t *testing.T) {
	s := newSite(t)
	c := s.clerk("nhap1")
	c.get(importURL, c.cookie).want(t, 200)
	c.get(importURL+"/mau.xlsx", c.cookie).want(t, 200)
	doc := c.upload("sai.ndjson", paperLines(2)+`{"unit":"1","group":"resident","answers":{"q1":"5"}}`).want(t, 422).page(t)
	if doc.Find(".problems tbody tr").Length() != 1 {
		t.Error("the problem is not listed")
	}
	at := c.upload("phieu.ndjson", paperLines(1200)).want(t, 303).Header.Get("Location")
	if n := len(s.stored()); n != 0 {
		t.Fatalf("%d stored by the preview", n)
	}
	doc = c.get(at, c.cookie).want(t, 200).page(t)
	if got := text(doc, "h2"); !strings.Contains(got, "1.200 phiếu") {
		t.Errorf("preview says %q", got)
	}
	for range 2 {
		c.send(at, url.Values{}).want(t, 303)
	}
	if n := len(s.stored()); n != 1200 {
		t.Fatalf("%d stored, want 1200", n)
	}
	again := c.upload("phieu (1).ndjson", paperLines(1200)).want(t, 303).Header.Get("Location")
	if again != at {
		t.Errorf("the same rows became another import")
	}
	if body := c.get(again, c.cookie).want(t, 200).body; !strings.Contains(body, "đã nhập ngày") {
		t.Error("the page does not say that the file was imported before")
	}
	c.send(at, url.Values{"viec": {"bo"}}).want(t, 409)
}

// An import broken off after any chunk, or between a chunk and its note, is
// finished by repeating it.
func TestImportInterrupted(t *testing.T) {
	s := newSite(t)
	c := s.clerk("nhap1")
	ctx := t.Context()
	at := c.upload("phieu.ndjson", paperLines(1700)).want(t, 303).Header.Get("Location")
	id := testCampaign + "." + at[strings.LastIndexByte(at, '/')+1:]
	_, err := s.store.StartImport(ctx, id, "td")
	ok(t, err)
	broken := func() (stopped bool) {
		defer func() { stopped = recover() != nil }()
		_, err := s.store.RunImport(ctx, id, func(i store.Import) {
			if i.Written == 2 {
				panic("power cut")
			}
		})
		ok(t, err)
		return false
	}
	if !broken() {
		t.Fatal("the import was not broken off")
	}
	if n := len(s.stored()); n != 2*store.ImportChunk {
		t.Fatalf("%d stored", n)
	}
	*s.now = s.now.Add(2 * store.ImportStalled)
	if body := c.get(at, c.cookie).want(t, 200).body; !strings.Contains(body, "Tiếp tục") {
		t.Error("the page does not offer to continue")
	}
	c.send(at, url.Values{}).want(t, 303)
	if n := len(s.stored()); n != 1700 {
		t.Fatalf("%d stored, want 1700", n)
	}
	i, err := s.store.Import(ctx, id)
	ok(t, err)
	if i.State != store.ImportDone {
		t.Errorf("state %s", i.State)
	}
}
