package view

// Periods is the list of assessment periods.
type Periods struct {
	Admin
	List Listing
	Rows []PeriodRow
}

// PeriodRow is one period of a list.
type PeriodRow struct {
	ID, Title, Set, URL string
	Year, Units         int
	State               Tag
}

// PeriodNew is the form of a new period, or of a draft, with what the user
// typed.
type PeriodNew struct {
	Admin
	ID, Name, Year, On, Percent, By string
	Sets                            []Option
	Scopes                          []Option
	Bands                           []OptionGroup
	Halves                          []Option
	Previous                        []Option
	Units                           int    // in the database
	From                            []Link // periods whose settings may be taken
	Action                          string
	Draft                           bool // it is there already, and not open
	Version                         int64
	PeriodSteps
}

// PeriodSteps are the settings of the steps of the year.
type PeriodSteps struct {
	Free                            bool // marks may be entered at any stage
	StageRows                       []PeriodStage
	Register, Submit, Appeal        string // last days
	GateConditions, GateLastYear    bool
	MinSelf                         string
	Spread, MaxAppeals, ValidMonths string
	Heads                           []Option
}

// PeriodStage is one stage of the form; the first is the unit's own.
type PeriodStage struct {
	Code, Title, Day string
	ID               string // of the field of the day
	DayError         string
	First            bool
}

// PeriodSettings is the form of the settings that may change while a period
// runs.
type PeriodSettings struct {
	Admin
	ID, Heading string
	Version     int64
	Open        bool
	Reason      string // why they change
	PeriodSteps
}

// Period is one period and what may be done with it now.
type Period struct {
	Admin
	ID        string
	Heading   string
	Version   int64
	State     Tag
	Facts     []Fact
	Units     int
	Preview   []string // the first of the units that opening would take
	More      int
	Draft     bool
	Open      bool
	Locked    bool
	Published bool
	Reason    string
	Steps     bool // dossiers move through the steps of the year
	Settings  bool // some settings may be changed
	Campaigns []CampaignRow
	History   []HistoryRow
}

// Fact is a named value, perhaps with a link that explains it.
type Fact struct{ Label, Value, URL string }

// HistoryRow is one audit event in words.
type HistoryRow struct{ When, Who, What string }

// CampaignNew is the form of a new campaign.
type CampaignNew struct {
	Admin
	ID, Name, Opens, Closes string
	Periods                 []Option
	Forms                   []Option
	Groups                  []Option
	Scopes                  []Option
	CampaignFields
}

// CampaignFields are the fields of a campaign that may change while it runs.
type CampaignFields struct {
	Channels                             []Option
	PlanError, MinSeconds, Retain, Desks string
}

// CampaignRow is one campaign of a list.
type CampaignRow struct {
	ID, Title, Form, Period, Opens, Closes, URL string
	State                                       Tag
	Units                                       int
	Responses                                   int64
}

// CampaignAdmin is the list of campaigns for those who run them, and one
// campaign's switches.
type CampaignAdmin struct {
	Admin
	List Listing
	Rows []CampaignRow
}

// CampaignEdit is one campaign and its switches.
type CampaignEdit struct {
	Admin
	ID, Heading string
	Version     int64
	State       Tag
	Facts       []Fact
	Paused      bool
	Ended       bool
	Closes      string
	History     []HistoryRow
	Changing    bool // the form of the settings is open: something in it is wrong
	Name, Opens string
	Units       string // one code a line
	UnitLines   int
	Groups      []Option
	CampaignFields
}
