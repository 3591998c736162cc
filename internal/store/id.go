package store

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"sync"
	"time"
)

// idSource makes ids of audit events that sort by time, so that a reader may
// go on behind the last one it saw. Ids of one process always rise; those of
// two processes in one millisecond stand in any order.
type idSource struct {
	mu   sync.Mutex
	last uint64 // milliseconds
	tail uint64 // random at the start of a millisecond, then counting
}

var sortable = base32.HexEncoding.WithPadding(base32.NoPadding)

// next returns an id of 23 letters and digits for an event at t.
func (s *idSource) next(t time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var random [7]byte // the top byte stays 0, so that counting cannot overflow
	_, _ = rand.Read(random[:])
	now := uint64(max(t.UnixMilli(), 0))
	if now > s.last {
		s.last = now
		s.tail = binary.BigEndian.Uint64(append([]byte{0}, random[:]...))
	} else {
		s.tail++
	}
	b := binary.BigEndian.AppendUint64(nil, s.last)[2:]
	return sortable.EncodeToString(binary.BigEndian.AppendUint64(b, s.tail))
}
