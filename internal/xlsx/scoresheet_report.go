package xlsx

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
)

// ScoreReport is the report of scores ("bảng điểm"): a sheet a unit, to print
// and sign.
type ScoreReport struct {
	Head   Head
	Period string
	Set    *rubric.Set
	Stages []string // titles, self first; the last one's are the official scores
	Units  []ScoreReportUnit
	Made   time.Time
}

// ScoreReportUnit is one unit. Stages follow ScoreReport.Stages. Papers and
// Notes are texts by leaf, or keyCondition and condition.
type ScoreReportUnit struct {
	Code, Name    string
	Stages        []ScoreReportStage
	Papers, Notes map[string]string
}

// ScoreReportStage is what a stage gave; not Seen leaves its column empty.
type ScoreReportStage struct {
	Seen   bool
	Result score.Result
	Met    map[string]bool // conditions
}

// scoreTable is one unit's sheet being written.
type scoreTable struct {
	*ScoreReport
	unit   *ScoreReportUnit
	sheet  *sheet
	row    int
	first  int // column of the first stage; then the others, the official score, papers and notes
	groups []groupRows
	rows   map[string]int // of leaves, by code
}

// groupRows are the rows of a group.
type groupRows struct {
	head, last int
}

// ScoreSheets writes the report. Every sum is a live formula whose stored value
// is the system's; a report whose formulas would give another total is refused.
func ScoreSheets(w io.Writer, r ScoreReport) error {
	b := newBook(vi.Text("scoresheet.reportTitle"), r.Made)
	taken := map[string]bool{}
	for i := range r.Units {
		u := &r.Units[i]
		widths := []float64{7, 44, 8}
		for range r.Stages {
			widths = append(widths, 9)
		}
		t := &scoreTable{ScoreReport: &r, unit: u, first: 4, rows: map[string]int{}}
		t.sheet = b.sheet(sheetName(u.Name, u.Code, taken), append(widths, 9, 26, 24)...)
		if err := t.write(); err != nil {
			return err
		}
	}
	if len(r.Units) == 0 {
		b.sheet(vi.Text("scoresheet.reportTitle"), 60, 20).writeHead(r.Head, vi.Text("scoresheet.reportTitle"), r.Period)
	}
	return b.write(w)
}

func (t *scoreTable) official() int { return t.first + len(t.Stages) }

func (t *scoreTable) format() string {
	if t.Set.Decimals == 0 {
		return "0"
	}
	return "0." + strings.Repeat("0", t.Set.Decimals)
}

func (t *scoreTable) write() error {
	s := t.sheet
	t.row = s.writeHead(t.Head, vi.Text("scoresheet.reportTitle"), t.unit.Name, t.Period, t.Set.Title)
	heads := t.row
	t.heads()
	for i := range t.Set.Groups {
		t.group(i)
	}
	if err := t.totals(); err != nil {
		return err
	}
	t.conditions()
	s.repeat, s.freeze = [2]int{heads, heads}, [2]int{heads, 2}
	end := t.row
	t.row = s.writeEnd(t.Head, t.verdict())
	s.together(end+1, t.row)
	return nil
}

func (t *scoreTable) heads() {
	texts := append([]string{vi.Text("scoresheet.colNo"), vi.Text("scoresheet.colContent"), vi.Text("scoresheet.colMax")}, t.Stages...)
	for i, text := range append(texts, vi.Text("scoresheet.colOfficial"), vi.Text("scoresheet.colPapers"), vi.Text("scoresheet.colNote")) {
		if i == t.first-1 {
			text = vi.Text("scoresheet.colSelf")
		}
		t.sheet.text(t.row, i+1, text, headLook())
	}
	t.sheet.fit(t.row)
}

// line begins a row with its number, words and most points.
func (t *scoreTable) line(code, title string, most *rubric.Num, strong bool) {
	t.row++
	look := textLook()
	look.bold = strong
	for col := 1; col <= t.official()+2; col++ {
		t.sheet.set(t.row, col, cell{style: look})
	}
	t.sheet.text(t.row, 1, code, centred(look))
	t.sheet.text(t.row, 2, title, look)
	if most != nil && most.Sign() != 0 {
		t.sheet.set(t.row, 3, cell{value: float(*most), style: t.points(strong)})
	}
	t.sheet.fit(t.row)
}

func (t *scoreTable) points(strong bool) style {
	look := numLook(t.format())
	look.bold = strong
	return look
}

// stageCells writes a value or formula for each stage that may be seen, and the
// official score as that of the last.
func (t *scoreTable) stageCells(strong bool, make func(stage, col int) cell) {
	for j := range t.Stages {
		if t.unit.Stages[j].Seen {
			c := make(j, t.first+j)
			c.style = t.points(strong)
			t.sheet.set(t.row, t.first+j, c)
		}
	}
	last := len(t.Stages) - 1
	if !t.unit.Stages[last].Seen {
		return
	}
	c := make(last, t.first+last)
	c.style = t.points(true)
	if _, number := c.value.(float64); number {
		c.formula = at(t.row, t.first+last)
	}
	t.sheet.set(t.row, t.official(), c)
}

