package view

// FeedbackList is the list of suggestions.
type FeedbackList struct {
	Page
	List     Listing
	Filter   StatChoice
	Rows     []FeedbackRow
	Province bool
	Texts    []Link // where a commune reads the answers of closed campaigns
}

// FeedbackRow is one suggestion in a list.
type FeedbackRow struct {
	URL, Unit, Campaign, Text, Due, Month string
	State                                 Tag
	Overdue                               bool
}

// FeedbackOne is one suggestion with what the visitor may do with it.
type FeedbackOne struct {
	Page
	Back, URL                       string
	Version                         int64
	Unit, Campaign, Question, Month string
	Text, Answer, Remark, Due       string
	State                           Tag
	Overdue, Public                 bool
	Theirs                          string // what somebody else saved meanwhile
	Warning                         string // the text seems to identify somebody
	Sure                            bool
	CanEdit, CanAnswer, CanClose    bool
	MayReturn, Closed, MayPublish   bool // what can be done in this state
	MaxText, MaxRemark              int
	History                         []HistoryRow
}

// FeedbackHandled is the public page of handled suggestions.
type FeedbackHandled struct {
	Page
	List Listing
	Rows []HandledRow
}

// HandledRow is one handled suggestion.
type HandledRow struct{ Unit, Month, Text, Answer, Answered string }
