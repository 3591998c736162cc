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
