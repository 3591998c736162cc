package dossier

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
)

// Limits of what goes with an act.
const (
	MaxReason = 2000 // characters of a reason
	MaxItems  = 100  // things one completion request may ask for
	MaxRounds = 10   // of scoring one stage; each keeps a copy of every sheet
)

// Context is who does something to a dossier, when, in which period. Event is
// the id of the audit event, Today the day in the province's zone.
type Context struct {
	Login  string
	Who    Who
	Period *Period
	At     time.Time
	Today  string
	Event  string
	// Recused are the members who must keep out of the unit's affairs: Assign
	// lets them go even when their sheets are in.
	Recused []string
	// Reason is why Assign lets a member go who has scored an earlier round.
	Reason string
}

// Registration is what a unit said when it registered and what was decided.
type Registration struct {
	By         string    `bson:"by"`
	At         time.Time `bson:"at"`
	Self       string    `bson:"self,omitempty"`       // provisional self-score, in points
	Conditions []string  `bson:"conditions,omitempty"` // declared met
	Note       string    `bson:"note,omitempty"`
	Decided    string    `bson:"decided,omitempty"` // by whom
	DecidedAt  time.Time `bson:"decided_at,omitzero"`
	Reason     string    `bson:"reason,omitempty"` // of a return
}

// Request asks a unit to complete its dossier.
type Request struct {
	Stage    string    `bson:"stage"` // the stage that asked
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
	Text     string    `bson:"text"`
	Codes    []string  `bson:"codes,omitempty"` // criteria and papers concerned
	Until    string    `bson:"until,omitempty"` // 2006-01-02
	Answered time.Time `bson:"answered,omitzero"`
	Answer   string    `bson:"answer,omitempty"`
}

// Conclusion is what a stage decided.
type Conclusion struct {
	Stage   string    `bson:"stage"`
	Round   int       `bson:"round"`
	Propose bool      `bson:"propose"`
	By      string    `bson:"by"`
	At      time.Time `bson:"at"`
	Note    string    `bson:"note,omitempty"`
	Total   string    `bson:"total,omitempty"` // of the stage then, for the record
}

// Move does one of the acts that only change the status: withdraw, approve,
// return, submit, take-back, accept, resubmit, end-completion, reconsider. It
// checks Table; what Lacks lists is the caller's to check first.
func (d *Dossier) Move(c Context, act Act, reason string) error {
	if err := d.begin(c, act, reason); err != nil {
		return err
	}
	from, stage := d.Status, d.Stage
	switch act {
	case Withdraw:
		d.Status = NotRegistered
	case Approve, Return:
		d.Registration.Decided, d.Registration.DecidedAt, d.Registration.Reason = c.Login, c.At, reason
		d.Status = Approved
		if act == Return {
			d.Status = Returned
		}
	case Submit:
		d.Status, d.SubmittedAt = Submitted, c.At
	case TakeBack:
		d.Status, d.SubmittedAt = Scoring, time.Time{}
	case Accept:
		if d.Stage == "" {
			d.Stage = c.Period.Stages[1].Code
		}
		d.Status = Appraisal
	case Resubmit:
		last := &d.Completions[len(d.Completions)-1]
		last.Answered, last.Answer = c.At, reason
		d.Status = Resubmitted
	case EndCompletion:
		d.Status = Resubmitted
	case Reconsider:
		d.reconsider(c, reason)
	default:
		return fault.New(fault.NotFound, "dossier.noAct", string(act))
	}
	var on []audit.Change
	if act == Reconsider {
		on = append(on, audit.Change{Field: "stage", Before: stage, After: d.Stage})
	}
	d.moved(c, act, from, reason, on...)
	return nil
}

// reconsider turns a conclusion: what was proposed is not; what was not goes on
// as if the stage had proposed it, to the next stage where there is one.
func (d *Dossier) reconsider(c Context, reason string) {
	propose := d.Status == NotProposed
	d.Conclusions = append(d.Conclusions, Conclusion{Stage: d.Stage, Round: d.Team(d.Stage).Round, Propose: propose, By: c.Login, At: c.At, Note: reason})
	switch next := c.Period.After(d.Stage); {
	case !propose:
		d.Status = NotProposed
	case next == "":
		d.Status = Proposed
	default:
		d.Status, d.Stage = Appraisal, next
	}
}

