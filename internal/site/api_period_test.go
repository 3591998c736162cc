package site

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
)

const marksURL = "/api/v1/periods/2026/units/" + testUnit + "/marks?stage=province"

// put sends JSON marks as a session, with If-Match unless it is "".
func (s *testSite) put(cookie *http.Cookie, ifMatch, body string) answer {
	s.tb.Helper()
	header := []string{"Content-Type", "application/json", "X-CSRF-Token", s.csrf(cookie), "Cookie", cookie.Name + "=" + cookie.Value}
	if ifMatch != "" {
		header = append(header, "If-Match", ifMatch)
	}
	return s.do("PUT", marksURL, strings.NewReader(body), header...)
}

func decode[T any](tb testing.TB, a answer) T {
	tb.Helper()
	var v T
	ok(tb, json.Unmarshal([]byte(a.body), &v))
	return v
}

func TestMarksAPI(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	a := s.get(marksURL, me).want(t, 200)
	got := decode[map[string]any](t, a)
	for key, want := range map[string]any{"unit": testUnit, "stage": "province", "version": 2.0, "total": "30.00"} {
		if got[key] != want {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
	if want := map[string]any{"numerator": "50", "denominator": "50"}; !cmp.Equal(got["marks"].(map[string]any)["1.2"], any(want)) {
		t.Errorf("mark 1.2 = %v", got["marks"].(map[string]any)["1.2"])
	}
	if tag := a.Header.Get("ETag"); tag != `"2"` {
		t.Errorf("ETag = %s", tag)
	}

	body := `{"marks": {"1.1.1": {"points": 4.25}, "1.2": {"na": true}, "2.1": null}, "conditions": {"dk1": false}, "notes": {"1.1.1": "xem lại"}}`
	a = s.put(me, `"2"`, body).want(t, 200)
	if tag := a.Header.Get("ETag"); tag != `"3"` {
		t.Errorf("ETag after the change = %s", tag)
	}
	for code, want := range map[string]string{"1.1.1": "4.25|xem lại", "1.2": "na", "2.1": "", "?dk1": "false", "1.3": "100"} {
		if got := s.markOf(testUnit, "province", code); got != want {
			t.Errorf("%s = %q, want %q", code, got, want)
		}
	}
	s.put(me, `"3"`, body).want(t, 200) // the same again changes nothing
	if tag := s.get(marksURL, me).Header.Get("ETag"); tag != `"3"` {
		t.Errorf("an equal save made version %s", tag)
	}
}

func TestMarksAPIRefuses(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	good := `{"marks": {"1.1.1": {"points": "4"}}}`
	for name, c := range map[string]struct {
		match, body string
		status      int
		field       string
	}{
		"no If-Match":       {"", good, 428, ""},
		"any version":       {"*", good, 428, ""},
		"stale":             {`"1"`, good, 412, ""},
		"not a version":     {`"abc"`, good, 412, ""},
		"over max":          {`"2"`, `{"marks": {"1.1.1": {"points": "9"}}}`, 422, "1.1.1"},
		"comma":             {`"2"`, `{"marks": {"1.1.1": {"points": "4,5"}}}`, 422, "1.1.1"},
		"no object":         {`"2"`, `{"marks": {"1.1.1": 4}}`, 422, "1.1.1"},
		"unknown criterion": {`"2"`, `{"marks": {"9.9": {"points": 1}}}`, 422, "9.9"},
		"unknown condition": {`"2"`, `{"conditions": {"dk9": true}}`, 422, "conditions.dk9"},
		"survey leaf":       {`"2"`, `{"marks": {"2.3": {"points": 1}}}`, 422, "2.3"},
		"condition as mark": {`"2"`, `{"marks": {"?dk1": {"met": "true"}}}`, 422, "?dk1"},
		"unknown field":     {`"2"`, `{"mark": {}}`, 422, "mark"},
		"no JSON":           {`"2"`, `{`, 400, ""},
		"two values":        {`"2"`, good + good, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.put(me, c.match, c.body).want(t, c.status)
			if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("type %s", kind)
			}
			p := decode[problemJSON](t, a)
			if c.field != "" && (len(p.Errors) == 0 || p.Errors[0].Field != c.field || p.Errors[0].Message == "") {
				t.Errorf("errors = %+v", p.Errors)
			}
			if got := s.markOf(testUnit, "province", "1.1.1"); got != "5" {
				t.Errorf("stored %q", got)
			}
		})
	}
	header := []string{"X-CSRF-Token", s.csrf(me), "Cookie", me.Name + "=" + me.Value, "If-Match", `"2"`}
	s.do("PUT", marksURL, strings.NewReader(good), header...).want(t, 415)
	s.do("PUT", marksURL, strings.NewReader(good), "Content-Type", "application/json", "Cookie", me.Name+"="+me.Value, "If-Match", `"2"`).want(t, 403)
	s.do("PUT", marksURL, strings.NewReader(good), "Content-Type", "application/json", "If-Match", `"2"`).want(t, 401)
	leader := cookies[account.Leader]
	s.put(leader, `"2"`, good).want(t, 403)
	s.setState(dossier.Locked)
	s.put(me, `"2"`, good).want(t, 409)
}

