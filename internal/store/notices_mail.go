package store

import (
	"context"
	"strings"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// A notice goes out by e-mail at least once: it is claimed, sent, and marked as
// sent. A process that dies between sending and marking sends it again when the
// claim is over; both have the same Message-ID, so that they can be recognised
// as one. To send at most once instead would lose reminders, which is worse.
const (
	// MailClaim is how long one process has to send a notice it claimed. Sending
	// is given up well before.
	MailClaim = 5 * time.Minute
	// MaxMailTries is how often sending is tried before it is given up.
	MaxMailTries = 8
	// MaxMailWait is the longest pause between two tries. What is due later than
	// that was written by a clock that was wrong, and is due now.
	MaxMailWait = 24 * time.Hour
	// MaxMailReason is how much of a mail server's words is kept, in bytes.
	MaxMailReason = 500
	// mailBatch is how many letters one round of sending takes.
	mailBatch = 200
)

// The states of a notice's letter; "" has none.
const (
	MailDue    = "due"    // at Letter.Due; claimed until then when Tries is not 0
	MailSent   = "sent"   // the mail server took it
	MailFailed = "failed" // given up, see Letter.Reason
)

// Letter is the e-mail of a notice.
type Letter struct {
	Mail   string    `bson:"mail,omitempty"`
	Due    time.Time `bson:"due,omitzero"`
	Tries  int       `bson:"tries,omitempty"`
	Sent   time.Time `bson:"sent,omitzero"`
	Reason string    `bson:"reason,omitempty"` // of the last failure
}

// mailPause is the pause after a failed try: 1, 4, 16 minutes, about 1, 4, 17
// hours, then MaxMailWait.
func mailPause(tries int) time.Duration {
	return min(time.Minute<<(2*min(max(tries-1, 0), 8)), MaxMailWait)
}

// due reports whether the letter may be claimed now.
func (l *Letter) due(now time.Time) bool {
	return l.Mail == MailDue && (!l.Due.After(now) || l.Due.After(now.Add(MaxMailWait+MailClaim)))
}

// DueMail returns the ids of notices whose letters may be claimed, those due
// first first, up to a bounded number.
func (s *Store) DueMail(ctx context.Context) ([]string, error) {
	now := s.Now()
	var ids []string
	for _, q := range []docstore.Query{
		{In: notices, On: noticesByMail, Eq: []any{MailDue}, To: now.Add(time.Millisecond), Limit: mailBatch},
		{In: notices, On: noticesByMail, Eq: []any{MailDue}, From: now.Add(MaxMailWait + MailClaim + time.Millisecond), Limit: mailBatch},
	} {
		list, err := docstore.All[docstore.Meta](ctx, s.db, q)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

// ClaimMail takes a letter for sending; ok is false when another process has
// it, or it is no longer due.
func (s *Store) ClaimMail(ctx context.Context, id string) (n Notice, ok bool, err error) {
	n, version, err := get[Notice](ctx, s, notices, id, "notice.missing")
	if fault.Is(err, fault.NotFound) {
		return n, false, nil
	}
	if err != nil || !n.due(s.Now()) {
		return n, false, err
	}
	n.ID = id
	n.Tries++
	n.Due = s.Now().Add(MailClaim)
	_, err = put(ctx, s, notices, id, version, n)
	if fault.Is(err, fault.Stale) { // claimed, or read by its reader just now: the next round sees
		return n, false, nil
	}
	return n, err == nil, err
}

// EndMail records how sending a claimed letter ended: reason is "" when it was
// taken, else the server's words; forGood that another try is useless.
func (s *Store) EndMail(ctx context.Context, id, reason string, forGood bool) error {
	_, err := docstore.Update(ctx, s.db, notices, id, func(d *doc[Notice]) error {
		l := &d.Body.Letter
		l.Reason = strings.ToValidUTF8(reason[:min(len(reason), MaxMailReason)], "")
		switch {
		case reason == "":
			l.Mail, l.Sent, l.Due = MailSent, s.Now(), time.Time{}
		case forGood || l.Tries >= MaxMailTries:
			l.Mail, l.Due = MailFailed, s.Now()
		default:
			l.Mail, l.Due = MailDue, s.Now().Add(mailPause(l.Tries))
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// NoMail takes the letter of a notice away: there is nowhere to send it.
func (s *Store) NoMail(ctx context.Context, id string) error {
	_, err := docstore.Update(ctx, s.db, notices, id, func(d *doc[Notice]) error {
		d.Body.Letter = Letter{}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// UnsentMail returns the notices whose letters were given up, or failed and
// will be tried again.
func (s *Store) UnsentMail(ctx context.Context) ([]Notice, error) {
	var list []Notice
	for _, state := range []string{MailFailed, MailDue} {
		some, err := all(ctx, s, docstore.Query{In: notices, On: noticesByMail, Eq: []any{state}, Desc: true, Limit: MaxNotices}, stampNotice)
		if err != nil {
			return nil, err
		}
		for _, n := range some {
			if n.Mail == MailFailed || n.Reason != "" {
				list = append(list, n)
			}
		}
	}
	return list, nil
}

// RetryMail makes a letter that was given up due again; Conflict when it was
// not.
func (s *Store) RetryMail(ctx context.Context, id string) error {
	_, err := docstore.Update(ctx, s.db, notices, id, func(d *doc[Notice]) error {
		if d.Body.Mail != MailFailed {
			return fault.New(fault.Conflict, "notice.notFailed")
		}
		d.Body.Letter = Letter{Mail: MailDue, Due: s.Now()}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(err, fault.NotFound, "notice.missing", id)
	}
	return err
}
