package store

import (
	"context"
	"maps"
	"math/bits"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// lane is one channel of one unit: what bursts are looked for in.
type lane struct {
	unit    string
	channel survey.Channel
}

// Recount counts a campaign from its responses alone, for verification. It
// shares nothing with the live counts: it reads everything twice, first the
// times that tell the bursts. What is excluded is not looked at.
func (s *Store) Recount(ctx context.Context, c *survey.Campaign) (map[string]*UnitCounts, error) {
	return s.recount(ctx, c, bson.ObjectID{})
}

// recount is Recount up to the response with id last; zero for all.
func (s *Store) recount(ctx context.Context, c *survey.Campaign, last bson.ObjectID) (map[string]*UnitCounts, error) {
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return nil, err
	}
	times := map[lane][]time.Time{}
	err = s.eachRaw(ctx, c.ID, last, func(r *rawResponse) error {
		l := lane{string(r.unit), r.channel}
		times[l] = append(times[l], r.id.Timestamp())
		return nil
	})
	if err != nil {
		return nil, err
	}
	bursts := make(map[lane][]bool, len(times))
	for l, list := range times {
		bursts[l] = make([]bool, len(list))
		if l.channel.Timed() {
			bursts[l] = survey.Bursts(list)
		}
	}
	counts := map[string]*UnitCounts{}
	err = s.eachRaw(ctx, c.ID, last, func(r *rawResponse) error {
		l := lane{string(r.unit), r.channel}
		if len(bursts[l]) == 0 {
			return nil // it came after the first reading
		}
		flags := r.flags &^ survey.Burst
		if bursts[l][0] {
			flags |= survey.Burst
		}
		bursts[l] = bursts[l][1:]
		u := counts[l.unit]
		if u == nil {
			u = &UnitCounts{All: survey.NewTally(form), Flags: map[survey.Flags]int64{}, ByChannel: map[survey.Channel]*survey.Tally{}}
			counts[l.unit] = u
		}
		return u.add(form, r, flags)
	})
	return counts, err
}

// eachRaw calls do for the responses of a campaign up to an id; zero for all.
func (s *Store) eachRaw(ctx context.Context, campaign string, last bson.ObjectID, do func(*rawResponse) error) error {
	q := docstore.Query{In: responses, On: responseTail, Eq: []any{campaign}}
	if !last.IsZero() {
		q.To = after(last)
	}
	for raw, err := range s.db.Find(ctx, q) {
		if err != nil {
			return err
		}
		r, err := readRaw(raw)
		if err == nil {
			err = do(&r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add counts one response with its flags.
func (u *UnitCounts) add(form *survey.Form, r *rawResponse, flags survey.Flags) error {
	into := []*survey.Tally{u.All, u.ByChannel[r.channel]}
	if into[1] == nil {
		into[1] = survey.NewTally(form)
		u.ByChannel[r.channel] = into[1]
	}
	if flags != 0 {
		if u.Flagged == nil {
			u.Flagged = survey.NewTally(form)
		}
		into = append(into, u.Flagged)
	}
	for _, t := range into {
		if err := t.Add(string(r.group), r.answers); err != nil {
			return fault.Wrap(err, fault.Internal, "store.response")
		}
	}
	for f := flags; f != 0; f &= f - 1 {
		u.Flags[1<<bits.TrailingZeros8(uint8(f))]++
	}
	return nil
}

// Differs names what is not the same in the counts of a unit; "" for nothing.
// What is excluded is not looked at.
func (u *UnitCounts) Differs(o *UnitCounts) string {
	switch {
	case !u.All.Equal(o.All):
		return "all"
	case (u.Flagged == nil) != (o.Flagged == nil) || u.Flagged != nil && !u.Flagged.Equal(o.Flagged):
		return "flagged"
	case !maps.Equal(u.Flags, o.Flags):
		return "flags"
	case !maps.EqualFunc(u.ByChannel, o.ByChannel, (*survey.Tally).Equal):
		return "channels"
	}
	return ""
}
