package site

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// sheetPlan is what an upload would do to one dossier.
type sheetPlan struct {
	place *place
	stage dossier.Stage
	layer dossier.Layer
	edits []cellEdit
	at    map[string][2]string // by code: where the value and the note stand in the file
	newer int
}

// scoresheetView is the upload page with nothing read.
func (s *Server) scoresheetView(c *fiber.Ctx) (view.ScoreSheetUpload, error) {
	v := view.ScoreSheetUpload{
		Page: s.page(c, vi.Text("scoresheet.uploadTitle")), Action: "/tham-dinh/nhap-phieu", Download: "/tham-dinh/phieu-cham.xlsx", Back: "/ho-so", MaxMB: xlsx.MaxFile >> 20,
	}
	if n, err := strconv.Atoi(c.Query("luu")); err == nil && n >= 0 {
		v.Flash = vi.Text("marks.saved", n)
	}
	if c.Params("unit") == "" {
		return v, nil
	}
	p, err := s.placeOf(c)
	if err != nil {
		return v, err
	}
	stage, err := p.stage(c.Query("cap"))
	if err != nil {
		return v, err
	}
	at, query := dossierURL(p.period.ID, p.unit.Code), "?cap="+stage.Code
	v.Unit, v.Action, v.Download, v.Back = p.unit.Name, at+"/nhap-phieu", at+"/phieu-cham.xlsx"+query, at+query
	return v, nil
}

// scoresheetPage offers the form and takes it back.
func (s *Server) scoresheetPage(c *fiber.Ctx) error {
	v, err := s.scoresheetView(c)
	if err != nil {
		return err
	}
	return c.Render("scoresheet/upload", v)
}

// scoresheetRead reads a form, whole, and shows what it would change, or every
// problem of it, or the cells that others changed. Nothing is written.
func (s *Server) scoresheetRead(c *fiber.Ctx) error {
	v, err := s.scoresheetView(c)
	if err != nil {
		return err
	}
	name, data, err := upload(c, "tep", xlsx.MaxFile)
	v.File = name
	var plans []sheetPlan
	if err == nil {
		plans, err = s.scoresheetPlans(c, &v, data)
	}
	if err != nil {
		return s.refuseScoresheet(c, v, err)
	}
	return s.showScoresheet(c, v, plans)
}

// showScoresheet shows the preview, or the conflicts with 409.
func (s *Server) showScoresheet(c *fiber.Ctx, v view.ScoreSheetUpload, plans []sheetPlan) error {
	v.Clashes = s.sheetClashes(c.UserContext(), plans)
	if len(v.Clashes) > 0 {
		v.Errors = []view.FieldError{{Field: "tep", Message: vi.Text("scoresheet.stale", len(v.Clashes))}}
		return c.Status(fiber.StatusConflict).Render("scoresheet/upload", v)
	}
	v.Read = true
	for i := range plans {
		d := plans[i].diff()
		v.Changes += len(d.Rows)
		v.Sheets = append(v.Sheets, d)
	}
	text, err := json.Marshal(sheetPayload(plans))
	if err != nil {
		return fault.Wrap(err, fault.Internal, "internal")
	}
	v.Payload = string(text)
	return c.Render("scoresheet/upload", v)
}

// refuseScoresheet shows why a file cannot be taken, every cell of it.
func (s *Server) refuseScoresheet(c *fiber.Ctx, v view.ScoreSheetUpload, why error) error {
	f := asFault(why)
	if statuses[f.Kind] >= fiber.StatusInternalServerError {
		return why
	}
	v.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
	for _, p := range f.Problems {
		v.Bad = append(v.Bad, view.CellProblem{Place: p.Path, Message: vi.Text(p.Key, p.Args...)})
	}
	return c.Status(statuses[f.Kind]).Render("scoresheet/upload", v)
}

