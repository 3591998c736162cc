package site

import (
	"context"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// statsRoutes adds statistics, free texts and the review of responses.
func (s *Server) statsRoutes(r fiber.Router) {
	see, review := s.may(account.SeeCampaigns), s.may(account.ReviewData)
	form := limitBody(MaxReviewBody)
	r.Get("/khao-sat/:campaign/thong-ke", see, s.statsPage)
	r.Get("/khao-sat/:campaign/thong-ke.svg", see, s.statsChart)
	r.Get("/khao-sat/:campaign/thong-ke.xlsx", see, s.statsExcel)
	r.Get("/khao-sat/:campaign/bao-cao.xlsx", see, s.surveyBook)
	r.Get("/khao-sat/:campaign/y-kien", review, s.texts)
	r.Get("/khao-sat/:campaign/y-kien.xlsx", review, s.textsExcel)
	r.Get("/khao-sat/:campaign/y-kien.csv", review, s.textsCSV)
	r.Get("/khao-sat/:campaign/luot-tra-loi", review, s.review)
	r.Post("/khao-sat/:campaign/luot-tra-loi", review, form, s.reviewDecide)
	r.Get("/khao-sat/:campaign/luot-tra-loi/:id", review, s.reviewOne)
	r.Post("/khao-sat/:campaign/luot-tra-loi/:id", review, form, s.reviewDecideOne)
	s.feedbackRoutes(r)
}

// The views of the statistics, as the address names them.
const (
	statWhole    = "chung"
	statUnits    = "don-vi"
	statGroups   = "nhom"
	statChannels = "kenh"
	statQuestion = "cau"
	statCompare  = "so-sanh"
)

func statViews() []string {
	return []string{statWhole, statUnits, statGroups, statChannels, statQuestion, statCompare}
}

// stats is what a page of statistics is made from.
type stats struct {
	campaign survey.Campaign
	form     *survey.Form
	shown    survey.Overview      // suppressed unless the visitor is in the team
	gross    *survey.UnitReport   // the whole with what is excluded; nil: nothing is, or it must not be told
	excluded int64                // responses excluded; survey.Hidden when that must not be told
	flagged  int64                // responses that count and bear a flag; the team's
	plan     survey.Populations   //
	names    map[string]unit.Unit //
	view     string               //
	team     bool                 //
	clean    bool                 // without flagged responses
	question string               // of the view of one question
	other    *stats               // the campaign compared with
	others   []survey.Campaign    // campaigns of the same form
	counts   map[string]*store.UnitCounts
}

// statsOf reads what the request asks for.
func (s *Server) statsOf(c *fiber.Ctx) (*stats, error) {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return nil, err
	}
	st := &stats{campaign: campaign, form: form, view: c.Query("xem"), team: inTeam(c), question: c.Query("cau")}
	st.clean = st.team && c.Query("co") == "0"
	if !has(statViews(), st.view) {
		st.view = statWhole
	}
	if form.Question(st.question) == nil && form.QuestionCount() > 0 {
		st.question = form.Questions()[0].Code
	}
	if err := s.fillStats(c.UserContext(), st); err != nil {
		return nil, err
	}
	return st, s.fillOther(c.UserContext(), st, c.Query("voi"))
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// fillStats counts the campaign of st.
func (s *Server) fillStats(ctx context.Context, st *stats) (err error) {
	if st.counts, err = s.store.Counts(ctx, &st.campaign); err != nil {
		return err
	}
	if st.plan, _, err = s.store.Populations(ctx, st.campaign.ID); err != nil {
		return err
	}
	units, err := s.store.Units(ctx)
	if err != nil {
		return err
	}
	st.names = unitNames(units)
	full, gross, err := st.overview()
	if err != nil {
		return err
	}
	if st.shown = full; !st.team {
		if st.shown, err = full.Suppress(); err != nil {
			return err
		}
	}
	st.shown.Groups = slices.DeleteFunc(st.shown.Groups, func(g survey.UnitReport) bool {
		return g.N == 0 && !st.campaign.Takes(st.form, g.Unit) // nobody asked them
	})
	st.tellExcluded(gross)
	return nil
}

// overview counts every unit of the campaign and, of all of them together, what
// is excluded too.
func (st *stats) overview() (survey.Overview, *survey.Tally, error) {
	parts, gross := map[string]survey.Part{}, survey.NewTally(st.form)
	for _, code := range st.campaign.Units {
		n := st.counts[code]
		if n == nil {
			parts[code] = survey.Part{Counted: survey.NewTally(st.form)}
			continue
		}
		p := survey.Part{Counted: n.Net(), Channels: n.ByChannel}
		clean, err := n.Clean()
		if err != nil {
			return survey.Overview{}, nil, err
		}
		st.flagged += n.Net().N() - clean.N()
		if st.clean {
			p.Counted = clean
		}
		if n.Excluded != nil {
			st.excluded += n.Excluded.N()
		}
		parts[code] = p
		if err := gross.Merge(n.All); err != nil {
			return survey.Overview{}, nil, err
		}
	}
	o, err := survey.NewOverview(st.form, parts)
	return o, gross, err
}

// tellExcluded settles what is said of excluded responses: outside the team
// nothing of few, and then nothing of the channels either, because their sum
// would tell.
func (st *stats) tellExcluded(gross *survey.Tally) {
	switch {
	case st.excluded == 0:
	case st.team:
		r := gross.Report("")
		st.gross = &r
	case st.shown.ExcludedTells(st.excluded):
		st.excluded, st.shown.Channels = survey.Hidden, nil
	default:
		r := gross.Report("")
		st.gross = &survey.UnitReport{N: r.N, Index: r.Index, Low: r.Low, High: r.High, IndexN: r.IndexN}
	}
}

// fillOther reads the campaign to compare with, one of the same form: unless the
// request names one, that which closed last before this.
func (s *Server) fillOther(ctx context.Context, st *stats, id string) error {
	if st.view != statCompare {
		return nil
	}
	list, err := s.store.Campaigns(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.FormID == st.campaign.FormID && c.ID != st.campaign.ID {
			st.others = append(st.others, c)
		}
	}
	if len(st.others) == 0 {
		return nil
	}
	slices.SortStableFunc(st.others, func(a, b survey.Campaign) int { return b.Closes.Compare(a.Closes) })
	chosen := st.others[0]
	if i := slices.IndexFunc(st.others, func(c survey.Campaign) bool { return c.Closes.Before(st.campaign.Closes) }); i >= 0 {
		chosen = st.others[i] // the one before
	}
	for _, c := range st.others {
		if c.ID == id {
			chosen = c
		}
	}
	other := &stats{campaign: chosen, team: st.team, clean: st.clean}
	if other.form, err = s.store.Form(ctx, chosen.FormID, chosen.FormVer); err != nil {
		return err
	}
	st.other = other
	return s.fillStats(ctx, other)
}

// name is a unit's name, its code when it has none.
func (st *stats) name(code string) string {
	if n := st.names[code].Name; n != "" {
		return n
	}
	return code
}

// address is a page of the statistics that shows the same.
func (st *stats) address(ending string, more ...string) string {
	v := url.Values{}
	if st.view != statWhole {
		v.Set("xem", st.view)
	}
	if st.clean {
		v.Set("co", "0")
	}
	if st.view == statQuestion {
		v.Set("cau", st.question)
	}
	if st.other != nil {
		v.Set("voi", st.other.campaign.ID)
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] == "" {
			v.Del(more[i])
		} else {
			v.Set(more[i], more[i+1])
		}
	}
	path := "/khao-sat/" + url.PathEscape(st.campaign.ID) + "/thong-ke" + ending
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// statsPage shows one view of the statistics.
func (s *Server) statsPage(c *fiber.Ctx) error {
	st, err := s.statsOf(c)
	if err != nil {
		return err
	}
	p := view.Stats{Page: s.page(c, vi.Text("stats.title")+": "+st.campaign.Title), Campaign: st.campaign.Title, CampaignURL: "/khao-sat/" + st.campaign.ID}
	for _, name := range statViews() {
		one := *st
		one.view, one.other = name, nil
		p.Tabs = append(p.Tabs, view.Link{Label: vi.Text("stats.view." + viewWord(name)), URL: one.address(""), Current: name == st.view})
	}
	if mayDo(c, account.ReviewData) {
		p.Tabs = append(p.Tabs, view.Link{Label: vi.Text("stats.texts"), URL: p.CampaignURL + "/y-kien"}, view.Link{Label: vi.Text("stats.review"), URL: p.CampaignURL + "/luot-tra-loi"})
	}
	t := st.table()
	p.Heading, p.Notes, p.Choose = t.title, t.notes, st.choose()
	rows, listing := listOf(c, t.rows, statText, t.listColumns(c.Query("sap")), st.keep()...)
	p.List = listing
	for _, r := range rows {
		p.Rows = append(p.Rows, r.shown())
	}
	p.Facts, p.Clean = st.facts(), st.cleanLink()
	p.Excel = st.address(".xlsx", "q", c.Query("q"), "sap", c.Query("sap"))
	if bars := t.bars(); len(bars.Rows) > 0 {
		p.Chart = st.picture(bars, t.title)
	}
	return c.Render("stats/show", p)
}

// viewWord is the key of a view's name.
func viewWord(name string) string {
	return map[string]string{statWhole: "whole", statUnits: "units", statGroups: "groups", statChannels: "channels", statQuestion: "question", statCompare: "compare"}[name]
}

// keep are the parameters that a list's addresses keep.
func (st *stats) keep() []view.Pair {
	pairs := []view.Pair{{Name: "xem", Value: st.view}}
	if st.clean {
		pairs = append(pairs, view.Pair{Name: "co", Value: "0"})
	}
	if st.view == statQuestion {
		pairs = append(pairs, view.Pair{Name: "cau", Value: st.question})
	}
	if st.other != nil {
		pairs = append(pairs, view.Pair{Name: "voi", Value: st.other.campaign.ID})
	}
	return pairs
}

// choose is the select of the views that need one.
func (st *stats) choose() *view.StatChoice {
	switch st.view {
	case statQuestion:
		ch := &view.StatChoice{Name: "cau", Label: vi.Text("stats.question"), Keep: []view.Pair{{Name: "xem", Value: st.view}}}
		for _, q := range st.form.Questions() {
			ch.Options = append(ch.Options, option(q.Code, q.Code+". "+cut(q.Text, maxChoice), st.question))
		}
		return ch
	case statCompare:
		ch := &view.StatChoice{Name: "voi", Label: vi.Text("stats.with"), Keep: []view.Pair{{Name: "xem", Value: st.view}}}
		if len(st.others) == 0 {
			ch.Hint = vi.Text("stats.noOther")
		}
		for _, c := range st.others {
			ch.Options = append(ch.Options, option(c.ID, c.Title+" ("+vi.Date(c.Closes)+")", st.other.campaign.ID))
		}
		return ch
	}
	return nil
}

// maxChoice is how much of a question a select shows, in characters.
const maxChoice = 90

// cleanLink switches the flagged responses off and on.
func (st *stats) cleanLink() *view.Link {
	if !st.team || st.flagged == 0 {
		return nil
	}
	if st.clean {
		return &view.Link{Label: vi.Text("stats.withFlagged", vi.Int(st.flagged)), URL: st.address("", "co", "")}
	}
	return &view.Link{Label: vi.Text("stats.withoutFlagged", vi.Int(st.flagged)), URL: st.address("", "co", "0")}
}

// facts are the figures of the whole, net and gross where they differ.
func (st *stats) facts() []view.Fact {
	w := &st.shown.Whole
	facts := []view.Fact{
		{Label: vi.Text("word.responses"), Value: countText(w.N)},
		{Label: vi.Text("word.index"), Value: indexText(w.Index)},
		{Label: vi.Text("word.interval"), Value: intervalText(w.Low, w.High)},
	}
	if st.excluded != 0 {
		facts = append(facts, view.Fact{Label: vi.Text("stats.excluded"), Value: countText(st.excluded)})
	}
	if st.gross != nil {
		facts = append(facts,
			view.Fact{Label: vi.Text("stats.grossN"), Value: countText(st.gross.N)},
			view.Fact{Label: vi.Text("stats.grossIndex"), Value: indexText(st.gross.Index) + " (" + intervalText(st.gross.Low, st.gross.High) + ")"})
	}
	return facts
}
