package store

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// The states of a suggestion.
const (
	FeedbackNew      = "new"      // picked from the answers, not yet sent
	FeedbackSent     = "sent"     // with the commune
	FeedbackAnswered = "answered" // the commune has answered
	FeedbackReturned = "returned" // the answer came back with a remark
	FeedbackClosed   = "closed"   // done
)

// Limits of a suggestion.
const (
	MaxFeedbackText   = 10_000 // characters, of the text and of an answer
	MaxFeedbackRemark = 2_000  // characters
	MaxFeedbackSteps  = 100    // of its history
)

// feedbackMonth is how the time of a suggestion is kept: its month alone.
const feedbackMonth = "2006-01"

// Feedback is a resident's suggestion on its way to the commune and back. It
// holds a copy of the text, cleaned by the one who picked it, and nothing that
// leads to the response: no id, no group, no channel, of the time only the
// month of picking.
type Feedback struct {
	ID       string         `bson:"-"`
	Campaign string         `bson:"campaign"`
	Unit     string         `bson:"unit"`
	Question string         `bson:"question"`
	Text     string         `bson:"text"` // "" once erased
	Month    string         `bson:"month"`
	State    string         `bson:"state"`
	Answer   string         `bson:"answer,omitempty"`
	Answered time.Time      `bson:"answered,omitempty"`
	Due      string         `bson:"due,omitempty"`    // the day an answer is wanted by, YYYY-MM-DD
	Public   bool           `bson:"public,omitempty"` // shown to everybody once it is closed
	History  []FeedbackStep `bson:"history"`
	Outbox   `bson:",inline"`
	Version  int64 `bson:"-"`
}

// FeedbackStep is one step of a suggestion.
type FeedbackStep struct {
	At     time.Time `bson:"at"`
	Who    string    `bson:"who"` // login
	State  string    `bson:"state"`
	Remark string    `bson:"remark,omitempty"`
}

var (
	feedbackByUnit     = docstore.On("unit")
	feedbackByCampaign = docstore.On("campaign")
	feedbackByState    = docstore.On("state")
	feedbackByOutbox   = &docstore.Index{Name: "pending", Fields: []string{"pending"}, Sparse: true}

	feedback = &docstore.Collection{Name: "feedback", Indexes: []*docstore.Index{feedbackByUnit, feedbackByCampaign, feedbackByState, feedbackByOutbox}}
)

// Step moves a suggestion to a state; the history keeps the latest
// MaxFeedbackSteps.
func (f *Feedback) Step(state, who, remark string, at time.Time) {
	f.State = state
	f.History = append(f.History, FeedbackStep{At: at, Who: who, State: state, Remark: remark})
	if n := len(f.History); n > MaxFeedbackSteps {
		f.History = f.History[n-MaxFeedbackSteps:]
	}
}

// Overdue reports whether the commune owes an answer for longer than it has.
func (f *Feedback) Overdue(today string) bool {
	return f.Due != "" && f.Due < today && (f.State == FeedbackSent || f.State == FeedbackReturned)
}

// WithUnit reports whether the suggestion has been sent to the commune at all.
func (f *Feedback) WithUnit() bool { return f.State != FeedbackNew }

// AddFeedback stores a new suggestion, records who did, and returns its id,
// which is random.
func (s *Store) AddFeedback(ctx context.Context, f Feedback, who string) (string, error) {
	f.ID, f.Version = strings.ToLower(rand.Text()), 0
	f.Month = s.Now().Format(feedbackMonth)
	return f.ID, s.PutFeedback(ctx, f, who)
}

// Feedback returns one suggestion.
func (s *Store) Feedback(ctx context.Context, id string) (Feedback, error) {
	f, version, err := get[Feedback](ctx, s, feedback, id, "stats.feedbackMissing")
	stampFeedback(&f, docstore.Meta{ID: id, Version: version})
	return f, err
}

// PutFeedback replaces the version that was read and records who did; Stale
// when somebody was faster.
func (s *Store) PutFeedback(ctx context.Context, f Feedback, who string) error {
	f.post(s.named(audit.Event{Who: who, Action: audit.FeedbackMoved, Thing: "feedback/" + f.ID, Detail: []audit.Change{{Field: "state", After: f.State}}}))
	_, err := put(ctx, s, feedback, f.ID, f.Version+f.Relayed, f)
	if err == nil {
		feedbackBox.relaySoon(ctx, s, f.ID)
	}
	return err
}

// FeedbackOf returns the suggestions sent to a unit; "" is every suggestion,
// those not yet sent too. The latest step comes first.
func (s *Store) FeedbackOf(ctx context.Context, unit string) ([]Feedback, error) {
	q := docstore.Query{In: feedback}
	if unit != "" {
		q.On, q.Eq = feedbackByUnit, []any{unit}
	}
	list, err := all(ctx, s, q, stampFeedback)
	if unit != "" {
		list = slices.DeleteFunc(list, func(f Feedback) bool { return !f.WithUnit() })
	}
	slices.SortStableFunc(list, func(a, b Feedback) int { return b.last().Compare(a.last()) })
	return list, err
}

// HandledFeedback returns what everybody may read, the latest answer first.
func (s *Store) HandledFeedback(ctx context.Context) ([]Feedback, error) {
	list, err := all(ctx, s, docstore.Query{In: feedback, On: feedbackByState, Eq: []any{FeedbackClosed}}, stampFeedback)
	list = slices.DeleteFunc(list, func(f Feedback) bool { return !f.Public || f.Text == "" })
	slices.SortStableFunc(list, func(a, b Feedback) int { return b.Answered.Compare(a.Answered) })
	return list, err
}

// EraseFeedback empties the residents' words in a campaign's suggestions,
// except those that were made public, when its retention is over. It returns
// how many it emptied. Running it again changes nothing.
func (s *Store) EraseFeedback(ctx context.Context, campaign string) (int, error) {
	list, err := all(ctx, s, docstore.Query{In: feedback, On: feedbackByCampaign, Eq: []any{campaign}}, stampFeedback)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range list {
		if f.Text == "" || f.Public && f.State == FeedbackClosed {
			continue
		}
		_, err := docstore.Update(ctx, s.db, feedback, f.ID, func(d *doc[Feedback]) error {
			if !d.Body.Public || d.Body.State != FeedbackClosed {
				d.Body.Text = ""
			}
			return nil
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return n, err
		}
		n++
	}
	return n, nil
}

func stampFeedback(f *Feedback, m docstore.Meta) { f.ID, f.Version = m.ID, m.Version-f.Relayed }

func (f *Feedback) last() time.Time {
	if len(f.History) == 0 {
		return time.Time{}
	}
	return f.History[len(f.History)-1].At
}
