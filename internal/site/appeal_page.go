package site

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// fieldAppeal starts the name of the field with the reason why a criterion is
// contested.
const fieldAppeal = "ly-do:"

// appealPage shows what a unit may contest and what became of it.
func (s *Server) appealPage(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	return s.showAppeals(c, p, nil, nil)
}

// appealFile contests the criteria that have a reason.
func (s *Server) appealFile(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	reasons := map[string]string{}
	c.Request().PostArgs().VisitAll(func(k, v []byte) {
		if code, ok := strings.CutPrefix(string(k), fieldAppeal); ok && vi.Clean(string(v)) != "" {
			reasons[code] = vi.Clean(string(v))
		}
	})
	err = s.fileAppeals(c.UserContext(), p, reasons)
	switch {
	case fault.Is(err, fault.Invalid):
		f, _ := errors.AsType[*fault.Error](err)
		return s.showAppeals(c.Status(fiber.StatusUnprocessableEntity), p, reasons, f.Problems)
	case err != nil:
		return err
	}
	return done(c, p.tabURL(tabAppeal), "appealFiled", len(reasons))
}

// showAppeals builds the page; reasons is what was typed when it is shown again
// with problems.
func (s *Server) showAppeals(c *fiber.Ctx, p *place, reasons map[string]string, problems []fault.Problem) error {
	ctx := c.UserContext()
	v := view.Appeal{Page: s.page(c, vi.Text("appeal.title")), Action: p.tabURL(tabAppeal), Limit: p.period.AppealLimit(), Used: len(p.dossier.Appeals), MaxText: dossier.MaxReason}
	var err error
	if v.Head, err = s.dossierHead(ctx, p, tabAppeal); err != nil {
		return err
	}
	v.Styles, v.Flash = []string{"dossier.css", "appraise.css"}, flash(c)
	if !p.recused() {
		v.EvidenceURL = evidenceURL(p.period.ID, p.unit.Code)
	}
	v.Window, v.WindowOver = s.appealWindow(p)
	v.Stage = stageTitle(p.period, p.dossier.Stage)
	v.Filed = p.filed(s.namesOf(ctx))
	if v.Refused = s.noAppeal(p); v.Refused == "" {
		v.Lowered, v.Others, v.Columns = p.appealRows(reasons, problems)
		for _, r := range v.Others {
			v.OthersOpen = v.OthersOpen || r.Reason != "" || len(v.Lowered) == 0
		}
	}
	for _, problem := range problems {
		id := ""
		if _, ok := p.set.Leaf(problem.Path); ok {
			id = appealID(problem.Path)
		}
		v.Errors = append(v.Errors, view.FieldError{Field: id, Message: vi.Text(problem.Key, problem.Args...)})
	}
	return c.Render("appeal/file", v)
}

// noAppeal says why this user cannot contest anything now; "" they can.
func (s *Server) noAppeal(p *place) string {
	if err := p.dossier.May(dossier.Appeal, p.who(), &p.period); err != nil {
		if fault.Is(err, fault.Forbidden) {
			return vi.Text("appeal.onlyUnit")
		}
		return vi.Error(err)
	}
	switch {
	case p.period.Past(dossier.StepAppeal, s.today()):
		return vi.Text("dossier.appealOver", dayText(p.period.Deadlines[dossier.StepAppeal]))
	case len(p.dossier.Appeals) >= p.period.AppealLimit():
		return vi.Text("appeal.usedUp", p.period.AppealLimit())
	}
	return ""
}

// appealWindow says until when appeals are taken.
func (s *Server) appealWindow(p *place) (words string, over bool) {
	day := p.period.Deadlines[dossier.StepAppeal]
	left, ok := daysBetween(s.today(), day)
	switch {
	case !ok:
		return vi.Text("appeal.noWindow"), false
	case left < 0:
		return vi.Text("appeal.windowOver", dayText(day)), true
	}
	return vi.Text("appeal.window", dayText(day), dayLeft(day, left)), false
}

func appealID(code string) string { return "kn-" + code }

