package view

// Rechecks is the list of a campaign's draws with the form to make one.
type Rechecks struct {
	Page
	ID, Heading   string
	Used          int64 // invitations that were used
	Size, Percent string
	Seed          string
	May           bool
	Draws         []RecheckRow
}

// RecheckRow is one draw of a list.
type RecheckRow struct {
	URL, Made, By, Seed, Size string
	Drawn, Done               int
}

// Recheck is one draw with what came out of it.
type Recheck struct {
	Page
	ID, Heading, Number string
	Version             int64
	Seed, Made, By, How string
	Excel               string
	Results             []string // words, in the order of Counts
	Units               []RecheckUnit
	Total               RecheckUnit
	Done                int
	May                 bool
}

// RecheckUnit is the part of one unit.
type RecheckUnit struct {
	Code   string
	Unit   string
	Pool   int // invitations used when the draw was made
	Drawn  int
	Met    int
	Counts []int
	Share  string
	Items  []RecheckItem
}

// RecheckItem is one invitation that was drawn.
type RecheckItem struct {
	Name, Label   string
	Serial, Group string
	Batch         string
	Options       []Option
}
