package view

// TeamPage is what the pages of who appraises what share.
type TeamPage struct {
	Admin
	PeriodID, Period string
	Stage, StageName string
	Stages           []Link
	Base             string // address of the list, without the query
}

// Teams is the list of a period's units with who appraises them at a stage.
type Teams struct {
	TeamPage
	Free, Closed bool // the period has no teams; none may change now
	Chips        []Link
	List         Listing
	Rows         []TeamRow
	People       []TeamPerson
	Choices      []Option // appraisers, for the form of many units
	Failed       []TeamFailed
	Assigned     int
	Total        int
}

// TeamRow is one unit with its team.
type TeamRow struct {
	Unit, Name, URL string
	State           Tag
	Members         []TeamMember
	Round           int
}

// TeamMember is one appraiser of a unit.
type TeamMember struct {
	Login, Name             string
	Lead, Finished, Recused bool
	Gone                    bool // may not sign in or appraise any more
}

// TeamPerson is one appraiser's load at a stage.
type TeamPerson struct {
	Login, Name, URL string
	Units, Leads     int
	Left             int // sheets that are not finished
	Recused          int // units they keep out of
}

// TeamFailed is a unit whose team was not written, and why.
type TeamFailed struct{ Unit, Name, Why string }

// TeamOne is the form of one unit's team.
type TeamOne struct {
	TeamPage
	Unit, Name, State string
	Version           string // the members it was made from
	Slots             []TeamSlot
	Finished, Recused []string
	LastYear          []string // who scored the unit then
	Locked            string   // why it cannot change, "" when it can
	Again             bool     // a round was scored before this one
	Reason            string   // why somebody of that round leaves
}

// TeamSlot is one place in a team.
type TeamSlot struct {
	Name, Label string
	Options     []Option
}

// TeamBalance is the form of a balanced assignment and what it proposes.
type TeamBalance struct {
	TeamPage
	Members, Seed string
	People        []Option
	Which         []Option
	Read          bool
	TeamPreview
	Loads []TeamPerson
	Short []string
	Again []string
	Left  []string
	Span  int // difference of the loads
}

// TeamImport is the upload of a list of teams and what it would change.
type TeamImport struct {
	TeamPage
	File     string
	Problems []Located
	Read     bool
	TeamPreview
}

// TeamPreview is what would be written, for the pages that show it first.
type TeamPreview struct {
	Rows    []TeamChange // the first ones
	More    int
	Changed int
	Same    int
	Data    string // everything that would be written
}

// TeamChange is a unit whose team would change.
type TeamChange struct {
	Unit, Name, Was, Now string
}

// Recusals are the units whose dossiers an appraiser keeps out of, and a search
// for more.
type Recusals struct {
	Admin
	Login, Name string
	Recused     []Option
	Assigned    []Link // dossiers they are a member of all the same
	List        Listing
	Rows        []UnitRow
}
