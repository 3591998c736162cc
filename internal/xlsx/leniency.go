package xlsx

import (
	"io"
	"time"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// LeniencyReport is what the workbook of leniency shows: the rows of the page.
type LeniencyReport struct {
	Head   Head
	Title  string
	Period string
	About  string // what is compared, in one line
	First  string // the heading of the names
	Leaves bool   // the rows are criteria: they are not proposed or recognised
	Rows   []LeniencyRow
	Least  int // dossiers below which a row is marked
	Made   time.Time
}

// LeniencyRow is one row; a mean that nothing went into is nil.
type LeniencyRow struct {
	Code, Name                     string
	Dossiers                       int
	Down, Next                     *rubric.Num
	Unproven, Proposed, Recognised int
	Final, Rescored, Alarms        int
}

// Leniency writes the workbook, one table.
func Leniency(w io.Writer, r LeniencyReport) error {
	b := newBook(r.Title, r.Made)
	heads := []string{vi.Text("xlsx.colNo"), vi.Text("leniency.code"), r.First, vi.Text("leniency.dossiers"), vi.Text("leniency.down"), vi.Text("leniency.next"), vi.Text("leniency.unproven")}
	widths := []float64{4.5, 12, 44, 8, 10, 10, 11}
	if !r.Leaves {
		heads = append(heads, vi.Text("leniency.proposed"), vi.Text("leniency.final"), vi.Text("leniency.recognised"), vi.Text("leniency.rescored"))
		widths = append(widths, 10, 10, 10, 10)
	}
	heads, widths = append(heads, vi.Text("leniency.alarms"), vi.Text("leniency.note")), append(widths, 10, 14)
	s := b.sheet(vi.Text("leniency.sheet"), widths...)
	row := s.writeHead(r.Head, r.Title, r.Period, r.About)
	for i, text := range heads {
		s.text(row, i+1, text, headLook())
	}
	s.fit(row)
	for i, x := range r.Rows {
		s.leniencyRow(row+1+i, i+1, x, r)
	}
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 3}
	last := row + len(r.Rows)
	s.together(last+1, s.writeEnd(r.Head, last+1))
	return b.write(w)
}

func (s *sheet) leniencyRow(row, no int, x LeniencyRow, r LeniencyReport) {
	col := 0
	put := func(c cell) { col++; s.set(row, col, c) }
	text := func(t string, look style) { put(cell{value: t, style: look}) }
	number := func(n int) { put(cell{value: n, style: numLook("0")}) }
	mean := func(n *rubric.Num) {
		if n == nil {
			text("–", midLook())
			return
		}
		put(cell{value: float(*n), style: numLook("0.00")})
	}
	number(no)
	text(x.Code, midLook())
	text(x.Name, textLook())
	number(x.Dossiers)
	mean(x.Down)
	mean(x.Next)
	number(x.Unproven)
	if !r.Leaves {
		number(x.Proposed)
		number(x.Final)
		number(x.Recognised)
		number(x.Rescored)
	}
	number(x.Alarms)
	note := ""
	if x.Dossiers < r.Least {
		note = vi.Text("leniency.few")
	}
	text(note, midLook())
	s.fit(row)
}
