package site

import (
	"strconv"
	"strings"

	"thanthien/internal/docx"
	"thanthien/internal/vi"
)

// The parts that every document has, by the decree on records.

// letterhead is the head: the agency on the left, the motto on the right, the
// number and the date under them. Empty number and day leave room to write.
func (p *docPapers) letterhead(number, symbol, day string) docx.Block {
	small := func(text string, bold bool) docx.Paragraph {
		return docx.Paragraph{Runs: []docx.Run{{Text: text, Bold: bold, Size: docx.Small}}, Align: docx.Center}
	}
	rule := docx.Paragraph{Runs: []docx.Run{{Text: strings.Repeat("_", 9), Size: 7}}, Align: docx.Center, After: 4}
	left := []docx.Paragraph{}
	if p.settings.Parent != "" {
		left = append(left, small(strings.ToUpper(p.settings.Parent), false))
	}
	left = append(left, small(strings.ToUpper(p.settings.Agency), true), rule, small(numberText(number, symbol), false))
	motto := docx.Paragraph{Runs: []docx.Run{{Text: vi.Text("xlsx.motto"), Bold: true, Underline: true, Size: 13}}, Align: docx.Center, After: 8}
	place := docx.Paragraph{Runs: []docx.Run{{Text: p.placeText(day), Italic: true, Size: 13}}, Align: docx.Center}
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

func (p *docPapers) placeText(day string) string {
	d, err := parseDay(day)
	if err != nil {
		return vi.Text("xlsx.placeBlank", p.settings.Place)
	}
	return vi.Place(p.settings.Place, d)
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
