package view

// Leader is the leader's page.
type Leader struct {
	Page
	PeriodID, Period string
	Year             int
	Periods          []Option
	Previous         string // URL of the year before, "" for none
	Stage            string
	Target           Target
	Decided          []string // what decisions say, in sentences; none before the first
	Excel            string
	RankingURL       string
	Incomplete       int
	Hidden           int // of the incomplete: those whose result is not told before the conclusion
	Trend            []TrendYear
	Near             []NearMiss
	NearMore         int
	Tiles            []Tile
	Key              []TileKey
	Top, Bottom      []LeaderRow
	Units            int
	Empty            bool
	ToSign           string // where this user signs what was locked; "" when they need not
}

// TrendYear is one year of the trend.
type TrendYear struct {
	Label, URL, Share, Width, Mark string
	Recognised, Denominator        int
	Met, Current                   bool
}

// NearMiss is a unit that misses recognition by little.
type NearMiss struct {
	Name, URL, Total, ExplainURL string
	Gap                          string // points to the minimum, "" when the total suffices
	Leaves                       []NearLeaf
	Failed                       []string // when the total suffices
}

// NearLeaf is a criterion with points left to win.
type NearLeaf struct{ Code, Title, Gap, URL string }

// Tile is one unit of the overview.
type Tile struct{ Class, Mark, Label, URL string }

// TileKey explains a class of tiles.
type TileKey struct {
	Class, Mark, Label, URL string
	Count                   int
}

// LeaderRow is one line of the best or the last.
type LeaderRow struct {
	Rank                         int
	Name, URL, Total, ExplainURL string
	Width                        string
	Revoked                      bool // by a decision
}
