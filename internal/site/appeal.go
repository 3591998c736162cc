package site

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

const (
	tabAppeal   = "kien-nghi"
	appealsPath = "/tham-dinh/kien-nghi"
)

// appealRoutes are the appeals of units and those who decide them.
func (s *Server) appealRoutes(r fiber.Router) {
	see := s.may(account.SeeDossiers)
	r.Get("/ho-so/:period/:unit/kien-nghi", see, s.appealPage)
	r.Post("/ho-so/:period/:unit/kien-nghi", limitBody(MaxFormBody), see, s.appealFile)
	r.Get(appealsPath, see, judging, s.appealList)
	r.Get(appealsPath+"/:period/:unit/:leaf", see, judging, s.appealShow)
	r.Post(appealsPath+"/:period/:unit/:leaf", limitBody(MaxFormBody), see, judging, s.appealDecide)
}

// judging lets only those through who may be asked to decide appeals at all.
func judging(c *fiber.Ctx) error {
	if u, _ := userOf(c); !mayJudge(u) {
		return fault.New(fault.Forbidden, "site.forbidden", vi.Text("role."+string(u.Role)))
	}
	return c.Next()
}

func mayJudge(u account.User) bool {
	return u.Role.May(account.MarkStage) || u.Role.May(account.EditPeriods)
}

// appealsURL is the list of appeals of a period, judgeURL the page that decides
// one.
func appealsURL(period string) string { return appealsPath + "?ky=" + queryEscape(period) }

func judgeURL(period, unit, code string) string {
	return appealsPath + "/" + period + "/" + unit + "/" + queryEscape(code)
}

// acting is who p.user is to the dossier as it is, at the moment of an act.
func (s *Server) acting(p *place, d *dossier.Dossier, at time.Time, event string) dossier.Context {
	return dossier.Context{Login: p.user.Login, Who: d.WhoOf(p.user, &p.period), Period: &p.period, At: at, Today: s.today(), Event: event}
}

// appealable reports whether the dossier has appeals or is where they are made.
func (p *place) appealable() bool {
	r, _ := dossier.RuleOf(dossier.Appeal)
	return len(p.dossier.Appeals) > 0 || slices.Contains(r.From, p.dossier.Status)
}

// contestable returns why a criterion cannot be contested, or nil. What a
// survey gives is not an appraiser's to change.
func contestable(set *rubric.Set, code string) []fault.Problem {
	leaf, ok := set.Leaf(code)
	switch {
	case !ok:
		return []fault.Problem{{Path: code, Key: "score.unknownCriterion", Args: []any{code, set.ID}}}
	case leaf.Rule.Type == rubric.RuleSurvey:
		return []fault.Problem{{Path: code, Key: "appeal.survey", Args: []any{code}}}
	}
	return nil
}

// fileAppeals contests criteria for the unit, reasons by code, and tells those
// who may decide. The same sent twice by the same person comes to the same.
func (s *Server) fileAppeals(ctx context.Context, p *place, reasons map[string]string) error {
	if err := p.dossier.May(dossier.Appeal, p.who(), &p.period); err != nil {
		return err
	}
	var ps []fault.Problem
	for _, code := range sortedKeys(reasons) {
		ps = append(ps, contestable(p.set, code)...)
	}
	if len(reasons) == 0 {
		ps = append(ps, fault.Problem{Path: "codes", Key: "appeal.none"})
	}
	if err := fault.List("appeal.invalid", ps); err != nil {
		return err
	}
	again := false
	d, err := s.store.ChangeDossier(ctx, p.period.ID, p.unit.Code, func(d *dossier.Dossier, at time.Time, event string) error {
		if again = filedBefore(d, p.user.Login, reasons); again {
			return nil
		}
		return d.Appeal(s.acting(p, d, at, event), reasons)
	})
	if err != nil {
		return p.appealFault(err)
	}
	if p.dossier = d; !again {
		s.tellAppeal(ctx, p, sortedKeys(reasons))
	}
	return nil
}

