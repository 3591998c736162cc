package xlsx

import (
	"io"
	"time"

	"thanthien/internal/vi"
)

// InviteBook is the list of new invitations, with room to note whom each was
// handed to.
type InviteBook struct {
	Title, Closes string
	Made          time.Time
	Rows          []InviteRow
}

// InviteRow is one invitation.
type InviteRow struct{ Serial, Code, Unit, Group, Token, Link string }

// Invites writes new invitations, one a row.
func Invites(w io.Writer, v InviteBook) error {
	b := newBook(v.Title, v.Made)
	s := b.sheet(vi.Text("plan.invitations"), 16, 10, 32, 26, 20, 62, 26)
	row := s.writeHead(Head{}, vi.Text("plan.invitesTitle", v.Title), vi.Text("plan.invitesClose", v.Closes), vi.Text("plan.invitesKeep"))
	for i, head := range []string{vi.Text("plan.colSerial"), vi.Text("plan.colUnit"), vi.Text("plan.colName"), vi.Text("plan.colGroup"), vi.Text("plan.colToken"), vi.Text("plan.colLink"), vi.Text("plan.colHanded")} {
		s.text(row, i+1, head, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 1}
	for _, r := range v.Rows {
		row++
		s.put(row, []cell{words(r.Serial), words(r.Code), words(r.Unit), words(r.Group), words(r.Token), words(r.Link), words("")})
	}
	return b.write(w)
}
