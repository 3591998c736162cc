package xlsx

import (
	"fmt"
	"io"
	"strings"
	"time"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// DifferenceReport is the report of differences ("chênh lệch"): what units gave
// themselves against what each stage gave, by unit, team and criterion, and the
// full marks that nothing proves. Rows come sorted. Scores are exact.
type DifferenceReport struct {
	Head             Head
	Period, Criteria string
	Decimals         int
	Units            []UnitGap
	Teams            []TeamGap
	Leaves           []LeafGap
	Unproved         []Unproved
	Made             time.Time
}

// UnitGap is one unit at one stage: both totals.
type UnitGap struct {
	Code, Unit, Parent, Stage string
	Self, Given               rubric.Num
	Lowered, Raised           int // criteria
	Unproved                  int // full marks without evidence that the stage kept
}

// TeamGap is one team at one stage, over the dossiers it scored.
type TeamGap struct {
	Stage, Members        string
	Dossiers              int
	Self, Given           rubric.Num // mean totals
	Lowered, Raised       int        // criteria, of all dossiers
	Unproved              int
	Proposed, NotProposed int
}

// LeafGap is one criterion at one stage, over the units that both scored.
type LeafGap struct {
	Code, Title, Stage string
	Max                rubric.Num
	Units              int
	Self, Given        rubric.Num // means
	Lowered, Raised    int        // units
	Unproved           int
}

// Unproved is a full mark without evidence.
type Unproved struct {
	Code, Unit, Leaf, Title, Stage string
	Points                         rubric.Num
	Note                           string // why it was kept
}

// Differences writes the report; every gap is a live formula.
func Differences(w io.Writer, r DifferenceReport) error {
	g := &gapBook{book: newBook(vi.Text("scoresheet.gapTitle"), r.Made), DifferenceReport: r}
	g.units()
	g.teams()
	g.leaves()
	g.unproved()
	return g.write(w)
}

type gapBook struct {
	*book
	DifferenceReport
}

func (g *gapBook) number(x rubric.Num) cell {
	format := "0"
	if g.Decimals > 0 {
		format += "." + strings.Repeat("0", g.Decimals)
	}
	return cell{value: float(x.RoundHalfUp(g.Decimals)), style: numLook(format)}
}

// gap is what a stage gave less what the unit gave itself, from two cells of
// the row; they stand rounded.
func (g *gapBook) gap(self, given rubric.Num, row, col int) cell {
	d := g.Decimals
	c := g.number(given.RoundHalfUp(d).Sub(self.RoundHalfUp(d)))
	c.formula = fmt.Sprintf("ROUND(%s-%s,%d)", at(row, col+1), at(row, col), d)
	c.style.bold = true
	return c
}

func mid(n int) cell           { return cell{value: n, style: midLook()} }
func wrapped(text string) cell { return cell{value: text, style: textLook()} }

// table writes one sheet: head, title, columns, rows and, on the first, the end
// of the document.
func (g *gapBook) table(name, title, about string, columns []column, n int, cells func(row, i int) []cell) {
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.width
	}
	s := g.sheet(name, widths...)
	first := len(g.sheets) == 1
	head := Head{}
	if first {
		head = g.Head
	}
	row := s.writeHead(head, title, g.Period, about)
	for i, c := range columns {
		s.text(row, i+1, c.head, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 2}
	for i := range n {
		row++
		for j, c := range cells(row, i) {
			s.set(row, j+1, c)
		}
		s.fit(row)
	}
	if n == 0 {
		row++
		s.span(row, 1, row, len(columns), cell{value: vi.Text("scoresheet.gapNone"), style: style{italic: true, align: "center", border: true}})
	}
	if first {
		end := s.writeEnd(g.Head, row)
		s.together(row+1, end)
	}
}

func (g *gapBook) units() {
	columns := []column{
		{vi.Text("scoresheet.colNo"), 6}, {vi.Text("xlsx.colUnit"), 28}, {vi.Text("xlsx.colCode"), 9}, {vi.Text("xlsx.colParent"), 16}, {vi.Text("scoresheet.colStage"), 16},
		{vi.Text("scoresheet.colSelf"), 9}, {vi.Text("scoresheet.colGiven"), 9}, {vi.Text("scoresheet.colGap"), 9}, {vi.Text("scoresheet.colLowered"), 9}, {vi.Text("scoresheet.colRaised"), 9}, {vi.Text("scoresheet.colUnproved"), 12},
	}
	g.table(vi.Text("scoresheet.sheetUnits"), vi.Text("scoresheet.gapTitle"), g.Criteria, columns, len(g.Units), func(row, i int) []cell {
		u := g.Units[i]
		return []cell{mid(i + 1), wrapped(u.Unit), {value: u.Code, style: midLook()}, wrapped(u.Parent), wrapped(u.Stage), g.number(u.Self), g.number(u.Given), g.gap(u.Self, u.Given, row, 6), mid(u.Lowered), mid(u.Raised), mid(u.Unproved)}
	})
}

func (g *gapBook) teams() {
	columns := []column{
		{vi.Text("scoresheet.colNo"), 6}, {vi.Text("scoresheet.colTeam"), 34}, {vi.Text("scoresheet.colStage"), 18}, {vi.Text("scoresheet.colDossiers"), 9},
		{vi.Text("scoresheet.colSelfMean"), 11}, {vi.Text("scoresheet.colGivenMean"), 11}, {vi.Text("scoresheet.colGap"), 10}, {vi.Text("scoresheet.colLowered"), 9}, {vi.Text("scoresheet.colRaised"), 9},
		{vi.Text("scoresheet.colUnproved"), 12}, {vi.Text("scoresheet.colProposed"), 9}, {vi.Text("scoresheet.colNotProposed"), 9},
	}
	g.table(vi.Text("scoresheet.sheetTeams"), vi.Text("scoresheet.teamsTitle"), vi.Text("scoresheet.teamsAbout"), columns, len(g.Teams), func(row, i int) []cell {
		t := g.Teams[i]
		return []cell{mid(i + 1), wrapped(t.Members), wrapped(t.Stage), mid(t.Dossiers), g.number(t.Self), g.number(t.Given), g.gap(t.Self, t.Given, row, 5), mid(t.Lowered), mid(t.Raised), mid(t.Unproved), mid(t.Proposed), mid(t.NotProposed)}
	})
}

func (g *gapBook) leaves() {
	columns := []column{
		{vi.Text("scoresheet.colNo"), 9}, {vi.Text("scoresheet.colContent"), 44}, {vi.Text("scoresheet.colStage"), 16}, {vi.Text("scoresheet.colMax"), 8}, {vi.Text("scoresheet.colUnits"), 8},
		{vi.Text("scoresheet.colSelfMean"), 11}, {vi.Text("scoresheet.colGivenMean"), 11}, {vi.Text("scoresheet.colGap"), 10}, {vi.Text("scoresheet.colUnitsLowered"), 9}, {vi.Text("scoresheet.colUnitsRaised"), 9}, {vi.Text("scoresheet.colUnproved"), 12},
	}
	g.table(vi.Text("scoresheet.sheetLeaves"), vi.Text("scoresheet.leavesTitle"), vi.Text("scoresheet.leavesAbout"), columns, len(g.Leaves), func(row, i int) []cell {
		l := g.Leaves[i]
		return []cell{{value: l.Code, style: midLook()}, wrapped(l.Title), wrapped(l.Stage), g.number(l.Max), mid(l.Units), g.number(l.Self), g.number(l.Given), g.gap(l.Self, l.Given, row, 6), mid(l.Lowered), mid(l.Raised), mid(l.Unproved)}
	})
}

func (g *gapBook) unproved() {
	columns := []column{
		{vi.Text("scoresheet.colNo"), 6}, {vi.Text("xlsx.colUnit"), 28}, {vi.Text("xlsx.colCode"), 9}, {vi.Text("scoresheet.colLeaf"), 10}, {vi.Text("scoresheet.colContent"), 40}, {vi.Text("scoresheet.colStage"), 16}, {vi.Text("scoresheet.colPoints"), 8}, {vi.Text("scoresheet.colNote"), 34},
	}
	g.table(vi.Text("scoresheet.sheetUnproved"), vi.Text("scoresheet.unprovedTitle"), vi.Text("scoresheet.unprovedAbout"), columns, len(g.Unproved), func(_, i int) []cell {
		u := g.Unproved[i]
		return []cell{mid(i + 1), wrapped(u.Unit), {value: u.Code, style: midLook()}, {value: u.Leaf, style: midLook()}, wrapped(u.Title), wrapped(u.Stage), g.number(u.Points), wrapped(u.Note)}
	})
}
