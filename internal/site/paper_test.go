package site

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/store"
)

// clerk is a person who keys in paper forms.
type clerk struct {
	*testSite
	cookie *http.Cookie
	csrf   string
}

var csrfField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

func (s *testSite) clerk(login string) clerk {
	s.tb.Helper()
	s.addUser(login, account.Surveyor, "")
	c := clerk{s, s.signIn(login), ""}
	found := csrfField.FindStringSubmatch(s.get("/tai-khoan", c.cookie).body)
	if found == nil {
		s.tb.Fatal("no token on the account page")
	}
	c.csrf = found[1]
	return c
}

func (c clerk) send(target string, form url.Values) answer {
	c.tb.Helper()
	form.Set("_csrf", c.csrf)
	return c.post(target, form, c.cookie)
}

const paperURL = "/khao-sat/" + testCampaign + "/nhap-phieu"

// pile opens a batch and returns its address.
func (c clerk) pile(title string, single bool) string {
	c.tb.Helper()
	form := url.Values{"don-vi": {testUnit}, "lo": {title}}
	if single {
		form.Set("mot-lan", "1")
	}
	return c.send(paperURL, form).want(c.tb, 303).Header.Get("Location")
}

// key keys in one form.
func (c clerk) key(pile, pass, serial, clientKey, q1 string) answer {
	c.tb.Helper()
	return c.send(pile+"/nhap", url.Values{"lan": {pass}, "so": {serial}, "key": {clientKey}, "group": {"resident"}, "a.q1": {q1}})
}

func TestPaperOnce(t *testing.T) {
	s := newSite(t)
	c := s.clerk("nhap1")
	pile := c.pile("Thôn Đông 12/11", true)
	if again := c.pile("Thôn Đông 12/11", true); again != pile {
		t.Errorf("the same name opened %s and %s", pile, again)
	}
	for range 2 { // a double press
		r := c.key(pile, "1", "", "k1", "5").want(t, 303)
		if got := r.Header.Get("Location"); !strings.HasSuffix(got, "da-luu=1") {
			t.Errorf("to %s", got)
		}
	}
	c.key(pile, "1", "", "k1", "4").want(t, 303) // the same key with another form: a copied window
	c.key(pile, "1", "9", "k3", "3").want(t, 303)
	c.key(pile, "1", "9", "k4", "3").want(t, 409)
	c.key(pile, "1", "x", "k5", "3").want(t, 422)
	doc := c.key(pile, "1", "", "k6", "8").want(t, 422).page(t)
	if doc.Find("#loi li").Length() != 1 || doc.Find(`[name=group][value=resident][checked]`).Length() != 1 {
		t.Error("a refused form does not come back with its answers and one message")
	}
	list := s.stored()
	if len(list) != 3 {
		t.Fatalf("%d stored, want 3", len(list))
	}
	for _, r := range list {
		if r.Channel != "paper" || r.Unit != testUnit {
			t.Errorf("stored %s %s", r.Channel, r.Unit)
		}
	}
	p, err := s.store.Paper(context.Background(), batchOf(pile), 1)
	ok(t, err)
	if p.State != store.PaperPooled || p.First != nil || p.Second != nil {
		t.Errorf("after acceptance the paper still holds %+v", p)
	}
}

func batchOf(pile string) string {
	return testCampaign + "." + pile[strings.LastIndexByte(pile, '/')+1:]
}

func TestPaperTwice(t *testing.T) {
	s := newSite(t)
	a, b := s.clerk("nhap1"), s.clerk("nhap2")
	pile := a.pile("Lô 1", false)
	a.key(pile, "1", "", "a1", "5").want(t, 303)
	a.key(pile, "1", "", "a2", "5").want(t, 303)
	if n := len(s.stored()); n != 0 {
		t.Fatalf("%d stored after one entry", n)
	}
	a.key(pile, "2", "1", "a3", "5").want(t, 403) // the same person
	b.key(pile, "2", "1", "b1", "5").want(t, 303)
	b.key(pile, "2", "1", "b1", "5").want(t, 303) // a repeated press
	b.key(pile, "2", "1", "b2", "4").want(t, 409) // it is done
	b.key(pile, "2", "7", "b3", "4").want(t, 404)
	if n := len(s.stored()); n != 1 {
		t.Fatalf("%d stored after two like entries, want 1", n)
	}
	b.key(pile, "2", "2", "b4", "1").want(t, 303)
	if n := len(s.stored()); n != 1 {
		t.Fatalf("%d stored after two unlike entries, want 1", n)
	}
	diff := pile + "/khac/2"
	doc := a.get(diff, a.cookie).want(t, 200).page(t)
	if got := doc.Find("fieldset").Length(); got != 1 {
		t.Errorf("%d answers differ, want 1", got)
	}
	a.send(diff, url.Values{}).want(t, 422)
	a.send(diff, url.Values{"c.q1": {"2"}}).want(t, 303)
	a.send(diff, url.Values{"c.q1": {"2"}}).want(t, 409)
	list := s.stored()
	if len(list) != 2 {
		t.Fatalf("%d stored, want 2", len(list))
	}
	a.get(pile, a.cookie).want(t, 200)
	a.get(paperURL, a.cookie).want(t, 200)
}

