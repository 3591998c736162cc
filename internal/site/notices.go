package site

import (
	"context"
	"strings"
	"sync"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// A Mailer hands one plain-text letter to a mail server. id names the letter:
// the same id is the same letter. A fault of kind Invalid means that trying
// again is useless.
type Mailer interface {
	Send(ctx context.Context, id, to, subject, text string) error
}

// The kinds of notices; after each what its arguments are. The unit's name and
// the period's title go before them by themselves. No kind tells a mark, and
// none repeats what somebody wrote: that is read on the page.
const (
	NoticeRemind     = "remind"           // step, last day, days left in words
	NoticeSheets     = "sheets"           // number of dossiers, stage, last day, days left in words
	NoticeDigest     = "digest"           // number of units, step, last day, days left in words
	NoticeRegistered = "registered"       //
	NoticeApproved   = "approved"         //
	NoticeReturned   = "returned"         //
	NoticeSubmitted  = "submitted"        //
	NoticeCompletion = "completion"       // last day, "" for none
	NoticeResubmit   = "resubmitted"      //
	NoticeEnded      = "completion-ended" //
	NoticeAssigned   = "assigned"         // stage
	NoticeSpread     = "spread"           // stage
	NoticeRescore    = "rescore"          // stage
	NoticeConcluded  = "concluded"        // stage
	NoticeReopened   = "reconsidered"     //
	NoticeAppealed   = "appealed"         // criteria, separated by commas
	NoticeDecided    = "appeal-decided"   // criterion
	NoticeRecognised = "recognised"       // number of the decision
	NoticeRefused    = "not-recognised"   //
	NoticeRecalled   = "refusal-recalled" //
	NoticeRevoked    = "revoked"          // number of the decision
	NoticeCarried    = "carried"          // number of the decision
	NoticeMention    = "mention"          // who, criterion or ""
	NoticeReply      = "reply"            // who, criterion or ""
	NoticeComment    = "comment"          // who, criterion or ""
	NoticeSignOff    = "sign-off"         //
	maxNoticeArgs    = 8                  // of any kind, with the name and the title
	noticeMinute     = "2006-01-02 15:04" // within which the same notice again is the same one
)

// news is one thing to tell several people.
type news struct {
	kind, period, unit string
	step               string   // of a reminder
	once               string   // a day, or the id of an event; see store.NoticeID
	url                string   // "": the dossier
	to                 []string // logins; one that stands there twice is told once
	args               []string
}

// notify tells people of something that happened to a dossier (unit "" is the
// period), by one of the kinds. What happened is stored already, so a failure
// is only logged. The same within a minute is told once.
func (s *Server) notify(ctx context.Context, kind, period, unit string, to []string, args ...string) {
	n := news{kind: kind, period: period, unit: unit, to: to, args: args, once: s.now().Format(noticeMinute) + " " + strings.Join(args, "|")}
	if _, err := s.tell(ctx, n); err != nil {
		s.log.Error("notice not stored", "kind", kind, "period", period, "unit", unit, "error", err)
	}
}

// tell stores the notices of news and returns how many were not there before.
func (s *Server) tell(ctx context.Context, n news) (int, error) {
	if len(n.to) == 0 {
		return 0, nil
	}
	people, err := s.peopleOf(ctx, n.to)
	if err != nil {
		return 0, err
	}
	var list []store.Notice
	title, name, err := s.noticePlace(ctx, n.period, n.unit)
	if err != nil {
		return 0, err
	}
	for login, u := range people {
		list = append(list, s.noticeFor(n, title, name, login, u))
	}
	added, err := s.store.AddNotices(ctx, list)
	for _, x := range list {
		if added[x.ID] {
			s.bell.forget(x.To)
		}
	}
	return len(added), err
}

// noticeFor is the notice of news to one person.
func (s *Server) noticeFor(n news, title, name, login string, u account.User) store.Notice {
	x := store.Notice{
		ID: store.NoticeID(n.kind, n.period, n.unit, n.step, n.once, login), To: login, Period: n.period, Unit: n.unit, Kind: n.kind,
		Args: append([]string{name, title}, n.args...), URL: n.url, At: s.now(),
	}
	if x.URL == "" && n.unit != "" {
		x.URL = dossierURL(n.period, n.unit)
	}
	if s.mailer != nil && u.Email != "" {
		x.Letter = store.Letter{Mail: store.MailDue, Due: x.At}
	}
	return x
}

// peopleOf returns the accounts of logins that may sign in.
func (s *Server) peopleOf(ctx context.Context, logins []string) (map[string]account.User, error) {
	people := map[string]account.User{}
	for _, login := range logins {
		if _, ok := people[login]; ok || login == "" {
			continue
		}
		u, err := s.store.User(ctx, login)
		if fault.Is(err, fault.NotFound) || err == nil && u.Disabled {
			continue
		} else if err != nil {
			return nil, err
		}
		people[login] = u
	}
	return people, nil
}

// noticePlace returns the title of a period and the name of a unit; "" for "".
func (s *Server) noticePlace(ctx context.Context, period, unit string) (title, name string, err error) {
	if period != "" {
		p, err := s.store.Period(ctx, period)
		if err != nil {
			return "", "", err
		}
		title = p.Title
	}
	if unit != "" {
		u, err := s.store.Unit(ctx, unit)
		if err != nil {
			return "", "", err
		}
		name = u.Name
	}
	return title, name, nil
}

// noticeText is what a notice says, as one sentence.
func noticeText(n *store.Notice) string {
	args := make([]any, maxNoticeArgs)
	for i := range args {
		args[i] = ""
		if i < len(n.Args) {
			args[i] = n.Args[i]
		}
	}
	kind := n.Kind
	if i := len(n.Args) - 1; i >= 0 && n.Args[i] == "" && (kind == NoticeMention || kind == NoticeReply || kind == NoticeComment || kind == NoticeCompletion) {
		kind += "-plain" // without a criterion, or a day
	}
	return vi.Text("notice.text."+kind, args...)
}

// noticeTitle is the kind of a notice in a few words.
func noticeTitle(kind string) string { return vi.Text("notice.title." + kind) }

// bellKept is how long a person's number of unread notices is kept by a process.
const bellKept = 15 * time.Second

// noticeBell keeps the numbers of unread notices for a short while.
type noticeBell struct{ kept sync.Map } // login → bellCount

type bellCount struct {
	n     int
	until time.Time
}

func (b *noticeBell) forget(login string) { b.kept.Delete(login) }

// unread returns how many notices a person has not read; 0 when that cannot be
// known, since no page should fail for it.
func (s *Server) unread(ctx context.Context, login string) int {
	now := s.now()
	if kept, ok := s.bell.kept.Load(login); ok {
		if c, _ := kept.(bellCount); now.Before(c.until) && c.until.Sub(now) <= bellKept {
			return c.n
		}
	}
	n, err := s.store.Unread(ctx, login)
	if err != nil {
		s.log.Warn("unread notices not counted", "error", err)
		return 0
	}
	s.bell.kept.Store(login, bellCount{n, now.Add(bellKept)})
	return n
}
