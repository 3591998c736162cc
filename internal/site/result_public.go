package site

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// resultRoutes are the published results, for everybody.
func (s *Server) resultRoutes(r fiber.Router) {
	r.Get("/ket-qua", s.resultPeriods)
	r.Get("/ket-qua/:period.json", s.resultJSON)
	r.Get("/ket-qua/:period.csv", s.resultCSV)
	r.Get("/ket-qua/:period", s.resultPage)
}

// What a unit of a published period is to everybody. By score is that of a
// period without decisions.
const (
	publicRecognised = "recognised"
	publicExpired    = "expired"
	publicRevoked    = "revoked"
	publicRefused    = "not-recognised"
	publicWaits      = "undecided"
	publicReached    = "reached" // by score
	publicMissed     = "missed"  // by score
	publicNone       = "none"    // no result
)

// publicUnit is one unit as everybody may see it: the sums, never a sheet.
type publicUnit struct {
	score.Result
	name    string
	status  string
	dossier *dossier.Dossier
}

// publishedOf scores a published period; NotFound for one that is not.
func (s *Server) publishedOf(ctx context.Context, id string) (*result.Result, []publicUnit, error) {
	p, err := s.store.Period(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if p.State != dossier.Published {
		return nil, nil, fault.New(fault.NotFound, "results.unpublished")
	}
	r, err := result.Of(ctx, s.store, id, "")
	if err != nil {
		return nil, nil, err
	}
	ranked, dossiers := s.publicRanks(r)
	list := make([]publicUnit, len(ranked))
	for i, x := range ranked {
		d := dossiers[x.Unit]
		list[i] = publicUnit{x, cmp.Or(r.Units[x.Unit].Name, x.Unit), publicStatus(d, x, s.today()), d}
		switch list[i].status {
		case publicReached:
		case publicRecognised, publicExpired:
			list[i].Band = d.Recognition.Band
		default: // no band by score beside a decision that gives none
			list[i].Band = ""
		}
	}
	return r, list, nil
}

// publicRanks are the results as everybody may see them, ranked among them, and
// the dossiers by unit. In a period with steps a unit that is not concluded has
// no result, so that nobody sees from the others' ranks where it would stand.
func (s *Server) publicRanks(r *result.Result) ([]score.Result, map[string]*dossier.Dossier) {
	dossiers := map[string]*dossier.Dossier{}
	for i := range r.Dossiers {
		dossiers[r.Dossiers[i].Unit] = &r.Dossiers[i]
	}
	list := slices.Clone(r.Ranked)
	for i := range list {
		if d := dossiers[list[i].Unit]; d.Status != dossier.Free && publicStatus(d, list[i], s.today()) == publicNone {
			list[i] = score.Score(r.Set, score.UnitMarks{Unit: d.Unit}, score.NewSurvey())
			list[i].Complete, list[i].Recognised, list[i].Band = false, false, ""
		}
	}
	return score.Rank(r.Set, list), dossiers
}

// asPublic is a result as everybody may see it: of a period with steps
// recognised are those whose recognition stands, in the band they got, not all
// whose score would do.
func (s *Server) asPublic(r *result.Result) (*result.Result, error) {
	if !r.Period.Steps {
		return r, nil
	}
	percent, err := rubric.ParseNum(r.Period.Target.Percent)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.broken", r.Period.ID)
	}
	ranked, dossiers := s.publicRanks(r)
	for i := range ranked {
		x := &ranked[i]
		d := dossiers[x.Unit]
		x.Recognised, x.Band = publicStatus(d, *x, s.today()) == publicRecognised, ""
		if x.Recognised {
			x.Band = d.Recognition.Band
		}
	}
	out := *r
	out.Ranked = ranked
	out.Target = score.Target(r.Set, out.Ranked, append([]string{}, r.Period.Units...), percent, r.Period.Target.MinBand)
	return &out, nil
}

func publicStatus(d *dossier.Dossier, x score.Result, today string) string {
	switch d.Status {
	case dossier.Free:
		switch {
		case !x.Complete:
			return publicNone
		case x.Recognised:
			return publicReached
		}
		return publicMissed
	case dossier.Recognised:
		if !d.Valid(today) {
			return publicExpired
		}
		return publicRecognised
	case dossier.Revoked:
		return publicRevoked
	case dossier.NotRecognised:
		return publicRefused
	case dossier.Proposed, dossier.NotProposed:
		return publicWaits
	}
	return publicNone
}

func (u *publicUnit) tag() view.Tag {
	looks := map[string]string{publicRecognised: "good", publicReached: "good", publicExpired: "off", publicRevoked: "bad", publicRefused: "off", publicMissed: "off", publicWaits: "warn"}
	return view.Tag{Text: vi.Text("results." + strings.ReplaceAll(u.status, "-", "_")), Look: looks[u.status]}
}

// total is the unit's total as its figures are printed, "" when it has none.
func (u *publicUnit) total() string {
	if !u.Complete {
		return ""
	}
	return u.Total.String(u.Decimals)
}

