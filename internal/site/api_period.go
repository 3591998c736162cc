package site

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// auditPage is how many audit events one call returns.
const auditPage = 500

// periodAPI is the part of the JSON API that needs a session or an API token: results, marks,
// tallies and the audit trail. The middleware stands on each route alone, so
// that the survey's own calls do without.
func (s *Server) periodAPI(r fiber.Router) {
	session := []fiber.Handler{s.bearer, s.sameOrigin, s.signedIn, s.guarded}
	with := func(more ...fiber.Handler) []fiber.Handler { return append(slices.Clone(session), more...) }
	r.Get("/periods/:period/ranking", with(s.apiRanking)...)
	r.Get("/periods/:period/ranking.xlsx", with(s.apiRankingExcel)...)
	r.Get("/periods/:period/target", with(s.apiTarget)...)
	r.Get("/periods/:period/target.xlsx", with(s.apiRankingExcel)...)
	r.Get("/periods/:period/units/:unit", with(s.apiDossier)...)
	r.Post("/periods/:period/units/:unit/acts/:act", with(limitBody(MaxFormBody), s.apiAct)...)
	r.Get("/periods/:period/units/:unit/marks", with(s.apiMarks)...)
	r.Put("/periods/:period/units/:unit/marks", with(limitBody(MaxMarksBody), s.apiPutMarks)...)
	s.appealAPI(r, with)
	r.Get("/periods/:period/units/:unit/team", with(s.may(account.EditPeriods), s.apiTeam)...)
	r.Put("/periods/:period/units/:unit/team", with(s.may(account.EditPeriods), limitBody(MaxFormBody), s.apiPutTeam)...)
	r.Get("/campaigns/:campaign/tally", with(s.may(account.SeeCampaigns), s.apiTally)...)
	s.decisionAPI(r, with)
	r.Get("/audit", with(s.may(account.ReadAudit), s.apiAudit)...)
}

// apiResult scores the period of a call: for staff at any stage, for everybody
// at the final stage once it is published, as its decisions stand.
func (s *Server) apiResult(c *fiber.Ctx) (*result.Result, error) {
	ctx := c.UserContext()
	p, err := s.store.Period(ctx, c.Params("period"))
	if err != nil {
		return nil, err
	}
	stage := c.Query("stage")
	user, known := userOf(c)
	staff := known && user.Role.May(account.SeeRanking)
	if !staff {
		switch public := p.State == dossier.Published && (stage == "" || stage == p.Final()); {
		case public:
		case !known:
			return nil, fault.New(fault.Unauthenticated, "site.signIn")
		default:
			return nil, fault.New(fault.Forbidden, "site.forbidden", vi.Text("role."+string(user.Role)))
		}
	}
	var sees result.Sees // everything: what is told to everybody is left to asPublic
	if staff {
		sees = seesResults(user, &p)
	}
	r, err := result.Seen(ctx, s.store, p.ID, stage, sees)
	if err != nil || staff {
		return r, err
	}
	return s.asPublic(r)
}

// apiRanking answers with the result of all units in rank order and the
// target, or with the workbook where the caller wants that.
func (s *Server) apiRanking(c *fiber.Ctx) error {
	if wantsExcel(c) {
		return s.apiRankingExcel(c)
	}
	r, err := s.apiResult(c)
	if err != nil {
		return err
	}
	return c.JSON(r.Report())
}

// apiTarget is the ranking without its units.
func (s *Server) apiTarget(c *fiber.Ctx) error {
	if wantsExcel(c) {
		return s.apiRankingExcel(c)
	}
	r, err := s.apiResult(c)
	if err != nil {
		return err
	}
	report := r.Report()
	return c.JSON(fiber.Map{"criteria": report.Criteria, "version": report.Version, "target": report.Target})
}

func wantsExcel(c *fiber.Ctx) bool { return strings.Contains(c.Get(fiber.HeaderAccept), excelType) }

func (s *Server) apiRankingExcel(c *fiber.Ctx) error {
	r, err := s.apiResult(c)
	if err != nil {
		return err
	}
	return s.sendRanking(c, r, rankedUnits(r), false)
}

// apiTally answers with the tally of a campaign, of one unit with ?unit=.
func (s *Server) apiTally(c *fiber.Ctx) error {
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return err
	}
	report, err := s.tallyReport(c.UserContext(), &campaign)
	if err != nil {
		return err
	}
	if code := c.Query("unit"); code != "" {
		if !campaign.Has(code) {
			return fault.New(fault.NotFound, "store.unit", code)
		}
		report.Units = slices.DeleteFunc(slices.Clone(report.Units), func(u survey.UnitReport) bool { return u.Unit != code })
	}
	if !inTeam(c) {
		if err := s.suppressReport(c, &campaign, &report); err != nil {
			return err
		}
	}
	return c.JSON(report)
}

// tallyReport is the survey result of a campaign, with what the responses that
// were left out would change.
func (s *Server) tallyReport(ctx context.Context, c *survey.Campaign) (survey.Report, error) {
	form, err := s.store.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return survey.Report{}, err
	}
	counts, err := s.store.Counts(ctx, c)
	if err != nil {
		return survey.Report{}, err
	}
	net, excluded := map[string]*survey.Tally{}, map[string]*survey.Tally{}
	for code, n := range counts {
		net[code] = n.Net()
		if n.Excluded != nil {
			excluded[code] = n.Excluded
		}
	}
	return survey.ReportExcluding(form, net, excluded), nil
}

// apiAudit answers with the audit events after a place: ?after= is the next of
// an earlier answer, the id of an event, or a time to begin at; 0 is the start. The order is that in which events
// were sealed, so that one which is recorded late comes late.
func (s *Server) apiAudit(c *fiber.Ctx) error {
	after, err := s.auditPlace(c)
	if err != nil {
		return err
	}
	events, next, err := s.store.Trail(c.UserContext(), after, auditPage)
	if err != nil {
		return err
	}
	if events == nil {
		events = []audit.Event{}
	}
	return c.JSON(fiber.Map{"events": events, "next": next})
}

// auditPlace reads ?after=: a place in the trail, or a time.
func (s *Server) auditPlace(c *fiber.Ctx) (string, error) {
	after := c.Query("after")
	if plain, err := url.QueryUnescape(after); err == nil && !strings.Contains(after, "+") {
		after = plain
	}
	after, _, _ = strings.Cut(after, "~") // what answers of earlier versions called next
	if at, err := time.Parse(time.RFC3339Nano, after); err == nil {
		return s.store.TrailAt(c.UserContext(), at)
	}
	if after == "0" {
		return "", nil
	}
	return s.store.TrailAfter(c.UserContext(), after)
}
