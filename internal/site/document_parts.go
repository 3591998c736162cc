package site

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/docx"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// The parts that every document has, by the decree on records.

// letterhead is the head: the agency on the left, the motto on the right, the
// number and the date under them. Empty number and day leave room to write.
func letterhead(settings *store.Settings, number, symbol, day string) docx.Block {
	small := func(text string, bold bool) docx.Paragraph {
		return docx.Paragraph{Runs: []docx.Run{{Text: text, Bold: bold, Size: docx.Small}}, Align: docx.Center}
	}
	rule := docx.Paragraph{Runs: []docx.Run{{Text: strings.Repeat("_", 9), Size: 7}}, Align: docx.Center, After: 4}
	left := []docx.Paragraph{}
	if settings.Parent != "" {
		left = append(left, small(strings.ToUpper(settings.Parent), false))
	}
	left = append(left, small(strings.ToUpper(settings.Agency), true), rule, small(numberText(number, symbol), false))
	motto := docx.Paragraph{Runs: []docx.Run{{Text: vi.Text("xlsx.motto"), Bold: true, Underline: true, Size: 13}}, Align: docx.Center, After: 8}
	place := docx.Paragraph{Runs: []docx.Run{{Text: placeText(settings.Place, day), Italic: true, Size: 13}}, Align: docx.Center}
	right := []docx.Paragraph{small(vi.Text("xlsx.nation"), true), motto, place}
	return docx.T(docx.Table{Shares: []int{39, 61}, Rows: []docx.Row{{Cells: []docx.Cell{{Paragraphs: left}, {Paragraphs: right}}}}})
}

func numberText(number, symbol string) string {
	switch {
	case number != "":
		return vi.Text("xlsx.numberOf", number)
	case symbol != "":
		return vi.Text("xlsx.numberRoom", symbol)
	}
	return vi.Text("xlsx.numberBlank")
}

func placeText(place, day string) string {
	d, err := parseDay(day)
	if err != nil {
		return vi.Text("xlsx.placeBlank", place)
	}
	return vi.Place(place, d)
}

// issuer is who issues a decision.
type issuer struct {
	settings  store.Settings // with the head and the titles of the issuer
	authority string         // the line over the grounds
	request   string         // the last of the grounds, "" for none
	name      string         // who signs, "" while nobody is known
}

// issuer is the people's committee above the agency for a number of its own,
// the agency itself for any other.
func (p *docPapers) issuer() issuer {
	committee := func(s string) bool {
		return strings.Contains(vi.Fold(s), "ubnd") || strings.Contains(vi.Fold(s), "uy ban nhan dan")
	}
	by := issuer{settings: p.settings, name: p.settings.Signer}
	if committee(p.settings.Parent) && committee(cmp.Or(p.number, vi.Text("document.symbol"))) {
		by.name, by.settings.Agency, by.settings.Parent = "", p.settings.Parent, ""
		by.settings.SignTitle = []string{vi.Text("document.president")}
		by.authority = vi.Text("document.president") + " " + strings.ReplaceAll(strings.ToUpper(p.settings.Parent), "UBND", vi.Text("document.committee"))
		by.request = vi.Text("document.request", cmp.Or(p.settings.Agency, vi.Text("document.dots")), vi.Text("document.dots"))
		return by
	}
	by.authority = p.settings.Agency
	if titles := p.settings.SignTitle; len(titles) > 0 {
		first, rest, _ := strings.Cut(titles[0], ".")
		switch vi.Fold(first) {
		case "tm": // in the name of a whole committee
			by.authority = strings.TrimSpace(rest)
		case "kt", "q", "tl", "tuq":
			by.authority = strings.TrimSpace(rest) + " " + p.settings.Agency
		default:
			by.authority = titles[0] + " " + p.settings.Agency
		}
	}
	return by
}

// docBases are the grounds of a decision: in italics, the last one with a full
// stop.
func docBases(texts ...string) []docx.Block {
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
	blocks := make([]docx.Block, len(texts))
	for i, text := range texts {
		end := ";"
		if i == len(texts)-1 {
			end = "."
		}
		blocks[i] = docx.P(docx.Paragraph{Runs: []docx.Run{{Text: text + end, Italic: true}}, Align: docx.Justify, Indent: true, Before: 3, After: 3})
	}
	return blocks
}

