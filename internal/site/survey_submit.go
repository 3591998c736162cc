package site

import (
	"context"
	"slices"
	"strings"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// Limits of what comes with the answers.
const (
	// MaxKey is the length of the longest idempotency key, in bytes.
	MaxKey = 200
	// MaxFilling is the longest time of filling in a form that is believed; a
	// page left open longer counts as unknown.
	MaxFilling = 12 * time.Hour
	// LateGrace is how long after the end of a campaign an interview, or a kiosk's
	// form, that was made before it is still taken: the tablet may have been
	// without network.
	LateGrace = 3 * 24 * time.Hour
)

// submission is one answer sheet as a client sent it, before any check.
type submission struct {
	group   string
	answers map[string]any // as survey.Form.Check takes them
	key     string         // the client's idempotency key; empty: it has none
	started time.Time      // when the form was opened; zero: unknown
	channel survey.Channel
	trusted bool // it came through a member of staff or a kiosk: no limits, no challenge
	// taken is when a trusted answer was given, if that was before it was sent;
	// seconds how long it took, instead of what started tells.
	taken   time.Time
	seconds int32
	token   string  // one-use; it makes the channel Token
	altcha  string  // a solved challenge
	from    visitor // for the limits
	again   bool    // the device has answered this unit's survey before
	// problems are the fields that could not be read; such a submission is
	// never accepted.
	problems []fault.Problem
}

// live returns a campaign that has the unit, and its form; NotFound else.
func (s *Server) live(ctx context.Context, id, unit string) (*survey.Campaign, *survey.Form, error) {
	if !survey.Slug(id) {
		return nil, nil, fault.New(fault.NotFound, "store.campaign", id)
	}
	c, form, err := s.store.LiveCampaign(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if !c.Has(unit) {
		return nil, nil, fault.New(fault.NotFound, "public.unit", unit)
	}
	return c, form, nil
}

// stopped says why a campaign takes no answers now: Gone when it is over,
// Conflict while it is not open yet or paused; nil when it is open.
func stopped(c *survey.Campaign, now time.Time) error {
	switch {
	case !now.Before(c.Closes):
		return fault.New(fault.Gone, "public.closed", vi.DateTime(c.Opens), vi.DateTime(c.Closes))
	case now.Before(c.Opens):
		return fault.New(fault.Conflict, "public.notOpen", vi.DateTime(c.Opens), vi.DateTime(c.Closes))
	case c.Paused:
		return fault.New(fault.Conflict, "public.paused")
	}
	return nil
}

// accept checks a submission and stores it durably. existed is true when the
// same key was accepted before: the receipt is the one given then.
func (s *Server) accept(ctx context.Context, c *survey.Campaign, form *survey.Form, unit string, in *submission) (receipt string, existed bool, err error) {
	now := s.now()
	if err := stopped(c, in.given(c, now)); err != nil {
		return s.earlier(ctx, c, unit, in.key, err)
	}
	answers, err := s.check(ctx, c, form, unit, in)
	if err != nil {
		return "", false, err
	}
	if err = checkChannel(c, in.channel); err == nil {
		err = s.admit(ctx, c, unit, in)
	}
	if err != nil {
		return s.earlier(ctx, c, unit, in.key, err)
	}
	r := &store.Response{
		Campaign: c.ID, Unit: unit, Key: s.store.ResponseKey(c.ID, unit, in.key), Group: in.group,
		Channel: in.channel, Seconds: in.took(now), Answers: form.Pack(answers),
	}
	r.Flags = flagsOf(c, form, answers, in, r.Seconds)
	if in.token != "" {
		return s.addWithToken(ctx, c, in, r)
	}
	receipt, existed, err = s.store.AddResponse(ctx, r)
	if err == nil && !existed && in.limited() {
		s.intake.limits.add(in.from.address, c.ID, unit, now)
	}
	return receipt, existed, err
}

// check is checkSubmission, and what is wrong with the token if there is one.
func (s *Server) check(ctx context.Context, c *survey.Campaign, form *survey.Form, unit string, in *submission) (survey.Answers, error) {
	if in.token != "" {
		return s.checkWithToken(ctx, c, form, unit, in)
	}
	return checkSubmission(c, form, in)
}

// given is the time that decides whether the campaign takes the answer: for an
// interview or a kiosk's form sent within LateGrace of the end, when it was made.
func (in *submission) given(c *survey.Campaign, now time.Time) time.Time {
	late := in.trusted && (in.channel == survey.Surveyor || in.channel == survey.Kiosk) && !in.taken.IsZero()
	if late && !now.Before(c.Closes) && now.Before(c.Closes.Add(LateGrace)) && !in.taken.Before(c.Opens) {
		return in.taken
	}
	return now
}

// checkChannel refuses a way of answering that the campaign has not opened.
func checkChannel(c *survey.Campaign, ch survey.Channel) error {
	if c.Accepts(ch) {
		return nil
	}
	var open []string
	for _, ch := range c.Channels {
		open = append(open, vi.Text("channel."+string(ch)))
	}
	return fault.New(fault.Conflict, "public.channelOut", strings.Join(open, ", "))
}

// flagsOf are the quality flags that are known on arrival.
func flagsOf(c *survey.Campaign, form *survey.Form, a survey.Answers, in *submission, took int32) survey.Flags {
	flags := form.FlagsOf(a, time.Duration(took)*time.Second, time.Duration(c.MinSeconds)*time.Second)
	if in.channel == survey.Paper {
		flags &^= survey.Fast // the time of keying in says nothing
	}
	if in.again && !in.trusted && in.channel == survey.Web {
		flags |= survey.Duplicate
	}
	return flags
}

// took is how many seconds filling in took; 0 is unknown.
func (in *submission) took(now time.Time) int32 {
	if in.seconds > 0 {
		return in.seconds
	}
	if !in.taken.IsZero() {
		now = in.taken
	}
	return seconds(in.started, now)
}

// earlier finds the receipt of a response that was accepted while the campaign
// was still open but whose answer got lost on the way; else it returns why.
func (s *Server) earlier(ctx context.Context, c *survey.Campaign, unit, key string, why error) (string, bool, error) {
	if key == "" {
		return "", false, why
	}
	receipt, there, err := s.store.EarlierReceipt(ctx, c.ID, unit, key)
	if err == nil && there {
		return receipt, true, nil
	}
	return "", false, why
}

// checkSubmission checks the group against the campaign and the answers
// against the form; the error lists every problem.
func checkSubmission(c *survey.Campaign, form *survey.Form, in *submission) (survey.Answers, error) {
	answers, err := form.Check(in.group, in.answers)
	if err == nil && len(in.problems) == 0 && len(in.key) <= MaxKey && c.Takes(form, in.group) && !answers.Empty() {
		return answers, nil
	}
	problems := slices.Clone(in.problems)
	add := func(path, key string, args ...any) {
		problems = append(problems, fault.Problem{Path: path, Key: key, Args: args})
	}
	if len(in.key) > MaxKey {
		add("key", "public.key", MaxKey)
	}
	if form.Opens(in.group) && !c.Takes(form, in.group) {
		add("group", "public.groupOut", vi.Text("group."+in.group))
	}
	switch {
	case err != nil:
		problems = append(problems, in.news(asFault(err).Problems)...)
	case answers.Empty() && !in.unread("answers"):
		add("answers", "public.blank")
	}
	return answers, fault.List("public.answers", problems)
}

// news are the form's problems without those that only follow from a group or
// answers that could not be read.
func (in *submission) news(problems []fault.Problem) []fault.Problem {
	return slices.DeleteFunc(problems, func(p fault.Problem) bool {
		return in.unread("answers") && p.Path != "group" || in.unread("group") && p.Path == "group"
	})
}

// unread reports whether a field of the call could not be read.
func (in *submission) unread(field string) bool {
	return slices.ContainsFunc(in.problems, func(p fault.Problem) bool { return p.Path == field })
}

// seconds is how long filling in took; 0 is unknown.
func seconds(started, now time.Time) int32 {
	d := now.Sub(started)
	if started.IsZero() || d < 0 || d > MaxFilling {
		return 0
	}
	return int32(max(d.Seconds(), 1))
}
