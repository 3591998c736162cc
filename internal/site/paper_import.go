package site

import (
	"bytes"
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

const (
	// importAtOnce is how many rows are written while the browser waits; more
	// are written behind, and the page tells how far that is.
	importAtOnce = 2000
	// sampleRows is how many forms of a file the preview shows in words.
	sampleRows = 5
)

// importPage offers the template and takes a file.
func (s *Server) importPage(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	return s.showImport(c, &campaign, view.PaperImport{})
}

func (s *Server) showImport(c *fiber.Ctx, campaign *survey.Campaign, p view.PaperImport) error {
	errs := p.Errors
	p.Page = s.page(c, vi.Text("paper.importTitle"))
	p.Flash = flash(c)
	p.Errors, p.Campaign, p.Base, p.Back = errs, campaign.Title, paperBase(campaign)+"/nhap-excel", paperBase(campaign)+"/nhap-phieu"
	p.MaxMB, p.MaxRows, p.Stopped = xlsx.MaxFile>>20, xlsx.MaxResponseRows, s.paperStopped(campaign)
	list, err := s.store.Imports(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b store.Import) int { return b.At.Compare(a.At) })
	for i := range list {
		p.Past = append(p.Past, view.PaperImportRow{URL: importPath(&list[i]), File: list[i].File, When: vi.DateTime(list[i].At), Who: list[i].By,
			Rows: list[i].Rows, Tag: s.importTag(&list[i])})
	}
	return c.Render("paper/import", p)
}

// importPath is the address of an import.
func importPath(i *store.Import) string {
	return "/khao-sat/" + i.Campaign + "/nhap-excel/" + i.ID[len(i.Campaign)+1:]
}

func (s *Server) importTag(i *store.Import) view.Tag {
	looks := map[string]string{store.ImportReady: "off", store.ImportRunning: "warn", store.ImportDone: "good"}
	return view.Tag{Text: vi.Text("paper.import." + i.State), Look: looks[i.State]}
}

// responseSheet is what a campaign's files are read against.
func (s *Server) responseSheet(ctx context.Context, campaign *survey.Campaign, form *survey.Form) (xlsx.ResponseSheet, error) {
	units, err := s.store.Units(ctx)
	return xlsx.ResponseSheet{Campaign: campaign, Form: form, Units: units}, err
}

// importTemplate sends the workbook to fill in.
func (s *Server) importTemplate(c *fiber.Ctx) error {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	sheet, err := s.responseSheet(c.UserContext(), &campaign, form)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := xlsx.WriteResponseTemplate(&b, sheet); err != nil {
		return err
	}
	c.Attachment("phieu-giay-" + campaign.ID + ".xlsx")
	return c.Send(b.Bytes())
}

// importRead checks a file, whole, and shows every problem of it or what it
// would add. Nothing enters the pool.
func (s *Server) importRead(c *fiber.Ctx) error {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	sheet, err := s.responseSheet(c.UserContext(), &campaign, form)
	if err != nil {
		return err
	}
	p := view.PaperImport{}
	name, data, err := upload(c, "tep", xlsx.MaxFile)
	p.File = name
	if err == nil {
		err = s.paperClosed(&campaign)
	}
	var rows []xlsx.ResponseRow
	if err == nil {
		rows, err = xlsx.ReadResponses(name, data, sheet)
	}
	if err != nil {
		return s.refuseImport(c, &campaign, p, err)
	}
	user, _ := userOf(c)
	i := store.Import{ID: store.ImportID(campaign.ID, xlsx.ResponsesSum(form, rows)), Campaign: campaign.ID, File: name, By: user.Login}
	if i, err = s.store.PrepareImport(c.UserContext(), i, report.ImportRows(form, rows)); err != nil {
		return err
	}
	return c.Redirect(importPath(&i), fiber.StatusSeeOther)
}

func (s *Server) refuseImport(c *fiber.Ctx, campaign *survey.Campaign, p view.PaperImport, why error) error {
	f := asFault(why)
	if statuses[f.Kind] >= fiber.StatusInternalServerError {
		return why
	}
	p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
	for _, e := range f.Problems {
		place := e.Path
		if e.Line > 0 {
			place = vi.Text("paper.line", e.Line)
			if e.Path != "" {
				place += ", " + e.Path
			}
		}
		p.Bad = append(p.Bad, view.CellProblem{Place: place, Message: vi.Text(e.Key, e.Args...)})
	}
	if len(f.Problems) > 0 && len(f.Args) == 1 {
		p.BadCount, _ = f.Args[0].(int)
		p.BadMore = p.BadCount - len(p.Bad)
	}
	c.Status(statuses[f.Kind])
	return s.showImport(c, campaign, p)
}

// foundImport finds the import of an address.
func (s *Server) foundImport(c *fiber.Ctx, campaign *survey.Campaign) (store.Import, error) {
	return s.store.Import(c.UserContext(), campaign.ID+"."+c.Params("import"))
}