// Register files a registration.
func (d *Dossier) Register(c Context, r Registration) error {
	if err := d.begin(c, Register, r.Note); err != nil {
		return err
	}
	from := d.Status
	r.By, r.At = c.Login, c.At
	d.Registration, d.Status = r, Registered
	d.moved(c, Register, from, r.Note, audit.Change{Field: "self", After: r.Self}, audit.Change{Field: "conditions", After: strings.Join(r.Conditions, ", ")})
	return nil
}

// AskCompletion sends a dossier back to its unit with what is to be completed.
// At an appraisal stage the members' sheets stay as they are.
func (d *Dossier) AskCompletion(c Context, r Request) error {
	if err := d.begin(c, AskCompletion, r.Text); err != nil {
		return err
	}
	if len(r.Codes) > MaxItems {
		return fault.New(fault.Invalid, "dossier.items", MaxItems)
	}
	if r.Until != "" && r.Until < c.Today {
		return fault.New(fault.Invalid, "dossier.until")
	}
	from := d.Status
	r.By, r.At, r.Stage = c.Login, c.At, d.Stage
	d.Completions = append(d.Completions, r)
	d.Status = Completion
	d.moved(c, AskCompletion, from, r.Text, audit.Change{Field: "codes", After: strings.Join(r.Codes, ", ")}, audit.Change{Field: "until", After: r.Until})
	return nil
}

// Assign sets who scores at a stage; the first leads. Whoever finished a sheet
// of the present round stays, unless recused since: Conflict. The sheet of one
// who goes is kept and counts no more. A stage that is concluded keeps its team.
// The caller has checked that they are appraisers and not recused.
func (d *Dossier) Assign(c Context, stage string, members []string) error {
	if err := d.begin(c, Assign, c.Reason); err != nil {
		return err
	}
	if st, ok := c.Period.Stage(stage); !ok || stage == "" || st.Code == SelfStage {
		return fault.New(fault.NotFound, "result.stage", stage)
	}
	old := d.Team(stage)
	if slices.Equal(old.Members, members) {
		return nil
	}
	if len(members) > MaxMembers {
		return fault.New(fault.Invalid, "dossier.members", MaxMembers)
	}
	if d.Concluded(stage) {
		return fault.New(fault.Conflict, "dossier.concluded", stage)
	}
	if d.AllIn(stage) && slices.ContainsFunc(members, func(m string) bool { return !slices.Contains(old.Members, m) }) {
		return fault.New(fault.Conflict, "dossier.lateMember")
	}
	for _, m := range old.Members {
		if !slices.Contains(members, m) && !slices.Contains(c.Recused, m) && d.Finished(Layer{stage, m, old.Round}) {
			return fault.New(fault.Conflict, "dossier.memberIn", m)
		}
	}
	if gone := d.scorersLeft(c, old, members); len(gone) > 0 && strings.TrimSpace(c.Reason) == "" {
		return fault.List("dossier.invalid", []fault.Problem{{Path: "reason", Key: "dossier.memberScored", Args: []any{strings.Join(gone, ", ")}}})
	}
	d.Teams = slices.DeleteFunc(d.Teams, func(t Team) bool { return t.Stage == stage })
	if len(members) > 0 || old.Round > 1 { // a later round is never scored as the first again
		d.Teams = append(d.Teams, Team{Stage: stage, Members: append([]string{}, members...), Round: old.Round})
	}
	d.moved(c, Assign, d.Status, c.Reason, audit.Change{Field: "team/" + stage, Before: strings.Join(old.Members, ", "), After: strings.Join(members, ", ")})
	return nil
}

// scorersLeft lists the members whom a new team leaves out though they finished
// a sheet of an earlier round: dropping one changes whether the others agree.
func (d *Dossier) scorersLeft(c Context, old Team, members []string) []string {
	var list []string
	for _, m := range old.Members {
		scored := slices.ContainsFunc(d.Sheets, func(s Sheet) bool { return s.Stage == old.Stage && s.Member == m && s.Round < old.Round })
		if scored && !slices.Contains(members, m) && !slices.Contains(c.Recused, m) {
			list = append(list, m)
		}
	}
	return list
}

// Finish closes a member's own sheet of the present round. The caller has seen
// that Lacks has nothing.
func (d *Dossier) Finish(c Context) error {
	if err := d.begin(c, FinishSheet, ""); err != nil {
		return err
	}
	l := d.LayerOf(d.Stage, c.Login)
	if d.Finished(l) {
		return nil
	}
	d.Sheets = append(d.Sheets, Sheet{Stage: l.Stage, Member: l.Member, Round: l.Round, At: c.At})
	d.moved(c, FinishSheet, d.Status, "", audit.Change{Field: "sheet/" + l.Stage, After: l.Member + " #" + strconv.Itoa(l.Round)})
	return nil
}

