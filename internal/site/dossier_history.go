package site

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// historyPageOf shows what happened to a dossier, as far as this user may see.
func (s *Server) historyPageOf(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	head, err := s.dossierHead(c.UserContext(), p, tabHistory)
	if err != nil {
		return err
	}
	events, err := s.store.History(c.UserContext(), p.dossier.Thing())
	if err != nil {
		return err
	}
	reader := changeReader{p, roundsThen(events)}
	rows, err := s.dossierHistory(c, p.period.ID, p.unit.Code, reader.sees)
	if err != nil {
		return err
	}
	ruled, scored := rulings(events), teamEvents(events, s.managers(c.UserContext()))
	for i := range rows {
		r := &rows[i]
		r.Thing, r.URL = "", ""
		switch {
		case p.inside() || p.dossier.Shared(p.stageNow()):
		case p.dossier.HasScored(r.Who) || scored[r.Who+" "+r.When]:
			r.Who, r.Name = vi.Text("home.team"), ""
		case ruled[r.Who+" "+r.When]:
			r.Who, r.Name = capital(vi.Text("who.judge")), ""
		}
	}
	v := view.DossierHistory{Page: s.page(c, vi.Text("home.historyOf", p.unit.Name)), Head: head}
	v.Styles = []string{"dossier.css", auditStyle}
	rows, v.List = listOf(c, rows, historyText, nil)
	v.Rows = rows
	return c.Render("dossier/history", v)
}

// rulings are the events that decided appeals, by who and when: units do not
// learn who decided.
func rulings(events []audit.Event) map[string]bool {
	list := map[string]bool{}
	for _, e := range events {
		if detailOf(e, "act") == string(dossier.DecideAppeal) {
			list[e.Who+" "+vi.DateTime(e.At)] = true
		}
	}
	return list
}

// teamEvents are the events by which somebody worked for an appraisal team, by
// who and when: units do not learn who, also of one who has left the team.
func teamEvents(events []audit.Event, managers []string) map[string]bool {
	acts := []dossier.Act{dossier.Accept, dossier.AskCompletion, dossier.FinishSheet, dossier.Rescore, dossier.Propose, dossier.Reject}
	list := map[string]bool{}
	for _, e := range events {
		if slices.Contains(acts, dossier.Act(detailOf(e, "act"))) && !slices.Contains(managers, e.Who) {
			list[e.Who+" "+vi.DateTime(e.At)] = true
		}
	}
	return list
}

// historyText is everything of an event that a search looks at.
func historyText(r view.AuditRow) string {
	parts := []string{r.Who, r.Name, r.What}
	for _, x := range r.Changes {
		parts = append(parts, x.Field, x.Before, x.After)
	}
	return strings.Join(parts, " ")
}

// teamActs are what the members of a team do among themselves.
var teamActs = map[dossier.Act]bool{dossier.Assign: true, dossier.FinishSheet: true, dossier.Rescore: true}

// changeReader says what one user may see of a history.
type changeReader struct {
	*place
	rounds map[string]int // by event: the round in which its marks were given
}

// roundsThen are the rounds that stages were in when events happened, by the id
// of the event and the stage.
func roundsThen(events []audit.Event) map[string]int {
	now, then := map[string]int{}, map[string]int{}
	for _, e := range events {
		for _, x := range e.Detail {
			part, rest, _ := strings.Cut(x.Field, "/")
			if part == "round" {
				now[rest]++
			} else if e.Action == audit.Marked {
				then[e.ID+"/"+part] = now[part] + 1
			}
		}
	}
	return then
}

// sees reports whether this user may see one change of an event: marks of
// single members as dossier.SeesSheet has it, what a team does among itself and
// what it says only inside, and what a stage gave once the stage is seen.
func (p changeReader) sees(e audit.Event, x audit.Change) bool {
	inside := p.inside()
	if strings.HasPrefix(string(e.Action), "comment.") {
		return insideReader(p.user, &p.dossier)
	}
	if strings.HasPrefix(string(e.Action), "evidence.") {
		return !p.recused()
	}
	if e.Action == audit.Moved && teamActs[dossier.Act(detailOf(e, "act"))] {
		return inside
	}
	part, rest, ok := strings.Cut(x.Field, "/")
	switch stage, known := p.period.Stage(part); {
	case !ok || part == "":
		return true
	case known && p.dossier.Shared(stage.Code):
		return true
	case known:
		return inside && p.dossier.SeesSheet(dossier.Layer{Stage: part, Member: e.Who, Round: p.rounds[e.ID+"/"+part]}, p.user.Login, p.who())
	case part == "team" || part == "sheet" || part == "round":
		return inside
	case part == "total":
		return !p.hides(rest) || p.dossier.Concluded(rest)
	}
	return true
}
