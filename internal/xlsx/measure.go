package xlsx

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How a spreadsheet turns a column width into pixels with the default font at
// 11 points: seven pixels a digit and five of padding.
const (
	digitPixels = 7
	cellPixels  = 5
	screenDPI   = 96
	cellPadding = 5.0 // points lost left and right of a text
	leading     = 1.2 // line height to font size
	widthSlack  = 6.0 // points by which a column made for a text is wider than estimated
)

// advances are the widths of Times New Roman's printable ASCII characters from
// the space on, in thousandths of the font size.
var advances = [...]int{
	250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444,
	921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500,
	333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
}

// textWidth estimates the width of one line in points. Accents take no room;
// bold letters are about 7 % wider.
func textWidth(text string, look style) float64 {
	total := 0
	for _, r := range norm.NFD.String(text) {
		switch i := int(r) - ' '; {
		case unicode.Is(unicode.Mn, r):
		case i >= 0 && i < len(advances):
			total += advances[i]
		case r == 'Đ':
			total += 722
		default:
			total += 500
		}
	}
	width := float64(total) / 1000 * look.points()
	if look.bold {
		width *= 1.07
	}
	return width
}

// textLines counts the lines of a wrapped text in a width given in points.
func textLines(text string, look style, width float64) int {
	width -= cellPadding + float64(look.indent)*9
	count := 0
	space := textWidth(" ", look)
	for _, line := range strings.Split(text, "\n") {
		count++
		used := 0.0
		for _, word := range strings.Fields(line) {
			w := textWidth(word, look)
			if used > 0 && used+space+w > width {
				count++
				used = 0
			}
			if used > 0 {
				used += space
			}
			used += w
			for ; used > width && width > 0; used -= width { // a word longer than the line
				count++
			}
		}
	}
	return count
}

// textHeight is the height in points of a row that shows the text.
func textHeight(text string, look style, width float64) float64 {
	lines := 1
	if look.wrap {
		lines = textLines(text, look, width)
	}
	return float64(lines)*look.points()*leading + 4
}

// columnWidth is the smallest width in characters, from least to most, at which
// every text takes at most so many lines and half of them take one line. Most
// wins over longer texts.
func columnWidth(texts []string, look style, lines int, least, most float64) float64 {
	lengths := make([]float64, len(texts))
	for i, text := range texts {
		lengths[i] = textWidth(text, look) + cellPadding + widthSlack
	}
	width := least
	if len(lengths) > 0 {
		slices.Sort(lengths)
		half := (lengths[(len(lengths)-1)/2]*screenDPI/pointsPerInch - cellPixels) / digitPixels
		width = max(width, math.Ceil(half*2)/2)
	}
	return wrapWidth(texts, look, lines, min(width, most), most)
}

// wrapWidth is the smallest width from least to most, in halves, at which every
// text takes at most so many lines.
func wrapWidth(texts []string, look style, lines int, least, most float64) float64 {
	width, seen := least, map[string]bool{}
	for _, text := range texts {
		for !seen[text] && width < most && textLines(text, look, columnPoints(width)-widthSlack) > lines {
			width += 0.5
		}
		seen[text] = true
	}
	return width
}

// columnPoints is the width on paper of a column that is so many characters wide.
func columnPoints(width float64) float64 {
	return (width*digitPixels + cellPixels) * pointsPerInch / screenDPI
}
