package view

// Editor is a draft criteria set as a form: a tree of groups and criteria with
// everything the person typed.
type Editor struct {
	Admin
	ID       string // "" for a set that is not stored yet
	Number   int
	Heading  string
	Action   string // where the form goes
	Back     string // the version's page, or the list for a new set
	Version  int64  // of the stored draft that the form was made on
	Fields   []EditField
	Papers   EditTable
	Facts    EditTable // conditions
	Groups   []EditNode
	Sum      EditSum // of the groups against the total
	Floors   []EditField
	Tables   []EditTable // floors of groups, bands
	TieBreak EditField
	Hidden   []Pair
	Words    map[string]string // of the sums, for the script
	Focus    string            // id of the input to go on with
	Checked  bool              // a check was asked for and nothing is wrong
	Conflict *EditConflict
}

// EditConflict tells that someone saved the draft in between.
type EditConflict struct {
	By, At  string
	Changes []DiffLine // from the stored draft to the text of the form
	Unsound bool       // the form has mistakes, so that nothing can be compared yet
}

// EditField is one input. Name is its path in the criteria set and its id; a
// field without a name is not shown.
type EditField struct {
	Name, Value, Label, Hint, Error string
	Type                            string // text, num, area, select, check or levels
	Options                         []Option
	Focus                           bool
}

// EditTable is a list of rows with the same inputs.
type EditTable struct {
	Path, Label, Hint, Add, Error string
	Heads                         []string
	Rows                          []EditRow
}

// EditRow is one row of a table.
type EditRow struct {
	Path, Name  string
	Cells       []EditField
	First, Last bool
}

// EditSum is a sum against what it must be, in words; Look is good, bad or "".
type EditSum struct{ Text, Look string }

// EditNode is a group or a criterion. A leaf is one without children; its
// Fields and Tables say how it is scored; More is the rest.
type EditNode struct {
	Path, Name             string
	Kind                   string // of its group
	Group, Leaf            bool
	First, Last, Open      bool
	CanNest                bool
	Code, Title, Max, Type EditField
	Sum                    *EditSum
	Summary, Error         string
	Fields, More           []EditField
	Tables                 []EditTable
	Hidden                 []Pair
	Children               []EditNode
}

// EditFrozen is the answer to editing a version that is issued.
type EditFrozen struct {
	Admin
	ID      string
	Number  int
	Heading string
	State   Tag
	Back    string
}

// EditImport is the upload of a workbook into a draft: the form, then what it
// would change.
type EditImport struct {
	Admin
	ID      string
	Number  int
	Heading string
	Back    string
	File    string
	Bad     []Located
	Stale   bool // the draft changed after the workbook was made
	Read    bool
	Changes []DiffLine
	YAML    string // the set that would be stored
	Version int64
}
