package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/dossier"
)

// auditBench is a database with four things of three events each, sealed in
// two blocks, and two events after them.
func auditBench(t *testing.T) *Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir()+"/a.db", Collections())
	ok(t, err)
	t.Cleanup(func() { db.Close() })
	now := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	s, err := New(t.Context(), Options{DB: db, Clock: func() time.Time { now = now.Add(time.Second); return now }})
	ok(t, err)
	for i := range 12 {
		recordAt(t, s, fmt.Sprintf("things/%c", 'a'+i%4), i)
		if i == 6 {
			ok(t, s.SealAudit(t.Context()))
		}
	}
	ok(t, s.SealAudit(t.Context()))
	recordAt(t, s, "things/a", 12)
	recordAt(t, s, "things/e", 13)
	return s
}

func recordAt(t *testing.T, s *Store, thing string, i int) {
	t.Helper()
	ok(t, s.Record(t.Context(), audit.Event{ID: fmt.Sprintf("e%02d", i), Who: "td", Action: audit.Marked, Thing: thing, Detail: []audit.Change{{Field: "1.1", After: fmt.Sprint(i)}}}))
}

// change alters a stored event past the program.
func (s *Store) change(t *testing.T, id string, by func(*eventBody)) {
	t.Helper()
	_, err := docstore.Update(t.Context(), s.db, events, id, func(d *doc[eventBody]) error { by(&d.Body); return nil })
	ok(t, err)
}

func (s *Store) event(t *testing.T, id string) doc[eventBody] {
	t.Helper()
	d, err := docstore.Get[doc[eventBody]](t.Context(), s.db, events, id)
	ok(t, err)
	return d
}

func (s *Store) takeOut(t *testing.T, c *docstore.Collection, ids ...string) {
	t.Helper()
	for _, id := range ids {
		m, err := docstore.Get[docstore.Meta](t.Context(), s.db, c, id)
		ok(t, err)
		ok(t, s.db.Delete(t.Context(), c, id, m.Version))
	}
}

func (s *Store) changeBlock(t *testing.T, n int64, by func(*audit.Block)) {
	t.Helper()
	_, err := docstore.Update(t.Context(), s.db, blocks, blockID(n), func(d *doc[audit.Block]) error { by(&d.Body); return nil })
	ok(t, err)
}

// insert puts an event into the trail past the program.
func (s *Store) insert(t *testing.T, b eventBody) {
	t.Helper()
	_, err := put(t.Context(), s, events, b.ID, 0, b)
	ok(t, err)
}

func TestVerifyAuditWhole(t *testing.T) {
	s := auditBench(t)
	for range 2 {
		c, err := s.VerifyAudit(t.Context(), audit.Head{})
		if err != nil || len(c.Findings) > 0 || c.Events != 14 || c.Things != 5 {
			t.Fatalf("check = %+v, %v", c, err)
		}
	}
	c, err := s.LastAuditCheck(t.Context())
	if err != nil || c.Blocks != 3 || c.Open != 0 || c.Head.Block != 3 {
		t.Errorf("kept check = %+v, %v", c, err)
	}
	head, err := s.AuditHead(t.Context())
	ok(t, err)
	if c, err = s.VerifyAudit(t.Context(), audit.Head{Block: 3, Hash: head.Hash[:12]}); err != nil || len(c.Findings) > 0 {
		t.Errorf("kept head: %+v, %v", c.Findings, err)
	}
	for _, kept := range []audit.Head{{Block: 2, Hash: head.Hash[:12]}, {Block: 4, Hash: head.Hash[:12]}} {
		if c, err = s.VerifyAudit(t.Context(), kept); err != nil || len(c.Findings) != 1 || c.Findings[0].Wrong != audit.NoHead {
			t.Errorf("head %d: %+v, %v", kept.Block, c.Findings, err)
		}
	}
}

