package site

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// evidenceRoutes are the papers and evidence of a dossier.
func (s *Server) evidenceRoutes(r fiber.Router) {
	see := s.may(account.SeeDossiers)
	const base = "/ho-so/:period/:unit/minh-chung"
	r.Get(base, see, s.evidenceList)
	r.Post(base, see, s.evidenceAdd)
	r.Get(base+"/muc-luc.xlsx", see, s.evidenceIndex)
	r.Get(base+"/:item", see, s.evidenceOne)
	r.Post(base+"/:item", limitBody(MaxFormBody), see, s.evidenceEdit)
	r.Post(base+"/:item/ban-moi", see, s.evidenceRevise)
	r.Post(base+"/:item/go-bo", limitBody(MaxFormBody), see, s.evidenceRemove)
	r.Get(base+"/:item/:rev", see, s.evidenceFile)
}

// evidenceURL is the page of a dossier's evidence.
func evidenceURL(period, unit string) string { return dossierURL(period, unit) + "/minh-chung" }

// evidencePlace is a dossier with its evidence.
type evidencePlace struct {
	*place
	folder evidence.Folder
	uses   map[string][]evidence.Use // of the current files of live items
	names  map[string]string         // of units and periods that share one
}

// evidencePlaceOf opens the dossier that the path names with its folder:
// Forbidden for another commune and for an appraiser who keeps out of the unit.
func (s *Server) evidencePlaceOf(c *fiber.Ctx) (*evidencePlace, error) {
	p, err := s.placeOf(c)
	if err != nil {
		return nil, err
	}
	if slices.Contains(p.user.Recused, p.unit.Code) {
		return nil, fault.New(fault.Forbidden, "evidence.recused")
	}
	e := &evidencePlace{place: p}
	e.folder, err = s.store.Evidence(c.UserContext(), p.period.ID, p.unit.Code)
	return e, err
}

// mayAttach returns why this user may not add or change evidence now, or nil.
func (p *place) mayAttach() error {
	if p.user.Role != account.Commune || p.user.Unit != p.unit.Code {
		return fault.New(fault.Forbidden, "evidence.notYours")
	}
	return p.dossier.May(dossier.Attach, p.who(), &p.period)
}

// item finds the document that the path names in this very dossier.
func (e *evidencePlace) item(c *fiber.Ctx) (*evidence.Item, error) {
	it, ok := e.folder.Item(c.Params("item"))
	if !ok {
		return nil, fault.New(fault.NotFound, "evidence.none")
	}
	return it, nil
}

func (e *evidencePlace) base() string { return evidenceURL(e.period.ID, e.unit.Code) }

