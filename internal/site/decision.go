package site

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// maxDecided is how many units one decision may be about.
const maxDecided = 5000

// unitVerdict is one decision about several units: it recognises them or refuses.
type unitVerdict struct {
	act      dossier.Act // Recognise or Refuse
	decision dossier.Decision
	until    string // 2006-01-02, of a recognition
	units    []string
}

// problems lists what is wrong with the paper itself. A refusal may be recorded
// without one.
func (v *unitVerdict) problems(today string) []fault.Problem {
	var ps []fault.Problem
	bad := func(path, key string, args ...any) {
		ps = append(ps, fault.Problem{Path: path, Key: key, Args: args})
	}
	none := v.act == dossier.Refuse && v.decision == dossier.Decision{}
	if n := utf8.RuneCountInString(v.decision.Number); !none && (n == 0 || n > dossier.MaxDecision) {
		bad("number", "dossier.number", dossier.MaxDecision)
	}
	if !none && !isDay(v.decision.Day) {
		bad("day", "dossier.date")
	} else if v.decision.Day > today {
		bad("day", "dossier.future")
	}
	if utf8.RuneCountInString(v.decision.Signer) > dossier.MaxDecision {
		bad("signer", "dossier.signer", dossier.MaxDecision)
	}
	if v.act == dossier.Recognise && (!isDay(v.until) || v.until < v.decision.Day) {
		bad("until", "decide.until")
	}
	if len(v.units) == 0 || len(v.units) > maxDecided {
		bad("units", "decide.units", maxDecided)
	}
	return ps
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// unitRuling is what a verdict does to one unit: it is done already, it can be
// done, or why not.
type unitRuling struct {
	unit  unit.Unit
	score score.Result
	done  bool
	why   []error
	kind  fault.Kind // of why
}

// decisionBench is where verdicts are weighed: a scored period and who decides.
type decisionBench struct {
	*result.Result
	user   account.User
	facts  *dossier.Facts
	at     map[string]*dossier.Dossier
	scores map[string]score.Result
}

func (s *Server) benchOf(ctx context.Context, period string, user account.User) (*decisionBench, error) {
	r, err := result.Of(ctx, s.store, period, "")
	if err != nil {
		return nil, err
	}
	if !r.Period.Steps {
		return nil, fault.New(fault.Conflict, "decide.free", r.Period.Title)
	}
	b := &decisionBench{Result: r, user: user, at: map[string]*dossier.Dossier{}, scores: map[string]score.Result{}}
	b.facts = &dossier.Facts{Set: r.Set, Surveys: score.NewSurvey(r.Surveys...), Period: &b.Period}
	for i := range r.Dossiers {
		b.at[r.Dossiers[i].Unit] = &r.Dossiers[i]
	}
	for _, x := range r.Ranked {
		b.scores[x.Unit] = x
	}
	return b, nil
}

// weigh says what a verdict would do to each of its units. Nothing is written.
func (b *decisionBench) weigh(v *unitVerdict, at time.Time) []unitRuling {
	list := make([]unitRuling, 0, len(v.units))
	for _, code := range v.units {
		x := unitRuling{unit: b.Units[code], score: b.scores[code]}
		d, ok := b.at[code]
		switch {
		case !ok:
			x.unit.Code, x.kind = code, fault.NotFound
			x.why = []error{fault.New(fault.NotFound, "store.dossier", code)}
		case v.isDone(d):
			x.done = true
		default:
			x.why, x.kind = b.against(v, d, at)
		}
		list = append(list, x)
	}
	return list
}

// isDone reports whether this very verdict is recorded already: a form that was
// sent twice.
func (v *unitVerdict) isDone(d *dossier.Dossier) bool {
	status := dossier.Recognised
	if v.act == dossier.Refuse {
		status = dossier.NotRecognised
	}
	return d.Status == status && d.Recognition.Decision == v.decision && (v.act == dossier.Refuse || d.Recognition.Until == v.until)
}

// against tries a verdict on a copy of a dossier.
func (b *decisionBench) against(v *unitVerdict, d *dossier.Dossier, at time.Time) ([]error, fault.Kind) {
	trial := *d
	trial.Outbox = nil
	if err := b.apply(v, &trial, at, ""); err != nil {
		return []error{err}, fault.KindOf(err)
	}
	var why []error
	for _, l := range d.Lacks(v.act, b.user.Login, b.facts) {
		why = append(why, fault.New(fault.Invalid, l.Key, l.Args...))
	}
	return why, fault.Invalid
}

// apply does what a verdict says to a dossier.
func (b *decisionBench) apply(v *unitVerdict, d *dossier.Dossier, at time.Time, event string) error {
	c := b.context(d, at, event)
	x := b.scores[d.Unit]
	r := dossier.Recognition{Decision: v.decision, Band: x.Band, Total: x.Total.String(x.Decimals), Until: v.until}
	if v.act == dossier.Refuse {
		return d.Refuse(c, r)
	}
	return d.Recognise(c, r)
}

func (b *decisionBench) context(d *dossier.Dossier, at time.Time, event string) dossier.Context {
	return dossier.Context{Login: b.user.Login, Who: d.WhoOf(b.user, &b.Period), Period: &b.Period, At: at, Today: localDay(at), Event: event}
}

// localDay is the day of a time in the province.
func localDay(at time.Time) string { return at.In(vi.Zone).Format(time.DateOnly) }

// decideUnits records a verdict for all of its units, or for none when any of them
// is refused: the rulings then say why. A unit that another writer moves
// meanwhile is told too; those before it stay decided.
func (s *Server) decideUnits(ctx context.Context, b *decisionBench, v *unitVerdict) (list []unitRuling, wrong int, err error) {
	list = b.weigh(v, s.now())
	if wrong = refused(list); wrong > 0 {
		return list, wrong, nil
	}
	for i := range list {
		if list[i].done {
			continue
		}
		err := s.stillSigned(ctx, &b.Period)
		if err == nil {
			_, err = s.store.ChangeDossier(ctx, b.Period.ID, list[i].unit.Code, func(d *dossier.Dossier, at time.Time, event string) error {
				if v.isDone(d) {
					return nil
				}
				return b.apply(v, d, at, event)
			})
		}
		if k := fault.Conflict; err != nil && !fault.Is(err, k) {
			return list, 0, err
		} else if err != nil {
			list[i].why, list[i].kind = []error{err}, k
			wrong++
			continue
		}
		list[i].done = true
		s.tellDecided(ctx, b, v, list[i].unit.Code)
	}
	return list, wrong, nil
}

// stillSigned is Conflict once the period is no longer as it was signed off when
// p was read: a decision about many units takes a while, and an unlock between
// them cancels the signature.
func (s *Server) stillSigned(ctx context.Context, p *dossier.Period) error {
	now, err := s.store.Period(ctx, p.ID)
	if err == nil && (now.Checksum != p.Checksum || !now.Signed()) {
		err = fault.New(fault.Conflict, "decide.unsigned")
	}
	return err
}

func refused(list []unitRuling) (n int) {
	for _, x := range list {
		if len(x.why) > 0 {
			n++
		}
	}
	return n
}

// worst is the kind that refusals are answered with: Forbidden before Conflict
// before what is missing.
func worst(list []unitRuling) fault.Kind {
	kinds := []fault.Kind{fault.Forbidden, fault.Conflict, fault.NotFound}
	for _, k := range kinds {
		if slices.ContainsFunc(list, func(x unitRuling) bool { return len(x.why) > 0 && x.kind == k }) {
			return k
		}
	}
	return fault.Invalid
}

// tellDecided tells the people of a unit; the decision is stored already.
func (s *Server) tellDecided(ctx context.Context, b *decisionBench, v *unitVerdict, code string) {
	to := s.told(ctx, code, b.user.Login)
	if v.act == dossier.Refuse {
		s.notify(ctx, NoticeRefused, b.Period.ID, code, to)
		return
	}
	s.notify(ctx, NoticeRecognised, b.Period.ID, code, to, v.decision.Number)
}

// told are the people of a unit but the one who acts; on failure nobody.
func (s *Server) told(ctx context.Context, code, by string) []string {
	list, err := s.store.Watchers(ctx, code)
	if err != nil {
		s.log.Error("nobody found to notify", "unit", code, "error", err)
	}
	return without(list, by)
}

// words are the reasons of a ruling.
func (x *unitRuling) words() []string {
	list := make([]string, len(x.why))
	for i, err := range x.why {
		list[i] = vi.Error(err)
		if f := asFault(err); len(f.Problems) > 0 {
			list[i] = strings.Join(problemTexts(f.Problems), " ")
		}
	}
	return list
}

func problemTexts(ps []fault.Problem) []string {
	list := make([]string, len(ps))
	for i, p := range ps {
		list[i] = vi.Text(p.Key, p.Args...)
	}
	return list
}
