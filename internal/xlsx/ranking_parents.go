package xlsx

import (
	"fmt"
	"slices"
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// parentRow is the summary of the units under one parent.
type parentRow struct {
	name              string
	units, recognised int
	bands             []int
	sum               rubric.Num
}

// parents gathers the units by parent, in Vietnamese order. Names are compared
// as Excel's formulas do, without regard to case.
func (r *ranking) parents() []*parentRow {
	byName := map[string]*parentRow{}
	var list []*parentRow
	for i, u := range r.Rows {
		key := strings.ToLower(u.Parent)
		p := byName[key]
		if p == nil {
			p = &parentRow{name: u.Parent, bands: make([]int, len(r.Bands))}
			byName[key], list = p, append(list, p)
		}
		p.units++
		p.sum = p.sum.Add(r.exact[i].total)
		if u.Recognised {
			p.recognised++
			if b := slices.IndexFunc(r.Bands, func(b RankingBand) bool { return b.Code == u.Band }); b >= 0 {
				p.bands[b]++
			}
		}
	}
	compare := vi.Collator()
	slices.SortStableFunc(list, func(a, b *parentRow) int { return compare(a.name, b.name) })
	return list
}

// The columns of the summary by parent; the bands follow, then the mean.
const (
	parentNo = iota + 1
	parentName
	parentUnits
	parentRecognised
	parentShare
	parentBands
)

// The widths of the summary in characters; parentsWidth fills a page upright.
const (
	parentsWidth                              = 82
	widthNo, widthUnits, widthYes, widthShare = 5, 8, 9, 8
	widthMean                                 = 8.5
	leastName, mostName                       = 18, 40
	leastBandHead, mostBandHead, bandLines    = 9, 16, 4
)

func (r *ranking) writeParents() {
	titles := make([]string, len(r.Bands))
	for i, b := range r.Bands {
		titles[i] = b.Title
	}
	band := wrapWidth(titles, headLook(), bandLines, leastBandHead, mostBandHead)
	fixed := widthNo + widthUnits + widthYes + widthShare + widthMean + band*float64(len(r.Bands))
	widths := []float64{widthNo, max(leastName, min(mostName, parentsWidth-fixed)), widthUnits, widthYes, widthShare}
	for range r.Bands {
		widths = append(widths, band)
	}
	widths = append(widths, widthMean)
	s := r.book.sheet(vi.Text("xlsx.sheetParents"), widths...)
	row := s.writeHead(r.Head, vi.Text("xlsx.parentsTitle"), r.Period, r.Criteria)
	heads := []string{vi.Text("xlsx.colNo"), vi.Text("xlsx.colParent"), vi.Text("xlsx.colUnits"), vi.Text("xlsx.colRecognised"), vi.Text("xlsx.colShare")}
	for _, b := range r.Bands {
		heads = append(heads, b.Title)
	}
	for i, text := range append(heads, vi.Text("xlsx.colMean")) {
		s.text(row, i+1, text, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, parentName}
	first := row + 1
	list := r.parents()
	for i, p := range list {
		r.writeParent(s, first+i, i+1, p)
	}
	last := first + len(list) - 1
	if len(list) > 0 {
		r.writeParentSums(s, first, last)
	}
	end := s.writeEnd(r.Head, last+1)
	s.together(last+1, end)
}

// countIfs counts the ranking's units of this parent with another condition.
func (r *ranking) countIfs(row int, p *parentRow, col int, expression, text string) string {
	parent, name := r.column(r.col.parent), at(row, parentName)
	if strings.ContainsAny(p.name+text, "*?~") {
		return fmt.Sprintf("SUMPRODUCT((%s=%s)*(%s=%s))", parent, name, r.column(col), expression)
	}
	return fmt.Sprintf(`COUNTIFS(%s,"="&%s,%s,"="&%s)`, parent, name, r.column(col), expression)
}

func (r *ranking) writeParent(s *sheet, row, no int, p *parentRow) {
	count := numLook("0")
	s.set(row, parentNo, cell{value: no, style: count})
	s.text(row, parentName, p.name, textLook())
	s.set(row, parentUnits, cell{value: p.units, formula: countIf(r.column(r.col.parent), at(row, parentName), p.name), style: count})
	yes := vi.Text("xlsx.yes")
	s.set(row, parentRecognised, cell{value: p.recognised, formula: r.countIfs(row, p, r.col.recognised, `"`+yes+`"`, yes), style: count})
	s.set(row, parentShare, shareCell(row, p.recognised, p.units))
	heads := row - no
	for j, b := range r.Bands {
		col := parentBands + j
		s.set(row, col, cell{value: p.bands[j], formula: r.countIfs(row, p, r.col.band, at(heads, col), b.Title), style: count})
	}
	mean := p.sum.Div(rubric.Int(int64(p.units))).RoundHalfAway(2)
	sums := fmt.Sprintf("SUMPRODUCT((%s=%s)*%s)/%s", r.column(r.col.parent), at(row, parentName), r.column(r.col.total), at(row, parentUnits))
	s.set(row, parentBands+len(r.Bands), cell{value: float(mean), formula: meanFormula(sums), style: numLook("0.00")})
	s.fit(row)
}

func shareCell(row, recognised, units int) cell {
	share := rubric.Frac(int64(recognised)*100, int64(units)).RoundHalfUp(2)
	return cell{
		value: float(share), style: numLook("0.00"),
		formula: meanFormula(at(row, parentRecognised) + "*100/" + at(row, parentUnits)),
	}
}

func (r *ranking) writeParentSums(s *sheet, first, last int) {
	row, look := last+1, numLook("0").strong()
	s.span(row, parentNo, row, parentName, cell{value: vi.Text("xlsx.totalRow"), style: midLook().strong()})
	for col := parentUnits; col < parentBands+len(r.Bands); col++ {
		n := r.count(func(u RankingRow) bool {
			switch {
			case col == parentUnits:
				return true
			case col == parentRecognised:
				return u.Recognised
			case col == parentShare:
				return false
			}
			return u.Recognised && u.Band == r.Bands[col-parentBands].Code
		})
		s.set(row, col, cell{value: n, formula: "SUM(" + area(first, col, last, col, false) + ")", style: look})
	}
	share := shareCell(row, r.count(func(u RankingRow) bool { return u.Recognised }), len(r.Rows))
	share.style = share.style.strong()
	s.set(row, parentShare, share)
	r.parentMean(s, row)
	s.fit(row)
}

// parentMean is the mean of all units, not of the parents' means.
func (r *ranking) parentMean(s *sheet, row int) {
	var sum rubric.Num
	for _, x := range r.exact {
		sum = sum.Add(x.total)
	}
	mean := sum.Div(rubric.Int(int64(len(r.exact)))).RoundHalfAway(2)
	s.set(row, parentBands+len(r.Bands), cell{
		value: float(mean), formula: meanFormula("AVERAGE(" + r.column(r.col.total) + ")"), style: numLook("0.00").strong(),
	})
}
