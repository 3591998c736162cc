package docstore

import (
	"encoding/binary"
	"time"
)

// Lagging is implemented by an engine in which a document may become visible
// after one with a later ObjectID. A reader that must see every document of an
// Append collection exactly once keeps its watermark Lag behind the clock and
// reads the rest again each time. An engine without it commits in id order.
type Lagging interface {
	Lag() time.Duration
}

// Settled returns the bound up to which the Append collections of db are
// complete: no document with an id below it will appear any more. A watermark
// may advance to an id it has read that is below the bound, and no further.
func Settled(db DB, now time.Time) (bound ObjectID) {
	l, ok := db.(Lagging)
	if !ok {
		for i := range bound {
			bound[i] = 0xFF
		}
		return bound
	}
	binary.BigEndian.PutUint32(bound[:4], uint32(now.Add(-l.Lag()).Unix()))
	return bound
}
