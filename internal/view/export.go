package view

// Export is the page that takes a campaign's raw data out.
type Export struct {
	Page
	Campaign  string
	Back      string // the campaign's page
	Responses int64
	Small     int // answers below which a group is hidden elsewhere
	Formats   []Option
	Job       ExportJob
}

// ExportJob is the export that runs or ran last; the zero one is none.
type ExportJob struct {
	Runs, Broken, Failed    bool
	Format, Who, Started    string
	Rows, Total             int64
	Percent                 int
	URL, Ended, Until, Size string // of the finished file
	Sum                     string
}

// ExportLog lists what left the system.
type ExportLog struct {
	Admin
	List     Listing
	Rows     []ExportRow
	From, To string // days, as typed
	Most     int    // entries looked at; 0: all of them
}

// ExportRow is one entry of the log.
type ExportRow struct {
	When, Who, What, Campaign, Format, Via, Path, Sum string
	Rows                                              int64
}

// Published is the list of the receipts of a closed campaign.
type Published struct {
	Page
	Campaign, Closed string
	Total            int64
	Sum              string // SHA-256 of the whole list
	Path, Text       string // this page, and the whole list
	Sought           string // the hash that was asked for
	Missing          bool   // it is not in the list
	First            int64  // number of the first hash shown
	Hashes           []string
	Pager            HomePager
	Units            []UnitTotal
	Hidden           int // units left out for having too few
}

// UnitTotal is the count of a unit.
type UnitTotal struct {
	Name string
	N    int64
}