// loadUses looks up which files stand elsewhere too.
func (s *Server) loadUses(ctx context.Context, e *evidencePlace) error {
	var shas []string
	for _, it := range e.folder.Items {
		if it.Live() {
			shas = append(shas, it.Current().SHA)
		}
	}
	var err error
	if e.uses, err = s.store.EvidenceUses(ctx, shas); err != nil {
		return err
	}
	e.names = map[string]string{}
	for _, list := range e.uses {
		for _, u := range list {
			if err := s.nameUse(ctx, e, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameUse finds out what the other dossier is called.
func (s *Server) nameUse(ctx context.Context, e *evidencePlace, u evidence.Use) error {
	if key := "u/" + u.Unit; u.Unit != e.unit.Code && e.names[key] == "" {
		other, err := s.store.Unit(ctx, u.Unit)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		e.names[key] = other.Name
	}
	if key := "p/" + u.Period; u.Period != e.period.ID && e.names[key] == "" {
		other, err := s.store.Period(ctx, u.Period)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		e.names[key] = other.Title
	}
	return nil
}

// warnings says in words what is doubtful about an item. A commune is not told
// who else handed a file in.
func (e *evidencePlace) warnings(it *evidence.Item) []string {
	if !it.Live() {
		return nil
	}
	var list []string
	from, to := e.period.Days()
	for _, w := range e.folder.Warnings(it, evidence.Span{From: from, To: to}, e.uses[it.Current().SHA]) {
		text := ""
		switch {
		case w.What == evidence.Elsewhere && e.user.Role == account.Commune:
			text = vi.Text("evidence.warn.otherUnit")
		case w.What == evidence.Elsewhere:
			text = vi.Text("evidence.warn.elsewhere", e.names["u/"+w.Use.Unit])
			if w.Use.Period != e.period.ID {
				text = vi.Text("evidence.warn.elsewhereIn", e.names["u/"+w.Use.Unit], e.names["p/"+w.Use.Period])
			}
		case w.What == evidence.Earlier:
			text = vi.Text("evidence.warn.earlier", e.names["p/"+w.Use.Period])
		case w.What == evidence.Twice:
			text = vi.Text("evidence.warn.twice", e.title(w.Use.Item))
		case w.What == evidence.Outside:
			text = vi.Text("evidence.warn.outside", shownDay(it.Date), e.period.Year)
			if e.period.Half > 0 {
				text = vi.Text("evidence.warn.outsideHalf", shownDay(it.Date), shownDay(from), shownDay(to))
			}
		case w.What == evidence.NoNumber:
			text = vi.Text("evidence.warn.noNumber")
		case w.What == evidence.NoDate:
			text = vi.Text("evidence.warn.noDate")
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

func (e *evidencePlace) title(id string) string {
	if it, ok := e.folder.Item(id); ok {
		return it.Title
	}
	return ""
}

// shownDay writes 2006-01-02 as 02/01/2006.
func shownDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return vi.Date(t)
}

// skipped says which leaves need no evidence: those the unit marked not
// applicable.
func (p *place) skipped() func(string) bool {
	return func(code string) bool {
		entry, ok := p.dossier.Entry(dossier.Layer{Stage: dossier.SelfStage}, code)
		return ok && entry.Mark.NA
	}
}

// missing lists the papers and criteria that need a document and have none.
func (e *evidencePlace) missing() []view.EvidenceMissing {
	var list []view.EvidenceMissing
	m := evidence.MissingOf(e.set, e.folder.Items, e.skipped())
	for _, p := range m.Papers {
		list = append(list, view.EvidenceMissing{Code: p.Code, Title: p.Title, Paper: true, URL: e.base() + "#" + placeID("p", p.Code)})
	}
	for _, code := range m.Leaves {
		leaf, _ := e.set.Leaf(code)
		list = append(list, view.EvidenceMissing{Code: code, Title: leaf.Title, URL: e.base() + "#" + placeID("c", code)})
	}
	return list
}

// placeID is the id of a paper's or criterion's place on the page.
func placeID(kind, code string) string { return kind + "-" + code }

// evidenceOf returns the documents of a dossier by leaf, with their warnings as
// this user may read them, and what is missing.
func (s *Server) evidenceOf(ctx context.Context, p *place) (map[string][]view.EvidenceLink, []view.EvidenceMissing, error) {
	e := &evidencePlace{place: p}
	var err error
	if e.folder, err = s.store.Evidence(ctx, p.period.ID, p.unit.Code); err != nil {
		return nil, nil, err
	}
	if err := s.loadUses(ctx, e); err != nil {
		return nil, nil, err
	}
	links := map[string][]view.EvidenceLink{}
	for i := range e.folder.Items {
		it := &e.folder.Items[i]
		if !it.Live() {
			continue
		}
		link := e.link(it)
		for _, code := range it.Codes {
			links[code] = append(links[code], link)
		}
	}
	return links, e.missing(), nil
}

func (e *evidencePlace) link(it *evidence.Item) view.EvidenceLink {
	file := e.file(it, len(it.Revisions))
	at := file.Show
	if at == "" {
		at = file.URL
	}
	return view.EvidenceLink{
		Title: it.Title, Number: it.Number, Date: shownDay(it.Date), URL: e.base() + "/" + it.ID,
		File: at, Kind: file.Kind, Warnings: e.warnings(it),
	}
}

// file shows the n-th revision of an item, from 1.
func (e *evidencePlace) file(it *evidence.Item, n int) view.EvidenceFile {
	r := it.Revisions[n-1]
	f := view.EvidenceFile{
		Number: n, Name: r.Name, Kind: vi.Text("evidence.type." + string(r.Type)), Size: shownSize(r.Size), SHA: r.SHA,
		URL: e.base() + "/" + it.ID + "/" + strconv.Itoa(n), By: r.By, At: vi.DateTime(r.At), Note: r.Note, Current: n == len(it.Revisions),
	}
	if r.Type.Shown() {
		f.Show = f.URL + "?xem=1"
	}
	return f
}

// shownSize writes a number of bytes as people read it.
func shownSize(n int64) string {
	switch {
	case n < 1<<10:
		return vi.Text("evidence.bytes", n)
	case n < 1<<20:
		return vi.Text("evidence.kilobytes", vi.Int(n>>10))
	}
	return vi.Text("evidence.megabytes", vi.Decimal(strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64)))
}

// evidenceLeaves are the leaves of the i-th group that take evidence.
func evidenceLeaves(set *rubric.Set, i int) []rubric.Leaf {
	var list []rubric.Leaf
	for _, leaf := range set.Leaves() {
		if leaf.Group == i && leaf.Evidence != rubric.EvidenceNone {
			list = append(list, leaf)
		}
	}
	return list
}