// Every way to change the trail past the program is found, and named. Events
// e00, e04, e08 and e12 are of things/a, and so on round to things/d; block 1
// has e00 to e06, block 2 e07 to e11.
func TestVerifyAuditTampered(t *testing.T) {
	rehash := func(b *eventBody) { b.Hash = b.Sum() }
	for name, c := range map[string]struct {
		by   func(*testing.T, *Store)
		want []string // kind thing seq
	}{
		"who is edited":      {func(t *testing.T, s *Store) { s.change(t, "e04", func(b *eventBody) { b.Who = "khác" }) }, []string{"edited things/a 2"}},
		"a value is edited":  {func(t *testing.T, s *Store) { s.change(t, "e04", func(b *eventBody) { b.Detail[0].After = "9" }) }, []string{"edited things/a 2"}},
		"the time is edited": {func(t *testing.T, s *Store) { s.change(t, "e04", func(b *eventBody) { b.At = b.At.Add(-time.Hour) }) }, []string{"edited things/a 2"}},
		"the id is edited":   {func(t *testing.T, s *Store) { s.change(t, "e04", func(b *eventBody) { b.ID = "e99"; rehash(b) }) }, []string{"edited things/a 2"}},
		"the number is gone": {func(t *testing.T, s *Store) { s.change(t, "e04", func(b *eventBody) { b.Seq = 0 }) }, []string{"forged things/a 0"}},
		"edited and hashed anew": {func(t *testing.T, s *Store) {
			s.change(t, "e04", func(b *eventBody) { b.Who = "khác"; rehash(b) })
		}, []string{"edited things/a 2"}},
		"edited, and the whole chain hashed anew": {func(t *testing.T, s *Store) {
			prev := ""
			for _, id := range []string{"e00", "e04", "e08", "e12"} {
				s.change(t, id, func(b *eventBody) {
					if id == "e04" {
						b.Who = "khác"
					}
					b.Prev = prev
					rehash(b)
					prev = b.Hash
				})
			}
		}, []string{"edited things/a 2", "edited things/a 3"}},
		"edited before it is sealed, and hashed anew": {func(t *testing.T, s *Store) {
			recordAt(t, s, "things/e", 14)
			s.change(t, "e13", func(b *eventBody) { b.Who = "khác"; rehash(b) })
		}, []string{"broken things/e 2"}},
		"edited and opened again": {func(t *testing.T, s *Store) {
			s.change(t, "e04", func(b *eventBody) { b.Who = "khác"; b.Block, b.Place = 0, 0; rehash(b) })
			ok(t, s.SealAudit(t.Context()))
		}, []string{"edited things/a 2"}},
		"one in the middle is missing":       {func(t *testing.T, s *Store) { s.takeOut(t, events, "e04") }, []string{"missing things/a 2"}},
		"the first is missing":               {func(t *testing.T, s *Store) { s.takeOut(t, events, "e00") }, []string{"missing things/a 1"}},
		"the end is missing":                 {func(t *testing.T, s *Store) { s.takeOut(t, events, "e05", "e09") }, []string{"missing things/b 2", "missing things/b 3"}},
		"a whole thing is missing":           {func(t *testing.T, s *Store) { s.takeOut(t, events, "e02", "e06", "e10") }, []string{"missing things/c 1", "missing things/c 2", "missing things/c 3"}},
		"the end is missing and grown again": {func(t *testing.T, s *Store) { s.takeOut(t, events, "e09"); recordAt(t, s, "things/b", 20) }, []string{"missing things/b 3"}},
		"put in as an event of before": {func(t *testing.T, s *Store) {
			s.insert(t, eventBody{Event: audit.Event{ID: "f", At: s.Now(), Thing: "things/a"}})
		}, []string{"forged things/a 0"}},
		"put in beside another": {func(t *testing.T, s *Store) {
			e := s.event(t, "e04").Body
			e.ID, e.Who, e.Link = "f", "khác", ""
			rehash(&e)
			s.insert(t, e)
		}, []string{"forged things/a 2"}},
		"put in as sealed": {func(t *testing.T, s *Store) {
			e := s.event(t, "e10").Body
			f := audit.Event{ID: "f", At: e.At, Thing: e.Thing}
			f.Chain(e.Event)
			s.insert(t, eventBody{Event: f, Link: audit.Link(f.Thing, f.Seq), Block: 2, Place: 6})
		}, []string{"forged things/c 4"}},
		"two change places": {func(t *testing.T, s *Store) {
			a, b := s.event(t, "e04").Body, s.event(t, "e08").Body
			s.change(t, "e04", func(x *eventBody) { x.Link = "" })
			s.change(t, "e08", func(x *eventBody) { x.Seq, x.Prev, x.Link = a.Seq, a.Prev, a.Link; rehash(x) })
			first := s.event(t, "e08").Body
			s.change(t, "e04", func(x *eventBody) { x.Seq, x.Prev, x.Link = b.Seq, first.Hash, b.Link; rehash(x) })
		}, []string{"reordered things/a 2", "reordered things/a 3"}},
		"two change places in a block": {func(t *testing.T, s *Store) {
			s.change(t, "e00", func(x *eventBody) { x.Place = 2 })
			s.change(t, "e01", func(x *eventBody) { x.Place = 1 })
		}, []string{"reordered things/a 1", "reordered things/b 1"}},
		"moved to another thing": {func(t *testing.T, s *Store) {
			s.change(t, "e11", func(x *eventBody) { x.Thing, x.Link = "things/z", "things/z#3"; rehash(x) })
		}, []string{"edited things/d 3", "missing things/z 1", "missing things/z 2"}},
		"a block is edited":                {func(t *testing.T, s *Store) { s.changeBlock(t, 1, func(b *audit.Block) { b.Entries[0].Hash = "00" }) }, []string{"block  0", "edited things/a 1"}},
		"the last block is dropped":        {func(t *testing.T, s *Store) { s.takeOut(t, blocks, blockID(2)) }, []string{"block  0"}},
		"the first block is dropped":       {func(t *testing.T, s *Store) { s.takeOut(t, blocks, blockID(1)) }, []string{"block  0"}},
		"the last block is made anew":      {func(t *testing.T, s *Store) { s.takeOut(t, blocks, blockID(2)); ok(t, s.SealAudit(t.Context())) }, []string{"forged things/a 3"}},
		"a block and its events are taken": {func(t *testing.T, s *Store) { s.takeOut(t, blocks, blockID(1)); s.takeOut(t, events, "e00") }, []string{"block  0", "missing things/a 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := auditBench(t)
			c.by(t, s)
			check, err := s.VerifyAudit(t.Context(), audit.Head{})
			ok(t, err)
			var got []string
			for _, f := range check.Findings {
				got = append(got, fmt.Sprintf("%s %s %d", f.Wrong, f.Thing, f.Seq))
			}
			for _, w := range c.want {
				if !slices.Contains(got, w) {
					t.Errorf("%q is not among what was found:\n%s", w, strings.Join(got, "\n"))
				}
			}
		})
	}
}

