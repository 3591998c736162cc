package docstore

import "time"

// Lagging is implemented by an engine in which a document may become visible
// after one with a later ObjectID. A reader that must see every document of an
// Append collection exactly once keeps its watermark Lag behind the clock and
// reads the rest again each time. An engine without it commits in id order.
type Lagging interface {
	Lag() time.Duration
}
