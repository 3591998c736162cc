package site

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// Limits of the list of texts.
const (
	// TextPage is how many texts one page shows.
	TextPage = 50
	// ScanTime is how long one request looks for more; then the reader is
	// offered to go on.
	ScanTime = 600 * time.Millisecond
	// ExportTime bounds the search of a download.
	ExportTime = 60 * time.Second
	// MaxTexts is the most texts of one download.
	MaxTexts = 100_000
)

// found is one text with the response it stands in.
type found struct {
	survey.Written
	response string // id; never shown to a commune
	unit     string
	group    string
	at       time.Time
}

// textSearch is what is looked for.
type textSearch struct {
	campaign survey.Campaign
	form     *survey.Form
	names    map[string]unit.Unit
	unit     string
	group    string
	question string
	query    string
	before   string
}

// textSearchOf reads the filters of the request.
func (s *Server) textSearchOf(c *fiber.Ctx) (*textSearch, error) {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return nil, err
	}
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return nil, err
	}
	return &textSearch{campaign: campaign, form: form, names: unitNames(units), unit: c.Query("dv"), group: c.Query("nhom"),
		question: c.Query("cau"), query: cut(vi.Clean(c.Query("q")), maxQuery), before: c.Query("truoc")}, nil
}

// scan hands texts that match to take, the newest first, until take has enough
// or the time is over. It returns the id of the last response looked at, "" when
// it has seen all. A response's texts are never split over two pages.
func (s *Server) scan(ctx context.Context, t *textSearch, limit time.Duration, take func(found) bool) (last string, err error) {
	end := time.Now().Add(limit)
	words := strings.Fields(vi.Fold(t.query))
	for r, err := range s.store.ResponsesBefore(ctx, t.campaign.ID, t.before) {
		if err != nil {
			return "", err
		}
		more := true
		if (t.unit == "" || r.Unit == t.unit) && (t.group == "" || r.Group == t.group) {
			answers, err := t.form.Unpack(r.Answers)
			if err != nil {
				return "", fault.Wrap(err, fault.Internal, "store.response")
			}
			for _, text := range t.form.Texts(answers) {
				if (t.question == "" || text.Question.Code == t.question) && matches(text.Text, words) {
					more = take(found{text, r.ID.Hex(), r.Unit, r.Group, r.ID.Timestamp()}) && more
				}
			}
		}
		if !more || time.Now().After(end) {
			return r.ID.Hex(), nil
		}
	}
	return "", nil
}

