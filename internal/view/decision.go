package view

// Decisions is what is decided about the units of a period.
type Decisions struct {
	Admin
	ID, Heading          string
	State                Tag
	Only                 string // the unit whose dossier led here, "" for none
	Blocked              string // why nothing can be decided yet
	BlockedURL           string
	Form                 DecisionForm
	Open                 []DecisionRow // wait for a decision, in rank order
	Decided              []DecisionRow
	Recognised, Revoked  int
	Refused, Unconcluded int
	Months               int
}

// DecisionForm is what one decision says of several units.
type DecisionForm struct{ Number, Day, Signer, Until string }

// DecisionRow is one unit of the list.
type DecisionRow struct {
	Unit, Name, URL, ScoreURL string
	Rank, Total, Band         string
	State                     Tag
	Note                      string // of a decision
	Chosen                    bool
	May                       bool // may be recognised: it is proposed
}

// DecisionPreview is what a decision would do, or why it cannot be recorded.
type DecisionPreview struct {
	Admin
	ID, Heading string
	Act         string // of the form
	Refusal     bool   // it refuses recognition
	Form        DecisionForm
	Shown       DecisionForm // in Vietnamese writing
	Lines       []DecisionLine
	Ready, Done int
	Wrong       int
	Against     int // of a refusal: units that are proposed
}

// DecisionLine is one unit of a preview.
type DecisionLine struct {
	Unit, Name, Total, Band string
	State                   Tag
	Why                     []string
	Ready                   bool
}

// DecisionOne is the decision about one unit and what may become of it.
type DecisionOne struct {
	Admin
	ID, Unit, Heading, Period string
	State                     Tag
	Facts                     []Fact
	Form                      DecisionForm
	Reason                    string
	MayRevoke                 bool
	Successors                []Option // units it may be carried over to
	Chosen                    string
	MayCarry                  bool
	Carried                   []string
	History                   []HistoryRow
	Act                       string // of the form that was sent
}

// Register is the register of recognitions of all periods.
type Register struct {
	Admin
	List    Listing
	Rows    []RegisterRow
	Excel   string
	States  []Option
	Periods []Option
}

// RegisterRow is one recognition.
type RegisterRow struct {
	Name, Period, Band, Number, Day, Until, Note, URL string
	State                                             Tag
}
