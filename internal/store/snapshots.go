package store

import (
	"bytes"
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// tallyFormat is the layout of a tallyDoc. Others are not read: their campaign
// is counted anew from its responses.
const tallyFormat = 2

type tallyDoc struct {
	docstore.Meta `bson:",inline"`
	Campaign      string           `bson:"campaign"`
	Unit          string           `bson:"unit,omitempty"` // "" is the campaign's own document
	Format        int              `bson:"format"`
	Mark          bson.ObjectID    `bson:"mark"`
	Parts         []partDoc        `bson:"parts,omitempty"`
	Flagged       *survey.Snapshot `bson:"flagged,omitempty"`
	Flags         []int64          `bson:"flags,omitempty"` // responses by bit of their flags
}

// partDoc is one channel of a unit: its counts, its bursts, and the arrivals
// that a burst may reach back to, oldest first.
type partDoc struct {
	Channel  survey.Channel  `bson:"h"`
	Tally    survey.Snapshot `bson:"tally"`
	Spans    []burstSpan     `bson:"bursts,omitempty"`
	Arrivals []arrival       `bson:"last,omitempty"`
}

// snapshot returns the pool as it is stored. No text goes into it.
func (p *unitPool) snapshot(form *survey.Form) tallyDoc {
	d := tallyDoc{Flags: p.flags[:]}
	if p.flagged != nil {
		counts := p.flagged.Snapshot()
		d.Flagged = &counts
	}
	for i := range p.parts {
		part := partDoc{Channel: p.parts[i].channel, Tally: p.parts[i].tally.Snapshot()}
		if w := p.parts[i].watch; w != nil {
			part.Spans, part.Arrivals = w.spans, w.arrivals(form)
		}
		d.Parts = append(d.Parts, part)
	}
	return d
}

// arrivals returns what the ring holds, oldest first, without texts.
func (w *watch) arrivals(form *survey.Form) []arrival {
	list := make([]arrival, 0, len(w.ring))
	for i := max(0, w.n-len(w.ring)); i < w.n; i++ {
		a := w.ring[i%len(w.ring)]
		if a.Answers != nil {
			a.Answers, _ = form.EraseTexts(a.Answers)
		}
		list = append(list, a)
	}
	return list
}

// pool reads a stored snapshot.
func (d *tallyDoc) pool(form *survey.Form) (*unitPool, error) {
	p := &unitPool{}
	if len(d.Parts) == 0 || len(d.Flags) > len(p.flags) {
		return nil, fault.New(fault.Internal, "store.snapshot", d.ID)
	}
	copy(p.flags[:], d.Flags)
	var err error
	if d.Flagged != nil {
		if p.flagged, err = survey.RestoreTally(form, *d.Flagged); err != nil {
			return nil, err
		}
	}
	for _, part := range d.Parts {
		restored := poolPart{channel: part.Channel}
		if restored.tally, err = survey.RestoreTally(form, part.Tally); err != nil {
			return nil, err
		}
		if part.Channel.Timed() {
			w := &watch{spans: part.Spans}
			if len(part.Arrivals) > len(w.ring) {
				return nil, fault.New(fault.Internal, "store.snapshot", d.ID)
			}
			w.n = copy(w.ring[:], part.Arrivals)
			restored.watch = w
		}
		p.parts = append(p.parts, restored)
	}
	return p, p.finish()
}

// loadTally reads the snapshots, once per process.
func (s *Store) loadTally(ctx context.Context, t *liveTally, c *survey.Campaign) error {
	if t.loaded {
		return nil
	}
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return err
	}
	t.form, t.mark, t.saved = form, bson.ObjectID{}, bson.ObjectID{}
	t.settled, t.marks, t.dirty = map[string]*unitPool{}, map[string]bson.ObjectID{}, map[string]bool{}
	for d, err := range docstore.Find[tallyDoc](ctx, s.db, docstore.Query{In: tallies, On: talliesByCampaign, Eq: []any{c.ID}}) {
		switch {
		case err != nil:
			return err
		case d.Format != tallyFormat:
		case d.Unit == "":
			t.mark, t.saved = d.Mark, d.Mark
		default:
			p, err := d.pool(form)
			if err != nil {
				return err
			}
			t.settled[d.Unit], t.marks[d.Unit] = p, d.Mark
		}
	}
	t.loaded = true
	return nil
}

// saveSnapshot stores a snapshot unless the one there is as far or further.
// The campaign's own mark may only follow when every unit's has: so it tries
// until one of the two holds.
func (s *Store) saveSnapshot(ctx context.Context, d tallyDoc) error {
	d.ID, d.Format = d.Campaign+"/"+d.Unit, tallyFormat
	for {
		d.Version = 0
		old, err := docstore.Get[tallyDoc](ctx, s.db, tallies, d.ID)
		switch {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return err
		case old.Format == tallyFormat && bytes.Compare(old.Mark[:], d.Mark[:]) >= 0:
			return nil
		default:
			d.Version = old.Version
		}
		err = docstore.Put(ctx, s.db, tallies, &d)
		if !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
}
