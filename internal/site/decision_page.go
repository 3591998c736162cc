package site

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// decisionRoutes are the decisions of a period and the register of all.
func (a *admin) decisionRoutes(r fiber.Router, periods, small fiber.Handler) {
	r.Get("/quan-tri/ky/:id/quyet-dinh", periods, a.decisions)
	r.Post("/quan-tri/ky/:id/quyet-dinh", periods, small, a.decisionPost)
	r.Get("/quan-tri/ky/:id/quyet-dinh/:unit", periods, a.decisionOne)
	r.Post("/quan-tri/ky/:id/quyet-dinh/:unit/thu-hoi", periods, small, a.revoke)
	r.Post("/quan-tri/ky/:id/quyet-dinh/:unit/chuyen-tiep", periods, small, a.carryOver)
	r.Get("/quan-tri/cong-nhan", periods, a.register)
	r.Get("/quan-tri/cong-nhan.xlsx", periods, a.registerExcel)
}

// The acts of the form.
const (
	formRecognise = "cong-nhan"
	formRefuse    = "khong-cong-nhan"
)

func decisionsURL(period string) string { return "/quan-tri/ky/" + period + "/quyet-dinh" }

func (a *admin) benchAt(c *fiber.Ctx) (*decisionBench, error) {
	user, _ := userOf(c)
	return a.benchOf(c.UserContext(), c.Params("id"), user)
}

// decisions lists the units that wait for a decision and those that have one.
func (a *admin) decisions(c *fiber.Ctx) error {
	b, err := a.benchAt(c)
	if err != nil {
		return err
	}
	return a.showDecisions(c, b, nil, nil)
}

// showDecisions shows the list; sent is a form that has errors.
func (a *admin) showDecisions(c *fiber.Ctx, b *decisionBench, sent *unitVerdict, errs []view.FieldError) error {
	p := view.Decisions{Admin: a.page(c, vi.Text("decide.title")), ID: b.Period.ID, Heading: b.Period.Title, State: periodTag(b.Period.State), Months: b.Period.Validity()}
	p.Errors, p.Styles = errs, append(p.Styles, teamStyle)
	p.Only = c.Query("dv")
	today := a.today()
	p.Form = view.DecisionForm{Day: today, Until: validUntil(today, b.Period.Validity())}
	if sent != nil {
		p.Form = view.DecisionForm{Number: sent.decision.Number, Day: sent.decision.Day, Signer: sent.decision.Signer, Until: sent.until}
	} else if settings, _, err := a.store.Settings(c.UserContext()); err != nil {
		return err
	} else {
		p.Form.Signer = settings.Signer
	}
	if !b.Period.Signed() {
		p.Blocked, p.BlockedURL = vi.Text("decide.unsigned"), "/quan-tri/ky/"+b.Period.ID+"/khoa"
	}
	for _, x := range b.Ranked {
		a.addDecision(&p, b, x, sent)
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("decision/list", p)
}

func (a *admin) addDecision(p *view.Decisions, b *decisionBench, x score.Result, sent *unitVerdict) {
	d := b.at[x.Unit]
	row := view.DecisionRow{
		Unit: x.Unit, Name: b.Units[x.Unit].Name, URL: decisionsURL(b.Period.ID) + "/" + x.Unit, ScoreURL: explainAllURL(b.Period.ID, x.Unit, b.Period.Final()),
		Rank: "–", Total: totalText(x), Band: bandTitle(b.Set, x.Band), State: statusTag(d.Status), May: d.Status == dossier.Proposed,
		Chosen: d.Status == dossier.Proposed && x.Recognised,
	}
	if x.Rank > 0 {
		row.Rank = strconv.Itoa(x.Rank)
	}
	if one := p.Only; one != "" { // led here from its dossier
		row.Chosen = x.Unit == one
	}
	if sent != nil {
		row.Chosen = slices.Contains(sent.units, x.Unit)
	}
	switch d.Status {
	case dossier.Proposed, dossier.NotProposed:
		p.Open = append(p.Open, row)
		return
	case dossier.Recognised:
		p.Recognised++
	case dossier.Revoked:
		p.Revoked++
	case dossier.NotRecognised:
		p.Refused++
	default:
		p.Unconcluded++
		return
	}
	row.Note = decisionText(d.Recognition.Decision)
	p.Decided = append(p.Decided, row)
}

func totalText(x score.Result) string {
	if !x.Complete {
		return "–"
	}
	return vi.Decimal(x.Total.String(x.Decimals))
}

// statusTag is a dossier's status as a word.
func statusTag(s dossier.Status) view.Tag {
	looks := map[dossier.Status]string{dossier.Recognised: "good", dossier.NotRecognised: "off", dossier.Revoked: "bad", dossier.Proposed: "", dossier.NotProposed: "warn"}
	return view.Tag{Text: vi.Words(s), Look: looks[s]}
}

// decisionText names a decision, "" for none.
func decisionText(d dossier.Decision) string {
	if d.Number == "" {
		return ""
	}
	return vi.Text("decide.of", d.Number, dayText(d.Day))
}

// validUntil is the last day of a recognition of some months that begins on a
// day.
func validUntil(day string, months int) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return d.AddDate(0, months, -1).Format(time.DateOnly)
}

