package view

// ResultPeriods lists the periods whose results everybody may see.
type ResultPeriods struct {
	Page
	Periods []Link
}

// Results is the published result of a period.
type Results struct {
	Page
	ID, Heading, Criteria string
	Steps                 bool
	Summary               []string // the figures, in sentences
	Groups                []RankingGroup
	List                  Listing
	Rows                  []ResultRow
	JSON, CSV             string
}

// ResultRow is one unit of a published result.
type ResultRow struct {
	Rank, Name, Total string
	Groups            []string
	Band              string
	State             Tag
	Notes             []string // decisions, validity, what was carried over
}
