package view

// Builder is a survey form as a form: everything the person typed, and beside
// it what a respondent would see.
type Builder struct {
	Admin
	ID       string // "" for a form that is not stored yet
	Number   int
	Heading  string
	Action   string // where the form goes
	Back     string // the version's page, or the list for a new form
	Version  int64  // of the stored draft that the form was made on
	Fields   []EditField
	Index    []EditField
	Scales   []BuilderScale
	Sections []BuilderSection
	Preview  FormBody
	Warnings []string // what saving or issuing would break
	Focus    string
	Checked  bool // a check was asked for and nothing is wrong
	Conflict *EditConflict
}

// BuilderScale is a scale with its options.
type BuilderScale struct {
	Path, Error string
	Name        EditField
	Options     EditTable
	First, Last bool
}

// BuilderSection is a section with its questions.
type BuilderSection struct {
	Path, Name, Error string
	Title             EditField
	Questions         []BuilderQuestion
	First, Last       bool
}

// BuilderQuestion is one question. Options has no path when the kind has none
// of its own.
type BuilderQuestion struct {
	Path, Name, Summary, Error string
	Code, Kind, Text           EditField
	Fields                     []EditField
	Options                    EditTable
	Show                       []EditField // when it is asked
	Hidden                     []Pair      // what another kind would have
	First, Last, Open          bool
}

// FormBody is the part of a survey form that respondents see.
type FormBody struct {
	Title    string
	Intro    []string
	Consent  []string
	Sections []FormSection
}