// readVerdict reads the form.
func readVerdict(c *fiber.Ctx) (*unitVerdict, error) {
	v := &unitVerdict{act: dossier.Recognise, decision: readDecision(c), until: strings.TrimSpace(c.FormValue("until"))}
	switch c.FormValue("viec") {
	case formRecognise:
	case formRefuse:
		v.act, v.until = dossier.Refuse, ""
		if v.decision.Number == "" {
			v.decision = dossier.Decision{} // refused without a paper
		}
	default:
		return nil, fault.New(fault.Malformed, "site.malformed")
	}
	for _, code := range c.Context().PostArgs().PeekMulti("unit") {
		if s := string(code); !slices.Contains(v.units, s) {
			v.units = append(v.units, s)
		}
	}
	return v, nil
}

func readDecision(c *fiber.Ctx) dossier.Decision {
	return dossier.Decision{Number: vi.Clean(c.FormValue("number")), Day: strings.TrimSpace(c.FormValue("day")), Signer: vi.Clean(c.FormValue("signer"))}
}

// decisionPost shows what a decision would do and, sent from there, records it:
// for every unit, or for none with the reasons.
func (a *admin) decisionPost(c *fiber.Ctx) error {
	b, err := a.benchAt(c)
	if err != nil {
		return err
	}
	v, err := readVerdict(c)
	if err != nil {
		return err
	}
	if ps := v.problems(a.today()); len(ps) > 0 {
		return a.showDecisions(c, b, v, fieldErrors(ps))
	}
	if c.FormValue("buoc") != "ghi" {
		return a.previewDecision(c, b, v, b.weigh(v, a.now()))
	}
	list, wrong, err := a.decideUnits(c.UserContext(), b, v)
	if err != nil {
		return err
	}
	if wrong > 0 {
		return a.previewDecision(c, b, v, list)
	}
	sentence := "recognised"
	if v.act == dossier.Refuse {
		sentence = "refused"
	}
	return done(c, decisionsURL(b.Period.ID), sentence, len(list))
}

