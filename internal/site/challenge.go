package site

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	altcha "github.com/altcha-org/altcha-lib-go"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/singleflight"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// The proof of work: a number below ChallengeWork, found by trying, whose hash
// is given. A phone needs about a second, and half of it on average.
const (
	ChallengeWork = 50_000
	ChallengeLife = 10 * time.Minute
	// MaxSolution is the length of the longest solution, in bytes.
	MaxSolution = 1000
)

// intake is what the server keeps in memory to take answers.
type intake struct {
	limits  *limiter
	flights singleflight.Group // answers with one token under way
	proxies []netip.Prefix
	warn    sync.Once
}

func newIntake(proxies []string) *intake {
	in := &intake{limits: newLimiter()}
	for _, p := range proxies {
		if prefix, err := netip.ParsePrefix(p); err == nil {
			in.proxies = append(in.proxies, prefix)
		} else if a, err := netip.ParseAddr(p); err == nil {
			in.proxies = append(in.proxies, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return in
}

func (in *intake) trusts(a netip.Addr) bool {
	for _, p := range in.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// splitList splits a header at its commas.
func splitList(header string) []string {
	parts := strings.Split(header, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// challengeJSON is a challenge as ALTCHA's clients read it.
type challengeJSON struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	MaxNumber int64  `json:"maxnumber"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// challengeFor returns a new challenge when the visitor's next answer to a unit
// needs one.
func (s *Server) challengeFor(c *fiber.Ctx, campaign, unit string) (text string, needed bool) {
	v := s.visitorOf(c)
	if v.local {
		return "", false
	}
	if need, _ := s.intake.limits.judge(v.address, campaign, unit, s.now()); need != challenge {
		return "", false
	}
	text, err := s.newChallenge(campaign, unit)
	return text, err == nil
}

// newChallenge makes a challenge for answers to one unit.
func (s *Server) newChallenge(campaign, unit string) (string, error) {
	ends := s.now().Add(ChallengeLife)
	ch, err := altcha.CreateChallenge(altcha.ChallengeOptions{
		Algorithm: altcha.SHA256, MaxNumber: ChallengeWork, HMACKey: s.store.ChallengeKey(),
		Expires: &ends, Params: url.Values{"c": {campaign}, "u": {unit}},
	})
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "internal")
	}
	text, err := json.Marshal(challengeJSON(ch))
	return string(text), err
}

// solved reports whether a solution is right, of this campaign and unit, not
// expired and not used before; it uses it up.
func (s *Server) solved(ctx context.Context, campaign, unit, solution string) (bool, error) {
	if solution == "" || len(solution) > MaxSolution {
		return false, nil
	}
	data, err := base64.StdEncoding.DecodeString(solution)
	var p altcha.Payload
	if err != nil || json.Unmarshal(data, &p) != nil || p.Algorithm != string(altcha.SHA256) {
		return false, nil
	}
	params := altcha.ExtractParams(p)
	ends, err := strconv.ParseInt(params.Get("expires"), 10, 64)
	if err != nil || s.now().Unix() > ends || !same(params.Get("c"), campaign) || !same(params.Get("u"), unit) {
		return false, nil
	}
	if right, err := altcha.VerifySolutionSafe(p, s.store.ChallengeKey(), false); err != nil || !right {
		return false, nil
	}
	return s.store.SpendChallenge(ctx, p.Challenge, time.Unix(ends, 0))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// admit refuses an anonymous answer that comes after too many others, until
// its sender has waited or proved some work; with a token, after too many wrong
// ones.
func (s *Server) admit(ctx context.Context, c *survey.Campaign, unit string, in *submission) error {
	if in.token != "" {
		return s.tooManyCodes(in.from)
	}
	if !in.limited() {
		return nil
	}
	need, after := s.intake.limits.judge(in.from.address, c.ID, unit, s.now())
	switch need {
	case free:
		return nil
	case wait:
		return &tooMany{why: fault.New(fault.TooMany, "public.tooMany", minutes(after)), retry: after, quiet: after}
	}
	if ok, err := s.solved(ctx, c.ID, unit, in.altcha); ok || err != nil {
		return err
	}
	text, err := s.newChallenge(c.ID, unit)
	if err != nil {
		return err
	}
	return &tooMany{why: fault.New(fault.TooMany, "public.challenge"), retry: ChallengeRetry, quiet: after, challenge: text}
}

// minutes rounds up to whole minutes, as sentences tell them.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// limited reports whether the limits of anonymous answers apply.
func (in *submission) limited() bool {
	return !in.trusted && !in.from.local && in.token == ""
}
