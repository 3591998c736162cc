package xlsx

import (
	"io"
	"strings"
	"time"

	"thanthien/internal/vi"
)

// EvidenceBook is the index of a dossier's papers and evidence.
type EvidenceBook struct {
	Place        string // of the province's agency, for the date line
	Period, Unit string
	Made         time.Time
	Places       []EvidencePlace
}

// EvidencePlace is a paper or criterion with its documents; Missing says that
// it needs one and has none. Places of a group follow one another.
type EvidencePlace struct {
	Group, Code, Title string
	Missing            bool
	Items              []EvidenceRow
}

// EvidenceRow is one document as it stands. Number and Date are the document's
// own; SHA is the SHA-256 of the file.
type EvidenceRow struct {
	Title, Number, Date string
	File, Size, SHA     string
	Revisions           int
	By, At, Warnings    string
}

// EvidenceIndex writes the index: every paper and criterion in the order of the
// set, each document under it with number, date, file and hash.
func EvidenceIndex(w io.Writer, e EvidenceBook) error {
	title := vi.Text("evidence.bookTitle")
	b := newBook(title, e.Made)
	columns := evidenceColumns()
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.width
	}
	s := b.sheet(vi.Text("evidence.sheet"), widths...)
	s.wide = true
	head := Head{Superior: vi.Text("evidence.committee"), Agency: strings.ToUpper(e.Unit), Place: e.Place, SignedFor: []string{vi.Text("evidence.signer")}}
	row := s.writeHead(head, title, e.Period+" · "+e.Unit, vi.Text("evidence.bookAbout", vi.DateTime(e.Made)))
	for i, c := range columns {
		s.text(row, i+1, c.head, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 2}
	group := ""
	for _, p := range e.Places {
		if p.Group != group {
			group = p.Group
			row++
			s.span(row, 1, row, len(columns), cell{value: group, style: style{bold: true, wrap: true, border: true, fill: "F6F6F6"}})
		}
		for _, cells := range p.rows() {
			row++
			for i, c := range cells {
				s.set(row, i+1, c)
			}
			s.fit(row)
		}
	}
	s.writeEnd(head, row)
	return b.write(w)
}

func evidenceColumns() []column {
	return []column{
		{vi.Text("evidence.colCode"), 7}, {vi.Text("evidence.colPlace"), 28}, {vi.Text("evidence.colTitle"), 28}, {vi.Text("evidence.colNumber"), 14}, {vi.Text("evidence.colDate"), 11},
		{vi.Text("evidence.colFile"), 22}, {vi.Text("evidence.colSHA"), 44}, {vi.Text("evidence.colRevisions"), 7}, {vi.Text("evidence.colBy"), 17}, {vi.Text("evidence.colWarnings"), 28},
	}
}

// rows are the lines of a place: one for each document, or one that says that
// there is none.
func (p EvidencePlace) rows() [][]cell {
	text := func(s string) cell { return cell{value: s, style: textLook()} }
	if len(p.Items) == 0 {
		state := vi.Text("evidence.noneYet")
		if p.Missing {
			state = vi.Text("evidence.lacking")
		}
		return [][]cell{{text(p.Code), text(p.Title), text(state), text(""), text(""), text(""), text(""), text(""), text(""), text("")}}
	}
	var rows [][]cell
	for _, it := range p.Items {
		rows = append(rows, []cell{
			text(p.Code), text(p.Title), text(it.Title), text(it.Number), text(it.Date),
			text(it.File + " (" + it.Size + ")"), text(it.SHA), {value: it.Revisions, style: numLook("0")}, text(it.By + " " + it.At), text(it.Warnings),
		})
	}
	return rows
}
