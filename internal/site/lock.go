package site

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// lockRoutes are the lock of a period and its sign-off. The council's head may
// have any role, so that the page itself asks who may see it.
func (a *admin) lockRoutes(r fiber.Router, periods, small fiber.Handler) {
	r.Post("/quan-tri/ky/:id/trang-thai", periods, small, a.periodState)
	r.Get("/quan-tri/ky/:id/khoa", a.lockPage)
	r.Get("/quan-tri/ky/:id/khoa/ban-ke.txt", a.lockManifest)
	r.Post("/quan-tri/ky/:id/khoa/ky", small, a.signOff)
	a.decisionRoutes(r, periods, small)
	a.documentRoutes(r, periods)
}

// periodMoves are the changes of state beside opening: from where, to where,
// and whether a reason is asked for.
var periodMoves = map[string]struct {
	from, to dossier.State
	reason   bool
}{
	"khoa":    {dossier.Open, dossier.Locked, false},
	"mo-khoa": {dossier.Locked, dossier.Open, true},
	"cong-bo": {dossier.Locked, dossier.Published, false},
	"rut":     {dossier.Published, dossier.Locked, true},
}

// periodState locks, unlocks, publishes or takes back a period. What is done
// already is done.
func (a *admin) periodState(c *fiber.Ctx) error {
	d, err := a.store.Period(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	move, ok := periodMoves[c.FormValue("viec")]
	reason := vi.Clean(c.FormValue("ly-do"))
	n := utf8.RuneCountInString(reason)
	half := d.State == dossier.Locked && d.Checksum == "" && move.to == dossier.Locked && move.from == dossier.Open
	switch {
	case !ok:
		return fault.New(fault.Malformed, "site.malformed")
	case d.State == move.to && !half:
		return done(c, movedFrom(c, d.ID), string(move.to))
	case d.State != move.from && !half:
		return fault.New(fault.Conflict, "admin.move", d.Title, vi.Text("admin.period."+string(d.State)))
	case move.reason && (n == 0 || n > maxReason):
		errs := []view.FieldError{{Field: "ly-do", Message: vi.Text("admin.reason", maxReason)}}
		if c.FormValue(fromLockPage) != "" {
			return a.showLock(c, reason, errs)
		}
		return a.showPeriod(c, d, reason, errs)
	}
	if err := checkVersion(c, d.Version); err != nil {
		return err
	}
	from := d.State
	if d, err = a.movePeriod(c, d, move.to, reason); err != nil {
		return err
	}
	if move.to == dossier.Locked && from != dossier.Published && d.Head != "" {
		a.notify(c.UserContext(), NoticeSignOff, d.ID, "", []string{d.Head})
	}
	return done(c, movedFrom(c, d.ID), string(move.to))
}

// fromLockPage is the form field that the lock's page sends with a change of
// state, so that its reader comes back there and not to the period's page.
const fromLockPage = "trang-khoa"

func movedFrom(c *fiber.Ctx, period string) string {
	if c.FormValue(fromLockPage) != "" {
		return "/quan-tri/ky/" + period + "/khoa"
	}
	return "/quan-tri/ky/" + period
}

// movePeriod brings a period to its next state; the event is written with it.
func (a *admin) movePeriod(c *fiber.Ctx, d dossier.Period, to dossier.State, reason string) (dossier.Period, error) {
	user, _ := userOf(c)
	from := d.State
	event := func(d *dossier.Period) audit.Event { return moveEvent(c, d, from, to, reason) }
	switch {
	case to == dossier.Locked && d.State != dossier.Published:
		return a.lock(c, d, user.Login, event)
	case to == dossier.Open:
		return result.Unlock(c.UserContext(), a.store, d, user.Login, event(&d))
	case to == dossier.Published && d.Steps && !d.Signed():
		return d, fault.New(fault.Conflict, "lock.unsigned", d.Title)
	}
	d.State = to
	var err error
	d.Version, err = a.store.PutPeriod(c.UserContext(), d, event(&d))
	return d, err
}

// lock freezes a period after its campaigns are closed. Appeals that wait
// refuse it: their ruling could no longer count.
func (a *admin) lock(c *fiber.Ctx, d dossier.Period, by string, told func(*dossier.Period) audit.Event) (dossier.Period, error) {
	dossiers, err := a.store.Dossiers(c.UserContext(), d.ID)
	if err != nil {
		return d, err
	}
	waiting := 0
	for i := range dossiers {
		if len(dossiers[i].Waiting()) > 0 {
			waiting++
		}
	}
	if waiting > 0 {
		return d, fault.New(fault.Conflict, "lock.appeals", waiting)
	}
	if err := a.closeCampaigns(c, d.ID); err != nil {
		return d, err
	}
	return result.Lock(c.UserContext(), a.store, d.ID, by, told)
}

// moveEvent is the event of a change of state, d being about to be stored; that
// of a lock has its checksum.
func moveEvent(c *fiber.Ctx, d *dossier.Period, from, to dossier.State, reason string) audit.Event {
	id := fmt.Sprintf("periods/%s#%d", d.ID, d.Version+1)
	detail := []audit.Change{{Field: "state", Before: vi.Text("admin.period." + string(from)), After: vi.Text("admin.period." + string(to))}}
	if to == dossier.Locked && from != dossier.Published {
		id = fmt.Sprintf("periods/%s#%s", d.ID, d.Checksum)
		detail = append(detail, audit.Change{Field: result.ChecksumField, After: d.Checksum})
	}
	if reason != "" {
		detail = append(detail, audit.Change{Field: "reason", After: cut(reason, maxReason)})
	}
	return eventOf(c, id, audit.PeriodChanged, "periods/"+d.ID, detail...)
}

// lockPlace reads the period of a request for those who may see its lock: who
// runs it, the council's head and the leaders.
func (a *admin) lockPlace(c *fiber.Ctx) (dossier.Period, account.User, error) {
	user, ok := userOf(c)
	if !ok {
		return dossier.Period{}, user, fault.New(fault.Unauthenticated, "site.signIn")
	}
	d, err := a.store.Period(c.UserContext(), c.Params("id"))
	head := err == nil && d.Head != "" && d.Head == user.Login
	if !head && !user.Role.May(account.EditPeriods) && !user.Role.May(account.SeeLeader) {
		return d, user, fault.New(fault.Forbidden, "site.forbidden", vi.Text("role."+string(user.Role)))
	}
	return d, user, err
}

func (a *admin) lockPage(c *fiber.Ctx) error { return a.showLock(c, "", nil) }

// showLock shows the page; reason is that of a form that has errors.
func (a *admin) showLock(c *fiber.Ctx, reason string, errs []view.FieldError) error {
	d, user, err := a.lockPlace(c)
	if err != nil {
		return err
	}
	if d.State == dossier.Draft {
		return fault.New(fault.Conflict, "lock.notOpen", d.Title)
	}
	r, err := result.Seen(c.UserContext(), a.store, d.ID, "", seesResults(user, &d))
	if err != nil {
		return err
	}
	p := view.Lock{
		Admin: a.page(c, vi.Text("lock.title")), ID: d.ID, Heading: d.Title, Version: d.Version, State: periodTag(d.State), Steps: d.Steps,
		Open: d.State == dossier.Open, Half: d.Frozen() && d.Checksum == "", Frozen: result.Frozen(&d), Published: d.State == dossier.Published,
		Manages: user.Role.May(account.EditPeriods), Mine: d.Head != "" && d.Head == user.Login, Target: targetView(r),
	}
	p.Errors, p.Reason, p.Figures = errs, reason, lockFigures(r)
	countDossiers(&p, r)
	if p.Head, err = a.nameOf(c.UserContext(), d.Head); err != nil {
		return err
	}
	if p.Frozen {
		if err := a.lockFrozen(c.UserContext(), &p, &d); err != nil {
			return err
		}
	}
	if d.Steps && !p.Signed {
		p.Blocked = vi.Text("lock.unsigned", d.Title)
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("lock/show", p)
}

// lockFrozen adds what the lock keeps and who signed it.
func (a *admin) lockFrozen(ctx context.Context, p *view.Lock, d *dossier.Period) error {
	f, err := a.store.FreezeOf(ctx, d)
	if err != nil {
		return err
	}
	p.Checksum, p.Groups, p.At = d.Checksum, checksumGroups(d.Checksum), vi.DateTime(f.At)
	for _, x := range f.Surveys {
		campaign, err := a.store.Campaign(ctx, x.Campaign)
		if err != nil {
			return err
		}
		p.Surveys = append(p.Surveys, view.Fact{Label: campaign.Title, Value: vi.Text("lock.pieces", x.Form, len(x.Parts))})
	}
	p.Signed, p.SignedAt = d.Signed(), vi.DateTime(d.SignOff.At)
	p.SignedBy, err = a.nameOf(ctx, d.SignOff.By)
	return err
}

// checksumDigits is how many digits of a checksum stand together, as people
// read them to each other.
const checksumDigits = 8

func checksumGroups(sum string) []string {
	var groups []string
	for ; len(sum) > checksumDigits; sum = sum[checksumDigits:] {
		groups = append(groups, sum[:checksumDigits])
	}
	return append(groups, sum)
}

// nameOf is the name of an account, or its login once the account is gone.
func (s *Server) nameOf(ctx context.Context, login string) (string, error) {
	if login == "" {
		return "", nil
	}
	u, err := s.store.User(ctx, login)
	if fault.Is(err, fault.NotFound) || err == nil && u.Name == "" {
		return login, nil
	}
	return u.Name, err
}

func lockFigures(r *result.Result) []view.Figure {
	complete, recognised := 0, 0
	for _, x := range r.Ranked {
		if x.Complete {
			complete++
		}
		if x.Recognised {
			recognised++
		}
	}
	url := "/bao-cao/xep-hang?ky=" + r.Period.ID
	list := []view.Figure{
		{Label: vi.Text("lock.units"), Value: vi.Int(len(r.Ranked)), URL: url},
		{Label: vi.Text("lock.complete"), Value: vi.Int(complete), URL: url},
		{Label: vi.Text("lock.reached"), Value: vi.Int(recognised), URL: url + "&dat=co"},
	}
	if n := openEnded(r); n > 0 {
		list = append(list, view.Figure{Label: vi.Text("lock.openEnded"), Value: vi.Int(n), URL: url + "&dat=co"})
	}
	return list
}

// openEnded counts the units that reach the score without a conclusion: no
// decision can recognise them as they stand.
func openEnded(r *result.Result) int {
	open := map[string]bool{}
	for i := range r.Dossiers {
		d := &r.Dossiers[i]
		open[d.Unit] = d.Status != dossier.Free && !slices.Contains(concluded, d.Status)
	}
	n := 0
	for _, x := range r.Ranked {
		if x.Recognised && open[x.Unit] {
			n++
		}
	}
	return n
}

// countDossiers adds what is not finished: appeals that wait, and dossiers that
// have not come to a conclusion.
func countDossiers(p *view.Lock, r *result.Result) {
	counts := map[dossier.Status]int{}
	for i := range r.Dossiers {
		d := &r.Dossiers[i]
		counts[d.Status]++
		if n := len(d.Waiting()); n > 0 {
			p.Waiting = append(p.Waiting, view.Link{Label: vi.Text("lock.waits", r.Units[d.Unit].Name, strings.Join(d.Waiting(), ", ")), URL: dossierURL(d.Period, d.Unit)})
		}
	}
	if !p.Steps {
		return
	}
	for _, s := range dossier.Statuses() {
		switch s {
		case dossier.Proposed, dossier.NotProposed:
			p.Undecided += counts[s]
		case dossier.Appealed:
		case dossier.Recognised, dossier.NotRecognised, dossier.Revoked:
			p.Decided += counts[s]
		default:
			if counts[s] > 0 {
				n := view.LockCount{Label: vi.Words(s), Count: counts[s]}
				if p.Manages {
					n.URL = "/quan-tri?ky=" + p.ID + "&tt=" + string(s)
				}
				p.Unfinished = append(p.Unfinished, n)
			}
		}
	}
	p.Decisions = p.Frozen || p.Decided > 0
}

// lockManifest sends what the checksum is made over.
func (a *admin) lockManifest(c *fiber.Ctx) error {
	d, _, err := a.lockPlace(c)
	if err != nil {
		return err
	}
	f, err := a.store.FreezeOf(c.UserContext(), &d)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="khoa-`+fileName(d.ID)+`.txt"`)
	return c.SendString(f.Manifest)
}

// signOff is the council's head confirming what the lock froze, with their
// password once more. The form names the checksum they have seen.
func (a *admin) signOff(c *fiber.Ctx) error {
	ctx := c.UserContext()
	d, user, err := a.lockPlace(c)
	if err != nil {
		return err
	}
	switch {
	case d.Head == "" || user.Login != d.Head:
		return fault.New(fault.Forbidden, "lock.headOnly")
	case !result.Frozen(&d):
		return fault.New(fault.Conflict, "lock.notFrozen", d.Title)
	case c.FormValue("ma-kiem") != d.Checksum:
		return fault.New(fault.Stale, "store.stale")
	}
	if err := a.store.CountSignIn(ctx, user.Login, a.visitorOf(c).address); err != nil {
		return err
	}
	right, err := a.matches(ctx, user, c.FormValue("mat-khau"))
	if err != nil {
		return err
	}
	if !right {
		return a.showLock(c, "", []view.FieldError{{Field: "mat-khau", Message: vi.Text("account.oldWrong")}})
	}
	if err := a.store.ForgetSignIns(ctx, user.Login); err != nil {
		return err
	}
	return a.putSignOff(c, d, user.Login)
}

// toSign is where the signed-in user has to sign a period off, "" otherwise.
func toSign(c *fiber.Ctx, p *dossier.Period) string {
	if user, ok := userOf(c); !ok || p.Head == "" || user.Login != p.Head || !result.Frozen(p) || p.Signed() {
		return ""
	}
	return "/quan-tri/ky/" + p.ID + "/khoa"
}

func (a *admin) putSignOff(c *fiber.Ctx, d dossier.Period, by string) error {
	if !d.Signed() {
		d.SignOff = dossier.SignOff{By: by, At: a.now(), Checksum: d.Checksum}
		event := eventOf(c, fmt.Sprintf("periods/%s#ky/%s", d.ID, d.Checksum), audit.PeriodChanged, "periods/"+d.ID,
			audit.Change{Field: "signoff", After: d.SignOff.By}, audit.Change{Field: result.ChecksumField, After: d.Checksum})
		if _, err := a.store.PutPeriod(c.UserContext(), d, event); err != nil {
			return err
		}
	}
	return done(c, "/quan-tri/ky/"+d.ID+"/khoa", "signed")
}
