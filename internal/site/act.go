package site

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
)

// actInput is what a person sends with an act.
type actInput struct {
	Reason     string   // reason, note, answer, or the record of a talk
	Self       string   // of a registration: the provisional self-score, in points
	Conditions []string // of a registration: declared met
	Codes      []string // of a completion request: criteria and papers
	Until      string   // of a completion request, 2006-01-02
	// Seen is where the dossier stood when the person looked, as standing made
	// it; "" when they do not say. Rev is store.AnyRev, or the Rev they saw.
	Seen string
	Rev  int64
}

// standing names where a dossier stands, so that a form can say what its sender
// saw: marks do not change it, acts do.
func standing(d *dossier.Dossier) string {
	return string(d.Status) + "|" + d.Stage + "|" + strconv.Itoa(d.Team(d.Stage).Round)
}

// acts are what act does; the other acts of dossier.Table have forms of their
// own.
var acts = []dossier.Act{
	dossier.Register, dossier.Withdraw, dossier.Approve, dossier.Return, dossier.Submit, dossier.TakeBack, dossier.Accept,
	dossier.AskCompletion, dossier.Resubmit, dossier.EndCompletion, dossier.FinishSheet, dossier.Rescore, dossier.Propose, dossier.Reject, dossier.Reconsider, dossier.Recall,
}

// act does one of acts to a dossier for p.user and tells whom it concerns. It
// returns the dossier as it is then. Forbidden and Conflict are May's, Invalid
// lists what is missing or wrong, Stale (with Rev) and Conflict (with Seen) say
// that somebody was faster. An act that the same person has just done is done:
// a form sent twice comes to the same.
func (s *Server) act(ctx context.Context, p *place, a dossier.Act, in actInput) (dossier.Dossier, error) {
	if !slices.Contains(acts, a) {
		return p.dossier, fault.New(fault.NotFound, "dossier.noAct", string(a))
	}
	if err := p.dossier.May(a, p.who(), &p.period); fault.Is(err, fault.Forbidden) {
		return p.dossier, err
	}
	facts, err := s.facts(ctx, p)
	if err != nil {
		return p.dossier, err
	}
	w := actWork{place: p, act: a, in: in, facts: facts, today: s.today(), names: s.namesOf(ctx)}
	d, err := s.store.ChangeDossier(ctx, p.period.ID, p.unit.Code, w.do)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) {
		if now, done := s.justDone(ctx, p, a); done {
			return now, nil
		}
	}
	if err != nil {
		return p.dossier, err
	}
	p.dossier = d
	s.tellAct(ctx, p, a, facts)
	return d, nil
}

// facts are what acts on a dossier depend on besides itself.
func (s *Server) facts(ctx context.Context, p *place) (*dossier.Facts, error) {
	folder, err := s.store.Evidence(ctx, p.period.ID, p.unit.Code)
	if err != nil {
		return nil, err
	}
	f := &dossier.Facts{Set: p.set, Surveys: p.surveys, Period: &p.period, Evidence: map[string]int{}, Papers: map[string]int{}}
	for _, it := range folder.Live() {
		if it.Paper != "" {
			f.Papers[it.Paper]++
		}
		for _, code := range it.Codes {
			f.Evidence[code]++
		}
	}
	if f.Recused, err = s.recusedMembers(ctx, p); err != nil {
		return nil, err
	}
	if p.period.Gate.LastYear {
		f.LastYear, err = s.lastYear(ctx, p)
	}
	return f, err
}

// recusedMembers lists the members of the stage the dossier is at who must keep
// out of the unit's affairs.
func (s *Server) recusedMembers(ctx context.Context, p *place) ([]string, error) {
	users := map[string]account.User{}
	for _, m := range p.dossier.Team(p.dossier.Stage).Members {
		u, err := s.store.User(ctx, m)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		users[m] = u
	}
	return p.dossier.RecusedMembers(p.dossier.Stage, users), nil
}

