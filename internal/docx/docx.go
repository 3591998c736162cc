// Package docx writes official documents as Office Open XML text files (.docx)
// in the layout of the decree on records (NĐ 30/2020): A4 upright, margins of
// 20, 20, 30 and 15 mm, Times New Roman, the page number centred on top from
// the second page on. It writes what such documents need and no more:
// paragraphs, runs of text and tables whose heads repeat on every page.
package docx

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"
)

// Sizes of text, in points.
const (
	Body  = 14.0
	Small = 12.0 // tables and the head of a document
	Notes = 11.0 // recipients
)

// The page, in twentieths of a point: A4 and its margins.
const (
	pageWidth, pageHeight = 11906, 16838
	top, bottom           = 1134, 1134 // 20 mm
	left, right           = 1701, 850  // 30 and 15 mm
	textWidth             = pageWidth - left - right
	firstLine             = 720 // of an indented paragraph, 12.7 mm
)

// Align is how a paragraph stands between the margins.
type Align string

// The alignments; the zero one is Left.
const (
	Left    Align = ""
	Center  Align = "center"
	Right   Align = "right"
	Justify Align = "both"
)

// Run is a piece of text in one look. Line feeds in it break the line.
type Run struct {
	Text                    string
	Bold, Italic, Underline bool
	Size                    float64 // points; 0 is the paragraph's place: Body, in tables Small
}

// Paragraph is a run of runs.
type Paragraph struct {
	Runs     []Run
	Align    Align
	Indent   bool    // of the first line
	Before   float64 // room above, in points
	After    float64 // room below, in points
	KeepNext bool    // stays on the page of what follows
}

// Cell is one cell of a table. Span is over how many columns it goes; 0 is one.
type Cell struct {
	Paragraphs []Paragraph
	Span       int
}

// Row is one row of a table.
type Row struct {
	Cells []Cell
	Head  bool // is repeated on every page
}

// Table is a table over the whole width. Shares are the columns' parts of it.
type Table struct {
	Shares  []int
	Rows    []Row
	Borders bool
}

// Block is a paragraph, a table or a page break; one of them.
type Block struct {
	Paragraph *Paragraph
	Table     *Table
	Break     bool
}

// Document is a whole text.
type Document struct {
	Title  string
	Made   time.Time
	Blocks []Block
}

// Text is a paragraph of one plain run.
func Text(s string, align Align) Paragraph {
	return Paragraph{Runs: []Run{{Text: s}}, Align: align}
}

// P is a block of a paragraph.
func P(p Paragraph) Block { return Block{Paragraph: &p} }

// T is a block of a table.
func T(t Table) Block { return Block{Table: &t} }

