package site

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// dossierRoutes are the list of dossiers, the scoring page and the page that
// explains a score.
func (s *Server) dossierRoutes(r fiber.Router) {
	see := s.may(account.SeeDossiers)
	r.Get("/ho-so", see, s.dossierList)
	r.Get("/ho-so/:period/:unit", see, s.dossierRoot)
	r.Post("/ho-so/:period/:unit", limitBody(MaxMarksBody), see, s.dossierSave)
	r.Get("/ho-so/:period/:unit/cham-diem", see, s.dossierScore)
	r.Post("/ho-so/:period/:unit/cham-diem", limitBody(MaxMarksBody), see, s.dossierSave)
	r.Get("/ho-so/:period/:unit/viec/:act", see, s.actPage)
	r.Post("/ho-so/:period/:unit/viec/:act", limitBody(MaxFormBody), see, s.actDo)
	r.Get("/ho-so/:period/:unit/khao-sat", see, s.dossierSurvey)
	r.Get("/ho-so/:period/:unit/lich-su", see, s.historyPageOf)
	r.Get("/ho-so/:period/:unit/giai-thich", see, s.explainUnit)
	r.Get("/ho-so/:period/:unit/giai-thich/:leaf", see, s.explainLeaf)
}

// periodChoice returns the period that ?ky= names, by default the newest open
// one or else the newest that was ever opened, and the choices there are. A
// unit limits it to the periods that assess it. ok is false when there is none.
func (s *Server) periodChoice(c *fiber.Ctx, unit string) (p dossier.Period, list []view.Option, ok bool, err error) {
	all, err := s.store.Periods(c.UserContext())
	if err != nil {
		return p, nil, false, err
	}
	wanted, best := c.Query("ky"), -1
	var opened []dossier.Period
	for _, q := range all {
		if q.State == dossier.Draft || unit != "" && !q.Has(unit) {
			continue
		}
		if best < 0 || opened[best].State != dossier.Open && q.State == dossier.Open {
			best = len(opened)
		}
		opened = append(opened, q)
	}
	found := wanted == ""
	for i, q := range opened {
		if wanted != "" && q.ID == wanted {
			best, found = i, true
		}
	}
	if !found {
		return p, nil, false, fault.New(fault.NotFound, "store.period", wanted)
	}
	if best < 0 {
		return p, nil, false, nil
	}
	for i, q := range opened {
		list = append(list, view.Option{Value: q.ID, Label: q.Title, Chosen: i == best})
	}
	return opened[best], list, true, nil
}

// listedDossier is a dossier with what the list shows and sorts by.
type listedDossier struct {
	unit   unit.Unit
	parent string
	status dossier.Status
	stages []view.Progress
}

// dossierList shows the dossiers of a period; a commune goes to its own.
func (s *Server) dossierList(c *fiber.Ctx) error {
	user, _ := userOf(c)
	p, periods, ok, err := s.periodChoice(c, user.Unit)
	if err != nil {
		return err
	}
	v := view.DossierList{Page: s.page(c, vi.Text("dossiers.title")), PeriodID: p.ID, Period: p.Title, Periods: periods}
	if !ok {
		v.Empty = vi.Text("dossiers.none")
		if user.Role == account.Commune {
			v.Empty = vi.Text("dossiers.noneYours")
		}
		if user.Role.May(account.EditPeriods) {
			v.EmptyURL, v.EmptyLink = "/quan-tri", vi.Text("dossiers.open")
		}
		return c.Render("dossier/list", v)
	}
	if user.Role == account.Commune {
		return c.Redirect(dossierURL(p.ID, user.Unit), fiber.StatusSeeOther)
	}
	rows, err := s.listedDossiers(c.UserContext(), p)
	if err != nil {
		return err
	}
	self, final, status := c.Query("tc"), c.Query("td"), c.Query("tt")
	v.Filters = []view.DossierFilter{
		{Name: "tc", Label: p.Stages[0].Title, Options: progressOptions(self)},
		{Name: "td", Label: stageTitle(p, p.Final()), Options: progressOptions(final)},
	}
	if v.Steps = p.Steps; p.Steps {
		v.Filters = append(v.Filters, view.DossierFilter{Name: "tt", Label: vi.Text("dossiers.status"), Options: dossierStatuses(status)})
	}
	kept := rows[:0:0]
	for _, r := range rows {
		if inState(r.stages[0], self) && inState(r.stages[len(r.stages)-1], final) && (status == "" || string(r.status) == status) {
			kept = append(kept, r)
		}
	}
	shown, list := listOf(c, kept, func(r listedDossier) string { return r.unit.Name + " " + r.unit.Code + " " + r.parent }, dossierColumns(p),
		view.Pair{Name: "ky", Value: p.ID}, view.Pair{Name: "tc", Value: self}, view.Pair{Name: "td", Value: final}, view.Pair{Name: "tt", Value: status})
	v.List = list
	for _, r := range shown {
		v.Rows = append(v.Rows, view.DossierRow{
			Code: r.unit.Code, Name: r.unit.Name, Parent: r.parent, URL: dossierURL(p.ID, r.unit.Code), Stages: r.stages,
			Status: view.Tag{Text: vi.Words(r.status), Look: statusLook(r.status)},
		})
	}
	if len(v.Rows) == 0 {
		v.Empty, v.EmptyURL, v.EmptyLink = vi.Text("dossiers.noMatch"), "/ho-so?ky="+p.ID, vi.Text("dossiers.all")
	}
	return c.Render("dossier/list", v)
}

