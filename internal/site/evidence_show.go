package site

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/evidence"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// What the list of evidence may be narrowed to.
const (
	evidenceLacking = "thieu"
	evidenceDoubted = "luu-y"
)

// evidenceList shows the papers and evidence of a dossier.
func (s *Server) evidenceList(c *fiber.Ctx) error {
	e, err := s.evidencePlaceOf(c)
	if err != nil {
		return err
	}
	return s.showEvidence(c, e, view.EvidenceList{Form: evidenceFormOf(e, evidence.Meta{Codes: evidenceWanted(c, e.set)})})
}

// evidenceWanted is the criterion that a link asks a document for.
func evidenceWanted(c *fiber.Ctx, set *rubric.Set) []string {
	if code := c.Query("tc"); slices.Contains(evidence.PlacesOf(set).Leaves, code) {
		return []string{code}
	}
	return nil
}

// showEvidence renders the list under a form that may have come back.
func (s *Server) showEvidence(c *fiber.Ctx, e *evidencePlace, v view.EvidenceList) error {
	if err := s.loadUses(c.UserContext(), e); err != nil {
		return err
	}
	errs := v.Errors
	v.Page = s.page(c, vi.Text("evidence.pageTitle"))
	v.Errors, v.Flash = errs, flash(c)
	v.Styles, v.Scripts = []string{"dossier.css", "evidence.css"}, []string{"evidence.js"}
	var err error
	if v.Head, err = s.dossierHead(c.UserContext(), e.place, tabEvidence); err != nil {
		return err
	}
	v.Form.Page, v.Form.New = v.Page, true
	v.Period, v.Unit, v.Base, v.Back = e.period.Title, e.unit.Name, e.base(), dossierURL(e.period.ID, e.unit.Code)
	v.Index = v.Base + "/muc-luc.xlsx"
	if err := e.mayAttach(); err != nil {
		v.Why = vi.Text(asFault(err).Key, asFault(err).Args...)
	}
	v.OpenForm = v.OpenForm || c.Query("tc") != ""
	v.MaxFiles, v.MaxMB, v.Accept = evidence.MaxBatch, evidence.MaxFile>>20, evidence.Accept()
	v.Size, v.MaxTotal = shownSize(e.folder.Bytes), shownSize(evidence.MaxBytes)
	v.Missing = e.missing()
	e.fillGroups(c, &v)
	return c.Render("evidence/list", v)
}

// fillGroups lists the documents by paper and criterion, as the filter says.
func (e *evidencePlace) fillGroups(c *fiber.Ctx, v *view.EvidenceList) {
	only := c.Query("loc")
	v.Query = cut(vi.Clean(c.Query("q")), maxQuery)
	v.Filters = []view.Option{option("", vi.Text("evidence.filterAll"), only), option(evidenceLacking, vi.Text("evidence.filterMissing"), only), option(evidenceDoubted, vi.Text("evidence.filterWarned"), only)}
	var all []view.EvidenceItem
	index := map[string]int{}
	for i := range e.folder.Items {
		it := &e.folder.Items[i]
		shown := e.shown(it)
		if !it.Live() {
			v.Removed = append(v.Removed, shown)
			continue
		}
		if v.Count++; len(shown.Warnings) > 0 {
			v.Warned++
		}
		index[it.ID] = len(all)
		all = append(all, shown)
	}
	for _, g := range e.groups(func(id string) view.EvidenceItem { return all[index[id]] }, v.Missing) {
		g.Places = slices.DeleteFunc(g.Places, func(p view.EvidencePlace) bool { return !placeMatches(p, only, v.Query) })
		if len(g.Places) > 0 {
			v.Groups = append(v.Groups, g)
			v.Shown += len(g.Places)
		}
	}
}

// placeMatches reports whether a place is among what the filter asks for.
func placeMatches(p view.EvidencePlace, only, query string) bool {
	switch only {
	case evidenceLacking:
		if !p.Missing {
			return false
		}
	case evidenceDoubted:
		if !slices.ContainsFunc(p.Items, func(it view.EvidenceItem) bool { return len(it.Warnings) > 0 }) {
			return false
		}
	}
	text := p.Code + " " + p.Title
	for _, it := range p.Items {
		text += " " + it.Title + " " + it.Number + " " + it.File.Name
	}
	text = vi.Fold(text)
	return !slices.ContainsFunc(strings.Fields(vi.Fold(query)), func(w string) bool { return !strings.Contains(text, w) })
}

