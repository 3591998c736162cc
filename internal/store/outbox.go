package store

import (
	"context"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/dossier"
)

// Outbox is embedded in the documents whose changes must not be missing from
// the audit trail: the event is written with the change, in the same write, and
// relayed to the trail by its id. A crash in between loses neither.
type Outbox struct {
	Pending bool          `bson:"pending,omitempty"` // there are events
	Events  []audit.Event `bson:"outbox,omitempty"`
	// Relayed is how often the outbox was emptied: that many of the document's
	// versions changed nothing that a reader of it would see.
	Relayed int64 `bson:"relayed,omitempty"`
}

// post adds events that wait to be relayed.
func (o *Outbox) post(list ...audit.Event) {
	o.Events = append(o.Events, list...)
	o.Pending = len(o.Events) > 0
}

func (o *Outbox) fields() (*bool, *[]audit.Event, *int64) { return &o.Pending, &o.Events, &o.Relayed }

// mailbox says where the documents of T keep what awaits relaying.
type mailbox[T any] struct {
	in *docstore.Collection
	on *docstore.Index // over the field pending
	of func(*T) (pending *bool, list *[]audit.Event, relayed *int64)
}

var (
	dossierBox = mailbox[dossier.Dossier]{dossiers, dossiersByOutbox, func(d *dossier.Dossier) (*bool, *[]audit.Event, *int64) {
		return &d.Pending, &d.Outbox, new(int64) // it counts its own revisions
	}}
	periodBox    = mailbox[periodBody]{periods, periodsByOutbox, func(p *periodBody) (*bool, *[]audit.Event, *int64) { return p.fields() }}
	campaignBox  = mailbox[campaignBody]{campaigns, campaignsByOutbox, func(c *campaignBody) (*bool, *[]audit.Event, *int64) { return c.fields() }}
	exclusionBox = mailbox[Exclusion]{exclusions, exclusionsByOutbox, func(x *Exclusion) (*bool, *[]audit.Event, *int64) { return x.fields() }}
	feedbackBox  = mailbox[Feedback]{feedback, feedbackByOutbox, func(f *Feedback) (*bool, *[]audit.Event, *int64) { return f.fields() }}
)

// Relay moves every event that waits in a document to the audit trail.
func (s *Store) Relay(ctx context.Context) error {
	for _, all := range []func(context.Context, *Store) error{dossierBox.relayAll, periodBox.relayAll, campaignBox.relayAll, exclusionBox.relayAll, feedbackBox.relayAll, commentBox.relayAll, evidenceBox.relayAll} {
		if err := all(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (b *mailbox[T]) relayAll(ctx context.Context, s *Store) error {
	var ids []string
	for m, err := range docstore.Find[docstore.Meta](ctx, s.db, docstore.Query{In: b.in, On: b.on, Eq: []any{true}}) {
		if err != nil {
			return err
		}
		ids = append(ids, m.ID)
	}
	for _, id := range ids {
		if err := b.relay(ctx, s, id); err != nil {
			return err
		}
	}
	return nil
}

// relaySoon relays the events of one document; what fails is left for Relay.
func (b *mailbox[T]) relaySoon(ctx context.Context, s *Store, id string) {
	if err := b.relay(ctx, s, id); err != nil {
		s.log.Warn("audit relay postponed", "collection", b.in.Name, "id", id, "error", err)
	}
}

// relay copies the outbox under the events' own ids, then empties it. Dying in
// between copies again, onto the same ids.
func (b *mailbox[T]) relay(ctx context.Context, s *Store, id string) error {
	d, err := docstore.Get[doc[T]](ctx, s.db, b.in, id)
	if err != nil {
		return err
	}
	pending, list, _ := b.of(&d.Body)
	if !*pending {
		return nil
	}
	for _, e := range *list {
		if err := s.Record(ctx, e); err != nil {
			return err
		}
	}
	sent := *list
	_, err = docstore.Update(ctx, s.db, b.in, id, func(now *doc[T]) error {
		pending, list, relayed := b.of(&now.Body)
		*relayed++
		if len(sent) <= len(*list) && sameStart(*list, sent) {
			*list = (*list)[len(sent):]
			*pending = len(*list) > 0
		}
		return nil
	})
	return err
}

func sameStart(now, sent []audit.Event) bool {
	for i := range sent {
		if now[i].ID != sent[i].ID {
			return false
		}
	}
	return true
}