// scoresheetPlans reads a file and checks every sheet against its dossier.
func (s *Server) scoresheetPlans(c *fiber.Ctx, v *view.ScoreSheetUpload, data []byte) ([]sheetPlan, error) {
	ctx := c.UserContext()
	up, err := xlsx.ReadScoreForms(data, s.scoresheetSeal, func(id string, version int) (*rubric.Set, error) { return s.store.Set(ctx, id, version) })
	for _, n := range up.Notices {
		v.Remarks = append(v.Remarks, vi.Text(n.Key, n.Args...))
	}
	var problems []fault.Problem // of cells that cannot be read; the others are checked as well
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "scoresheet.invalid" {
		problems = f.Problems
	} else if err != nil {
		return nil, err
	}
	var plans []sheetPlan
	for i := range up.Sheets {
		sheet := &up.Sheets[i]
		plan, err := s.sheetPlan(c, sheetTarget{up.Stamp.Period, sheet.Unit, up.Stamp.Stage, up.Stamp.Member, sheet.Round})
		if err != nil {
			return nil, err
		}
		if plan.place.period.SetID != up.Stamp.Set || plan.place.period.SetVer != up.Stamp.Version {
			return nil, fault.New(fault.Conflict, "scoresheet.otherSet", plan.place.period.Title)
		}
		problems = append(problems, plan.take(sheet)...)
		plans = append(plans, plan)
	}
	return plans, fault.List("scoresheet.invalid", problems, len(problems))
}

// sheetTarget names the cells that a sheet is for.
type sheetTarget struct {
	Period, Unit, Stage, Member string
	Round                       int
}

// sheetPlan opens the dossier of a sheet: Forbidden when it is not the person's
// own, Conflict when it is another round or may not be scored now.
func (s *Server) sheetPlan(c *fiber.Ctx, t sheetTarget) (sheetPlan, error) {
	user, _ := userOf(c)
	if unit := c.Params("unit"); unit != "" && (unit != t.Unit || c.Params("period") != t.Period) {
		return sheetPlan{}, fault.New(fault.Invalid, "scoresheet.otherUnit", t.Unit, t.Period)
	}
	if t.Member != "" && t.Member != user.Login {
		return sheetPlan{}, fault.New(fault.Forbidden, "scoresheet.otherMember")
	}
	if !user.MaySee(t.Unit) {
		return sheetPlan{}, fault.New(fault.Forbidden, "site.notYours")
	}
	p, err := s.sheetPlace(c.UserContext(), t)
	if err != nil {
		return sheetPlan{}, err
	}
	p.user = user
	stage, ok := p.period.Stage(t.Stage)
	if !ok || t.Stage == "" {
		return sheetPlan{}, fault.New(fault.NotFound, "result.stage", t.Stage)
	}
	if err := p.mayMark(stage.Code); err != nil {
		return sheetPlan{}, err
	}
	plan := sheetPlan{place: p, stage: stage, layer: dossier.Layer{Stage: t.Stage, Member: t.Member, Round: t.Round}, at: map[string][2]string{}}
	return plan, plan.mayStill(&p.dossier)
}

// sheetPlace opens a dossier without its surveys.
func (s *Server) sheetPlace(ctx context.Context, t sheetTarget) (*place, error) {
	var p place
	var err error
	if p.period, err = s.store.Period(ctx, t.Period); err != nil {
		return nil, err
	}
	if p.dossier, err = s.store.Dossier(ctx, t.Period, t.Unit); err != nil {
		return nil, err
	}
	if p.unit, err = s.store.Unit(ctx, t.Unit); err != nil {
		return nil, err
	}
	p.set, err = s.store.Set(ctx, p.period.SetID, p.period.SetVer)
	return &p, err
}

// mayStill refuses when the cells are no longer those of the sheet, or may no
// longer be filled.
func (p *sheetPlan) mayStill(d *dossier.Dossier) error {
	if now := d.LayerOf(p.stage.Code, p.place.user.Login); now != p.layer {
		return fault.New(fault.Conflict, "scoresheet.otherRound", p.place.unit.Name)
	}
	return p.place.mayStill(p.stage.Code)(d)
}

