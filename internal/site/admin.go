package site

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// admin serves the pages of those who run the system and the year.
type admin struct {
	*Server
	forms *forms
}

// adminRoutes adds the pages below /quan-tri. It fails when the sentences of
// the form checks cannot be made.
func (s *Server) adminRoutes(r fiber.Router) error {
	f, err := newForms()
	if err != nil {
		return err
	}
	a := &admin{s, f}
	small := limitBody(MaxFormBody)
	r.Get("/quan-tri", s.may(account.EditPeriods), a.desk)
	r.Post("/quan-tri", s.may(account.EditPeriods), small, a.deskActs)
	r.Get("/quan-tri/tien-do.xlsx", s.may(account.EditPeriods), a.deskExcel)

	units := s.may(account.EditUnits)
	r.Get("/quan-tri/don-vi", units, a.units)
	r.Get("/quan-tri/don-vi/nhap", units, a.unitImportPage)
	r.Post("/quan-tri/don-vi/nhap", units, a.unitImportRead)
	r.Post("/quan-tri/don-vi/ghi", units, a.unitImportWrite)

	a.libraryRoutes(r, &library{kind: "bo-tieu-chi", admin: a, shelf: setShelf{s.store}})
	a.libraryRoutes(r, &library{kind: "phieu", admin: a, shelf: formShelf{s.store}})

	periods := s.may(account.EditPeriods)
	r.Get("/quan-tri/ky", periods, a.periods)
	r.Get("/quan-tri/ky/moi", periods, a.periodNewPage)
	r.Post("/quan-tri/ky/moi", periods, small, a.periodNew)
	r.Get("/quan-tri/ky/:id", periods, a.period)
	r.Post("/quan-tri/ky/:id/mo", periods, small, a.periodOpen)
	r.Get("/quan-tri/ky/:id/thiet-lap", periods, a.periodSettingsPage)
	r.Post("/quan-tri/ky/:id/thiet-lap", periods, small, a.periodSettings)
	a.lockRoutes(r, periods, small)
	r.Get("/quan-tri/dot", periods, a.campaignList)
	r.Get("/quan-tri/dot/moi", periods, a.campaignNewPage)
	r.Post("/quan-tri/dot/moi", periods, small, a.campaignNew)
	r.Get("/quan-tri/dot/:id", periods, a.campaignEditPage)
	r.Post("/quan-tri/dot/:id", periods, small, a.campaignEdit)
	a.planRoutes(r, periods, small)
	a.teamRoutes(r, periods, small)
	r.Get("/quan-tri/tinh", periods, a.settingsPage)
	r.Post("/quan-tri/tinh", periods, small, a.settings)

	users := s.may(account.SeeUsers)
	r.Get("/quan-tri/tai-khoan", users, a.users)
	r.Get("/quan-tri/tai-khoan/moi", users, a.userNewPage)
	r.Post("/quan-tri/tai-khoan/moi", users, small, a.userNew)
	r.Post("/quan-tri/tai-khoan/:login", users, small, a.userChange)
	r.Get("/quan-tri/tai-khoan/:login/tranh", users, a.recusedPage)
	r.Post("/quan-tri/tai-khoan/:login/tranh", users, small, a.recusedSave)
	r.Post("/quan-tri/tai-khoan/:login/thu", users, small, a.userEmail)
	return nil
}

// donePrefix starts the keys of the sentences that say what was just done.
const donePrefix = "admin.done."