// importOne shows the preview of an import, its progress or its end.
func (s *Server) importOne(c *fiber.Ctx) error {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	i, err := s.foundImport(c, &campaign)
	if err != nil {
		return err
	}
	if c.Query("tien-do") != "" {
		return c.JSON(fiber.Map{"written": i.RowsWritten(), "total": i.Rows, "done": i.State == store.ImportDone})
	}
	p := view.PaperImportOne{Page: s.page(c, i.File), Campaign: campaign.Title, Base: importPath(&i), Back: paperBase(&campaign) + "/nhap-excel",
		File: i.File, When: vi.DateTime(i.At), Who: i.By, Total: i.Rows, Written: i.RowsWritten(), Stopped: s.paperStopped(&campaign),
		Ready: i.State == store.ImportReady, Running: i.State == store.ImportRunning, Done: i.State == store.ImportDone}
	p.Flash = flash(c)
	_, mine := s.importing.Load(i.ID)
	p.Stalled = !mine && i.Stalled(s.now())
	if p.Running {
		p.Scripts = []string{"paper.js"}
	}
	p.Again = p.Done && p.Flash == ""
	if p.Ready {
		if err := s.preview(c, &p, &campaign, form, &i); err != nil {
			return err
		}
	}
	return c.Render("paper/import_one", p)
}

// preview counts the forms of a checked file and shows the first in words.
func (s *Server) preview(c *fiber.Ctx, p *view.PaperImportOne, campaign *survey.Campaign, form *survey.Form, i *store.Import) error {
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	names := unitNames(units)
	groups := campaign.RespondentGroups(form)
	p.Groups = groupNames(groups)
	p.Columns = append(p.Columns, vi.Text("word.unit"), vi.Text("paper.groupColumn"))
	for _, name := range answerNames(form)[1:] {
		p.Columns = append(p.Columns, answerTitle(form, name))
	}
	counts := map[string][]int{}
	for row, err := range s.store.ImportedRows(c.UserContext(), i) {
		if err != nil {
			return err
		}
		if counts[row.Unit] == nil {
			counts[row.Unit] = make([]int, len(groups))
		}
		counts[row.Unit][slices.Index(groups, row.Group)]++
		if len(p.Sample) < sampleRows {
			p.Sample = append(p.Sample, sampleRow(form, &row, names))
		}
	}
	for _, code := range campaign.Units {
		if n := counts[code]; n != nil {
			p.Units = append(p.Units, importUnit(names, code, n))
		}
	}
	return nil
}

func importUnit(names map[string]unit.Unit, code string, counts []int) view.PaperImportUnit {
	u := view.PaperImportUnit{Name: code, Counts: counts}
	if name := names[code].Name; name != "" {
		u.Name = name
	}
	for _, n := range counts {
		u.Total += n
	}
	return u
}

func sampleRow(form *survey.Form, row *store.ImportRow, names map[string]unit.Unit) []string {
	cells := []string{names[row.Unit].Name, vi.Text("group." + row.Group)}
	answers, err := form.Unpack(row.Answers)
	if err != nil {
		return cells
	}
	values := form.Values(answers)
	for _, name := range answerNames(form)[1:] {
		text := ""
		if v := values[name]; v != nil {
			text = answerWords(form, name, v)
		}
		cells = append(cells, text)
	}
	return cells
}

// importAct writes a previewed import, continues one that was broken off, or
// forgets a preview.
func (s *Server) importAct(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	i, err := s.foundImport(c, &campaign)
	if err != nil {
		return err
	}
	if c.FormValue("viec") == "bo" {
		if err := s.store.DropImport(c.UserContext(), i.ID); err != nil {
			return err
		}
		return done(c, paperBase(&campaign)+"/nhap-excel", "importDropped")
	}
	if err := s.paperClosed(&campaign); err != nil {
		return err
	}
	user, _ := userOf(c)
	if i, err = s.store.StartImport(c.UserContext(), i.ID, user.Login); err != nil {
		return err
	}
	if i.State == store.ImportDone {
		return c.Redirect(importPath(&i), fiber.StatusSeeOther)
	}
	if i.Rows > importAtOnce {
		s.importBehind(i.ID)
		return c.Redirect(importPath(&i), fiber.StatusSeeOther)
	}
	if i, err = s.store.RunImport(c.UserContext(), i.ID, nil); err != nil {
		return err
	}
	return done(c, importPath(&i), "importDone", i.Rows)
}

// importBehind writes an import while its page tells how far it is. One process
// writes an import once at a time; what it leaves can be continued.
func (s *Server) importBehind(id string) {
	if _, busy := s.importing.LoadOrStore(id, true); busy {
		return
	}
	go func() {
		defer s.importing.Delete(id)
		if _, err := s.store.RunImport(context.Background(), id, nil); err != nil {
			s.log.Error("import broken off", "import", id, "error", err)
		}
	}()
}