func (t *scoreTable) group(i int) {
	g := &t.Set.Groups[i]
	title := g.Title
	if g.Kind != rubric.Normal {
		title += " (" + vi.Text("explain.kind_"+g.Kind) + ")"
	}
	t.line(vi.Roman(i+1), title, &g.Max, true)
	head := t.row
	kids := t.criteria(g.Criteria)
	t.groups = append(t.groups, groupRows{head, t.row})
	end := t.row
	t.row = head
	t.stageCells(true, func(j, col int) cell {
		f := t.sum(kids, col)
		switch g.Kind {
		case rubric.Bonus:
			f = fmt.Sprintf("MIN(%s,%s)", g.Max.String(), f)
		case rubric.Penalty:
			f = fmt.Sprintf("MAX(%s,%s)", g.Max.String(), f)
		}
		return cell{value: float(t.unit.Stages[j].Result.Groups[i].Points.Num()), formula: f}
	})
	t.row = end
}

// criteria writes nodes and returns the rows of these, not of those below.
func (t *scoreTable) criteria(list []rubric.Criterion) []int {
	var rows []int
	for i := range list {
		c := &list[i]
		t.line(c.Code, c.Title, &c.Max, c.Rule == nil)
		at := t.row
		rows = append(rows, at)
		if c.Rule != nil {
			t.leaf(c)
			continue
		}
		kids := t.criteria(c.Criteria)
		end := t.row
		t.row = at
		t.stageCells(true, func(j, col int) cell {
			return cell{value: float(t.below(c, j).Num()), formula: t.sum(kids, col)}
		})
		t.row = end
	}
	return rows
}

// below is the sum of the leaves under a node.
func (t *scoreTable) below(c *rubric.Criterion, stage int) score.Points {
	if c.Rule != nil {
		l, _ := t.unit.Stages[stage].Result.Leaf(c.Code)
		return l.Points
	}
	var sum score.Points
	for i := range c.Criteria {
		sum += t.below(&c.Criteria[i], stage)
	}
	return sum
}

// sum adds cells of a column up; neighbours stand as a range.
func (t *scoreTable) sum(rows []int, col int) string {
	var parts []string
	for i := 0; i < len(rows); {
		j := i
		for j+1 < len(rows) && rows[j+1] == rows[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, at(rows[i], col))
		} else {
			parts = append(parts, area(rows[i], col, rows[j], col, false))
		}
		i = j + 1
	}
	return fmt.Sprintf("ROUND(SUM(%s),%d)", strings.Join(parts, ","), t.Set.Decimals)
}

func (t *scoreTable) leaf(c *rubric.Criterion) {
	t.rows[c.Code] = t.row
	t.stageCells(false, func(j, _ int) cell {
		switch l, _ := t.unit.Stages[j].Result.Leaf(c.Code); {
		case l.State == score.Missing:
			return cell{value: ""}
		case l.State == score.Exempt && t.Set.NotApplicable != rubric.Full:
			return cell{value: vi.Text("scoresheet.exempt")}
		default:
			return cell{value: float(l.Points.Num())}
		}
	})
	t.texts(c.Code)
}

func (t *scoreTable) texts(key string) {
	look := textLook()
	look.size = 10
	t.sheet.text(t.row, t.official()+1, t.unit.Papers[key], look)
	t.sheet.text(t.row, t.official()+2, t.unit.Notes[key], look)
	t.sheet.fit(t.row)
}

// conditions lists what must be met, with each stage's answer.
func (t *scoreTable) conditions() {
	if len(t.Set.Conditions) == 0 {
		return
	}
	t.line(vi.Roman(len(t.Set.Groups)+1), vi.Text("scoresheet.conditions"), nil, true)
	for _, c := range t.Set.Conditions {
		t.line(c.Code, c.Title, nil, false)
		t.stageCells(false, func(j, _ int) cell {
			return cell{value: vi.Text("marks.met_" + fmt.Sprint(t.unit.Stages[j].Met[c.Code]))}
		})
		t.texts(keyCondition + c.Code)
	}
}

// verdict says under the table what the official score comes to.
func (t *scoreTable) verdict() int {
	official := t.unit.Stages[len(t.Stages)-1]
	if !official.Seen {
		return t.row
	}
	text := vi.Text("scoresheet.notRecognised", strings.Join(EveryFailure(t.Set, official.Result), "; "))
	if official.Result.Recognised {
		title := official.Result.Band
		if i := t.Set.BandIndex(title); i >= 0 {
			title = t.Set.Recognition.Bands[i].Title
		}
		text = vi.Text("scoresheet.recognised", title)
	} else if t.Set.Recognition == nil {
		return t.row
	}
	t.row += 2
	t.sheet.line(t.row, 1, t.official()+2, text, style{size: sizeTable + 1, italic: true})
	return t.row
}

