package view

// KioskRun is what the survey page needs to know on a kiosk.
type KioskRun struct {
	Idle    int    // seconds without a touch after which the page asks whether somebody is there
	Warning int    // seconds that it then waits
	Thanks  int    // seconds that the thanks are shown
	End     string // address of the page that ends the shift
	Place   string // the device, as its people call it
}

// KioskStart is the page on which a shift begins.
type KioskStart struct {
	Page
	Campaigns []Option
	Units     []Option
	Campaign  string // the chosen campaign's id; empty: choose first
	Title     string // its title
	Place     string
	PINSize   int
	MaxPlace  int
	Ended     string // that the shift on this device has ended
}

// KioskThanks is the page after an accepted answer where there is no script.
type KioskThanks struct {
	Page
	Unit  string
	Parts []string
	Next  string // the start, for the next person
}

// KioskEnd asks for the PIN before a shift ends.
type KioskEnd struct {
	Page
	Unit, Place, Since string
	Answers            int64
	Back               string
	PINSize            int
}

// KioskSetup is the page on which PINs are set and shifts are seen.
type KioskSetup struct {
	Page
	Campaign string
	Back     string // empty: the visitor may not see the campaign
	Start    string // address of the page that begins a shift
	PINSize  int
	List     Listing
	Rows     []KioskRow
	Chosen   *KioskUnit // the unit whose PIN and shifts are shown
}

// KioskRow is one unit of the list.
type KioskRow struct {
	Code, Name, URL string
	PIN             string // when it was set, or that it was not
	By              string
	Set             bool
}

// KioskUnit is one unit with its shifts.
type KioskUnit struct {
	KioskRow
	Start   string // address that begins a shift here
	Path    string
	Shifts  []KioskShift
	Answers int64
}

// KioskShift is one shift.
type KioskShift struct {
	Place, Started, Ended string
	Answers               int64
	State                 Tag
	Stop                  string // id by which a running shift is ended from here; empty: it is over
}

// KioskList is the list of campaigns with kiosks, for those who do not see
// campaigns otherwise.
type KioskList struct {
	Page
	Campaigns []Link
	Start     string
}