// lastYear reports whether the unit was recognised in the period before: by a
// decision where that had steps, one carried over to it too, by its score
// otherwise.
func (s *Server) lastYear(ctx context.Context, p *place) (bool, error) {
	if p.period.Previous == "" {
		return false, nil
	}
	if carried, err := s.carriedTo(ctx, p); carried || err != nil {
		return carried, err
	}
	before, err := s.loadPlace(ctx, p.period.Previous, p.unit.Code)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	switch before.dossier.Status {
	case dossier.Recognised:
		return true, nil
	case dossier.NotRecognised, dossier.Revoked:
		return false, nil
	}
	return before.at(before.period.Final()).Recognised, nil
}

// carriedTo reports whether the recognition of a unit that this one was made
// from was carried over to it in the period before, and stands.
func (s *Server) carriedTo(ctx context.Context, p *place) (bool, error) {
	for _, code := range p.unit.Predecessors {
		d, err := s.store.Dossier(ctx, p.period.Previous, code)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return false, err
		}
		if err == nil && d.Status == dossier.Recognised && slices.ContainsFunc(d.Recognition.Carried, func(x dossier.Carried) bool { return x.To == p.unit.Code }) {
			return true, nil
		}
	}
	return false, nil
}

// justDone reads the dossier anew and reports whether the last thing that
// happened to its state was this act, by this person.
func (s *Server) justDone(ctx context.Context, p *place, a dossier.Act) (dossier.Dossier, bool) {
	d, err := s.store.Dossier(ctx, p.period.ID, p.unit.Code)
	if err != nil {
		return d, false
	}
	last, ok := lastMove(d.Outbox)
	if !ok {
		events, err := s.store.History(ctx, d.Thing())
		if err != nil {
			return d, false
		}
		if last, ok = lastMove(events); !ok {
			return d, false
		}
	}
	return d, last.Who == p.user.Login && detailOf(last, "act") == string(a)
}

func lastMove(events []audit.Event) (audit.Event, bool) {
	for _, e := range slices.Backward(events) {
		if e.Action == audit.Moved {
			return e, true
		}
	}
	return audit.Event{}, false
}

// detailOf is what a field of an event has become, "" when it did not change.
func detailOf(e audit.Event, field string) string {
	for _, c := range e.Detail {
		if c.Field == field {
			return c.After
		}
	}
	return ""
}

// actWork is one act under way.
type actWork struct {
	place *place
	act   dossier.Act
	in    actInput
	facts *dossier.Facts
	today string
	names func(string) string
}

// do changes the dossier as it is at the moment of writing.
func (w *actWork) do(d *dossier.Dossier, at time.Time, event string) error {
	p := w.place
	c := dossier.Context{Login: p.user.Login, Who: d.WhoOf(p.user, &p.period), Period: &p.period, At: at, Today: w.today, Event: event}
	if w.in.Rev >= 0 && w.in.Rev != d.Rev {
		return fault.New(fault.Stale, "store.stale")
	}
	if now := standing(d); w.in.Seen != "" && w.in.Seen != now {
		was, _, _ := cutStanding(w.in.Seen)
		return fault.New(fault.Conflict, "act.stale", was, d.Status)
	}
	if err := d.May(w.act, c.Who, &p.period); err != nil {
		return err
	}
	if err := w.lacks(d); err != nil {
		return err
	}
	switch w.act {
	case dossier.Register:
		return d.Register(c, dossier.Registration{Self: w.in.Self, Conditions: w.in.Conditions, Note: w.in.Reason})
	case dossier.AskCompletion:
		return d.AskCompletion(c, dossier.Request{Text: w.in.Reason, Codes: w.in.Codes, Until: cmp.Or(w.in.Until, p.completionDay(w.today))})
	case dossier.FinishSheet:
		return d.Finish(c)
	case dossier.Rescore:
		return d.Rescore(c, w.in.Reason)
	case dossier.Propose, dossier.Reject:
		r := score.Score(p.set, d.Marks(d.Stage), p.surveys)
		return d.Conclude(c, w.act == dossier.Propose, w.in.Reason, r.Total.String(r.Decimals))
	case dossier.Recall:
		return d.Recall(c, w.in.Reason)
	}
	return d.Move(c, w.act, w.in.Reason)
}

