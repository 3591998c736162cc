package result

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// lockers is how many dossiers are locked side by side.
const lockers = 16

// freezeForm is the first line of a manifest; a form that changes gets a new
// one, and with it other checksums.
const freezeForm = "thanthien freeze 1"

// The kinds of lines of a manifest. Each line is its kind, a tab, what it is
// about, a tab and what stands there:
//
//	period   ID       the settings the figures depend on, as JSON
//	set      ID@V     SHA-256 of the criteria set's text
//	survey   CAMPAIGN FORM@V and the SHA-256 of each piece of its result
//	dossier  UNIT     SHA-256 of the dossier's canonical JSON (frozenDossier)
//	result   UNIT     total, band and rank at the final stage
//	audit    NUMBER   the hash of the audit trail's last block then
//
// Lines end with a line feed and stand in this order, the surveys by campaign,
// the units by code. The checksum is the SHA-256 of the whole in hexadecimal
// digits, so that anybody can compute it from the downloaded manifest.
const (
	linePeriod  = "period"
	lineSet     = "set"
	lineSurvey  = "survey"
	lineDossier = "dossier"
	lineResult  = "result"
	lineAudit   = "audit"
)

// frozenPeriod is what the figures of a period depend on.
type frozenPeriod struct {
	Set        string          `json:"set"`
	Scope      string          `json:"scope"`
	On         string          `json:"on"`
	Units      []string        `json:"units"`
	Stages     []dossier.Stage `json:"stages"`
	Target     dossier.Target  `json:"target"`
	Steps      bool            `json:"steps"`
	Spread     string          `json:"spread"`
	MaxAppeals int             `json:"max_appeals"`
}

// frozenDossier is what the lock freezes of a dossier: all but the decision
// that follows, the status that goes with it and the bookkeeping.
type frozenDossier struct {
	Unit         string                `json:"unit"`
	Stage        string                `json:"stage"`
	Entries      []frozenEntry         `json:"entries"`
	Teams        []dossier.Team        `json:"teams"`
	Sheets       []dossier.Sheet       `json:"sheets"`
	Registration *dossier.Registration `json:"registration"`
	Submitted    time.Time             `json:"submitted"`
	Completions  []dossier.Request     `json:"completions"`
	Conclusions  []dossier.Conclusion  `json:"conclusions"`
	Appeals      []frozenAppeal        `json:"appeals"`
}

type frozenEntry struct {
	Stage  string     `json:"stage"`
	Member string     `json:"member"`
	Round  int        `json:"round"`
	Code   string     `json:"code"`
	Mark   frozenMark `json:"mark"`
	Note   string     `json:"note"`
	By     string     `json:"by"`
	At     time.Time  `json:"at"`
}

// frozenMark has its inputs by name, so that their order does not count.
type frozenMark struct {
	NA     bool              `json:"na"`
	Inputs map[string]string `json:"inputs"`
}

type frozenAppeal struct {
	dossier.Contest
	Mark frozenMark // in place of the one above
}

func markOf(m score.Mark) frozenMark {
	f := frozenMark{NA: m.NA, Inputs: map[string]string{}}
	for _, in := range m.Inputs {
		f.Inputs[in.Name] = in.Value
	}
	return f
}

// DossierSum is the SHA-256 of what the lock freezes of a dossier.
func DossierSum(d *dossier.Dossier) string {
	f := frozenDossier{
		Unit: d.Unit, Stage: d.Stage, Registration: &d.Registration, Submitted: d.SubmittedAt.UTC(),
		Teams: d.Teams, Sheets: d.Sheets, Completions: d.Completions, Conclusions: d.Conclusions,
	}
	for _, e := range d.Entries {
		f.Entries = append(f.Entries, frozenEntry{e.Stage, e.Member, e.Round, e.Code, markOf(e.Mark), e.Note, e.By, e.At.UTC()})
	}
	for _, x := range d.Appeals {
		f.Appeals = append(f.Appeals, frozenAppeal{x, markOf(x.Mark)})
	}
	data, err := json.Marshal(f)
	if err != nil {
		return "" // strings, times and numbers always have a form
	}
	return store.Sum(data)
}

// Frozen reports whether a period's figures come from what its lock keeps.
// Periods that were locked before locks kept anything are counted live.
func Frozen(p *dossier.Period) bool { return p.Frozen() && p.Checksum != "" }

// Lock freezes a period: the caller has closed its campaigns and decided that
// it may be locked. First the period is locked, then every dossier, so that a
// mark on its way in is refused by the dossier itself; then the survey results
// are kept, and last the checksum over all that is set, with the event that told
// makes of the period. Called again after a crash it finishes what is missing.
func Lock(ctx context.Context, s *store.Store, id, by string, told ...func(*dossier.Period) audit.Event) (dossier.Period, error) {
	p, err := s.Period(ctx, id)
	if err != nil || Frozen(&p) {
		return p, err
	}
	if p.State == dossier.Open {
		p.State, p.Checksum, p.SignOff = dossier.Locked, "", dossier.SignOff{}
		if p.Version, err = s.PutPeriod(ctx, p); err != nil {
			return p, err
		}
	}
	if p.State != dossier.Locked {
		return p, fault.New(fault.Conflict, "lock.notOpen", p.Title)
	}
	if err := flagAll(ctx, s, &p, true, by); err != nil {
		return p, err
	}
	f, err := freeze(ctx, s, &p)
	if err != nil {
		return p, err
	}
	if err := s.PutFreeze(ctx, f); err != nil {
		return p, err
	}
	p.Checksum = f.Checksum
	p.Version, err = s.PutPeriod(ctx, p, tell(&p, told)...)
	return p, err
}

