package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// surveyorPath is where surveyors interview, and the scope of its worker.
const surveyorPath = "/phong-van"

// surveyorScripts are the scripts of the interview page, in the order in which
// they build on each other.
var surveyorScripts = []string{"surveyor-store.js", "surveyor-form.js", "surveyor-sync.js", "surveyor-lists.js", "surveyor-interview.js", "surveyor.js"}

// surveyorFiles are the other static files that the page needs without a
// network.
var surveyorFiles = []string{"app.css", "surveyor.css", "icon.svg", "surveyor-192.png", "surveyor-512.png"}

// surveyorRoutes are the interview page, which is the same for everybody and
// therefore may stay on a device, and the one call that knows the person.
func (s *Server) surveyorRoutes(r fiber.Router) {
	r.Get(surveyorPath, s.surveyorApp)
	r.Get(surveyorPath+"/sw.js", s.surveyorWorker)
	r.Get(surveyorPath+"/manifest.webmanifest", s.surveyorManifest)
	r.Get(surveyorPath+"/phieu-giay", s.signedIn, s.may(account.EnterPaper), s.surveyorPaper)
	r.Get(surveyorPath+"/du-lieu.json", s.signedIn, s.may(account.Interview), s.surveyorData)
}

// surveyorApp shows the page. It never holds anything of a person.
func (s *Server) surveyorApp(c *fiber.Ctx) error {
	page, err := s.surveyorView(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Render("surveyor/app", page)
}

func (s *Server) surveyorView(ctx context.Context) (view.SurveyorApp, error) {
	set, _, err := s.store.Settings(ctx)
	if err != nil {
		return view.SurveyorApp{}, err
	}
	groups := map[string]string{}
	for _, g := range survey.Respondents() {
		groups[g] = vi.Text("group." + g)
	}
	return view.SurveyorApp{
		Page:  view.Page{Title: vi.Text("surveyor.title"), Path: surveyorPath, Province: set.Province, Demo: s.demo || set.Demo, Scripts: surveyorScripts},
		Words: view.SurveyorWords(), Groups: groups,
	}, nil
}

// surveyorWorker serves the service worker: the script with the list of files
// to keep and a version that changes when any of them does, or the page.
func (s *Server) surveyorWorker(c *fiber.Ctx) error {
	page, err := s.surveyorView(c.UserContext())
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := c.App().Config().Views.Render(&text, "surveyor/app", page); err != nil {
		return err
	}
	script, files, err := s.surveyorShell()
	if err != nil {
		return err
	}
	text.Write(script)
	list, err := json.Marshal(files)
	if err != nil {
		return err
	}
	text.Write(list)
	sum := sha256.Sum256(text.Bytes())
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set("Service-Worker-Allowed", surveyorPath)
	c.Type("js", "utf-8")
	return c.SendString("const VERSION = \"" + hex.EncodeToString(sum[:8]) + "\";\nconst SHELL = " + string(list) + ";\n" + string(script))
}

// surveyorShell returns the worker's script and the addresses that it keeps,
// the page first.
func (s *Server) surveyorShell() (script []byte, files []string, err error) {
	files = []string{surveyorPath}
	for _, name := range slices.Concat(surveyorFiles, surveyorScripts) {
		url, err := s.assets.URL(name)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, url)
	}
	at, err := s.assets.URL("surveyor-worker.js")
	if err != nil {
		return nil, nil, err
	}
	script, _ = s.assets.Get(at)
	return script, files, nil
}

// manifestIcon is an icon of the installed application.
type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// surveyorManifest describes the application that a browser can install.
func (s *Server) surveyorManifest(c *fiber.Ctx) error {
	var icons []manifestIcon
	for _, size := range []string{"192", "512"} {
		url, err := s.assets.URL("surveyor-" + size + ".png")
		if err != nil {
			return err
		}
		icons = append(icons, manifestIcon{url, size + "x" + size, "image/png", "any maskable"})
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.JSON(fiber.Map{
		"id": surveyorPath, "start_url": surveyorPath, "scope": surveyorPath, "display": "standalone", "lang": "vi",
		"name": vi.Text("surveyor.appName"), "short_name": vi.Text("surveyor.title"), "description": vi.Text("surveyor.appAbout"),
		"background_color": "#f4f6f5", "theme_color": "#0b5563", "icons": icons,
	}, "application/manifest+json")
}

// surveyorJSON is what a device needs to interview: who is signed in, the
// session's token for sending, and the campaigns that take interviews now.
type surveyorJSON struct {
	Login     string             `json:"login"`
	Name      string             `json:"name"`
	CSRF      string             `json:"csrf"`
	Campaigns []surveyorCampaign `json:"campaigns"`
}

type surveyorCampaign struct {
	ID     string     `json:"id"`
	Title  string     `json:"title"`
	Opens  time.Time  `json:"opens"`
	Closes time.Time  `json:"closes"`
	Units  []unitJSON `json:"units"` // by name
}

// surveyorData answers with the open campaigns, the one that closes first
// first; the forms themselves come from the public API.
func (s *Server) surveyorData(c *fiber.Ctx) error {
	entries, err := s.openEntries(c.UserContext())
	if err != nil {
		return err
	}
	user, _ := userOf(c)
	out := surveyorJSON{Login: user.Login, Name: user.Name, CSRF: s.page(c, "").CSRF, Campaigns: []surveyorCampaign{}}
	for _, e := range entries {
		if !e.campaign.Accepts(survey.Surveyor) {
			continue
		}
		last := len(out.Campaigns) - 1
		if last < 0 || out.Campaigns[last].ID != e.campaign.ID {
			out.Campaigns = append(out.Campaigns, surveyorCampaign{ID: e.campaign.ID, Title: e.campaign.Title, Opens: e.campaign.Opens, Closes: e.campaign.Closes})
			last++
		}
		out.Campaigns[last].Units = append(out.Campaigns[last].Units, unitJSON{e.code, e.name})
	}
	return c.JSON(out)
}

// surveyorPaper leads to the paper forms of the open campaigns.
func (s *Server) surveyorPaper(c *fiber.Ctx) error {
	campaigns, err := s.store.Campaigns(c.UserContext())
	if err != nil {
		return err
	}
	p := view.SurveyorPaper{Page: s.page(c, vi.Text("surveyor.paper"))}
	for _, one := range campaigns {
		if one.Open(s.now()) && one.Accepts(survey.Paper) {
			base := "/khao-sat/" + one.ID
			p.Campaigns = append(p.Campaigns, view.SurveyorPaperCampaign{Title: one.Title, Closes: vi.DateTime(one.Closes), Print: base + "/phieu-giay", Enter: base + "/nhap-phieu"})
		}
	}
	return c.Render("surveyor/paper", p)
}