// filedBefore reports whether a person has filed just these appeals already.
func filedBefore(d *dossier.Dossier, login string, reasons map[string]string) bool {
	for code, reason := range reasons {
		if !slices.ContainsFunc(d.Appeals, func(x dossier.Contest) bool {
			return x.Code == code && x.Stage == d.Stage && x.By == login && x.Reason == strings.TrimSpace(reason)
		}) {
			return false
		}
	}
	return len(reasons) > 0
}

// appealFault words the last day of the window as people read it.
func (p *place) appealFault(err error) error {
	if f := asFault(err); f.Key == "dossier.appealOver" {
		return fault.New(fault.Conflict, "dossier.appealOver", dayText(p.period.Deadlines[dossier.StepAppeal]))
	}
	return err
}

// tellAppeal tells everybody who may decide.
func (s *Server) tellAppeal(ctx context.Context, p *place, codes []string) {
	users, err := s.store.Users(ctx)
	if err != nil {
		s.log.Error("nobody found to notify", "error", err)
		return
	}
	var to []string
	for _, u := range users {
		if mayJudge(u) && u.Role != account.Admin && p.dossier.WhoOf(u, &p.period).Has(dossier.Judge) {
			to = append(to, u.Login)
		}
	}
	n := news{
		kind: NoticeAppealed, period: p.period.ID, unit: p.unit.Code, url: appealsURL(p.period.ID), to: to,
		args: []string{strings.Join(codes, ", ")}, once: p.dossier.Stage + "," + strings.Join(codes, ","),
	}
	if _, err := s.tell(ctx, n); err != nil {
		s.log.Error("notice not stored", "kind", n.kind, "period", n.period, "unit", n.unit, "error", err)
	}
}

// ruling is what a judge decides about one appeal. rev is store.AnyRev or the
// Rev of the dossier that the decision was made on.
type ruling struct {
	accept bool
	mark   score.Mark
	text   string
	rev    int64
}

// check lists what is wrong with a ruling, at the fields mark and ruling.
func (r ruling) check(leaf rubric.Leaf) []fault.Problem {
	var ps []fault.Problem
	if r.accept && r.mark.Empty() {
		ps = append(ps, fault.Problem{Path: "mark", Key: "appeal.needMark"})
	}
	if r.accept {
		for _, p := range checkMark(leaf, r.mark) {
			p.Path = "mark"
			ps = append(ps, p)
		}
	}
	switch n := len([]rune(r.text)); {
	case n == 0:
		ps = append(ps, fault.Problem{Path: "ruling", Key: "appeal.needRuling", Args: []any{dossier.MaxReason}})
	case n > dossier.MaxReason:
		ps = append(ps, fault.Problem{Path: "ruling", Key: "dossier.reasonLong", Args: []any{dossier.MaxReason}})
	}
	return ps
}

// is reports whether a decided appeal says the same as the ruling.
func (r ruling) is(x *dossier.Contest) bool {
	return x.Accepted == r.accept && x.Ruling == r.text && (!r.accept || dossier.Same(x.Mark, r.mark))
}

// decideAppeal decides one appeal and tells the unit. Stale: the dossier is not
// the one the ruling was made on; Conflict: somebody else has decided. The same
// ruling sent twice comes to the same.
func (s *Server) decideAppeal(ctx context.Context, p *place, code string, r ruling) error {
	var again bool
	var judge string
	d, err := s.store.ChangeDossier(ctx, p.period.ID, p.unit.Code, func(d *dossier.Dossier, at time.Time, event string) error {
		again, judge = false, ""
		if x := d.Contest(code); x != nil && x.Judge != "" {
			if again = x.Judge == p.user.Login && r.is(x); again {
				return nil
			}
			judge = x.Judge
			return fault.New(fault.Conflict, "appeal.decided", code, judge)
		}
		if r.rev != store.AnyRev && r.rev != d.Rev {
			return fault.New(fault.Stale, "appeal.stale")
		}
		return d.Decide(s.acting(p, d, at, event), code, r.accept, r.mark, r.text)
	})
	if judge != "" {
		return fault.New(fault.Conflict, "appeal.decided", code, s.namesOf(ctx)(judge))
	}
	if err != nil {
		return err
	}
	if p.dossier = d; !again {
		s.tellDossier(ctx, p, NoticeDecided, append(s.officers(ctx, p), s.managers(ctx)...), code)
	}
	return nil
}
