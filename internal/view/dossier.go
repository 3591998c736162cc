package view

// DossierList is the list of a period's dossiers.
type DossierList struct {
	Page
	Period    string // title
	PeriodID  string
	Periods   []Option
	Filters   []DossierFilter
	Steps     bool
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
	Status                  Tag
	Stages                  []Progress
}

// DossierScore is the scoring page of one unit.
type DossierScore struct {
	Page
	Head       DossierHead
	Action     string // URL the form is sent to
	API        string // URL of the marks of the edited stage
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
	FormURL    string         // the score form as a workbook, "" for those who may not score now
	ReadURL    string         // reads it back
	ReportURL  string         // the scores as a workbook
	HideWhole  bool           // the chosen stage may not be seen
	Acts       []DossierAct   // that come after scoring
	Lacking    int            // things missing before the first of them
	LacksURL   string         // lists them
	Compare    *SheetCompare  // the members' sheets of the chosen stage
	Papers     []EvidenceLink // of the dossier itself
	Evidence   string         // URL of the evidence, "" for those who may not see it
}

// MarkStage is one column of scores.
type MarkStage struct {
	Code, Title, Total, URL string
	Edit                    bool
	Complete                bool
	Hidden                  bool // may not be seen yet
	Final                   bool // its marks are the official score
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
	Evidence                 []EvidenceLink
	EvidenceURL              string // where the unit hands it in, "" when it takes none
	Lacks                    string // evidence that is missing, in words
	Comments                 int    // that are open
	CommentsURL              string
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
	Hidden  bool
	Appeal  string // says that an appeal gave these points
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
	Full     string // what to do when full points stand without evidence, "" when there is some
	FullAt   string // the points that are full
	FullNow  bool
	Why      string // what a note must say when it does not apply
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
