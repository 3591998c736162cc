package site

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	altcha "github.com/altcha-org/altcha-lib-go"
	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
	"thanthien/internal/config"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// behindProxy makes the test's own requests come from a trusted proxy.
func (s *testSite) behindProxy() {
	s.tb.Helper()
	app, err := New(Options{Store: s.store, Config: config.Config{TrustedProxies: "0.0.0.0, 127.0.0.1, 10.0.0.0/8"},
		Log: slog.New(slog.NewTextHandler(s.log, nil))})
	ok(s.tb, err)
	s.app = app
}

func (s *testSite) tokens(n int, unit, group string) []string {
	s.tb.Helper()
	_, plain, err := s.store.CreateTokens(s.tb.Context(), store.TokenBatch{Campaign: testCampaign, Unit: unit, Group: group, Count: n})
	ok(s.tb, err)
	return plain
}

func withToken(token string) string {
	return strings.Replace(benchBody, `{"group"`, `{"token":"`+token+`","group"`, 1)
}

func (a answer) problem(tb testing.TB) problemJSON {
	tb.Helper()
	var p problemJSON
	ok(tb, json.Unmarshal([]byte(a.body), &p))
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") || p.Title == "" || p.Status != a.StatusCode {
		tb.Errorf("problem %+v as %q", p, a.Header.Get("Content-Type"))
	}
	return p
}

func (a answer) receipt(tb testing.TB) string {
	tb.Helper()
	var r receiptJSON
	ok(tb, json.Unmarshal([]byte(a.body), &r))
	return r.Receipt
}

func TestTokenAPI(t *testing.T) {
	s := newSite(t)
	plain := s.tokens(3, testUnit, "")
	first := s.postJSON(withToken(plain[0]), "Idempotency-Key", "k1").want(t, 201).receipt(t)
	if again := s.postJSON(withToken(plain[0]), "Idempotency-Key", "k1").want(t, 200).receipt(t); again != first {
		t.Errorf("%s and %s", first, again)
	}
	used := s.postJSON(withToken(plain[0]), "Idempotency-Key", "k2").want(t, 409).problem(t)
	if !strings.Contains(used.Title, "10 giờ ngày 10/11/2026") {
		t.Error(used.Title)
	}
	s.postJSON(withToken(plain[0])).want(t, 409)
	s.postJSON(strings.Replace(withToken(plain[1]), `"group":"resident",`, "", 1)).want(t, 422) // the token is for any group
	field := func(a answer) string { return a.want(t, 422).problem(t).Errors[0].Field }
	if f := field(s.postJSON(withToken("0123456789ABC"))); f != "token" {
		t.Error(f)
	}
	if f := field(s.postJSON(withToken("x"))); f != "token" {
		t.Error(f)
	}
	other := s.tokens(1, "07211", "business")
	if p := s.postJSON(withToken(other[0])).want(t, 422).problem(t); !strings.Contains(p.Errors[0].Message, "Xã Đồng Mỏ") {
		t.Error(p)
	}
	there := strings.Replace(responsesURL, testUnit, "07211", 1)
	post := func(body string) answer {
		return s.do("POST", there, strings.NewReader(body), "Content-Type", "application/json")
	}
	if f := field(post(withToken(other[0]))); f != "group" {
		t.Error(f)
	}
	post(strings.Replace(withToken(other[0]), `"group":"resident",`, "", 1)).want(t, 201)
	list := s.stored()
	if len(list) != 2 || list[0].Channel != survey.Token || list[1].Group != "business" {
		t.Errorf("%+v", list)
	}
	*s.now = testNow.AddDate(0, 0, 20)
	s.postJSON(withToken(plain[1])).want(t, 410)
	if again := s.postJSON(withToken(plain[0]), "Idempotency-Key", "k1").want(t, 200).receipt(t); again != first {
		t.Error("the receipt is lost at the end")
	}
}

