package site

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/docx"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// docxType is the media type of a text document.
const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// documentStyle is the look of documents on a page and on paper.
const documentStyle = "document.css"

// documentRoutes are the official documents of a period.
func (a *admin) documentRoutes(r fiber.Router, periods fiber.Handler) {
	r.Get("/quan-tri/ky/:id/van-ban", periods, a.documents)
	r.Get("/quan-tri/ky/:id/van-ban/:loai.docx", periods, a.documentFile)
	r.Get("/quan-tri/ky/:id/van-ban/:loai", periods, a.documentPage)
}

// The documents, as their addresses name them.
const (
	docSubmission = "to-trinh"   // proposes recognition
	docMinutes    = "bien-ban"   // of the council
	docDecision   = "quyet-dinh" // recognises, with the list; ?so= is its number
)

// docPapers is what the documents of a period are made of.
type docPapers struct {
	*result.Result
	settings store.Settings
	facts    *dossier.Facts
	head     audit.Head
	number   string // of the decision asked for, "" for a draft
	signed   string // name of who signed the lock off
}

func (a *admin) papersOf(c *fiber.Ctx) (*docPapers, error) {
	ctx := c.UserContext()
	r, err := result.Of(ctx, a.store, c.Params("id"), "")
	if err != nil {
		return nil, err
	}
	p := &docPapers{Result: r, number: vi.Clean(c.Query("so"))}
	p.facts = &dossier.Facts{Set: r.Set, Surveys: score.NewSurvey(r.Surveys...), Period: &p.Period}
	if p.settings, _, err = a.store.Settings(ctx); err != nil {
		return nil, err
	}
	if p.signed, err = a.nameOf(ctx, r.Period.SignOff.By); err != nil {
		return nil, err
	}
	p.head, err = a.store.AuditHead(ctx)
	return p, err
}

// documents lists what there is: the three drafts, and a decision for each
// number that was recorded.
func (a *admin) documents(c *fiber.Ctx) error {
	p, err := a.papersOf(c)
	if err != nil {
		return err
	}
	v := view.Documents{Admin: a.page(c, vi.Text("document.title")), ID: p.Period.ID, Heading: p.Period.Title, State: periodTag(p.Period.State), Missing: p.settings.Agency == ""}
	base := "/quan-tri/ky/" + p.Period.ID + "/van-ban/"
	for _, kind := range []string{docSubmission, docMinutes, docDecision} {
		key := strings.ReplaceAll(kind, "-", "_")
		v.Rows = append(v.Rows, view.DocumentLink{Label: vi.Text("document." + key), Hint: vi.Text("document.hint." + key), URL: base + kind, File: base + kind + ".docx"})
	}
	for _, number := range p.numbers() {
		query := "?" + url.Values{"so": {number}}.Encode()
		v.Rows = append(v.Rows, view.DocumentLink{Label: vi.Text("document.recorded", number), URL: base + docDecision + query, File: base + docDecision + ".docx" + query})
	}
	return c.Render("document/list", v)
}

// numbers are those of the decisions that recognised units, in order of day.
func (p *docPapers) numbers() []string {
	var list []dossier.Decision
	for i := range p.Dossiers {
		r := &p.Dossiers[i].Recognition
		if r.Until != "" && !slices.ContainsFunc(list, func(d dossier.Decision) bool { return d.Number == r.Decision.Number }) {
			list = append(list, r.Decision)
		}
	}
	slices.SortStableFunc(list, func(a, b dossier.Decision) int { return strings.Compare(a.Day, b.Day) })
	numbers := make([]string, len(list))
	for i, d := range list {
		numbers[i] = d.Number
	}
	return numbers
}

// documentOf writes the document of a request.
func (a *admin) documentOf(c *fiber.Ctx) (*docx.Document, error) {
	p, err := a.papersOf(c)
	if err != nil {
		return nil, err
	}
	write := map[string]func(*docPapers) []docx.Block{docSubmission: (*docPapers).submission, docMinutes: (*docPapers).minutes, docDecision: (*docPapers).decree}[c.Params("loai")]
	if write == nil {
		return nil, fault.New(fault.NotFound, "site.notFound")
	}
	if p.number != "" && !slices.Contains(p.numbers(), p.number) {
		return nil, fault.New(fault.NotFound, "document.noDecision", cut(p.number, dossier.MaxDecision))
	}
	title := vi.Text("document."+strings.ReplaceAll(c.Params("loai"), "-", "_")) + " – " + p.Period.Title
	return &docx.Document{Title: title, Made: a.now(), Blocks: write(p)}, nil
}

func (a *admin) documentPage(c *fiber.Ctx) error {
	d, err := a.documentOf(c)
	if err != nil {
		return err
	}
	v := view.Document{Page: a.Server.page(c, d.Title), Back: "/quan-tri/ky/" + c.Params("id") + "/van-ban", Blocks: d.Blocks}
	v.Styles, v.Scripts = append(v.Styles, documentStyle), append(v.Scripts, "print.js")
	v.File = c.Path() + ".docx"
	if q := string(c.Request().URI().QueryString()); q != "" {
		v.File += "?" + q
	}
	return c.Render("document/show", v)
}

func (a *admin) documentFile(c *fiber.Ctx) error {
	d, err := a.documentOf(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, docxType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+fileName(c.Params("loai")+"-"+c.Params("id"))+`.docx"`)
	return c.Send(b.Bytes())
}