// docHeading is the kind of the document in capitals and what it is about.
func docHeading(kind, about string) []docx.Block {
	return []docx.Block{
		docx.P(docx.Paragraph{Runs: []docx.Run{{Text: strings.ToUpper(kind), Bold: true}}, Align: docx.Center, Before: 18}),
		docx.P(docx.Paragraph{Runs: []docx.Run{{Text: about, Bold: true}}, Align: docx.Center}),
		docx.P(docx.Paragraph{Runs: []docx.Run{{Text: strings.Repeat("_", 14), Size: 7}}, Align: docx.Center, After: 10}),
	}
}

// docProse is an indented paragraph of the text.
func docProse(text string) docx.Block {
	return docx.P(docx.Paragraph{Runs: []docx.Run{{Text: text}}, Align: docx.Justify, Indent: true, Before: 3, After: 3})
}

// docLed is prose that begins in bold.
func docLed(lead, text string) docx.Block {
	return docx.P(docx.Paragraph{Runs: []docx.Run{{Text: lead, Bold: true}, {Text: " " + text}}, Align: docx.Justify, Indent: true, Before: 3, After: 3})
}

// docPart is the title of a part.
func docPart(n int, title string) docx.Block {
	return docx.P(docx.Paragraph{Runs: []docx.Run{{Text: vi.Roman(n) + ". " + strings.ToUpper(title), Bold: true}}, Indent: true, Before: 6, After: 3, KeepNext: true})
}

// docGrid is a table with a head; columns marked in centred stand in the middle.
func docGrid(shares []int, heads []string, centred []bool, rows [][]string) docx.Block {
	t := docx.Table{Shares: shares, Borders: true}
	head := docx.Row{Head: true}
	for _, h := range heads {
		head.Cells = append(head.Cells, docx.Cell{Paragraphs: []docx.Paragraph{{Runs: []docx.Run{{Text: h, Bold: true}}, Align: docx.Center, Before: 2, After: 2}}})
	}
	t.Rows = append(t.Rows, head)
	for _, r := range rows {
		var row docx.Row
		for i, text := range r {
			align := docx.Left
			if centred[i] {
				align = docx.Center
			}
			row.Cells = append(row.Cells, docx.Cell{Paragraphs: []docx.Paragraph{{Runs: []docx.Run{{Text: text}}, Align: align, Before: 1, After: 1}}})
		}
		t.Rows = append(t.Rows, row)
	}
	return docx.T(t)
}

// signature is the end: the recipients on the left, who signs on the right.
func (p *docPapers) signature(titles []string, name string) docx.Block {
	left := []docx.Paragraph{{Runs: []docx.Run{{Text: vi.Text("xlsx.recipients"), Bold: true, Italic: true}}}}
	for i, to := range p.settings.Recipients {
		mark := ";"
		if i == len(p.settings.Recipients)-1 {
			mark = "."
		}
		left = append(left, docx.Paragraph{Runs: []docx.Run{{Text: "- " + strings.TrimRight(to, ".; ") + mark, Size: docx.Notes}}})
	}
	return docEnding(left, docSigned(titles, name))
}

// docEnding is two blocks beside each other.
func docEnding(left, right []docx.Paragraph) docx.Block {
	return docx.T(docx.Table{Shares: []int{48, 52}, Rows: []docx.Row{{Cells: []docx.Cell{{Paragraphs: left}, {Paragraphs: right}}}}})
}

// signRoom is the room left for a signature, in points.
const signRoom = 60

func docSigned(titles []string, name string) []docx.Paragraph {
	var list []docx.Paragraph
	for _, t := range titles {
		list = append(list, docx.Paragraph{Runs: []docx.Run{{Text: strings.ToUpper(t), Bold: true, Size: 13}}, Align: docx.Center})
	}
	return append(list, docx.Paragraph{Runs: []docx.Run{{Text: name, Bold: true, Size: docx.Body}}, Align: docx.Center, Before: signRoom})
}

func docCount(n int) string { return strconv.Itoa(n) }