// TestSameKeyAndToken has 1,000 clients send the same key, the same token or
// both five times at once: each has one response and one receipt.
func TestSameKeyAndToken(t *testing.T) {
	const clients, times = 1000, 5
	s := newSite(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	go func() { _ = s.app.Listener(ln) }()
	t.Cleanup(func() { ok(t, s.app.Shutdown()) })
	plain := s.tokens(clients, testUnit, "")
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 200, MaxIdleConnsPerHost: 200}}
	var mu sync.Mutex
	receipts := make([]map[string]bool, clients)
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for i := range clients {
		receipts[i] = map[string]bool{}
		for range times {
			wg.Go(func() {
				body, key := benchBody, fmt.Sprint("key-", i)
				if i%3 != 0 { // with a token
					body = withToken(plain[i])
				}
				r, err := http.NewRequest("POST", "http://"+ln.Addr().String()+responsesURL, strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Content-Type", "application/json")
				if i%3 != 1 {
					r.Header.Set("Idempotency-Key", key)
				}
				res, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				defer res.Body.Close()
				var got receiptJSON
				if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				statuses[res.StatusCode]++
				if got.Receipt != "" {
					receipts[i][got.Receipt] = true
				} else if res.StatusCode != 409 || i%3 != 1 {
					t.Errorf("client %d: status %d", i, res.StatusCode)
				}
			})
		}
	}
	wg.Wait()
	for i, set := range receipts {
		if len(set) != 1 {
			t.Errorf("client %d has %d receipts", i, len(set))
		}
	}
	if n := len(s.stored()); n != clients || statuses[201] != clients {
		t.Errorf("%d responses, statuses %v", n, statuses)
	}
	t.Logf("statuses %v", statuses)
}

func solve(t *testing.T, challenge string) string {
	t.Helper()
	var ch challengeJSON
	ok(t, json.Unmarshal([]byte(challenge), &ch))
	solution, err := altcha.SolveChallenge(ch.Challenge, ch.Salt, altcha.SHA256, int(ch.MaxNumber), 0, nil)
	ok(t, err)
	data, err := json.Marshal(altcha.Payload{Algorithm: ch.Algorithm, Challenge: ch.Challenge, Number: int64(solution.Number), Salt: ch.Salt, Signature: ch.Signature})
	ok(t, err)
	return base64.StdEncoding.EncodeToString(data)
}

func TestLimitsAPI(t *testing.T) {
	s := newSite(t)
	s.behindProxy()
	from := func(address, body string, header ...string) answer {
		return s.postJSON(body, append([]string{"X-Forwarded-For", address}, header...)...)
	}
	for i := range FreePerAddress {
		// What a client puts in front of the header is not believed.
		from(fmt.Sprintf("198.51.100.%d, 203.0.113.9, 10.0.0.2", i), benchBody, "Idempotency-Key", fmt.Sprint("k", i)).want(t, 201)
		from("203.0.113.9", benchBody, "Idempotency-Key", fmt.Sprint("k", i)).want(t, 200) // does not count
	}
	first := from("203.0.113.9", benchBody).want(t, 429)
	p := first.problem(t)
	if len(p.Challenge) == 0 || first.Header.Get("Retry-After") == "" {
		t.Fatalf("%+v", p)
	}
	from("203.0.113.9", benchBody, "Idempotency-Key", "k1").want(t, 200)
	from("203.0.113.10", benchBody).want(t, 201)
	from("203.0.113.9", withToken(s.tokens(1, testUnit, "")[0])).want(t, 201)
	solution := solve(t, string(p.Challenge))
	solved := strings.Replace(benchBody, `{`, `{"altcha":"`+solution+`",`, 1)
	there := strings.Replace(responsesURL, testUnit, "07211", 1)
	for range FreePerAddress {
		s.do("POST", there, strings.NewReader(benchBody), "Content-Type", "application/json", "X-Forwarded-For", "203.0.113.9").want(t, 201)
	}
	// The solution is for one unit, counts once, and not for ever.
	s.do("POST", there, strings.NewReader(solved), "Content-Type", "application/json", "X-Forwarded-For", "203.0.113.9").want(t, 429)
	from("203.0.113.9", solved).want(t, 201)
	from("203.0.113.9", solved).want(t, 429)
	late := strings.Replace(benchBody, `{`, `{"altcha":"`+solve(t, string(from("203.0.113.9", benchBody).want(t, 429).problem(t).Challenge))+`",`, 1)
	*s.now = testNow.Add(ChallengeLife + time.Minute)
	for range FreePerAddress { // the count has faded
		if a := from("203.0.113.9", benchBody); a.StatusCode == 429 {
			break
		}
	}
	from("203.0.113.9", late).want(t, 429)
	for _, bad := range []string{"x", "e30=", strings.Repeat("A", MaxSolution+1)} {
		from("203.0.113.9", strings.Replace(benchBody, `{`, `{"altcha":"`+bad+`",`, 1)).want(t, 429)
	}
}

