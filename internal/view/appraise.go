package view

// Appraise is an appraiser's home: the dossiers assigned to them.
type Appraise struct {
	Page
	PeriodID, Period   string
	Periods            []Option
	Empty              string // why there is nothing, and what to do
	Counts             []AppraiseCount
	Next               Link // the next dossier to score; no URL: none
	SheetsURL, ReadURL string
	Appeals            int // that the appraiser may decide
	AppealsURL         string
	List               Listing
	Task               string // that is listed, "" for all
	Statuses           []Option
	Rows               []AppraiseRow
	MayAccept          bool // some row shown can be taken up
	Filtered           bool
}

// AppraiseCount is a number of dossiers and the address that lists them.
type AppraiseCount struct {
	Label, URL, Look string
	Count            int
	Current          bool
}

// AppraiseRow is one dossier of an appraiser.
type AppraiseRow struct {
	Unit, Name, Parent, URL string
	Stage                   string
	Round                   int // 0: the first
	Status, Task            Tag
	Day, Left, Look         string
	Late                    bool
	Done, All               int // of the appraiser's own sheet
	Finished                bool
	In, Out                 []string // colleagues whose sheets are in, and whose are not
	Spread                  []string // where the members are too far apart, the first of them
	MoreSpread              int
	Over                    bool   // nothing is left to do there
	Completion              string // what the unit was asked to complete
	Accept                  bool   // may be taken up
}

// Appeal is the page on which a unit contests what it was given.
type Appeal struct {
	Page
	Head        DossierHead
	EvidenceURL string
	Refused     string // why nothing can be contested now; "" it can
	Stage       string // whose marks are contested
	Limit, Used int
	Window      string // until when, in words
	WindowOver  bool
	Action      string
	Filed       []AppealFiled
	Columns     []string // the stages, self first
	Lowered     []AppealRow
	Others      []AppealRow
	OthersOpen  bool
	MaxText     int // characters of a reason
}

// AppealFiled is an appeal with what became of it.
type AppealFiled struct {
	Code, Title, Reason, At string
	Stage                   string // that gave what is contested
	State                   Tag
	Ruling, Decided, Judge  string
	Was, Mark               string // points that were contested, and the mark that took their place
	URL                     string // explains the points
	JudgeURL                string // for those who may decide
}

// AppealRow is one criterion that can be contested.
type AppealRow struct {
	ID, Code, Title, Max string
	Points               []string // by stage
	Lost                 string   // how much less than the self-score
	URL                  string
	Reason, Error        string
	Closed               string // why it cannot be contested
}

// AppealList is the list of appeals for those who may decide them.
type AppealList struct {
	Page
	PeriodID, Period string
	Periods          []Option
	Home             string // "" where there is none
	States           []Option
	List             Listing
	Rows             []AppealListRow
	Hidden           int // waiting appeals that others must decide
	Empty            string
}

// AppealListRow is one appeal of the list.
type AppealListRow struct {
	URL, Unit, Name, Code, Title, Stage, Reason, At, Waits string
	State                                                  Tag
}

// AppealJudge is the page on which an appeal is decided.
type AppealJudge struct {
	Page
	PeriodID, Period, Unit, Name  string
	Code, Title, Guide, Max, How  string
	Stage, Reason, At             string
	Marks                         []AppealMark // self and every stage so far, then the members of the contested stage
	Inputs                        bool         // what was entered is not the points
	Files                         []Link
	FilesURL, ExplainURL, Dossier string
	ListURL                       string
	Refused                       string // why it cannot be decided
	Decided                       *AppealFiled
	Action                        string
	Accept, Reject                bool
	Fields                        []MarkField
	NAOK, NA                      bool
	MarkError, ChoiceError        string
	Ruling, RulingError           string
	Rev                           int64
	Seen                          string // what was previewed
	Stale                         string
	Preview                       *AppealPreview
	MaxText                       int // characters of a ruling
}

// AppealMark is what somebody gave the criterion.
type AppealMark struct {
	Who, Points, Input, Note string
	Member                   bool
}

// AppealPreview is what a decision would change.
type AppealPreview struct {
	Accept           bool
	Mark             string // the new mark in words
	Lines            []AppealChange
	Moved            []AppealMove
	More             int    // units that move and are not listed
	Nothing          string // said instead when nothing changes
	Warning          string
	RankedBy, Ranked string
}

// AppealChange is one thing before and after.
type AppealChange struct {
	What, Before, After string
	Same, Good, Bad     bool
}

// AppealMove is another unit whose rank changes.
type AppealMove struct {
	Name, URL     string
	Before, After string
	Note          string // passed over, passed under
}

// Leniency compares how strict teams, appraisers and stages are.
type Leniency struct {
	Page
	PeriodID, Period string
	Periods          []Option
	Stages, Kinds    []Option
	Stage, Kind      string // titles
	NextStage        string // title; "" for the last
	Empty            string
	Summary          []LeniencyFigure
	List             Listing
	Rows             []LeniencyRow
	Excel            string
	Leaves, HasNext  bool
	Least            int // dossiers below which a row is marked
}

// LeniencyFigure is one figure of the whole stage.
type LeniencyFigure struct{ Label, Value, Note string }

// LeniencyRow is one team, appraiser, criterion or stage.
type LeniencyRow struct {
	Name, Code                     string
	Dossiers                       int
	Few                            bool
	Down, Next                     string
	DownHigh                       bool // takes away clearly more than the stage as a whole, DownLow less
	DownLow                        bool
	Unproven, Proposed, Recognised int
	Final, Alarms, Rescored        int
	Leaf, Current                  bool
}
