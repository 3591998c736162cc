package site

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// teamAnswer is who appraises a unit at a stage; the first member leads. Version
// is what If-Match takes, in quotes.
type teamAnswer struct {
	Unit     string   `json:"unit"`
	Stage    string   `json:"stage"`
	Version  int64    `json:"version"`
	Round    int      `json:"round"`
	Members  []string `json:"members"`
	Finished []string `json:"finished"` // members whose sheets of the round are in: they stay
	Recused  []string `json:"recused"`  // members who must keep out since they were assigned
}

// apiTeamOf reads the team that a call names.
func (s *Server) apiTeamOf(c *fiber.Ctx) (*report.Teams, dossier.Dossier, error) {
	t, err := report.LoadTeams(c.UserContext(), s.store, c.Params("period"), c.Query("stage"))
	if err != nil {
		return nil, dossier.Dossier{}, err
	}
	d, ok := t.Dossiers[c.Params("unit")]
	if !ok {
		return nil, d, fault.New(fault.NotFound, "store.dossier", c.Params("unit"))
	}
	return t, d, nil
}

// apiTeam answers with the team of a unit at a stage.
func (s *Server) apiTeam(c *fiber.Ctx) error {
	t, d, err := s.apiTeamOf(c)
	if err != nil {
		return err
	}
	return sendTeam(c, t, &d)
}

func sendTeam(c *fiber.Ctx, t *report.Teams, d *dossier.Dossier) error {
	team := d.Team(t.Stage.Code)
	c.Set(fiber.HeaderETag, `"`+strconv.FormatInt(d.Rev, 10)+`"`)
	return c.JSON(teamAnswer{
		Unit: d.Unit, Stage: t.Stage.Code, Version: d.Rev, Round: team.Round, Members: append([]string{}, team.Members...),
		Finished: append([]string{}, d.Finishers(t.Stage.Code)...), Recused: append([]string{}, d.RecusedMembers(t.Stage.Code, t.Users)...),
	})
}

// apiPutTeam sets the team of a unit at a stage. With If-Match it is the
// dossier's version that is changed; the same team again is no change.
func (s *Server) apiPutTeam(c *fiber.Ctx) error {
	t, d, err := s.apiTeamOf(c)
	if err != nil {
		return err
	}
	members, reason, err := readTeamIn(c)
	if err != nil {
		return err
	}
	rev, err := ifMatch(c, true)
	if err != nil {
		return err
	}
	if rev == store.AnyRev && slices.Equal(members, t.Members(d.Unit)) {
		return sendTeam(c, t, &d)
	}
	user, _ := userOf(c)
	d, added, err := s.store.AssignTeamIf(c.UserContext(), &t.Period, d.Unit, t.Stage.Code, members, t.Users, user.Login, reason, func(d *dossier.Dossier) error {
		if rev != store.AnyRev && rev != d.Rev {
			return fault.New(fault.Stale, "store.stale")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(added) > 0 {
		s.notify(c.UserContext(), NoticeAssigned, t.Period.ID, d.Unit, added, t.Stage.Title)
	}
	return sendTeam(c, t, &d)
}

// readTeamIn reads {"members": […], "reason": "…"}.
func readTeamIn(c *fiber.Ctx) ([]string, string, error) {
	var in struct {
		Members *[]string `json:"members"`
		Reason  string    `json:"reason"`
	}
	if err := strictJSON(c, &in); err != nil {
		return nil, "", err
	}
	if in.Members == nil {
		return nil, "", fault.New(fault.Malformed, "team.json")
	}
	return *in.Members, vi.Clean(in.Reason), nil
}
