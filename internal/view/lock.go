package view

// Lock is the page of a period's lock: what it freezes, its checksum and the
// sign-off of the council's head.
type Lock struct {
	Admin
	ID, Heading string
	Version     int64
	State       Tag
	Open        bool // may be locked
	Half        bool // the lock was broken off, or is older than checksums
	Frozen      bool
	Published   bool
	Steps       bool
	Manages     bool // may lock, unlock and publish
	Mine        bool // is the head, who signs
	Head        string
	Target      Target
	Figures     []Figure
	Waiting     []Link // dossiers with appeals that wait: they refuse the lock
	Unfinished  []LockCount
	Checksum    string
	Groups      []string // of the checksum, to read aloud
	At          string
	Surveys     []Fact
	Signed      bool
	SignedBy    string
	SignedAt    string
	Decided     int // decisions that stand, for who unlocks
	Undecided   int // concluded dossiers that wait for a decision
	Reason      string
	Blocked     string // why it cannot be published yet
	Decisions   bool
}

// LockCount is how many dossiers stand somewhere.
type LockCount struct {
	Label string
	Count int
	URL   string // "" for who may not see the desk
}
