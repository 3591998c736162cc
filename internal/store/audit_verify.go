package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
)

// MaxFindings is how many wrong places one check of the trail lists.
const MaxFindings = 1000

// AuditCheck is what a check of the whole audit trail found.
type AuditCheck struct {
	At       time.Time       `bson:"at"`
	Took     time.Duration   `bson:"took"`
	Events   int64           `bson:"events"` // in chains
	Things   int64           `bson:"things"`
	Before   int64           `bson:"before"` // recorded before there were chains
	Open     int64           `bson:"open"`   // in no block when they were looked at
	Blocks   int64           `bson:"blocks"` // with the one that seals those
	Head     audit.Head      `bson:"head"`
	Findings []audit.Finding `bson:"findings,omitempty"`
	More     bool            `bson:"more,omitempty"` // there are more than MaxFindings
}

// auditCheckID is where the settings keep the last check.
const auditCheckID = "audit-check"

// auditor collects what a check finds.
type auditor struct {
	s      *Store
	chains audit.Chains
	check  AuditCheck
	status map[string]string // thing → its status by its last event
	head   audit.Head        // asked for; Hash may be its start
	found  bool              // head
}

// VerifyAudit checks every chain, every block, and that every dossier's status
// is the one its last event gave it; it may run while the trail grows. Kept is
// a head that somebody has on paper, its Hash cut short perhaps; the zero Head
// asks for none. When all is well it seals what is open, and it keeps the
// result for LastAuditCheck.
func (s *Store) VerifyAudit(ctx context.Context, kept audit.Head) (AuditCheck, error) {
	a := &auditor{s: s, status: map[string]string{}, head: kept, found: kept.Block == 0}
	a.check.At = s.Now()
	start := time.Now()
	for _, step := range []func(context.Context) error{a.firstBlock, a.walkChains, a.walkBlocks, a.walkDossiers} {
		if err := step(ctx); err != nil {
			return a.check, err
		}
	}
	if !a.found {
		a.add(audit.Finding{Wrong: audit.NoHead, Block: kept.Block, Text: kept.Hash})
	}
	c := &a.check
	c.Events, c.Things, c.Before, c.Open = a.chains.Events, a.chains.Things, a.chains.Before, a.chains.Open
	c.Findings = audit.Tidy(c.Findings)
	if len(c.Findings) == 0 {
		head, err := s.seal(ctx)
		if err != nil {
			return *c, err
		}
		c.Head, c.Blocks = head, head.Block
	}
	c.Took = time.Since(start)
	return *c, s.keepAuditCheck(ctx, *c)
}

// CheckAudit is VerifyAudit for the background: it logs what is wrong.
func (s *Store) CheckAudit(ctx context.Context) error {
	c, err := s.VerifyAudit(ctx, audit.Head{})
	for _, f := range c.Findings {
		s.log.Error("audit trail damaged", "wrong", f.Wrong, "thing", f.Thing, "seq", f.Seq, "event", f.ID, "block", f.Block)
	}
	return err
}

func (s *Store) keepAuditCheck(ctx context.Context, c AuditCheck) error {
	_, err := put(ctx, s, settings, auditCheckID, 0, c)
	if fault.Is(err, fault.Conflict) {
		_, err = docstore.Update(ctx, s.db, settings, auditCheckID, func(d *doc[AuditCheck]) error { d.Body = c; return nil })
	}
	return err
}

// LastAuditCheck returns the result of the last check; At is zero when there
// was none.
func (s *Store) LastAuditCheck(ctx context.Context) (AuditCheck, error) {
	c, _, err := get[AuditCheck](ctx, s, settings, auditCheckID, "store.settings")
	if fault.Is(err, fault.NotFound) {
		return AuditCheck{}, nil
	}
	return c, err
}

func (a *auditor) add(list ...audit.Finding) {
	if room := MaxFindings - len(a.check.Findings); len(list) > room {
		list, a.check.More = list[:room], true
	}
	a.check.Findings = append(a.check.Findings, list...)
}

func (a *auditor) firstBlock(ctx context.Context) error {
	d, err := docstore.First[doc[audit.Block]](ctx, a.s.db, docstore.Query{In: blocks})
	if err == nil {
		a.chains.First = d.Body.Head()
	} else if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return err
}

// walkChains reads every event, thing by thing.
func (a *auditor) walkChains(ctx context.Context) error {
	for d, err := range docstore.Find[doc[audit.Kept]](ctx, a.s.db, docstore.Query{In: events, On: eventsByThing}) {
		if err != nil {
			return err
		}
		e := &d.Body
		if e.ID != d.ID {
			a.add(audit.Finding{Wrong: audit.Edited, Thing: e.Thing, Seq: e.Seq, ID: d.ID})
		}
		found, gap := a.chains.Next(e)
		a.add(found...)
		for _, n := range gap {
			// What was recorded behind the reader's back is no gap.
			there, err := a.s.linked(ctx, e.Thing, n)
			if err != nil {
				return err
			}
			if !there {
				a.add(audit.Finding{Wrong: audit.Missing, Thing: e.Thing, Seq: n})
			}
		}
		if status, ok := statusOf(&e.Event); ok && strings.HasPrefix(e.Thing, dossiers.Name+"/") {
			a.status[e.Thing] = status
		}
	}
	return nil
}

