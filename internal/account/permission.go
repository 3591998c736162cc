package account

// Action is something a role may or may not do, apart from the state of the
// thing it is done to (package dossier decides that).
type Action string

// The actions of the permission table.
const (
	SeeUsers     Action = "users"       // list and change accounts
	EditUnits    Action = "units"       // import units
	EditSets     Action = "sets"        // criteria sets and forms
	EditPeriods  Action = "periods"     // open and close periods and campaigns
	SeeAll       Action = "see-all"     // every unit's marks before publication
	SeeRanking   Action = "ranking"     // rankings and their Excel files
	SeeCampaigns Action = "campaigns"   // counts and tallies
	SeeDossiers  Action = "dossiers"    // at least one's own dossier
	MarkSelf     Action = "mark-self"   // score one's own unit at stage self
	MarkStage    Action = "mark-stage"  // score units at an appraisal stage
	SeeLeader    Action = "leader"      // the leader's page
	ReadAudit    Action = "audit"       // the audit trail
	ExportData   Action = "export-data" // raw, anonymous responses
	Interview    Action = "interview"   // collect answers as a surveyor
	EnterPaper   Action = "paper"       // key in and import paper forms
	RunKiosk     Action = "kiosk"       // set up a kiosk (a commune: its own)
	ReviewData   Action = "review"      // read raw answers and texts, exclude responses, draw the re-check
	SendFeedback Action = "feedback"    // forward residents' suggestions to communes
	Answer       Action = "answer"      // answer the suggestions sent to one's own unit
)

// table is the one place that says what a role may do.
var table = map[Role]map[Action]bool{
	Admin:     set(SeeUsers, EditUnits, EditSets, EditPeriods, SeeAll, SeeRanking, SeeCampaigns, SeeDossiers, SeeLeader, ReadAudit, ExportData, Interview, EnterPaper, RunKiosk, ReviewData, SendFeedback),
	Manager:   set(EditUnits, EditSets, EditPeriods, SeeAll, SeeRanking, SeeCampaigns, SeeDossiers, SeeLeader, ExportData, Interview, EnterPaper, RunKiosk, ReviewData, SendFeedback),
	Appraiser: set(SeeAll, SeeRanking, SeeCampaigns, SeeDossiers, MarkStage, ReviewData),
	Commune:   set(SeeDossiers, MarkSelf, RunKiosk, Answer),
	Leader:    set(SeeAll, SeeRanking, SeeCampaigns, SeeDossiers, SeeLeader),
	Surveyor:  set(Interview, EnterPaper, RunKiosk),
}

func set(actions ...Action) map[Action]bool {
	m := map[Action]bool{}
	for _, a := range actions {
		m[a] = true
	}
	return m
}

// May reports whether a role may do an action at all.
func (r Role) May(a Action) bool { return table[r][a] }

// MaySee reports whether the user may see a unit's unpublished marks.
func (u User) MaySee(unit string) bool {
	return u.Role.May(SeeAll) || (u.Role == Commune && u.Unit == unit)
}

// SelfStage is the code of the stage in which a unit scores itself.
const SelfStage = "self"

// MayMark reports whether the user may enter marks of a unit at a stage.
func (u User) MayMark(unit, stage string) bool {
	if stage == SelfStage {
		return u.Role.May(MarkSelf) && u.Unit == unit
	}
	return u.Role.May(MarkStage)
}