// appealRows lists the criteria that a unit may contest, those where the stage
// gave less than it gave itself first.
func (p *place) appealRows(reasons map[string]string, problems []fault.Problem) (lowered, others []view.AppealRow, columns []string) {
	var results []score.Result
	for _, st := range p.period.Stages {
		if st.Code == dossier.SelfStage || p.dossier.AllIn(st.Code) && p.dossier.Sees(st.Code, p.who()) {
			results = append(results, p.seen(st.Code))
			columns = append(columns, st.Title)
		}
	}
	wrong := map[string]string{}
	for _, problem := range problems {
		if wrong[problem.Path] == "" {
			wrong[problem.Path] = vi.Text(problem.Key, problem.Args...)
		}
	}
	for _, leaf := range p.set.Leaves() {
		if x := p.dossier.Contest(leaf.Code); x != nil && x.Stage == p.dossier.Stage {
			continue
		}
		row := p.appealRow(leaf, results)
		row.Reason, row.Error = reasons[leaf.Code], wrong[leaf.Code]
		if row.Lost != "" {
			lowered = append(lowered, row)
		} else {
			others = append(others, row)
		}
	}
	return lowered, others, columns
}

func (p *place) appealRow(leaf rubric.Leaf, results []score.Result) view.AppealRow {
	row := view.AppealRow{ID: appealID(leaf.Code), Code: leaf.Code, Title: leaf.Title, Max: vi.Decimal(leaf.Max.String()), URL: explainURL(p.period.ID, p.unit.Code, leaf.Code, p.dossier.Stage)}
	for _, r := range results {
		row.Points = append(row.Points, leafWords(r, leaf.Index))
	}
	if ps := contestable(p.set, leaf.Code); len(ps) > 0 {
		row.Closed = vi.Text("appeal.bySurvey")
		return row
	}
	self, now := results[0].Leaves[leaf.Index], results[len(results)-1].Leaves[leaf.Index]
	if gap := self.Points - now.Points; gap > 0 {
		row.Lost = vi.Decimal(gap.String(p.set.Decimals))
	}
	return row
}

// leafWords are the points of a leaf, or why there are none.
func leafWords(r score.Result, i int) string {
	switch l := r.Leaves[i]; l.State {
	case score.Missing:
		return vi.Text("appeal.noPoints")
	case score.Exempt:
		return vi.Text("marks.na")
	default:
		return vi.Decimal(l.Points.String(r.Decimals))
	}
}

// filed lists the appeals there are. Units do not learn who decided: the
// council answers for it.
func (p *place) filed(names func(string) string) []view.AppealFiled {
	var list []view.AppealFiled
	for i := range p.dossier.Appeals {
		list = append(list, p.filedOne(&p.dossier.Appeals[i], names))
	}
	return list
}

func (p *place) filedOne(x *dossier.Contest, names func(string) string) view.AppealFiled {
	f := view.AppealFiled{
		Code: x.Code, Title: cellTitle(p.set, x.Code), Reason: x.Reason, At: vi.DateTime(x.At), State: appealState(x),
		Stage: stageTitle(p.period, x.Stage), URL: explainURL(p.period.ID, p.unit.Code, x.Code, x.Stage), Ruling: x.Ruling,
	}
	if x.Judge == "" {
		if p.who().Has(dossier.Judge) {
			f.JudgeURL = judgeURL(p.period.ID, p.unit.Code, x.Code)
		}
		return f
	}
	f.Decided = vi.DateTime(x.Decided)
	if !p.who().Has(dossier.Unit) {
		f.Judge = names(x.Judge)
	}
	if x.Accepted {
		f.Mark = shownMark(p.set, x.Code, x.Mark)
		if leaf, ok := p.set.Leaf(x.Code); ok {
			f.Was = leafWords(p.uncontested(x), leaf.Index)
		}
	}
	return f
}

// uncontested scores the stage of an appeal as it was before that was decided.
func (p *place) uncontested(x *dossier.Contest) score.Result {
	d := p.dossier
	d.Appeals = nil
	for _, y := range p.dossier.Appeals {
		if y.Code != x.Code || y.Stage != x.Stage {
			d.Appeals = append(d.Appeals, y)
		}
	}
	return score.Score(p.set, d.Marks(x.Stage), p.surveys)
}

func appealState(x *dossier.Contest) view.Tag {
	switch {
	case x.Judge == "":
		return view.Tag{Text: vi.Text("appeal.state.waiting"), Look: "warn"}
	case x.Accepted:
		return view.Tag{Text: vi.Text("appeal.state.accepted"), Look: "good"}
	}
	return view.Tag{Text: vi.Text("appeal.state.rejected"), Look: "off"}
}
