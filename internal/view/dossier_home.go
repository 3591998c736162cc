package view

// DossierHead is the head of every page of a dossier: where one is, its tabs,
// how it stands and who must act next.
type DossierHead struct {
	PeriodID, Period   string
	Unit, Name, Parent string
	ListURL            string   // "" for those who have only one
	Periods            []Option // the same unit in other periods; Value is a URL
	Tabs               []Option // Value is a URL
	Status             Tag      // no text in a period without steps
	Turn               string   // whose turn it is, in words
	Until              string   // the last day of what is waited for
	Left               string   // how many days that is, or by how many it is late
	Late               bool
}

// DossierHome is the first page of a dossier in a period with steps.
type DossierHome struct {
	Page
	Head    DossierHead
	Acts    []DossierAct  // that the viewer may do now
	Others  []Link        // to their acts that have forms of their own
	Mark    Link          // to the table that the viewer has to fill
	Why     []DossierWhy  // what keeps the viewer from their next acts
	Idle    string        // why the viewer has nothing to do
	Request *DossierAsked // what the unit was asked to complete
	Refused string        // why the registration came back
	Done    *DossierCompleted
	Steps   []DossierStep
	Stages  []MarkStage
	Max     string
	Teams   []DossierTeam
}

// DossierAct is a button. Direct acts at once; the others ask on a page.
type DossierAct struct {
	Title, URL, Hint string
	Direct           bool
	Main, Bad        bool
	Seen             string
}

// DossierWhy is what an act still lacks. Rest are those behind the first ones.
type DossierWhy struct {
	Act         string
	Count       int
	First, Rest []DossierLack
	Marks       bool // some of it is mended in the scoring table
}

// DossierLack is one thing that is missing; URL is where it is mended.
type DossierLack struct{ Text, URL string }

// DossierAsked is a request to complete a dossier.
type DossierAsked struct {
	Text, At, Until  string
	Late             bool
	Items            []DossierLack
	Answer, Answered string
}

// DossierCompleted is what became of a request to complete a dossier.
type DossierCompleted struct {
	Asked   *DossierAsked
	Changes []DossierChanged
	Beyond  int  // changes that nobody asked for
	Inside  bool // the reader appraises or runs the period
}

// DossierChanged is one thing that the unit changed meanwhile.
type DossierChanged struct {
	Key, What, URL, Before, After string
	Beyond                        bool
}

// DossierStep is a step of the year. State is "done", "now", "todo" or "bad".
type DossierStep struct {
	Title, State, StateText string
	When, Who, Until        string
	Late                    bool
	Notes                   []string
}

// DossierTeam is who scores at a stage.
type DossierTeam struct {
	Stage   string
	Round   int
	Members []DossierMember
}

// DossierMember is one of them.
type DossierMember struct {
	Name, At string
	Lead, In bool
}

// DossierActPage asks before an act is done, and shows why it was not.
type DossierActPage struct {
	Page
	Head        DossierHead
	Heading     string
	Act, Action string
	Will        string // what it leads to
	Button      string
	Bad         bool
	Seen        string
	Refused     string   // why it may not be done now
	Stale       []string // where the dossier stood when the page was opened, and now
	Lacks       *DossierWhy
	Blocked     bool     // nothing can be sent before they are mended
	Gate        []string // what a registration must bring
	Self        *string  // nil: the form does not ask for it
	Max         string
	Conditions  []Option
	Reason      string
	ReasonLabel string // "" for an act without words
	ReasonHint  string
	Needed      bool // the reason
	MaxReason   int
	Until       *string
	Today       string
	Groups      []DossierChoices
	Asked       *DossierAsked
	Total       string // of the stage that is concluded
	Verdict     string
	Good        bool
	CompareURL  string
	BackURL     string
}

// DossierChoices are criteria or papers that a completion request may name.
type DossierChoices struct {
	Title  string
	Items  []Option
	Chosen int
}

// DossierSurvey is what the surveys gave a unit.
type DossierSurvey struct {
	Page
	Head DossierHead
	Rows []DossierSurveyRow
}

// DossierSurveyRow is a criterion that takes its points from a survey.
type DossierSurveyRow struct {
	Code, Title, Form, Part string
	N, Needed               string
	Enough, Few             bool
	Index, Points, Max      string
	URL                     string
}

// DossierHistory is what happened to a dossier.
type DossierHistory struct {
	Page
	Head DossierHead
	List Listing
	Rows []AuditRow
}

// SheetCompare sets the sheets of a stage's members side by side.
type SheetCompare struct {
	Stage  string
	Rounds []SheetRound // the present one first
}

// SheetRound is one round of scoring.
type SheetRound struct {
	Title   string
	Now     bool
	Members []string
	Rows    []SheetRow
	Totals  []string
	Spread  string // how far the totals lie apart, in words
	Far     bool
	Waiting string // whose sheets are not in
}

// SheetRow is a criterion or condition in every member's sheet.
type SheetRow struct {
	Code, Title string
	Cells       []SheetCell
	Far         string // in words, when they lie too far apart
}

// SheetCell is what one member gave.
type SheetCell struct{ Points, Input, Note string }
