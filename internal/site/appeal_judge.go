package site

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The fields of the form that decides, and their values.
const (
	fieldChoice, fieldRuling, fieldRev, fieldPreviewed = "ket-qua", "lap-luan", "ban", "da-xem"
	choiceAccept, choiceReject                         = "chap-nhan", "bac"
	fieldStep, stepDecide                              = "viec", "quyet-dinh"
)

// judged is one appeal with those who look at it.
type judged struct {
	*place
	leaf    rubric.Leaf
	contest *dossier.Contest
	names   func(string) string
}

// judgedOf opens the appeal of the address. One who scored the dossier, or must
// keep out of the unit's affairs, may not look at it here.
func (s *Server) judgedOf(c *fiber.Ctx) (*judged, error) {
	p, err := s.placeOf(c)
	if err != nil {
		return nil, err
	}
	code, err := leafOf(c)
	if err != nil {
		return nil, err
	}
	leaf, ok := p.set.Leaf(code)
	x := p.dossier.Contest(code)
	if !ok || x == nil {
		return nil, fault.New(fault.NotFound, "dossier.noAppeal", code)
	}
	if !p.who().Has(dossier.Judge | dossier.Manager) {
		return nil, fault.New(fault.Forbidden, "dossier.notYours", dossier.DecideAppeal, dossier.Judge)
	}
	return &judged{place: p, leaf: leaf, contest: x, names: s.namesOf(c.UserContext())}, nil
}

// may returns why the user cannot decide the appeal, or nil.
func (j *judged) may() error {
	if j.contest.Judge != "" {
		return fault.New(fault.Conflict, "appeal.decided", j.contest.Code, j.names(j.contest.Judge))
	}
	return j.dossier.May(dossier.DecideAppeal, j.who(), &j.period)
}

// appealShow shows an appeal to those who may decide it.
func (s *Server) appealShow(c *fiber.Ctx) error {
	j, err := s.judgedOf(c)
	if err != nil {
		return err
	}
	v, err := s.judgeView(c, j)
	if err != nil {
		return err
	}
	return c.Render("appeal/judge", v)
}

// judgeForm is what was sent.
type judgeForm struct {
	ruling
	choice    string
	fields    markForm
	rev       string
	previewed string
}

func (j *judged) read(c *fiber.Ctx) judgeForm {
	f := judgeForm{fields: readMarkForm(c), choice: c.FormValue(fieldChoice), rev: c.FormValue(fieldRev), previewed: c.FormValue(fieldPreviewed)}
	f.accept, f.text = f.choice == choiceAccept, vi.Clean(c.FormValue(fieldRuling))
	f.ruling.rev = store.AnyRev
	if f.accept {
		f.mark = f.fields.mark(j.set, j.leaf.Code, score.Mark{})
	}
	return f
}

// print names what a preview showed: a decision must be of the same.
func (f judgeForm) print() string { return f.choice + " " + encodeMark(f.mark) }

func (f judgeForm) check(leaf rubric.Leaf) []fault.Problem {
	var ps []fault.Problem
	if f.choice != choiceAccept && f.choice != choiceReject {
		ps = append(ps, fault.Problem{Path: "choice", Key: "appeal.needChoice"})
	}
	return append(ps, f.ruling.check(leaf)...)
}

// appealDecide shows what a decision would change and, once that was seen,
// decides. A basis that has changed meanwhile asks again.
func (s *Server) appealDecide(c *fiber.Ctx) error {
	j, err := s.judgedOf(c)
	if err != nil {
		return err
	}
	f := j.read(c)
	if err := j.may(); err != nil && !(j.contest.Judge == j.user.Login && f.is(j.contest)) {
		return err
	}
	if ps := f.check(j.leaf); len(ps) > 0 {
		return s.judgeAgain(c.Status(fiber.StatusUnprocessableEntity), j, f, ps, "")
	}
	if c.FormValue(fieldStep) != stepDecide || f.previewed != f.print() {
		return s.judgeAgain(c, j, f, nil, "")
	}
	if f.ruling.rev, err = strconv.ParseInt(f.rev, 10, 64); err != nil || f.ruling.rev < 0 {
		return s.judgeAgain(c, j, f, nil, "")
	}
	err = s.decideAppeal(c.UserContext(), j.place, j.leaf.Code, f.ruling)
	if fault.Is(err, fault.Stale) {
		if j, err = s.judgedOf(c); err != nil {
			return err
		}
		return s.judgeAgain(c.Status(fiber.StatusConflict), j, f, nil, vi.Text("appeal.stale"))
	}
	if err != nil {
		return err
	}
	return c.Redirect(appealsURL(j.period.ID)+"&xong=appealDecided", fiber.StatusSeeOther)
}

// judgeAgain shows the form with what was typed: with problems, or with what
// the decision would change.
func (s *Server) judgeAgain(c *fiber.Ctx, j *judged, f judgeForm, ps []fault.Problem, stale string) error {
	v, err := s.judgeView(c, j)
	if err != nil {
		return err
	}
	v.Accept, v.Reject, v.Ruling, v.Stale = f.choice == choiceAccept, f.choice == choiceReject, f.text, stale
	v.NA = f.fields.values[fieldNA+j.leaf.Code] != ""
	v.Fields = j.fields(func(name string) string { return f.fields.values["m:"+name+":"+j.leaf.Code] })
	for _, p := range ps {
		message := vi.Text(p.Key, p.Args...)
		field := map[string]string{"mark": cellID(j.leaf.Code), "ruling": fieldRuling, "choice": fieldChoice}[p.Path]
		v.Errors = append(v.Errors, view.FieldError{Field: field, Message: message})
		switch {
		case p.Path == "mark" && v.MarkError == "":
			v.MarkError = message
		case p.Path == "ruling":
			v.RulingError = message
		case p.Path == "choice":
			v.ChoiceError = message
		}
	}
	if len(ps) == 0 {
		v.Seen = f.print()
		if v.Preview, err = s.previewOf(c.UserContext(), j, f.ruling); err != nil {
			return err
		}
	}
	return c.Render("appeal/judge", v)
}