func (a *admin) previewDecision(c *fiber.Ctx, b *decisionBench, v *unitVerdict, list []unitRuling) error {
	p := view.DecisionPreview{Admin: a.page(c, vi.Text("decide.title")), ID: b.Period.ID, Heading: b.Period.Title, Act: formRecognise, Refusal: v.act == dossier.Refuse, Wrong: refused(list)}
	if p.Refusal {
		p.Act = formRefuse
	}
	p.Form = view.DecisionForm{Number: v.decision.Number, Day: v.decision.Day, Signer: v.decision.Signer, Until: v.until}
	p.Shown = view.DecisionForm{Number: v.decision.Number, Day: dayText(v.decision.Day), Signer: v.decision.Signer, Until: dayText(v.until)}
	for _, x := range list {
		line := view.DecisionLine{Unit: x.unit.Code, Name: x.unit.Name, Total: totalText(x.score), Band: bandTitle(b.Set, x.score.Band), Why: x.words(), Ready: len(x.why) == 0 && !x.done}
		switch {
		case x.done:
			line.State = view.Tag{Text: vi.Text("decide.done")}
			p.Done++
		case line.Ready:
			line.State = view.Tag{Text: vi.Text("decide.ready"), Look: "good"}
			p.Ready++
		default:
			line.State = view.Tag{Text: vi.Text("decide.refused"), Look: "bad"}
		}
		p.Lines = append(p.Lines, line)
		if d, ok := b.at[x.unit.Code]; ok && p.Refusal && d.Status == dossier.Proposed {
			p.Against++
		}
	}
	if p.Wrong > 0 {
		c.Status(statuses[worst(list)])
	}
	return c.Render("decision/preview", p)
}

// decisionAt reads the dossier and unit of a page about one decision.
func (a *admin) decisionAt(c *fiber.Ctx) (*decisionBench, *dossier.Dossier, error) {
	b, err := a.benchAt(c)
	if err != nil {
		return nil, nil, err
	}
	d, ok := b.at[c.Params("unit")]
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "store.dossier", c.Params("unit"))
	}
	return b, d, nil
}

func (a *admin) decisionOne(c *fiber.Ctx) error {
	b, d, err := a.decisionAt(c)
	if err != nil {
		return err
	}
	settings, _, err := a.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	return a.showDecision(c, b, d, view.DecisionOne{Form: view.DecisionForm{Day: a.today(), Signer: settings.Signer}}, nil)
}

// showDecision completes p, which has what was sent.
func (a *admin) showDecision(c *fiber.Ctx, b *decisionBench, d *dossier.Dossier, p view.DecisionOne, errs []view.FieldError) error {
	u := b.Units[d.Unit]
	p.Admin, p.ID, p.Unit, p.Heading, p.Period, p.State = a.page(c, u.Name), b.Period.ID, d.Unit, u.Name, b.Period.Title, statusTag(d.Status)
	p.Errors = errs
	p.MayRevoke = d.Status == dossier.Recognised
	for _, x := range d.Recognition.Carried {
		p.Carried = append(p.Carried, vi.Text("decide.carriedTo", b.nameOf(x.To), x.Decision.Number, dayText(x.Decision.Day)))
	}
	for _, next := range successors(b.Units, d) {
		p.Successors = append(p.Successors, option(next.Code, fmt.Sprintf("%s (%s)", next.Name, next.Code), p.Chosen))
	}
	chooseOnly(p.Successors)
	p.MayCarry = d.Valid(a.today()) && len(p.Successors) > 0
	p.Facts = decisionFacts(b, d)
	var err error
	if p.History, err = a.history(c, d.Thing()); err != nil {
		return err
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("decision/one", p)
}

func (b *decisionBench) nameOf(code string) string {
	if u, ok := b.Units[code]; ok {
		return u.Name
	}
	return code
}

func decisionFacts(b *decisionBench, d *dossier.Dossier) []view.Fact {
	r, x := &d.Recognition, b.scores[d.Unit]
	facts := []view.Fact{{Label: vi.Text("decide.total"), Value: totalText(x), URL: explainAllURL(b.Period.ID, d.Unit, b.Period.Final())}}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, view.Fact{Label: vi.Text(key), Value: value})
		}
	}
	add("decide.band", bandTitle(b.Set, r.Band))
	add("decide.paper", decisionText(r.Decision))
	add("decide.signer", r.Decision.Signer)
	add("decide.validTo", dayText(r.Until))
	add("decide.revokedBy", decisionText(r.Revoked))
	add("decide.reason", r.Reason)
	return facts
}