// notes are the decisions about a unit, in sentences.
func (u *publicUnit) notes(r *result.Result) []string {
	x := &u.dossier.Recognition
	var list []string
	if x.Until != "" {
		list = append(list, vi.Text("results.decision", x.Decision.Number, dayText(x.Decision.Day), dayText(x.Until)))
	} else if x.Decision.Number != "" {
		list = append(list, vi.Text("results.refusal", x.Decision.Number, dayText(x.Decision.Day)))
	}
	if u.status == publicRevoked {
		list = append(list, vi.Text("results.revocation", x.Revoked.Number, dayText(x.Revoked.Day)))
	}
	for _, y := range x.Carried {
		list = append(list, vi.Text("results.carried", cmp.Or(r.Units[y.To].Name, y.To), y.Decision.Number))
	}
	return list
}

// publicSummary says how many are recognised today, and how many were before.
func publicSummary(r *result.Result, list []publicUnit) []string {
	n := map[string]int{}
	for i := range list {
		n[list[i].status]++
	}
	if !r.Period.Steps {
		return []string{vi.Text("results.sumReached", vi.Int(n[publicReached]), vi.Int(len(list)))}
	}
	return decidedSummary(n, len(list))
}

// decidedSummary says in sentences what was decided about so many units, n by
// what they are.
func decidedSummary(n map[string]int, units int) []string {
	lines := []string{vi.Text("results.sumRecognised", vi.Int(n[publicRecognised]), vi.Int(units))}
	if k := n[publicRevoked]; k > 0 {
		lines = append(lines, vi.Text("results.sumRevoked", vi.Int(n[publicRecognised]+n[publicExpired]+k), vi.Int(k)))
	}
	if k := n[publicExpired]; k > 0 {
		lines = append(lines, vi.Text("results.sumExpired", vi.Int(k)))
	}
	if k := n[publicWaits]; k > 0 {
		lines = append(lines, vi.Text("results.sumWaits", vi.Int(k)))
	}
	return lines
}

// resultPeriods lists the published periods.
func (s *Server) resultPeriods(c *fiber.Ctx) error {
	page, err := s.publicPage(c, vi.Text("results.title"))
	if err != nil {
		return err
	}
	periods, err := s.store.Periods(c.UserContext())
	if err != nil {
		return err
	}
	v := view.ResultPeriods{Page: page}
	for _, p := range periods {
		if p.State == dossier.Published {
			v.Periods = append(v.Periods, view.Link{Label: p.Title, URL: "/ket-qua/" + p.ID})
		}
	}
	return c.Render("public/results", v)
}

func (s *Server) resultPage(c *fiber.Ctx) error {
	r, list, err := s.publishedOf(c.UserContext(), c.Params("period"))
	if err != nil {
		return err
	}
	page, err := s.publicPage(c, vi.Text("results.of", r.Period.Title))
	if err != nil {
		return err
	}
	path := "/ket-qua/" + r.Period.ID
	v := view.Results{Page: page, ID: r.Period.ID, Heading: r.Period.Title, Criteria: r.Set.Title, Steps: r.Period.Steps, Summary: publicSummary(r, list), JSON: path + ".json", CSV: path + ".csv"}
	v.Wide, v.Styles = true, []string{"result.css"}
	if r.Period.Steps {
		v.Summary = append(v.Summary, vi.Text("results.order"))
	}
	for _, g := range r.Set.Groups {
		v.Groups = append(v.Groups, view.RankingGroup{Code: g.Code, Title: g.Title, Max: vi.Decimal(g.Max.String())})
	}
	shown, listing := listOf(c, list, func(u publicUnit) string { return u.name }, publicColumns(r))
	v.List = listing
	for i := range shown {
		v.Rows = append(v.Rows, resultRow(r, &shown[i]))
	}
	return c.Render("public/result", v)
}

func publicColumns(r *result.Result) []listColumn[publicUnit] {
	list := []listColumn[publicUnit]{
		{key: "hang", label: vi.Text("results.rank"), number: true, compare: by(func(u publicUnit) int {
			if u.Rank == 0 {
				return len(r.Ranked) + 1 // behind all that have one
			}
			return u.Rank
		})},
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(u publicUnit) string { return u.name })},
		{label: vi.Text("results.state")},
	}
	for _, g := range r.Set.Groups {
		list = append(list, listColumn[publicUnit]{label: vi.Text("results.group", g.Code), number: true})
	}
	return append(list, listColumn[publicUnit]{key: "diem", label: vi.Text("document.total"), number: true, compare: by(func(u publicUnit) int64 {
		if !u.Complete {
			return 0
		}
		return -int64(u.Total)
	})})
}

func resultRow(r *result.Result, u *publicUnit) view.ResultRow {
	row := view.ResultRow{Rank: "–", Name: u.name, Total: cmp.Or(vi.Decimal(u.total()), "–"), Band: bandTitle(r.Set, u.Band), State: u.tag(), Notes: u.notes(r)}
	if u.Rank > 0 {
		row.Rank = strconv.Itoa(u.Rank)
	}
	for _, g := range u.Groups {
		text := "–"
		if u.Complete {
			text = vi.Decimal(g.Points.String(u.Decimals))
		}
		row.Groups = append(row.Groups, text)
	}
	return row
}
