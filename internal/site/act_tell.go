package site

import (
	"context"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
)

// tellAct tells those whom an act concerns; the act is stored already, so a
// failure is only logged.
func (s *Server) tellAct(ctx context.Context, p *place, a dossier.Act, f *dossier.Facts) {
	d := &p.dossier
	stage := p.stageNow() // before it is taken up, the first one
	team, title := d.Team(stage).Members, stageTitle(p.period, stage)
	switch a {
	case dossier.Register:
		s.tellDossier(ctx, p, NoticeRegistered, s.managers(ctx))
	case dossier.Approve:
		s.tellDossier(ctx, p, NoticeApproved, s.officers(ctx, p))
	case dossier.Return:
		s.tellDossier(ctx, p, NoticeReturned, s.officers(ctx, p))
	case dossier.Submit:
		s.tellDossier(ctx, p, NoticeSubmitted, append(s.managers(ctx), d.Team(p.period.Stages[1].Code).Members...))
	case dossier.AskCompletion:
		until := d.Completions[len(d.Completions)-1].Until
		s.tellDossier(ctx, p, NoticeCompletion, s.officers(ctx, p), shownDay(until))
	case dossier.Resubmit:
		s.tellDossier(ctx, p, NoticeResubmit, append(s.managers(ctx), team...))
	case dossier.EndCompletion:
		s.tellDossier(ctx, p, NoticeEnded, append(s.officers(ctx, p), team...))
	case dossier.FinishSheet:
		if d.AllIn(d.Stage) && d.Spread(d.Stage, f).Exceeds(p.period.SpreadLimit()) {
			s.tellDossier(ctx, p, NoticeSpread, team, title)
		}
	case dossier.Rescore:
		s.tellDossier(ctx, p, NoticeRescore, team, title)
	case dossier.Propose, dossier.Reject:
		last := d.Conclusions[len(d.Conclusions)-1]
		s.tellDossier(ctx, p, NoticeConcluded, s.officers(ctx, p), stageTitle(p.period, last.Stage))
	case dossier.Recall:
		s.tellDossier(ctx, p, NoticeRecalled, s.officers(ctx, p))
	case dossier.Reconsider:
		s.tellDossier(ctx, p, NoticeReopened, append(s.officers(ctx, p), team...))
	}
}

// tellDossier is notify about p to everybody but the one who acted.
func (s *Server) tellDossier(ctx context.Context, p *place, kind string, to []string, args ...string) {
	s.notify(ctx, kind, p.period.ID, p.unit.Code, without(to, p.user.Login), args...)
}

// officers are the unit's people, managers those who run the year; on failure
// there are none to tell.
func (s *Server) officers(ctx context.Context, p *place) []string {
	list, err := s.store.Watchers(ctx, p.unit.Code)
	return s.logged(list, err)
}

func (s *Server) managers(ctx context.Context) []string {
	list, err := s.store.LoginsOf(ctx, account.Manager)
	return s.logged(list, err)
}

func (s *Server) logged(list []string, err error) []string {
	if err != nil {
		s.log.Error("nobody found to notify", "error", err)
	}
	return list
}
