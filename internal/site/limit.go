package site

import (
	"bytes"
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
)

// Limits of anonymous answers, each within LimitSpan. They are wide: a village
// may answer from one address. Only accepted responses count. One-use tokens,
// kiosks, surveyors and paper are exempt; so is a program on the server itself
// that comes without X-Forwarded-For (load, imports, tests).
const (
	LimitSpan = 10 * time.Minute
	// FreePerAddress is how many answers to one unit an address gives before a
	// proof of work is asked of it; HardPerAddress is where it has to wait.
	FreePerAddress = 30
	HardPerAddress = 600
	// BurstPerUnit is how many answers a unit gets from all addresses before a
	// proof of work is asked of everybody; HardPerUnit is where all have to wait.
	BurstPerUnit = 200
	HardPerUnit  = 5000
	// MaxTracked is how many addresses (times unit and campaign) are counted at
	// once, about 100 bytes each; beyond it the oldest are forgotten.
	MaxTracked = 200_000
	// MaxGuesses is how many wrong codes of invitations an address may try; each
	// has 65 random bits, so this only spares the database.
	MaxGuesses = 100
	// ChallengeRetry is the Retry-After of an answer that only lacks a proof of
	// work.
	ChallengeRetry = time.Second
)

// tooMany is a refusal with 429: with a challenge when solving it helps, else
// with the time to wait.
type tooMany struct {
	why       *fault.Error
	retry     time.Duration // after which the same call may be sent, the challenge solved
	quiet     time.Duration // after which it needs no challenge, when few others come
	challenge string        // JSON
}

func (t *tooMany) Error() string { return t.why.Error() }

// Unwrap gives fail the fault.
func (t *tooMany) Unwrap() error { return t.why }

// demand says what a further answer has to do to be taken.
type demand uint8

const (
	free      demand = iota
	challenge        // prove some work
	wait
)

// trackID is a hash of what is counted under a seed made at start and kept
// nowhere else: no address can be read out of what is counted. Two of MaxTracked
// share one with a chance of about 1 in a billion.
type trackID uint64

// limiter counts accepted answers by address and by unit, in memory.
type limiter struct {
	seed      maphash.Seed
	mu        sync.Mutex
	addresses map[trackID]window
	units     map[trackID]window
}

// window is a sliding count: that of the current span and of the one before,
// which fades out.
type window struct {
	span      int64 // number of the current span
	now, last uint32
}

func newLimiter() *limiter {
	return &limiter{seed: maphash.MakeSeed(), addresses: map[trackID]window{}, units: map[trackID]window{}}
}

func (l *limiter) id(parts ...string) trackID {
	var h maphash.Hash
	h.SetSeed(l.seed)
	for _, p := range parts {
		h.WriteString(p)
		h.WriteByte(0)
	}
	return trackID(h.Sum64())
}

// at moves the window on to t.
func (w window) at(t time.Time) window {
	switch span := t.UnixMilli() / LimitSpan.Milliseconds(); span - w.span {
	case 0:
		return w
	case 1:
		return window{span: span, last: w.now}
	default:
		return window{span: span}
	}
}

// count is how many answers lie within LimitSpan before t, as far as two
// numbers tell.
func (w window) count(t time.Time) int {
	w = w.at(t)
	passed := t.UnixMilli() % LimitSpan.Milliseconds()
	return int(w.now) + int(int64(w.last)*(LimitSpan.Milliseconds()-passed)/LimitSpan.Milliseconds())
}

// fades is how long after t the count falls below most when nothing more comes;
// 0 when it is below already. It is at most twice LimitSpan.
func (w window) fades(t time.Time, most int) time.Duration {
	if w.count(t) < most {
		return 0
	}
	w = w.at(t)
	left := LimitSpan - time.Duration(t.UnixMilli()%LimitSpan.Milliseconds())*time.Millisecond
	if int(w.now) < most { // within this span: what is left of the one before fades
		return max(left-spanOf(most-int(w.now), int(w.last)), time.Second)
	}
	return left + LimitSpan - spanOf(most, int(w.now))
}