func (s *Server) listedDossiers(ctx context.Context, p dossier.Period) ([]listedDossier, error) {
	set, err := s.store.Set(ctx, p.SetID, p.SetVer)
	if err != nil {
		return nil, err
	}
	list, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	units := map[string]unit.Unit{}
	for _, u := range list {
		units[u.Code] = u
	}
	dossiers, err := s.store.Dossiers(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	rows := make([]listedDossier, len(dossiers))
	for i := range dossiers {
		u := units[dossiers[i].Unit]
		rows[i] = listedDossier{unit: u, parent: units[u.Parent].Name, status: dossiers[i].Status, stages: progressOf(set, p, &dossiers[i])}
	}
	return rows, nil
}

// progressOf counts, by stage, the criteria with a mark among those that take
// one: what comes from a survey takes none. At a stage with members it counts
// the sheets that are in.
func progressOf(set *rubric.Set, p dossier.Period, d *dossier.Dossier) []view.Progress {
	all := 0
	takes := map[string]bool{}
	for _, leaf := range set.Leaves() {
		if leaf.Rule.Type != rubric.RuleSurvey {
			all++
			takes[leaf.Code] = true
		}
	}
	list := make([]view.Progress, len(p.Stages))
	for i, st := range p.Stages {
		list[i].All = all
		list[i].URL = dossierURL(p.ID, d.Unit) + "?cap=" + st.Code
		if !d.Shared(st.Code) {
			list[i].Done, list[i].All = sheetsIn(d, st.Code)
			continue
		}
		for _, e := range d.Entries {
			if e.Stage == st.Code && takes[e.Code] && !e.Mark.Empty() {
				list[i].Done++
			}
		}
	}
	return list
}

// sheetsIn counts the members of a stage, and those whose sheet of the present
// round is in.
func sheetsIn(d *dossier.Dossier, stage string) (in, all int) {
	t := d.Team(stage)
	for _, m := range t.Members {
		if d.Finished(dossier.Layer{Stage: stage, Member: m, Round: t.Round}) {
			in++
		}
	}
	return in, len(t.Members)
}

// dossierStatuses are the statuses of the year to filter by.
func dossierStatuses(chosen string) []view.Option {
	list := []view.Option{option("", vi.Text("dossiers.any"), chosen)}
	for _, s := range dossier.Statuses() {
		list = append(list, option(string(s), capital(vi.Words(s)), chosen))
	}
	return list
}

// The states of completeness in the URL.
const (
	stateNone, statePart, stateDone = "chua", "dang", "xong"
)

func inState(p view.Progress, state string) bool {
	switch state {
	case stateNone:
		return p.Done == 0
	case statePart:
		return p.Done > 0 && !p.Complete()
	case stateDone:
		return p.Complete() && p.All > 0
	}
	return true
}

func progressOptions(chosen string) []view.Option {
	return []view.Option{
		option("", vi.Text("dossiers.any"), chosen), option(stateNone, vi.Text("dossiers.notStarted"), chosen),
		option(statePart, vi.Text("dossiers.started"), chosen), option(stateDone, vi.Text("dossiers.done"), chosen),
	}
}

func dossierColumns(p dossier.Period) []listColumn[listedDossier] {
	columns := []listColumn[listedDossier]{
		{key: "ten", label: vi.Text("dossiers.unit"), compare: byText(func(r listedDossier) string { return r.unit.Name })},
		{key: "ma", label: vi.Text("dossiers.code"), compare: by(func(r listedDossier) string { return r.unit.Code })},
		{key: "cha", label: vi.Text("dossiers.parent"), compare: byText(func(r listedDossier) string { return r.parent })},
	}
	if p.Steps {
		columns = append(columns, listColumn[listedDossier]{key: "tt", label: vi.Text("dossiers.status"), compare: by(func(r listedDossier) int { return slices.Index(dossier.Statuses(), r.status) })})
	}
	for i, st := range p.Stages {
		columns = append(columns, listColumn[listedDossier]{
			key: "c" + strconv.Itoa(i), label: st.Title,
			compare: func(a, b listedDossier) int { return cmp.Compare(a.stages[i].Done, b.stages[i].Done) },
		})
	}
	return columns
}
