package site

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The tabs of a dossier, as their addresses name them.
const (
	tabHome, tabSheet, tabEvidence = "", "cham-diem", "minh-chung"
	tabSurvey, tabComments         = "khao-sat", "trao-doi"
	tabHistory                     = "lich-su"
)

// sheetURL is the scoring table of a unit at a stage.
func (p *place) sheetURL(stage string) string {
	url := dossierURL(p.period.ID, p.unit.Code)
	if p.period.Steps {
		url += "/" + tabSheet
	}
	return url + "?cap=" + stage
}

// dossierHead is what stands above every page of a dossier; tab is the current
// one.
func (s *Server) dossierHead(ctx context.Context, p *place, tab string) (view.DossierHead, error) {
	h := view.DossierHead{PeriodID: p.period.ID, Period: p.period.Title, Unit: p.unit.Code, Name: p.unit.Name}
	if parent, err := s.store.Unit(ctx, p.unit.Parent); err == nil {
		h.Parent = parent.Name
	}
	if p.user.Role != account.Commune {
		h.ListURL = "/ho-so?ky=" + p.period.ID
	}
	for _, t := range p.tabs() {
		h.Tabs = append(h.Tabs, view.Option{Value: t.Value, Label: t.Label, Chosen: t.Value == p.tabURL(tab)})
	}
	if p.period.Steps {
		p.standsAt(&h, s.today())
	}
	var err error
	h.Periods, err = s.otherPeriods(ctx, p)
	return h, err
}

func (p *place) tabURL(tab string) string {
	url := dossierURL(p.period.ID, p.unit.Code)
	if tab == tabHome || tab == tabSheet && !p.period.Steps {
		return url
	}
	return url + "/" + tab
}

// tabs are the pages of the dossier that this user may open.
func (p *place) tabs() []view.Option {
	var list []view.Option
	add := func(tab, key string) { list = append(list, view.Option{Value: p.tabURL(tab), Label: vi.Text(key)}) }
	if p.period.Steps {
		add(tabHome, "home.tabHome")
	}
	add(tabSheet, "home.tabSheet")
	if !p.recused() {
		add(tabEvidence, "home.tabEvidence")
	}
	add(tabSurvey, "home.tabSurvey")
	add(tabComments, "home.tabComments")
	if p.appealable() {
		add(tabAppeal, "appeal.tab")
	}
	add(tabHistory, "home.tabHistory")
	return list
}

// recused reports whether this user keeps out of the unit's affairs.
func (p *place) recused() bool { return slices.Contains(p.user.Recused, p.unit.Code) }

// standsAt fills in how the dossier stands on a day.
func (p *place) standsAt(h *view.DossierHead, today string) {
	d := &p.dossier
	h.Status = view.Tag{Text: capital(vi.Words(d.Status)), Look: statusLook(d.Status)}
	if d.Status == dossier.Appraisal || d.Status == dossier.Submitted || d.Status == dossier.Resubmitted {
		h.Status.Text += ": " + stageTitle(p.period, p.stageNow())
	}
	if turn := dossier.NextActs(d.Status, p.period.State); len(turn) > 0 {
		h.Turn = capital(p.turnWords(turn))
	} else if phase(d.Status) == 5 && p.period.State == dossier.Open {
		h.Turn = vi.Text("home.waitLock")
	}
	h.Until, h.Left, h.Late = p.untilWords(p.until(), today)
}

// turnWords says whose turn it is: at a stage only the conclusion is left once
// every sheet is in or, where these lie too far apart, another round; who may
// not see the sheets is not told that.
func (p *place) turnWords(turn dossier.Turn) string {
	if d := &p.dossier; d.Status == dossier.Appraisal {
		all := d.AllIn(d.Stage)
		turn = slices.DeleteFunc(slices.Clone(turn), func(n dossier.Next) bool {
			return n.Act == dossier.Propose && !all || n.Act == dossier.FinishSheet && all
		})
		if r, _ := dossier.RuleOf(dossier.Rescore); all && !p.hides(d.Stage) && p.far() {
			turn = dossier.Turn{{Act: r.Act, Who: r.Who}}
		}
	}
	return vi.Words(turn)
}

// far reports whether the members' sheets lie too far apart to conclude.
func (p *place) far() bool {
	f := dossier.Facts{Set: p.set, Surveys: p.surveys, Period: &p.period}
	return p.dossier.Spread(p.dossier.Stage, &f).Exceeds(p.period.SpreadLimit())
}

// stageNow is the appraisal stage the dossier is at or will come to first.
func (p *place) stageNow() string {
	if p.dossier.Stage != "" {
		return p.dossier.Stage
	}
	return p.period.Stages[1].Code
}

// until is the last day of what the dossier waits for, "" when there is none.
func (p *place) until() string {
	d := &p.dossier
	switch d.Status {
	case dossier.NotRegistered, dossier.Registered, dossier.Returned:
		return p.period.Deadlines[dossier.StepRegister]
	case dossier.Approved, dossier.Scoring:
		return p.period.Deadlines[dossier.StepSubmit]
	case dossier.Completion:
		return d.Completions[len(d.Completions)-1].Until
	case dossier.Submitted, dossier.Resubmitted, dossier.Appraisal:
		return p.period.Deadlines[p.stageNow()]
	case dossier.Appealed:
		return p.period.Deadlines[dossier.StepAppeal]
	}
	return ""
}

// untilWords shows a last day and how far away it is.
func (p *place) untilWords(day, today string) (until, left string, late bool) {
	n, ok := daysBetween(today, day)
	if !ok {
		return "", "", false
	}
	switch {
	case p.period.Frozen():
	case n < 0:
		left, late = vi.Text("home.late", -n), true
	case n == 0:
		left = vi.Text("home.lastDay")
	default:
		left = vi.Text("home.left", n)
	}
	return shownDay(day), left, late
}

// capital returns a text with its first letter in upper case.
func capital(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		return strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return s
}

// statusLook is the colour of a status' tag.
func statusLook(s dossier.Status) string {
	switch s {
	case dossier.NotRegistered:
		return "off"
	case dossier.Proposed, dossier.Recognised:
		return "good"
	case dossier.Returned, dossier.NotProposed, dossier.NotRecognised, dossier.Revoked:
		return "bad"
	case dossier.Completion, dossier.Appealed:
		return "warn"
	}
	return ""
}

// otherPeriods lists the periods in which the unit has a dossier.
func (s *Server) otherPeriods(ctx context.Context, p *place) ([]view.Option, error) {
	periods, err := s.store.Periods(ctx)
	var list []view.Option
	for _, q := range periods {
		if q.Has(p.unit.Code) {
			list = append(list, view.Option{Value: dossierURL(q.ID, p.unit.Code), Label: strconv.Itoa(q.Year), Chosen: q.ID == p.period.ID})
		}
	}
	return list, err
}
