package site

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const (
	leniencyPath = "/bao-cao/cham-diem"
	// leastDossiers is how many dossiers a mean should rest on; rows with fewer
	// are marked.
	leastDossiers = 5
)

// What the rows of the page are.
const kindMember, kindTeam, kindLeaf, kindStage = "nguoi", "to", "tieu-chi", "cap"

// leniencyRoutes are the page that compares how strict appraisers are and its
// workbook.
func (s *Server) leniencyRoutes(r fiber.Router) {
	see := s.may(account.SeeLeader)
	r.Get(leniencyPath, see, s.leniency)
	r.Get(leniencyPath+".xlsx", see, s.leniencyExcel)
}

// lenientRow is one row before it is put in words.
type lenientRow struct {
	result.Lenience
	name  string
	order int // in the file, of a leaf or a stage
}

// lenientPage is what one request asks for.
type lenientPage struct {
	*result.Leniency
	stage   *result.LenientStage
	kind    string
	rows    []lenientRow
	periods []view.Option
}

// leniencyOf works out what a request asks for. ok is false when there is no
// period.
func (s *Server) leniencyOf(c *fiber.Ctx) (l *lenientPage, ok bool, err error) {
	p, periods, ok, err := s.periodChoice(c, "")
	if err != nil || !ok {
		return nil, false, err
	}
	user, _ := userOf(c)
	l = &lenientPage{kind: kindMember, periods: periods}
	if l.Leniency, err = result.LeniencyOf(c.UserContext(), s.store, p.ID, seesResults(user, &p)); err != nil {
		return nil, false, err
	}
	if k := c.Query("theo"); slices.Contains([]string{kindTeam, kindLeaf, kindStage}, k) {
		l.kind = k
	}
	l.stage = &l.Stages[0]
	if code := c.Query("cap"); code != "" {
		i := slices.IndexFunc(l.Stages, func(st result.LenientStage) bool { return st.Stage.Code == code })
		if i < 0 {
			return nil, false, fault.New(fault.NotFound, "result.stage", code)
		}
		l.stage = &l.Stages[i]
	}
	l.fillRows(s.namesOf(c.UserContext()))
	return l, true, nil
}

func (l *lenientPage) fillRows(names func(string) string) {
	add := func(x result.Lenience, name string) {
		l.rows = append(l.rows, lenientRow{Lenience: x, name: name, order: len(l.rows)})
	}
	switch l.kind {
	case kindTeam:
		for _, x := range l.stage.Teams {
			var people []string
			for _, m := range x.Members {
				people = append(people, names(m))
			}
			add(x, strings.Join(people, ", "))
		}
	case kindLeaf:
		for _, x := range l.stage.Leaves {
			add(x, cellTitle(l.Set, x.Key))
		}
	case kindStage:
		for _, st := range l.Stages {
			x := st.All
			x.Key = st.Stage.Code
			add(x, st.Stage.Title)
		}
	default:
		for _, x := range l.stage.Members {
			add(x, names(x.Key))
		}
	}
}

func (l *lenientPage) columns() []listColumn[lenientRow] {
	first := listColumn[lenientRow]{key: "ten", label: vi.Text("leniency.by." + l.kind), compare: byText(func(r lenientRow) string { return r.name })}
	if l.kind == kindLeaf || l.kind == kindStage {
		first.compare = by(func(r lenientRow) int { return r.order })
	}
	list := []listColumn[lenientRow]{
		first,
		{key: "so", label: vi.Text("leniency.dossiers"), number: true, compare: by(func(r lenientRow) int { return r.Dossiers })},
		{key: "giam", label: vi.Text("leniency.down"), number: true, compare: func(a, b lenientRow) int { return a.Down.Cmp(b.Down) }},
		{key: "sau", label: vi.Text("leniency.next"), number: true, compare: func(a, b lenientRow) int { return a.Next.Cmp(b.Next) }},
		{key: "khong-mc", label: vi.Text("leniency.unproven"), number: true, compare: by(func(r lenientRow) int { return r.Unproven })},
	}
	if !l.hasNext() {
		list = slices.DeleteFunc(list, func(x listColumn[lenientRow]) bool { return x.key == "sau" })
	}
	if l.kind != kindLeaf {
		list = append(list,
			listColumn[lenientRow]{key: "de-nghi", label: vi.Text("leniency.proposed"), number: true, compare: by(func(r lenientRow) int { return r.Proposed })},
			listColumn[lenientRow]{key: "dat", label: vi.Text("leniency.recognised"), number: true, compare: lenientRow.byRecognised},
			listColumn[lenientRow]{key: "lai", label: vi.Text("leniency.rescored"), number: true, compare: by(func(r lenientRow) int { return r.Rescored })})
	}
	return append(list, listColumn[lenientRow]{key: "lech", label: vi.Text("leniency.alarms"), number: true, compare: by(func(r lenientRow) int { return r.Alarms })})
}

// byRecognised orders rows by the share that was recognised; those of which
// nothing is final yet come before all shares.
func (r lenientRow) byRecognised(x lenientRow) int {
	if r.Final == 0 || x.Final == 0 {
		return cmp.Compare(min(r.Final, 1), min(x.Final, 1))
	}
	return cmp.Compare(r.Recognised*x.Final, x.Recognised*r.Final)
}