// linked reports whether a place of a chain is taken.
func (s *Store) linked(ctx context.Context, thing string, seq int64) (bool, error) {
	n, err := s.db.Count(ctx, docstore.Query{In: events, On: eventLink, Eq: []any{audit.Link(thing, seq)}})
	return n > 0, err
}

// statusOf returns the status that an event gave its thing.
func statusOf(e *audit.Event) (status string, ok bool) {
	for _, c := range e.Detail {
		if c.Field == "status" {
			status, ok = c.After, true
		}
	}
	return status, ok
}

// walkBlocks reads every block with its events.
func (a *auditor) walkBlocks(ctx context.Context) error {
	var before audit.Block
	last, err := a.s.lastBlock(ctx)
	if err != nil {
		return err
	}
	for d, err := range docstore.Find[doc[audit.Block]](ctx, a.s.db, docstore.Query{In: blocks, To: blockID(last.Number + 1)}) {
		if err != nil {
			return err
		}
		b := d.Body
		if err := a.block(ctx, &before, &b, b.Number == last.Number); err != nil {
			return err
		}
		a.found = a.found || b.Number == a.head.Block && strings.HasPrefix(b.Hash, a.head.Hash)
		a.check.Blocks++
		before = b
	}
	a.check.Head = before.Head()
	if a.chains.Newest > before.Number {
		a.add(audit.Finding{Wrong: audit.BadBlock, Block: before.Number + 1})
	}
	return nil
}

func (a *auditor) block(ctx context.Context, before, b *audit.Block, newest bool) error {
	var list []audit.Kept
	for d, err := range docstore.Find[doc[audit.Kept]](ctx, a.s.db, docstore.Query{In: events, On: eventsByBlock, Eq: []any{b.Number}}) {
		if err != nil {
			return err
		}
		d.Body.ID = d.ID
		list = append(list, d.Body)
	}
	found, absent := b.Compare(before, list)
	a.add(found...)
	for _, entry := range absent {
		k, err := docstore.Get[doc[audit.Kept]](ctx, a.s.db, events, entry.ID)
		f := audit.Finding{Wrong: audit.Edited, Thing: entry.Thing, Seq: entry.Seq, ID: entry.ID, Block: b.Number}
		switch {
		case fault.Is(err, fault.NotFound):
			f.Wrong = audit.Missing
			f.ID = ""
		case err != nil:
			return err
		case newest && k.Body.Block == 0 && k.Body.Hash == entry.Hash,
			k.Body.Block == b.Number: // it is being told just now
			continue
		}
		a.add(f)
	}
	return nil
}

// walkDossiers compares every dossier's status with its last event's.
func (a *auditor) walkDossiers(ctx context.Context) error {
	for d, err := range docstore.Find[doc[dossier.Dossier]](ctx, a.s.db, docstore.Query{In: dossiers}) {
		if err != nil {
			return err
		}
		if a.agrees(&d.Body) {
			continue
		}
		if err := a.recheck(ctx, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// agrees reports whether the events known so far, and those that wait in the
// dossier, lead to its status.
func (a *auditor) agrees(d *dossier.Dossier) bool {
	status, ok := a.status[d.Thing()]
	for i := range d.Outbox {
		if next, moved := statusOf(&d.Outbox[i]); moved {
			status, ok = next, true
		}
	}
	if !ok {
		return d.Status == "" || d.Status == dossier.NotRegistered // as it was made
	}
	return status == string(d.Status)
}

// statusTries is how often a dossier that moves while it is looked at is
// looked at again.
const statusTries = 5

// recheck compares a dossier with its events as they are now.
func (a *auditor) recheck(ctx context.Context, id string) error {
	var d doc[dossier.Dossier]
	for range statusTries {
		before, err := docstore.Get[doc[dossier.Dossier]](ctx, a.s.db, dossiers, id)
		if err != nil {
			return err
		}
		list, err := a.s.History(ctx, before.Body.Thing())
		if err != nil {
			return err
		}
		delete(a.status, before.Body.Thing())
		for _, e := range slices.Backward(list) {
			if status, ok := statusOf(&e); ok {
				a.status[before.Body.Thing()] = status
				break
			}
		}
		if d, err = docstore.Get[doc[dossier.Dossier]](ctx, a.s.db, dossiers, id); err != nil {
			return err
		}
		if a.agrees(&d.Body) {
			return nil
		}
		if d.Version == before.Version {
			break
		}
	}
	a.add(audit.Finding{Wrong: audit.NoEvent, Thing: d.Body.Thing(), Text: string(d.Body.Status)})
	return nil
}
