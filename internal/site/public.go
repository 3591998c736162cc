package site

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// Limits of the first page's list of communes.
const (
	// HomePage is how many communes one page lists.
	HomePage = 30
	// MaxQuery is the longest search that is looked for, in characters.
	MaxQuery = 60
)

// publicRoutes are the pages that need no account.
func (s *Server) publicRoutes(r fiber.Router) {
	r.Get("/k/:campaign/:unit", s.surveyPage)
	r.Post("/k/:campaign/:unit", limitBody(MaxAnswerBody), s.surveyPost)
	r.Get("/k/:campaign/:unit/xong", s.receiptPage)
	r.Get("/k/:campaign/:unit/poster", s.poster)
	r.Get("/bien-nhan", s.receiptCheck)
	s.codeRoutes(r)
	s.kioskRoutes(r)
	r.Get("/rieng-tu", s.privacyPage)
	s.publishedRoutes(r)
	s.resultRoutes(r)
	s.surveyorRoutes(r)
}

// publicPage is page with the province's name.
func (s *Server) publicPage(c *fiber.Ctx, title string) (view.Page, error) {
	set, _, err := s.store.Settings(c.UserContext())
	p := s.page(c, title)
	p.Province = set.Province
	p.Demo = p.Demo || set.Demo
	return p, err
}

func (s *Server) privacyPage(c *fiber.Ctx) error {
	p, err := s.publicPage(c, vi.Text("title.privacy"))
	if err != nil {
		return err
	}
	lists, err := s.publishedLinks(c.UserContext())
	if err != nil {
		return err
	}
	return c.Render("public/privacy", view.Privacy{Page: p, Lists: lists, DeviceDays: deviceDays})
}

// publicHome leads a respondent to the survey of their commune.
func (s *Server) publicHome(c *fiber.Ctx) error {
	p, err := s.publicPage(c, "")
	if err != nil {
		return err
	}
	h := view.Home{Page: p, Query: firstRunes(vi.Clean(c.Query("q")), MaxQuery)}
	entries, err := s.openEntries(c.UserContext())
	if err != nil {
		return err
	}
	h.Open = len(entries) > 0
	entries = searchEntries(entries, h.Query)
	h.Found = len(entries)
	h.Pager = homePager(h.Query, c.QueryInt("trang", 1), h.Found)
	start := (h.Pager.Number - 1) * HomePage
	h.Campaigns = groupEntries(entries[start:min(start+HomePage, h.Found)])
	return c.Render("public/home", h)
}

// entry is one commune in one open campaign.
type entry struct {
	campaign   *survey.Campaign
	code, name string
}

// openEntries lists the communes of every open campaign that is answered on the
// survey page: campaigns by closing time, communes by name.
func (s *Server) openEntries(ctx context.Context) ([]entry, error) {
	campaigns, err := s.store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	campaigns = slices.DeleteFunc(campaigns, func(c survey.Campaign) bool {
		return !c.Open(now) || !c.Accepts(survey.Web) && !c.Accepts(survey.Token)
	})
	if len(campaigns) == 0 {
		return nil, nil
	}
	units, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(campaigns, func(a, b survey.Campaign) int { return a.Closes.Compare(b.Closes) })
	var list []entry
	for i := range campaigns {
		first := len(list)
		for _, u := range units {
			if campaigns[i].Has(u.Code) {
				list = append(list, entry{&campaigns[i], u.Code, u.Name})
			}
		}
		compare := vi.Collator()
		slices.SortStableFunc(list[first:], func(a, b entry) int { return compare(a.name, b.name) })
	}
	return list, nil
}

// searchEntries keeps the communes whose name contains the query, accents and
// case aside; an empty query keeps all.
func searchEntries(list []entry, query string) []entry {
	q := vi.Fold(query)
	if q == "" {
		return list
	}
	return slices.DeleteFunc(list, func(e entry) bool { return !strings.Contains(vi.Fold(e.name), q) })
}

func groupEntries(list []entry) []view.OpenCampaign {
	var groups []view.OpenCampaign
	var last *survey.Campaign
	for _, e := range list {
		if e.campaign != last {
			last = e.campaign
			groups = append(groups, view.OpenCampaign{Title: last.Title, Closes: vi.DateTime(last.Closes)})
		}
		g := &groups[len(groups)-1]
		g.Units = append(g.Units, view.Link{Label: e.name, URL: surveyPath(e.campaign.ID, e.code)})
	}
	return groups
}

// surveyPath is the address of a unit's survey.
func surveyPath(campaign, unit string) string {
	return "/k/" + campaign + "/" + url.PathEscape(unit)
}

func homePager(query string, number, found int) view.HomePager {
	p := view.HomePager{Pages: max((found+HomePage-1)/HomePage, 1)}
	p.Number = min(max(number, 1), p.Pages)
	at := func(n int) string {
		v := url.Values{"trang": {strconv.Itoa(n)}}
		if query != "" {
			v.Set("q", query)
		}
		return "/?" + v.Encode()
	}
	if p.Number > 1 {
		p.Before = at(p.Number - 1)
	}
	if p.Number < p.Pages {
		p.After = at(p.Number + 1)
	}
	return p
}

// firstRunes cuts s after n characters.
func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
