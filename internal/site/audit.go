package site

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const (
	auditPath = "/quan-tri/nhat-ky"
	// auditRows is how many events a page of the log shows.
	auditRows = 50
	// maxAuditLook is how many events one page looks through for those; the next
	// page goes on from there.
	maxAuditLook = 20_000
	// maxAuditCSV is how many events one CSV file holds.
	maxAuditCSV = 50_000
	// auditFindings is how many damaged places the page names.
	auditFindings = 20
	// auditStyle is the style sheet of the log.
	auditStyle = "audit.css"
)

// auditRoutes adds the log of what happened.
func (s *Server) auditRoutes(r fiber.Router) {
	read := s.may(account.ReadAudit)
	r.Get(auditPath, read, s.auditLog)
	r.Get(auditPath+".csv", read, s.auditCSV)
	r.Post(auditPath+"/kiem-tra", read, limitBody(MaxFormBody), s.auditCheck)
}

// auditFilter is what a request for the log asks for.
type auditFilter struct {
	store.AuditSearch
	who, action, query string
	from, to           string // days
}

func auditFilterOf(c *fiber.Ctx) auditFilter {
	f := auditFilter{who: cut(vi.Clean(c.Query("ai")), maxQuery), action: c.Query("viec"), query: cut(vi.Clean(c.Query("q")), maxQuery)}
	f.Thing, f.After = cut(c.Query("doi-tuong"), maxQuery), c.Query("sau")
	if day := dayOf(c.Query("tu")); !day.IsZero() {
		f.From, f.from = day, day.Format(time.DateOnly)
	}
	if day := dayOf(c.Query("den")); !day.IsZero() {
		f.To, f.to = day.AddDate(0, 0, 1), day.Format(time.DateOnly)
	}
	return f
}

// url is the address of the filter, at a place of the log.
func (f *auditFilter) url(path, after string) string {
	v := url.Values{}
	for name, value := range map[string]string{"ai": f.who, "viec": f.action, "q": f.query, "doi-tuong": f.Thing, "tu": f.from, "den": f.to, "sau": after} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// keep reports whether an event is one that the filter asks for.
func (f *auditFilter) keep(w *auditWords) func(*audit.Event) bool {
	who, words := vi.Fold(f.who), strings.Fields(vi.Fold(f.query))
	return func(e *audit.Event) bool {
		if f.action != "" && string(e.Action) != f.action {
			return false
		}
		if who != "" && !strings.Contains(vi.Fold(w.who(e.Who)+" "+w.people[e.Who]), who) {
			return false
		}
		if len(words) == 0 {
			return true
		}
		text := vi.Fold(w.text(e))
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
	}
}

// auditLog shows what happened, the newest first.
func (s *Server) auditLog(c *fiber.Ctx) error {
	a := &admin{Server: s}
	f := auditFilterOf(c)
	w, err := s.auditWords(c)
	if err != nil {
		return err
	}
	f.Limit, f.Most = auditRows, maxAuditLook
	found, err := s.store.SearchAudit(c.UserContext(), f.AuditSearch, f.keep(w))
	if err != nil {
		return err
	}
	p := view.AuditLog{Admin: a.page(c, vi.Text("audit.title")), Who: f.who, Thing: f.Thing, From: f.from, To: f.to}
	p.Styles = append(p.Styles, exportStyle, auditStyle)
	p.Listing = view.Listing{Path: auditPath, Query: f.query}
	p.Filtered = f.url("", "") != ""
	p.Actions, p.CSV = auditActions(f.action), f.url(auditPath+".csv", "")
	if f.Thing != "" {
		p.ThingTitle, _ = w.thing(f.Thing)
	}
	for i := range found.Events {
		p.Rows = append(p.Rows, w.row(&found.Events[i]))
	}
	if found.Next != "" {
		p.Older = f.url(auditPath, found.Next)
	}
	if found.Cut {
		p.Looked = found.Looked
	}
	if f.After != "" {
		p.Newest = f.url(auditPath, "")
	}
	if p.Chain, err = s.auditChain(c, w); err != nil {
		return err
	}
	return c.Render("audit/log", p)
}

// auditActions are the choices of what was done, by their names.
func auditActions(chosen string) []view.Option {
	var list []view.Option
	for _, key := range vi.Keys() {
		if action, ok := strings.CutPrefix(key, "admin.event."); ok {
			list = append(list, option(action, vi.Text(key), chosen))
		}
	}
	sortOptions(list)
	return list
}

// auditChain says in words what the last check of the trail found.
func (s *Server) auditChain(c *fiber.Ctx, w *auditWords) (view.AuditChain, error) {
	last, err := s.store.LastAuditCheck(c.UserContext())
	if err != nil {
		return view.AuditChain{}, err
	}
	if last.At.IsZero() {
		return view.AuditChain{Tag: view.Tag{Text: vi.Text("audit.unchecked"), Look: "warn"}, Text: vi.Text("audit.uncheckedText")}, nil
	}
	ch := view.AuditChain{Tag: view.Tag{Text: vi.Text("audit.whole"), Look: "good"}}
	ch.Text = vi.Text("audit.wholeText", vi.DateTime(last.At), vi.Int(int(last.Events)), vi.Int(int(last.Things)))
	if last.Before > 0 {
		ch.Text += " " + vi.Text("audit.before", vi.Int(int(last.Before)))
	}
	if last.Head.Block > 0 {
		ch.Head = vi.Text("audit.head", vi.Int(int(last.Head.Block)), last.Head.Short(), vi.DateTime(last.Head.At))
	}
	if n := len(last.Findings); n > 0 {
		ch.Tag = view.Tag{Text: vi.Text("audit.broken"), Look: "bad"}
		ch.Text = vi.Text("audit.brokenText", vi.DateTime(last.At), vi.Int(n))
		for _, f := range last.Findings[:min(n, auditFindings)] {
			ch.Findings = append(ch.Findings, w.finding(f))
		}
		ch.More = n - len(ch.Findings)
	}
	return ch, nil
}

// auditCheck checks the whole trail now.
func (s *Server) auditCheck(c *fiber.Ctx) error {
	check, err := s.store.VerifyAudit(c.UserContext(), audit.Head{})
	if fault.Is(err, fault.Timeout) {
		return fault.Wrap(err, fault.Timeout, "audit.slow")
	}
	if err != nil {
		return err
	}
	if len(check.Findings) > 0 {
		return done(c, auditPath, "auditBroken", len(check.Findings))
	}
	return done(c, auditPath, "auditWhole", int(check.Events))
}
