package site

import (
	"context"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// readToken looks up the token of a submission that has one and checks what it
// is for; what is wrong with it is noted beside the other fields. A submission
// without a group gets the token's.
func (s *Server) readToken(ctx context.Context, c *survey.Campaign, unit string, in *submission) (store.Token, error) {
	if in.token == "" {
		return store.Token{}, nil
	}
	in.channel = survey.Token
	problem := func(path, key string, args ...any) {
		in.problems = append(in.problems, fault.Problem{Path: path, Key: key, Args: args})
	}
	t, err := s.store.Token(ctx, in.token)
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && t.State == store.TokenRevoked:
		problem("token", "token.unknown")
		return t, nil
	case err != nil:
		return t, err
	case t.Campaign != c.ID:
		problem("token", "token.campaign")
	case t.Unit != unit:
		problem("token", "token.unit", s.tokenUnit(ctx, t.Unit))
	case t.Group != "" && in.group == "":
		in.group = t.Group
	case t.Group != "" && in.group != t.Group:
		problem("group", "token.group", vi.Text("group."+t.Group))
	}
	return t, nil
}

// tokenUnit is a unit's name, or its code when it cannot be read.
func (s *Server) tokenUnit(ctx context.Context, code string) string {
	if u, err := s.store.Unit(ctx, code); err == nil {
		return u.Name
	}
	return code
}

// addWithToken stores a response under its token. Answers with one token that
// arrive together count as one: all get its receipt.
func (s *Server) addWithToken(ctx context.Context, t store.Token, r *store.Response) (string, bool, error) {
	first, existed := false, false
	receipt, err, _ := s.intake.flights.Do(t.ID, func() (any, error) {
		first = true
		receipt, was, err := s.store.AddWithToken(ctx, t, r)
		existed = was
		return receipt, err
	})
	if err != nil {
		return "", false, tokenFault(err)
	}
	return receipt.(string), existed || !first, nil
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
