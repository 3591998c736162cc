package view

// Campaigns is the list of campaigns with live counts.
type Campaigns struct {
	Page
	List Listing
	Rows []CampaignRow
	New  bool // may create one
}

// Campaign is one campaign by unit.
type Campaign struct {
	Page
	Row         CampaignRow
	Tasks       []Task // what else can be done with it
	Groups      []string
	Facts       []Fact
	Filters     []Link
	Excel       string
	List        Listing
	Rows        []CampaignUnit
	Total       CampaignUnit
	Planned     bool   // some unit has a sample plan
	Populations string // where the plan is made, for those who may
	Team        bool   // sees flags and channels
	Small       string // the sentence about small cells, where they are hidden
}

// Task is a group of links that serve one end.
type Task struct {
	Title string
	Links []Link
}

// CampaignUnit is one unit of a campaign. Counts that must not be shown are
// words instead of numbers.
type CampaignUnit struct {
	Unit, Name, URL, Survey, Poster string
	Total                           string
	Groups                          []GroupFill
	Index, Interval                 string
	Planned, Short, Unknown         bool // Unknown: a hidden count keeps from saying
	Missing                         string
	Flags, Excluded                 int64
	Review                          string // the unit's flagged responses
	Channels                        []Fact
}

// GroupFill is "120/385" with the share of the plan for the bar; Short is what
// is missing.
type GroupFill struct {
	Text        string
	Bar, Enough bool
	Percent     int
	Short       int
}

// CampaignDetail is the distribution of answers of one unit.
type CampaignDetail struct {
	Page
	Campaign, CampaignURL string
	Unit, Survey, Poster  string
	Links                 []Link // what the team reads of the unit
	Form                  string
	Facts                 []Fact
	Groups                []GroupFigure
	Questions             []Distribution
	Small                 string
}

// GroupFigure is one respondent group of a unit.
type GroupFigure struct{ Name, Count, Index string }

// Distribution is the answers to one question.
type Distribution struct {
	Code, Text, Kind, Count, Index string
	Options                        []Share
	Note                           string
}

// Share is one option: its count, the share of it in words, and of 100 for the
// bar. Hidden is true when the count must not be shown.
type Share struct {
	Label, Count, Percent, Bar string
	Hidden                     bool
}
