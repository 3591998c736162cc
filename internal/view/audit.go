package view

// AuditLog is the administrator's page of what happened.
type AuditLog struct {
	Admin
	Listing                Listing // the address and the search
	Who, Thing, ThingTitle string
	From, To               string // days, as typed
	Actions                []Option
	Rows                   []AuditRow
	Looked                 int    // events looked at when not all were; 0: all
	Older, Newest, CSV     string // addresses; "" for none
	Filtered               bool
	Chain                  AuditChain
}

// AuditRow is one event in words.
type AuditRow struct {
	When, Who, Name string // Name of who, "" when it is not known
	What            string
	Thing           string // its title
	URL             string // of the thing, "" for none
	Only            string // address of this thing's events alone
	Changes         []AuditChange
	Seq             int64 // in the thing's chain; 0: from before there were chains
	Hash            string
}

// AuditChange is one field before and after, in words.
type AuditChange struct{ Field, Before, After string }

// AuditChain is the result of the last check of the trail.
type AuditChain struct {
	Tag      Tag
	Text     string
	Head     string // short, with its number; "" without one
	Findings []string
	More     int // findings that are not listed
}