func TestLimiter(t *testing.T) {
	l, now := newLimiter(), testNow
	judge := func(address string) demand {
		d, after := l.judge(address, "c", "u", now)
		if (after > 0) != (d != free) {
			t.Errorf("%v with %v", d, after)
		}
		return d
	}
	for i := range HardPerAddress {
		want := free
		if i >= FreePerAddress {
			want = challenge
		}
		if got := judge("a"); got != want {
			t.Fatalf("%d: %v", i, got)
		}
		l.add("a", "c", "u", now)
	}
	if judge("a") != wait || judge("b") != challenge || judge("") != challenge {
		t.Error(judge("a"), judge("b"), judge(""))
	}
	if d, _ := l.judge("a", "c", "v", now); d != free {
		t.Error("another unit:", d)
	}
	for range HardPerUnit - HardPerAddress {
		l.add("", "c", "u", now)
	}
	if judge("b") != wait {
		t.Error("unit over its limit:", judge("b"))
	}
	if now = now.Add(2 * LimitSpan); judge("a") != free {
		t.Error("after a while:", judge("a"))
	}
	for i := range MaxTracked + 10 {
		l.add(fmt.Sprint(i), "c", "u", now)
	}
	if len(l.addresses) > MaxTracked || len(l.addresses) < MaxTracked/2 {
		t.Errorf("%d addresses kept", len(l.addresses))
	}
}

// TestForwardedLines has a visitor make up a line of X-Forwarded-For in front of
// that of the proxy: the proxy's counts.
func TestForwardedLines(t *testing.T) {
	s := newSite(t)
	s.behindProxy()
	send := func(i int) answer {
		r := httptest.NewRequest("POST", responsesURL, strings.NewReader(benchBody))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Add("X-Forwarded-For", fmt.Sprint("198.51.100.", i))
		r.Header.Add("X-Forwarded-For", "203.0.113.9")
		return s.send(r)
	}
	for i := range FreePerAddress {
		send(i).want(t, 201)
	}
	send(FreePerAddress).want(t, 429)
}

// TestLimitFades takes the limiter at its word: when nothing more comes, the
// next answer is free after the time it told, and not a while before.
func TestLimitFades(t *testing.T) {
	for _, n := range []int{FreePerAddress, FreePerAddress + 1, 100, HardPerAddress, 3 * HardPerAddress} {
		for _, into := range []time.Duration{0, time.Second, 3 * time.Minute, LimitSpan - time.Second} {
			l, now := newLimiter(), testNow.Truncate(LimitSpan).Add(into)
			for range n {
				l.add("a", "c", "u", now)
			}
			before, after := l.judge("a", "c", "u", now)
			if before == free || after <= 0 || after > 2*LimitSpan {
				t.Fatalf("%d answers: %v for %v", n, before, after)
			}
			if early, _ := l.judge("a", "c", "u", now.Add(after-30*time.Second)); after > time.Minute && early < before {
				t.Errorf("%d answers at %v: %v already 30 s before %v", n, into, early, after)
			}
			if late, _ := l.judge("a", "c", "u", now.Add(after+time.Second)); late >= before {
				t.Errorf("%d answers at %v: %v even after %v", n, into, late, after)
			}
		}
	}
}

func TestLimitPage(t *testing.T) {
	s := newSite(t)
	s.behindProxy()
	path := "/k/" + testCampaign + "/" + testUnit
	send := func(form url.Values) answer {
		r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", "2001:db8:0:1::"+fmt.Sprint(len(s.stored())+1)) // one customer's network
		return s.send(r)
	}
	form := func() url.Values {
		v := url.Values{"group": {"resident"}, "consent": {"1"}, "a.y1": {"Ý kiến của tôi"}}
		for i := 1; i <= 7; i++ {
			v.Set(fmt.Sprintf("a.q%d", i), "4")
		}
		return v
	}
	for range FreePerAddress {
		send(form()).want(t, 303)
	}
	res := send(form()).want(t, 429)
	doc := res.page(t)
	if res.Header.Get("Retry-After") == "" || !strings.Contains(doc.Find("[name='a.y1']").Text()+doc.Find("[name='a.y1']").AttrOr("value", ""), "Ý kiến của tôi") {
		t.Error("the answers are not kept")
	}
	text, found := doc.Find("input[name=altcha]").Attr("data-challenge")
	if !found {
		t.Fatal("no challenge on the page")
	}
	v := form()
	v.Set("altcha", solve(t, text))
	send(v).want(t, 303)
}

