package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"thanthien/internal/account"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Limits of notices.
const (
	// NoticeKept is how long a notice is kept, read or not.
	NoticeKept = 400 * 24 * time.Hour
	// MaxNotices is how many of one person's notices a list reads, the latest.
	MaxNotices = 2000
	// noticeWriters is how many notices are written at once; the embedded engine
	// makes concurrent inserts durable together.
	noticeWriters = 16
)

// Notice tells one person of one thing. What it says is made from Kind and Args
// when it is shown.
type Notice struct {
	ID     string    `bson:"-"`
	To     string    `bson:"to"` // login
	Period string    `bson:"period,omitempty"`
	Unit   string    `bson:"unit,omitempty"`
	Kind   string    `bson:"kind"`
	Args   []string  `bson:"args,omitempty"`
	URL    string    `bson:"url"` // a path of this site
	At     time.Time `bson:"at"`
	Unread bool      `bson:"unread"`
	Letter `bson:",inline"`
}

var (
	noticesByPerson = docstore.On("to", "at")
	noticesUnread   = docstore.On("to", "unread")
	noticesByMail   = docstore.On("mail", "due")
	noticesByTime   = docstore.On("at")

	notices = &docstore.Collection{Name: "notices", Indexes: []*docstore.Index{noticesByPerson, noticesUnread, noticesByMail, noticesByTime}}
	jobs    = &docstore.Collection{Name: "jobs"}
)

// NoticeID is the id of the notice of a kind about a thing to a person. once
// tells notices apart that may be given again: a day, or the id of an event.
// Two processes, and a retry, come to the same id, so that it is stored once.
func NoticeID(kind, period, unit, step, once, login string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{kind, period, unit, step, once, login}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// AddNotices stores notices with their ids, unread, and returns the ids of
// those that were not there before.
func (s *Store) AddNotices(ctx context.Context, list []Notice) (added map[string]bool, err error) {
	isNew := make([]bool, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(noticeWriters)
	for i, n := range list {
		g.Go(func() error {
			n.Unread = true
			if n.At.IsZero() {
				n.At = s.Now()
			}
			_, err := put(ctx, s, notices, n.ID, 0, n)
			if fault.Is(err, fault.Conflict) {
				return nil
			}
			isNew[i] = err == nil
			return err
		})
	}
	err = g.Wait()
	added = map[string]bool{}
	for i, n := range list {
		if isNew[i] {
			added[n.ID] = true
		}
	}
	return added, err
}

// HasNotice reports whether a notice with this id was given.
func (s *Store) HasNotice(ctx context.Context, id string) (bool, error) {
	_, err := docstore.Get[docstore.Meta](ctx, s.db, notices, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Notice returns a person's notice; NotFound for another's.
func (s *Store) Notice(ctx context.Context, login, id string) (Notice, error) {
	n, _, err := get[Notice](ctx, s, notices, id, "notice.missing")
	if err == nil && n.To != login {
		err = fault.New(fault.NotFound, "notice.missing", id)
	}
	n.ID = id
	return n, err
}

// Notices returns a person's latest notices, the newest first.
func (s *Store) Notices(ctx context.Context, login string) ([]Notice, error) {
	q := docstore.Query{In: notices, On: noticesByPerson, Eq: []any{login}, Desc: true, Limit: MaxNotices}
	return all(ctx, s, q, stampNotice)
}

func stampNotice(n *Notice, m docstore.Meta) { n.ID = m.ID }

// Unread counts a person's unread notices.
func (s *Store) Unread(ctx context.Context, login string) (int, error) {
	n, err := s.db.Count(ctx, docstore.Query{In: notices, On: noticesUnread, Eq: []any{login, true}})
	return int(n), err
}

// ReadNotice marks a person's notice as read, or as unread again.
func (s *Store) ReadNotice(ctx context.Context, login, id string, read bool) (Notice, error) {
	n, err := s.Notice(ctx, login, id)
	if err != nil || n.Unread != read {
		return n, err
	}
	_, err = docstore.Update(ctx, s.db, notices, id, func(d *doc[Notice]) error {
		d.Body.Unread = !read
		return nil
	})
	return n, err
}

// ReadAll marks a person's notices up to a time as read and returns how many.
// Those that came later, which the person has not seen, stay.
func (s *Store) ReadAll(ctx context.Context, login string, upTo time.Time) (int, error) {
	list, err := all(ctx, s, docstore.Query{In: notices, On: noticesUnread, Eq: []any{login, true}}, stampNotice)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, n := range list {
		if n.At.After(upTo) {
			continue
		}
		if _, err := s.ReadNotice(ctx, login, n.ID, true); err != nil && !fault.Is(err, fault.NotFound) {
			return done, err
		}
		done++
	}
	return done, nil
}

// SweepNotices forgets the notices whose time is over.
func (s *Store) SweepNotices(ctx context.Context) error {
	return s.dropAll(ctx, notices, docstore.Query{In: notices, On: noticesByTime, To: s.Now().Add(-NoticeKept)})
}

// Watchers returns the logins of a unit's officers who may sign in.
func (s *Store) Watchers(ctx context.Context, unit string) ([]string, error) {
	if unit == "" {
		return nil, nil
	}
	list, err := all(ctx, s, docstore.Query{In: users, On: usersByUnit, Eq: []any{unit}}, func(*account.User, docstore.Meta) {})
	return logins(list, account.Commune), err
}

// LoginsOf returns the logins of those with one of the roles who may sign in.
func (s *Store) LoginsOf(ctx context.Context, roles ...account.Role) ([]string, error) {
	list, err := s.Users(ctx)
	return logins(list, roles...), err
}

func logins(list []account.User, roles ...account.Role) []string {
	var names []string
	for _, u := range list {
		if !u.Disabled && slices.Contains(roles, u.Role) {
			names = append(names, u.Login)
		}
	}
	return names
}
