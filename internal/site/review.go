package site

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// Limits of the review.
const (
	ReviewPage    = 50 // responses on a page
	MaxReviewBody = 64 << 10
)

// reviewOf is the campaign under review and what the list is filtered by.
type reviewOf struct {
	campaign survey.Campaign
	form     *survey.Form
	names    map[string]unit.Unit
	excluded map[string]bool
	bursts   func(*store.Response) bool

	unit, channel, flag, before string
	all                         bool // every response of the page is ticked
}

func (s *Server) reviewOf(c *fiber.Ctx) (*reviewOf, error) {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return nil, err
	}
	v := &reviewOf{campaign: campaign, form: form, unit: c.Query("dv"), channel: c.Query("kenh"), flag: c.Query("co"), before: c.Query("truoc"), all: c.Query("chon") == "1"}
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return nil, err
	}
	v.names = unitNames(units)
	v.excluded, err = s.excludedOf(c.UserContext(), campaign.ID)
	return v, err
}

// review lists responses, the newest first.
func (s *Server) review(c *fiber.Ctx) error {
	v, err := s.reviewOf(c)
	if err != nil {
		return err
	}
	return s.showReview(c, v, "", nil, nil)
}

func (s *Server) showReview(c *fiber.Ctx, v *reviewOf, reason string, chosen []string, errs []view.FieldError) error {
	base := "/khao-sat/" + v.campaign.ID
	p := view.Review{Page: s.page(c, vi.Text("stats.review")+": "+v.campaign.Title), Campaign: v.campaign.Title, CampaignURL: base, Path: base + "/luot-tra-loi",
		Filters: v.filters(), Reason: reason, MaxReason: store.MaxReason}
	p.Errors, p.Flash = errs, flash(c)
	last, err := s.reviewRows(c.UserContext(), v, &p, chosen)
	if err != nil {
		return err
	}
	p.Query = v.query(v.before)
	p.All, p.AllURL = v.all, p.Path+chooseQuery(p.Query, v.all)
	if v.before != "" {
		p.First = p.Path + v.query("")
	}
	if last != "" {
		p.More, p.MoreLabel = p.Path+v.query(last), vi.Text("stats.older")
		if len(p.Rows) < ReviewPage {
			p.MoreLabel = vi.Text("stats.searchOn")
		}
	}
	if p.Figures, err = s.reviewFigures(c.UserContext(), &v.campaign, v.form, v.unit); err != nil {
		return err
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("review/list", p)
}

// reviewRows fills a page and returns where the next begins, "" at the end.
func (s *Server) reviewRows(ctx context.Context, v *reviewOf, p *view.Review, chosen []string) (string, error) {
	marks, err := s.store.Bursts(ctx, &v.campaign)
	if err != nil {
		return "", err
	}
	v.bursts = marks.Has
	end := time.Now().Add(ScanTime)
	for r, err := range s.store.ResponsesBefore(ctx, v.campaign.ID, v.before) {
		if err != nil {
			return "", err
		}
		if v.wants(&r) {
			row := v.row(&r)
			row.Chosen = v.all || slices.Contains(chosen, row.ID)
			p.Rows = append(p.Rows, row)
		}
		if len(p.Rows) == ReviewPage || time.Now().After(end) {
			return r.ID.Hex(), nil
		}
	}
	return "", nil
}

// The filter of flags also takes these.
const (
	anyFlag      = "co"
	onlyExcluded = "loai"
)

func (v *reviewOf) wants(r *store.Response) bool {
	if v.unit != "" && r.Unit != v.unit || v.channel != "" && string(r.Channel) != v.channel {
		return false
	}
	switch v.flag {
	case "":
		return true
	case anyFlag:
		return v.flags(r) != 0
	case onlyExcluded:
		return v.excluded[r.ID.Hex()]
	}
	return slices.Contains(v.flags(r).Names(), v.flag)
}

// flags are the marks of a response, the burst it lies in too.
func (v *reviewOf) flags(r *store.Response) survey.Flags {
	f := r.Flags
	if v.bursts != nil && v.bursts(r) {
		f |= survey.Burst
	}
	return f
}

func (v *reviewOf) row(r *store.Response) view.ReviewRow {
	id := r.ID.Hex()
	row := view.ReviewRow{ID: id, URL: "/khao-sat/" + v.campaign.ID + "/luot-tra-loi/" + id, Unit: v.name(r.Unit), Group: vi.Text("group." + r.Group),
		Channel: vi.Text("stats.channel." + string(r.Channel)), When: vi.DateTime(r.ID.Timestamp()), Seconds: "–", Excluded: v.excluded[id]}
	if r.Seconds > 0 {
		row.Seconds = vi.Int(int64(r.Seconds))
	}
	for _, name := range v.flags(r).Names() {
		row.Flags = append(row.Flags, vi.Text("stats.flag."+name))
	}
	return row
}

func (v *reviewOf) name(code string) string {
	if n := v.names[code].Name; n != "" {
		return n
	}
	return code
}

// query is the filters as the end of an address.
func (v *reviewOf) query(before string) string {
	q := url.Values{}
	for _, p := range [][2]string{{"dv", v.unit}, {"kenh", v.channel}, {"co", v.flag}, {"truoc", before}} {
		if p[1] != "" {
			q.Set(p[0], p[1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// chooseQuery ticks every response of the page or, when they are, none.
func chooseQuery(query string, all bool) string {
	switch {
	case all:
		return query + "#luot"
	case query == "":
		return "?chon=1#luot"
	}
	return query + "&chon=1#luot"
}

func (v *reviewOf) filters() []view.StatChoice {
	channels := view.StatChoice{Name: "kenh", Label: vi.Text("stats.channel")}
	for _, ch := range survey.Channels() {
		channels.Options = append(channels.Options, option(string(ch), vi.Text("stats.channel."+string(ch)), v.channel))
	}
	flags := view.StatChoice{Name: "co", Label: vi.Text("stats.flags"), Options: []view.Option{
		option(anyFlag, vi.Text("stats.anyFlag"), v.flag)}}
	for _, name := range survey.Flags(survey.Fast | survey.Straight | survey.Burst | survey.Duplicate).Names() {
		flags.Options = append(flags.Options, option(name, vi.Text("stats.flag."+name), v.flag))
	}
	flags.Options = append(flags.Options, option(onlyExcluded, vi.Text("stats.excluded"), v.flag))
	return []view.StatChoice{unitChoice(&v.campaign, v.names, v.unit), channels, flags}
}

// reviewFigures are the result with and without what is excluded and flagged,
// of one unit or of all.
func (s *Server) reviewFigures(ctx context.Context, c *survey.Campaign, form *survey.Form, code string) ([]view.ReviewFigure, error) {
	counts, err := s.store.Counts(ctx, c)
	if err != nil {
		return nil, err
	}
	net, gross, clean := survey.NewTally(form), survey.NewTally(form), survey.NewTally(form)
	for unit, n := range counts {
		if code != "" && unit != code {
			continue
		}
		plain, err := n.Clean()
		if err != nil {
			return nil, err
		}
		for _, x := range [][2]*survey.Tally{{net, n.Net()}, {gross, n.All}, {clean, plain}} {
			if err := x[0].Merge(x[1]); err != nil {
				return nil, err
			}
		}
	}
	return []view.ReviewFigure{figureOf(vi.Text("stats.net"), net), figureOf(vi.Text("stats.gross"), gross), figureOf(vi.Text("stats.clean"), clean)}, nil
}

func figureOf(name string, t *survey.Tally) view.ReviewFigure {
	r := t.Report("")
	return view.ReviewFigure{Name: name, Count: vi.Int(r.N), Index: indexText(r.Index), Interval: intervalText(r.Low, r.High)}
}

// reviewDecide excludes or restores the chosen responses for one reason.
func (s *Server) reviewDecide(c *fiber.Ctx) error {
	v, err := s.reviewOf(c)
	if err != nil {
		return err
	}
	var ids []string
	for _, b := range c.Context().PostArgs().PeekMulti("luot") {
		ids = append(ids, string(b))
	}
	reason := vi.Clean(c.FormValue("ly-do"))
	changed, err := s.decide(c, &v.campaign, ids, reason)
	if errs := reviewErrors(err); len(errs) > 0 {
		return s.showReview(c, v, reason, ids, errs)
	} else if err != nil {
		return err
	}
	to := "/khao-sat/" + v.campaign.ID + "/luot-tra-loi" + v.query(v.before)
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	return c.Redirect(to+sep+"xong=decided&so="+strconv.Itoa(changed), fiber.StatusSeeOther)
}

func (s *Server) decide(c *fiber.Ctx, campaign *survey.Campaign, ids []string, reason string) (int, error) {
	u, _ := userOf(c)
	if c.FormValue("viec") == "lai" {
		return s.store.Restore(c.UserContext(), campaign, ids, u.Login, reason)
	}
	return s.store.Exclude(c.UserContext(), campaign, ids, u.Login, reason)
}

// reviewErrors are the problems of a decision beside its fields.
func reviewErrors(err error) []view.FieldError {
	if !fault.Is(err, fault.Invalid) {
		return nil
	}
	fields := map[string]string{"reason": "ly-do", "ids": "luot"}
	var list []view.FieldError
	if f, ok := errors.AsType[*fault.Error](err); ok {
		for _, p := range f.Problems {
			list = append(list, view.FieldError{Field: fields[p.Path], Message: vi.Text(p.Key, p.Args...)})
		}
	}
	return list
}
