package xlsx

import (
	"math"
	"reflect"
	"strings"
	"time"

	"thanthien/internal/vi"
)

// Head is what the head and the end of an official document say. Every line may
// be empty; it comes from the province's settings and the person who prints.
// With the zero Head a sheet is no document: title and table alone.
type Head struct {
	Party      bool      // a Party document: no national motto
	Superior   string    // the agency above ("UBND TỈNH MINH HỌA")
	Agency     string    // the agency that issues ("SỞ NỘI VỤ")
	Number     string    // number and symbol ("12/BC-SNV"); empty or the symbol alone leaves room to write
	Place      string    // "Minh Họa"
	Date       time.Time // zero leaves room to write
	SignedFor  []string  // title lines above the name ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
	SignerName string
	Recipients []string // "Nơi nhận", one a line without dash
}

// The sizes of the decree on records, in points.
const (
	sizeHead   = 13.0
	sizeTitle  = 14.0
	sizeBody   = 13.0
	sizeTable  = 11.0
	sizeRule   = 6.0 // underscores that draw a rule
	sizeNation = 12.0
	headShare  = 0.40 // of the width belongs to the agency, the rest to the motto
	signLines  = 4    // rows left for the signature
)

func (h Head) none() bool { return reflect.DeepEqual(h, Head{}) }

// splitAt returns the last column of the left block: the one that comes nearest
// to the share of the width that the left block should have.
func (s *sheet) splitAt() int {
	n := len(s.widths)
	total, best, gap := s.points(1, n), 1, math.Inf(1)
	for i := 1; i < n; i++ {
		if d := math.Abs(s.points(1, i)/total - headShare); d < gap {
			best, gap = i, d
		}
	}
	return best
}

// writeHead writes the head from row 1 on and the title lines under it; it
// returns the next free row. A sheet has at least two columns.
func (s *sheet) writeHead(h Head, title string, subtitles ...string) int {
	row := 1
	if !h.none() {
		s.writeAgency(h)
		row = 6
	}
	n := len(s.widths)
	s.line(row, 1, n, strings.ToUpper(title), style{size: sizeTitle, align: "center", bold: true})
	first := row + 1
	row = first
	for _, text := range subtitles {
		if text != "" {
			s.line(row, 1, n, text, style{size: sizeHead, align: "center", bold: row == first, italic: row > first})
			row++
		}
	}
	s.grow(row, 8)
	return row + 1
}

// writeAgency writes the two blocks of the head on rows 1 to 5.
func (s *sheet) writeAgency(h Head) {
	split, n := s.splitAt(), len(s.widths)
	left := func(row int, text string, look style) { s.line(row, 1, split, text, look) }
	right := func(row int, text string, look style) { s.line(row, split+1, n, text, look) }
	plain := style{size: sizeHead, align: "center"}
	bold := style{size: sizeHead, align: "center", bold: true}
	nation := style{size: sizeNation, align: "center", bold: true}

	left(1, strings.ToUpper(h.Superior), style{size: sizeNation, align: "center"})
	left(2, strings.ToUpper(h.Agency), nation)
	motto := vi.Text("xlsx.motto")
	if h.Party {
		motto = vi.Text("xlsx.party")
		right(1, motto, style{size: sizeHead + 1, align: "center", bold: true})
		left(3, "*", bold)
		s.rule(2, split+1, n, textWidth(motto, style{size: sizeHead + 1, bold: true}))
	} else {
		right(1, vi.Text("xlsx.nation"), nation)
		right(2, motto, bold)
		s.rule(3, 1, split, min(textWidth(strings.ToUpper(h.Agency), nation), s.points(1, split))*0.4)
		s.rule(3, split+1, n, textWidth(motto, bold))
	}
	left(4, numberLine(h), plain)
	right(4, placeLine(h), style{size: sizeHead, align: "center", italic: true})
	s.grow(5, 10)
}

// rule draws a line of a length in points, centred in a range of columns.
func (s *sheet) rule(row, col, lastCol int, length float64) {
	count := int(math.Round(length / (sizeRule / 2)))
	look := style{size: sizeRule, align: "center", top: true}
	s.span(row, col, row, lastCol, cell{value: strings.Repeat("_", count), style: look})
	s.grow(row, sizeRule+3)
}

func numberLine(h Head) string {
	switch {
	case strings.HasPrefix(h.Number, "/") || strings.HasPrefix(h.Number, "-"):
		return vi.Text("xlsx.numberRoom", h.Number)
	case h.Number != "":
		return vi.Text("xlsx.numberOf", h.Number)
	case h.Party:
		return vi.Text("xlsx.numberParty")
	}
	return vi.Text("xlsx.numberBlank")
}

func placeLine(h Head) string {
	if h.Date.IsZero() {
		return vi.Text("xlsx.placeBlank", h.Place)
	}
	return vi.Place(h.Place, h.Date)
}

// writeEnd writes the recipients on the left and the signature on the right,
// one free row below the given row; it returns the last row used.
func (s *sheet) writeEnd(h Head, row int) int {
	if h.none() {
		return row
	}
	split, n := s.splitAt(), len(s.widths)
	first := row + 2
	s.grow(row+1, 10)
	s.line(first, 1, split, vi.Text("xlsx.recipients"), style{size: 12, bold: true, italic: true})
	for i, text := range h.Recipients {
		mark := ";"
		if i == len(h.Recipients)-1 {
			mark = "."
		}
		s.line(first+1+i, 1, split, "- "+strings.TrimRight(text, ".; ")+mark, style{size: sizeTable})
	}
	bold := style{size: sizeHead, bold: true, align: "center"}
	at := first
	for _, title := range h.SignedFor {
		s.line(at, split+1, n, strings.ToUpper(title), bold)
		at++
	}
	for range signLines {
		s.grow(at, sizeHead*leading+2)
		at++
	}
	s.line(at, split+1, n, h.SignerName, bold)
	return max(at, first+len(h.Recipients))
}
