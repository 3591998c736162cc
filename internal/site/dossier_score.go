package site

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// dossierScore shows the scoring page of a unit.
func (s *Server) dossierScore(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	return s.dossierSheet(c, p)
}

func (s *Server) dossierSheet(c *fiber.Ctx, p *place) error {
	stage, err := p.stage(c.Query("cap"))
	if err != nil {
		return err
	}
	page, err := s.scorePage(c, p, stage, nil)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(c.Query("luu")); err == nil && n >= 0 {
		page.Flash = vi.Text("marks.saved", n)
	}
	return c.Render("dossier/score", page)
}

// dossierSave stores what was entered, cell by cell. Wrong values come back
// with 422, cells that others changed with 409; both keep what was typed.
func (s *Server) dossierSave(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	stage, err := p.stage(c.Query("cap"))
	if err != nil {
		return err
	}
	if err := p.mayMark(stage.Code); err != nil {
		return err
	}
	form := readMarkForm(c)
	edits, problems := form.edits(p.set)
	if problems = append(form.undecided(p.set), problems...); len(problems) > 0 {
		return s.showAgain(c, p, stage, &form, problems, nil)
	}
	_, clashes, err := s.saveCells(c.UserContext(), p.period.ID, p.unit.Code, stage.Code, -1, edits, p.user.Login, p.mayStill(stage.Code))
	if err != nil {
		return err
	}
	if len(clashes) > 0 {
		return s.showAgain(c, p, stage, &form, nil, clashes)
	}
	return c.Redirect(p.sheetURL(stage.Code)+"&luu="+strconv.Itoa(countEdits(edits)), fiber.StatusSeeOther)
}

// showAgain shows the form with what was typed, the problems at their cells
// (422) and the cells to choose between (409).
func (s *Server) showAgain(c *fiber.Ctx, p *place, stage dossier.Stage, form *markForm, problems []fault.Problem, clashes []cellClash) error {
	ctx := c.UserContext()
	status := fiber.StatusUnprocessableEntity
	var err error
	if p.dossier, err = s.store.Dossier(ctx, p.period.ID, p.unit.Code); err != nil {
		return err
	}
	summary := form.refuse(problems)
	asked := clashes
	if len(clashes) > 0 {
		status = fiber.StatusConflict
	} else {
		asked = form.openClashes(p, stage.Code)
	}
	conflicts := form.conflicts(p.set, asked, s.namesOf(ctx))
	page, err := s.scorePage(c, p, stage, form)
	if err != nil {
		return err
	}
	page.Errors, page.Conflicts = summary, conflicts
	return c.Status(status).Render("dossier/score", page)
}

// openClashes are the questions of the page before that still have no answer.
func (f markForm) openClashes(p *place, stage string) []cellClash {
	var list []cellClash
	for _, code := range cells(p.set) {
		now, _ := p.dossier.Entry(p.layer(stage), code)
		for _, field := range []string{fieldKeep, fieldKeepNote} {
			if f.values["c:"+field+code] == "" || f.values[field+code] == keepStored || f.values[field+code] == keepMine {
				continue
			}
			list = append(list, cellClash{code, field == fieldKeepNote, now, f.values[fieldNote+code]})
		}
	}
	return list
}

// namesOf turns logins into names, asking the database once for each.
func (s *Server) namesOf(ctx context.Context) func(string) string {
	known := map[string]string{}
	return func(login string) string {
		if name, ok := known[login]; ok {
			return name
		}
		known[login] = login
		if u, err := s.store.User(ctx, login); err == nil {
			known[login] = u.Name
		}
		return known[login]
	}
}

// scorePage builds the page; form holds what was typed when it is shown again.
func (s *Server) scorePage(c *fiber.Ctx, p *place, stage dossier.Stage, form *markForm) (view.DossierScore, error) {
	ctx, code, period := c.UserContext(), p.unit.Code, p.period
	v := view.DossierScore{
		Page: s.page(c, p.unit.Name), Action: p.sheetURL(stage.Code), ExplainURL: explainAllURL(period.ID, code, stage.Code),
		API: "/api/v1/periods/" + period.ID + "/units/" + code + "/marks?stage=" + stage.Code,
		Max: vi.Decimal(p.set.Total.String()), EditTitle: stage.Title, HideWhole: p.hides(stage.Code),
	}
	v.Wide, v.Styles, v.ReportURL = true, []string{"dossier.css"}, dossierURL(period.ID, code)+"/bang-diem.xlsx"
	var err error
	if v.Head, err = s.dossierHead(ctx, p, tabSheet); err != nil {
		return v, err
	}
	if err := p.mayMark(stage.Code); err != nil {
		v.ReadOnly = vi.Error(err)
	} else {
		v.Edit = stage.Code
		v.FormURL, v.ReadURL = scoreFormURLs(p, stage.Code)
		v.Scripts = []string{"marks.js"}
	}
	b := sheetBuilder{place: p, stage: stage, form: form, edit: v.Edit != "", names: s.namesOf(ctx)}
	if err := s.addPrevious(ctx, &b, &v); err != nil {
		return v, err
	}
	if err := s.addBeside(ctx, &b, &v); err != nil {
		return v, err
	}
	b.fill(&v)
	v.Compare = p.compare(stage.Code, b.facts, b.names)
	return v, nil
}

// addBeside reads what stands beside the marks: evidence, comments, what is
// still missing before the sheet or the dossier may be handed in.
func (s *Server) addBeside(ctx context.Context, b *sheetBuilder, v *view.DossierScore) error {
	p := b.place
	var err error
	if b.facts, err = s.facts(ctx, p); err != nil {
		return err
	}
	if b.comments, err = s.commentCounts(ctx, p.user, &p.dossier); err != nil {
		return err
	}
	if p.recused() {
		return nil
	}
	v.Evidence = evidenceURL(p.period.ID, p.unit.Code)
	if b.evidence, _, err = s.evidenceOf(ctx, p); err != nil {
		return err
	}
	for _, a := range p.actButtons(b.facts) {
		if act := actOfURL(a.URL); act == dossier.Submit || act == dossier.Resubmit || act == dossier.FinishSheet {
			v.Acts, v.LacksURL = append(v.Acts, a), a.URL
			v.Lacking = len(p.dossier.Lacks(act, p.user.Login, b.facts))
		}
	}
	return nil
}

// addPrevious scores the same unit in the period before, at its final stage.
func (s *Server) addPrevious(ctx context.Context, b *sheetBuilder, v *view.DossierScore) error {
	if b.place.period.Previous == "" {
		return nil
	}
	before, err := s.loadPlace(ctx, b.place.period.Previous, b.place.unit.Code)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	before.user = b.place.user
	if before.hides(before.period.Final()) {
		return nil
	}
	r := before.seen(before.period.Final())
	b.before, b.previous = before, &r
	v.Previous = strconv.Itoa(before.period.Year)
	v.PrevTotal = vi.Decimal(r.Total.String(r.Decimals))
	return nil
}