// take turns what a sheet changes into edits, and lists what is wrong with them
// at their cells.
func (p *sheetPlan) take(sheet *xlsx.ScoreSheet) []fault.Problem {
	var problems []fault.Problem
	for _, e := range sheet.Cells {
		now, _ := p.place.dossier.Entry(p.layer, e.Code)
		if !e.Changed() {
			if !dossier.Same(now.Mark, e.Base.Mark) || now.Note != e.Base.Note {
				p.newer++
			}
			continue
		}
		edit := cellEdit{
			code: e.Code, base: e.Base.Mark, mark: e.Now.Mark, noteBase: e.Base.Note, note: e.Now.Note,
			hasMark: !dossier.Same(e.Base.Mark, e.Now.Mark) && !dossier.Same(now.Mark, e.Now.Mark),
			hasNote: e.Base.Note != e.Now.Note && now.Note != e.Now.Note,
		}
		if !edit.hasMark && !edit.hasNote { // the dossier says so already
			continue
		}
		for _, problem := range p.check(edit) {
			problem.Path = e.At
			problems = append(problems, problem)
		}
		p.edits = append(p.edits, edit)
		p.at[e.Code] = [2]string{e.At, e.Note}
	}
	return problems
}

// check is checkCell for values that a workbook stores as numbers: 81.254 is
// one number there, with nothing to ask back.
func (p *sheetPlan) check(e cellEdit) []fault.Problem {
	leaf, ok := p.place.set.Leaf(e.code)
	if !ok {
		return checkCell(p.place.set, e)
	}
	var problems []fault.Problem
	if e.hasMark {
		if problems = longInputs(leaf, e.mark); len(problems) == 0 {
			problems = markProblems(leaf, e.mark)
		}
	}
	if e.hasNote {
		problems = append(problems, dossier.CheckNote("note", e.note)...)
	}
	return problems
}

// diff lists what a plan changes, cell by cell.
func (p *sheetPlan) diff() view.ScoreSheetDiff {
	set, at := p.place.set, p.at
	v := view.ScoreSheetDiff{Unit: p.place.unit.Name, Stage: p.stage.Title, URL: dossierURL(p.place.period.ID, p.place.unit.Code) + "?cap=" + p.stage.Code, Newer: p.newer}
	for _, e := range p.edits {
		row := view.ScoreSheetChange{Place: at[e.code][0], Code: shownCode(e.code), Title: cellTitle(set, e.code)}
		if e.hasMark {
			row.From, row.To, row.Cleared = shownMark(set, e.code, e.base), shownMark(set, e.code, e.mark), e.mark.Empty()
			v.Rows = append(v.Rows, row)
		}
		if e.hasNote {
			row.Place, row.From, row.To, row.Cleared, row.Note = at[e.code][1], e.noteBase, e.note, e.note == "", true
			v.Rows = append(v.Rows, row)
		}
	}
	return v
}

// sheetClashes lists the cells of all plans that others changed meanwhile.
func (s *Server) sheetClashes(ctx context.Context, plans []sheetPlan) []view.ScoreSheetClash {
	var list []view.ScoreSheetClash
	names := s.namesOf(ctx)
	for i := range plans {
		p := &plans[i]
		_, clashes := mergeCells(&p.place.dossier, p.layer, p.edits)
		list = append(list, p.clashes(clashes, names)...)
	}
	return list
}

func (p *sheetPlan) clashes(clashes []cellClash, names func(string) string) []view.ScoreSheetClash {
	var list []view.ScoreSheetClash
	set := p.place.set
	for _, c := range clashes {
		v := view.ScoreSheetClash{Unit: p.place.unit.Name, Code: shownCode(c.code), Title: cellTitle(set, c.code), Note: c.note}
		if c.stored.By != "" {
			v.By, v.At = names(c.stored.By), vi.DateTime(c.stored.At)
		} else {
			v.By = vi.Text("scoresheet.cleared")
		}
		for _, e := range p.edits {
			switch {
			case e.code != c.code:
			case c.note:
				v.Place, v.Base, v.Stored, v.Sheet = p.at[c.code][1], e.noteBase, c.stored.Note, e.note
			default:
				v.Place, v.Base, v.Stored, v.Sheet = p.at[c.code][0], shownMark(set, c.code, e.base), shownMark(set, c.code, c.stored.Mark), shownMark(set, c.code, e.mark)
			}
		}
		list = append(list, v)
	}
	return list
}
