package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/account"
	"thanthien/internal/store"
)

// answerMany stores n responses, each unit in turn, with a text that would be a
// formula and an answer that tells which it is.
func (s *testSite) answerMany(n int) {
	s.tb.Helper()
	ctx := context.Background()
	c, form, err := s.store.LiveCampaign(ctx, testCampaign)
	ok(s.tb, err)
	for i := range n {
		checked, err := form.Check("resident", map[string]any{"q1": "5", "q2": fmt.Sprint(1 + i%5), "y1": fmt.Sprintf("=1+%d", i)})
		ok(s.tb, err)
		unit := c.Units[i%3]
		r := store.Response{Campaign: c.ID, Unit: unit, Key: s.store.ResponseKey(c.ID, unit, fmt.Sprint("k", i)), Group: "resident", Channel: "web", Seconds: 61, Answers: form.Pack(checked)}
		_, _, err = s.store.AddResponse(ctx, &r)
		ok(s.tb, err)
	}
}

// export runs an export through its page and returns the address of the file.
func (s *testSite) export(format string, cookie *http.Cookie) string {
	s.tb.Helper()
	page := "/khao-sat/" + testCampaign + "/xuat"
	csrf, _ := s.get(page, cookie).want(s.tb, 200).page(s.tb).Find("main input[name=_csrf]").Attr("value")
	s.post(page, url.Values{"_csrf": {csrf}, "dang": {format}}, cookie).want(s.tb, 303)
	for range 200 {
		doc := s.get(page, cookie).want(s.tb, 200).page(s.tb)
		if href, done := doc.Find("a[download]").Attr("href"); done {
			return href
		}
		if doc.Find("[role=alert]").Length() > 0 {
			s.tb.Fatal("the export failed: ", text(doc, "[role=alert]"), s.log.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.tb.Fatal("the export does not end")
	return ""
}

func TestExportPage(t *testing.T) {
	s := newSite(t)
	s.addUser("quanly", account.Manager, "")
	s.addUser("lanhdao", account.Leader, "")
	s.addUser("quantri", account.Admin, "")
	manager := s.signIn("quanly")
	s.get("/khao-sat/"+testCampaign+"/xuat", s.signIn("lanhdao")).want(t, 403)
	if got := text(s.get("/khao-sat/"+testCampaign+"/xuat", manager).page(t), ".empty"); got == "" {
		t.Error("a campaign without answers offers an empty file")
	}
	s.answerMany(20)

	href := s.export("ndjson", manager)
	lines := s.get(href, manager).want(t, 200).body
	if strings.Count(lines, "\n") != 20 || !strings.Contains(lines, `"day":"`) || !strings.Contains(lines, `"minutes":2`) {
		t.Fatalf("NDJSON:\n%.500s", lines)
	}
	sum := sha256.Sum256([]byte(lines))

	book := s.get(s.export("xlsx", manager), manager).want(t, 200)
	f, err := excelize.OpenReader(strings.NewReader(book.body))
	ok(t, err)
	defer f.Close()
	rows, err := f.GetRows("Dữ liệu")
	ok(t, err)
	if len(rows) != 21 || rows[0][0] != "stt" {
		t.Fatalf("%d rows, head %q", len(rows), rows[0])
	}
	notes, err := f.GetRows("Ghi chú")
	ok(t, err)
	if all := fmt.Sprint(notes); !strings.Contains(all, hex.EncodeToString(sum[:])) || !strings.Contains(all, "20") {
		t.Errorf("the notes lack the count or the checksum of the lines: %s", all)
	}
	s.get(href, manager).want(t, 404) // the older file is gone

	log := s.get("/quan-tri/xuat-du-lieu?q=phieu+an+danh", s.signIn("quantri")).want(t, 200).page(t)
	if n := log.Find("tbody tr").Length(); n != 2 || !strings.Contains(text(log, "tbody"), "quanly") {
		t.Errorf("%d entries in the log: %s", n, text(log, "tbody"))
	}
	s.get("/quan-tri/xuat-du-lieu", manager).want(t, 403)

	*s.now = s.now.Add(store.ExportKept + time.Minute)
	ok(t, s.store.SweepExports(t.Context()))
	if doc := s.get("/khao-sat/"+testCampaign+"/xuat", s.signIn("quanly")).page(t); doc.Find("a[download]").Length() > 0 {
		t.Error("the file is still offered a day later")
	}
}

// A second export of a campaign waits for the first; one whose process died
// says so and may be started again.
func TestExportBroken(t *testing.T) {
	s := newSite(t)
	s.addUser("quanly", account.Manager, "")
	manager := s.signIn("quanly")
	s.answerMany(3)
	_, err := s.store.StartExport(t.Context(), testCampaign, "csv", "quanly", 0)
	ok(t, err)
	page := "/khao-sat/" + testCampaign + "/xuat"
	got := s.get(page, manager).want(t, 200)
	if doc := got.page(t); doc.Find("progress").Length() != 1 || got.Header.Get("Refresh") == "" {
		t.Error("a running export shows no progress")
	}
	csrf := s.csrf(manager)
	s.post(page, url.Values{"_csrf": {csrf}, "dang": {"csv"}}, manager).want(t, 409)
	s.post(page, url.Values{"_csrf": {csrf}, "dang": {"pdf"}}, manager).want(t, 422)
	*s.now = s.now.Add(store.ExportDead + time.Second)
	if doc := s.get(page, manager).want(t, 200).page(t); doc.Find("[role=alert]").Length() != 1 {
		t.Error("a broken export does not say so")
	}
	if csv := s.get(s.export("csv", manager), manager).want(t, 200).body; !strings.Contains(csv, "'=1+") {
		t.Errorf("a text starts a formula in the CSV:\n%s", csv)
	}
}

func TestPublishedReceipts(t *testing.T) {
	s := newSite(t)
	s.answerMany(20) // 7, 7 and 6
	list := "/ket-qua/bien-nhan/" + testCampaign
	s.get(list).want(t, 410)
	receipt := s.store.Receipt(testCampaign, "07210", s.store.ResponseKey(testCampaign, "07210", "k0"))
	if doc := s.get("/bien-nhan?ma="+receipt).want(t, 200).page(t); !strings.Contains(text(doc, ".hash"), store.ReceiptHash(receipt)) || doc.Find(".notice a").Length() > 0 {
		t.Error("an open campaign's receipt lacks its hash, or leads to a list that is not there")
	}
	*s.now = testNow.AddDate(0, 0, 21)
	s.get(list).want(t, 404)
	ok(t, s.store.PublishReceipts(t.Context()))

	all := s.get(list+".txt").want(t, 200).body
	if n := strings.Count(all, "\n"); n != 20 || len(all) != 20*store.ReceiptLine {
		t.Fatalf("%d hashes in %d bytes", n, len(all))
	}
	sum := sha256.Sum256([]byte(receipt))
	hash := hex.EncodeToString(sum[:])
	if !strings.Contains(all, hash+"\n") {
		t.Error("a counted receipt is not in the list")
	}
	doc := s.get(list).want(t, 200).page(t)
	if doc.Find(".hashes li").Length() != 20 || doc.Find("tbody tr").Length() != 3 {
		t.Errorf("the page shows %d hashes and %d units", doc.Find(".hashes li").Length(), doc.Find("tbody tr").Length())
	}
	whole := sha256.Sum256([]byte(all))
	if !strings.Contains(text(doc, "main"), hex.EncodeToString(whole[:])) {
		t.Error("the page lacks the checksum of the list")
	}
	href, _ := s.get("/bien-nhan?ma="+receipt).want(t, 200).page(t).Find(".notice a").Attr("href")
	if got := text(s.get(href).want(t, 200).page(t), "[aria-current=true]"); got != hash {
		t.Errorf("%s marks %q", href, got)
	}
	if doc := s.get(list+"?bam=00").want(t, 200).page(t); doc.Find("[role=alert]").Length() != 1 {
		t.Error("a hash that is not in the list is not refused")
	}
	// Opened again, it closes with a new list.
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Closes = s.now.AddDate(0, 0, 1)
	ok(t, s.store.PutCampaign(t.Context(), c))
	s.get(list).want(t, 410)
}

// The total must not tell how many answered in units that few did: two with one
// each would follow from it.
func TestPublishedUnitsHideFew(t *testing.T) {
	s := newSite(t)
	s.answers("07210", "resident", "5", 8)
	s.answers("07211", "resident", "5", 1)
	s.answers("07212", "resident", "5", 1)
	*s.now = testNow.AddDate(0, 0, 21)
	p, at := s.as(account.Leader), "/khao-sat/"+testCampaign
	link := "a[href='/ket-qua/bien-nhan/" + testCampaign + "']"
	if p.open(at).want(t, 200).page(t).Find(link).Length() != 0 {
		t.Error("the campaign leads to a list that is not made yet")
	}
	ok(t, s.store.PublishReceipts(t.Context()))
	closed := p.open(at).want(t, 200).page(t)
	if closed.Find(link).Length() != 1 {
		t.Error("the closed campaign does not lead to its list")
	}
	for _, doc := range []*goquery.Document{closed, p.open(at+"/07210").want(t, 200).page(t)} {
		if doc.Find("main a[href^='/k/']").Length() != 0 {
			t.Error("the closed campaign leads to surveys that take no answers")
		}
	}
	doc := s.get("/ket-qua/bien-nhan/"+testCampaign).want(t, 200).page(t)
	if got := text(doc, "details"); doc.Find("details tbody tr").Length() != 0 || !strings.Contains(got, "3 đơn vị có ít phiếu") {
		t.Errorf("the counts of units: %s", got)
	}
}
