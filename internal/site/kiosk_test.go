package site

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

const (
	kioskURL = "/kiosk/" + testCampaign + "/" + testUnit
	testPIN  = "482915"
)

// shift opens a shift at a unit and returns the device's cookie.
func (s *testSite) shift(unitCode string) *http.Cookie {
	s.tb.Helper()
	ok(s.tb, s.store.SetKioskPIN(s.tb.Context(), testCampaign, unitCode, testPIN, "quanly"))
	r := s.post("/kiosk", url.Values{"dot": {testCampaign}, "don-vi": {unitCode}, "may": {"Quầy 1"}, "pin": {testPIN}}).want(s.tb, 303)
	for _, c := range r.Cookies() {
		if c.Name == kioskCookie {
			return c
		}
	}
	s.tb.Fatal("no cookie of a shift")
	return nil
}

func TestKioskShift(t *testing.T) {
	s := newSite(t)
	s.get(kioskURL).want(t, 303) // the PIN is asked
	cookie := s.shift(testUnit)
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/kiosk" {
		t.Errorf("cookie %+v", cookie)
	}
	doc := s.get(kioskURL, cookie).want(t, 200).page(t)
	if n := doc.Find("a[href]").Length(); n != 3 { // skip, size, end of the shift
		t.Errorf("%d links on the kiosk's page, want 3: %s", n, text(doc, "a[href]"))
	}
	res := s.post(kioskURL, filled("quay-1"), cookie).want(t, 303)
	for _, c := range res.Cookies() {
		t.Errorf("the respondent gets the cookie %s", c.Name)
	}
	s.post(kioskURL, filled("quay-1"), cookie).want(t, 303) // the same again
	s.get(res.Header.Get("Location"), cookie).want(t, 200)
	list := s.stored()
	if len(list) != 1 || list[0].Channel != survey.Kiosk {
		t.Fatalf("stored %+v", list)
	}
	shifts, err := s.store.Shifts(t.Context(), testCampaign, testUnit)
	ok(t, err)
	if len(shifts) != 1 || shifts[0].Answers != 1 || shifts[0].Place != "Quầy 1" {
		t.Errorf("shifts %+v", shifts)
	}
	// A shift lets nothing else.
	s.get("/kiosk/"+testCampaign+"/07211", cookie).want(t, 303)
	s.post("/kiosk/"+testCampaign+"/07211", filled("x"), cookie).want(t, 303)
	if got := s.get("/ho-so", cookie); got.StatusCode == 200 {
		t.Error("the kiosk's cookie opens the dossiers")
	}
	s.post(kioskURL+"/ket-thuc", url.Values{"pin": {"000001"}}, cookie).want(t, 422)
	s.post(kioskURL+"/ket-thuc", url.Values{"pin": {testPIN}}, cookie).want(t, 303)
	s.get(kioskURL, cookie).want(t, 303)
	if len(s.stored()) != 1 {
		t.Error("an answer came in without a shift")
	}
}

