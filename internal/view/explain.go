package view

// Explain is how one criterion of a unit came to its points.
type Explain struct {
	Page
	Period, Unit, Name, Stage string
	Code, Leaf, Group         string
	BackURL, AllURL           string
	Max, Points               string
	State                     string // "scored", "missing" or "na"
	StateText                 string
	Rule                      string       // in words
	Table                     []ExplainRow // levels or bands: what gives what
	TableHead                 [2]string
	Expr                      string
	Inputs                    []ExplainInput
	Members                   []ExplainMember // whose mean it is
	Steps                     []ExplainStep
	Survey                    *ExplainSurvey
	Problems                  []string
	By, At, Note              string
}

// ExplainRow says that something gives points.
type ExplainRow struct{ What, Points string }

// ExplainInput is one value that was entered.
type ExplainInput struct{ Title, Value string }

// ExplainMember is what one member of a team gave.
type ExplainMember struct {
	Name     string
	Inputs   []ExplainInput
	Points   string
	State    string // as of Explain
	Problems []string
}

// ExplainStep is one line of the derivation: what is done and what comes out,
// as a fraction and as a decimal.
type ExplainStep struct {
	What, Formula, Fraction, Decimal string
}

// ExplainSurvey is where the figure of a survey rule comes from.
type ExplainSurvey struct {
	Form, Title  string
	N, Needed    int64
	Enough       bool
	Index        string
	Low, High    string // 95 % interval of the whole form, "" when there is none
	Part         string // in words which questions and groups count
	Undefined    bool
	Few          bool // too few answers to show anything of them
	WhenMissing  string
	IntervalNote bool // the interval is of the whole form, the index of a part
}

// ExplainUnit is how a unit came to its total.
type ExplainUnit struct {
	Page
	Period, Unit, Name, Stage, BackURL string
	Groups                             []ExplainGroup
	Total                              string
	Steps                              []ExplainStep
	Recognised, Complete               bool
	Band                               string
	Failed                             []string
	Bands                              []string
}

// ExplainGroup is one group with its leaves.
type ExplainGroup struct {
	Code, Title, KindText string
	Sum, Max, Points      string
	Capped                bool
	Percent, Floor        string
	FloorMet              bool
	Earned, Applicable    string
	Leaves                []ExplainLeaf
}

// ExplainLeaf is one criterion of a group.
type ExplainLeaf struct{ Code, Title, Max, Points, URL, State string }
