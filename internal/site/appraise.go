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
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const appraisePath = "/tham-dinh"

// maxAccept is how many dossiers are taken up at once: a page of the list.
const maxAccept = listPage

// appraiseRoutes are the appraiser's home, appeals and how strict the teams are.
func (s *Server) appraiseRoutes(r fiber.Router) {
	mark := s.may(account.MarkStage)
	r.Get(appraisePath, s.may(account.SeeDossiers), s.appraiseHome)
	r.Post(appraisePath+"/tiep-nhan", limitBody(MaxFormBody), mark, s.appraiseAccept)
	s.appealRoutes(r)
	s.leniencyRoutes(r)
}

func appraiseURL(period string) string { return appraisePath + "?ky=" + queryEscape(period) }

// What a dossier waits for, as its appraiser sees it, in the order of urgency.
// The words are at "appraise.task.".
const (
	taskAccept   = "tiep-nhan"
	taskSpread   = "lech"
	taskScore    = "cham"
	taskConclude = "ket-luan"
	taskUnit     = "don-vi" // the unit has to do something first
	taskWait     = "cho"    // somebody else
	taskDone     = "xong"
)

var appraiseTasks = []string{taskAccept, taskSpread, taskScore, taskConclude, taskUnit, taskWait, taskDone}

// appraised is one dossier of an appraiser.
type appraised struct {
	place
	stage     dossier.Stage // at which the appraiser scores it
	task      string
	day       string // the last day of what it waits for
	done, all int    // cells of the appraiser's own sheet
	spread    []string
	in, out   []string // colleagues by name
	parent    string
}

// appraisal is what one request for an appraiser's home knows.
type appraisal struct {
	user     account.User
	period   dossier.Period
	set      *rubric.Set
	units    map[string]unit.Unit
	surveys  *score.Survey
	dossiers []dossier.Dossier
	names    func(string) string
	today    string
}

func (s *Server) appraisalOf(ctx context.Context, user account.User, p dossier.Period) (*appraisal, error) {
	a := &appraisal{user: user, period: p, names: s.namesOf(ctx), today: s.today()}
	var err error
	if a.set, err = s.store.Set(ctx, p.SetID, p.SetVer); err != nil {
		return nil, err
	}
	units, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	a.units = unitNames(units)
	reports, err := result.Surveys(ctx, s.store, p.ID)
	if err != nil {
		return nil, err
	}
	a.surveys = score.NewSurvey(reports...)
	a.dossiers, err = s.store.Dossiers(ctx, p.ID)
	return a, err
}

// mine lists the dossiers that are assigned to the appraiser at some stage.
func (a *appraisal) mine() []appraised {
	var list []appraised
	for i := range a.dossiers {
		d := &a.dossiers[i]
		if stage, ok := a.stageOf(d); ok && !slices.Contains(a.user.Recused, d.Unit) {
			list = append(list, a.row(d, stage))
		}
	}
	return list
}

// stageOf is the stage at which the appraiser works on a dossier: the one it is
// at when they are a member there, else the nearest before it, else the next.
func (a *appraisal) stageOf(d *dossier.Dossier) (found dossier.Stage, ok bool) {
	now := max(1, slices.IndexFunc(a.period.Stages, func(st dossier.Stage) bool { return st.Code == d.Stage }))
	for i, st := range a.period.Stages {
		if i > 0 && d.MemberOf(st.Code, a.user.Login) && (i <= now || !ok) {
			found, ok = st, true
		}
	}
	return found, ok
}

func (a *appraisal) row(d *dossier.Dossier, stage dossier.Stage) appraised {
	x := appraised{
		place: place{user: a.user, period: a.period, set: a.set, unit: a.units[d.Unit], dossier: *d, surveys: a.surveys},
		stage: stage, day: a.period.Deadlines[stage.Code], parent: a.units[a.units[d.Unit].Parent].Name,
	}
	x.done, x.all = x.entered()
	x.colleagues(a.names)
	x.task = x.taskNow(a.names)
	switch {
	case x.task == taskDone:
		x.day = ""
	case d.Status == dossier.Completion && len(d.Completions) > 0:
		x.day = cmp.Or(d.Completions[len(d.Completions)-1].Until, x.day)
	}
	return x
}

// entered counts the criteria and conditions that the appraiser has answered
// among those that take an answer.
func (x *appraised) entered() (done, all int) {
	in := x.dossier.In(x.layer(x.stage.Code))
	for _, code := range cells(x.set) {
		if leaf, ok := x.set.Leaf(code); ok && leaf.Rule.Type == rubric.RuleSurvey {
			continue
		}
		all++
		if e := in[code]; !e.Mark.Empty() {
			done++
		}
	}
	return done, all
}

