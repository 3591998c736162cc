package site

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// auditWords turns audit events into words. It holds the names that they need
// and is for one request.
type auditWords struct {
	people    map[string]string // login → name
	units     map[string]unit.Unit
	periods   map[string]string            // id → title
	stages    map[string]map[string]string // period → stage → name
	bands     map[string]map[string]string // period → band → name
	campaigns map[string]string
	may       func(account.Action) bool
}

// auditWords reads the names that events are told with.
func (s *Server) auditWords(c *fiber.Ctx) (*auditWords, error) {
	w, err := s.auditNames(c.UserContext())
	if err == nil {
		w.may = func(a account.Action) bool { return mayDo(c, a) }
	}
	return w, err
}

func (s *Server) auditNames(ctx context.Context) (*auditWords, error) {
	w := &auditWords{people: map[string]string{}, periods: map[string]string{}, stages: map[string]map[string]string{}, bands: map[string]map[string]string{}, campaigns: map[string]string{}}
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		w.people[u.Login] = u.Name
	}
	units, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	w.units = unitNames(units)
	periods, err := s.store.Periods(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range periods {
		w.periods[p.ID], w.stages[p.ID] = p.Title, map[string]string{}
		for _, stage := range p.Stages {
			w.stages[p.ID][stage.Code] = stage.Title
		}
		if err := s.auditBands(ctx, w, p); err != nil {
			return nil, err
		}
	}
	campaigns, err := s.store.Campaigns(ctx)
	for _, x := range campaigns {
		w.campaigns[x.ID] = x.Title
	}
	return w, err
}

// auditBands adds the names of a period's bands; a set that is no more has none.
func (s *Server) auditBands(ctx context.Context, w *auditWords, p dossier.Period) error {
	set, err := s.store.Set(ctx, p.SetID, p.SetVer)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return err
	}
	if set.Recognition == nil {
		return nil
	}
	w.bands[p.ID] = map[string]string{}
	for _, b := range set.Recognition.Bands {
		w.bands[p.ID][b.Code] = b.Title
	}
	return nil
}

// dossierHistory returns the history of one dossier in words, the newest first.
// keep decides on every change of every event, so that a page can leave out what
// its reader may not see yet; an event that loses all its changes is left out.
// A nil keep keeps everything.
func (s *Server) dossierHistory(c *fiber.Ctx, period, unit string, keep func(audit.Event, audit.Change) bool) ([]view.AuditRow, error) {
	thing := "dossiers/" + period + "/" + unit
	events, err := s.store.History(c.UserContext(), thing)
	if err != nil {
		return nil, err
	}
	w, err := s.auditWords(c)
	if err != nil {
		return nil, err
	}
	rows := make([]view.AuditRow, 0, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		if e, ok := keptChanges(events[i], keep); ok {
			rows = append(rows, w.row(&e))
		}
	}
	return rows, nil
}

// keptChanges returns an event with the changes that keep accepts; ok is false
// when it had some and none is left.
func keptChanges(e audit.Event, keep func(audit.Event, audit.Change) bool) (kept audit.Event, ok bool) {
	if keep == nil || len(e.Detail) == 0 {
		return e, true
	}
	kept = e
	kept.Detail = nil
	for _, d := range e.Detail {
		if keep(e, d) {
			kept.Detail = append(kept.Detail, d)
		}
	}
	return kept, len(kept.Detail) > 0
}

// row is an event in words.
func (w *auditWords) row(e *audit.Event) view.AuditRow {
	r := view.AuditRow{When: vi.DateTime(e.At), Who: w.who(e.Who), Name: w.people[e.Who], What: w.action(e.Action), Seq: e.Seq, Hash: e.Hash}
	r.Thing, r.URL = w.thing(e.Thing)
	if w.may(account.ReadAudit) {
		r.Only = auditPath + "?" + url.Values{"doi-tuong": {e.Thing}}.Encode()
	}
	for _, d := range e.Detail {
		if d.Field != "status" || d.Before != d.After { // an act within a status
			r.Changes = append(r.Changes, w.change(e.Thing, d))
		}
	}
	return r
}

