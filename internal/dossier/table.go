package dossier

import (
	"slices"
	"strings"

	"thanthien/internal/fault"
)

// Status is where a dossier stands in its year.
type Status string

// The statuses. Free is that of a period without steps.
const (
	Free          Status = ""
	NotRegistered Status = "not-registered"
	Registered    Status = "registered" // waits for the manager
	Approved      Status = "approved"   // may begin to score itself
	Returned      Status = "returned"   // the registration, with a reason
	Scoring       Status = "scoring"    // scores itself
	Submitted     Status = "submitted"  // waits to be taken up
	Completion    Status = "completion" // asked to complete
	Resubmitted   Status = "resubmitted"
	Appraisal     Status = "appraisal" // at Dossier.Stage
	Proposed      Status = "proposed"
	NotProposed   Status = "not-proposed"
	Appealed      Status = "appealed" // some appeals wait for a decision
	Recognised    Status = "recognised"
	NotRecognised Status = "not-recognised"
	Revoked       Status = "revoked"
)

// Statuses lists the statuses of a period with steps, in the order of the year.
func Statuses() []Status {
	return []Status{NotRegistered, Registered, Returned, Approved, Scoring, Submitted, Completion, Resubmitted, Appraisal, Proposed, NotProposed, Appealed, Recognised, NotRecognised, Revoked}
}

// Act is something a person does to a dossier.
type Act string

// The acts. The names stand in URLs, the API and the audit trail.
const (
	Register      Act = "register"
	Withdraw      Act = "withdraw" // the registration, before it is decided
	Approve       Act = "approve"
	Return        Act = "return"
	MarkSelf      Act = "mark-self"
	Attach        Act = "attach" // papers and evidence
	Submit        Act = "submit"
	TakeBack      Act = "take-back" // the submission, before it is taken up
	Accept        Act = "accept"    // take a submission up for appraisal
	AskCompletion Act = "ask-completion"
	Resubmit      Act = "resubmit"
	EndCompletion Act = "end-completion" // go on without what the unit did not bring
	Assign        Act = "assign"         // the members of stages
	MarkStage     Act = "mark-stage"     // one's own sheet
	FinishSheet   Act = "finish-sheet"   // and it stays as it is
	Rescore       Act = "rescore"        // begin another round after a talk
	Propose       Act = "propose"        // the stage's conclusion: go on
	Reject        Act = "reject"         // the stage's conclusion: not proposed
	Reconsider    Act = "reconsider"     // turn a conclusion, with a reason
	Appeal        Act = "appeal"
	DecideAppeal  Act = "decide-appeal"
	Recognise     Act = "recognise"
	Refuse        Act = "refuse" // recognition
	Recall        Act = "recall" // a refusal that was recorded by mistake
	Revoke        Act = "revoke"
	CarryOver     Act = "carry-over" // a recognition to a unit that takes this one's place
	Comment       Act = "comment"
)

// Who is what a person is to a dossier; a person may be several.
type Who uint8

// What a person may be.
const (
	Unit    Who = 1 << iota // works for the unit itself
	Member                  // assigned at the stage the dossier is at
	Lead                    // the first of those members
	Manager                 // runs the period
	Judge                   // an appraiser who has not scored the dossier
	Head                    // the council's head
)

// Has reports whether w and any of those in x have something in common.
func (w Who) Has(x Who) bool { return w&x != 0 }

// Rule says who may do an act, and where the dossier and its period must be.
type Rule struct {
	Act    Act
	Who    Who
	From   []Status
	Period []State // of the period
	Reason bool    // a reason must be given
}

var (
	whileOpen   = []State{Open}
	whileFrozen = []State{Locked, Published}
	always      = []State{Open, Locked, Published}
)

// Table is the one place that says who may do what in which state.
var Table = []Rule{
	{Register, Unit, []Status{NotRegistered, Returned}, whileOpen, false},
	{Withdraw, Unit, []Status{Registered}, whileOpen, false},
	{Approve, Manager, []Status{Registered}, whileOpen, false},
	{Return, Manager, []Status{Registered}, whileOpen, true},
	{MarkSelf, Unit, []Status{Approved, Scoring, Completion}, whileOpen, false},
	{Attach, Unit, []Status{NotRegistered, Returned, Registered, Approved, Scoring, Completion}, whileOpen, false},
	{Submit, Unit, []Status{Approved, Scoring}, whileOpen, false},
	{TakeBack, Unit, []Status{Submitted}, whileOpen, false},
	{Accept, Member | Manager, []Status{Submitted, Resubmitted}, whileOpen, false},
	{AskCompletion, Member | Manager, []Status{Submitted, Resubmitted, Appraisal}, whileOpen, true},
	{Resubmit, Unit, []Status{Completion}, whileOpen, false},
	{EndCompletion, Manager, []Status{Completion}, whileOpen, true},
	{Assign, Manager, []Status{NotRegistered, Registered, Returned, Approved, Scoring, Submitted, Completion, Resubmitted, Appraisal}, whileOpen, false},
	{MarkStage, Member, []Status{Appraisal}, whileOpen, false},
	{FinishSheet, Member, []Status{Appraisal}, whileOpen, false},
	{Rescore, Lead | Manager, []Status{Appraisal}, whileOpen, true},
	{Propose, Lead, []Status{Appraisal}, whileOpen, false},
	{Reject, Lead, []Status{Appraisal}, whileOpen, true},
	{Reconsider, Manager, []Status{Proposed, NotProposed}, whileOpen, true},
	{Appeal, Unit, []Status{Proposed, NotProposed, Appealed}, whileOpen, true},
	{DecideAppeal, Judge, []Status{Appealed}, whileOpen, true},
	{Recognise, Manager, []Status{Proposed}, whileFrozen, false},
	{Refuse, Manager, []Status{Proposed, NotProposed}, whileFrozen, false},
	{Recall, Manager, []Status{NotRecognised}, whileFrozen, true},
	{Revoke, Manager, []Status{Recognised}, whileFrozen, true},
	{CarryOver, Manager, []Status{Recognised}, whileFrozen, false},
	{Comment, Unit | Member | Manager | Head, Statuses(), always, false},
}

