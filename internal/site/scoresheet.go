package site

import (
	"bytes"
	"context"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// sealScoreSheet is the kind of the seal of a score form.
const sealScoreSheet = "scoresheet"

// scoresheetRoutes are the score forms that go out as workbooks and come back.
func (s *Server) scoresheetRoutes(r fiber.Router) {
	s.scoresheetReportRoutes(r)
	see, one := s.may(account.SeeDossiers), "/ho-so/:period/:unit"
	r.Get(one+"/phieu-cham.xlsx", see, s.scoresheetOne)
	r.Get("/tham-dinh/phieu-cham.xlsx", see, s.scoresheetMine)
	for _, base := range []string{one, "/tham-dinh"} {
		r.Get(base+"/nhap-phieu", see, s.scoresheetPage)
		r.Post(base+"/nhap-phieu", see, s.scoresheetRead)
		r.Post(base+"/nhap-phieu/ghi", limitBody(MaxMarksBody), see, s.scoresheetApply)
	}
}

// scoresheetSeal makes the seal of a form's stamp.
func (s *Server) scoresheetSeal(text string) string { return s.store.Seal(sealScoreSheet, text) }

// scoresheetOne sends the form of one dossier at ?cap=.
func (s *Server) scoresheetOne(c *fiber.Ctx) error {
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
	return s.sendScoreForms(c, []*place{p}, stage, fileName(p.unit.Code))
}

// scoresheetMine sends the forms of every dossier of a period (?ky=) that the
// person may score now: at ?cap=, or the first stage with any.
func (s *Server) scoresheetMine(c *fiber.Ctx) error {
	user, _ := userOf(c)
	period, _, ok, err := s.periodChoice(c, user.Unit)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "dossiers.none")
	}
	all, err := s.scoresheetPlaces(c.UserContext(), period, user)
	if err != nil {
		return err
	}
	for _, stage := range period.Stages {
		if wanted := c.Query("cap"); wanted != "" && wanted != stage.Code {
			continue
		}
		var mine []*place
		for _, p := range all {
			if user.MaySee(p.unit.Code) && p.mayMark(stage.Code) == nil && len(mine) < xlsx.MaxScoreUnits {
				mine = append(mine, p)
			}
		}
		if len(mine) > 0 {
			return s.sendScoreForms(c, mine, stage, "cua-toi")
		}
	}
	return fault.New(fault.Conflict, "scoresheet.nothing", period.Title)
}

// scoresheetPlaces opens every dossier of a period, reading once what they share.
func (s *Server) scoresheetPlaces(ctx context.Context, period dossier.Period, user account.User) ([]*place, error) {
	set, err := s.store.Set(ctx, period.SetID, period.SetVer)
	if err != nil {
		return nil, err
	}
	units, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	byCode := map[string]unit.Unit{}
	for _, u := range units {
		byCode[u.Code] = u
	}
	dossiers, err := s.store.Dossiers(ctx, period.ID)
	if err != nil {
		return nil, err
	}
	reports, err := result.Surveys(ctx, s.store, period.ID)
	if err != nil {
		return nil, err
	}
	surveys := score.NewSurvey(reports...)
	places := make([]*place, len(dossiers))
	for i := range dossiers {
		places[i] = &place{user: user, period: period, set: set, unit: byCode[dossiers[i].Unit], dossier: dossiers[i], surveys: surveys}
	}
	return places, nil
}

// sendScoreForms writes the workbook of dossiers of one period and stage.
func (s *Server) sendScoreForms(c *fiber.Ctx, places []*place, stage dossier.Stage, name string) error {
	p := places[0]
	forms := xlsx.ScoreForms{
		Period: p.period.ID, PeriodTitle: p.period.Title, Stage: stage.Code, StageTitle: stage.Title,
		Member: p.layer(stage.Code).Member, MemberName: p.user.Name, Set: p.set, Made: s.now(), Seal: s.scoresheetSeal,
	}
	for _, p := range places {
		forms.Units = append(forms.Units, p.scoreForm(stage.Code))
	}
	var b bytes.Buffer
	if err := xlsx.WriteScoreForms(&b, forms); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="phieu-cham-`+fileName(p.period.ID)+"-"+name+`.xlsx"`)
	return c.Send(b.Bytes())
}

// scoreForm is the form of one dossier: the person's own cells, and what they
// may see of the stages before.
func (p *place) scoreForm(stage string) xlsx.ScoreForm {
	layer := p.layer(stage)
	f := xlsx.ScoreForm{Unit: p.unit.Code, Name: p.unit.Name, Round: layer.Round, Rev: p.dossier.Rev, Cells: map[string]xlsx.ScoreCell{}}
	for i := range p.dossier.Entries {
		if e := &p.dossier.Entries[i]; e.Layer() == layer {
			f.Cells[e.Code] = xlsx.ScoreCell{Mark: e.Mark, Note: e.Note}
		}
	}
	for _, before := range p.period.Stages {
		if before.Code == stage {
			break
		}
		if p.dossier.Sees(before.Code, p.who()) {
			f.Shown = append(f.Shown, xlsx.ScoreColumn{Title: before.Title, Texts: p.stageTexts(before.Code)})
		}
	}
	return f
}

// stageTexts is what a stage gave, by cell, as people read it.
func (p *place) stageTexts(stage string) map[string]string {
	texts := map[string]string{}
	for _, l := range p.at(stage).Leaves {
		switch {
		case l.State == score.Exempt && p.set.NotApplicable != rubric.Full:
			texts[l.Code] = vi.Text("scoresheet.na")
		case l.State != score.Missing:
			texts[l.Code] = vi.Decimal(l.Points.String(p.set.Decimals))
		}
	}
	marks := p.dossier.Marks(stage)
	for _, condition := range p.set.Conditions {
		if marks.Met(condition.Code) {
			texts[dossier.ConditionPrefix+condition.Code] = vi.Text("marks.met_true")
		}
	}
	return texts
}

// scoreFormURLs are where the form of a dossier's stage goes out and comes back.
func scoreFormURLs(p *place, stage string) (form, read string) {
	url := dossierURL(p.period.ID, p.unit.Code)
	return url + "/phieu-cham.xlsx?cap=" + stage, url + "/nhap-phieu"
}
