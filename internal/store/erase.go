package store

import (
	"context"
	"strconv"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

const (
	eraseBatch   = 1000 // responses between two notes of how far it got
	eraseWriters = 32   // they share transactions
)

// Erasure is how far the texts of a campaign are erased.
type Erasure struct {
	Event  string        `bson:"event"`  // id of the audit event
	Mark   bson.ObjectID `bson:"mark"`   // the last response looked at
	Erased int64         `bson:"erased"` // responses
	Others int           `bson:"others"` // suggestions, waiting paper forms and imports
	Done   time.Time     `bson:"done,omitempty"`
	Closes time.Time     `bson:"closes"` // of the campaign then; another one begins anew
}

// EraseTexts takes out of a closed campaign's responses what people wrote in
// their own words; every count stays as it is. So it does with suggestions that
// were not made public, with paper forms that never came to be agreed on, and
// with files on their way in or out. It goes on where an earlier call stopped,
// and does nothing when all is done. It returns how many responses it changed.
// Conflict while the campaign is open.
func (s *Store) EraseTexts(ctx context.Context, c *survey.Campaign) (int64, error) {
	if s.Now().Before(c.Closes) {
		return 0, fault.New(fault.Conflict, "pool.open", c.Title)
	}
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return 0, err
	}
	e, version, err := get[Erasure](ctx, s, erasures, c.ID, "store.campaign")
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && !e.Closes.Equal(c.Closes):
		e = Erasure{Event: s.ids.next(s.Now()), Closes: c.Closes}
	case err != nil:
		return 0, err
	case !e.Done.IsZero():
		return 0, nil
	}
	if err := s.finishIncoming(ctx, c.ID); err != nil {
		return 0, err
	}
	before := e.Erased
	for more := true; more; {
		if more, err = s.eraseSome(ctx, form, c.ID, &e); err != nil {
			return e.Erased - before, err
		}
		if version, err = put(ctx, s, erasures, c.ID, version, e); err != nil {
			return e.Erased - before, err
		}
	}
	if err := s.eraseWaiting(ctx, c.ID, &e); err != nil {
		return e.Erased - before, err
	}
	return e.Erased - before, s.finishErasure(ctx, c, version, e)
}

// finishIncoming lets count what is agreed on but not yet in the pool, so that
// its texts are erased with the others.
func (s *Store) finishIncoming(ctx context.Context, campaign string) error {
	if err := s.FinishPapers(ctx); err != nil {
		return err
	}
	list, err := s.Imports(ctx, campaign)
	for _, i := range list {
		if i.State != ImportRunning {
			continue
		}
		if _, err := s.RunImport(ctx, i.ID, nil); err != nil {
			return err
		}
	}
	return err
}

// eraseWaiting erases what holds answers of a campaign outside its pool.
func (s *Store) eraseWaiting(ctx context.Context, campaign string, e *Erasure) error {
	n, err := s.EraseFeedback(ctx, campaign)
	if err != nil {
		return err
	}
	e.Others += n
	for _, drop := range []func(context.Context, string) (int, error){s.dropPapers, s.dropImports, s.dropExport} {
		n, err := drop(ctx, campaign)
		if err != nil {
			return err
		}
		e.Others += n
	}
	return nil
}

// finishErasure makes sure that the bytes are gone before it says so, once.
func (s *Store) finishErasure(ctx context.Context, c *survey.Campaign, version int64, e Erasure) error {
	if err := docstore.Scrub(ctx, s.db); err != nil {
		return err
	}
	err := s.Record(ctx, audit.Event{ID: e.Event, Action: audit.ResponsesErased, Thing: "campaigns/" + c.ID,
		Detail: []audit.Change{{Field: "responses", After: strconv.FormatInt(e.Erased, 10)}, {Field: "others", After: strconv.Itoa(e.Others)}}})
	if err != nil {
		return err
	}
	e.Done = s.Now()
	_, err = put(ctx, s, erasures, c.ID, version, e)
	return err
}

// eraseSome erases one batch behind the mark; it reports whether there may be
// more.
func (s *Store) eraseSome(ctx context.Context, form *survey.Form, campaign string, e *Erasure) (more bool, err error) {
	q := docstore.Query{In: responses, On: responseTail, Eq: []any{campaign}, Limit: eraseBatch}
	if !e.Mark.IsZero() {
		q.From = after(e.Mark)
	}
	var changed []Response
	seen := 0
	for r, err := range docstore.Find[Response](ctx, s.db, q) {
		if err != nil {
			return false, err
		}
		seen, e.Mark = seen+1, r.ID
		if answers, ok := form.EraseTexts(r.Answers); ok {
			r.Answers = answers
			changed = append(changed, r)
		}
	}
	if err := s.replaceAll(ctx, changed); err != nil {
		return false, err
	}
	e.Erased += int64(len(changed))
	return seen == eraseBatch, nil
}

// replaceAll stores responses over what they were. One that another process
// has erased meanwhile is left as it is.
func (s *Store) replaceAll(ctx context.Context, list []Response) error {
	var wg sync.WaitGroup
	errs := make([]error, eraseWriters)
	for w := range errs {
		wg.Go(func() {
			for i := w; i < len(list) && errs[w] == nil; i += eraseWriters {
				err := docstore.Put(ctx, s.db, responses, &list[i])
				if !fault.Is(err, fault.Stale) {
					errs[w] = err
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// EraseDue erases the texts of every campaign whose retention has passed. One
// that fails does not keep the others waiting; the first error is returned.
func (s *Store) EraseDue(ctx context.Context) error {
	list, err := s.Campaigns(ctx)
	if err != nil {
		return err
	}
	var first error
	for i := range list {
		c := &list[i]
		if s.Now().Before(EraseAt(c)) {
			continue
		}
		n, err := s.EraseTexts(ctx, c)
		if n > 0 {
			s.log.Info("texts erased", "campaign", c.ID, "responses", n)
		}
		if err != nil && first == nil {
			first = err
		}
	}
	return first
}

// EraseAt is when the texts of a campaign are due to be erased.
func EraseAt(c *survey.Campaign) time.Time { return c.Closes.AddDate(0, c.Retention(), 0) }
