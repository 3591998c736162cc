package view

// Populations is the page where the people of each unit and group are typed or
// imported.
type Populations struct {
	Admin
	ID, Heading string
	Version     int64
	Error95     string // the sampling error in words
	Groups      []string
	List        Listing
	Rows        []PopulationRow
	Known, All  int // cells with a number, and all of them
}

// PopulationRow is one unit with a field for each group.
type PopulationRow struct {
	Unit, Name string
	Cells      []PopulationCell
}

// PopulationCell is one field; Need is what the plan makes of it, in words.
type PopulationCell struct{ Name, Label, Value, Need, Error string }

// PopulationImport is the upload of a list and, once it is read, what it would
// change.
type PopulationImport struct {
	Admin
	ID, Heading          string
	Version              int64
	File                 string
	Problems             []Located
	Read, Older          bool // Older: the template was made before the last change
	Added, Changed, Same int
	Rows                 []PopulationChange
	More                 int
	Data                 string
}

// PopulationChange is one cell that an import would change.
type PopulationChange struct{ Unit, Name, Group, Was, Now, Need string }
