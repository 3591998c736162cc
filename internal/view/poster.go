package view

import "thanthien/internal/qr"

// Posters is a printable document of A4 sheets with QR codes, one a page.
type Posters struct {
	Page
	Back   string // where it was opened from, for staff
	Heads  string // what is printed, in words
	More   []Link // the other ways to print it
	Sheets []Poster
}

// Poster is one sheet: one code, or one for each form when Codes has several.
type Poster struct {
	Province, Agency string
	Phone            string // where to ask; empty: room to write it
	Unit, Desk       string
	Codes            []PosterCode
}

// Single reports whether the sheet has one large code.
func (p Poster) Single() bool { return len(p.Codes) == 1 }

// PosterCode is a code with what it leads to. Typed is the address without its
// scheme, as a person types it.
type PosterCode struct {
	Title, Form, Groups string
	Closes              string
	Code                qr.Code
	URL                 string
	Typed               []string // in pieces that a line may break between
}