// done sends the browser to a page that says what was just done: one of our
// own sentences, with numbers for its blanks and nothing else.
func done(c *fiber.Ctx, path, sentence string, numbers ...int) error {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = strconv.Itoa(n)
	}
	to := path + "?xong=" + sentence
	if len(parts) > 0 {
		to += "&so=" + strings.Join(parts, ".")
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// flash is the sentence that done asked for, "" for anything else.
func flash(c *fiber.Ctx) string {
	key := donePrefix + c.Query("xong")
	if !vi.Has(key) {
		return ""
	}
	var numbers []any
	for part := range strings.SplitSeq(c.Query("so"), ".") {
		if n, err := strconv.Atoi(part); err == nil {
			numbers = append(numbers, vi.Int(n))
		}
	}
	if strings.Count(vi.Text(key), "%v") != len(numbers) {
		return ""
	}
	return vi.Text(key, numbers...)
}

// page is Server.page with what was just done and the administration's tabs.
func (a *admin) page(c *fiber.Ctx, title string) view.Admin {
	p := view.Admin{Page: a.Server.page(c, title)}
	p.Flash = flash(c)
	for _, t := range []struct {
		action     account.Action
		label, url string
	}{
		{account.EditPeriods, vi.Text("word.progress"), "/quan-tri"}, {account.EditUnits, vi.Text("word.unit"), "/quan-tri/don-vi"},
		{account.EditSets, vi.Text("word.set"), "/quan-tri/bo-tieu-chi"}, {account.EditSets, vi.Text("word.surveyForm"), "/quan-tri/phieu"},
		{account.EditPeriods, vi.Text("word.period"), "/quan-tri/ky"}, {account.EditPeriods, vi.Text("word.campaign"), "/quan-tri/dot"},
		{account.SeeUsers, vi.Text("word.account"), "/quan-tri/tai-khoan"}, {account.SeeUsers, vi.Text("notice.tab"), noticeMailPath}, {account.EditPeriods, vi.Text("word.province"), "/quan-tri/tinh"},
		{account.ReadAudit, vi.Text("export.tab"), "/quan-tri/xuat-du-lieu"}, {account.ReadAudit, vi.Text("audit.tab"), auditPath},
	} {
		if mayDo(c, t.action) {
			current := c.Path() == t.url || t.url != "/quan-tri" && strings.HasPrefix(c.Path(), t.url+"/") || t.url == "/quan-tri/ky" && c.Path() == "/quan-tri/cong-nhan"
			p.Tabs = append(p.Tabs, view.Link{Label: t.label, URL: t.url, Current: current})
		}
	}
	return p
}

// record writes an audit event of the signed-in user. An id makes a repeated
// request find its event there already; "" is a new one.
func (s *Server) record(c *fiber.Ctx, id string, action audit.Action, thing string, detail ...audit.Change) error {
	return s.store.Record(c.UserContext(), eventOf(c, id, action, thing, detail...))
}

// eventOf is an event of the signed-in user, as for record.
func eventOf(c *fiber.Ctx, id string, action audit.Action, thing string, detail ...audit.Change) audit.Event {
	u, _ := userOf(c)
	return audit.Event{ID: id, Who: u.Login, Action: action, Thing: thing, Detail: detail}
}

// maxToldChanges is how many changes of one event a short history spells out.
const maxToldChanges = 8

// history shows the events of a thing, the newest first.
func (a *admin) history(c *fiber.Ctx, thing string) ([]view.HistoryRow, error) {
	events, err := a.store.History(c.UserContext(), thing)
	if err != nil {
		return nil, err
	}
	w, err := a.auditWords(c)
	if err != nil {
		return nil, err
	}
	rows := make([]view.HistoryRow, 0, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		r := w.row(&events[i])
		rows = append(rows, view.HistoryRow{When: r.When, Who: r.Who, What: strings.Join(append([]string{r.What}, toldChanges(r.Changes)...), "; ")})
	}
	return rows, nil
}

// toldChanges says what changed, or only how much when it is a whole sheet.
func toldChanges(list []view.AuditChange) []string {
	if len(list) > maxToldChanges {
		return []string{vi.Text("audit.many", vi.Int(len(list)))}
	}
	told := make([]string, len(list))
	for i, x := range list {
		told[i] = x.Field + ": " + x.After
		if x.Before != "" {
			told[i] = x.Field + ": " + x.Before + " → " + x.After
		}
	}
	return told
}

// checkVersion refuses a form that was made on an older version than now.
func checkVersion(c *fiber.Ctx, now int64) error {
	if sent := c.FormValue("phien-ban"); sent != strconv.FormatInt(now, 10) {
		return fault.New(fault.Stale, "store.stale")
	}
	return nil
}

// versionOf reads the parts ":id" and ":v" of an address.
func versionOf(c *fiber.Ctx) (string, int, error) {
	n, err := strconv.Atoi(c.Params("v"))
	if err != nil || n < 1 {
		return "", 0, fault.New(fault.NotFound, "site.notFound")
	}
	return c.Params("id"), n, nil
}

func levelName(level string) string { return vi.Text("admin.level." + level) }

// periodTag is a period's state as a word.
func periodTag(s dossier.State) view.Tag {
	looks := map[dossier.State]string{dossier.Draft: "off", dossier.Open: "good", dossier.Locked: "warn", dossier.Published: ""}
	return view.Tag{Text: vi.Text("admin.period." + string(s)), Look: looks[s]}
}

// versionTag is the state of a criteria set or form as a word.
func versionTag(state string) view.Tag {
	looks := map[string]string{store.Draft: "warn", store.Issued: "good", store.Retired: "off"}
	return view.Tag{Text: vi.Text("admin.version." + state), Look: looks[state]}
}

// campaignTag is a campaign's state now as a word.
func (s *Server) campaignTag(c *survey.Campaign) view.Tag {
	now := s.now()
	switch {
	case !now.Before(c.Closes):
		return view.Tag{Text: vi.Text("admin.campaign.closed"), Look: "off"}
	case c.Paused:
		return view.Tag{Text: vi.Text("admin.campaign.paused"), Look: "warn"}
	case now.Before(c.Opens):
		return view.Tag{Text: vi.Text("admin.campaign.early")}
	}
	return view.Tag{Text: vi.Text("admin.campaign.open"), Look: "good"}
}

// unitNames returns the units by code.
func unitNames(list []unit.Unit) map[string]unit.Unit {
	m := make(map[string]unit.Unit, len(list))
	for _, u := range list {
		m[u.Code] = u
	}
	return m
}

// scopeOptions lists the units that have others below them.
func scopeOptions(list []unit.Unit, chosen string) []view.Option {
	tree := unit.NewTree(list)
	var options []view.Option
	for _, u := range list {
		if len(tree.Children(u.Code)) > 0 {
			options = append(options, option(u.Code, fmt.Sprintf("%s (%s)", u.Name, u.Code), chosen))
		}
	}
	return options
}
