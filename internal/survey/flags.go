package survey

import (
	"math/bits"
	"slices"
	"time"
)

// Flags mark a response as doubtful. They never remove it.
type Flags uint8

// The quality flags.
const (
	Fast      Flags = 1 << iota // answered faster than a person reads
	Straight                    // the same option on every scale question
	Burst                       // one of too many within minutes
	Duplicate                   // a token or device nonce seen before

	FlagKinds = 4 // how many there are: bits 0..FlagKinds-1
)

// Thresholds of the flags.
const (
	FastPerQuestion = 2 * time.Second // default of min_seconds, per question shown
	StraightLeast   = 8               // scale questions answered
	BurstSize       = 20              // more than this many responses …
	BurstSpan       = 10 * time.Minute
)

// Names returns the flags' names in a fixed order.
func (f Flags) Names() []string {
	names := []string{}
	for i, name := range [FlagKinds]string{"fast", "straight", "burst", "duplicate"} {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// FlagsOf returns the flags that a response shows by itself: Fast and
// Straight. took is the time from opening the form to sending it, 0 when
// unknown; least is the time below which it is fast, 0 for FastPerQuestion for
// each question shown.
func (f *Form) FlagsOf(a Answers, took, least time.Duration) Flags {
	var flags Flags
	if f.fast(a, took, least) {
		flags |= Fast
	}
	if f.straight(a) {
		flags |= Straight
	}
	return flags
}

func (f *Form) fast(a Answers, took, least time.Duration) bool {
	if took <= 0 {
		return false
	}
	if least <= 0 {
		least = FastPerQuestion * time.Duration(f.Shown(a))
	}
	return took < least
}

// straight reports the same option code on all scale questions answered, when
// they are at least StraightLeast.
func (f *Form) straight(a Answers) bool {
	n, code := 0, ""
	for _, q := range f.questions {
		v := a.values[q.pos]
		if q.Kind != Scale || !v.answered() {
			continue
		}
		c := q.optionCode(bits.TrailingZeros64(v.mask))
		if n > 0 && c != code {
			return false
		}
		n, code = n+1, c
	}
	return n >= StraightLeast
}

// Bursts marks, for the times of all responses to one unit through one
// channel, those that lie within some span of BurstSpan that holds more than
// BurstSize of them. The times may be in any order.
func Bursts(times []time.Time) []bool {
	order := make([]int, len(times))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return times[a].Compare(times[b]) })
	marks := make([]bool, len(times))
	from, marked := 0, 0 // order[:marked] is settled
	for to := range order {
		for times[order[to]].Sub(times[order[from]]) > BurstSpan {
			from++
		}
		if to-from+1 > BurstSize {
			for marked = max(marked, from); marked <= to; marked++ {
				marks[order[marked]] = true
			}
		}
	}
	return marks
}