// Two people save the same serial number at once, and an agreed paper is put
// into the pool again and again: one response.
func TestPaperRace(t *testing.T) {
	s := newSite(t)
	people := []clerk{s.clerk("nhap1"), s.clerk("nhap2"), s.clerk("nhap3")}
	pile := people[0].pile("Lô", false)
	together := func(work func(i int, c clerk) answer) map[int]int {
		codes, mu, wg := map[int]int{}, sync.Mutex{}, sync.WaitGroup{}
		for i, c := range people {
			wg.Go(func() {
				r := work(i, c)
				mu.Lock()
				codes[r.StatusCode]++
				mu.Unlock()
			})
		}
		wg.Wait()
		return codes
	}
	if got := together(func(i int, c clerk) answer { return c.key(pile, "1", "5", "f"+strconv.Itoa(i), "5") }); got[303] != 1 || got[409] != 2 {
		t.Errorf("three first entries of one number gave %v", got)
	}
	if got := together(func(i int, c clerk) answer { return c.key(pile, "2", "5", "s"+strconv.Itoa(i), "5") }); got[303] != 1 || got[303]+got[403]+got[409] != 3 {
		t.Errorf("three second entries gave %v", got)
	}
	if got := together(func(i int, c clerk) answer { return c.key(pile, "1", "", "n"+strconv.Itoa(i), "5") }); got[303] != 3 {
		t.Errorf("three automatic numbers gave %v", got)
	}
	if n := len(s.stored()); n != 1 {
		t.Fatalf("%d stored, want 1", n)
	}
}

// What was interrupted between the pool and the paper is finished, not doubled.
func TestPaperInterrupted(t *testing.T) {
	s := newSite(t)
	c := s.clerk("nhap1")
	pile := c.pile("Lô", true)
	ctx := context.Background()
	b, err := s.store.PaperBatch(ctx, batchOf(pile))
	ok(t, err)
	form, err := s.store.Form(ctx, "pks07", 1)
	ok(t, err)
	answers, err := form.Check("resident", map[string]any{"q1": "5"})
	ok(t, err)
	for serial := int64(1); serial <= 3; serial++ { // stored, then the power went
		_, err = s.store.AddPaper(ctx, b, serial, store.PaperEntry{Key: strconv.FormatInt(serial, 10), By: "nhap1", Group: "resident", Answers: form.Pack(answers)})
		ok(t, err)
	}
	_, _, err = s.store.AddResponse(ctx, &store.Response{Campaign: testCampaign, Unit: testUnit, Group: "resident", Channel: "paper",
		Key: s.store.ResponseKey(testCampaign, testUnit, store.PaperKey(b.ID, 2)), Answers: form.Pack(answers)}) // this one had reached the pool
	ok(t, err)
	for range 2 {
		c.send(pile+"/vao-kho", url.Values{}).want(t, 303)
	}
	if n := len(s.stored()); n != 3 {
		t.Errorf("%d stored, want 3", n)
	}
	counts, err := s.store.CountPapers(ctx, b.ID)
	ok(t, err)
	if counts[store.PaperPooled] != 3 || counts[store.PaperReady] != 0 {
		t.Errorf("states %v", counts)
	}
}

func TestPaperRights(t *testing.T) {
	s := newSite(t)
	s.addUser("xa", account.Commune, testUnit)
	xa := s.signIn("xa")
	for _, path := range []string{paperURL, "/khao-sat/" + testCampaign + "/phieu-giay", "/khao-sat/" + testCampaign + "/nhap-excel"} {
		s.get(path, xa).want(t, 403)
		s.get(path).want(t, 303)
	}
	pile := s.clerk("nhap1").pile("Lô", true)
	*s.now = testNow.AddDate(0, 1, 0)
	c := s.clerk("nhap2")
	c.key(pile, "1", "", "k", "5").want(t, 410)
	doc := c.get("/khao-sat/"+testCampaign+"/phieu-giay?don-vi="+testUnit, c.cookie).want(t, 200).page(t)
	if got := text(doc, ".pp-unit b"); got != "Phường Minh Họa 07" {
		t.Errorf("unit %q", got)
	}
	if got := text(doc, ".q:nth-of-type(2) .opt:first-child sub"); got == "" {
		t.Error("no key beside a box")
	}
	c.get("/khao-sat/"+testCampaign+"/phieu-giay?don-vi=999", c.cookie).want(t, 404)
}

// Every link back from the paper pages leads a surveyor to a page of theirs.
func TestPaperWayBack(t *testing.T) {
	s := newSite(t)
	p := s.as(account.Surveyor)
	for _, path := range []string{"/nhap-phieu", "/nhap-excel"} {
		doc := p.open("/khao-sat/"+testCampaign+path).want(t, 200).page(t)
		p.open(doc.Find("main p.small a").First().AttrOr("href", "")).want(t, 200)
		if got := text(doc, "header nav a[aria-current]"); got != "Phiếu giấy" {
			t.Errorf("%s is marked as %q", path, got)
		}
	}
}
