package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// paperRoutes adds the pages of paper forms. They come before those of
// /khao-sat/:campaign/:unit, whose addresses they would else be taken for.
func (s *Server) paperRoutes(r fiber.Router) {
	enter, small := s.may(account.EnterPaper), limitBody(MaxAnswerBody)
	r.Get("/khao-sat/:campaign/phieu-giay", enter, s.paperPrint)
	r.Get("/quan-tri/phieu/:id/:v/phieu-giay", s.may(account.EditSets), s.paperPrintForm)

	r.Get("/khao-sat/:campaign/nhap-phieu", enter, s.paperStart)
	r.Post("/khao-sat/:campaign/nhap-phieu", enter, small, s.paperOpen)
	r.Get("/khao-sat/:campaign/nhap-phieu/:batch", enter, s.paperBatch)
	r.Post("/khao-sat/:campaign/nhap-phieu/:batch/vao-kho", enter, small, s.paperPoolAll)
	r.Get("/khao-sat/:campaign/nhap-phieu/:batch/nhap", enter, s.paperEntryPage)
	r.Post("/khao-sat/:campaign/nhap-phieu/:batch/nhap", enter, small, s.paperEntry)
	r.Get("/khao-sat/:campaign/nhap-phieu/:batch/khac/:serial", enter, s.paperDiffPage)
	r.Post("/khao-sat/:campaign/nhap-phieu/:batch/khac/:serial", enter, small, s.paperDiff)

	r.Get("/khao-sat/:campaign/nhap-excel", enter, s.importPage)
	r.Get("/khao-sat/:campaign/nhap-excel/mau.xlsx", enter, s.importTemplate)
	r.Post("/khao-sat/:campaign/nhap-excel", enter, s.importRead)
	r.Get("/khao-sat/:campaign/nhap-excel/:import", enter, s.importOne)
	r.Post("/khao-sat/:campaign/nhap-excel/:import", enter, small, s.importAct)
}

// paperPrint shows the paper form of a campaign, for one unit or for any.
func (s *Server) paperPrint(c *fiber.Ctx) error {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	p, err := s.printed(c, form, campaign.RespondentGroups(form))
	if err != nil {
		return err
	}
	p.Campaign, p.Back = campaign.Title, paperBase(&campaign)+"/nhap-phieu"
	if code := c.Query("don-vi"); code != "" {
		if !campaign.Has(code) {
			return fault.New(fault.NotFound, "public.unit", cut(code, maxQuery))
		}
		if p.Unit, err = s.unitName(c, code); err != nil {
			return err
		}
	}
	return c.Render("paper/print", p)
}

// paperPrintForm shows the paper form of a form that has no campaign yet.
func (s *Server) paperPrintForm(c *fiber.Ctx) error {
	id, number, err := versionOf(c)
	if err != nil {
		return err
	}
	form, err := s.store.Form(c.UserContext(), id, number)
	if err != nil {
		return err
	}
	p, err := s.printed(c, form, form.Respondents)
	if err != nil {
		return err
	}
	p.Back = "/quan-tri/phieu/" + id + "/" + c.Params("v")
	return c.Render("paper/print", p)
}

// printed is a form ready to be printed.
func (s *Server) printed(c *fiber.Ctx, form *survey.Form, groups []string) (view.PaperPrint, error) {
	set, _, err := s.store.Settings(c.UserContext())
	p := view.PaperPrint{
		Page: s.page(c, form.Title), Heading: form.Title, Intro: view.Paragraphs(form.Intro), Consent: view.Lines(form.Consent),
		Sections: view.PaperSections(form, nil, func(string) string { return "" }),
		Head: view.PaperHead{
			Superior: strings.ToUpper(set.Parent), Agency: strings.ToUpper(set.Agency), Nation: vi.Text("xlsx.nation"), Motto: vi.Text("xlsx.motto"), Phone: set.Phone,
		},
	}
	p.Scripts = []string{"paper.js"}
	if len(groups) > 1 {
		p.Groups = view.PaperGroups(groups, "")
	}
	return p, err
}

// paperBase is the address below which a campaign's pages are.
func paperBase(c *survey.Campaign) string { return "/khao-sat/" + c.ID }

// unitName is the name of a unit, its code when it has none.
func (s *Server) unitName(c *fiber.Ctx, code string) (string, error) {
	u, err := s.store.Unit(c.UserContext(), code)
	if fault.Is(err, fault.NotFound) {
		return code, nil
	}
	return u.Name, err
}

// paperPile finds the campaign, its form and the batch of an address.
func (s *Server) paperPile(c *fiber.Ctx) (campaign survey.Campaign, form *survey.Form, b store.PaperBatch, err error) {
	if campaign, form, err = s.findCampaign(c); err != nil {
		return campaign, form, b, err
	}
	b, err = s.store.PaperBatch(c.UserContext(), campaign.ID+"."+c.Params("batch"))
	return campaign, form, b, err
}

// batchPath is the address of a batch.
func batchPath(b *store.PaperBatch) string {
	_, code, _ := strings.Cut(b.ID, ".")
	return "/khao-sat/" + b.Campaign + "/nhap-phieu/" + code
}

// paperStopped says why no paper forms are taken now, "" when they are.
func (s *Server) paperStopped(c *survey.Campaign) string {
	if err := s.paperClosed(c); err != nil {
		return vi.Error(err)
	}
	return ""
}

// paperClosed refuses paper forms outside the campaign's window, while it is
// paused, and where paper is not one of its channels.
func (s *Server) paperClosed(c *survey.Campaign) error {
	if !c.Accepts(survey.Paper) {
		return fault.New(fault.Conflict, "paper.channelOff")
	}
	if err := stopped(c, s.now()); err != nil {
		f := asFault(err)
		return fault.Wrap(err, f.Kind, "paper.stopped", vi.Text(f.Key, f.Args...))
	}
	return nil
}