// hasNext reports whether a row may have a stage after it.
func (l *lenientPage) hasNext() bool {
	return l.stage.Next != "" || l.kind == kindStage && len(l.Stages) > 1
}

func (l *lenientPage) keep() []view.Pair {
	stage, kind := l.stage.Stage.Code, l.kind
	if stage == l.Stages[0].Stage.Code {
		stage = ""
	}
	if kind == kindMember {
		kind = ""
	}
	return []view.Pair{{Name: "ky", Value: l.Period.ID}, {Name: "cap", Value: stage}, {Name: "theo", Value: kind}}
}

func lenientText(r lenientRow) string { return r.name + " " + r.Key }

// leniency shows the table.
func (s *Server) leniency(c *fiber.Ctx) error {
	l, ok, err := s.leniencyOf(c)
	if err != nil {
		return err
	}
	v := view.Leniency{Page: s.page(c, vi.Text("leniency.title")), Least: leastDossiers}
	v.Styles, v.Wide = []string{"appraise.css"}, true
	if !ok {
		v.Empty = vi.Text("dossiers.none")
		return c.Render("leniency/table", v)
	}
	v.PeriodID, v.Period, v.Periods = l.Period.ID, l.Period.Title, l.periods
	v.Stage, v.Kind, v.Leaves = l.stage.Stage.Title, vi.Text("leniency.kind."+l.kind), l.kind == kindLeaf
	v.HasNext = l.hasNext()
	if l.stage.Next != "" {
		v.NextStage = stageTitle(l.Period, l.stage.Next)
	}
	for _, st := range l.Stages {
		v.Stages = append(v.Stages, option(st.Stage.Code, st.Stage.Title, l.stage.Stage.Code))
	}
	for _, k := range []string{kindMember, kindTeam, kindLeaf, kindStage} {
		v.Kinds = append(v.Kinds, option(k, vi.Text("leniency.kind."+k), l.kind))
	}
	v.Summary = l.summary()
	shown, list := listOf(c, l.rows, lenientText, l.columns(), l.keep()...)
	v.List, v.Excel = list, leniencyPath+".xlsx"+queryOf(c)
	for _, r := range shown {
		v.Rows = append(v.Rows, l.shown(r))
	}
	if l.stage.All.Dossiers == 0 {
		v.Empty = vi.Text("leniency.nothing", l.stage.Stage.Title)
	}
	return c.Render("leniency/table", v)
}

// meanWords is a mean to two decimals, with a minus where points were added; "–"
// for none.
func meanWords(m result.Mean) string {
	v, ok := m.Value()
	if !ok {
		return "–"
	}
	return vi.Decimal(v.Decimal(2))
}

// summary are the figures of the whole stage.
func (l *lenientPage) summary() []view.LeniencyFigure {
	a := l.stage.All
	list := []view.LeniencyFigure{
		{Label: vi.Text("leniency.dossiersIn"), Value: vi.Int(a.Dossiers), Note: vi.Text("leniency.of", len(l.Period.Units))},
		{Label: vi.Text("leniency.down"), Value: meanWords(a.Down), Note: vi.Text("leniency.points")},
	}
	if l.stage.Next != "" {
		list = append(list, view.LeniencyFigure{Label: vi.Text("leniency.next"), Value: meanWords(a.Next), Note: vi.Text("leniency.points")})
	}
	return append(list,
		view.LeniencyFigure{Label: vi.Text("leniency.unproven"), Value: vi.Int(a.Unproven), Note: vi.Text("leniency.times")},
		view.LeniencyFigure{Label: vi.Text("leniency.recognisedOf"), Value: vi.Text("leniency.ratio", a.Recognised, a.Final), Note: vi.Text("leniency.ofProposed", a.Proposed)},
		view.LeniencyFigure{Label: vi.Text("leniency.alarms"), Value: vi.Int(a.Alarms), Note: vi.Text("leniency.again", a.Rescored)})
}

func (l *lenientPage) shown(r lenientRow) view.LeniencyRow {
	row := view.LeniencyRow{
		Name: r.name, Dossiers: r.Dossiers, Few: r.Dossiers < leastDossiers, Down: meanWords(r.Down), Next: meanWords(r.Next), Unproven: r.Unproven,
		Proposed: r.Proposed, Recognised: r.Recognised, Final: r.Final, Alarms: r.Alarms, Rescored: r.Rescored, Leaf: l.kind == kindLeaf,
	}
	if row.Leaf {
		row.Code = r.Key
	}
	if (l.kind == kindMember || l.kind == kindTeam) && !row.Few {
		row.DownHigh, row.DownLow = far(r.Down, l.stage.All.Down, l.Set.Total)
	}
	return row
}

// far reports whether a mean lies above or below the whole stage's by more than
// a fiftieth of the set's total (two points of a hundred): worth a look.
func far(m, all result.Mean, total rubric.Num) (above, below bool) {
	v, ok := m.Value()
	whole, _ := all.Value()
	if !ok {
		return false, false
	}
	gap := v.Sub(whole)
	if gap.Abs().Mul(rubric.Int(leniencyFar)).Cmp(total) <= 0 {
		return false, false
	}
	return gap.Sign() > 0, gap.Sign() < 0
}

// leniencyFar is the part of the set's total that a mean may differ by.
const leniencyFar = 50
