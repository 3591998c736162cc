package store

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
)

// AuditSearch says which events to look for, the newest first.
type AuditSearch struct {
	Thing    string    // only of this one, in the order of its chain; "" is all
	From, To time.Time // From <= At < To; zero is open
	After    string    // a place from an earlier search of the same kind
	Limit    int       // events to find; at least 1
	Most     int       // events to look at; 0: no bound
}

// AuditFound is a page of a search.
type AuditFound struct {
	Events []audit.Event
	Looked int    // events that were looked at
	Next   string // the place to go on from; "" when there is nothing more
	Cut    bool   // the search stopped because of Most
}

// SearchAudit returns the events that keep accepts.
func (s *Store) SearchAudit(ctx context.Context, a AuditSearch, keep func(*audit.Event) bool) (found AuditFound, err error) {
	q := docstore.Query{In: events, On: eventsByTime, Desc: true, After: docstore.Cursor(a.After)}
	if a.Thing != "" {
		q.On, q.Eq = eventsByThing, []any{a.Thing}
	} else {
		q.From, q.To = bound(a.From), bound(a.To)
	}
	var last bson.Raw // the last event of the page
	for raw, err := range s.db.Find(ctx, q) {
		var d doc[audit.Event]
		if err == nil {
			err = docstore.Unmarshal(raw, &d)
		}
		if err != nil {
			return found, err
		}
		found.Looked++
		match := !d.Body.At.Before(a.From) && (a.To.IsZero() || d.Body.At.Before(a.To)) && keep(&d.Body)
		if match && len(found.Events) == a.Limit {
			return found, found.goOn(q, last)
		}
		if match {
			found.Events, last = append(found.Events, d.Body), append(last[:0], raw...)
		}
		if a.Most > 0 && found.Looked >= a.Most {
			found.Cut = true
			return found, found.goOn(q, raw)
		}
	}
	return found, nil
}

func (f *AuditFound) goOn(q docstore.Query, last bson.Raw) error {
	place, err := docstore.CursorOf(q, last)
	f.Next = string(place)
	return err
}

// bound is an end of a range: nil for the zero time.
func bound(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
