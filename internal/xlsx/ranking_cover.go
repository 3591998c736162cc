package xlsx

import (
	"fmt"
	"slices"
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// The columns of the figures. The text takes two, so that the head can part
// between them.
const (
	coverNo = iota + 1
	coverText
	coverTextEnd
	coverFigure
	coverNote
)

// sizeChecksum lets 64 digits fit on one line.
const sizeChecksum = 10

// coverWidths are their widths in characters; together they fill a page upright.
var coverWidths = []float64{5, 29, 13, 14, 24}

// cover writes the figures of the first sheet.
type cover struct {
	*ranking
	s   *sheet
	row int
	no  int
}

func (r *ranking) writeCover(s *sheet) {
	c := &cover{ranking: r, s: s}
	title := vi.Text("xlsx.coverTitle")
	c.row = s.writeHead(r.Head, title, r.Period, r.Criteria)
	s.text(c.row, coverNo, vi.Text("xlsx.colNo"), headLook())
	c.words(vi.Text("xlsx.colFigure"), headLook())
	s.text(c.row, coverFigure, vi.Text("xlsx.colValue"), headLook())
	s.text(c.row, coverNote, vi.Text("xlsx.colNote"), headLook())
	s.repeat = [2]int{c.row, c.row}
	c.row++
	c.part(1, vi.Text("xlsx.partTarget"))
	c.target()
	c.part(2, vi.Text("xlsx.partBands"))
	c.bands()
	c.part(3, vi.Text("xlsx.partProof"))
	c.proof()
	end := s.writeEnd(r.Head, c.row-1)
	s.together(c.row-1, end)
}

// words writes the text of a line over its two columns.
func (c *cover) words(text string, look style) {
	c.s.line(c.row, coverText, coverTextEnd, text, look)
}

func (c *cover) part(n int, text string) {
	c.s.text(c.row, coverNo, vi.Roman(n), midLook().strong())
	c.s.line(c.row, coverText, coverNote, text, textLook().strong())
	c.row++
	c.no = 0
}

// figure writes one line and returns the address of its value.
func (c *cover) figure(text string, value cell, note string) string {
	c.no++
	c.s.set(c.row, coverNo, cell{value: c.no, style: numLook("0")})
	c.words(text, textLook())
	address := c.s.set(c.row, coverFigure, value)
	if long, ok := value.value.(string); ok {
		c.s.grow(c.row, textHeight(long, value.style, c.s.points(coverFigure, coverFigure)))
	}
	c.s.line(c.row, coverNote, coverNote, note, textLook())
	c.row++
	return address
}

// target writes recognised, denominator, share and what is still needed.
func (c *cover) target() {
	all := c.count(func(u RankingRow) bool { return u.Recognised })
	t := RankingTarget{Recognised: all, Denominator: len(c.Rows)}
	if c.Target != nil {
		t = *c.Target
	}
	count := numLook("0")
	recognised := c.figure(vi.Text("xlsx.figRecognised"), c.recognisedCell(t), c.bandNote(t))
	denominator := c.figure(vi.Text("xlsx.figDenominator"), cell{value: t.Denominator, style: count}, "")
	c.figure(vi.Text("xlsx.figFraction"), cell{
		value: fmt.Sprintf("%d/%d", t.Recognised, t.Denominator), formula: recognised + `&"/"&` + denominator, style: midLook().strong(),
	}, "")
	var share rubric.Num
	if t.Denominator > 0 {
		share = rubric.Frac(int64(t.Recognised)*100, int64(t.Denominator)).RoundHalfUp(2)
	}
	c.figure(vi.Text("xlsx.figShare"), cell{
		value: float(share), formula: fmt.Sprintf("IF(%s=0,0,%s)", denominator, meanFormula(recognised+"*100/"+denominator)), style: numLook("0.00"),
	}, vi.Text("xlsx.noteExact"))
	if c.Target == nil {
		return
	}
	c.targetLines(t, recognised, denominator)
}

func (c *cover) targetLines(t RankingTarget, recognised, denominator string) {
	percent, err := number(t.Percent)
	c.book.keep(err)
	goal := c.figure(vi.Text("xlsx.figPercent"), cell{value: float(percent), style: numLook("0.##")}, "")
	result := vi.Text("xlsx.notMet")
	if t.Met {
		result = vi.Text("xlsx.met")
	}
	c.figure(vi.Text("xlsx.figMet"), cell{
		value: result, style: midLook().strong(),
		formula: fmt.Sprintf(`IF(ROUND(%s*100-%s*%s,6)>=0,"%s","%s")`, recognised, goal, denominator, vi.Text("xlsx.met"), vi.Text("xlsx.notMet")),
	}, "")
	c.figure(vi.Text("xlsx.figNeeded"), cell{
		value: t.Needed, style: numLook("0"),
		formula: fmt.Sprintf("MAX(0,ROUNDUP(ROUND(%s*%s/100,6),0)-%s)", goal, denominator, recognised),
	}, "")
}

// recognisedCell counts in the ranking when that gives the target's figure; a
// target over other units than those ranked keeps its own figure.
func (c *cover) recognisedCell(t RankingTarget) cell {
	look := numLook("0")
	column, words := c.column(c.col.recognised), []string{vi.Text("xlsx.yes")}
	counted := c.count(func(u RankingRow) bool { return u.Recognised })
	if t.MinBand != "" {
		best := slices.IndexFunc(c.Bands, func(b RankingBand) bool { return b.Code == t.MinBand }) + 1
		column, words = c.column(c.col.band), nil
		for _, b := range c.Bands[:best] {
			words = append(words, b.Title)
		}
		counted = c.count(func(u RankingRow) bool {
			return slices.ContainsFunc(c.Bands[:best], func(b RankingBand) bool { return u.Recognised && u.Band == b.Code })
		})
	}
	if counted != t.Recognised || len(words) == 0 {
		return cell{value: t.Recognised, style: look}
	}
	var parts []string
	for _, w := range words {
		parts = append(parts, countIf(column, `"`+strings.ReplaceAll(w, `"`, `""`)+`"`, w))
	}
	return cell{value: t.Recognised, formula: strings.Join(parts, "+"), style: look}
}

func (c *cover) bandNote(t RankingTarget) string {
	if t.MinBand == "" {
		return ""
	}
	return vi.Text("xlsx.noteBand", c.bandTitle(t.MinBand))
}

// countIf counts the cells of a range that equal a text; expression is how the
// formula writes that text. Wildcards and texts too long for a criterion are
// compared cell by cell instead.
func countIf(column, expression, text string) string {
	if strings.ContainsAny(text, "*?~") || len([]rune(text)) > 250 {
		return "SUMPRODUCT(--(" + column + "=" + expression + "))"
	}
	return "COUNTIF(" + column + `,"="&` + expression + ")"
}

// bands writes how many units each band has.
func (c *cover) bands() {
	first := c.row
	for _, b := range c.Bands {
		n := c.count(func(u RankingRow) bool { return u.Recognised && u.Band == b.Code })
		c.figure(b.Title, cell{value: n, formula: countIf(c.column(c.col.band), at(c.row, coverText), b.Title), style: numLook("0")}, "")
	}
	rest := c.count(func(u RankingRow) bool { return !u.Recognised })
	c.figure(vi.Text("xlsx.figRest"), cell{
		value: rest, style: numLook("0"),
		formula: countIf(c.column(c.col.recognised), `"`+vi.Text("xlsx.no")+`"`, vi.Text("xlsx.no")),
	}, "")
	c.bandRows = [2]int{first, c.row - 1}
	look := midLook().strong()
	c.s.text(c.row, coverNo, "", look)
	c.words(vi.Text("xlsx.totalRow"), textLook().strong())
	c.s.set(c.row, coverFigure, cell{
		value: len(c.Rows), formula: "SUM(" + area(first, coverFigure, c.row-1, coverFigure, false) + ")", style: numLook("0").strong(),
	})
	c.s.text(c.row, coverNote, "", look)
	c.row++
}

// proof writes what lets a reader check the file against the system. The
// checksum has a line of its own: it is too long for a column.
func (c *cover) proof() {
	if !c.Made.IsZero() {
		c.figure(vi.Text("xlsx.figMade"), cell{style: midLook()}, "")
		c.s.line(c.row-1, coverFigure, coverNote, vi.DateTime(c.Made), midLook())
	}
	c.figure(vi.Text("xlsx.figRows"), cell{
		value: len(c.Rows), formula: "COUNTA(" + c.column(c.col.unit) + ")", style: numLook("0"),
	}, "")
	c.no++
	c.s.span(c.row, coverNo, c.row+1, coverNo, cell{value: c.no, style: numLook("0")})
	c.s.line(c.row, coverText, coverNote, vi.Text("xlsx.figChecksum"), textLook())
	c.s.line(c.row+1, coverText, coverNote, c.sum, style{size: sizeChecksum, align: "center", wrap: true, border: true})
	c.row += 2
}
