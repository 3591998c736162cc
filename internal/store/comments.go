package store

import (
	"context"
	"slices"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Limits of comments.
const (
	// MaxComment is the length of the longest comment or reply, in characters.
	MaxComment = 2000
	// MaxReplies is how many replies one comment takes.
	MaxReplies = 100
	// MaxComments is how many comments one dossier takes.
	MaxComments = 1000
	// CommentRegret is how long its writer may take a comment or a reply back.
	CommentRegret = 5 * time.Minute
)

// Whom a comment is for.
const (
	ForUnit = "unit" // the unit's officers read it too
	ForTeam = "team" // the dossier's appraisers and the manager only
)

// Comment is one thread about a dossier or one of its criteria. Nothing in it
// is rewritten: what was said may be taken back for CommentRegret, and leaves a
// trace.
type Comment struct {
	ID       string `bson:"-"`
	Period   string `bson:"period"`
	Unit     string `bson:"unit"`
	Code     string `bson:"code,omitempty"` // a leaf; "" is the dossier as a whole
	Audience string `bson:"audience"`       // ForUnit or ForTeam, for the replies too
	Said     `bson:",inline"`
	Replies  []Said    `bson:"replies,omitempty"`
	Resolved bool      `bson:"resolved,omitempty"`
	SettleBy string    `bson:"settle_by,omitempty"` // who resolved or reopened it last
	SettleAt time.Time `bson:"settle_at,omitzero"`
	Outbox   `bson:",inline"`
	Version  int64 `bson:"-"`
}

// Said is what one person said once.
type Said struct {
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
	Text     string    `bson:"text"` // "" once taken back
	Mentions []string  `bson:"mentions,omitempty"`
	Gone     time.Time `bson:"gone,omitzero"` // when it was taken back
	Key      string    `bson:"key,omitempty"` // of the form it came with; the same key is the same words
}

// MayTakeBack reports whether a person may take these words back now.
func (w Said) MayTakeBack(login string, now time.Time) bool {
	return w.By == login && w.Gone.IsZero() && now.Sub(w.At) <= CommentRegret
}

// Empty reports whether a thread was taken back whole: it asks for nothing.
func (c *Comment) Empty() bool { return !c.Gone.IsZero() && len(c.Replies) == 0 }

var (
	commentsByDossier = docstore.On("period", "unit", "at")
	commentsByOutbox  = &docstore.Index{Name: "pending", Fields: []string{"pending"}, Sparse: true}

	comments = &docstore.Collection{Name: "comments", Indexes: []*docstore.Index{commentsByDossier, commentsByOutbox}}
)

var commentBox = mailbox[Comment]{comments, commentsByOutbox, func(c *Comment) (*bool, *[]audit.Event, *int64) { return c.fields() }}

// event is what the audit trail says of a change to c.
func (c *Comment) event(action audit.Action, who string, detail ...audit.Change) audit.Event {
	place := audit.Change{Field: "code", After: c.Code}
	return audit.Event{Who: who, Action: action, Thing: "dossiers/" + dossierID(c.Period, c.Unit), Detail: append([]audit.Change{place}, detail...)}
}

// AddComment stores a new thread under an id of the caller's; one that is there
// already stays, so that a form sent twice is stored once. Conflict when the
// dossier has too many.
func (s *Store) AddComment(ctx context.Context, c Comment) (added bool, err error) {
	n, err := s.db.Count(ctx, docstore.Query{In: comments, On: commentsByDossier, Eq: []any{c.Period, c.Unit}})
	if err != nil {
		return false, err
	}
	if n >= MaxComments {
		return false, fault.New(fault.Conflict, "comment.tooMany", MaxComments)
	}
	c.post(s.named(c.event(audit.Commented, c.By, audit.Change{Field: "audience", After: c.Audience}, audit.Change{Field: "text", After: c.Text})))
	_, err = put(ctx, s, comments, c.ID, 0, c)
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	if err == nil {
		commentBox.relaySoon(ctx, s, c.ID)
	}
	return err == nil, err
}

// Comment returns one thread of a dossier.
func (s *Store) Comment(ctx context.Context, period, unit, id string) (Comment, error) {
	c, version, err := get[Comment](ctx, s, comments, id, "comment.missing")
	if err == nil && (c.Period != period || c.Unit != unit) {
		err = fault.New(fault.NotFound, "comment.missing", id)
	}
	stampComment(&c, docstore.Meta{ID: id, Version: version})
	return c, err
}

func stampComment(c *Comment, m docstore.Meta) { c.ID, c.Version = m.ID, m.Version-c.Relayed }

// Comments returns the threads of a dossier, the oldest first.
func (s *Store) Comments(ctx context.Context, period, unit string) ([]Comment, error) {
	return all(ctx, s, docstore.Query{In: comments, On: commentsByDossier, Eq: []any{period, unit}}, stampComment)
}

// changeComment changes a thread and writes the event in the same write.
func (s *Store) changeComment(ctx context.Context, id string, change func(*Comment) (audit.Event, error)) (Comment, error) {
	d, err := docstore.Update(ctx, s.db, comments, id, func(d *doc[Comment]) error {
		e, err := change(&d.Body)
		if err == nil && e.Action != "" {
			d.Body.post(s.named(e))
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return d.Body, fault.Wrap(err, fault.NotFound, "comment.missing", id)
	}
	if err == nil {
		commentBox.relaySoon(ctx, s, id)
	}
	stampComment(&d.Body, d.Meta)
	return d.Body, err
}

// Reply adds words to a thread; the same Key again adds nothing. A resolved
// thread is open again.
func (s *Store) Reply(ctx context.Context, id string, w Said) (c Comment, added bool, err error) {
	c, err = s.changeComment(ctx, id, func(c *Comment) (audit.Event, error) {
		added = false
		if w.Key != "" && slices.ContainsFunc(c.Replies, func(r Said) bool { return r.Key == w.Key }) {
			return audit.Event{}, nil
		}
		if len(c.Replies) >= MaxReplies {
			return audit.Event{}, fault.New(fault.Conflict, "comment.tooManyReplies", MaxReplies)
		}
		added = true
		c.Replies = append(c.Replies, w)
		if c.Resolved {
			c.Resolved, c.SettleBy, c.SettleAt = false, w.By, w.At
		}
		return c.event(audit.Replied, w.By, audit.Change{Field: "text", After: w.Text}), nil
	})
	return c, added, err
}

// Settle resolves a thread or opens it again; what it is already changes
// nothing.
func (s *Store) Settle(ctx context.Context, id, who string, resolved bool) (Comment, error) {
	return s.changeComment(ctx, id, func(c *Comment) (audit.Event, error) {
		if c.Resolved == resolved {
			return audit.Event{}, nil
		}
		c.Resolved, c.SettleBy, c.SettleAt = resolved, who, s.Now()
		action := audit.CommentOpened
		if resolved {
			action = audit.CommentClosed
		}
		return c.event(action, who), nil
	})
}

// TakeBack empties what somebody said: reply i, or the comment itself for -1.
// Conflict when it is not theirs or too old, or the comment was answered.
func (s *Store) TakeBack(ctx context.Context, id, who string, i int) (Comment, error) {
	return s.changeComment(ctx, id, func(c *Comment) (audit.Event, error) {
		w := &c.Said
		if i >= 0 {
			if i >= len(c.Replies) {
				return audit.Event{}, fault.New(fault.NotFound, "comment.missing", id)
			}
			w = &c.Replies[i]
		}
		if !w.MayTakeBack(who, s.Now()) || i < 0 && len(c.Replies) > 0 {
			return audit.Event{}, fault.New(fault.Conflict, "comment.late", int(CommentRegret.Minutes()))
		}
		before := w.Text
		w.Text, w.Mentions, w.Gone = "", nil, s.Now()
		return c.event(audit.CommentGone, who, audit.Change{Field: "text", Before: before}), nil
	})
}