func TestKioskJSON(t *testing.T) {
	s := newSite(t)
	cookie := s.shift(testUnit)
	send := func(f url.Values) answer {
		r := httptest.NewRequest(http.MethodPost, kioskURL, strings.NewReader(f.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "application/json")
		return s.send(r, cookie)
	}
	var got struct{ Receipt string }
	ok(t, json.Unmarshal([]byte(send(filled("a")).want(t, 201).body), &got))
	if len(got.Receipt) != store.ReceiptSize {
		t.Errorf("receipt %q", got.Receipt)
	}
	bad := filled("b")
	bad.Set("a.q1", "9")
	send(bad).want(t, 422)
	*s.now = testNow.Add(store.ShiftMost)
	send(filled("c")).want(t, 401)
	if len(s.stored()) != 1 {
		t.Errorf("%d stored, want 1", len(s.stored()))
	}
}

// TestKioskLate sends forms that a kiosk without network kept beyond the end of
// the campaign: they count when they were filled in before it, on this shift.
func TestKioskLate(t *testing.T) {
	s := newSite(t)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Closes = testNow.Add(time.Hour)
	ok(t, s.store.PutCampaign(t.Context(), c))
	cookie := s.shift(testUnit)
	*s.now = testNow.Add(2 * time.Hour)
	for waited, status := range map[string]int{"5400": 303, "1800": 410, "0": 410, "-5400": 410, "86400": 410, "10000": 410} {
		f := filled("cho-" + waited)
		f.Set("cho", waited)
		s.post(kioskURL, f, cookie).want(t, status)
		f.Set("key", "mang-"+waited)
		s.post(surveyURL, f).want(t, 410) // nobody else is believed
	}
	list := s.stored()
	if len(list) != 1 || list[0].Seconds > int32(time.Hour.Seconds()) {
		t.Errorf("stored %+v", list)
	}
}

func TestKioskPIN(t *testing.T) {
	s := newSite(t)
	open := func(pin string, status int) {
		t.Helper()
		a := s.post("/kiosk", url.Values{"dot": {testCampaign}, "don-vi": {testUnit}, "pin": {pin}}).want(t, status)
		if wait := a.Header.Get("Retry-After"); status == 429 && (wait == "" || wait == "0") {
			t.Errorf("Retry-After %q", wait)
		}
	}
	open("123123", 422) // no PIN is set
	ok(t, s.store.SetKioskPIN(t.Context(), testCampaign, testUnit, testPIN, "quanly"))
	for range store.LoginTries {
		open("111222", 422)
	}
	open(testPIN, 429)
	*s.now = testNow.Add(store.LoginPause + time.Minute)
	open(testPIN, 303)
	if strings.Contains(s.log.String(), testPIN) {
		t.Error("the log holds the PIN")
	}
	for pin, good := range map[string]bool{"482915": true, "111111": false, "123456": false, "654321": false, "12345": false, "12a456": false} {
		if got := goodPIN(pin) == nil; got != good {
			t.Errorf("PIN %s: good %v, want %v", pin, got, good)
		}
	}
}

// TestKioskShiftsSwept forgets old shifts, ended by somebody or not, and no
// other.
func TestKioskShiftsSwept(t *testing.T) {
	s := newSite(t)
	s.shift(testUnit) // left to itself
	s.post(kioskURL+"/ket-thuc", url.Values{"pin": {testPIN}}, s.shift(testUnit)).want(t, 303)
	*s.now = testNow.Add(10 * 24 * time.Hour)
	s.shift(testUnit)
	left := func() int {
		ok(t, s.store.SweepShifts(t.Context()))
		list, err := s.store.Shifts(t.Context(), testCampaign, testUnit)
		ok(t, err)
		return len(list)
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{10 * 24 * time.Hour, 3}, {store.ShiftMost + store.ShiftKept, 3}, {store.ShiftMost + store.ShiftKept + time.Second, 1}, {11*24*time.Hour + store.ShiftKept, 0}} {
		*s.now = testNow.Add(c.after)
		if n := left(); n != c.want {
			t.Errorf("%v later %d shifts are listed, want %d", c.after, n, c.want)
		}
	}
}

// TestKioskSetupInBrowser looks at the pages of PINs as a manager, who has all
// units, and as an officer of a commune, who has one.
func TestKioskSetupInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addUser("quanly", account.Manager, "")
	s.addUser("xa", account.Commune, longUnit)
	s.post("/kiosk/"+testCampaign+"/"+longUnit, filled("k"), s.shift(longUnit)).want(t, 303)
	*s.now = testNow.Add(time.Hour)
	s.shift(longUnit)
	at, path := browsertest.Serve(t, s.app), "/khao-sat/"+testCampaign+"/kiosk"
	t.Run("commune", func(t *testing.T) {
		b := browsertest.Open(t, browsertest.Desktop)
		signInBrowser(b, at, "xa", testPassword)
		b.Go(at + "/kiosk/thiet-lap")
		looks(t, b, "kiosk-list-commune")
		b.Go(at + path)
		looks(t, b, "kiosk-setup-commune")
		b.Type("#pin", "111111")
		b.Click("#may form button")
		b.See("main [role=alert]")
		looks(t, b, "kiosk-setup-easy")
	})
	t.Run("manager", func(t *testing.T) {
		b := browsertest.Open(t, browsertest.Desktop)
		signInBrowser(b, at, "quanly", testPassword)
		b.Go(at + path)
		looks(t, b, "kiosk-setup")
		b.Click("tbody a")
		b.See("#may")
		looks(t, b, "kiosk-setup-unit")
		b.Type("#pin", "908172")
		b.Click("#may form button")
		b.See(".notice.good")
		looks(t, b, "kiosk-setup-done")
	})
}

func TestKioskSetup(t *testing.T) {
	s := newSite(t)
	s.addUser("quanly", account.Manager, "")
	s.addUser("xa", account.Commune, testUnit)
	manager, commune := s.signIn("quanly"), s.signIn("xa")
	path := "/khao-sat/" + testCampaign + "/kiosk"
	doc := s.get(path, manager).want(t, 200).page(t)
	if n := doc.Find("tbody tr").Length(); n != 10 {
		t.Errorf("%d units, want 10", n)
	}
	set := func(c *http.Cookie, unitCode, pin string) answer {
		csrf, _ := s.get("/tai-khoan", c).page(t).Find("input[name=_csrf]").First().Attr("value")
		return s.post(path, url.Values{"don-vi": {unitCode}, "pin": {pin}, "_csrf": {csrf}}, c)
	}
	set(manager, "07211", testPIN).want(t, 303)
	set(commune, testUnit, "123456").want(t, 422)
	set(commune, testUnit, testPIN).want(t, 303)
	set(commune, "07211", testPIN).want(t, 403)
	s.get(path+"?don-vi="+testUnit, commune).want(t, 200)
	if got := s.get(path+"?don-vi=07211", commune).want(t, 200).body; strings.Contains(got, "Xã Đồng Mỏ") {
		t.Error("a commune sees another's kiosk")
	}
	s.get("/kiosk/thiet-lap", commune).want(t, 200)
	// A device that was lost: its shift ends from afar, by those of its unit alone.
	lost, other := s.shift(testUnit), s.shift("07211")
	stop := func(unitCode, shift string) answer {
		csrf, _ := s.get("/tai-khoan", commune).page(t).Find("input[name=_csrf]").First().Attr("value")
		return s.post(path+"/ket-thuc", url.Values{"don-vi": {unitCode}, "ca": {shift}, "_csrf": {csrf}}, commune)
	}
	id := func(unitCode string) string {
		shifts, err := s.store.Shifts(t.Context(), testCampaign, unitCode)
		ok(t, err)
		return shifts[0].ID
	}
	stop("07211", id("07211")).want(t, 403)
	stop(testUnit, id("07211")).want(t, 404)
	s.post(kioskURL, filled("con"), lost).want(t, 303)
	if n := s.get(path, commune).want(t, 200).page(t).Find("input[name=ca]").Length(); n != 1 {
		t.Errorf("%d shifts can be ended, want 1", n)
	}
	stop(testUnit, id(testUnit)).want(t, 303)
	if got := s.post(kioskURL, filled("mat"), lost).want(t, 303).Header.Get("Location"); !strings.HasPrefix(got, "/kiosk?") {
		t.Errorf("the lost device still sends: %s", got)
	}
	s.get("/kiosk/"+testCampaign+"/07211", other).want(t, 200)
	s.get(path, nil...).want(t, 303)
}
