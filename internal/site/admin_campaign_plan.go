package site

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// planRoutes are the pages of a campaign's sample plan.
func (a *admin) planRoutes(r fiber.Router, may, small fiber.Handler) {
	r.Post("/quan-tri/dot/:id/sua", may, small, a.campaignChangeSave)
	r.Get("/quan-tri/dot/:id/dan-so", may, a.populationPage)
	r.Post("/quan-tri/dot/:id/dan-so", may, small, a.populationSave)
	r.Get("/quan-tri/dot/:id/dan-so/mau.xlsx", may, a.populationTemplate)
	r.Get("/quan-tri/dot/:id/dan-so/nhap", may, a.populationImportPage)
	r.Post("/quan-tri/dot/:id/dan-so/nhap", may, a.populationRead)
	r.Post("/quan-tri/dot/:id/dan-so/ghi", may, a.populationWrite)
}

// plan is a campaign with its form and what its sample plan is made from.
type plan struct {
	campaign survey.Campaign
	form     *survey.Form
	groups   []string
	people   survey.Populations
	version  int64 // of people
	units    []namedUnit
}

// planOf reads the plan of the campaign that the parameter names.
func (s *Server) planOf(c *fiber.Ctx, param string) (p plan, err error) {
	ctx := c.UserContext()
	if p.campaign, err = s.store.Campaign(ctx, c.Params(param)); err != nil {
		return p, err
	}
	if p.form, err = s.store.Form(ctx, p.campaign.FormID, p.campaign.FormVer); err != nil {
		return p, err
	}
	p.groups = p.campaign.RespondentGroups(p.form)
	if p.people, p.version, err = s.store.Populations(ctx, p.campaign.ID); err != nil {
		return p, err
	}
	p.units, err = s.unitsNamed(ctx, p.campaign.Units)
	return p, err
}

func (a *admin) populationPage(c *fiber.Ctx) error {
	p, err := a.planOf(c, "id")
	if err != nil {
		return err
	}
	return a.showPopulations(c, &p, nil, nil)
}

