package site

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/evidence"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// evidenceFields leads from the paths of problems to the fields of the forms.
var evidenceFields = map[string]string{
	"title": "ten", "number": "so", "date": "ngay", "paper": "giay", "codes": "tieu-chi", "files": "tep", "note": "ghi-chu", "reason": "ly-do",
}

// evidenceErrors says problems beside their fields.
func evidenceErrors(problems []fault.Problem) []view.FieldError {
	var list []view.FieldError
	for _, p := range problems {
		list = append(list, view.FieldError{Field: evidenceFields[p.Path], Message: vi.Text(p.Key, p.Args...)})
	}
	return list
}

// evidenceMeta reads what was said about a document.
func evidenceMeta(get func(string) string, codes []string) evidence.Meta {
	m := evidence.Meta{Paper: get("giay"), Title: get("ten"), Number: get("so"), Date: get("ngay")}
	for _, code := range codes {
		if code = vi.Clean(code); code != "" && !slices.Contains(m.Codes, code) {
			m.Codes = append(m.Codes, code)
		}
	}
	return m
}

// attachable opens the dossier for a change: its evidence and the right to it.
func (s *Server) attachable(c *fiber.Ctx) (*evidencePlace, error) {
	e, err := s.evidencePlaceOf(c)
	if err == nil {
		err = e.mayAttach()
	}
	return e, err
}

// evidenceAdd takes files with what is said about them: an item for each, all
// or none.
func (s *Server) evidenceAdd(c *fiber.Ctx) error {
	if _, err := s.attachable(c); err != nil {
		return err
	}
	f, err := s.readUpload(c)
	if err != nil {
		return err
	}
	defer f.close()
	e, err := s.attachable(c) // sending may have taken minutes
	if err != nil {
		return err
	}
	m := evidenceMeta(f.get, f.values["tc"])
	items, problems, status := s.newItems(e, f, m)
	if len(problems) == 0 {
		_, err = s.store.AddEvidence(c.UserContext(), e.period.ID, e.unit.Code, e.user.Login, items, f.contents())
		if !fault.Is(err, fault.Conflict) {
			if err != nil {
				return err
			}
			return done(c, e.base(), "evidenceAdded", len(items))
		}
		problems, status = []fault.Problem{{Path: "files", Key: asFault(err).Key, Args: asFault(err).Args}}, fiber.StatusConflict
	}
	v := view.EvidenceList{Form: evidenceFormOf(e, m), OpenForm: true}
	v.Errors = evidenceErrors(problems)
	c.Status(status)
	return s.showEvidence(c, e, v)
}

// contents are the files on the disk, in their order.
func (f *uploadForm) contents() []store.EvidenceFile {
	list := make([]store.EvidenceFile, len(f.files))
	for i, file := range f.files {
		list[i] = file.disk
	}
	return list
}

// newItems makes an item of every file, or says what is wrong and under which
// status to answer.
func (s *Server) newItems(e *evidencePlace, f *uploadForm, m evidence.Meta) ([]evidence.Item, []fault.Problem, int) {
	problems, status := f.refused()
	if len(f.files) == 0 {
		problems = append(problems, fault.Problem{Path: "files", Key: "evidence.noFile"})
	}
	about := evidence.Item{Paper: m.Paper, Codes: m.Codes, Title: m.Title, Number: m.Number, Date: m.Date}
	if about.Title == "" {
		about.Title = "-" // each file's own name takes its place
	}
	problems = append(problems, about.Check(evidence.PlacesOf(e.set), s.today())...)
	if len(problems) > 0 {
		return nil, problems, cmp.Or(status, fiber.StatusUnprocessableEntity)
	}
	items := make([]evidence.Item, len(f.files))
	for i, file := range f.files {
		it := about
		it.ID, it.Codes = store.NewEvidenceID(), slices.Clone(m.Codes)
		it.Revisions = []evidence.Revision{file.revision(e.user.Login, s.now(), "")}
		it.Title = evidenceTitle(m.Title, file.name(), i, len(f.files))
		items[i] = it
	}
	return items, nil, 0
}

// evidenceTitle names the i-th of n documents that came together.
func evidenceTitle(title, file string, i, n int) string {
	switch {
	case title == "":
		return evidence.Stem(file)
	case n == 1:
		return title
	}
	return cut(title, evidence.MaxTitle-10) + " (" + strconv.Itoa(i+1) + "/" + strconv.Itoa(n) + ")"
}

