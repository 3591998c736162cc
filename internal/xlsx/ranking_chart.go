package xlsx

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/vi"
)

// A chart of totals holds so many units that it fills one page; more units take
// more charts.
const (
	unitsPerChart = 40
	chartWidth    = 612 // pixels, the printable width of a page upright
	chartRowHigh  = 20  // pixels a unit
	chartFrame    = 90  // pixels for title and axis
	rowPixels     = 20  // of a row without a set height
	chartRows     = 46  // rows of the sheet that one chart takes
)

// bandColour and totalColour print well in black and white.
const (
	bandColour  = "1F4E79"
	totalColour = "2E75B6"
)

// chart puts the columns of how many units each band has under the figures.
func (c *cover) chart(rows [2]int, at0 int) {
	chart := barChart(excelize.Col, vi.Text("xlsx.chartBands"), bandColour,
		c.s.ref(area(rows[0], coverText, rows[1], coverText, true)), c.s.ref(area(rows[0], coverFigure, rows[1], coverFigure, true)))
	chart.Dimension = excelize.ChartDimension{Width: chartWidth - 20, Height: 260}
	c.s.breaks = append(c.s.breaks, at0)
	s := c.s
	s.before = append(s.before, func() error { return s.book.file.AddChart(s.name, at(at0, 1), chart) })
}

// writeCharts draws every unit's total, best first.
func (r *ranking) writeCharts() {
	s := r.book.sheet(vi.Text("xlsx.sheetChart"), 8, 8, 8, 8, 8, 8, 8, 8, 8, 8)
	s.continued = true
	s.line(1, 1, 10, vi.Text("xlsx.chartTitle"), style{size: sizeTitle, bold: true, align: "center"})
	s.line(2, 1, 10, r.Period, style{size: sizeHead, bold: true, align: "center"})
	for from := 0; from < len(r.Rows); from += unitsPerChart {
		to := min(from+unitsPerChart, len(r.Rows))
		first, last := r.first+from, r.first+to-1
		c, row := r.col, 4+from/unitsPerChart*chartRows
		chart := barChart(excelize.Bar, fmt.Sprintf("%s %d–%d", vi.Text("xlsx.chartUnits"), from+1, to), totalColour,
			r.table.ref(area(first, c.unit, last, c.unit, true)), r.table.ref(area(first, c.total, last, c.total, true)))
		chart.XAxis.ReverseOrder = true
		chart.YAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "0"}
		chart.Dimension = excelize.ChartDimension{Width: chartWidth, Height: uint((to-from)*chartRowHigh + chartFrame)}
		s.before = append(s.before, func() error { return s.book.file.AddChart(s.name, at(row, 1), chart) })
		if from > 0 {
			s.breaks = append(s.breaks, row)
		}
	}
}

func barChart(kind excelize.ChartType, title, colour, names, values string) *excelize.Chart {
	text := func(size float64, bold bool) excelize.Font {
		return excelize.Font{Family: font, Size: size, Bold: bold, Color: "000000"}
	}
	gap := uint(40)
	return &excelize.Chart{
		Type: kind,
		Series: []excelize.ChartSeries{{
			Name: title, Categories: names, Values: values,
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
		}},
		Title:    excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Family: font, Size: 12, Bold: true, Color: "000000"}}}},
		Legend:   excelize.ChartLegend{Position: "none"},
		PlotArea: excelize.ChartPlotArea{ShowVal: true},
		XAxis:    excelize.ChartAxis{Font: text(10, false)},
		YAxis:    excelize.ChartAxis{Font: text(10, false), MajorGridLines: true},
		GapWidth: &gap,
	}
}