func TestDeviceCookie(t *testing.T) {
	s := newSite(t)
	send := func(unit string, form url.Values, cookies ...*http.Cookie) (answer, []*http.Cookie) {
		a := s.post("/k/"+testCampaign+"/"+unit, form, cookies...).want(t, 303)
		return a, a.Cookies()
	}
	form := url.Values{"group": {"resident"}, "consent": {"1"}, "key": {"k1"}}
	for i := 1; i <= 7; i++ {
		form.Set(fmt.Sprintf("a.q%d", i), "4")
	}
	_, cookies := send(testUnit, form)
	if len(cookies) != 1 || cookies[0].Name != deviceCookie || !cookies[0].HttpOnly || !cookies[0].Secure || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("%+v", cookies)
	}
	send(testUnit, form, cookies...) // the same key: no second answer
	form.Set("key", "k2")
	_, more := send("07211", form, cookies...) // another unit
	form.Set("key", "k3")
	send(testUnit, form, more...)
	form.Set("key", "k4")
	form.Set("t", s.tokens(1, testUnit, "")[0])
	send(testUnit, form, more...) // an invitation of its own
	var flags []bool
	for _, r := range s.stored() {
		flags = append(flags, r.Flags&survey.Duplicate != 0)
	}
	if diff := cmp.Diff([]bool{false, false, true, false}, flags); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(more[0].Value, "."); n != 2 {
		t.Errorf("%d marks", n)
	}
}

func TestQualityFlags(t *testing.T) {
	s := newSite(t)
	fast := strings.Replace(benchBody, "09:58:30", "09:59:58", 1)
	s.postJSON(benchBody).want(t, 201)
	s.postJSON(fast).want(t, 201)
	list := s.stored()
	if list[0].Flags != 0 || list[1].Flags != survey.Fast {
		t.Errorf("flags %v and %v", list[0].Flags.Names(), list[1].Flags.Names())
	}
}

func TestChannelClosed(t *testing.T) {
	s := newSite(t)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Channels = []survey.Channel{survey.Kiosk, survey.Token}
	ok(t, s.store.PutCampaign(t.Context(), c))
	p := s.postJSON(benchBody).want(t, 409).problem(t)
	if !strings.Contains(p.Title, "máy tại cơ quan, giấy mời có mã") {
		t.Error(p.Title)
	}
	s.postJSON(withToken(s.tokens(1, testUnit, "")[0])).want(t, 201)
}

const batchURL = "/api/v1/campaigns/" + testCampaign + "/responses:batch"

func (s *testSite) apiToken(role account.Role) string {
	s.tb.Helper()
	plain, _, err := s.store.CreateAPIToken(s.tb.Context(), store.APIToken{Role: role, Ends: testNow.AddDate(1, 0, 0)})
	ok(s.tb, err)
	return "Bearer " + plain
}

func (s *testSite) batch(bearer, body string) answer {
	s.tb.Helper()
	return s.do("POST", batchURL, strings.NewReader(body), "Content-Type", "application/json", "Authorization", bearer)
}

func item(key, unit, more string) string {
	return `{"key":"` + key + `","unit":"` + unit + `","group":"resident","answers":{"q1":"4","q2":"5","q3":"4","q4":"3","q5":"4","q6":"5","q7":"4"}` + more + `}`
}

