package site

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// dossierJSON is how a dossier stands, for whoever asks. Teams and Sheets are
// left out for the unit itself and for those outside the appraisal.
type dossierJSON struct {
	Period  string             `json:"period"`
	Unit    string             `json:"unit"`
	Status  string             `json:"status"` // "" in a period without steps
	Stage   string             `json:"stage"`
	Version int64              `json:"version"`
	Until   *string            `json:"until"` // last day of what it waits for
	Next    []nextJSON         `json:"next"`
	Acts    []actJSON          `json:"acts"`
	Stages  []dossierStageJSON `json:"stages"`
	Teams   []dossierTeamJSON  `json:"teams,omitempty"`
	Sheets  []dossierSheetJSON `json:"sheets,omitempty"`
	Asked   *completionJSON    `json:"completion"`
}

// nextJSON is an act that the dossier waits for.
type nextJSON struct {
	Act string   `json:"act"`
	Who []string `json:"who"`
}

// actJSON is an act that the caller may do now, with what it still lacks.
type actJSON struct {
	Act   string     `json:"act"`
	Lacks []lackJSON `json:"lacks"`
}

type lackJSON struct {
	Kind    string `json:"kind"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// dossierStageJSON is a stage with its total; null when the caller may not see it yet.
type dossierStageJSON struct {
	Code      string  `json:"code"`
	Title     string  `json:"title"`
	Total     *string `json:"total"`
	Complete  bool    `json:"complete"`
	Concluded bool    `json:"concluded"`
}

type dossierTeamJSON struct {
	Stage   string   `json:"stage"`
	Round   int      `json:"round"`
	Members []string `json:"members"` // the first leads
}

type dossierSheetJSON struct {
	Stage  string    `json:"stage"`
	Member string    `json:"member"`
	Round  int       `json:"round"`
	At     time.Time `json:"at"`
}

type completionJSON struct {
	Text  string    `json:"text"`
	Codes []string  `json:"codes"`
	Until *string   `json:"until"`
	At    time.Time `json:"at"`
}

// actIn is what an act takes.
type actIn struct {
	Reason     string   `json:"reason"`
	Self       string   `json:"self"`
	Conditions []string `json:"conditions"`
	Codes      []string `json:"codes"`
	Until      string   `json:"until"`
}

// apiDossier answers with how a dossier stands.
func (s *Server) apiDossier(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	return s.sendDossier(c, p)
}

// apiAct does an act; If-Match, when it is sent, must be the version.
func (s *Server) apiAct(c *fiber.Ctx) error {
	p, a, err := s.placeToAct(c)
	if err != nil {
		return err
	}
	var body actIn
	if err := strictJSON(c, &body); err != nil {
		return err
	}
	in := actInput{Reason: vi.Clean(body.Reason), Self: strings.TrimSpace(body.Self), Conditions: body.Conditions, Codes: body.Codes, Until: body.Until, Rev: store.AnyRev}
	if c.Get(fiber.HeaderIfMatch) != "" {
		if in.Rev, err = ifMatch(c, false); err != nil {
			return err
		}
		if in.Rev < 0 {
			return fault.New(fault.Stale, "store.stale")
		}
	}
	if p.dossier, err = s.act(c.UserContext(), p, a, in); err != nil {
		return err
	}
	return s.sendDossier(c, p)
}

func (s *Server) sendDossier(c *fiber.Ctx, p *place) error {
	facts, err := s.facts(c.UserContext(), p)
	if err != nil {
		return err
	}
	d := &p.dossier
	out := dossierJSON{
		Period: p.period.ID, Unit: p.unit.Code, Status: string(d.Status), Stage: d.Stage, Version: d.Rev,
		Until: orNull(p.until()), Next: []nextJSON{}, Acts: []actJSON{}, Stages: []dossierStageJSON{},
	}
	for _, n := range dossier.NextActs(d.Status, p.period.State) {
		out.Next = append(out.Next, nextJSON{string(n.Act), whoNames(n.Who)})
	}
	names := s.namesOf(c.UserContext())
	for _, r := range dossier.Table {
		if d.May(r.Act, p.who(), &p.period) == nil && (d.Status != dossier.Free || r.Act != dossier.Comment) {
			out.Acts = append(out.Acts, p.actOut(r.Act, facts, names))
		}
	}
	for _, st := range p.period.Stages {
		out.Stages = append(out.Stages, p.stageOut(st))
	}
	p.insideOut(&out)
	if d.Status == dossier.Completion {
		r := d.Completions[len(d.Completions)-1]
		out.Asked = &completionJSON{Text: r.Text, Codes: append([]string{}, r.Codes...), Until: orNull(r.Until), At: r.At}
	}
	c.Set(fiber.HeaderETag, `"`+strconv.FormatInt(d.Rev, 10)+`"`)
	return c.JSON(out)
}

func (p *place) actOut(a dossier.Act, f *dossier.Facts, names func(string) string) actJSON {
	out := actJSON{Act: string(a), Lacks: []lackJSON{}}
	for _, l := range p.dossier.Lacks(a, p.user.Login, f) {
		out.Lacks = append(out.Lacks, lackJSON{string(l.Kind), l.Code, vi.Text(l.Key, p.lackArgs(l, names)...)})
	}
	return out
}

func (p *place) stageOut(st dossier.Stage) dossierStageJSON {
	out := dossierStageJSON{Code: st.Code, Title: st.Title, Concluded: p.dossier.Concluded(st.Code)}
	if !p.hides(st.Code) {
		r := p.seen(st.Code)
		total := r.Total.String(r.Decimals)
		out.Total, out.Complete = &total, r.Complete
	}
	return out
}

// insideOut adds who scores and whose sheets are in, for those who may know.
func (p *place) insideOut(out *dossierJSON) {
	if !p.inside() {
		return
	}
	for _, t := range p.dossier.Teams {
		out.Teams = append(out.Teams, dossierTeamJSON{t.Stage, t.Round, slices.Clone(t.Members)})
	}
	for _, sh := range p.dossier.Sheets {
		out.Sheets = append(out.Sheets, dossierSheetJSON{sh.Stage, sh.Member, sh.Round, sh.At})
	}
}

// whoNames are the codes of those who are meant.
func whoNames(w dossier.Who) []string {
	var list []string
	for _, key := range w.Words() {
		list = append(list, strings.TrimPrefix(key, "who."))
	}
	return list
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