func TestMarksAPIConflicts(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	s.mark(testUnit, "province", dossier.Change{Code: "1.1.1", Base: score.NewMark("points", "5"), Mark: score.NewMark("points", "3.5"), Note: "thấp"})
	want := []conflict{{Field: "marks.1.1.1", Stored: "3,5", Sent: "4", By: "ai-do"}}
	a := s.put(me, `"2"`, `{"marks": {"1.1.1": {"points": 4}, "2.1": {"count": 5}}}`).want(t, 412)
	if got := decode[problemJSON](t, a).Conflicts; !cmp.Equal(got, want) {
		t.Errorf("conflicts by version:\n%s", cmp.Diff(want, got))
	}
	// By cell: what nobody else touched goes through, the rest is asked back.
	s.put(me, "", `{"marks": {"2.1": {"count": 4}}, "base": {"marks": {"2.1": {"count": "5"}}}}`).want(t, 200)
	a = s.put(me, "", `{"marks": {"1.1.1": {"points": 4}}, "notes": {"1.1.1": "cao"}, "base": {"marks": {"1.1.1": {"points": "5"}}}}`).want(t, 412)
	want = append(want, conflict{Field: "notes.1.1.1", Stored: "thấp", Sent: "cao", By: "ai-do"})
	if got := decode[problemJSON](t, a).Conflicts; !cmp.Equal(got, want) {
		t.Errorf("conflicts by cell:\n%s", cmp.Diff(want, got))
	}
}

func TestRankingAPI(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Manager]
	type unitJSON struct {
		Unit, Total string
		Complete    bool
		Recognised  bool
		Rank        *int
		Band        *string
	}
	r := decode[struct {
		Criteria string
		Version  int
		Units    []unitJSON
		Target   *score.TargetResult
	}](t, s.get("/api/v1/periods/2026/ranking", me).want(t, 200))
	if len(r.Units) != 10 || r.Criteria != "thu" || r.Target == nil || r.Target.Denominator != 10 || r.Target.Needed != 5 {
		t.Errorf("report = %+v", r)
	}
	if u := r.Units[0]; u.Unit != testUnit || u.Total != "30.00" || u.Rank == nil || *u.Rank != 1 || !u.Recognised || *u.Band != "dat" {
		t.Errorf("first unit = %+v", u)
	}
	if u := r.Units[9]; u.Rank != nil || u.Band != nil || u.Complete {
		t.Errorf("last unit = %+v", u)
	}
	target := decode[map[string]any](t, s.get("/api/v1/periods/2026/target", me).want(t, 200))
	if _, has := target["units"]; has || target["target"].(map[string]any)["recognised"] != 1.0 {
		t.Errorf("target = %v", target)
	}
	for _, a := range []answer{
		s.get("/api/v1/periods/2026/ranking.xlsx", me), s.get("/api/v1/periods/2026/target.xlsx", me),
		s.do("GET", "/api/v1/periods/2026/ranking", nil, "Accept", excelType, "Cookie", me.Name+"="+me.Value),
	} {
		if n := len(workbookUnits(t, a.want(t, 200))); n != 10 {
			t.Errorf("%d units in the workbook", n)
		}
	}
	s.get("/api/v1/periods/2026/ranking?stage=khong-co", me).want(t, 404)
}

// workbookUnits reads the unit codes of a ranking workbook in their order.
func workbookUnits(tb testing.TB, a answer) []string {
	tb.Helper()
	f, err := excelize.OpenReader(bytes.NewReader([]byte(a.body)))
	ok(tb, err)
	rows, err := f.GetRows("Xếp hạng")
	ok(tb, err)
	var codes []string
	for _, row := range rows {
		if len(row) > 2 && strings.HasPrefix(row[1], "0721") {
			codes = append(codes, row[1])
		}
	}
	return codes
}

func TestPublishedResultIsPublic(t *testing.T) {
	s, cookies := staffSite(t)
	s.setState(dossier.Published)
	s.get("/api/v1/periods/2026/ranking").want(t, 200)
	s.get("/api/v1/periods/2026/target").want(t, 200)
	s.get("/api/v1/periods/2026/ranking.xlsx", cookies[account.Commune]).want(t, 200)
	s.get("/api/v1/periods/2026/ranking?stage=self").want(t, 401)
	s.get("/api/v1/periods/2026/ranking?stage=self", cookies[account.Commune]).want(t, 403)
	s.get(marksURL).want(t, 401)
}

