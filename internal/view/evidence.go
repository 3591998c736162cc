package view

// EvidenceLink is a document of evidence where a page of something else shows
// it: URL is its page, File the file itself.
type EvidenceLink struct {
	Title, Number, Date string
	URL, File           string
	Kind                string // "PDF", "Word", …
	Warnings            []string
}

// EvidenceMissing is a paper or criterion that has no document yet and needs
// one; URL leads to its place on the page of evidence.
type EvidenceMissing struct {
	Code, Title, URL string
	Paper            bool
}

// EvidenceList is the page of a dossier's papers and evidence.
type EvidenceList struct {
	Page
	Head             DossierHead
	Period, Unit     string
	Base, Back       string
	Index            string // URL of the Excel file
	Why              string // why nothing can be added, "" when it can
	Form             EvidenceForm
	Missing          []EvidenceMissing
	Filters          []Option
	Query            string
	Groups           []EvidenceGroup
	Removed          []EvidenceItem
	Count, Warned    int
	Size             string // of all files
	Shown            int    // places that the filter leaves
	OpenForm         bool   // the form was sent and came back
	MaxFiles, MaxMB  int
	MaxTotal, Accept string
}

// EvidenceForm is what a person says about a document.
type EvidenceForm struct {
	Page
	Title, Number, Date string
	Papers              []Option
	Groups              []EvidenceChoices
	MaxTitle, MaxNumber int
	New                 bool // each file may give its own title
}

// EvidenceChoices are the criteria of a group to choose from.
type EvidenceChoices struct {
	Title  string
	Leaves []EvidenceChoice
	Chosen int
}

// EvidenceChoice is one criterion to choose.
type EvidenceChoice struct {
	ID, Code, Title  string
	Chosen, Required bool
}

// EvidenceGroup is a part of the list: the papers, or a group of criteria.
type EvidenceGroup struct {
	Title  string
	Places []EvidencePlace
}

// EvidencePlace is a paper or criterion with its documents.
type EvidencePlace struct {
	ID, Code, Title   string
	Required, Missing bool
	Items             []EvidenceItem
}

// EvidenceItem is one document.
type EvidenceItem struct {
	URL, Title, Number, Date string
	File                     EvidenceFile
	Revisions                int
	Warnings                 []string
	Removed                  string // by whom, when and why
}

// EvidenceFile is one revision of a document. Show is "" for a file that can
// only be downloaded.
type EvidenceFile struct {
	Number                int
	Name, Kind, Size, SHA string
	URL, Show             string
	By, At, Note          string
	Current               bool
}

// EvidenceOne is the page of one document.
type EvidenceOne struct {
	Page
	Period, Unit string
	Base, Back   string
	Item         EvidenceItem
	Rev          int64
	Places       []string
	Why          string // why it cannot be changed, "" when it can
	Form         EvidenceForm
	Reason, Note string // as typed
	Files        []EvidenceFile
	MaxMB        int
	MaxNote      int
	Accept       string
	Stale        string
}