// of lists the rows of the groups of a kind.
func (t *scoreTable) of(kind string) []int {
	var rows []int
	for i, g := range t.groups {
		if t.Set.Groups[i].Kind == kind {
			rows = append(rows, g.head)
		}
	}
	return rows
}

// exempted reports whether some stage leaves a normal leaf out of the total.
func (t *scoreTable) exempted() bool {
	return t.Set.NotApplicable == rubric.Rescale && slices.ContainsFunc(t.unit.Stages, func(s ScoreReportStage) bool {
		for i, l := range s.Result.Leaves {
			if s.Seen && l.State == score.Exempt && t.Set.KindOf(t.Set.Leaves()[i]) == rubric.Normal {
				return true
			}
		}
		return false
	})
}

// stageSums are the exact parts of one stage's total.
type stageSums struct{ normal, applicable, rescaled, total rubric.Num }

// sums works a stage's total out as the formulas do.
func (t *scoreTable) sums(stage int) stageSums {
	var s stageSums
	var extra rubric.Num
	for i, g := range t.unit.Stages[stage].Result.Groups {
		if t.Set.Groups[i].Kind == rubric.Normal {
			s.normal = s.normal.Add(g.Points.Num())
			s.applicable = s.applicable.Add(g.Applicable.Num())
		} else {
			extra = extra.Add(g.Points.Num())
		}
	}
	s.rescaled = s.normal
	if t.Set.NotApplicable == rubric.Rescale {
		s.rescaled = rubric.Num{}
		if s.applicable.Sign() != 0 {
			s.rescaled = s.normal.Mul(t.Set.Total).Div(s.applicable).RoundHalfUp(t.Set.Decimals)
		}
	}
	s.total = s.rescaled.Add(extra)
	if t.Set.MaxTotal != nil {
		s.total = s.total.Min(*t.Set.MaxTotal)
	}
	s.total = s.total.Max(rubric.Num{})
	return s
}

// totals writes the rows from the groups to the total.
func (t *scoreTable) totals() error {
	d, all := t.Set.Decimals, make([]stageSums, len(t.Stages))
	for j, stage := range t.unit.Stages {
		if all[j] = t.sums(j); stage.Seen && !all[j].total.Equal(stage.Result.Total.Num()) {
			return fault.New(fault.Internal, "xlsx.total", t.unit.Code, stage.Result.Total.String(d), all[j].total.String())
		}
	}
	t.line("", vi.Text("scoresheet.sum"), &t.Set.Total, true)
	base := t.row
	normal := t.of(rubric.Normal)
	t.stageCells(true, func(j, col int) cell { return cell{value: float(all[j].normal), formula: t.sum(normal, col)} })
	if t.exempted() {
		t.line("", vi.Text("scoresheet.applicable"), nil, false)
		t.stageCells(false, func(j, col int) cell { return cell{value: float(all[j].applicable), formula: t.applicable(col)} })
		t.line("", vi.Text("scoresheet.rescaled", vi.Decimal(t.Set.Total.String())), nil, true)
		sum, applicable := base, t.row-1
		base = t.row
		t.stageCells(true, func(j, col int) cell { // the inner rounding undoes what binary fractions add to a half
			a := at(applicable, col)
			return cell{value: float(all[j].rescaled), formula: fmt.Sprintf("IF(%s=0,0,ROUND(ROUND(%s*%s/%s,8),%d))", a, at(sum, col), t.Set.Total.String(), a, d)}
		})
	}
	t.line("", vi.Text("scoresheet.total"), t.Set.MaxTotal, true)
	t.stageCells(true, func(j, col int) cell {
		rows := append([]int{base}, append(t.of(rubric.Bonus), t.of(rubric.Penalty)...)...)
		slices.Sort(rows)
		f := t.sum(rows, col)
		if t.Set.MaxTotal != nil {
			f = fmt.Sprintf("MIN(%s,%s)", t.Set.MaxTotal.String(), f)
		}
		return cell{value: float(all[j].total), formula: "MAX(0," + f + ")"}
	})
	return nil
}

// applicable is the set's total without what does not apply in a column.
func (t *scoreTable) applicable(col int) string {
	f := t.Set.Total.String()
	for i, g := range t.groups {
		if t.Set.Groups[i].Kind == rubric.Normal && g.last > g.head {
			f += fmt.Sprintf("-SUMIF(%s,%q,%s)", area(g.head+1, col, g.last, col, false), vi.Text("scoresheet.exempt"), area(g.head+1, 3, g.last, 3, true))
		}
	}
	return fmt.Sprintf("ROUND(%s,%d)", f, t.Set.Decimals)
}