// evidenceEdit changes what is said about a document.
func (s *Server) evidenceEdit(c *fiber.Ctx) error {
	e, err := s.attachable(c)
	if err != nil {
		return err
	}
	it, err := e.item(c)
	if err != nil {
		return err
	}
	var codes []string
	for _, b := range c.Request().PostArgs().PeekMulti("tc") {
		codes = append(codes, string(b))
	}
	m := evidenceMeta(func(name string) string { return vi.Clean(c.FormValue(name)) }, codes)
	about := evidence.Item{Paper: m.Paper, Codes: m.Codes, Title: m.Title, Number: m.Number, Date: m.Date}
	v := view.EvidenceOne{Form: evidenceFormOf(e, m)}
	if problems := about.Check(evidence.PlacesOf(e.set), s.today()); len(problems) > 0 {
		v.Errors = evidenceErrors(problems)
		c.Status(fiber.StatusUnprocessableEntity)
		return s.showOneEvidence(c, e, it, v)
	}
	_, err = s.store.DescribeEvidence(c.UserContext(), e.period.ID, e.unit.Code, it.ID, evidenceSeen(c.FormValue("v")), m, e.user.Login)
	if err != nil {
		return s.refuseEvidence(c, it.ID, v, err)
	}
	return done(c, e.base()+"/"+it.ID, "evidenceSaved")
}

// evidenceSeen is the revision that a form was filled from.
func evidenceSeen(v string) int64 {
	n, _ := strconv.ParseInt(v, 10, 64)
	return n
}

// refuseEvidence shows a document as it is now with the form as it was sent,
// when somebody was faster or the state forbids it.
func (s *Server) refuseEvidence(c *fiber.Ctx, id string, v view.EvidenceOne, why error) error {
	if !fault.Is(why, fault.Stale) && !fault.Is(why, fault.Conflict) {
		return why
	}
	e, err := s.evidencePlaceOf(c)
	if err != nil {
		return err
	}
	it, ok := e.folder.Item(id)
	if !ok {
		return why
	}
	f := asFault(why)
	v.Stale = vi.Text(f.Key, f.Args...)
	c.Status(statuses[f.Kind])
	return s.showOneEvidence(c, e, it, v)
}

// evidenceRevise takes a new file for a document; the old one is kept.
func (s *Server) evidenceRevise(c *fiber.Ctx) error {
	if _, err := s.attachable(c); err != nil {
		return err
	}
	f, err := s.readUpload(c)
	if err != nil {
		return err
	}
	defer f.close()
	e, err := s.attachable(c)
	if err != nil {
		return err
	}
	it, err := e.item(c)
	if err != nil {
		return err
	}
	v := view.EvidenceOne{Form: evidenceFormOf(e, it.Meta()), Note: f.get("ghi-chu")}
	problems, status := f.refused()
	if len(f.files) != 1 {
		problems = append(problems, fault.Problem{Path: "files", Key: "evidence.oneFile"})
	}
	if problems = append(problems, evidence.CheckNote("note", v.Note, false)...); len(problems) > 0 {
		v.Errors = evidenceErrors(problems)
		c.Status(cmp.Or(status, fiber.StatusUnprocessableEntity))
		return s.showOneEvidence(c, e, it, v)
	}
	r := f.files[0].revision(e.user.Login, s.now(), v.Note)
	if _, err = s.store.ReviseEvidence(c.UserContext(), e.period.ID, e.unit.Code, it.ID, evidenceSeen(f.get("v")), r, f.files[0].disk); err != nil {
		return s.refuseEvidence(c, it.ID, v, err)
	}
	return done(c, e.base()+"/"+it.ID, "evidenceRevised")
}

// evidenceRemove takes a document away, with a reason.
func (s *Server) evidenceRemove(c *fiber.Ctx) error {
	e, err := s.attachable(c)
	if err != nil {
		return err
	}
	it, err := e.item(c)
	if err != nil {
		return err
	}
	v := view.EvidenceOne{Form: evidenceFormOf(e, it.Meta()), Reason: vi.Clean(c.FormValue("ly-do"))}
	if problems := evidence.CheckNote("reason", v.Reason, true); len(problems) > 0 {
		v.Errors = evidenceErrors(problems)
		c.Status(fiber.StatusUnprocessableEntity)
		return s.showOneEvidence(c, e, it, v)
	}
	if _, err = s.store.RemoveEvidence(c.UserContext(), e.period.ID, e.unit.Code, it.ID, evidenceSeen(c.FormValue("v")), e.user.Login, v.Reason); err != nil {
		return s.refuseEvidence(c, it.ID, v, err)
	}
	return done(c, e.base(), "evidenceRemoved")
}
