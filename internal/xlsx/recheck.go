package xlsx

import (
	"io"
	"time"

	"thanthien/internal/vi"
)

// RecheckBook is a draw of used invitations with room for the results.
type RecheckBook struct {
	Title, Seed, How string
	Number           int
	Made             time.Time
	Rows             []RecheckRow
	Sums             []RecheckSum
}

// RecheckRow is one invitation that was drawn.
type RecheckRow struct{ Unit, Group, Serial, Batch, Result string }

// RecheckSum is the results of one unit; Counts are confirmed, denied, absent.
type RecheckSum struct {
	Unit             string
	Pool, Drawn, Met int
	Counts           []int
}

// Recheck writes a draw: the list to ask again by, and the results by unit.
func Recheck(w io.Writer, r RecheckBook) error {
	b := newBook(r.Title, r.Made)
	about := vi.Text("plan.drawAbout", r.Number, vi.DateTime(r.Made), r.How, r.Seed)
	b.plain(vi.Text("plan.sheetDrawn"), r.Title, about, []column{{vi.Text("plan.colName"), 32}, {vi.Text("plan.colSerial"), 18}, {vi.Text("plan.colGroup"), 26}, {vi.Text("plan.colBatch"), 27}, {vi.Text("plan.colResult"), 28}, {vi.Text("plan.colNote"), 28}}, len(r.Rows), func(i int) []cell {
		x := r.Rows[i]
		return []cell{words(x.Unit), words(x.Serial), words(x.Group), words(x.Batch), words(x.Result), words("")}
	})
	b.plain(vi.Text("plan.sheetResults"), r.Title, about, []column{{vi.Text("plan.colName"), 32}, {vi.Text("plan.colUsed"), 12}, {vi.Text("plan.colDrawn"), 12}, {vi.Text("plan.colMet"), 12}, {vi.Text("plan.result.confirmed"), 16}, {vi.Text("plan.result.denied"), 16}, {vi.Text("plan.result.absent"), 16}}, len(r.Sums), func(i int) []cell {
		x := r.Sums[i]
		cells := []cell{words(x.Unit), whole(int64(x.Pool)), whole(int64(x.Drawn)), whole(int64(x.Met))}
		for _, n := range x.Counts {
			cells = append(cells, whole(int64(n)))
		}
		return cells
	})
	return b.write(w)
}

// plain adds a sheet with a title, a line about it, headings and n rows.
func (b *book) plain(name, title, about string, columns []column, n int, cells func(i int) []cell) {
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.width
	}
	s := b.sheet(name, widths...)
	row := s.writeHead(Head{}, title, about)
	for i, c := range columns {
		s.text(row, i+1, c.head, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 1}
	for i := range n {
		s.put(row+1+i, cells(i))
	}
}
