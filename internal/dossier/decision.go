package dossier

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/score"
)

// MaxDecision is the length of a decision's number or of its signer's name, in
// characters.
const MaxDecision = 120

// Contest is a unit's appeal against what it was given for one criterion.
type Contest struct {
	Code     string     `bson:"code"`
	Stage    string     `bson:"stage"` // whose mark is contested
	By       string     `bson:"by"`
	At       time.Time  `bson:"at"`
	Reason   string     `bson:"reason"`
	Judge    string     `bson:"judge,omitempty"` // who decided; "" while it waits
	Decided  time.Time  `bson:"decided,omitzero"`
	Accepted bool       `bson:"accepted,omitempty"`
	Mark     score.Mark `bson:"mark,omitzero"` // takes the stage's mark's place when accepted
	Ruling   string     `bson:"ruling,omitempty"`
}

// Decision is a signed paper.
type Decision struct {
	Number string `bson:"number"`
	Day    string `bson:"day"` // 2006-01-02
	Signer string `bson:"signer,omitempty"`
}

// Recognition is what was decided in the end, and what became of it.
type Recognition struct {
	Decision Decision  `bson:"decision"`
	Band     string    `bson:"band,omitempty"`  // of the criteria set
	Total    string    `bson:"total,omitempty"` // of the final stage
	Until    string    `bson:"until,omitempty"` // 2006-01-02
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
	Revoked  Decision  `bson:"revoked,omitzero"`
	Reason   string    `bson:"reason,omitempty"` // of the revocation
	Carried  []Carried `bson:"carried,omitempty"`
}

// Carried is a recognition that an explicit decision carries over to a unit
// that took this one's place.
type Carried struct {
	To       string    `bson:"to"` // unit code
	Decision Decision  `bson:"decision"`
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
}

// Appeal contests criteria at the stage the dossier is at: reasons by leaf code.
// Conflict when the window is over; Invalid when there are too many, or one was
// contested at this stage before.
func (d *Dossier) Appeal(c Context, reasons map[string]string) error {
	if err := d.begin(c, Appeal, strings.Join(slices.Sorted(keys(reasons)), ", ")); err != nil {
		return err
	}
	if c.Period.Past(StepAppeal, c.Today) {
		return fault.New(fault.Conflict, "dossier.appealOver", c.Period.Deadlines[StepAppeal])
	}
	var ps []fault.Problem
	for _, code := range slices.Sorted(keys(reasons)) {
		n := utf8.RuneCountInString(strings.TrimSpace(reasons[code]))
		switch {
		case n == 0 || n > MaxReason:
			ps = append(ps, fault.Problem{Path: code, Key: "dossier.reason", Args: []any{MaxReason}})
		case d.contested(code):
			ps = append(ps, fault.Problem{Path: code, Key: "dossier.contested", Args: []any{code}})
		}
	}
	if limit := c.Period.AppealLimit(); len(d.Appeals)+len(reasons) > limit {
		ps = append(ps, fault.Problem{Path: "codes", Key: "dossier.appeals", Args: []any{limit, len(d.Appeals)}})
	}
	if err := fault.List("dossier.invalid", ps); err != nil {
		return err
	}
	from := d.Status
	var details []audit.Change
	for _, code := range slices.Sorted(keys(reasons)) {
		d.Appeals = append(d.Appeals, Contest{Code: code, Stage: d.Stage, By: c.Login, At: c.At, Reason: strings.TrimSpace(reasons[code])})
		details = append(details, audit.Change{Field: "appeal/" + code, After: strings.TrimSpace(reasons[code])})
	}
	if from != Appealed {
		d.Back = from
	}
	d.Status = Appealed
	d.moved(c, Appeal, from, "", details...)
	return nil
}

