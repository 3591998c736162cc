package view

// Replay is a draft criteria set tried on a period's data.
type Replay struct {
	Admin
	ID               string
	Number           int
	Heading, Back    string
	PeriodID, Period string
	Was, WasURL      string // the period's set
	Same             bool   // the period's set is this one
	Periods, Stages  []Option
	Kinds            []Option
	Enter, Leave     ReplayList
	Targets          [2]Target
	LostBand         string
	Gaps             []ReplayGap
	Retitled         []ReplayTitle
	Excel            string
	List             Listing
	Rows             []ReplayRow
	Empty            string
}

// ReplayList is units that enter or leave, the first ones by name; All is how
// many there are and URL lists them.
type ReplayList struct {
	Units []ReplayName
	All   int
	More  int
	URL   string
}

// ReplayName is one unit of such a list.
type ReplayName struct{ Name, URL, Before, After string }

// ReplayGap is a criterion of the draft that units lack a mark for.
type ReplayGap struct {
	Code, Title, Why string
	Units            int
}

// ReplayTitle is a criterion that has another title under the same code.
type ReplayTitle struct{ Code, Was, Now string }

// ReplayRow is one unit before and after; a rank of 0 is none.
type ReplayRow struct {
	Code, Name, URL         string
	Before, After, Gap      string
	Up, Down                bool
	RankBefore, RankAfter   int
	BandBefore, BandAfter   string
	GoodBefore, GoodAfter   bool
	ShortBefore, ShortAfter bool
	Change                  Tag
	Failed                  []string
}
