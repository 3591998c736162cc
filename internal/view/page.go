package view

// Page is what every page has; page structs embed it.
type Page struct {
	Title    string
	Province string // the province's name, at the right of the top bar
	Path     string // the request's path, to mark the current entry
	CSRF     string // token of this session, for every form
	User     *Person
	Nav      []Link
	Bell     int    // notices that the user has not read
	Flash    string // what was just done, in words
	Errors   []FieldError
	Demo     bool // demo data: said on every page
	Wide     bool // use the whole width of the window
	Scripts  []string
	Styles   []string // style sheets beside app.css
	Lang     string   // language of the page's words; empty: Vietnamese
	Large    bool     // large letters, asked for by the visitor
}

// Person is the signed-in user, as the top bar shows them.
type Person struct{ Name, Role string }

// Link is an entry of the navigation.
type Link struct {
	Label, URL string
	Current    bool
}

// FieldError is a problem beside a field of a form; Field is also its id.
type FieldError struct{ Field, Message string }

// Error returns the message of one field, or "".
func (p Page) Error(field string) string {
	for _, e := range p.Errors {
		if e.Field == field {
			return e.Message
		}
	}
	return ""
}

// Failure is the page of an error.
type Failure struct {
	Page
	Status    int
	Message   string
	Problems  []string
	RequestID string
}