// spanOf is the part of LimitSpan, in whole seconds, that n of all are.
func spanOf(n, all int) time.Duration {
	return (LimitSpan * time.Duration(n) / time.Duration(max(all, 1))).Truncate(time.Second)
}

// judge weighs a further answer from an address ("" is unknown) to a unit; the
// time is after how long it is free again, or for wait no longer refused, when
// nothing more comes.
func (l *limiter) judge(address, campaign, unit string, t time.Time) (demand, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all, own := l.units[l.id(campaign, unit)], window{}
	if address != "" {
		own = l.addresses[l.id(address, campaign, unit)]
	}
	if after := max(all.fades(t, HardPerUnit), own.fades(t, HardPerAddress)); after > 0 {
		return wait, max(after, time.Minute)
	}
	if after := max(all.fades(t, BurstPerUnit), own.fades(t, FreePerAddress)); after > 0 {
		return challenge, after
	}
	return free, 0
}

// add counts an accepted answer.
func (l *limiter) add(address, campaign, unit string, t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bump(l.units, l.id(campaign, unit), t)
	if address == "" {
		return
	}
	if len(l.addresses) >= MaxTracked {
		l.forget(t)
	}
	bump(l.addresses, l.id(address, campaign, unit), t)
}

// guess counts a wrong code of an invitation.
func (l *limiter) guess(address string, t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if address == "" {
		return
	}
	if len(l.addresses) >= MaxTracked {
		l.forget(t)
	}
	bump(l.addresses, l.id(address), t)
}

// guessed is how long an address has to wait after too many wrong codes; 0 is
// not at all.
func (l *limiter) guessed(address string, t time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if address == "" {
		return 0
	}
	return l.addresses[l.id(address)].fades(t, MaxGuesses)
}

func bump(m map[trackID]window, id trackID, t time.Time) {
	w := m[id].at(t)
	w.now++
	m[id] = w
}

// forget drops the addresses that no longer count; when too few are gone, any
// others down to seven eighths, in the map's random order.
func (l *limiter) forget(t time.Time) {
	for id, w := range l.addresses {
		if w.count(t) == 0 {
			delete(l.addresses, id)
		}
	}
	for id := range l.addresses {
		if len(l.addresses) <= MaxTracked/8*7 {
			return
		}
		delete(l.addresses, id)
	}
}

// visitor is where an answer comes from, for the limits alone: it is neither
// stored nor logged.
type visitor struct {
	address string // "" when it cannot be known
	local   bool   // a program on the server itself
}

// visitorOf reads the address behind trusted proxies: of X-Forwarded-For, which
// each proxy adds to on the right, the last one that is no trusted proxy.
func (s *Server) visitorOf(c *fiber.Ctx) visitor {
	remote, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	remote = remote.Unmap()
	forwarded := forwardedLines(c)
	switch {
	case forwarded != "" && c.IsProxyTrusted():
		return visitor{address: s.forwardedFor(forwarded)}
	case !remote.IsValid() || remote.IsUnspecified():
		return visitor{}
	case !remote.IsLoopback():
		return visitor{address: masked(remote)}
	case forwarded == "":
		return visitor{local: true}
	}
	s.intake.warn.Do(func() {
		s.log.Warn("a proxy on this machine forwards visitors, but THANTHIEN_TRUSTED_PROXIES does not name it: addresses count as unknown")
	})
	return visitor{}
}

// forwardedLines is X-Forwarded-For as one list: some proxies add a line of
// their own behind the one that the visitor made up.
func forwardedLines(c *fiber.Ctx) string {
	return string(bytes.Join(c.Request().Header.PeekAll(fiber.HeaderXForwardedFor), []byte(",")))
}

func (s *Server) forwardedFor(header string) string {
	hops := splitList(header)
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(hop)
		if err != nil {
			return ""
		}
		if a = a.Unmap(); !s.intake.trusts(a) {
			return masked(a)
		}
	}
	return ""
}

// masked is the address as it is counted: of IPv6 the network of one customer.
func masked(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(customerBits); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// customerBits is the length of the IPv6 network that one customer has at least.
const customerBits = 64
