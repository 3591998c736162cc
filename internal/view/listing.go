package view

// Listing is what stands around the rows of a list: the search, the sortable
// headings and the pager. Every address keeps the rest of the query.
type Listing struct {
	Path    string
	Query   string // what was searched for
	Sort    string
	Keep    []Pair // other parameters of the query, for the search form
	Columns []Column
	Total   int // rows there are
	Found   int // rows that match the search
	Pages   []PageLink
}

// Pair is a name and a value.
type Pair struct{ Name, Value string }

// Column is the heading of a column; URL sorts by it, "" when it cannot.
type Column struct {
	Label, URL string
	Aria       string // ascending, descending or ""
	Number     bool
}

// PageLink is one entry of a pager; the current one has no URL.
type PageLink struct{ Label, URL string }

// Option is one choice of a select or a group of check boxes.
type Option struct {
	Value, Label string
	Chosen       bool
}

// OptionGroup is a titled run of options.
type OptionGroup struct {
	Label   string
	Options []Option
}

// Tag is a short word in a colour: good, warn, bad, off or "".
type Tag struct{ Text, Look string }