// groups lists every paper and criterion with its live documents.
func (e *evidencePlace) groups(shown func(id string) view.EvidenceItem, missing []view.EvidenceMissing) []view.EvidenceGroup {
	lacks := func(paper bool, code string) bool {
		return slices.ContainsFunc(missing, func(m view.EvidenceMissing) bool { return m.Paper == paper && m.Code == code })
	}
	with := func(has func(*evidence.Item) bool) (list []view.EvidenceItem) {
		for i := range e.folder.Items {
			if it := &e.folder.Items[i]; it.Live() && has(it) {
				list = append(list, shown(it.ID))
			}
		}
		return list
	}
	papers := view.EvidenceGroup{Title: vi.Text("evidence.papers")}
	for _, p := range e.set.Papers {
		papers.Places = append(papers.Places, view.EvidencePlace{
			ID: placeID("p", p.Code), Title: p.Title, Required: p.Required, Missing: lacks(true, p.Code),
			Items: with(func(it *evidence.Item) bool { return it.Paper == p.Code }),
		})
	}
	list := []view.EvidenceGroup{papers}
	for i, g := range e.set.Groups {
		group := view.EvidenceGroup{Title: g.Code + ". " + g.Title}
		for _, leaf := range evidenceLeaves(e.set, i) {
			group.Places = append(group.Places, view.EvidencePlace{
				ID: placeID("c", leaf.Code), Code: leaf.Code, Title: leaf.Title, Required: leaf.Evidence == rubric.EvidenceRequired, Missing: lacks(false, leaf.Code),
				Items: with(func(it *evidence.Item) bool { return slices.Contains(it.Codes, leaf.Code) }),
			})
		}
		list = append(list, group)
	}
	return list
}

// shown is an item as the pages show it.
func (e *evidencePlace) shown(it *evidence.Item) view.EvidenceItem {
	v := view.EvidenceItem{
		URL: e.base() + "/" + it.ID, Title: it.Title, Number: it.Number, Date: shownDay(it.Date),
		File: e.file(it, len(it.Revisions)), Revisions: len(it.Revisions), Warnings: e.warnings(it),
	}
	if r := it.Removed; r != nil {
		v.Removed = vi.Text("evidence.removedBy", r.By, vi.DateTime(r.At), r.Reason)
	}
	return v
}

// evidenceFormOf fills the form of a document.
func evidenceFormOf(e *evidencePlace, m evidence.Meta) view.EvidenceForm {
	f := view.EvidenceForm{Title: m.Title, Number: m.Number, Date: m.Date, MaxTitle: evidence.MaxTitle, MaxNumber: evidence.MaxNumber}
	f.Papers = []view.Option{option("", vi.Text("evidence.noPaper"), m.Paper)}
	for _, p := range e.set.Papers {
		f.Papers = append(f.Papers, option(p.Code, p.Title, m.Paper))
	}
	for i, g := range e.set.Groups {
		choices := view.EvidenceChoices{Title: g.Code + ". " + g.Title}
		for _, leaf := range evidenceLeaves(e.set, i) {
			chosen := slices.Contains(m.Codes, leaf.Code)
			if chosen {
				choices.Chosen++
			}
			choices.Leaves = append(choices.Leaves, view.EvidenceChoice{ID: "tc-" + leaf.Code, Code: leaf.Code, Title: leaf.Title, Chosen: chosen, Required: leaf.Evidence == rubric.EvidenceRequired})
		}
		if len(choices.Leaves) > 0 {
			f.Groups = append(f.Groups, choices)
		}
	}
	return f
}

// evidenceOne shows one document: what is said about it, its revisions, and
// the forms to change it.
func (s *Server) evidenceOne(c *fiber.Ctx) error {
	e, err := s.evidencePlaceOf(c)
	if err != nil {
		return err
	}
	it, err := e.item(c)
	if err != nil {
		return err
	}
	return s.showOneEvidence(c, e, it, view.EvidenceOne{Form: evidenceFormOf(e, it.Meta())})
}

func (s *Server) showOneEvidence(c *fiber.Ctx, e *evidencePlace, it *evidence.Item, v view.EvidenceOne) error {
	if err := s.loadUses(c.UserContext(), e); err != nil {
		return err
	}
	errs := v.Errors
	v.Page = s.page(c, it.Title)
	v.Errors, v.Flash = errs, flash(c)
	v.Styles, v.Scripts = []string{"evidence.css"}, []string{"evidence.js"}
	v.Form.Page = v.Page
	v.Period, v.Unit, v.Base, v.Back = e.period.Title, e.unit.Name, e.base()+"/"+it.ID, e.base()
	v.Item, v.Rev = e.shown(it), it.Rev
	v.MaxMB, v.MaxNote, v.Accept = evidence.MaxFile>>20, evidence.MaxNote, evidence.Accept()
	for i := len(it.Revisions); i > 0; i-- {
		v.Files = append(v.Files, e.file(it, i))
	}
	for _, p := range e.set.Papers {
		if p.Code == it.Paper {
			v.Places = append(v.Places, p.Title)
		}
	}
	for _, code := range it.Codes {
		leaf, _ := e.set.Leaf(code)
		v.Places = append(v.Places, strings.TrimSpace(code+" "+titleOf(leaf)))
	}
	if err := e.mayAttach(); err != nil {
		v.Why = vi.Text(asFault(err).Key, asFault(err).Args...)
	} else if !it.Live() {
		v.Why = vi.Text("evidence.removed")
	}
	return c.Render("evidence/one", v)
}

// titleOf is the title of a leaf, "" for one that the set does not have.
func titleOf(leaf rubric.Leaf) string {
	if leaf.Criterion == nil {
		return ""
	}
	return leaf.Title
}

// shownByID is shown for an item that is there.
func (e *evidencePlace) shownByID(id string) view.EvidenceItem {
	it, _ := e.folder.Item(id)
	return e.shown(it)
}
