package xlsx

import (
	"fmt"
	"math"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/vi"
)

// A chart of totals holds so many units that it fills one page; more units take
// more charts.
const (
	unitsPerChart = 40
	chartWidth    = 600 // pixels; a page upright is 623 wide between the margins
	chartRowHigh  = 20  // pixels a unit
	chartFrame    = 90  // pixels for title and axis
	chartRows     = 46  // rows of the sheet, of 20 pixels, that one chart takes
	chartBandHigh = 320 // pixels
	chartBandRows = 18  // rows of the sheet that the chart of bands takes
)

// bandColour and totalColour print well in black and white.
const (
	bandColour  = "1F4E79"
	totalColour = "2E75B6"
)

// writeCharts draws how many units each band has and every unit's total, best
// first.
func (r *ranking) writeCharts(cover *sheet) {
	s := r.book.sheet(vi.Text("xlsx.sheetChart"), 8, 8, 8, 8, 8, 8, 8, 8, 8, 8)
	s.continued = true
	s.line(1, 1, 10, vi.Text("xlsx.chartTitle"), style{size: sizeTitle, bold: true, align: "center"})
	s.line(2, 1, 10, r.Period, style{size: sizeHead, bold: true, align: "center"})
	bands := barChart(excelize.Col, vi.Text("xlsx.chartBands"), bandColour,
		cover.ref(area(r.bandRows[0], coverText, r.bandRows[1], coverText, true)), cover.ref(area(r.bandRows[0], coverFigure, r.bandRows[1], coverFigure, true)))
	s.chart(4, bands, chartBandHigh)
	for from := 0; from < len(r.Rows); from += unitsPerChart {
		to := min(from+unitsPerChart, len(r.Rows))
		row := 4 + chartBandRows + from/unitsPerChart*chartRows
		s.chart(row, r.unitChart(from, to), (to-from)*chartRowHigh+chartFrame)
		s.breaks = append(s.breaks, row)
	}
}

// unitChart draws the totals of the units from..to-1.
func (r *ranking) unitChart(from, to int) *excelize.Chart {
	c, first, last := r.col, r.first+from, r.first+to-1
	chart := barChart(excelize.Bar, fmt.Sprintf("%s %d–%d", vi.Text("xlsx.chartUnits"), from+1, to), totalColour,
		r.table.ref(area(first, c.unit, last, c.unit, true)), r.table.ref(area(first, c.total, last, c.total, true)))
	zero, most := 0.0, 0.0
	for _, x := range r.exact {
		most = max(most, math.Ceil(float(x.total)/10)*10)
	}
	chart.XAxis.ReverseOrder, chart.YAxis.Minimum = true, &zero
	if most > 0 { // one scale for all charts
		chart.YAxis.Maximum = &most
	}
	chart.YAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "0"}
	return chart
}

// chart puts a chart of a height in pixels at the left of a row.
func (s *sheet) chart(row int, chart *excelize.Chart, high int) {
	chart.Dimension = excelize.ChartDimension{Width: chartWidth, Height: uint(high)}
	chart.Format = excelize.GraphicOptions{Positioning: "oneCell"}
	s.before = append(s.before, func() error { return s.book.file.AddChart(s.name, at(row, 1), chart) })
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
