package site

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// rankingRoutes are the ranking and its workbook.
func (s *Server) rankingRoutes(r fiber.Router) {
	see := s.may(account.SeeRanking)
	r.Get("/bao-cao/xep-hang", see, s.ranking)
	r.Get("/bao-cao/xep-hang.xlsx", see, s.rankingExcel)
}

// rankingFilter is what the query asks of the ranking, apart from search and
// order.
type rankingFilter struct{ band, recognised, parent string }

// Values of the recognised filter.
const (
	onlyRecognised, onlyNot, onlyIncomplete = "co", "khong", "thieu"
)

func filterOf(c *fiber.Ctx) rankingFilter {
	return rankingFilter{c.Query("muc"), c.Query("dat"), c.Query("dia-ban")}
}

func (f rankingFilter) keeps(r rankedUnit) bool {
	if f.band != "" && r.score.Band != f.band || f.parent != "" && r.unit.Parent != f.parent {
		return false
	}
	switch f.recognised {
	case onlyRecognised:
		return r.score.Recognised
	case onlyNot:
		return !r.score.Recognised && r.score.Complete
	case onlyIncomplete:
		return !r.score.Complete
	}
	return true
}

// ranked is the scored period of a request with the rows its filters keep, in
// the order it asks for.
type ranked struct {
	*result.Result
	periods  []view.Option
	filter   rankingFilter
	filtered bool
	rows     []rankedUnit
}

// rankingOf scores the period of a request. ok is false when there is none.
func (s *Server) rankingOf(c *fiber.Ctx) (r *ranked, ok bool, err error) {
	p, periods, ok, err := s.periodChoice(c, "")
	if err != nil || !ok {
		return nil, false, err
	}
	user, _ := userOf(c)
	res, err := result.Seen(c.UserContext(), s.store, p.ID, c.Query("cap"), seesResults(user, &p))
	if err != nil {
		return nil, false, err
	}
	r = &ranked{Result: res, periods: periods, filter: filterOf(c)}
	all := rankedUnits(res)
	r.filtered = c.Query("q") != "" || r.filter != rankingFilter{}
	for _, row := range all {
		if r.filter.keeps(row) {
			r.rows = append(r.rows, row)
		}
	}
	return r, true, nil
}

// seesResults is what this user may see in lists of a period's results: the
// same as on the page of each dossier. One who keeps out of a unit's affairs
// learns its result when everybody does.
func seesResults(user account.User, p *dossier.Period) result.Sees {
	return func(d *dossier.Dossier, stage string) bool {
		if slices.Contains(user.Recused, d.Unit) && d.Shared(stage) {
			return p.State == dossier.Published && stage == p.Final()
		}
		return d.Sees(stage, d.WhoOf(user, p))
	}
}

// ranking shows the table.
func (s *Server) ranking(c *fiber.Ctx) error {
	r, ok, err := s.rankingOf(c)
	if err != nil {
		return err
	}
	v := view.Ranking{Page: s.page(c, vi.Text("ranking.title"))}
	v.Wide = true
	if !ok {
		v.Empty = vi.Text("dossiers.none")
		return c.Render("ranking/table", v)
	}
	v.PeriodID, v.Period, v.Periods, v.Stage = r.Period.ID, r.Period.Title, r.periods, r.Stage.Title
	v.Criteria, v.Filtered, v.Target, v.Hidden = r.Set.Title, r.filtered, targetView(r.Result), r.Hidden
	for _, st := range r.Period.Stages {
		v.Stages = append(v.Stages, option(st.Code, st.Title, r.Stage.Code))
	}
	v.Bands, v.Parents, v.Recognised = r.bandOptions(), r.parentOptions(), recognisedOptions(r.filter.recognised)
	for _, g := range r.Set.Groups {
		v.Groups = append(v.Groups, view.RankingGroup{Code: g.Code, Title: g.Title, Max: vi.Decimal(g.Max.String())})
	}
	shown, list := listOf(c, r.rows, rankedText, rankingColumns(r.Set), r.keep()...)
	v.List = list
	v.Excel = "/bao-cao/xep-hang.xlsx?" + string(c.Request().URI().QueryString())
	if mayDo(c, account.SeeLeader) {
		v.Leniency = leniencyPath + "?ky=" + queryEscape(r.Period.ID)
	}
	for _, row := range shown {
		v.Rows = append(v.Rows, rankingRow(r.Result, row))
	}
	if len(v.Rows) == 0 {
		v.Empty = vi.Text("ranking.noMatch")
	}
	return c.Render("ranking/table", v)
}

// keep is what every address of the list carries on.
func (r *ranked) keep() []view.Pair {
	stage := r.Stage.Code
	if stage == r.Period.Final() {
		stage = ""
	}
	return []view.Pair{
		{Name: "ky", Value: r.Period.ID}, {Name: "cap", Value: stage}, {Name: "muc", Value: r.filter.band},
		{Name: "dat", Value: r.filter.recognised}, {Name: "dia-ban", Value: r.filter.parent},
	}
}

func (r *ranked) bandOptions() []view.Option {
	list := []view.Option{option("", vi.Text("ranking.anyBand"), r.filter.band)}
	if rec := r.Set.Recognition; rec != nil {
		for _, b := range rec.Bands {
			list = append(list, option(b.Code, b.Title, r.filter.band))
		}
	}
	return list
}

// parentOptions lists the units above those that are assessed, by name.
func (r *ranked) parentOptions() []view.Option {
	list := []view.Option{option("", vi.Text("ranking.anyParent"), r.filter.parent)}
	for _, u := range parentsOf(r.Result) {
		list = append(list, option(u.Code, u.Name, r.filter.parent))
	}
	return list
}

func recognisedOptions(chosen string) []view.Option {
	return []view.Option{
		option("", vi.Text("ranking.any"), chosen), option(onlyRecognised, vi.Text("ranking.recognised"), chosen),
		option(onlyNot, vi.Text("ranking.notRecognised"), chosen), option(onlyIncomplete, vi.Text("ranking.incomplete"), chosen),
	}
}

// targetView is the target in the words and widths that pages show.
func targetView(r *result.Result) view.Target {
	t := r.Target
	percent, _ := rubric.ParseNum(t.Percent)
	want := percent.Mul(rubric.Int(int64(t.Denominator)))
	wanted, _ := want.Div(rubric.Int(100)).Neg().Floor().Neg().Int64()
	v := view.Target{
		Recognised: t.Recognised, Denominator: t.Denominator, Needed: t.Needed, Share: vi.Decimal(t.Share), Percent: vi.Decimal(t.Percent),
		Width: t.Share, Mark: percent.Decimal(2), Wanted: int(wanted), Over: max(0, t.Recognised-int(wanted)), Met: t.Met, MinBand: bandTitle(r.Set, t.MinBand),
		Left: vi.Int(int64(t.Recognised) * 100), Right: vi.Decimal(want.String()),
	}
	if d, err := parseDay(r.Period.Target.By); err == nil {
		v.By = vi.Date(d)
	}
	return v
}

// bandTitle is the title of a band, "" for none.
func bandTitle(set *rubric.Set, code string) string {
	if i := set.BandIndex(code); i >= 0 {
		return set.Recognition.Bands[i].Title
	}
	return ""
}

// stageOf is the stage that a dossier link of a ranking opens.
func stageOf(p dossier.Period, stage string) string {
	if stage == p.Final() {
		return ""
	}
	return "?cap=" + stage
}
