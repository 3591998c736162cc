package site

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// codePath is the short address that printed invitations name: there the code
// is typed instead of the long address.
const codePath = "/moi"

// codeRoutes are the page on which the code of an invitation is typed.
func (s *Server) codeRoutes(r fiber.Router) {
	r.Get(codePath, s.codePage)
	r.Post(codePath, limitBody(MaxFormBody), s.codePost)
}

func (s *Server) codePage(c *fiber.Ctx) error { return s.showCode(c, "", nil) }

// showCode asks for a code; why is what was wrong with the one typed.
func (s *Server) showCode(c *fiber.Ctx, typed string, why error) error {
	p, err := s.publicPage(c, "")
	if err != nil {
		return err
	}
	p.Lang, p.Large, p.Styles = s.looks(c).lang, s.looks(c).large, append(p.Styles, surveyStyle)
	p.Title = p.T("codeTitle")
	if why != nil {
		f := asFault(why)
		p.Errors = []view.FieldError{{Field: "ma", Message: say(p, f.Key, f.Args...)}}
		c.Status(statuses[f.Kind])
		setRetry(c, why)
	}
	return c.Render("survey/code", view.InviteCode{Page: p, Typed: typed, Ask: codePath + s.looks(c).query()})
}

// codePost leads from a code to the survey that it is for. The code is sent in
// the body, so that a mistyped one is in no address.
func (s *Server) codePost(c *fiber.Ctx) error {
	typed := cut(c.FormValue("ma"), maxTokenTyped)
	t, err := s.findToken(c.UserContext(), s.visitorOf(c), typed)
	if err == nil {
		err = usable(t)
	}
	if err != nil {
		switch asFault(err).Kind {
		case fault.NotFound, fault.Conflict, fault.TooMany:
			return s.showCode(c, typed, err)
		}
		return err
	}
	to := surveyPath(t.Campaign, t.Unit) + s.looks(c).query(view.Pair{Name: tokenParam, Value: store.NormalToken(typed)})
	c.Set(fiber.HeaderReferrerPolicy, surveyReferrer)
	return c.Redirect(to, fiber.StatusSeeOther)
}

// shut says why a campaign takes no answers from the survey page, opened with
// an invitation or without; nil when it does.
func shut(k *survey.Campaign, invited bool) error {
	switch {
	case invited:
		return checkChannel(k, survey.Token)
	case !k.Accepts(survey.Web) && k.Accepts(survey.Token):
		return fault.New(fault.Conflict, "public.inviteOnly")
	}
	return checkChannel(k, survey.Web)
}

// asksCode reports whether a code typed anew helps against a refusal.
func asksCode(f *fault.Error) bool {
	switch f.Key {
	case "public.inviteOnly", "public.tokenUsed", "token.unknown", "token.campaign", "token.unit":
		return true
	}
	return false
}

// tooManyCodes refuses an address that tried too many wrong codes.
func (s *Server) tooManyCodes(v visitor) error {
	if v.local {
		return nil
	}
	after := s.intake.limits.guessed(v.address, s.now())
	if after == 0 {
		return nil
	}
	return &tooMany{why: fault.New(fault.TooMany, "token.tooMany", minutes(after)), retry: after, quiet: after}
}

// findToken looks up a typed code and counts the wrong ones of an address:
// NotFound when there is none, TooMany after MaxGuesses.
func (s *Server) findToken(ctx context.Context, v visitor, typed string) (store.Token, error) {
	if err := s.tooManyCodes(v); err != nil {
		return store.Token{}, err
	}
	t, err := s.store.Token(ctx, typed)
	if fault.Is(err, fault.NotFound) && !v.local && len(store.NormalToken(typed)) == store.TokenSize {
		s.intake.limits.guess(v.address, s.now())
	}
	return t, err
}

// usable says why a code may not be used: Conflict with the hour when it was
// used, NotFound when it was revoked.
func usable(t store.Token) error {
	switch t.State {
	case store.TokenUsed:
		return fault.New(fault.Conflict, "public.tokenUsed", vi.Hour(t.Used))
	case store.TokenRevoked:
		return fault.New(fault.NotFound, "token.unknown")
	}
	return nil
}
