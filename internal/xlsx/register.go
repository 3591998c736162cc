package xlsx

import (
	"io"
	"strconv"

	"thanthien/internal/vi"
)

// RegisterBook is the register of recognitions.
type RegisterBook struct {
	Head Head
	Rows []RegisterRow
}

// RegisterRow is one recognition; every text is as it is shown.
type RegisterRow struct {
	Unit, Period, Band, Number, Day, Until, State, Note string
}

// Register writes the register as a document to be signed.
func Register(w io.Writer, r RegisterBook) error {
	b := newBook(vi.Text("register.title"), r.Head.Date)
	s := b.sheet(vi.Text("register.sheet"), 5, 26, 24, 18, 18, 12, 12, 16, 26)
	s.wide = true
	row := s.writeHead(r.Head, vi.Text("register.title"), vi.Text("register.rows", strconv.Itoa(len(r.Rows))))
	heads := []string{vi.Text("xlsx.colNo"), vi.Text("word.unit"), vi.Text("word.period"), vi.Text("decide.band"), vi.Text("decide.paper"), vi.Text("register.since"), vi.Text("decide.validTo"), vi.Text("register.state"), vi.Text("register.note")}
	for i, text := range heads {
		s.text(row, i+1, text, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 2}
	for i, x := range r.Rows {
		row++
		s.put(row, []cell{whole(int64(i + 1)), words(x.Unit), words(x.Period), words(x.Band), words(x.Number), {value: x.Day, style: midLook()}, {value: x.Until, style: midLook()}, words(x.State), words(x.Note)})
	}
	end := s.writeEnd(r.Head, row)
	s.together(row, end)
	return b.write(w)
}
