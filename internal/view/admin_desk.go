package view

// StepDesk is the part of the manager's desk for a period with steps.
type StepDesk struct {
	PeriodID  string
	Open      bool   // the period
	ActURL    string // of the forms, with what is shown
	ExcelURL  string
	Chips     []Chip
	StepRows  []StepRow
	Surveys   []DeskCampaign
	Did       string // what was just done to many, in words
	Failed    []TeamFailed
	Reason    string // typed for a return
	AnyChosen bool   // some rows can be chosen
}

// Chip is a filter with how many rows it shows.
type Chip struct {
	Label, URL, Look string
	Count            int
	Current          bool
}

// StepRow is one dossier with where it stands at each step.
type StepRow struct {
	Unit, Name, URL string
	Status          Tag
	Turn, Day       string // whom it waits for, until when
	Late            string // in words, "" when it is not
	Cells           []StepCell
	Gate            *StepGate
	Choosable       bool
}

// StepCell is one step of a dossier.
type StepCell struct{ Label, Text, Look string }

// StepGate is what a registration brings, and what the gate misses in it.
type StepGate struct {
	Self, Conditions, LastYear, Note string
	Lacks                            []string
}

// DeskCampaign is how far a campaign is; Need is 0 without a plan.
type DeskCampaign struct {
	Title, URL, Closes string
	State              Tag
	Have, Need         int64
}
