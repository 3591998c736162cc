package xlsx

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// rankingColumns are the columns of the ranking; 0 for one that is not there.
type rankingColumns struct {
	rank, code, unit, parent, groups, applicable, total, band, recognised, failed int
}

// The widths of the ranking's columns in characters. Those of texts lie between
// two limits, so that a row takes one or two lines and the page is not scaled
// down more than it must.
const (
	widthRank, widthCode, widthScore, widthRecognised = 6, 7, 8, 7
	leastUnit, mostUnit                               = 12, 21
	leastParent, mostParent                           = 8, 17
	leastBand, mostBand                               = 9, 30
	leastFailed, mostFailed                           = 18, 29
	rowLines                                          = 2 // at most, as far as the limits let it
	titleLines                                        = 3 // of a group's title in its heading; longer ones go under the table
)

// columns lays the columns out and returns their widths.
func (r *ranking) columns() []float64 {
	var widths []float64
	add := func(w float64) int {
		widths = append(widths, w)
		return len(widths)
	}
	fit := func(least, most float64, text func(RankingRow) string) int {
		texts := make([]string, len(r.Rows))
		for i, u := range r.Rows {
			texts[i] = text(u)
		}
		return add(columnWidth(texts, textLook(), rowLines, least, most))
	}
	r.col.rank, r.col.code = add(widthRank), add(widthCode)
	r.col.unit = fit(leastUnit, mostUnit, func(u RankingRow) string { return u.Unit })
	r.col.parent = fit(leastParent, mostParent, func(u RankingRow) string { return u.Parent })
	r.col.groups = len(widths) + 1
	for range r.Groups {
		add(widthScore)
	}
	if r.rescale {
		r.col.applicable = add(widthScore)
	}
	r.col.total = add(widthScore)
	r.col.band = fit(leastBand, mostBand, func(u RankingRow) string { return r.bandTitle(u.Band) })
	r.col.recognised = add(widthRecognised)
	r.col.failed = fit(leastFailed, mostFailed, failedCell)
	return widths
}

// The looks of a table's cells.
func headLook() style {
	return style{bold: true, align: "center", wrap: true, border: true, fill: "EDEDED"}
}
func textLook() style { return style{wrap: true, border: true} }
func midLook() style  { return style{align: "center", wrap: true, border: true} }
func numLook(format string) style {
	return style{align: "center", border: true, format: format}
}

func (s style) strong() style { s.bold = true; return s }

func (r *ranking) writeTable() {
	s := r.book.sheet(vi.Text("xlsx.sheetRanking"), r.columns()...)
	r.table = s
	row := s.writeHead(r.Head, r.Title, r.Period, r.Criteria)
	r.writeHeads(row)
	r.first = row + 2
	for i := range r.Rows {
		r.writeRow(r.first+i, i)
	}
	r.last = r.first + max(len(r.Rows), 1) - 1
	r.writeSums()
	s.repeat, s.freeze = [2]int{row, row + 1}, [2]int{row + 1, r.col.unit}
	end := s.writeEnd(r.Head, r.writeLegend(r.last+2))
	s.together(r.last+1, end)
}

// writeHeads writes the two heading rows: group columns share one heading.
func (r *ranking) writeHeads(row int) {
	s, c := r.table, r.col
	for col, key := range map[int]string{
		c.rank: vi.Text("xlsx.colRank"), c.code: vi.Text("xlsx.colCode"), c.unit: vi.Text("xlsx.colUnit"), c.parent: vi.Text("xlsx.colParent"),
		c.applicable: vi.Text("xlsx.colApplicable"), c.total: vi.Text("xlsx.colTotal"), c.band: vi.Text("xlsx.colBand"),
		c.recognised: vi.Text("xlsx.colRecognised"), c.failed: vi.Text("xlsx.colFailed"),
	} {
		if col > 0 {
			s.span(row, col, row+1, col, cell{value: key, style: headLook()})
		}
	}
	for i, g := range r.Groups {
		s.text(row+1, c.groups+i, r.groupHeading(g), headLook())
	}
	if len(r.Groups) > 0 {
		s.span(row, c.groups, row, c.groups+len(r.Groups)-1, cell{value: vi.Text("xlsx.colGroups"), style: headLook()})
	}
	s.grow(row, textHeight("", headLook(), 100))
	s.fit(row + 1)
	// A heading over both rows needs the height of both.
	s.grow(row+1, textHeight(vi.Text("xlsx.colApplicable"), headLook(), s.points(c.total, c.total))-s.heights[row])
}

// groupHeading is a group's title and limit, or its code where the titles are
// too long for the columns.
func (r *ranking) groupHeading(g RankingGroup) string {
	title := g.Title
	if r.longTitles() {
		title = vi.Text("xlsx.groupShort", g.Code)
	}
	return title + "\n" + groupLimit(g)
}

func (r *ranking) longTitles() bool {
	return slices.ContainsFunc(r.Groups, func(g RankingGroup) bool {
		return textLines(g.Title, headLook(), columnPoints(widthScore)) > titleLines
	})
}

