package site

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// Values of the filter of appeals by state; the waiting ones are shown at first.
const appealsWaiting, appealsDecided, appealsAll = "", "da-giai-quyet", "tat-ca"

// listedAppeal is one appeal of the list.
type listedAppeal struct {
	unit    unit.Unit
	title   string
	contest dossier.Contest
	days    int // that it has waited
}

// appealList shows the appeals that the user may decide, and those decided.
func (s *Server) appealList(c *fiber.Ctx) error {
	user, _ := userOf(c)
	p, periods, ok, err := s.periodChoice(c, "")
	if err != nil {
		return err
	}
	v := view.AppealList{Page: s.page(c, vi.Text("appeal.listTitle")), PeriodID: p.ID, Period: p.Title, Periods: periods}
	v.Styles, v.Flash = []string{"appraise.css"}, flash(c)
	if user.Role.May(account.MarkStage) {
		v.Home = appraiseURL(p.ID)
	}
	if !ok {
		v.Empty = vi.Text("dossiers.none")
		return c.Render("appeal/list", v)
	}
	state := c.Query("loc")
	rows, hidden, err := s.appealsOf(c, user, p, state)
	if err != nil {
		return err
	}
	v.Hidden = hidden
	waiting := "appeal.filterWaiting"
	if !user.Role.May(account.MarkStage) {
		waiting = "appeal.filterOpen" // others decide
	}
	v.States = []view.Option{option(appealsWaiting, vi.Text(waiting), state), option(appealsDecided, vi.Text("appeal.filterDecided"), state), option(appealsAll, vi.Text("appeal.filterAll"), state)}
	shown, list := listOf(c, rows, func(a listedAppeal) string {
		return a.unit.Name + " " + a.unit.Code + " " + a.contest.Code + " " + a.title + " " + a.contest.Reason
	}, appealColumns(), view.Pair{Name: "ky", Value: p.ID}, view.Pair{Name: "loc", Value: state})
	v.List = list
	for _, a := range shown {
		v.Rows = append(v.Rows, view.AppealListRow{
			URL: judgeURL(p.ID, a.unit.Code, a.contest.Code), Unit: a.unit.Code, Name: a.unit.Name, Code: a.contest.Code, Title: a.title,
			Stage: stageTitle(p, a.contest.Stage), Reason: a.contest.Reason, At: vi.DateTime(a.contest.At), Waits: waitWords(a), State: appealState(&a.contest),
		})
	}
	v.Empty = emptyAppeals(list, state, hidden)
	return c.Render("appeal/list", v)
}

func waitWords(a listedAppeal) string {
	if a.contest.Judge != "" {
		return ""
	}
	if a.days == 0 {
		return vi.Text("appeal.waitsToday")
	}
	return vi.Text("appeal.waits", a.days)
}

// emptyAppeals says why the list has nothing, "" when it has.
func emptyAppeals(list view.Listing, state string, hidden int) string {
	switch {
	case list.Found > 0:
		return ""
	case list.Query != "":
		return vi.Text("appeal.noMatch")
	case state == appealsWaiting && hidden > 0:
		return vi.Text("appeal.noneYours")
	case state == appealsWaiting:
		return vi.Text("appeal.noneWaiting")
	}
	return vi.Text("appeal.noneAtAll")
}

// appealsOf lists the appeals of a period in one state that the user may look
// at, the oldest first; hidden counts the waiting ones that others must decide.
func (s *Server) appealsOf(c *fiber.Ctx, user account.User, p dossier.Period, state string) (rows []listedAppeal, hidden int, err error) {
	set, err := s.store.Set(c.UserContext(), p.SetID, p.SetVer)
	if err != nil {
		return nil, 0, err
	}
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return nil, 0, err
	}
	names := unitNames(units)
	dossiers, err := s.store.Dossiers(c.UserContext(), p.ID)
	if err != nil {
		return nil, 0, err
	}
	for i := range dossiers {
		d := &dossiers[i]
		who := d.WhoOf(user, &p)
		for _, x := range d.Appeals {
			switch waits := x.Judge == ""; {
			case waits && !who.Has(dossier.Judge):
				hidden++
				continue
			case !waits && !who.Has(dossier.Judge|dossier.Manager), waits && state == appealsDecided, !waits && state == appealsWaiting:
				continue
			}
			days, _ := daysBetween(x.At.In(vi.Zone).Format("2006-01-02"), s.today())
			rows = append(rows, listedAppeal{unit: names[d.Unit], title: cellTitle(set, x.Code), contest: x, days: days})
		}
	}
	slices.SortStableFunc(rows, func(a, b listedAppeal) int { return a.contest.At.Compare(b.contest.At) })
	return rows, hidden, nil
}

// waitingAppeals counts what a user may decide in dossiers.
func waitingAppeals(user account.User, p *dossier.Period, dossiers []dossier.Dossier) int {
	n := 0
	for i := range dossiers {
		if d := &dossiers[i]; d.Status == dossier.Appealed && d.WhoOf(user, p).Has(dossier.Judge) {
			n += len(d.Waiting())
		}
	}
	return n
}

func appealColumns() []listColumn[listedAppeal] {
	return []listColumn[listedAppeal]{
		{key: "ngay", label: vi.Text("appeal.filedAt"), compare: func(a, b listedAppeal) int { return a.contest.At.Compare(b.contest.At) }},
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(a listedAppeal) string { return a.unit.Name })},
		{key: "tc", label: vi.Text("appeal.criterion"), compare: byText(func(a listedAppeal) string { return a.contest.Code })},
		{key: "ly-do", label: vi.Text("appeal.reason")},
		{key: "tt", label: vi.Text("appeal.state"), compare: by(func(a listedAppeal) string { return appealState(&a.contest).Text })},
	}
}