// Rescore begins the next round of a stage after the members have talked; every
// member starts from what they gave, and both rounds stay. reason is the record
// of the talk. Conflict while a sheet of this round is not finished.
func (d *Dossier) Rescore(c Context, reason string) error {
	if err := d.begin(c, Rescore, reason); err != nil {
		return err
	}
	if !d.AllIn(d.Stage) {
		return fault.New(fault.Conflict, "dossier.notAllIn")
	}
	t := d.Team(d.Stage)
	if t.Round >= MaxRounds {
		return fault.New(fault.Conflict, "dossier.rounds", MaxRounds)
	}
	for _, m := range t.Members {
		for _, e := range d.In(Layer{d.Stage, m, t.Round}) {
			d.set(Layer{d.Stage, m, t.Round + 1}, Change{Code: e.Code, Mark: e.Mark, Note: e.Note}, m, c.At)
		}
	}
	for i := range d.Teams {
		if d.Teams[i].Stage == d.Stage {
			d.Teams[i].Round++
		}
	}
	d.moved(c, Rescore, d.Status, reason, audit.Change{Field: "round/" + d.Stage, Before: strconv.Itoa(t.Round), After: strconv.Itoa(t.Round + 1)})
	return nil
}

// Conclude ends a stage: proposed, it goes to the next stage or, after the last
// one, stands as proposed; otherwise it stands as not proposed. total is the
// stage's total for the record. The caller has seen that Lacks has nothing.
func (d *Dossier) Conclude(c Context, propose bool, note, total string) error {
	act := Reject
	if propose {
		act = Propose
	}
	if err := d.begin(c, act, note); err != nil {
		return err
	}
	if !d.AllIn(d.Stage) {
		return fault.New(fault.Conflict, "dossier.notAllIn")
	}
	from, stage := d.Status, d.Stage
	d.Conclusions = append(d.Conclusions, Conclusion{Stage: stage, Round: d.Team(stage).Round, Propose: propose, By: c.Login, At: c.At, Note: note, Total: total})
	switch next := c.Period.After(stage); {
	case !propose:
		d.Status = NotProposed
	case next == "":
		d.Status = Proposed
	default:
		d.Stage = next
	}
	d.moved(c, act, from, note, audit.Change{Field: "total/" + stage, After: total}, audit.Change{Field: "stage", Before: stage, After: d.Stage})
	return nil
}

// After returns the code of the stage after one, "" after the last.
func (p *Period) After(stage string) string {
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Code == stage })
	if i < 0 || i+1 >= len(p.Stages) {
		return ""
	}
	return p.Stages[i+1].Code
}

// begin checks that an act may be done and that its reason is there.
func (d *Dossier) begin(c Context, act Act, reason string) error {
	if err := d.May(act, c.Who, c.Period); err != nil {
		return err
	}
	r, _ := RuleOf(act)
	n := utf8.RuneCountInString(reason)
	if r.Reason && strings.TrimSpace(reason) == "" {
		return fault.List("dossier.invalid", []fault.Problem{{Path: "reason", Key: "dossier.reason", Args: []any{MaxReason}}})
	}
	if n > MaxReason {
		return fault.List("dossier.invalid", []fault.Problem{{Path: "reason", Key: "dossier.reasonLong", Args: []any{MaxReason}}})
	}
	return nil
}

// moved posts the event of an act; the status is always its first field, so
// that no state is without its event.
func (d *Dossier) moved(c Context, act Act, from Status, reason string, more ...audit.Change) {
	e := audit.Event{ID: c.Event, At: c.At, Who: c.Login, Action: audit.Moved, Thing: d.Thing()}
	e.Detail = append(e.Detail, audit.Change{Field: "status", Before: string(from), After: string(d.Status)}, audit.Change{Field: "act", After: string(act)})
	if reason != "" {
		e.Detail = append(e.Detail, audit.Change{Field: "reason", After: reason})
	}
	for _, m := range more {
		if m.Before != m.After {
			e.Detail = append(e.Detail, m)
		}
	}
	d.post(e)
}

// to changes the status beside another change and says so.
func (d *Dossier) to(s Status) audit.Change {
	from := d.Status
	d.Status = s
	return audit.Change{Field: "status", Before: string(from), After: string(s)}
}