// lacks is an Invalid fault with what is missing or wrong, or nil. The path of a
// problem is the kind of a lack and its code, or a field of the form.
func (w *actWork) lacks(d *dossier.Dossier) error {
	list := d.Lacks(w.act, w.place.user.Login, w.facts)
	if w.act == dossier.Register {
		if ps := w.registration(); len(ps) > 0 {
			return fault.List("act.wrong", ps)
		}
		list = d.GateLacks(dossier.Registration{Self: w.in.Self, Conditions: w.in.Conditions}, w.facts)
	}
	if ps := w.request(); len(ps) > 0 {
		return fault.List("act.wrong", ps)
	}
	return fault.List("act.lacks", w.place.lackProblems(list, w.names), w.act, len(list))
}

// lackProblems are lacks as an error carries them.
func (p *place) lackProblems(list []dossier.Lack, names func(string) string) []fault.Problem {
	ps := make([]fault.Problem, len(list))
	for i, l := range list {
		ps[i] = fault.Problem{Path: strings.TrimSuffix(string(l.Kind)+":"+l.Code, ":"), Key: l.Key, Args: p.lackArgs(l, names)}
	}
	return ps
}

// lackArgs are the arguments of a lack as a sentence shows them: points with a
// decimal comma, people and stages by their names.
func (p *place) lackArgs(l dossier.Lack, names func(string) string) []any {
	args := slices.Clone(l.Args)
	for i, a := range args {
		text, ok := a.(string)
		if !ok {
			continue
		}
		_, err := rubric.ParseNum(text)
		switch stage, known := p.period.Stage(text); {
		case l.Kind == dossier.LackSheet || l.Kind == dossier.LackRecused:
			args[i] = names(text)
		case l.Kind == dossier.LackTeam && known && text != "":
			args[i] = stage.Title
		case err == nil && (l.Kind == dossier.LackGate || l.Kind == dossier.LackSpread && l.Code == ""):
			args[i] = vi.Decimal(text)
		}
	}
	return args
}

// registration checks what a unit declares.
func (w *actWork) registration() []fault.Problem {
	var ps []fault.Problem
	if w.in.Self != "" {
		n, err := rubric.ParseNum(w.in.Self)
		if err != nil || n.Sign() < 0 || n.Cmp(w.facts.Set.Total) > 0 {
			ps = append(ps, fault.Problem{Path: "self", Key: "act.self", Args: []any{vi.Decimal(w.facts.Set.Total.String())}})
		}
	}
	for _, code := range w.in.Conditions {
		if _, ok := w.facts.Set.Condition(code); !ok {
			ps = append(ps, fault.Problem{Path: "conditions", Key: "score.unknownCondition", Args: []any{code, w.facts.Set.ID}})
		}
	}
	return ps
}

// request checks what a completion request names.
func (w *actWork) request() []fault.Problem {
	if w.act != dossier.AskCompletion {
		return nil
	}
	var ps []fault.Problem
	for _, code := range w.in.Codes {
		_, leaf := w.facts.Set.Leaf(code)
		paper := slices.ContainsFunc(w.facts.Set.Papers, func(p rubric.Paper) bool { return p.Code == code })
		if _, condition := w.facts.Set.Condition(code); !leaf && !paper && !condition {
			ps = append(ps, fault.Problem{Path: "codes", Key: "act.noCode", Args: []any{code}})
		}
	}
	if _, err := time.Parse(time.DateOnly, w.in.Until); w.in.Until != "" && err != nil {
		ps = append(ps, fault.Problem{Path: "until", Key: "dossier.date"})
	} else if w.in.Until != "" && w.in.Until < w.today {
		ps = append(ps, fault.Problem{Path: "until", Key: "dossier.until"})
	}
	return ps
}

// actOfURL is the act that an address of actURL names.
func actOfURL(url string) dossier.Act { return dossier.Act(url[strings.LastIndexByte(url, '/')+1:]) }

// cutStanding takes apart what standing made.
func cutStanding(seen string) (status dossier.Status, stage, round string) {
	a, rest, _ := strings.Cut(seen, "|")
	stage, round, _ = strings.Cut(rest, "|")
	return dossier.Status(a), stage, round
}