// fields are the inputs of the new mark; value is what stands in each.
func (j *judged) fields(value func(string) string) []view.MarkField {
	var list []view.MarkField
	for i, name := range j.leaf.Rule.InputNames() {
		list = append(list, markField(&j.leaf, i, name, cellID(j.leaf.Code), value(name)))
	}
	return list
}

// judgeView is the page of an appeal, with nothing decided.
func (s *Server) judgeView(c *fiber.Ctx, j *judged) (view.AppealJudge, error) {
	x, code := j.contest, j.leaf.Code
	v := view.AppealJudge{
		Page: s.page(c, vi.Text("appeal.about", code)), PeriodID: j.period.ID, Period: j.period.Title, Unit: j.unit.Code, Name: j.unit.Name,
		Code: code, Title: j.leaf.Title, Max: vi.Decimal(j.leaf.Max.String()), How: howScored(j.leaf.Rule),
		Stage: stageTitle(j.period, x.Stage), Reason: x.Reason, At: vi.DateTime(x.At), Dossier: dossierURL(j.period.ID, j.unit.Code),
		ExplainURL: explainURL(j.period.ID, j.unit.Code, code, x.Stage), FilesURL: evidenceURL(j.period.ID, j.unit.Code), ListURL: appealsURL(j.period.ID),
		Action: judgeURL(j.period.ID, j.unit.Code, code), NAOK: j.leaf.NA, MaxText: dossier.MaxReason, Rev: j.dossier.Rev, Fields: j.fields(func(string) string { return "" }),
	}
	v.Guide = guideOf(j.set, code)
	v.Styles, v.Wide = []string{"appraise.css"}, false
	if err := j.may(); err != nil {
		v.Refused = vi.Error(err)
	}
	if x.Judge != "" {
		filed := j.filedOne(x, j.names)
		v.Decided = &filed
	}
	v.Marks, v.Inputs = j.marks(), j.leaf.Rule.Type != rubric.RulePoints
	folder, err := s.store.Evidence(c.UserContext(), j.period.ID, j.unit.Code)
	for _, it := range folder.Live() {
		if slices.Contains(it.Codes, code) {
			v.Files = append(v.Files, view.Link{Label: it.Title, URL: v.FilesURL + "/" + it.ID})
		}
	}
	return v, err
}

// guideOf is the guide of a criterion, "" for none.
func guideOf(set *rubric.Set, code string) string {
	var find func(list []rubric.Criterion) string
	find = func(list []rubric.Criterion) string {
		for i := range list {
			if list[i].Code == code {
				return list[i].Guide
			}
			if g := find(list[i].Criteria); g != "" {
				return g
			}
		}
		return ""
	}
	for i := range set.Groups {
		if g := find(set.Groups[i].Criteria); g != "" {
			return g
		}
	}
	return ""
}

// marks are what the unit said of itself, what each stage gave and what each
// member of the contested stage gave, with their notes.
func (j *judged) marks() []view.AppealMark {
	var list []view.AppealMark
	for _, st := range j.period.Stages {
		if !j.dossier.Shared(st.Code) && !j.dossier.AllIn(st.Code) {
			continue
		}
		r := j.at(st.Code)
		m := view.AppealMark{Who: st.Title, Points: leafWords(r, j.leaf.Index)}
		if j.dossier.Shared(st.Code) {
			j.ownMark(&m, dossier.Layer{Stage: st.Code})
		}
		list = append(list, m)
		t := j.dossier.Team(st.Code)
		for _, member := range t.Members {
			l := dossier.Layer{Stage: st.Code, Member: member, Round: t.Round}
			if st.Code != j.contest.Stage || !j.dossier.SeesSheet(l, j.user.Login, j.who()) {
				continue
			}
			own := score.Score(j.set, j.dossier.LayerMarks(l), j.surveys)
			m := view.AppealMark{Who: j.names(member), Points: leafWords(own, j.leaf.Index), Member: true}
			j.ownMark(&m, l)
			list = append(list, m)
		}
	}
	return list
}

// ownMark adds what was entered in a layer.
func (j *judged) ownMark(m *view.AppealMark, l dossier.Layer) {
	e, _ := j.dossier.Entry(l, j.leaf.Code)
	m.Note = e.Note
	if j.leaf.Rule.Type != rubric.RulePoints && !e.Mark.Empty() {
		m.Input = shownMark(j.set, j.leaf.Code, e.Mark)
	}
}

// previewOf is what a ruling would change.
func (s *Server) previewOf(ctx context.Context, j *judged, r ruling) (*view.AppealPreview, error) {
	if !r.accept {
		return &view.AppealPreview{Nothing: vi.Text("appeal.rejectChanges")}, nil
	}
	w, res, err := s.whatIf(ctx, j.place, j.contest, r.mark)
	if err != nil {
		return nil, err
	}
	return previewWords(j, w, res, r.mark), nil
}
