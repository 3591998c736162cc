// Package chart draws the charts of pages as SVG on the server: horizontal bars
// with their values and intervals. A drawing has no style of its own that a
// content policy could refuse, and no font: the reader's is used.
package chart

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/go-analyze/charts"
)

// Limits and measures of a drawing, in pixels.
const (
	MaxRows   = 1000 // bars of one chart; the rest is cut
	Narrow    = 340  // width for a phone
	Wide      = 900  // width for a desk
	rowHeight = 30
	rowTall   = 50 // on a phone the name stands above its bar
	barHeight = 14
	margin    = 8
	axisRoom  = 26
	labelWide = 260 // of a Wide drawing belongs to the names
	valueWide = 150
	whisker   = 5   // half the height of the end of an interval
	letter    = 8.2 // width of a letter of the names, a generous guess
)

// The colours; bars never differ by colour alone.
var (
	ink    = charts.ColorFromHex("#16232b")
	quiet  = charts.ColorFromHex("#4a5b66")
	line   = charts.ColorFromHex("#d9dfe2")
	bar    = charts.ColorFromHex("#4c9aa4")
	absent = charts.ColorFromHex("#7d8b93")
)

// Row is one bar. With Shown false there is no bar, Text says why.
type Row struct {
	Label     string
	Value     float64 // 0..Max
	Low, High float64 // the interval; both 0: none
	Text      string  // what stands behind the bar
	Shown     bool
}

// Bars is a chart of horizontal bars from 0 to Max (0: 100).
type Bars struct {
	Rows  []Row
	Max   float64
	Width int // Narrow or Wide; 0: Wide
}

// Size is the width and height of the drawing.
func (b Bars) Size() (width, height int) {
	step := rowHeight
	if width = b.Width; width == 0 {
		width = Wide
	}
	if width < Wide {
		step = rowTall
	}
	return width, min(len(b.Rows), MaxRows)*step + axisRoom + margin
}

// SVG draws the chart.
func (b Bars) SVG() ([]byte, error) {
	if b.Max <= 0 {
		b.Max = 100
	}
	if b.Width == 0 {
		b.Width = Wide
	}
	if len(b.Rows) > MaxRows {
		b.Rows = b.Rows[:MaxRows]
	}
	d := drawing{Bars: b, step: rowHeight, left: labelWide, right: b.Width - valueWide}
	if b.Width < Wide {
		d.step, d.left, d.right = rowTall, margin, b.Width-margin
	}
	_, d.height = b.Size()
	d.p = charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: b.Width, Height: d.height})
	d.axis()
	for i, r := range b.Rows {
		d.row(margin+i*d.step, r)
	}
	data, err := d.p.Bytes()
	if err != nil {
		return nil, fmt.Errorf("chart: %w", err)
	}
	return plain(data), nil
}

type drawing struct {
	Bars
	p                         *charts.Painter
	step, left, right, height int
}

// x is where a value stands.
func (d *drawing) x(v float64) int {
	v = min(max(v, 0), d.Max)
	return d.left + int(v/d.Max*float64(d.right-d.left)+0.5)
}

// axis draws the lines of every quarter and their values.
func (d *drawing) axis() {
	bottom := d.height - axisRoom
	for i := range 5 {
		v := d.Max * float64(i) / 4
		d.p.LineStroke([]charts.Point{{X: d.x(v), Y: margin / 2}, {X: d.x(v), Y: bottom}}, line, 1)
		text := strings.Replace(fmt.Sprintf("%.4g", v), ".", ",", 1)
		d.text(text, min(max(d.x(v)-len(text)*4, 0), d.Width-len(text)*9), bottom+16, quiet)
	}
}

// row draws one bar whose space begins at y.
func (d *drawing) row(y int, r Row) {
	middle := y + d.step/2
	text := middle + 5
	valueAt := d.right + margin
	if d.Width < Wide {
		middle, text = y+d.step-barHeight, y+16
		d.text(clip(r.Label, d.Width-2*margin-width(r.Text)-margin), d.left, text, ink)
		valueAt = d.Width - margin - width(r.Text)
	} else {
		d.text(clip(r.Label, labelWide-2*margin), margin, text, ink)
	}
	colour := ink
	if !r.Shown {
		colour = absent
		d.p.DashedLineStroke([]charts.Point{{X: d.left, Y: middle}, {X: d.right, Y: middle}}, line, 2, []float64{4, 4})
	} else {
		d.p.FilledRect(d.left, middle-barHeight/2, max(d.x(r.Value), d.left+1), middle+barHeight/2, bar, bar, 0)
	}
	if r.Shown && (r.Low != 0 || r.High != 0) {
		d.interval(middle, r)
	}
	if colour == absent {
		colour = quiet
	}
	d.text(r.Text, valueAt, text, colour)
}

// interval draws a line from Low to High with an end on either side.
func (d *drawing) interval(y int, r Row) {
	low, high := d.x(r.Low), d.x(r.High)
	for _, l := range [][]charts.Point{{{X: low, Y: y}, {X: high, Y: y}}, {{X: low, Y: y - whisker}, {X: low, Y: y + whisker}}, {{X: high, Y: y - whisker}, {X: high, Y: y + whisker}}} {
		d.p.LineStroke(l, ink, 2)
	}
}

// text writes a line; the library does not escape it.
func (d *drawing) text(s string, x, y int, colour charts.Color) {
	d.p.Text(html.EscapeString(s), x, y, 0, charts.FontStyle{FontSize: fontSize, FontColor: colour})
}

// fontSize is in points at the library's 92 dots per inch: 14 pixels.
const fontSize = 11

func width(s string) int { return int(float64(len([]rune(s))) * letter) }

// clip shortens a text to a width in pixels.
func clip(s string, pixels int) string {
	runes := []rune(s)
	if most := int(float64(pixels) / letter); len(runes) > most && most > 1 {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return s
}

var (
	inline = regexp.MustCompile(`style="([^"]*)"`)
	family = regexp.MustCompile(`^font-family:.*$`)
)

// plain turns inline styles into attributes, which no content policy refuses,
// and the embedded font into the reader's own.
func plain(svg []byte) []byte {
	return inline.ReplaceAllFunc(svg, func(m []byte) []byte {
		var b strings.Builder
		for rule := range strings.SplitSeq(string(m[len(`style="`):len(m)-1]), ";") {
			if family.MatchString(rule) {
				rule = "font-family:system-ui, Roboto, Noto Sans, sans-serif"
			}
			if name, value, ok := strings.Cut(rule, ":"); ok {
				fmt.Fprintf(&b, `%s="%s" `, strings.TrimSpace(name), strings.TrimSpace(value))
			}
		}
		return []byte(strings.TrimSpace(b.String()))
	})
}
