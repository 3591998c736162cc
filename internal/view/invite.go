package view

import "thanthien/internal/qr"

// Invitations is the list of a campaign's one-use invitations with the form to
// make more.
type Invitations struct {
	Page
	ID, Heading string
	Order       string // makes a repeated form find itself
	Open        bool   // more may be made
	Planned     bool   // "as the plan needs" makes sense
	How         []Option
	Note, Typed string
	Groups      []string
	Problems    []Located
	Orders      []InviteOrder // of one page
	Pages       []PageLink
	Most        int
}

// InviteOrder is what one order made, unit by unit.
type InviteOrder struct {
	ID, Made, By, Note        string
	Units                     int
	Made0, Used, Left, Voided int64
	Revoked                   bool
	Batches                   []InviteBatch
}

// InviteBatch is the invitations of one unit and group.
type InviteBatch struct {
	ID, Unit, Group     string
	Count, Used, Voided int64
	Revoked             bool
}

// InvitesMade is the one page that holds new invitations: they are never shown
// again. Data carries them into the files that are made from this page.
type InvitesMade struct {
	Page
	ID, Heading string
	Total       int
	Rows        []InviteMade
	Data        string
	Parts       []Option // printable documents
}

// InviteMade is how many a unit and group got.
type InviteMade struct {
	Unit, Group string
	Count       int
}

// Slips is a printable document of invitations.
type Slips struct {
	Page
	Heading, Closes string
	From, To        int
	Slips           []Slip
}

// Slip is one invitation. Token is in groups that are easy to type, Typed the
// short address where it is typed, in pieces that a line may break between.
type Slip struct {
	Unit, Group, Serial string
	Token               []string
	Code                qr.Code
	URL                 string
	Typed               []string
}