func groupLimit(g RankingGroup) string {
	key := "xlsx.groupMax"
	switch g.Kind {
	case rubric.Bonus:
		key = "xlsx.groupBonus"
	case rubric.Penalty:
		key = "xlsx.groupPenalty"
	}
	return vi.Text(key, vi.Decimal(g.Max))
}

// writeLegend writes the groups' titles below a row where the headings have
// only their codes, and returns the last row used.
func (r *ranking) writeLegend(row int) int {
	if !r.longTitles() {
		return row
	}
	titles := make([]string, len(r.Groups))
	for i, g := range r.Groups {
		titles[i] = vi.Text("xlsx.groupShort", g.Code) + ": " + g.Title
	}
	r.table.line(row+1, 1, len(r.table.widths), vi.Text("xlsx.groupLegend", strings.Join(titles, "; ")), style{italic: true})
	return row + 1
}

// failedCell is what a unit failed as one text.
func failedCell(u RankingRow) string { return upperFirst(strings.Join(u.Failed, "; ")) }

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	r, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[size:]
}

func (r *ranking) writeRow(row, i int) {
	s, c, u, x := r.table, r.col, r.Rows[i], r.exact[i]
	rank := cell{value: vi.Text("xlsx.unranked"), style: midLook()}
	if u.Rank > 0 {
		rank = cell{value: u.Rank, style: numLook("0")}
	}
	s.set(row, c.rank, rank)
	s.text(row, c.code, u.Code, midLook())
	s.text(row, c.unit, u.Unit, textLook())
	s.text(row, c.parent, u.Parent, textLook())
	for j, score := range x.groups {
		s.set(row, c.groups+j, cell{value: float(score), style: numLook(r.scoreFormat())})
	}
	if r.rescale {
		s.set(row, c.applicable, cell{value: float(x.applicable), style: numLook(r.scoreFormat())})
	}
	s.set(row, c.total, cell{value: float(x.total), formula: r.totalFormula(row), style: numLook(r.scoreFormat()).strong()})
	s.text(row, c.band, r.bandTitle(u.Band), midLook())
	s.text(row, c.recognised, yesNo(u.Recognised), midLook())
	s.text(row, c.failed, failedCell(u), textLook())
	s.fit(row)
}

func yesNo(yes bool) string {
	if yes {
		return vi.Text("xlsx.yes")
	}
	return vi.Text("xlsx.no")
}

// bandTitle is the title of a band; a dash for none.
func (r *ranking) bandTitle(code string) string {
	for _, b := range r.Bands {
		if b.Code == code {
			return b.Title
		}
	}
	return vi.Text("xlsx.none")
}

// range is a column of the table's units as other cells name it.
func (r *ranking) column(col int) string {
	return r.table.ref(area(r.first, col, r.last, col, true))
}

// own is the same within the table itself.
func (r *ranking) own(col int) string { return area(r.first, col, r.last, col, false) }

// writeSums writes the row of counts and the row of means.
func (r *ranking) writeSums() {
	s, c := r.table, r.col
	counts, means := r.last+1, r.last+2
	width := len(s.widths)
	for col := 1; col <= width; col++ {
		s.text(counts, col, "", midLook().strong())
		s.text(means, col, "", midLook().strong())
	}
	s.span(counts, c.rank, counts, c.code, cell{value: vi.Text("xlsx.totalRow"), style: midLook().strong()})
	s.span(means, c.rank, means, c.code, cell{value: vi.Text("xlsx.meanRow"), style: midLook().strong()})
	s.set(counts, c.unit, cell{value: len(r.Rows), formula: "COUNTA(" + r.own(c.unit) + ")", style: numLook(vi.Text("xlsx.formatUnits")).strong()})
	s.set(counts, c.recognised, cell{
		value: r.count(func(u RankingRow) bool { return u.Recognised }), style: numLook("0").strong(),
		formula: fmt.Sprintf(`COUNTIF(%s,"%s")`, r.own(c.recognised), vi.Text("xlsx.yes")),
	})
	if len(r.Rows) == 0 {
		return
	}
	for j := range r.Groups {
		r.mean(means, c.groups+j, func(x exactRow) rubric.Num { return x.groups[j] })
	}
	r.mean(means, c.total, func(x exactRow) rubric.Num { return x.total })
}

func (r *ranking) mean(row, col int, score func(exactRow) rubric.Num) {
	var sum rubric.Num
	for _, x := range r.exact {
		sum = sum.Add(score(x))
	}
	mean := sum.Div(rubric.Int(int64(len(r.exact)))).RoundHalfAway(2)
	r.table.set(row, col, cell{
		value: float(mean), formula: meanFormula("AVERAGE(" + r.own(col) + ")"), style: numLook("0.00").strong(),
	})
}

// meanFormula rounds a mean to two decimals; the inner rounding undoes what
// binary fractions add to a half.
func meanFormula(average string) string { return "ROUND(ROUND(" + average + ",8),2)" }

func (r *ranking) count(is func(RankingRow) bool) int {
	n := 0
	for _, u := range r.Rows {
		if is(u) {
			n++
		}
	}
	return n
}