// text is everything of an event that a search looks at.
func (w *auditWords) text(e *audit.Event) string {
	title, _ := w.thing(e.Thing)
	parts := []string{w.who(e.Who), w.people[e.Who], w.action(e.Action), title, e.Thing}
	for _, d := range e.Detail {
		x := w.change(e.Thing, d)
		parts = append(parts, x.Field, x.Before, x.After)
	}
	return strings.Join(parts, " ")
}

func (w *auditWords) who(login string) string {
	if login == "" {
		return vi.Text("audit.system")
	}
	return login
}

func (w *auditWords) action(a audit.Action) string {
	if key := "admin.event." + string(a); vi.Has(key) {
		return vi.Text(key)
	}
	return string(a)
}

// thing names a thing and says where it is shown to this reader, "" for nowhere.
func (w *auditWords) thing(thing string) (title, link string) {
	kind, id, _ := strings.Cut(thing, "/")
	title = id
	switch kind {
	case "dossiers":
		period, code, _ := strings.Cut(id, "/")
		title = known(w.units[code].Name, code) + " · " + known(w.periods[period], period)
	case "periods":
		title = known(w.periods[id], id)
	case "campaigns":
		title = known(w.campaigns[id], id)
	case "users":
		title = known(w.people[id], id)
	}
	if key := "audit.thing." + kind; vi.Has(key) {
		title = vi.Text(key, title)
	} else {
		title = thing
	}
	return title, w.link(kind, id)
}

// auditLinks say where things are shown: the page, what its id is put into,
// and who may open it.
var auditLinks = map[string]struct {
	path   string
	action account.Action
}{
	"dossiers":  {"/ho-so/", account.SeeDossiers},
	"periods":   {"/quan-tri/ky/", account.EditPeriods},
	"campaigns": {"/quan-tri/dot/", account.EditPeriods},
	"criteria":  {"/quan-tri/bo-tieu-chi/", account.EditSets},
	"forms":     {"/quan-tri/phieu/", account.EditSets},
	"users":     {"/quan-tri/tai-khoan?q=", account.SeeUsers},
	"units":     {"/quan-tri/don-vi?q=", account.EditUnits},
}

func (w *auditWords) link(kind, id string) string {
	l, ok := auditLinks[kind]
	if !ok || !w.may(l.action) {
		return ""
	}
	if strings.HasSuffix(l.path, "=") {
		return l.path + url.QueryEscape(id)
	}
	return l.path + strings.ReplaceAll(strings.ReplaceAll(url.PathEscape(id), "%2F", "/"), "@", "/")
}

func known(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// change is one field in words. The fields of a dossier's marks are named
// STAGE/CODE; those of its teams and sheets have their kind before the slash.
func (w *auditWords) change(thing string, d audit.Change) view.AuditChange {
	x := view.AuditChange{Field: d.Field, Before: w.value(thing, d.Field, d.Before), After: w.value(thing, d.Field, d.After)}
	first, rest, pair := strings.Cut(d.Field, "/")
	switch {
	case !pair && vi.Has("audit.field."+first):
		x.Field = vi.Text("audit.field." + first)
	case !pair && vi.Has("admin.field."+first):
		x.Field = vi.Text("admin.field." + first)
	case pair && vi.Has("audit.part."+first):
		x.Field = vi.Text("audit.part."+first, w.stage(thing, rest))
	case pair && strings.HasPrefix(thing, "dossiers/") && strings.HasPrefix(rest, "?"):
		x.Field = vi.Text("audit.condition", w.stage(thing, first), rest[1:])
	case pair && strings.HasPrefix(thing, "dossiers/"):
		x.Field = vi.Text("audit.mark", w.stage(thing, first), rest)
	}
	return x
}

// stage names a stage of the period that a dossier is of.
func (w *auditWords) stage(thing, code string) string {
	return known(w.stages[periodOf(thing)][code], code)
}

// finding is a damaged place in words.
func (w *auditWords) finding(f audit.Finding) string {
	text := vi.Text("audit.wrong." + string(f.Wrong))
	if f.Thing != "" {
		title, _ := w.thing(f.Thing)
		text += ": " + title
	}
	if f.Seq > 0 {
		text += ", " + vi.Text("audit.seq", vi.Int(int(f.Seq)))
	}
	if f.Block > 0 {
		text += ", " + vi.Text("audit.block", vi.Int(int(f.Block)))
	}
	return text
}