func TestBatch(t *testing.T) {
	s := newSite(t)
	bearer := s.apiToken(account.Surveyor)
	send := func(items ...string) []itemJSON {
		var out batchJSON
		ok(t, json.Unmarshal([]byte(s.batch(bearer, `{"items":[`+strings.Join(items, ",")+`]}`).want(t, 200).body), &out))
		return out.Items
	}
	items := []string{
		item("k1", testUnit, `,"started_at":"2026-11-10T09:00:00+07:00","finished_at":"2026-11-10T09:05:00+07:00"`),
		item("k2", "99999", ""), item("", testUnit, ""), `5`, item("k3", testUnit, `,"phone":"09"`),
		item("k4", testUnit, `,"seconds":90`), item("k5", testUnit, `,"seconds":"x"`),
		item(strings.Repeat("k", MaxKey+1), testUnit, ""), `{"key":"k6"}`,
	}
	statuses := func(list []itemJSON) (out []int) {
		for _, i := range list {
			out = append(out, i.Status)
			if (i.Receipt == "") == (i.Status < 300) || (i.Status == 422 && (len(i.Errors) == 0 || i.Errors[0].Message == "")) {
				t.Errorf("item %+v", i)
			}
		}
		return out
	}
	got := send(items...)
	if diff := cmp.Diff([]int{201, 422, 422, 422, 422, 201, 422, 422, 422}, statuses(got)); diff != "" {
		t.Errorf("%s\n%+v", diff, got)
	}
	again := send(items...)
	if again[0].Status != 200 || again[0].Receipt != got[0].Receipt || again[0].Key != "k1" {
		t.Errorf("%+v", again[0])
	}
	list := s.stored()
	if len(list) != 2 || list[0].Channel != survey.Surveyor {
		t.Fatalf("%+v", list)
	}
	seconds := map[int32]bool{}
	for _, r := range list {
		seconds[r.Seconds] = true
	}
	if !seconds[300] || !seconds[90] {
		t.Error(seconds)
	}
	if twice := send(item("k9", testUnit, ""), item("k9", testUnit, "")); twice[0].Receipt != twice[1].Receipt || len(s.stored()) != 3 {
		t.Errorf("%+v", twice)
	}
	closes := testNow.AddDate(0, 0, 20)
	*s.now = closes.Add(time.Hour)
	before := `,"started_at":"` + closes.Add(-time.Hour).Format(time.RFC3339) + `"`
	after := `,"started_at":"` + closes.Add(time.Minute).Format(time.RFC3339) + `"`
	late := send(item("l1", testUnit, before), item("l2", testUnit, after), item("l3", testUnit, ""), items[0])
	if diff := cmp.Diff([]int{201, 410, 410, 200}, statuses(late)); diff != "" {
		t.Errorf("%s\n%+v", diff, late)
	}
	*s.now = closes.Add(LateGrace)
	if late := send(item("l4", testUnit, before)); late[0].Status != 410 {
		t.Errorf("%+v", late)
	}
}

func TestBatchRefused(t *testing.T) {
	s := newSite(t)
	good := `{"items":[` + item("k1", testUnit, "") + `]}`
	bearer := s.apiToken(account.Surveyor)
	s.batch("", good).want(t, 401).problem(t)
	s.batch("Bearer tt_sai", good).want(t, 401).problem(t)
	s.batch(s.apiToken(account.Leader), good).want(t, 403).problem(t)
	s.batch(bearer, `{"items":`).want(t, 400).problem(t)
	for _, body := range []string{`[]`, `{}`, `{"items":{}}`, `{"items":[]}`, `{"items":[],"x":1}`, `{"items":[` + strings.TrimSuffix(strings.Repeat("1,", MaxBatch+1), ",") + `]}`} {
		s.batch(bearer, body).want(t, 422).problem(t)
	}
	s.batch(bearer, `{"items":["`+strings.Repeat("x", MaxBatchBody)+`"]}`).want(t, 413).problem(t)
	s.do("POST", batchURL, strings.NewReader(good), "Content-Type", "text/plain", "Authorization", bearer).want(t, 415).problem(t)
	s.do("POST", strings.Replace(batchURL, testCampaign, "khong-co", 1), strings.NewReader(good), "Content-Type", "application/json", "Authorization", bearer).want(t, 404).problem(t)
	s.do("POST", strings.Replace(batchURL, ":batch", ":other", 1), strings.NewReader(good), "Content-Type", "application/json", "Authorization", bearer).want(t, 404)
	// With a session, only the site's own pages may.
	s.addUser("dtv", account.Surveyor, "")
	cookie := s.signIn("dtv")
	r := httptest.NewRequest("POST", batchURL, strings.NewReader(good))
	r.Header.Set("Content-Type", "application/json")
	s.send(r, cookie).want(t, 403).problem(t)
	if len(s.stored()) != 0 {
		t.Error("something was stored")
	}
}

func TestBearerOnAPI(t *testing.T) {
	s := newSite(t)
	for role, want := range map[account.Role]int{account.Manager: 200, account.Surveyor: 403} {
		s.do("GET", "/api/v1/campaigns/"+testCampaign+"/tally", nil, "Authorization", s.apiToken(role)).want(t, want)
	}
	s.do("GET", "/api/v1/campaigns/"+testCampaign+"/tally", nil, "Authorization", "Bearer tt_sai").want(t, 401)
}
