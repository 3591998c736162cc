package store

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// unitPool is what came in for one unit, by channel. One that a fold has handed
// out is never changed again, only replaced.
type unitPool struct {
	parts   []poolPart
	flagged *survey.Tally // nil: none
	own     bool          // flagged belongs to this fold alone
	flags   [survey.FlagKinds]int64
	counts  UnitCounts // made of the above by finish
}

// poolPart is one channel of a unit.
type poolPart struct {
	channel survey.Channel
	tally   *survey.Tally
	watch   *watch // nil: the channel is not timed
	own     bool   // tally and watch belong to this fold alone
}

// watch finds the bursts of one channel. In order of arrival it is enough to
// know the last BurstSize responses: with the next they are the window that a
// burst needs.
type watch struct {
	ring  [survey.BurstSize]arrival // n % BurstSize is the oldest and next to go
	n     int
	spans []burstSpan
}

// arrival is a response that a burst may still reach back to. Answers is nil
// when the response is flagged already.
type arrival struct {
	ID      bson.ObjectID `bson:"i"`
	Group   string        `bson:"g,omitempty"`
	Answers []byte        `bson:"a,omitempty"`
}

// burstSpan is a burst: all responses of its unit and channel from one id to
// another, both included.
type burstSpan struct {
	From bson.ObjectID `bson:"f"`
	To   bson.ObjectID `bson:"t"`
}

// heldWhole is the size in bytes up to which answers are held as they are;
// longer ones are held without their texts, which no tally needs.
const heldWhole = 256

// grow returns a copy to add to.
func (p *unitPool) grow() *unitPool {
	next := &unitPool{parts: slices.Clone(p.parts), flagged: p.flagged, flags: p.flags}
	for i := range next.parts {
		next.parts[i].own = false
	}
	return next
}

// add counts the next response in order of arrival.
func (p *unitPool) add(form *survey.Form, r *rawResponse) error {
	part := p.part(form, r.channel)
	group := groupName(form, r.group)
	if err := part.tally.Add(group, r.answers); err != nil {
		return fault.Wrap(err, fault.Internal, "store.response")
	}
	flags := r.flags &^ survey.Burst // what is a burst only the others tell
	for f := flags; f != 0; f &= f - 1 {
		p.flags[bits.TrailingZeros8(uint8(f))]++
	}
	burst := part.watch != nil && part.watch.full(r.id)
	if burst {
		if err := p.strike(form, part.watch, r.id); err != nil {
			return err
		}
	}
	if flags != 0 || burst {
		if err := p.flag(form, group, r.answers); err != nil {
			return err
		}
	}
	if part.watch != nil {
		part.watch.hold(form, r, group, flags != 0 || burst)
	}
	return nil
}

// part returns the part of a channel, owned by this fold.
func (p *unitPool) part(form *survey.Form, ch survey.Channel) *poolPart {
	for i := range p.parts {
		part := &p.parts[i]
		if part.channel != ch {
			continue
		}
		if !part.own {
			part.tally, part.watch, part.own = part.tally.Clone(), part.watch.clone(), true
		}
		return part
	}
	part := poolPart{channel: ch, tally: survey.NewTally(form), own: true}
	if ch.Timed() {
		part.watch = &watch{}
	}
	p.parts = append(p.parts, part)
	return &p.parts[len(p.parts)-1]
}

// flag adds a response to the flagged ones.
func (p *unitPool) flag(form *survey.Form, group string, answers []byte) error {
	switch {
	case p.flagged == nil:
		p.flagged = survey.NewTally(form)
	case !p.own:
		p.flagged = p.flagged.Clone()
	}
	p.own = true
	return p.flagged.Add(group, answers)
}

// strike flags the arrivals that are in a burst now that id has come, and id.
func (p *unitPool) strike(form *survey.Form, w *watch, id bson.ObjectID) error {
	burst := &p.flags[bits.TrailingZeros8(uint8(survey.Burst))]
	*burst++
	end := w.end()
	for i := w.n - 1; i >= w.n-len(w.ring); i-- {
		a := &w.ring[i%len(w.ring)]
		if bytes.Compare(a.ID[:], end[:]) <= 0 {
			break // it and those before it are flagged
		}
		*burst++
		if a.Answers == nil {
			continue
		}
		if err := p.flag(form, a.Group, a.Answers); err != nil {
			return err
		}
		a.Answers = nil
	}
	w.mark(id)
	return nil
}

