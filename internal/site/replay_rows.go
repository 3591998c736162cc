package site

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// fill adds everything above the table.
func (t *tried) fill(p *view.Replay) {
	was := t.Sets[0]
	p.PeriodID, p.Period, p.Periods = t.Period, t.Of.Title, t.periods
	p.Was, p.WasURL = was.Title+" ("+t.Was+")", "/quan-tri/bo-tieu-chi/"+was.ID+"/"+strconv.Itoa(was.Version)
	p.Same = t.Was == store.Ref(t.version.ID, t.version.Number)
	for _, st := range t.Of.Stages {
		p.Stages = append(p.Stages, option(st.Code, st.Title, t.Stage))
	}
	p.Kinds = []view.Option{option("", vi.Text("replay.all"), t.kind)}
	for _, kind := range []string{result.Enter, result.Leave, result.OtherBand} {
		p.Kinds = append(p.Kinds, option(kind, vi.Text("replay."+kind), t.kind))
	}
	p.Kinds = append(p.Kinds, option(result.Incomplete, vi.Text("replay.incomplete"), t.kind))
	p.Enter, p.Leave = t.names(p, result.Enter), t.names(p, result.Leave)
	for i := range t.Targets {
		period := t.Of
		period.Target.MinBand = t.Targets[i].MinBand
		p.Targets[i] = targetView(&result.Result{Period: period, Set: t.Sets[i], Target: t.Targets[i]})
	}
	if t.LostBand != "" {
		p.LostBand = vi.Text("replay.bandLost", bandTitle(was, t.LostBand))
	}
	for _, g := range t.Gaps {
		p.Gaps = append(p.Gaps, view.ReplayGap{Code: g.Code, Title: g.Title, Why: vi.Text("replay.gap." + g.Why), Units: g.Units})
	}
	for _, r := range t.Retitled {
		p.Retitled = append(p.Retitled, view.ReplayTitle(r))
	}
}

// names lists the units of one kind of change by name.
func (t *tried) names(p *view.Replay, kind string) view.ReplayList {
	var rows []triedUnit
	for _, u := range t.units() {
		if u.change == kind {
			rows = append(rows, u)
		}
	}
	slices.SortStableFunc(rows, byText(func(u triedUnit) string { return u.name }))
	list := view.ReplayList{All: len(rows), More: max(0, len(rows)-namesShown), URL: p.Back + "/thu?ky=" + queryEscape(t.Period) + "&cap=" + queryEscape(t.Stage) + "&thay-doi=" + kind}
	for _, u := range rows[:min(len(rows), namesShown)] {
		r := t.row(u)
		list.Units = append(list.Units, view.ReplayName{Name: r.Name, URL: r.URL, Before: r.Before, After: r.After})
	}
	return list
}

// row is one unit as the table shows it.
func (t *tried) row(u triedUnit) view.ReplayRow {
	looks := map[string]string{result.Enter: "good", result.Leave: "bad", result.OtherBand: "warn", result.Incomplete: "off"}
	gap := u.now.Total.Num().Sub(u.old.Total.Num())
	r := view.ReplayRow{
		Code: u.now.Unit, Name: u.name, URL: dossierURL(t.Period, u.now.Unit) + stageOf(t.Of, t.Stage),
		Before: vi.Decimal(u.old.Total.String(u.old.Decimals)), After: vi.Decimal(u.now.Total.String(u.now.Decimals)),
		Gap: vi.Decimal(gap.Decimal(max(u.old.Decimals, u.now.Decimals))), Up: gap.Sign() > 0, Down: gap.Sign() < 0,
		RankBefore: u.old.Rank, RankAfter: u.now.Rank, BandBefore: bandTitle(t.Sets[0], u.old.Band), BandAfter: bandTitle(t.Sets[1], u.now.Band),
		GoodBefore: u.old.Recognised, GoodAfter: u.now.Recognised, ShortBefore: !u.old.Complete, ShortAfter: !u.now.Complete,
		Failed: xlsx.FailedWords(t.Sets[1], u.now),
	}
	if r.Up {
		r.Gap = "+" + r.Gap
	}
	if u.change != "" {
		r.Change = view.Tag{Text: vi.Text("replay.tag." + u.change), Look: looks[u.change]}
	}
	return r
}

// replayExcel writes the table as it is shown: the same filter, search and
// order, all pages.
func (l *library) replayExcel(c *fiber.Ctx) error {
	t, ok, err := l.tryOn(c)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "dossiers.none")
	}
	settings, _, err := l.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	rows := searched(t.rows, cut(vi.Clean(c.Query("q")), maxQuery), triedText)
	sortRows(rows, c.Query("sap"), t.columns())
	after := make([]score.Result, len(rows))
	for i, u := range rows {
		after[i] = u.now
	}
	book := report.Replay(t.Replay, after, settings, l.now())
	if len(rows) < len(t.After) {
		book.Period += " " + vi.Text("ranking.part", len(rows), len(t.After))
	}
	var b bytes.Buffer
	if err := xlsx.Replay(&b, book); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="thu-`+fileName(t.Criteria)+`-`+fileName(t.Period)+`.xlsx"`)
	return c.Send(b.Bytes())
}