// RuleOf returns the rule of an act.
func RuleOf(act Act) (Rule, bool) {
	i := slices.IndexFunc(Table, func(r Rule) bool { return r.Act == act })
	if i < 0 {
		return Rule{}, false
	}
	return Table[i], true
}

// Fits reports whether the rule allows its act in these states.
func (r Rule) Fits(status Status, period State) bool {
	return slices.Contains(r.From, status) && slices.Contains(r.Period, period)
}

// May returns why somebody may not do an act now, or nil: Forbidden when it is
// never theirs to do, Conflict when the state of the dossier or of its period
// does not allow it. Whether something is still missing is Lacks' to say.
func (d *Dossier) May(act Act, who Who, p *Period) error {
	r, ok := RuleOf(act)
	if !ok {
		return fault.New(fault.NotFound, "dossier.noAct", string(act))
	}
	if d.Status == Free {
		return freeMay(act, who, p)
	}
	switch {
	case !who.Has(r.Who):
		return fault.New(fault.Forbidden, "dossier.notYours", act, r.Who)
	case !slices.Contains(r.Period, p.State):
		return fault.New(fault.Conflict, "dossier.period", act, p.State)
	case !slices.Contains(r.From, d.Status):
		return stuck(act, d.Status, p)
	case d.Locked && slices.Equal(r.Period, whileOpen):
		return fault.New(fault.Conflict, "dossier.locked", p.Title)
	}
	return nil
}

// stuck says why an act does not fit a status, and whose turn it is.
func stuck(act Act, s Status, p *Period) error {
	if turn := NextActs(s, p.State); len(turn) > 0 {
		return fault.New(fault.Conflict, "dossier.state", act, s, turn)
	}
	return fault.New(fault.Conflict, "dossier.stateOver", act, s)
}

// freeMay is May in a period without steps: the unit marks and attaches, any
// appraiser marks, all while the period is open.
func freeMay(act Act, who Who, p *Period) error {
	r, _ := RuleOf(act)
	switch act {
	case MarkSelf, Attach:
	case MarkStage:
		r.Who |= Judge
	case Comment:
		return nil
	default:
		return fault.New(fault.Conflict, "dossier.free", act)
	}
	if !who.Has(r.Who) {
		return fault.New(fault.Forbidden, "dossier.notYours", act, r.Who)
	}
	return p.MayMark()
}

// Next is an act with those who may do it.
type Next struct {
	Act Act
	Who Who
}

// Turn is what a dossier waits for.
type Turn []Next

// Words returns the keys of the sentences that say whose turn it is, as every
// Words here does for what it stands for.
func (t Turn) Words() []string {
	keys := make([]string, len(t))
	for i, n := range t {
		keys[i] = "turn." + keyPart(string(n.Act))
	}
	return keys
}

// Words returns the key of the act's name.
func (a Act) Words() []string { return []string{"act." + keyPart(string(a))} }

// Words returns the key of the status' name.
func (s Status) Words() []string {
	if s == Free {
		return []string{"status.free"}
	}
	return []string{"status." + keyPart(string(s))}
}

// Words returns the key of the state's name.
func (s State) Words() []string { return []string{"state." + string(s)} }

// Words returns the keys of those who are meant.
func (w Who) Words() []string {
	var keys []string
	for i, name := range []string{"unit", "member", "lead", "manager", "judge", "head"} {
		if w.Has(1 << i) {
			keys = append(keys, "who."+name)
		}
	}
	return keys
}

func keyPart(s string) string { return strings.ReplaceAll(s, "-", "_") }

// NextActs lists what moves a dossier on from a status: whose turn it is.
func NextActs(status Status, period State) Turn {
	var list Turn
	for _, r := range Table {
		if slices.Contains(moving, r.Act) && r.Fits(status, period) {
			list = append(list, Next{r.Act, r.Who})
		}
	}
	return list
}

// moving are the acts that the others wait for.
var moving = []Act{Register, Approve, Submit, Accept, Resubmit, FinishSheet, Propose, DecideAppeal, Recognise}