func (x *appraised) colleagues(names func(string) string) {
	t := x.dossier.Team(x.stage.Code)
	for _, m := range t.Members {
		switch {
		case m == x.user.Login:
		case x.dossier.Finished(dossier.Layer{Stage: t.Stage, Member: m, Round: t.Round}):
			x.in = append(x.in, names(m))
		default:
			x.out = append(x.out, names(m))
		}
	}
}

func (x *appraised) finished() bool { return x.dossier.Finished(x.layer(x.stage.Code)) }

// taskNow is what the dossier waits for, and notes where the members are too far
// apart.
func (x *appraised) taskNow(names func(string) string) string {
	d := &x.dossier
	here := x.stageNow() == x.stage.Code
	switch d.Status {
	case dossier.Submitted, dossier.Resubmitted:
		if here {
			return taskAccept
		}
		return taskWait
	case dossier.Appraisal:
	case dossier.NotRegistered, dossier.Registered, dossier.Returned, dossier.Approved, dossier.Scoring, dossier.Completion:
		return taskUnit
	default:
		return taskDone
	}
	switch {
	case !here && d.Concluded(x.stage.Code):
		return taskDone
	case !here:
		return taskWait
	case !x.finished():
		return taskScore
	case !d.AllIn(x.stage.Code):
		return taskWait
	}
	if x.spread = x.spreadWords(names); len(x.spread) > 0 {
		return taskSpread
	}
	if x.who().Has(dossier.Lead) {
		return taskConclude
	}
	return taskWait
}

// spreadWords says where the members' sheets lie too far apart.
func (x *appraised) spreadWords(names func(string) string) []string {
	var list []string
	for _, l := range x.dossier.Lacks(dossier.Propose, x.user.Login, &dossier.Facts{Set: x.set, Surveys: x.surveys, Period: &x.period}) {
		if l.Kind == dossier.LackSpread {
			list = append(list, vi.Text(l.Key, x.lackArgs(l, names)...))
		}
	}
	return list
}

// appraiseHome shows an appraiser's dossiers; others go where theirs are.
func (s *Server) appraiseHome(c *fiber.Ctx) error {
	user, _ := userOf(c)
	switch {
	case user.Role.May(account.MarkStage):
	case mayJudge(user):
		return c.Redirect(appealsPath+queryOf(c), fiber.StatusSeeOther)
	default:
		return fault.New(fault.Forbidden, "site.forbidden", vi.Text("role."+string(user.Role)))
	}
	p, periods, ok, err := s.periodChoice(c, "")
	if err != nil {
		return err
	}
	v := view.Appraise{Page: s.page(c, vi.Text("appraise.title")), PeriodID: p.ID, Period: p.Title, Periods: periods}
	v.Styles, v.Flash = []string{"appraise.css"}, flash(c)
	switch {
	case !ok:
		v.Empty = vi.Text("dossiers.none")
		return c.Render("appraise/home", v)
	case !p.Steps:
		return c.Redirect("/ho-so?ky="+queryEscape(p.ID), fiber.StatusSeeOther) // nobody is assigned there
	}
	a, err := s.appraisalOf(c.UserContext(), user, p)
	if err != nil {
		return err
	}
	a.fill(c, &v)
	return c.Render("appraise/home", v)
}

// appraiseAccept takes up the chosen dossiers.
func (s *Server) appraiseAccept(c *fiber.Ctx) error {
	user, _ := userOf(c)
	period, codes := c.FormValue("ky"), formValues(c, "dv")
	if len(codes) == 0 {
		return c.Redirect(appraiseURL(period)+"&xong=acceptNone", fiber.StatusSeeOther)
	}
	if len(codes) > maxAccept {
		return fault.New(fault.Malformed, "site.malformed")
	}
	taken, failed := 0, []fault.Problem{}
	for _, code := range codes {
		p, err := s.loadPlace(c.UserContext(), period, code)
		if err == nil {
			p.user = user
			_, err = s.act(c.UserContext(), p, dossier.Accept, actInput{Rev: store.AnyRev})
		}
		f := asFault(err)
		switch {
		case err == nil:
			taken++
		case f.Kind == fault.Conflict || f.Kind == fault.Invalid || f.Kind == fault.Forbidden && len(codes) > 1:
			failed = append(failed, fault.Problem{Path: p.unit.Name, Key: f.Key, Args: f.Args})
		default:
			return err
		}
	}
	if len(failed) > 0 {
		return fault.List("appraise.notAll", failed, taken, len(failed))
	}
	return c.Redirect(appraiseURL(period)+"&xong=accepted&so="+strconv.Itoa(taken), fiber.StatusSeeOther)
}