// full reports whether a response that comes now completes a burst.
func (w *watch) full(id bson.ObjectID) bool {
	return w.n >= len(w.ring) && seconds(id)-seconds(w.ring[w.n%len(w.ring)].ID) <= int64(survey.BurstSpan/time.Second)
}

// end is the last id of the last burst; zero without one.
func (w *watch) end() bson.ObjectID {
	if len(w.spans) == 0 {
		return bson.ObjectID{}
	}
	return w.spans[len(w.spans)-1].To
}

// mark notes the burst from the oldest arrival to id; it goes on from the last
// one if they meet.
func (w *watch) mark(id bson.ObjectID) {
	oldest, end := w.ring[w.n%len(w.ring)].ID, w.end()
	if len(w.spans) > 0 && bytes.Compare(end[:], oldest[:]) >= 0 {
		w.spans[len(w.spans)-1].To = id
		return
	}
	w.spans = append(w.spans, burstSpan{oldest, id})
}

// hold keeps a response in place of the oldest one.
func (w *watch) hold(form *survey.Form, r *rawResponse, group string, flagged bool) {
	a := arrival{ID: r.id}
	if !flagged {
		a.Group = group
		a.Answers = bytes.Clone(r.answers)
		if len(a.Answers) > heldWhole {
			a.Answers, _ = form.EraseTexts(a.Answers)
		}
	}
	w.ring[w.n%len(w.ring)] = a
	w.n++
}

// has reports whether a response lies in a burst.
func (w *watch) has(id bson.ObjectID) bool {
	i, _ := slices.BinarySearchFunc(w.spans, id, func(s burstSpan, id bson.ObjectID) int { return bytes.Compare(s.To[:], id[:]) })
	return i < len(w.spans) && bytes.Compare(w.spans[i].From[:], id[:]) <= 0
}

func (w *watch) clone() *watch {
	if w == nil {
		return nil
	}
	c := *w
	c.spans = slices.Clone(w.spans)
	return &c
}

// burst reports whether a response of the unit lies in a burst.
func (p *unitPool) burst(ch survey.Channel, id bson.ObjectID) bool {
	for i := range p.parts {
		if p.parts[i].channel == ch && p.parts[i].watch != nil {
			return p.parts[i].watch.has(id)
		}
	}
	return false
}

// finish makes the counts, once nothing more is added.
func (p *unitPool) finish() error {
	p.own = false
	p.counts = UnitCounts{Flagged: p.flagged, ByChannel: make(map[survey.Channel]*survey.Tally, len(p.parts))}
	for i := range p.parts {
		part := &p.parts[i]
		part.own = false
		p.counts.ByChannel[part.channel] = part.tally
		switch {
		case i == 0:
			p.counts.All = part.tally
			continue
		case i == 1:
			p.counts.All = p.counts.All.Clone()
		}
		if err := p.counts.All.Merge(part.tally); err != nil {
			return err
		}
	}
	p.counts.Flags = flagCounts(p.flags)
	return nil
}

func flagCounts(n [survey.FlagKinds]int64) map[survey.Flags]int64 {
	counts := map[survey.Flags]int64{}
	for i, k := range n {
		if k > 0 {
			counts[1<<i] = k
		}
	}
	return counts
}

// groupName returns the form's own name of a group, so that none is made for
// each response.
func groupName(form *survey.Form, group []byte) string {
	for _, g := range form.Respondents {
		if g == string(group) {
			return g
		}
	}
	return string(group)
}

// seconds is the time of an id, in seconds since 1970.
func seconds(id bson.ObjectID) int64 { return int64(binary.BigEndian.Uint32(id[:4])) }

// fold adds responses to pools without touching the ones it started from.
type fold struct {
	form  *survey.Form
	base  map[string]*unitPool
	fresh map[string]*unitPool
}

func (f *fold) add(r *rawResponse) error {
	p, ok := f.fresh[string(r.unit)]
	if !ok {
		if f.fresh == nil {
			f.fresh = map[string]*unitPool{}
		}
		if old := f.base[string(r.unit)]; old != nil {
			p = old.grow()
		} else {
			p = &unitPool{}
		}
		f.fresh[string(r.unit)] = p
	}
	return p.add(f.form, r)
}

// result is the base with what was added.
func (f *fold) result() (map[string]*unitPool, error) {
	if f.fresh == nil {
		return f.base, nil
	}
	out := maps.Clone(f.base)
	for unit, p := range f.fresh {
		if err := p.finish(); err != nil {
			return nil, err
		}
		out[unit] = p
	}
	return out, nil
}
