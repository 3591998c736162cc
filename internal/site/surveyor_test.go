package site

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/web"
)

func TestSurveyorPage(t *testing.T) {
	s := newSite(t)
	s.addUser("dieutra01", account.Surveyor, "")
	cookie := s.signIn("dieutra01")
	plain, own := s.get(surveyorPath).want(t, 200), s.get(surveyorPath, cookie).want(t, 200)
	if diff := cmp.Diff(plain.body, own.body); diff != "" {
		t.Errorf("the page that devices keep differs by person:\n%s", diff)
	}
	doc := plain.page(t)
	if !strings.Contains(doc.Find("noscript").Text(), "JavaScript") {
		t.Error("nothing is said to a browser without scripts")
	}
	if doc.Find("[style], style, script:not([src]):not([type='application/json'])").Length() != 0 {
		t.Error("the page has inline style or script")
	}
	var words map[string]string
	ok(t, json.Unmarshal([]byte(doc.Find("#words").Text()), &words))
	if words["surveyor.next"] != "Tiếp tục" {
		t.Errorf("words %v", words)
	}
}

// Every sentence that a script asks for is on the page, and has its words.
func TestSurveyorWords(t *testing.T) {
	words := view.SurveyorWords()
	asked := regexp.MustCompile(`"((?:surveyor|survey|public)\.[A-Za-z_]+)"`)
	found := 0
	for _, name := range surveyorScripts {
		script, err := fs.ReadFile(web.Static, "static/"+name)
		ok(t, err)
		for _, m := range asked.FindAllStringSubmatch(string(script), -1) {
			found++
			if _, there := words[m[1]]; !there {
				t.Errorf("%s asks for %q, which the page does not hand over", name, m[1])
			}
		}
	}
	if found < 50 {
		t.Errorf("found %d sentences: the test looks in the wrong place", found)
	}
	for key := range words {
		if !vi.Has(key) {
			t.Errorf("no sentence for %q", key)
		}
	}
}

func TestSurveyorWorker(t *testing.T) {
	s := newSite(t)
	res := s.get(surveyorPath+"/sw.js").want(t, 200)
	for name, want := range map[string]string{"Cache-Control": "no-cache", "Service-Worker-Allowed": surveyorPath, "Content-Type": "text/javascript; charset=utf-8"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	list := regexp.MustCompile(`const SHELL = (\[.*\]);`).FindStringSubmatch(res.body)
	if list == nil {
		t.Fatalf("no list in %.300s", res.body)
	}
	var shell []string
	ok(t, json.Unmarshal([]byte(list[1]), &shell))
	kept := map[string]bool{}
	for _, path := range shell {
		s.get(path).want(t, 200)
		kept[path] = true
	}
	doc := s.get(surveyorPath).page(t)
	for _, attr := range []string{"src", "href"} {
		for _, n := range doc.Find("script[src], link[rel=stylesheet], link[rel=icon]").Nodes {
			for _, a := range n.Attr {
				if a.Key == attr && !kept[a.Val] {
					t.Errorf("the page needs %s, which is not kept", a.Val)
				}
			}
		}
	}
	again := s.get(surveyorPath + "/sw.js").body
	if again != res.body {
		t.Error("the worker changes though nothing did")
	}
	set, version, err := s.store.Settings(t.Context())
	ok(t, err)
	set.Province = "Tỉnh Khác"
	ok(t, s.store.PutSettings(t.Context(), set, version))
	if s.get(surveyorPath+"/sw.js").body == res.body {
		t.Error("the page changed and the worker's version did not")
	}
}

func TestSurveyorManifest(t *testing.T) {
	s := newSite(t)
	res := s.get(surveyorPath+"/manifest.webmanifest").want(t, 200)
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/manifest+json") {
		t.Errorf("Content-Type %q", got)
	}
	var m struct {
		Name     string         `json:"name"`
		StartURL string         `json:"start_url"`
		Scope    string         `json:"scope"`
		Display  string         `json:"display"`
		Icons    []manifestIcon `json:"icons"`
	}
	ok(t, json.Unmarshal([]byte(res.body), &m))
	if m.Name == "" || m.StartURL != surveyorPath || m.Scope != surveyorPath || m.Display != "standalone" || len(m.Icons) != 2 {
		t.Errorf("manifest %+v", m)
	}
	for _, i := range m.Icons {
		if got := s.get(i.Src).want(t, 200).Header.Get("Content-Type"); !strings.HasPrefix(got, "image/png") {
			t.Errorf("%s is %q", i.Src, got)
		}
	}
}

func TestSurveyorData(t *testing.T) {
	s := newSite(t)
	s.get(surveyorPath+"/du-lieu.json").want(t, 303)
	s.do("GET", surveyorPath+"/du-lieu.json", nil, "Accept", "application/json").want(t, 401)
	for role, status := range map[account.Role]int{account.Admin: 200, account.Manager: 200, account.Surveyor: 200, account.Appraiser: 403, account.Leader: 403, account.Commune: 403} {
		unit := ""
		if role == account.Commune {
			unit = testUnit
		}
		s.addUser("ai-"+string(role), role, unit)
		s.get(surveyorPath+"/du-lieu.json", s.signIn("ai-"+string(role))).want(t, status)
	}
	cookie := s.signIn("ai-surveyor")
	read := func() (d surveyorJSON) {
		ok(t, json.Unmarshal([]byte(s.get(surveyorPath+"/du-lieu.json", cookie).want(t, 200).body), &d))
		return d
	}
	d := read()
	if d.Login != "ai-surveyor" || d.CSRF == "" || len(d.Campaigns) != 1 || len(d.Campaigns[0].Units) != 10 || d.Campaigns[0].Units[0].Name != "Phường Bến Giang" {
		t.Errorf("data %+v", d)
	}
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Channels = []survey.Channel{survey.Web}
	ok(t, s.store.PutCampaign(t.Context(), c))
	if d := read(); len(d.Campaigns) != 0 {
		t.Error("a campaign without interviews is handed out")
	}
}

func TestSurveyorHome(t *testing.T) {
	s := newSite(t)
	s.addUser("dieutra01", account.Surveyor, "")
	res := s.get("/", s.signIn("dieutra01")).want(t, http.StatusSeeOther)
	if got := res.Header.Get("Location"); got != surveyorPath {
		t.Errorf("a surveyor starts at %q", got)
	}
}

func TestSurveyorPaper(t *testing.T) {
	s := newSite(t)
	s.addUser("dieutra01", account.Surveyor, "")
	s.addUser("lanhdao01", account.Leader, "")
	cookie := s.signIn("dieutra01")
	doc := s.get(surveyorPath+"/phieu-giay", cookie).want(t, 200).page(t)
	links := doc.Find("main .card a")
	if links.Length() != 2 {
		t.Fatalf("%d links, want 2", links.Length())
	}
	for i := range links.Nodes {
		href, _ := links.Eq(i).Attr("href")
		s.get(href, cookie).want(t, 200)
	}
	s.get(surveyorPath+"/phieu-giay", s.signIn("lanhdao01")).want(t, 403)
	*s.now = testNow.AddDate(1, 0, 0)
	if s.get(surveyorPath+"/phieu-giay", s.signIn("dieutra01")).want(t, 200).page(t).Find(".empty").Length() != 1 {
		t.Error("no empty state")
	}
}
