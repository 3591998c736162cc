package site

import (
	"context"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// checkWithToken is checkSubmission for a submission with a token. The token is
// read only for its group or when something is wrong, to tell all of it at once;
// else storing the response reads and checks it.
func (s *Server) checkWithToken(ctx context.Context, c *survey.Campaign, form *survey.Form, unit string, in *submission) (survey.Answers, error) {
	in.channel = survey.Token
	if in.group != "" {
		if answers, err := checkSubmission(c, form, in); err == nil {
			return answers, nil
		}
	}
	if err := s.readToken(ctx, c, unit, in); err != nil {
		return survey.Answers{}, err
	}
	return checkSubmission(c, form, in)
}

// readToken looks up the token of a submission and checks what it is for; what
// is wrong with it is noted beside the other fields. A submission without a
// group gets the token's.
func (s *Server) readToken(ctx context.Context, c *survey.Campaign, unit string, in *submission) error {
	problem := func(path, key string, args ...any) {
		in.problems = append(in.problems, fault.Problem{Path: path, Key: key, Args: args})
	}
	t, err := s.findToken(ctx, in.from, in.token)
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && t.State == store.TokenRevoked:
		problem("token", "token.unknown")
	case err != nil:
		return err
	case t.Campaign != c.ID:
		problem("token", "token.campaign")
	case t.Unit != unit:
		problem("token", "token.unit", s.tokenUnit(ctx, t.Unit))
	case t.Group != "" && in.group == "":
		in.group = t.Group
	case t.Group != "" && in.group != t.Group:
		problem("group", "token.group", vi.Text("group."+t.Group))
	}
	return nil
}

// tokenUnit is a unit's name, or its code when it cannot be read.
func (s *Server) tokenUnit(ctx context.Context, code string) string {
	if u, err := s.store.Unit(ctx, code); err == nil {
		return u.Name
	}
	return code
}

// addWithToken stores a response under the token of its submission. Answers
// with one token that arrive together count as one: all get its receipt.
func (s *Server) addWithToken(ctx context.Context, c *survey.Campaign, in *submission, r *store.Response) (string, bool, error) {
	first, existed := false, false
	id := s.store.TokenID(in.token)
	receipt, err, _ := s.intake.flights.Do(c.ID+"/"+r.Unit+"/"+id, func() (any, error) {
		first = true
		receipt, was, err := s.store.AddWithToken(ctx, id, r)
		existed = was
		return receipt, err
	})
	switch {
	case fault.Is(err, fault.Invalid):
		return "", false, s.unfit(ctx, c, r.Unit, in)
	case err != nil:
		return "", false, tokenFault(err)
	}
	return receipt.(string), existed || !first, nil
}

// unfit says what a token is for that is not for this response.
func (s *Server) unfit(ctx context.Context, c *survey.Campaign, unit string, in *submission) error {
	if err := s.readToken(ctx, c, unit, in); err != nil {
		return err
	}
	return fault.List("public.answers", in.problems)
}

// tokenFault words the store's refusal of a token.
func tokenFault(err error) error {
	f := asFault(err)
	switch {
	case f.Kind == fault.NotFound && f.Key == "token.unknown":
		return fault.List("public.answers", []fault.Problem{{Path: "token", Key: f.Key}})
	case f.Key == "public.tokenUsed" && len(f.Args) == 1:
		if at, ok := f.Args[0].(time.Time); ok {
			return fault.New(f.Kind, f.Key, vi.Hour(at))
		}
	}
	return err
}
