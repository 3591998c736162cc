package view

// DossierList is the list of a period's dossiers.
type DossierList struct {
	Page
	Period    string // title
	PeriodID  string
	Periods   []Option
	Filters   []DossierFilter
	List      Listing
	Rows      []DossierRow
	Empty     string // why there is nothing, and what to do
	EmptyURL  string
	EmptyLink string
}

// DossierFilter is one select above the list.
type DossierFilter struct {
	Name, Label string
	Options     []Option
}

// DossierRow is one dossier of the list.
type DossierRow struct {
	Code, Name, Parent, URL string
	Stages                  []Progress
}

// DossierScore is the scoring page of one unit.
type DossierScore struct {
	Page
	Action     string // URL the form is sent to
	API        string // URL of the marks of the edited stage
	PeriodID   string
	Period     string
	Periods    []Option // the same unit in other periods; Value is a URL
	Unit, Name string
	Parent     string
	ListURL    string // "" for those who have only one
	StageTabs  []Option
	Stages     []MarkStage
	Edit       string // code of the stage that may be entered, "" for none
	EditTitle  string
	ReadOnly   string // why nothing can be entered
	Previous   string // title of the earlier period, "" for none
	Rows       []MarkRow
	Span       int // columns after the max
	Conditions []MarkRow
	Max        string
	PrevTotal  string
	Missing    int // leaves of the edited stage without a mark
	Conflicts  []MarkConflict
	Verdict    string // recognised or what fails, in words
	Good       bool
	ExplainURL string
}

// MarkStage is one column of scores.
type MarkStage struct {
	Code, Title, Total, URL string
	Edit                    bool
	Complete                bool
}

// MarkRow is one line of the scoring table. Kind is "group", "node" or "leaf".
type MarkRow struct {
	Kind, Code, Title, Guide string
	Group                    string // code of its group
	GroupKind                string
	Depth                    int
	Max, Previous, PrevURL   string
	How                      string // in words how it is scored
	Cells                    []MarkCell
	Edit                     *MarkEdit
	Notes                    []MarkNote // of the stages that are only shown
}

// MarkCell is what one stage has in one row.
type MarkCell struct {
	Edit    bool   // the column being entered
	Points  string // "" when there is none
	Input   string // what was entered, when that is not the points
	URL     string // explains the points
	Differs string // by how much it differs from the self-score, when much
	NA      bool
	Survey  string // n of needed responses
	By      string
}

// MarkNote is what a stage noted.
type MarkNote struct{ Stage, Text string }

// MarkEdit is a cell that can be entered.
type MarkEdit struct {
	Code     string
	ID       string // of its first field
	Type     string
	Fields   []MarkField
	NAOK     bool
	NA       bool
	Base     string // what stands there, see site
	Note     string
	NoteBase string
	Error    string
	Points   string
	Clash    bool
}

// MarkField is one input of a mark.
type MarkField struct {
	Name, ID, Label, Value string
	Hint                   string
	Options                []MarkOption // of a select
}

// MarkOption is a level; Points is what it gives.
type MarkOption struct {
	Value, Label, Points string
	Selected             bool
}

// MarkConflict is a cell that somebody else changed meanwhile.
type MarkConflict struct {
	Field, Code, Title string
	Note               bool
	Stored, By, At     string
	Sent               string
	Choice             string // "", "stored" or "mine"
}
