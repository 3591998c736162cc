package site

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// maxExcerpt is how much of a text a list shows, in characters.
const maxExcerpt = 160

// overdueFilter is the filter for what is late.
const overdueFilter = "qua-han"

// feedbackList lists the suggestions: a commune's own, or all.
func (s *Server) feedbackList(c *fiber.Ctx) error {
	u, _ := userOf(c)
	p := view.FeedbackList{Page: s.page(c, vi.Text("stats.desk")), Province: mayDo(c, account.SendFeedback)}
	code := u.Unit
	if p.Province {
		code = ""
	}
	list, err := s.store.FeedbackOf(c.UserContext(), code)
	if err != nil {
		return err
	}
	names, campaigns, err := s.feedbackNames(c)
	if err != nil {
		return err
	}
	if !p.Province {
		p.Texts = s.closedCampaigns(campaigns, u.Unit)
	}
	state, today := c.Query("tt"), s.today()
	p.Filter = feedbackFilter(state)
	list = slices.DeleteFunc(list, func(f store.Feedback) bool {
		return state == overdueFilter && !f.Overdue(today) || state != "" && state != overdueFilter && f.State != state
	})
	name := func(f store.Feedback) string { return names[f.Unit].Name }
	columns := []listColumn[store.Feedback]{
		{label: vi.Text("stats.text")},
		{key: "tt", label: vi.Text("word.state"), compare: by(func(f store.Feedback) int { return feedbackTurn(f.State, p.Province) })},
		{key: "han", label: vi.Text("stats.due"), compare: by(func(f store.Feedback) string { return f.Due })},
		{key: "dv", label: vi.Text("word.unit"), compare: byText(name)},
		{key: "thang", label: vi.Text("stats.month"), compare: by(func(f store.Feedback) string { return f.Month })},
	}
	if !p.Province { // a commune knows whose they are
		columns = slices.Delete(columns, 3, 4)
	}
	rows, listing := listOf(c, list, func(f store.Feedback) string { return name(f) + " " + f.Text + " " + f.Answer }, columns, view.Pair{Name: "tt", Value: state})
	p.List = listing
	for i := range rows {
		p.Rows = append(p.Rows, feedbackRow(&rows[i], name(rows[i]), today))
	}
	return c.Render("feedback/list", p)
}

// feedbackTurn orders states by whose turn it is, the reader's own first.
func feedbackTurn(state string, province bool) int {
	order := []string{store.FeedbackReturned, store.FeedbackSent, store.FeedbackAnswered, store.FeedbackClosed}
	if province {
		order = []string{store.FeedbackAnswered, store.FeedbackSent, store.FeedbackReturned, store.FeedbackClosed}
	}
	return slices.Index(order, state)
}

func feedbackRow(f *store.Feedback, name, today string) view.FeedbackRow {
	row := view.FeedbackRow{URL: "/gop-y/" + f.ID, Unit: name, Text: cut(f.Text, maxExcerpt), Month: monthText(f.Month), State: feedbackTag(f.State), Overdue: f.Overdue(today)}
	if row.Unit == "" {
		row.Unit = f.Unit
	}
	if row.Text == "" {
		row.Text = vi.Text("stats.erased")
	}
	if f.Due != "" {
		row.Due = dayText(f.Due)
	}
	return row
}

func feedbackFilter(chosen string) view.StatChoice {
	ch := view.StatChoice{Name: "tt", Label: vi.Text("word.state"), Options: []view.Option{option(overdueFilter, vi.Text("stats.overdue"), chosen)}}
	for _, state := range []string{store.FeedbackSent, store.FeedbackAnswered, store.FeedbackReturned, store.FeedbackClosed} {
		ch.Options = append(ch.Options, option(state, vi.Text("stats.state."+state), chosen))
	}
	return ch
}

func (s *Server) feedbackNames(c *fiber.Ctx) (map[string]unit.Unit, []campaignLink, error) {
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return nil, nil, err
	}
	list, err := s.store.Campaigns(c.UserContext())
	var links []campaignLink
	for _, x := range list {
		links = append(links, campaignLink{x.ID, x.Title, x.Has, !s.now().Before(x.Closes)})
	}
	return unitNames(units), links, err
}

// campaignLink is what the desk needs to know of a campaign.
type campaignLink struct {
	id, title string
	has       func(string) bool
	closed    bool
}

// closedCampaigns are those whose texts a commune may read.
func (s *Server) closedCampaigns(list []campaignLink, code string) []view.Link {
	var links []view.Link
	for _, x := range list {
		if x.closed && x.has(code) {
			links = append(links, view.Link{Label: x.title, URL: "/gop-y/y-kien/" + x.id})
		}
	}
	return links
}

// handled is the public page of suggestions that were handled.
func (s *Server) handled(c *fiber.Ctx) error {
	page, err := s.publicPage(c, vi.Text("stats.handled"))
	if err != nil {
		return err
	}
	list, err := s.store.HandledFeedback(c.UserContext())
	if err != nil {
		return err
	}
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	names := unitNames(units)
	name := func(f store.Feedback) string { return names[f.Unit].Name }
	rows, listing := listOf(c, list, func(f store.Feedback) string { return name(f) + " " + f.Text + " " + f.Answer }, []listColumn[store.Feedback]{})
	p := view.FeedbackHandled{Page: page, List: listing}
	for _, f := range rows {
		p.Rows = append(p.Rows, view.HandledRow{Unit: name(f), Month: monthText(f.Month), Text: f.Text, Answer: f.Answer, Answered: vi.Date(f.Answered)})
	}
	return c.Render("feedback/handled", p)
}