// A dossier's status must be what its last event says; events that still wait
// in the dossier count.
func TestVerifyAuditStatus(t *testing.T) {
	s := auditBench(t)
	ctx := t.Context()
	move := func(unit string, from, to dossier.Status) audit.Event {
		return s.named(audit.Event{Action: audit.Moved, Thing: "dossiers/2026/" + unit, Detail: []audit.Change{{Field: "status", Before: string(from), After: string(to)}}})
	}
	for unit, d := range map[string]dossier.Dossier{
		"free": {}, "new": {Status: dossier.NotRegistered}, "moved": {Status: dossier.Registered}, "ahead": {Status: dossier.Approved},
		"waits": {Status: dossier.Registered, Pending: true, Outbox: []audit.Event{move("waits", dossier.NotRegistered, dossier.Registered)}},
		"alone": {Status: dossier.Recognised},
	} {
		d.Period, d.Unit = "2026", unit
		_, err := put(ctx, s, dossiers, dossierID("2026", unit), 0, d)
		ok(t, err)
	}
	ok(t, s.Record(ctx, move("moved", dossier.NotRegistered, dossier.Registered)))
	ok(t, s.Record(ctx, move("ahead", dossier.NotRegistered, dossier.Registered)))
	c, err := s.VerifyAudit(ctx, audit.Head{})
	ok(t, err)
	var got []string
	for _, f := range c.Findings {
		got = append(got, string(f.Wrong)+" "+f.Thing+" "+f.Text)
	}
	want := []string{"status dossiers/2026/ahead approved", "status dossiers/2026/alone recognised"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// Events from before there were chains are kept, shown first and counted, and
// the chain starts after them.
func TestAuditBeforeChains(t *testing.T) {
	s := auditBench(t)
	ctx := t.Context()
	type old struct {
		audit.Event `bson:",inline"`
	}
	for _, id := range []string{"z-old", "a-old"} {
		at := time.Date(2025, 1, 1, 0, 0, len(id)+int('z'-id[0]), 0, time.UTC)
		_, err := put(ctx, s, events, id, 0, old{audit.Event{ID: id, At: at, Thing: "things/a"}})
		ok(t, err)
	}
	list, err := s.History(ctx, "things/a")
	ok(t, err)
	var ids []string
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	if want := []string{"z-old", "a-old", "e00", "e04", "e08", "e12"}; !slices.Equal(ids, want) {
		t.Errorf("history %v, want %v", ids, want)
	}
	if c, err := s.VerifyAudit(ctx, audit.Head{}); err != nil || len(c.Findings) > 0 || c.Before != 2 || c.Events != 14 {
		t.Errorf("check = %+v, %v", c, err)
	}
	if got := trail(t, s, 3); len(got) != 16 || got[0] != "a-old" || got[1] != "z-old" || got[2] != "e00" {
		t.Errorf("trail %v", got)
	}
}

// trail reads the whole trail in pages.
func trail(t *testing.T, s *Store, page int) (ids []string) {
	t.Helper()
	for after := ""; ; {
		list, next, err := s.Trail(t.Context(), after, page)
		ok(t, err)
		if len(list) == 0 {
			if next != after {
				t.Errorf("an empty page leads from %q to %q", after, next)
			}
			return ids
		}
		for _, e := range list {
			ids = append(ids, e.ID)
		}
		after = next
	}
}

// A reader who goes on from where he was sees every event once, those too that
// happened earlier and were recorded later.
func TestTrailLate(t *testing.T) {
	s := auditBench(t)
	first, next, err := s.Trail(t.Context(), "", 100)
	ok(t, err)
	if len(first) != 14 {
		t.Fatalf("%d events", len(first))
	}
	late := audit.Event{ID: "0-early", At: first[0].At.Add(-time.Hour), Thing: "things/late"}
	ok(t, s.Record(t.Context(), late))
	more, after, err := s.Trail(t.Context(), next, 100)
	if err != nil || len(more) != 1 || more[0].ID != late.ID || after == next {
		t.Errorf("after the late one: %+v, %v", more, err)
	}
	from, err := s.TrailAt(t.Context(), first[13].At)
	ok(t, err)
	if since, _, err := s.Trail(t.Context(), from, 100); err != nil || len(since) != 3 || since[0].ID != "e12" {
		t.Errorf("since the last block: %+v, %v", since, err)
	}
	if _, _, err := s.Trail(t.Context(), "hôm qua", 100); err == nil {
		t.Error("took a place that is none")
	}
}

// Many writers and sealers, each a process of its own: every chain is whole,
// and every event is in one block.
func TestRecordAtOnce(t *testing.T) {
	path := t.TempDir() + "/a.db"
	const processes, each, things = 4, 40, 3
	var all sync.WaitGroup
	var last *Store
	for p := range processes {
		db, err := sqlite.Open(t.Context(), path, Collections())
		ok(t, err)
		t.Cleanup(func() { db.Close() })
		s, err := New(t.Context(), Options{DB: db})
		ok(t, err)
		last = s
		all.Go(func() {
			for i := range each {
				// Every second event is one that another process records too.
				id := fmt.Sprintf("e%d", i)
				if i%2 == 0 {
					id = fmt.Sprintf("e%d-%d", p, i)
				}
				if err := s.Record(context.Background(), audit.Event{ID: id, Thing: fmt.Sprintf("things/%d", i%things)}); err != nil {
					t.Error(err)
				}
				if i%7 == p {
					if err := s.SealAudit(context.Background()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	c, err := last.VerifyAudit(t.Context(), audit.Head{})
	if want := int64(each/2*processes + each/2); err != nil || len(c.Findings) > 0 || c.Events != want {
		t.Errorf("want %d events, none wrong: %+v, %v", want, c, err)
	}
	if got := trail(t, last, 7); len(got) != int(c.Events) || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
		t.Errorf("the trail has %d events", len(got))
	}
}

// A process that dies between a block and telling its events leaves work that
// the next one finishes.
func TestSealFinishes(t *testing.T) {
	s := auditBench(t)
	ok(t, s.SealAudit(t.Context()))
	s.change(t, "e12", func(b *eventBody) { b.Block, b.Place = 0, 0 })
	next, err := New(t.Context(), Options{DB: s.db})
	ok(t, err)
	if c, err := next.VerifyAudit(t.Context(), audit.Head{}); err != nil || len(c.Findings) > 0 {
		t.Fatalf("half told: %+v, %v", c.Findings, err)
	}
	head, err := next.AuditHead(t.Context())
	if e := s.event(t, "e12").Body; err != nil || head.Block != 3 || e.Block != 3 || e.Place != 1 {
		t.Errorf("head %d, the event is in block %d, place %d, %v", head.Block, e.Block, e.Place, err)
	}
}

// BenchmarkRecord is what a saved mark pays for its event: the thing's chain
// is long, and many others are there.
func BenchmarkRecord(b *testing.B) {
	db, err := sqlite.Open(b.Context(), b.TempDir()+"/a.db", Collections())
	ok(b, err)
	defer db.Close()
	s, err := New(b.Context(), Options{DB: db})
	ok(b, err)
	for i := range 5000 {
		ok(b, s.Record(b.Context(), audit.Event{Thing: fmt.Sprintf("things/%d", i%50)}))
	}
	event := audit.Event{Who: "xa07", Action: audit.Marked, Detail: []audit.Change{{Field: "self/1.1.1", Before: "1", After: "2"}}}
	b.Run("chained", func(b *testing.B) {
		for i := range b.N {
			event.Thing = fmt.Sprintf("things/%d", i%50)
			ok(b, s.Record(b.Context(), event))
		}
	})
	b.Run("plain", func(b *testing.B) { // an insert without a chain
		for i := range b.N {
			event.Thing = fmt.Sprintf("things/%d", i%50)
			e := s.named(event)
			_, err := put(b.Context(), s, events, e.ID, 0, e)
			ok(b, err)
		}
	})
	b.Run("last", func(b *testing.B) {
		for i := range b.N {
			_, err := s.lastEvent(b.Context(), fmt.Sprintf("things/%d", i%50))
			ok(b, err)
		}
	})
}