// matches reports whether a text has every folded word.
func matches(text string, words []string) bool {
	if len(words) == 0 {
		return true
	}
	folded := vi.Fold(text)
	for _, w := range words {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return true
}

func (t *textSearch) name(code string) string {
	if n := t.names[code].Name; n != "" {
		return n
	}
	return code
}

// address is the list with the same filters, going on before a response.
func (t *textSearch) address(path, before string) string {
	v := url.Values{}
	for _, p := range [][2]string{{"dv", t.unit}, {"nhom", t.group}, {"cau", t.question}, {"q", t.query}, {"truoc", before}} {
		if p[1] != "" {
			v.Set(p[0], p[1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// texts lists what respondents wrote, for the team.
func (s *Server) texts(c *fiber.Ctx) error {
	t, err := s.textSearchOf(c)
	if err != nil {
		return err
	}
	base := "/khao-sat/" + t.campaign.ID
	p := view.Texts{Page: s.page(c, vi.Text("stats.texts")+": "+t.campaign.Title), Campaign: t.campaign.Title, Back: base, Path: base + "/y-kien", Query: t.query,
		Filters: t.filters(), Forward: mayDo(c, account.SendFeedback), Excel: t.address(base+"/y-kien.xlsx", ""), CSV: t.address(base+"/y-kien.csv", "")}
	last, err := s.scan(c.UserContext(), t, ScanTime, func(f found) bool {
		p.Rows = append(p.Rows, t.row(f))
		return len(p.Rows) < TextPage
	})
	if err != nil {
		return err
	}
	if t.before != "" {
		p.First = t.address(p.Path, "")
	}
	if last != "" {
		p.More, p.MoreLabel = t.address(p.Path, last), vi.Text("stats.older")
		if len(p.Rows) < TextPage {
			p.MoreLabel, p.Searched = vi.Text("stats.searchOn"), vi.Text("stats.notAll")
		}
	}
	return c.Render("review/texts", p)
}

func (t *textSearch) row(f found) view.TextRow {
	q := f.Question.Code + ". " + f.Question.Text
	if f.Option {
		q += " " + vi.Text("stats.otherText")
	}
	return view.TextRow{Unit: t.name(f.unit), Question: q, Group: vi.Text("group." + f.group), When: vi.DateTime(f.at), Text: f.Text,
		Forward: "/gop-y/moi?dot=" + url.QueryEscape(t.campaign.ID) + "&luot=" + f.response + "&cau=" + url.QueryEscape(f.Question.Code)}
}

// filters are the selects above the list.
func (t *textSearch) filters() []view.StatChoice {
	questions := view.StatChoice{Name: "cau", Label: vi.Text("stats.question")}
	for _, q := range t.form.TextQuestions() {
		questions.Options = append(questions.Options, option(q.Code, q.Code+". "+cut(q.Text, maxChoice), t.question))
	}
	return []view.StatChoice{unitChoice(&t.campaign, t.names, t.unit), questions, groupChoice(&t.campaign, t.form, t.group)}
}

func unitChoice(c *survey.Campaign, names map[string]unit.Unit, chosen string) view.StatChoice {
	ch := view.StatChoice{Name: "dv", Label: vi.Text("word.unit")}
	for _, code := range c.Units {
		name := names[code].Name
		if name == "" {
			name = code
		}
		ch.Options = append(ch.Options, option(code, name, chosen))
	}
	sortOptions(ch.Options)
	return ch
}

func groupChoice(c *survey.Campaign, form *survey.Form, chosen string) view.StatChoice {
	ch := view.StatChoice{Name: "nhom", Label: vi.Text("word.respondents")}
	for _, g := range c.RespondentGroups(form) {
		ch.Options = append(ch.Options, option(g, vi.Text("group."+g), chosen))
	}
	return ch
}

// ownTexts lets a commune read what was written about it: its own texts alone,
// without group and time and in an order that tells nothing of when, after the
// campaign has closed, and of a question only with enough answers.
func (s *Server) ownTexts(c *fiber.Ctx) error {
	t, err := s.textSearchOf(c)
	if err != nil {
		return err
	}
	u, _ := userOf(c)
	if !t.campaign.Has(u.Unit) {
		return fault.New(fault.NotFound, "store.campaign", t.campaign.ID)
	}
	t.unit, t.group, t.before = u.Unit, "", ""
	p := view.Texts{Page: s.page(c, vi.Text("stats.texts")+": "+t.campaign.Title), Campaign: t.campaign.Title, Back: "/gop-y", Path: "/gop-y/y-kien/" + t.campaign.ID, Own: true, Query: t.query}
	if s.now().Before(t.campaign.Closes) {
		p.Hidden = vi.Text("stats.notClosed", vi.DateTime(t.campaign.Closes))
		return c.Render("review/texts", p)
	}
	all := *t
	all.query, all.question = "", ""
	texts, complete, err := s.ownAll(c.UserContext(), &all)
	if err != nil {
		return err
	}
	if !complete {
		return fault.New(fault.Timeout, "stats.tooSlow")
	}
	t.fillOwn(&p, texts)
	return c.Render("review/texts", p)
}

// ownAll reads every text of one unit.
func (s *Server) ownAll(ctx context.Context, t *textSearch) (texts []found, complete bool, err error) {
	excluded, err := s.excludedOf(ctx, t.campaign.ID)
	if err != nil {
		return nil, false, err
	}
	last, err := s.scan(ctx, t, ExportTime, func(f found) bool {
		if !excluded[f.response] {
			texts = append(texts, f)
		}
		return len(texts) < MaxTexts
	})
	return texts, last == "", err
}

// excludedOf are the ids of the responses that do not count.
func (s *Server) excludedOf(ctx context.Context, campaign string) (map[string]bool, error) {
	list, err := s.store.Exclusions(ctx, campaign)
	ids := map[string]bool{}
	for _, x := range list {
		ids[x.Response] = x.Excluded
	}
	return ids, err
}

// fillOwn lists the texts of questions that at least LeastCell responses wrote
// to, sorted by the words themselves.
func (t *textSearch) fillOwn(p *view.Texts, texts []found) {
	type key struct {
		code   string
		option bool
	}
	answers := map[key]map[string]bool{}
	for _, f := range texts {
		k := key{f.Question.Code, f.Option}
		if answers[k] == nil {
			answers[k] = map[string]bool{}
		}
		answers[k][f.response] = true
	}
	words, few := strings.Fields(vi.Fold(t.query)), false
	for _, f := range texts {
		if len(answers[key{f.Question.Code, f.Option}]) < survey.LeastCell {
			few = true
			continue
		}
		if matches(f.Text, words) {
			row := t.row(f)
			row.Group, row.When, row.Forward = "", "", ""
			p.Rows = append(p.Rows, row)
		}
	}
	sortBy(p.Rows, func(r view.TextRow) string { return r.Question + "\x00" + vi.Fold(r.Text) })
	if few {
		p.Hidden = vi.Text("stats.fewTexts", survey.LeastCell)
	}
}
