package site

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const (
	// leaderRows is how many units stand among the best and among the last.
	leaderRows = 10
	// trendYears is how many periods the trend shows at most.
	trendYears = 6
)

// leaderRoutes is the leader's page.
func (s *Server) leaderRoutes(r fiber.Router) {
	past := &pastTargets{}
	r.Get("/lanh-dao", s.may(account.SeeLeader), func(c *fiber.Ctx) error { return s.leader(c, past) })
}

// pastTargets keeps the targets of past periods: they do not change until the
// period, which makes a new version, or one of its campaigns is opened again.
type pastTargets struct{ kept sync.Map }

type pastKey struct {
	period  string
	version int64
	closed  int64 // when its last campaign closed, as Unix time in seconds
	outside bool  // as those see it who learn a result when it is concluded
}

// pastKeyOf returns the key of a period. over is false while its target may
// still change: it is being marked, or an answer may still come in.
func pastKeyOf(ctx context.Context, s *store.Store, p *dossier.Period) (key pastKey, over bool, err error) {
	campaigns, err := s.CampaignsOf(ctx, p.ID)
	if err != nil {
		return key, false, err
	}
	key = pastKey{period: p.ID, version: p.Version}
	for i := range campaigns {
		key.closed = max(key.closed, campaigns[i].Closes.Unix())
	}
	// An answer that came just before the end is stored within RequestTimeout.
	last := time.Unix(key.closed, 0).Add(RequestTimeout + time.Second)
	return key, (p.State == dossier.Locked || p.State == dossier.Published) && s.Now().After(last), nil
}

// of returns the target of a period as a leader may see it, scoring it only
// when it has to.
func (t *pastTargets) of(ctx context.Context, s *store.Store, p dossier.Period, user account.User) (view.Target, error) {
	key, over, err := pastKeyOf(ctx, s, &p)
	if err != nil {
		return view.Target{}, err
	}
	key.outside = !new(dossier.Dossier).WhoOf(user, &p).Has(dossier.Manager | dossier.Head)
	if v, ok := t.kept.Load(key); ok && over {
		return v.(view.Target), nil
	}
	r, err := result.Seen(ctx, s, p.ID, "", seesResults(user, &p))
	if err != nil {
		return view.Target{}, err
	}
	v := targetView(r)
	if over {
		t.kept.Store(key, v)
	}
	return v, nil
}

// leader shows a period on one page.
func (s *Server) leader(c *fiber.Ctx, past *pastTargets) error {
	ctx := c.UserContext()
	p, periods, ok, err := s.periodChoice(c, "")
	if err != nil {
		return err
	}
	user, _ := userOf(c)
	v := view.Leader{Page: s.page(c, vi.Text("leader.title")), Periods: periods, Empty: !ok}
	v.Styles = append(v.Styles, teamStyle)
	if !ok {
		return c.Render("leader/overview", v)
	}
	r, err := result.Seen(ctx, s.store, p.ID, "", seesResults(user, &p))
	if err != nil {
		return err
	}
	v.PeriodID, v.Period, v.Year, v.Stage, v.Units = p.ID, p.Title, p.Year, r.Stage.Title, len(r.Ranked)
	v.Target, v.Decided = targetView(r), decidedWords(r, s.today())
	if v.ToSign, err = s.waitsForSign(c); err != nil {
		return err
	}
	v.RankingURL = "/bao-cao/xep-hang?ky=" + p.ID
	v.Excel = "/bao-cao/xep-hang.xlsx?ky=" + p.ID
	if p.Previous != "" {
		v.Previous = "/lanh-dao?ky=" + p.Previous
	}
	if v.Trend, err = s.trend(ctx, r, past, user); err != nil {
		return err
	}
	rows := rankedUnits(r)
	v.Near, v.NearMore = nearMisses(r, rows)
	v.Tiles, v.Key, v.Incomplete = tiles(r, rows)
	v.Hidden = r.Hidden
	complete := slices.DeleteFunc(slices.Clone(rows), func(x rankedUnit) bool { return !x.score.Complete })
	v.Top = leaderTable(r, complete[:min(leaderRows, len(complete))])
	last := slices.Clone(complete[max(0, len(complete)-leaderRows):])
	slices.Reverse(last)
	v.Bottom = leaderTable(r, last)
	return c.Render("leader/overview", v)
}

// decidedWords says what was decided so far, beside the target by score; none
// before the first decision.
func decidedWords(r *result.Result, today string) []string {
	n := map[string]int{}
	for i := range r.Dossiers {
		n[publicStatus(&r.Dossiers[i], score.Result{}, today)]++
	}
	if n[publicRecognised]+n[publicExpired]+n[publicRevoked]+n[publicRefused] == 0 {
		return nil
	}
	return decidedSummary(n, len(r.Dossiers))
}

// waitsForSign is where the signed-in user has to sign a period off, whichever
// period the page shows; "" when they need not.
func (s *Server) waitsForSign(c *fiber.Ctx) (string, error) {
	periods, err := s.store.Periods(c.UserContext())
	if err != nil {
		return "", err
	}
	for i := range periods {
		if url := toSign(c, &periods[i]); url != "" {
			return url, nil
		}
	}
	return "", nil
}

// trend is the share of the last periods, the oldest first.
func (s *Server) trend(ctx context.Context, now *result.Result, past *pastTargets, user account.User) ([]view.TrendYear, error) {
	periods, err := s.store.Periods(ctx)
	if err != nil {
		return nil, err
	}
	var list []view.TrendYear
	for _, p := range periods {
		if p.State == dossier.Draft || p.Year > now.Period.Year || len(list) == trendYears {
			continue
		}
		t := targetView(now)
		if p.ID != now.Period.ID {
			if t, err = past.of(ctx, s.store, p, user); err != nil {
				return nil, err
			}
		}
		list = append(list, view.TrendYear{
			Label: strconv.Itoa(p.Year), URL: "/lanh-dao?ky=" + p.ID, Share: t.Share, Width: t.Width, Mark: t.Mark,
			Recognised: t.Recognised, Denominator: t.Denominator, Met: t.Met, Current: p.ID == now.Period.ID,
		})
	}
	slices.Reverse(list)
	return list, nil
}

func leaderTable(r *result.Result, rows []rankedUnit) []view.LeaderRow {
	list := make([]view.LeaderRow, len(rows))
	for i, row := range rows {
		x := rankingRow(r, row)
		list[i] = view.LeaderRow{
			Rank: x.Rank, Name: x.Name, URL: x.URL, Total: x.Total, ExplainURL: x.ExplainURL, Revoked: x.Revoked,
			Width: row.score.Total.Num().Mul(rubric.Int(100)).Div(r.Set.Total).Min(rubric.Int(100)).Decimal(2),
		}
	}
	return list
}
