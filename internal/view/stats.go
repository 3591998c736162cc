package view

// Stats is one view of a campaign's statistics: a chart and the table it is
// drawn from.
type Stats struct {
	Page
	Campaign, CampaignURL string
	Tabs                  []Link
	Facts                 []Fact
	Notes                 []string
	Heading               string
	Chart                 *ChartPicture
	List                  Listing
	Columns               []Column // of a table that is no list
	Rows                  [][]StatCell
	Excel                 string
	Choose                *StatChoice
	Clean                 *Link // switches the flagged responses off and on; the team's
}

// StatChoice is a select that chooses what is compared.
type StatChoice struct {
	Name, Label string
	Options     []Option
	Keep        []Pair
	Hint        string // where there is nothing to choose
}

// StatCell is a cell of a table of statistics.
type StatCell struct {
	Text, URL string
	Number    bool
	Tag       Tag
}

// ChartPicture is a drawn chart; Narrow is drawn for phones. Alt says in words
// what it shows.
type ChartPicture struct {
	URL, NarrowURL            string
	Width, Height             int
	NarrowWidth, NarrowHeight int
	Alt                       string
}

// Texts are the words that respondents wrote.
type Texts struct {
	Page
	Campaign, Back, Path string
	Query                string
	Filters              []StatChoice
	Rows                 []TextRow
	Hidden               string // why nothing is shown
	More                 string // goes on where the search stopped
	MoreLabel            string
	First                string // back to the newest
	Excel, CSV           string
	Total                string
	Forward              bool // may be sent to the commune
	Own                  bool // a commune looking at its own
	Searched             string
}

// TextRow is one text.
type TextRow struct {
	Unit, Question, Group, When, Text, Forward string
}

// Review is the list of responses.
type Review struct {
	Page
	Campaign, CampaignURL, Path string
	Filters                     []StatChoice
	Rows                        []ReviewRow
	More, MoreLabel, First      string
	Figures                     []ReviewFigure
	Reason                      string
	Query, AllURL               string // AllURL ticks all rows or, if All, none
	All                         bool
	MaxReason                   int
}

// ReviewFigure is what the campaign's result is one way.
type ReviewFigure struct{ Name, Count, Index, Interval string }

// ReviewRow is one response of the list.
type ReviewRow struct {
	ID, URL, Unit, Group, Channel, When, Seconds string
	Flags                                        []string
	Excluded, Chosen                             bool
}

// ReviewOne is one response with its answers in words.
type ReviewOne struct {
	Page
	Back      string
	Row       ReviewRow
	Facts     []Fact
	Answers   []Fact
	History   []HistoryRow
	Figures   []ReviewFigure
	Reason    string
	MaxReason int
}
