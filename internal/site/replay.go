package site

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// namesShown is how many names of units the lists above the table show.
const namesShown = 40

// replayRoutes try a set, usually a draft, on a period's data.
func (l *library) replayRoutes(r fiber.Router) {
	may, base := l.may(account.EditSets), "/quan-tri/"+l.kind
	r.Get(base+"/:id/:v/thu", may, l.replay)
	r.Get(base+"/:id/:v/thu.xlsx", may, l.replayExcel)
}

// tried is a replay with the rows that the request's filter keeps.
type tried struct {
	*result.Replay
	version store.Version
	periods []view.Option
	kind    string
	rows    []triedUnit
}

// triedUnit is one unit before and after.
type triedUnit struct {
	name, change string
	old, now     score.Result
}

// tryOn works the replay of a request out. ok is false when there is no period.
func (l *library) tryOn(c *fiber.Ctx) (t *tried, ok bool, err error) {
	t = &tried{kind: c.Query("thay-doi")}
	if t.version, err = l.find(c); err != nil {
		return nil, false, err
	}
	period, options, ok, err := l.pastPeriod(c)
	if err != nil || !ok {
		return t, false, err
	}
	set, err := l.store.Set(c.UserContext(), t.version.ID, t.version.Number)
	if err != nil {
		return nil, false, err
	}
	t.periods = options
	if t.Replay, err = result.TryOn(c.UserContext(), l.store, set, period, c.Query("cap")); err != nil {
		return nil, false, err
	}
	for _, row := range t.units() {
		if t.kind == "" || t.kind == row.change || t.kind == result.Incomplete && !row.now.Complete {
			t.rows = append(t.rows, row)
		}
	}
	return t, true, nil
}

// pastPeriod returns the period that the address names; without one the newest
// that is closed, else the newest.
func (l *library) pastPeriod(c *fiber.Ctx) (id string, options []view.Option, ok bool, err error) {
	all, err := l.store.Periods(c.UserContext())
	if err != nil {
		return "", nil, false, err
	}
	all = slices.DeleteFunc(all, func(p dossier.Period) bool { return p.State == dossier.Draft })
	slices.SortStableFunc(all, func(a, b dossier.Period) int { return cmp.Compare(b.Year, a.Year) })
	if len(all) == 0 {
		return "", nil, false, nil
	}
	id = c.Query("ky")
	if id == "" {
		i := slices.IndexFunc(all, func(p dossier.Period) bool { return p.State != dossier.Open })
		id = all[max(i, 0)].ID
	}
	if !slices.ContainsFunc(all, func(p dossier.Period) bool { return p.ID == id }) {
		return "", nil, false, fault.New(fault.NotFound, "store.period", id)
	}
	for _, p := range all {
		options = append(options, option(p.ID, p.Title, id))
	}
	return id, options, true, nil
}

// units pairs the results, those that enter and leave first, then by rank.
func (t *tried) units() []triedUnit {
	old := make(map[string]score.Result, len(t.Before))
	for _, x := range t.Before {
		old[x.Unit] = x
	}
	byCode := make(map[string]result.ReplayUnit, len(t.Units))
	for _, u := range t.Units {
		byCode[u.Unit] = u
	}
	rows := make([]triedUnit, len(t.After))
	for i, now := range report.ByChange(t.Replay) {
		u := byCode[now.Unit]
		rows[i] = triedUnit{name: cmp.Or(u.Name, now.Unit), change: u.Change, old: old[now.Unit], now: now}
	}
	return rows
}

// replay shows who enters and who leaves recognition, and every unit before and
// after.
func (l *library) replay(c *fiber.Ctx) error {
	t, ok, err := l.tryOn(c)
	if err != nil {
		return err
	}
	v := t.version
	p := view.Replay{Admin: l.page(c, vi.Text("replay.title")), ID: v.ID, Number: v.Number, Heading: v.Title, Back: l.url(v)}
	p.Wide = true
	if !ok {
		p.Empty = vi.Text("dossiers.none")
		return c.Render("replay/show", p)
	}
	t.fill(&p)
	shown, list := listOf(c, t.rows, triedText, t.columns(), t.keep()...)
	p.List, p.Excel = list, l.url(v)+"/thu.xlsx?"+string(c.Request().URI().QueryString())
	for _, row := range shown {
		p.Rows = append(p.Rows, t.row(row))
	}
	if len(p.Rows) == 0 {
		p.Empty = vi.Text("replay.noMatch")
	}
	return c.Render("replay/show", p)
}

func triedText(u triedUnit) string { return u.name + " " + u.now.Unit }

func (t *tried) keep() []view.Pair {
	stage := t.Stage
	if stage == t.Of.Final() {
		stage = ""
	}
	return []view.Pair{{Name: "ky", Value: t.Period}, {Name: "cap", Value: stage}, {Name: "thay-doi", Value: t.kind}}
}

// columns are the columns of the table; without an order the rows keep theirs.
func (t *tried) columns() []listColumn[triedUnit] {
	place := map[string]int{}
	for i, u := range t.rows {
		place[u.now.Unit] = i
	}
	rank := func(r score.Result) int { return cmp.Or(r.Rank, len(t.After)+1) }
	return []listColumn[triedUnit]{
		{key: "thay-doi", label: vi.Text("replay.change"), compare: by(func(u triedUnit) int { return place[u.now.Unit] })},
		{key: "ten", label: vi.Text("replay.unit"), compare: byText(func(u triedUnit) string { return u.name })},
		{key: "truoc", label: vi.Text("replay.before"), number: true, compare: by(func(u triedUnit) score.Points { return u.old.Total })},
		{key: "sau", label: vi.Text("replay.after"), number: true, compare: by(func(u triedUnit) score.Points { return u.now.Total })},
		{key: "chenh", label: vi.Text("replay.gap"), number: true, compare: by(func(u triedUnit) score.Points { return u.now.Total - u.old.Total })},
		{key: "hang-truoc", label: vi.Text("replay.rankBefore"), number: true, compare: by(func(u triedUnit) int { return rank(u.old) })},
		{key: "hang-sau", label: vi.Text("replay.rankAfter"), number: true, compare: by(func(u triedUnit) int { return rank(u.now) })},
		{key: "muc-truoc", label: vi.Text("replay.bandBefore"), compare: by(func(u triedUnit) int { return t.bandPlace(0, u.old) })},
		{key: "muc-sau", label: vi.Text("replay.bandAfter"), compare: by(func(u triedUnit) int { return t.bandPlace(1, u.now) })},
	}
}

// bandPlace puts the best band first, then the unrecognised, then the
// incomplete.
func (t *tried) bandPlace(i int, r score.Result) int {
	if at := t.Sets[i].BandIndex(r.Band); at >= 0 {
		return at
	}
	unrecognised := 0
	if recognition := t.Sets[i].Recognition; recognition != nil {
		unrecognised = len(recognition.Bands)
	}
	if r.Complete {
		return unrecognised
	}
	return unrecognised + 1
}
