package site

import (
	"strconv"

	"thanthien/internal/chart"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// statTable is one view of the statistics, before it becomes a page, a chart
// or a workbook: all three show exactly this.
type statTable struct {
	title   string
	notes   []string
	columns []statColumn
	rows    []statRow
}

type statColumn struct {
	label  string
	number bool
}

// statRow is a line of a table and its bar.
type statRow struct {
	cells []statCell
	bar   chart.Row
	bare  bool // has no bar
}

// statCell shows a text; value is what a workbook holds: a string, an int64, or
// a float64 with two decimals.
type statCell struct {
	view.StatCell
	value any
}

func textCell(s string) statCell { return statCell{view.StatCell{Text: s}, s} }

func linkCell(s, url string) statCell { return statCell{view.StatCell{Text: s, URL: url}, s} }

func countCell(n int64) statCell {
	c := statCell{view.StatCell{Text: countText(n), Number: true}, n}
	if n == survey.Hidden {
		c.value = c.Text
	}
	return c
}

func indexCell(index *string) statCell {
	c := statCell{view.StatCell{Text: indexText(index), Number: true}, ""}
	if f, ok := number(index); ok {
		c.value = f
	}
	return c
}

func number(s *string) (float64, bool) {
	if s == nil {
		return 0, false
	}
	f, err := strconv.ParseFloat(*s, 64)
	return f, err == nil
}

func statText(r statRow) string {
	if len(r.cells) == 0 {
		return ""
	}
	return r.cells[0].Text
}

func (r statRow) shown() []view.StatCell {
	cells := make([]view.StatCell, len(r.cells))
	for i, c := range r.cells {
		cells[i] = c.StatCell
	}
	return cells
}

// listColumns lets a table be sorted by every column; unless asked for, the
// rows stay in the order they come in.
func (t *statTable) listColumns(asked string) []listColumn[statRow] {
	var columns []listColumn[statRow]
	for i, col := range t.columns {
		compare := func(a, b statRow) int { return compareCells(a.cells[i], b.cells[i]) }
		if i == 0 {
			compare = byText(func(r statRow) string { return r.cells[0].Text })
			if asked == "" {
				compare = func(statRow, statRow) int { return 0 }
			}
		}
		columns = append(columns, listColumn[statRow]{key: "c" + strconv.Itoa(i), label: col.label, number: col.number, compare: compare})
	}
	return columns
}

// compareCells orders what is no number before the numbers.
func compareCells(a, b statCell) int {
	x, okX := cellNumber(a)
	y, okY := cellNumber(b)
	switch {
	case okX != okY:
		return boolInt(okX) - boolInt(okY)
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func cellNumber(c statCell) (float64, bool) {
	switch v := c.value.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// bars is the chart of the table.
func (t *statTable) bars() chart.Bars {
	b := chart.Bars{}
	for _, r := range t.rows {
		if !r.bare {
			b.Rows = append(b.Rows, r.bar)
		}
	}
	return b
}

// indexBar is the bar of an index with its interval.
func indexBar(label string, r *survey.UnitReport, short string) chart.Row {
	row := chart.Row{Label: label, Text: short}
	v, ok := number(r.Index)
	if !ok {
		if row.Text == "" {
			row.Text = vi.Text("stats.noFigure")
		}
		return row
	}
	row.Value, row.Shown = v, true
	low, okLow := number(r.Low)
	high, okHigh := number(r.High)
	if okLow && okHigh {
		row.Low, row.High = low, high
	}
	row.Text = indexText(r.Index)
	if short != "" {
		row.Text += " *"
	}
	return row
}

// shareCell is a share of a total, in percent with one decimal; hidden and
// missing ones are words.
func shareCell(n, total int64) (statCell, float64, bool) {
	if n == survey.Hidden || total <= 0 {
		return textNumber("–"), 0, false
	}
	printed := rubric.Frac(100*min(n, total), total).Decimal(1)
	f, _ := strconv.ParseFloat(printed, 64)
	return statCell{view.StatCell{Text: vi.Decimal(printed) + " %", Number: true}, f}, f, true
}

func textNumber(s string) statCell { return statCell{view.StatCell{Text: s, Number: true}, ""} }
