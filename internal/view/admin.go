package view

// Admin is what the pages of the administration share: its tabs.
type Admin struct {
	Page
	Tabs []Link
}

// Desk is the manager's desk: how far every unit of a period is.
type Desk struct {
	Admin
	Setup     []SetupStep // the first steps, until all are done
	Periods   []Option
	Period    string
	PeriodURL string
	State     Tag
	Counts    []Figure
	Deadlines []Deadline
	Stages    []string // titles, in order
	List      Listing
	Rows      []DeskRow
	Steps     bool // dossiers move through the steps of the year
	StepDesk
}

// SetupStep is one of the first steps of a new installation.
type SetupStep struct {
	Label, Hint, URL, Action string
	Done                     bool
}

// Figure is a number with its name.
type Figure struct{ Label, Value, URL string }

// Deadline is a day that comes, or came, and what it ends.
type Deadline struct {
	Label, When, Left, URL string
	Late                   bool
	Count                  int // who is behind
}

// DeskRow is one unit of the desk.
type DeskRow struct {
	Unit, Name string
	Stages     []Progress
	Total      string
	Band       string
	Responses  int64
	Late       bool
}

// Progress is how much of something is done.
type Progress struct {
	Done, All int
	URL       string
}

// Complete reports whether all of it is done.
func (p Progress) Complete() bool { return p.Done >= p.All }

// Units is the list of units with the form to import more.
type Units struct {
	Admin
	List   Listing
	Levels []Option
	Level  string
	Rows   []UnitRow
	May    bool // may import
}

// UnitRow is one unit of a list. What, for a preview, is "new", "changed" or
// "same"; Was says in words what stands there now.
type UnitRow struct {
	Code, Name, Level, Parent, From, To string
	What, Was                           string
}

// UnitImport is the upload of a list of units and, once it is read, what it
// would change.
type UnitImport struct {
	Admin
	File                 string
	Problems             []Located
	Read                 bool
	Added, Changed, Same int
	Rows                 []UnitRow // of what would change, the first ones
	More                 int       // rows not shown
	Data                 string    // the units that would change, as CSV
}

// Located is a problem with its place, for a table.
type Located struct{ Line, Place, Message string }

// Users is the list of accounts.
type Users struct {
	Admin
	List Listing
	Rows []UserRow
}

// UserRow is one account.
type UserRow struct {
	Login, Name, Role, Unit, Created, Email string
	Disabled, Self                          bool
	Appraiser                               bool
	Recused                                 int // units they keep out of
}

// UserNew is the form of a new account.
type UserNew struct {
	Admin
	Login, Name, Unit, Email string

	Roles []Option
	Units []Option
}

// UserSecret shows a new password, once.
type UserSecret struct {
	Admin
	Login, Name, Secret string
}

// Settings is the form of what the province says of itself.
type Settings struct {
	Admin
	Version                                                int64
	Province, Parent, Agency, Place, Symbol, Signer, Phone string
	SignTitle, Recipients                                  string // one per line
}
