package view

// ScoreSheetUpload is the page that takes a score form back: the form to choose
// a file, and then what is wrong with it, what it would change, or what stands
// against it.
type ScoreSheetUpload struct {
	Page
	Action   string // where the file is sent; Action/ghi applies it
	Download string // a fresh form
	Back     string
	Unit     string // of the dossier it is limited to, "" for all
	MaxMB    int
	File     string
	Bad      []CellProblem
	Remarks  []string
	Read     bool // the preview stands below
	Changes  int
	Sheets   []ScoreSheetDiff
	Clashes  []ScoreSheetClash
	Payload  string // what applying sends back
}

// ScoreSheetDiff is what one sheet changes.
type ScoreSheetDiff struct {
	Unit, Stage, URL string
	Rows             []ScoreSheetChange
	Newer            int // cells that changed in the system since and that the sheet leaves alone
}

// ScoreSheetChange is one cell: from what to what.
type ScoreSheetChange struct {
	Place, Code, Title, From, To string
	Cleared, Note                bool
}

// ScoreSheetClash is a cell that the sheet changes and somebody changed since.
type ScoreSheetClash struct {
	Place, Unit, Code, Title string
	Note                     bool
	Base, Stored, Sheet      string
	By, At                   string
}
