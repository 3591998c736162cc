package view

// Library is the list of criteria sets or of survey forms.
type Library struct {
	Admin
	Kind    string // "bo-tieu-chi" or "phieu", the part of the address
	List    Listing
	Rows    []VersionRow
	Samples []Sample
	File    string
	Bad     []Located // problems of a file that was not taken
}

// VersionRow is one version in a list.
type VersionRow struct {
	ID     string
	Number int
	Title  string
	State  Tag
	At     string
	URL    string
}

// Sample is a set or form that comes with the program.
type Sample struct {
	Ref, Title, Detail string
	URL                string // where it is, once added
}

// VersionHead is what the pages of one version share.
type VersionHead struct {
	Kind     string
	ID       string
	Number   int
	Heading  string
	State    Tag
	Draft    bool
	Issued   bool
	Retired  bool
	By, At   string
	Version  int64
	Next     int      // number of the next version
	Others   []Option // other versions to compare with
	UsedBy   []Link   // periods or campaigns
	Decision string   // decision number typed
	Date     string   // decision date typed
}

// Set is one version of a criteria set as a tree.
type Set struct {
	Admin
	VersionHead
	Facts       []Pair
	Papers      []string
	Conditions  []string
	Groups      []SetGroup
	Recognition []string
	Missing     []string // forms it asks for and that are not there
	Leaves      int
}

// SetGroup is a top-level part of a criteria set.
type SetGroup struct {
	Code, Title, Kind, Max string
	Criteria               []SetCriterion
}

// SetCriterion is a node of the tree; a leaf has Rule.
type SetCriterion struct {
	Code, Title, Max, Guide, Evidence string
	Rule                              []string
	NA                                bool
	Criteria                          []SetCriterion
}

// VersionEdit is a draft as text, with what is wrong in it.
type VersionEdit struct {
	Admin
	VersionHead
	YAML    string
	Checked bool
	Bad     []Located
}

// SetDiff is what changed between two versions, in words.
type SetDiff struct {
	Admin
	From, To string
	FromURL  string
	ToURL    string
	Changes  []DiffLine
}

// DiffLine is one change.
type DiffLine struct {
	Tag   Tag
	Place string
	Text  string
}

// FormPreview is a survey form as a respondent sees it.
type FormPreview struct {
	Admin
	VersionHead
	Groups    []string
	Index     string
	Intro     []string
	Consent   []string
	Sections  []FormSection
	Questions int
}

// FormSection is a run of questions.
type FormSection struct {
	Title     string
	Questions []FormQuestion
}

// FormQuestion is one question with what may be answered.
type FormQuestion struct {
	Code, Kind, Text, Note string
	Required               bool
	Options                []FormOption
	Other                  bool
}

// FormOption is one answer to choose; Value is its value in the index.
type FormOption struct{ Code, Label, Value string }