// tell makes the events of a change of a period.
func tell(p *dossier.Period, told []func(*dossier.Period) audit.Event) []audit.Event {
	list := make([]audit.Event, len(told))
	for i, event := range told {
		list[i] = event(p)
	}
	return list
}

// Unlock opens a locked period again: the sign-off and the checksum go first,
// with the events that say so, then the dossiers take marks again, and only then
// is the period open. Called again after a crash it finishes. What the lock kept
// stays as history.
func Unlock(ctx context.Context, s *store.Store, p dossier.Period, by string, told ...audit.Event) (dossier.Period, error) {
	var err error
	p.Checksum, p.SignOff = "", dossier.SignOff{}
	if p.Version, err = s.PutPeriod(ctx, p, told...); err != nil { // a lock under way fails on this
		return p, err
	}
	if err := flagAll(ctx, s, &p, false, by); err != nil {
		return p, err
	}
	p.State = dossier.Open
	p.Version, err = s.PutPeriod(ctx, p)
	return p, err
}

// flagAll locks or unlocks every dossier of a period, lockers at a time, so that
// their writes share commits. It returns the first error after all have ended.
func flagAll(ctx context.Context, s *store.Store, p *dossier.Period, locked bool, by string) error {
	units := make(chan string)
	errs := make(chan error, lockers)
	for range lockers {
		go func() {
			var failed error
			for unit := range units {
				if failed == nil {
					failed = s.LockDossier(ctx, p.ID, unit, locked, by)
				}
			}
			errs <- failed
		}()
	}
	for _, unit := range p.Units {
		units <- unit
	}
	close(units)
	var first error
	for range lockers {
		first = cmp.Or(first, <-errs)
	}
	return first
}

// freeze keeps the survey results of a locked period and writes the manifest.
func freeze(ctx context.Context, s *store.Store, p *dossier.Period) (store.Freeze, error) {
	f := store.Freeze{Period: p.ID, At: s.Now()}
	campaigns, err := s.CampaignsOf(ctx, p.ID)
	if err != nil {
		return f, err
	}
	slices.SortFunc(campaigns, func(a, b survey.Campaign) int { return strings.Compare(a.ID, b.ID) })
	for i := range campaigns {
		r, err := Survey(ctx, s, &campaigns[i])
		if err != nil {
			return f, err
		}
		kept, err := s.KeepSurvey(ctx, campaigns[i].ID, &r)
		if err != nil {
			return f, err
		}
		f.Surveys = append(f.Surveys, kept)
	}
	head, err := s.AuditHead(ctx)
	if err != nil {
		return f, err
	}
	lines, err := manifest(ctx, s, p, f.Surveys, head)
	if err != nil {
		return f, err
	}
	f.Manifest = strings.Join(lines, "\n") + "\n"
	f.Checksum = store.Sum([]byte(f.Manifest))
	return f, nil
}

// manifest writes the lines of a period as it is stored now, scored with the
// kept survey results.
func manifest(ctx context.Context, s *store.Store, p *dossier.Period, kept []store.FrozenSurvey, head audit.Head) ([]string, error) {
	settings, err := json.Marshal(frozenPeriod{store.Ref(p.SetID, p.SetVer), p.Scope, p.On, p.Units, p.Stages, p.Target, p.Steps, p.Spread, p.MaxAppeals})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.broken", p.ID)
	}
	set, err := s.SetVersion(ctx, p.SetID, p.SetVer)
	if err != nil {
		return nil, err
	}
	lines := []string{freezeForm, line(linePeriod, p.ID, string(settings)), line(lineSet, store.Ref(p.SetID, p.SetVer), store.Sum([]byte(set.YAML)))}
	reports := make([]survey.Report, len(kept))
	for i, k := range kept {
		lines = append(lines, line(lineSurvey, k.Campaign, strings.Join(append([]string{store.Ref(k.Form, k.Version)}, k.Parts...), " ")))
		if reports[i], _, err = s.FrozenReport(ctx, k); err != nil {
			return nil, err
		}
	}
	b, err := loadWith(ctx, s, *p, reports)
	if err != nil {
		return nil, err
	}
	r, err := b.score("")
	if err != nil {
		return nil, err
	}
	for i := range r.Dossiers {
		lines = append(lines, line(lineDossier, r.Dossiers[i].Unit, DossierSum(&r.Dossiers[i])))
	}
	lines = append(lines, results(r)...)
	return append(lines, line(lineAudit, fmt.Sprint(head.Block), head.Hash)), nil
}

// results are the lines of what came out, by unit.
func results(r *Result) []string {
	lines := make([]string, len(r.Ranked))
	for i, x := range r.Ranked {
		total := "-"
		if x.Complete {
			total = x.Total.String(x.Decimals)
		}
		lines[i] = line(lineResult, x.Unit, fmt.Sprintf("%s %s %d", total, cmp.Or(x.Band, "-"), x.Rank))
	}
	slices.Sort(lines)
	return lines
}

func line(kind, about, text string) string { return kind + "\t" + about + "\t" + text }