// Write writes the document. Errors are those of w.
func (d *Document) Write(w io.Writer) error {
	z := zip.NewWriter(w)
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRels}, {"docProps/core.xml", d.core()},
		{"word/_rels/document.xml.rels", documentRels}, {"word/styles.xml", styles}, {"word/header1.xml", header}, {"word/document.xml", d.body()},
	}
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: d.Made})
		if err == nil {
			_, err = io.WriteString(f, p.text)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

func (d *Document) core() string {
	made := d.Made.UTC().Format(time.RFC3339)
	return declaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` +
		escape(d.Title) + `</dc:title><dc:creator>thanthien</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">` + made + `</dcterms:created></cp:coreProperties>`
}

func (d *Document) body() string {
	var b strings.Builder
	b.WriteString(declaration + `<w:document ` + names + `><w:body>`)
	for i, x := range d.Blocks {
		switch {
		case x.Paragraph != nil:
			writeParagraph(&b, x.Paragraph, Body)
		case x.Table != nil:
			writeTable(&b, x.Table)
			if i+1 == len(d.Blocks) || d.Blocks[i+1].Table != nil {
				b.WriteString(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>`) // a table never touches another or the end
			}
		case x.Break:
			b.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
		}
	}
	b.WriteString(section + `</w:body></w:document>`)
	return b.String()
}

func writeParagraph(b *strings.Builder, p *Paragraph, size float64) {
	b.WriteString(`<w:p><w:pPr>`)
	if p.KeepNext {
		b.WriteString(`<w:keepNext/>`)
	}
	b.WriteString(`<w:spacing w:before="` + twips(p.Before) + `" w:after="` + twips(p.After) + `"/>`)
	if p.Indent {
		b.WriteString(`<w:ind w:firstLine="` + strconv.Itoa(firstLine) + `"/>`)
	}
	if p.Align != Left {
		b.WriteString(`<w:jc w:val="` + string(p.Align) + `"/>`)
	}
	b.WriteString(`</w:pPr>`)
	for _, r := range p.Runs {
		writeRun(b, r, size)
	}
	b.WriteString(`</w:p>`)
}

func writeRun(b *strings.Builder, r Run, size float64) {
	if r.Size > 0 {
		size = r.Size
	}
	half := strconv.Itoa(int(size * 2))
	b.WriteString(`<w:r><w:rPr>`)
	if r.Bold {
		b.WriteString(`<w:b/>`)
	}
	if r.Italic {
		b.WriteString(`<w:i/>`)
	}
	b.WriteString(`<w:sz w:val="` + half + `"/><w:szCs w:val="` + half + `"/>`)
	if r.Underline {
		b.WriteString(`<w:u w:val="single"/>`)
	}
	b.WriteString(`</w:rPr>`)
	for i, line := range strings.Split(r.Text, "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		b.WriteString(`<w:t xml:space="preserve">` + escape(line) + `</w:t>`)
	}
	b.WriteString(`</w:r>`)
}

func writeTable(b *strings.Builder, t *Table) {
	widths := t.widths()
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + strconv.Itoa(textWidth) + `" w:type="dxa"/>`)
	if t.Borders {
		b.WriteString(`<w:tblBorders>`)
		for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
			b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
		}
		b.WriteString(`</w:tblBorders>`)
	}
	b.WriteString(`<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		b.WriteString(`<w:gridCol w:w="` + strconv.Itoa(w) + `"/>`)
	}
	b.WriteString(`</w:tblGrid>`)
	for i := range t.Rows {
		writeRow(b, &t.Rows[i], widths)
	}
	b.WriteString(`</w:tbl>`)
}

// widths shares the width of the page out among the columns.
func (t *Table) widths() []int {
	all := 0
	for _, s := range t.Shares {
		all += s
	}
	list := make([]int, len(t.Shares))
	for i, s := range t.Shares {
		list[i] = textWidth * s / max(all, 1)
	}
	return list
}

func writeRow(b *strings.Builder, r *Row, widths []int) {
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if r.Head {
		b.WriteString(`<w:tblHeader/>`)
	}
	b.WriteString(`</w:trPr>`)
	col := 0
	for i := range r.Cells {
		c := &r.Cells[i]
		width, span := 0, max(c.Span, 1)
		for ; span > 0 && col < len(widths); span-- {
			width += widths[col]
			col++
		}
		b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + strconv.Itoa(width) + `" w:type="dxa"/>`)
		if c.Span > 1 {
			b.WriteString(`<w:gridSpan w:val="` + strconv.Itoa(c.Span) + `"/>`)
		}
		b.WriteString(`</w:tcPr>`)
		for j := range c.Paragraphs {
			writeParagraph(b, &c.Paragraphs[j], Small)
		}
		if len(c.Paragraphs) == 0 {
			b.WriteString(`<w:p/>`) // a cell has at least one
		}
		b.WriteString(`</w:tc>`)
	}
	b.WriteString(`</w:tr>`)
}

func twips(points float64) string { return strconv.Itoa(int(points * 20)) }

// escape makes text safe in XML; what XML cannot hold becomes U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // into memory
	return b.String()
}