func keys(m map[string]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Contest is the latest appeal about a criterion, nil when there is none. An
// earlier one, at an earlier stage, is decided.
func (d *Dossier) Contest(code string) *Contest {
	for i := range slices.Backward(d.Appeals) {
		if d.Appeals[i].Code == code {
			return &d.Appeals[i]
		}
	}
	return nil
}

// contested reports whether what this stage gave for a criterion was contested.
func (d *Dossier) contested(code string) bool {
	x := d.Contest(code)
	return x != nil && x.Stage == d.Stage
}

// Waiting lists the criteria whose appeals are not decided.
func (d *Dossier) Waiting() []string {
	var list []string
	for _, x := range d.Appeals {
		if x.Judge == "" {
			list = append(list, x.Code)
		}
	}
	return list
}

// Decide decides one appeal: accepted, the mark takes the place of the stage's;
// the caller has checked its value. With the last one the dossier goes back to
// where it stood. NotFound when nothing waits for that criterion.
func (d *Dossier) Decide(c Context, code string, accepted bool, mark score.Mark, ruling string) error {
	if err := d.begin(c, DecideAppeal, ruling); err != nil {
		return err
	}
	x := d.Contest(code)
	if x == nil || x.Judge != "" {
		return fault.New(fault.NotFound, "dossier.noAppeal", code)
	}
	x.Judge, x.Decided, x.Accepted, x.Ruling = c.Login, c.At, accepted, ruling
	detail := audit.Change{Field: "ruling/" + code, After: "rejected"}
	if accepted {
		x.Mark = mark
		detail.After = Text(mark)
	}
	from := d.Status
	if len(d.Waiting()) == 0 {
		d.Status = d.Back
	}
	d.moved(c, DecideAppeal, from, ruling, detail)
	return nil
}

// Recognise records the decision that recognises the unit.
func (d *Dossier) Recognise(c Context, r Recognition) error {
	if err := d.begin(c, Recognise, ""); err != nil {
		return err
	}
	if err := signed(c, r.Decision); err != nil {
		return err
	}
	from := d.Status
	r.By, r.At = c.Login, c.At
	d.Recognition, d.Status = r, Recognised
	d.moved(c, Recognise, from, "", decisionChange(r.Decision), audit.Change{Field: "band", After: r.Band}, audit.Change{Field: "until", After: r.Until})
	return nil
}

// Refuse records the decision that does not recognise the unit.
func (d *Dossier) Refuse(c Context, r Recognition) error {
	if err := d.begin(c, Refuse, ""); err != nil {
		return err
	}
	from := d.Status
	r.By, r.At, r.Band, r.Until = c.Login, c.At, "", ""
	d.Recognition, d.Status, d.Back = r, NotRecognised, from
	d.moved(c, Refuse, from, "", decisionChange(r.Decision))
	return nil
}

// Recall strikes a refusal that was recorded by mistake: the dossier stands where
// it stood and waits for a decision again.
func (d *Dossier) Recall(c Context, reason string) error {
	if err := d.begin(c, Recall, reason); err != nil {
		return err
	}
	from, was := d.Status, d.Recognition.Decision
	d.Recognition, d.Status = Recognition{}, cmp.Or(d.Back, NotProposed) // refusals of old do not say where from
	d.moved(c, Recall, from, reason, audit.Change{Field: "decision", Before: decisionText(was)})
	return nil
}

// Revoke takes a recognition back by a decision.
func (d *Dossier) Revoke(c Context, by Decision, reason string) error {
	if err := d.begin(c, Revoke, reason); err != nil {
		return err
	}
	if err := signed(c, by); err != nil {
		return err
	}
	from := d.Status
	d.Recognition.Revoked, d.Recognition.Reason, d.Status = by, reason, Revoked
	d.moved(c, Revoke, from, reason, decisionChange(by))
	return nil
}

// CarryOver carries the recognition over to a unit that took this one's place;
// the caller has checked that it did. Conflict when it was done before.
func (d *Dossier) CarryOver(c Context, to string, by Decision) error {
	if err := d.begin(c, CarryOver, ""); err != nil {
		return err
	}
	if err := signed(c, by); err != nil {
		return err
	}
	if slices.ContainsFunc(d.Recognition.Carried, func(x Carried) bool { return x.To == to }) {
		return fault.New(fault.Conflict, "dossier.carried", to)
	}
	d.Recognition.Carried = append(d.Recognition.Carried, Carried{To: to, Decision: by, By: c.Login, At: c.At})
	d.moved(c, CarryOver, d.Status, "", decisionChange(by), audit.Change{Field: "carried", After: to})
	return nil
}

func decisionChange(d Decision) audit.Change {
	return audit.Change{Field: "decision", After: decisionText(d)}
}

func decisionText(d Decision) string {
	return strings.TrimSpace(d.Number + " " + d.Day + " " + d.Signer)
}

// signed checks what a decision must have; a day that is still to come is a
// slip of the pen.
func signed(c Context, d Decision) error {
	var ps []fault.Problem
	if n := utf8.RuneCountInString(d.Number); n == 0 || n > MaxDecision {
		ps = append(ps, fault.Problem{Path: "number", Key: "dossier.number", Args: []any{MaxDecision}})
	}
	if _, err := time.Parse(time.DateOnly, d.Day); err != nil {
		ps = append(ps, fault.Problem{Path: "day", Key: "dossier.date"})
	} else if d.Day > c.Today {
		ps = append(ps, fault.Problem{Path: "day", Key: "dossier.future"})
	}
	if utf8.RuneCountInString(d.Signer) > MaxDecision {
		ps = append(ps, fault.Problem{Path: "signer", Key: "dossier.signer", Args: []any{MaxDecision}})
	}
	return fault.List("dossier.invalid", ps)
}

// Valid reports whether the dossier stands for a recognition that holds on a
// day, 2006-01-02.
func (d *Dossier) Valid(day string) bool {
	return d.Status == Recognised && (d.Recognition.Until == "" || day <= d.Recognition.Until)
}