func TestTallyAPI(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Leader]
	r := decode[map[string]any](t, s.get("/api/v1/campaigns/"+testCampaign+"/tally?unit="+testUnit, me).want(t, 200))
	if r["form"] != "pks07" || r["units"] == nil {
		t.Errorf("tally = %v", r)
	}
	s.get("/api/v1/campaigns/"+testCampaign+"/tally?unit=99999", me).want(t, 404)
	s.get("/api/v1/campaigns/khong-co/tally", me).want(t, 404)
}

func TestAuditAPI(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Admin]
	type page struct {
		Events []audit.Event
		Next   string
	}
	read := func(after string) page {
		t.Helper()
		return decode[page](t, s.get("/api/v1/audit?after="+queryEscape(after), me).want(t, 200))
	}
	all := read("")
	if len(all.Events) != 2 || all.Events[0].Who != "ai-do" || all.Events[0].Thing != "dossiers/2026/"+testUnit {
		t.Fatalf("events = %+v", all)
	}
	for i, e := range all.Events {
		if e.Seq == 0 || e.Hash != e.Sum() {
			t.Errorf("event %d cannot be checked from outside: %+v", i, e)
		}
	}
	if again := read("0"); !cmp.Equal(again, all) {
		t.Errorf("after 0: %+v", again)
	}
	if rest := read(all.Events[0].ID); !cmp.Equal(rest, page{all.Events[1:], all.Next}) {
		t.Errorf("after the first event's id: %+v", rest)
	}
	if rest := read(all.Next); len(rest.Events) != 0 || rest.Next != all.Next {
		t.Errorf("after the last: %+v", rest)
	}
	// One that happened before those, and is recorded after them, is not missed.
	if err := s.store.Record(t.Context(), audit.Event{ID: "0-early", At: testNow.Add(-time.Hour), Who: "xa", Action: audit.Marked, Thing: "dossiers/2026/" + testUnit}); err != nil {
		t.Fatal(err)
	}
	late := read(all.Next)
	if len(late.Events) != 1 || late.Events[0].ID != "0-early" {
		t.Errorf("recorded late: %+v", late)
	}
	s.mark(testUnit, "self", dossier.Change{Code: "2.1", Base: score.NewMark("count", "5"), Mark: score.NewMark("count", "1")})
	if rest := read(late.Next); len(rest.Events) != 1 || rest.Events[0].ID == "0-early" {
		t.Errorf("new events = %+v", rest)
	}
	if since := read(testNow.Add(-time.Minute).Format(time.RFC3339)); len(since.Events) != 4 {
		t.Errorf("since a minute before: %+v", since)
	}
	if since := read(testNow.Add(time.Hour).Format(time.RFC3339)); len(since.Events) != 0 || since.Next == "" {
		t.Errorf("since a time to come: %+v", since)
	}
	s.get("/api/v1/audit?after=hom-qua", me).want(t, 400)
}

// Many officers save different cells of one dossier at the same moment: all
// succeed and nothing is lost.
func TestManySaveAtOnce(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	codes := []string{"1.1.1", "1.1.2", "1.2", "1.3", "2.1", "2.2", "2.3", "T.1"}
	var g sync.WaitGroup
	for _, code := range codes {
		g.Go(func() {
			if a := s.put(me, "", `{"notes": {"`+code+`": "ghi `+code+`"}, "base": {}}`); a.StatusCode != 200 {
				t.Errorf("%s: status %d %s", code, a.StatusCode, a.body)
			}
		})
	}
	g.Wait()
	d, err := s.store.Dossier(context.Background(), "2026", testUnit)
	ok(t, err)
	for _, code := range codes {
		if e, _ := d.Entry(dossier.Layer{Stage: "province"}, code); e.Note != "ghi "+code {
			t.Errorf("%s: note %q", code, e.Note)
		}
	}
	if d.Rev != int64(2+len(codes)) {
		t.Errorf("rev %d", d.Rev)
	}
}

// Of two officers who save the same cell at the same moment one wins and the
// other is told.
func TestSameCellAtOnce(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	var g sync.WaitGroup
	var won, told atomic.Int32
	for _, points := range []string{"1", "2", "3", "4"} {
		g.Go(func() {
			a := s.put(me, "", `{"marks": {"1.1.1": {"points": "`+points+`"}}, "base": {"marks": {"1.1.1": {"points": "5"}}}}`)
			switch a.StatusCode {
			case 200:
				won.Add(1)
			case 412:
				told.Add(1)
			}
		})
	}
	g.Wait()
	if won.Load() != 1 || told.Load() != 3 {
		t.Errorf("%d won and %d were told", won.Load(), told.Load())
	}
}