// showPopulations shows a page of the list; typed holds what the user sent and
// wrong what was not a number, both by the names of the fields.
func (a *admin) showPopulations(c *fiber.Ctx, p *plan, typed, wrong map[string]string) error {
	out := view.Populations{Admin: a.page(c, vi.Text("plan.populations")), ID: p.campaign.ID, Heading: p.campaign.Title, Version: p.version,
		Error95: percentOf(p.campaign.PlanError()), Groups: groupNames(p.groups), All: len(p.units) * len(p.groups)}
	for _, u := range p.units {
		for _, g := range p.groups {
			if _, known := p.people.Get(u.code, g); known {
				out.Known++
			}
		}
	}
	columns := []listColumn[namedUnit]{{key: "ten", label: vi.Text("word.unit"), compare: byText(func(u namedUnit) string { return u.name })}}
	for _, g := range p.groups {
		columns = append(columns, listColumn[namedUnit]{key: "nhom-" + g, label: vi.Text("group." + g), compare: by(func(u namedUnit) int {
			n, _ := p.people.Get(u.code, g)
			return n
		})})
	}
	rows, listing := listOf(c, slices.Clone(p.units), func(u namedUnit) string { return u.code + " " + u.name }, columns)
	out.List = listing
	for _, u := range rows {
		row := view.PopulationRow{Unit: u.code, Name: u.name}
		for _, g := range p.groups {
			row.Cells = append(row.Cells, populationCell(p, u, g, typed, wrong))
		}
		out.Rows = append(out.Rows, row)
	}
	if len(wrong) > 0 {
		for _, row := range out.Rows {
			for _, cell := range row.Cells {
				if cell.Error != "" {
					out.Errors = append(out.Errors, view.FieldError{Field: cell.Name, Message: row.Name + ", " + cell.Error})
				}
			}
		}
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("admin/campaign_populations", out)
}

func populationCell(p *plan, u namedUnit, group string, typed, wrong map[string]string) view.PopulationCell {
	cell := view.PopulationCell{Name: "n." + u.code + "." + group, Label: u.name + ", " + vi.Text("group."+group)}
	if n, known := p.people.Get(u.code, group); known {
		cell.Value = strconv.Itoa(n)
		cell.Need = vi.Text("plan.need", vi.Int(survey.SampleSize(n, p.campaign.PlanError())))
	}
	if text, sent := typed[cell.Name]; sent {
		cell.Value = text
	}
	cell.Error = wrong[cell.Name]
	return cell
}

// percentOf shows a sampling error of 0.05 as "5 %".
func percentOf(e survey.Decimal) string {
	text := new(big.Rat).Mul(e.Rat(), big.NewRat(100, 1)).FloatString(1)
	return vi.Decimal(strings.TrimSuffix(text, ".0")) + " %"
}

// populationSave stores the fields of one page of the list: an empty one is a
// population that nobody knows.
func (a *admin) populationSave(c *fiber.Ctx) error {
	p, err := a.planOf(c, "id")
	if err != nil {
		return err
	}
	typed, wrong, next := map[string]string{}, map[string]string{}, p.people.Clone()
	for _, u := range p.units {
		for _, g := range p.groups {
			name := "n." + u.code + "." + g
			if !c.Request().PostArgs().Has(name) {
				continue
			}
			text := vi.Clean(c.FormValue(name))
			typed[name] = text
			if n, known, ok := readPopulation(text); !ok {
				wrong[name] = vi.Text("plan.people", vi.Text("group."+g), vi.Int(survey.MaxPopulation))
			} else if known {
				next.Set(u.code, g, n)
			} else {
				next.Unset(u.code, g)
			}
		}
	}
	if len(wrong) > 0 {
		return a.showPopulations(c, &p, typed, wrong)
	}
	return a.storePopulations(c, &p, next)
}

// readPopulation reads a typed number of people, dots between thousands aside.
func readPopulation(text string) (n int, known, ok bool) {
	if text == "" {
		return 0, false, true
	}
	n, err := strconv.Atoi(strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(text))
	return n, true, err == nil && n >= 0 && n <= survey.MaxPopulation
}

// storePopulations writes changed populations and tells what was changed. The
// same ones sent twice are one change.
func (a *admin) storePopulations(c *fiber.Ctx, p *plan, next survey.Populations) error {
	to := "/quan-tri/dot/" + p.campaign.ID + "/dan-so"
	changes := diffPopulations(p, next)
	if len(changes) == 0 {
		return done(c, to, "populations", 0)
	}
	if err := checkVersion(c, p.version); err != nil {
		return err
	}
	if err := a.store.PutPopulations(c.UserContext(), p.campaign.ID, next, p.version); err != nil {
		return err
	}
	id := fmt.Sprintf("campaigns/%s#plan%d", p.campaign.ID, p.version+1)
	change := audit.Change{Field: "populations", Before: vi.Text("plan.sum", vi.Int(p.people.Cells()), vi.Int(p.people.Sum())), After: vi.Text("plan.sum", vi.Int(next.Cells()), vi.Int(next.Sum()))}
	if err := a.record(c, id, audit.CampaignChange, "campaigns/"+p.campaign.ID, change); err != nil {
		return err
	}
	return done(c, to, "populations", len(changes))
}

// diffPopulations lists the cells that differ, in the order of the pages.
func diffPopulations(p *plan, next survey.Populations) []view.PopulationChange {
	var list []view.PopulationChange
	for _, u := range p.units {
		for _, g := range p.groups {
			was, knew := p.people.Get(u.code, g)
			now, knows := next.Get(u.code, g)
			if was == now && knew == knows {
				continue
			}
			change := view.PopulationChange{Unit: u.code, Name: u.name, Group: vi.Text("group." + g), Was: knownText(was, knew), Now: knownText(now, knows)}
			if knows {
				change.Need = vi.Int(survey.SampleSize(now, p.campaign.PlanError()))
			}
			list = append(list, change)
		}
	}
	return list
}

func knownText(n int, known bool) string {
	if !known {
		return "–"
	}
	return vi.Int(n)
}

// populationTemplate is the workbook to fill: every unit and group, with what
// is known.
func (a *admin) populationTemplate(c *fiber.Ctx) error {
	p, err := a.planOf(c, "id")
	if err != nil {
		return err
	}
	book := xlsx.PopulationBook{Campaign: p.campaign.ID, Title: p.campaign.Title, Version: p.version, Groups: groupNames(p.groups)}
	for _, u := range p.units {
		for _, g := range p.groups {
			row := xlsx.PopulationRow{Code: u.code, Unit: u.name, Group: vi.Text("group." + g)}
			if n, known := p.people.Get(u.code, g); known {
				row.People = &n
			}
			book.Rows = append(book.Rows, row)
		}
	}
	var b bytes.Buffer
	if err := xlsx.WritePopulations(&b, book); err != nil {
		return err
	}
	return sendExcel(c, "dan-so-"+p.campaign.ID, b.Bytes())
}

func (a *admin) populationImportPage(c *fiber.Ctx) error {
	p, err := a.planOf(c, "id")
	if err != nil {
		return err
	}
	return c.Render("admin/campaign_population_import", a.populationImport(c, &p))
}

func (a *admin) populationImport(c *fiber.Ctx, p *plan) view.PopulationImport {
	return view.PopulationImport{Admin: a.page(c, vi.Text("plan.populationImport")), ID: p.campaign.ID, Heading: p.campaign.Title, Version: p.version}
}

// populationRead reads an uploaded list and shows every problem of it, or what
// it would change. Nothing is written.
func (a *admin) populationRead(c *fiber.Ctx) error {
	p, err := a.planOf(c, "id")
	if err != nil {
		return err
	}
	out := a.populationImport(c, &p)
	name, data, err := upload(c, "tep", unit.MaxSize)
	out.File = name
	var list []survey.Count
	if err == nil {
		list, err = report.ReadCounts(name, data, p.rules(0, survey.MaxPopulation))
	}
	if err == nil && xlsx.IsWorkbook(data) {
		out.Older, err = olderTemplate(data, &p)
	}
	if err != nil {
		if !refusable(err) {
			return err
		}
		f := asFault(err)
		out.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
		if len(f.Problems) > 0 {
			out.Problems = located(err)
		}
		return c.Status(statuses[f.Kind]).Render("admin/campaign_population_import", out)
	}
	next := p.people.Clone()
	for _, n := range list {
		next.Set(n.Unit, n.Group, n.N)
	}
	out.Read, out.Data = true, countsCSV(list)
	out.Rows = diffPopulations(&p, next)
	for _, row := range out.Rows {
		if row.Was == "–" {
			out.Added++
		} else {
			out.Changed++
		}
	}
	out.Same = len(list) - len(out.Rows)
	if len(out.Rows) > previewRows {
		out.More, out.Rows = len(out.Rows)-previewRows, out.Rows[:previewRows]
	}
	return c.Render("admin/campaign_population_import", out)
}

// olderTemplate refuses the template of another campaign, and reports whether
// the populations have changed since this one was made.
func olderTemplate(data []byte, p *plan) (bool, error) {
	campaign, version, ok := xlsx.PopulationStamp(data)
	if !ok {
		return false, nil
	}
	if campaign != p.campaign.ID {
		return false, fault.New(fault.Conflict, "plan.otherCampaign", campaign)
	}
	return version != p.version, nil
}

// rules say what a list of numbers for this campaign may hold.
func (p *plan) rules(least, most int) survey.CountRules {
	return report.CountRules(&p.campaign, p.groups, least, most)
}

// countsCSV writes counts as a list that report.ReadCounts reads.
func countsCSV(list []survey.Count) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"unit", "group", "count"}) // a strings.Builder takes everything
	for _, n := range list {
		_ = w.Write([]string{n.Unit, n.Group, strconv.Itoa(n.N)})
	}
	w.Flush()
	return b.String()
}

// populationWrite checks the previewed list once more, whole, and writes it.
func (a *admin) populationWrite(c *fiber.Ctx) error {
	p, err := a.planOf(c, "id")
	if err != nil {
		return err
	}
	table, err := unit.ReadCSV([]byte(c.FormValue("du-lieu")))
	if err != nil {
		return err
	}
	list, err := survey.ReadCounts(table, p.rules(0, survey.MaxPopulation))
	if err != nil {
		return err
	}
	next := p.people.Clone()
	for _, n := range list {
		next.Set(n.Unit, n.Group, n.N)
	}
	return a.storePopulations(c, &p, next)
}
