package view

// Ranking is the table of a period's results.
type Ranking struct {
	Page
	PeriodID, Period string
	Stage            string
	Criteria         string
	Periods, Stages  []Option
	Bands, Parents   []Option
	Recognised       []Option
	Filtered         bool
	Hidden           int // units whose result this user may not see yet
	Excel            string
	Leniency         string  // page that compares how strict the teams are; "" for those who may not see it
	List             Listing // its columns: rank, unit, parent, groups, total, band
	Groups           []RankingGroup
	Rows             []RankingRow
	Target           Target
	Empty            string
}

// RankingGroup is a column of group scores.
type RankingGroup struct{ Code, Title, Max string }

// RankingRow is one unit.
type RankingRow struct {
	Rank               int
	Code, Name, Parent string
	URL, ExplainURL    string
	Groups             []Linked
	Total              string
	Band               string
	BandClass          string
	Recognised         bool
	Complete           bool
	Failed             []string
	Revoked            bool // by a decision
}

// Linked is a text with the page that explains it.
type Linked struct{ Text, URL string }

// Target is the share of recognised units against the target.
type Target struct {
	Recognised, Denominator, Needed int
	Share, Percent                  string // with decimal comma
	Width                           string // of the share in a drawing, 0..100
	Mark                            string // of the target in a drawing
	Wanted                          int    // units the target asks for
	Over                            int    // units beyond it
	Met                             bool
	MinBand                         string
	By                              string // the day, dd/mm/yyyy
	Left, Right                     string // the two sides of the exact comparison
}
