package site

import (
	"encoding/json"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// sentSheet is a previewed sheet as the page sends it back: like the scoring
// page, each cell with what stood there. It is checked again like one.
type sentSheet struct {
	sheetTarget
	Cells []sentCell
}

// sentCell is one cell of it; At are the places
// of value and note in the file.
type sentCell struct {
	Code             string
	Base, Mark       score.Mark
	NoteBase, Note   string
	HasMark, HasNote bool
	At               [2]string
}

// sheetPayload is what the preview's form holds; sheets without a change are
// left out.
func sheetPayload(plans []sheetPlan) []sentSheet {
	list := []sentSheet{}
	for i := range plans {
		p := &plans[i]
		if len(p.edits) == 0 {
			continue
		}
		sheet := sentSheet{sheetTarget: sheetTarget{p.place.period.ID, p.place.unit.Code, p.stage.Code, p.layer.Member, p.layer.Round}}
		for _, e := range p.edits {
			sheet.Cells = append(sheet.Cells, sentCell{e.code, e.base, e.mark, e.noteBase, e.note, e.hasMark, e.hasNote, p.at[e.code]})
		}
		list = append(list, sheet)
	}
	return list
}

// sentPlans reads what the preview sent back and checks it again.
func (s *Server) sentPlans(c *fiber.Ctx) ([]sheetPlan, error) {
	var sent []sentSheet
	if err := json.Unmarshal([]byte(c.FormValue("du-lieu")), &sent); err != nil || len(sent) == 0 || len(sent) > xlsx.MaxScoreUnits {
		return nil, fault.New(fault.Malformed, "site.malformed")
	}
	var plans []sheetPlan
	var problems []fault.Problem
	for _, sheet := range sent {
		plan, err := s.sheetPlan(c, sheet.sheetTarget)
		if err != nil {
			return nil, err
		}
		for _, x := range sheet.Cells {
			e := cellEdit{code: x.Code, base: x.Base, mark: x.Mark, noteBase: x.NoteBase, note: vi.Clean(x.Note), hasMark: x.HasMark, hasNote: x.HasNote}
			for _, problem := range plan.check(e) {
				problem.Path = x.At[0]
				problems = append(problems, problem)
			}
			plan.edits = append(plan.edits, e)
			plan.at[x.Code] = x.At
		}
		plans = append(plans, plan)
	}
	return plans, fault.List("scoresheet.invalid", problems, len(problems))
}

// scoresheetApply writes what the preview showed: nothing at all when any cell
// of any sheet was changed meanwhile. A dossier is written in one piece; should
// somebody change one between this look and its turn, those before it stay
// written and its conflicts are shown.
func (s *Server) scoresheetApply(c *fiber.Ctx) error {
	v, err := s.scoresheetView(c)
	if err != nil {
		return err
	}
	v.File = cut(vi.Clean(c.FormValue("tep")), maxQuery)
	plans, err := s.sentPlans(c)
	if err != nil {
		return s.refuseScoresheet(c, v, err)
	}
	if len(s.sheetClashes(c.UserContext(), plans)) > 0 {
		return s.showScoresheet(c, v, plans)
	}
	count := 0
	for i := range plans {
		p := &plans[i]
		_, clashes, err := s.saveCells(c.UserContext(), p.place.period.ID, p.place.unit.Code, p.stage.Code, -1, p.edits, p.place.user.Login, p.mayStill)
		if err != nil {
			return s.refuseScoresheet(c, v, err)
		}
		if len(clashes) > 0 {
			v.Clashes = p.clashes(clashes, s.namesOf(c.UserContext()))
			v.Errors = []view.FieldError{{Field: "tep", Message: vi.Text("scoresheet.raced", p.place.unit.Name, i, len(plans)-i)}}
			return c.Status(fiber.StatusConflict).Render("scoresheet/upload", v)
		}
		count += countEdits(p.edits)
	}
	if len(plans) == 1 {
		p := &plans[0]
		return c.Redirect(dossierURL(p.place.period.ID, p.place.unit.Code)+"?cap="+p.stage.Code+"&luu="+strconv.Itoa(count), fiber.StatusSeeOther)
	}
	return c.Redirect("/tham-dinh/nhap-phieu?luu="+strconv.Itoa(count), fiber.StatusSeeOther)
}
