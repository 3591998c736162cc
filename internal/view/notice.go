package view

// Notices is the list of a person's notices.
type Notices struct {
	Page
	List   Listing
	Filter []Option
	Rows   []NoticeRow
	Fresh  int    // not read
	Seen   string // time of the newest notice that the page shows
	Email  string // where notices go besides, "" for nowhere
	Mail   bool   // a mail server is set
}

// NoticeRow is one notice.
type NoticeRow struct {
	ID, Title, Text, When string
	URL                   string // opens it; "" when there is nothing to open
	Unread                bool
}

// NoticeMail is the list of letters that were not sent.
type NoticeMail struct {
	Admin
	Set  bool // a mail server is set
	List Listing
	Rows []NoticeMailRow
}

// NoticeMailRow is one letter that was not sent.
type NoticeMailRow struct {
	ID, Login, Name, Email, Title, When, Reason string
	Tries                                       int
	State                                       Tag
	GivenUp                                     bool
}

// Deadlines is the list of a period's deadlines and who is behind.
type Deadlines struct {
	Page
	PeriodID, Period string
	Periods          []Option
	Free             bool // the period has no steps
	Steps            []DeadlineStep
	Step             string // the chosen one
	StepTitle        string
	Sent             bool // the step was chosen by hand
	List             Listing
	Rows             []DeadlineRow
	MayRemind        bool
	Excel            string // URL of the list as a workbook, "" for none
	Own              bool   // only what is the reader's own is listed
	Done             string
	Empty            string
}

// DeadlineStep is one step of the year.
type DeadlineStep struct {
	Code, Title, Day, Left, URL string
	Look                        string // of Left, as of a Tag
	Count                       int    // behind, or for a unit: whether it is
	State                       Tag    // of the own dossier
	Current                     bool
}

// DeadlineRow is one dossier that is behind.
type DeadlineRow struct {
	Unit, Name, URL  string
	Why, Day, Left   string
	Look             string
	Who              []string // whose turn it is
	Late, Remindable bool
	Today            bool // was reminded today
}

// Comments is what is said about a dossier.
type Comments struct {
	Page
	Head      DossierHead
	Action    string
	Filter    []Option
	Groups    []CommentGroup
	Open, All int
	MayWrite  bool
	Why       string // nothing may be written
	Team      bool   // the reader may write for the team alone
	Audience  []Option
	Criteria  []Option
	People    []Option // who may be called by name
	Text, Key string
	MaxText   int
	Reply     string // the thread whose reply came back with errors
}

// CommentGroup is the threads about one criterion.
type CommentGroup struct {
	Code, Title string
	Threads     []CommentThread
}

// CommentThread is one comment with its replies.
type CommentThread struct {
	ID, Action, Key string
	Inside          bool // for the team only
	Resolved        bool
	Settled         string // who resolved it, and when
	Said            []CommentSaid
	MayWrite        bool
	Text            string // of a reply that came back
	Error           string
}

// CommentSaid is what one person said once.
type CommentSaid struct {
	Who, Role, When string
	Parts           []CommentPart
	Gone            string // when it was taken back
	MayTakeBack     bool
	Index           int
	Mine            bool
}

// CommentPart is a piece of what was said; Name marks the name of somebody
// called.
type CommentPart struct {
	Text string
	Name bool
}
