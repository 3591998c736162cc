package site

import (
	"context"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/view"
)

// What the addresses of the survey's pages say beside their path.
const (
	langParam  = "lang" // a language of the form
	sizeParam  = "chu"  // sizeLarge: large letters
	tokenParam = "t"    // a one-use invitation
	sizeLarge  = "lon"
)

// guise is how a respondent wants to see the survey: it is in every address,
// so that it needs neither a cookie nor a script.
type guise struct {
	lang  string // of the form; empty: its own
	large bool
}

func (s *Server) looks(c *fiber.Ctx) guise {
	l := guise{large: c.Query(sizeParam) == sizeLarge}
	if tag := c.Query(langParam); survey.LanguageTag(tag) && tag != survey.OwnLanguage {
		l.lang = tag
	}
	return l
}

// query is the looks as the query of an address, with further parameters.
func (l guise) query(more ...view.Pair) string {
	v := url.Values{}
	if l.lang != "" {
		v.Set(langParam, l.lang)
	}
	if l.large {
		v.Set(sizeParam, sizeLarge)
	}
	for _, p := range more {
		if p.Value != "" {
			v.Set(p.Name, p.Value)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// more is the looks behind the first parameter of an address.
func (l guise) more() string {
	if q := l.query(); q != "" {
		return "&" + q[1:]
	}
	return ""
}

// look puts the visitor's looks on a page of a form and returns the form in
// the visitor's language. more stays in the addresses of the other looks.
func (s *Server) look(c *fiber.Ctx, p *view.Page, form *survey.Form, more ...view.Pair) (*survey.Form, view.Switch, error) {
	l := s.looks(c)
	shown, used, tags, err := s.store.InLanguage(c.UserContext(), form, l.lang)
	if err != nil {
		return nil, view.Switch{}, err
	}
	if l.lang = used; used == survey.OwnLanguage {
		l.lang = ""
	}
	p.Lang, p.Large, p.Styles = l.lang, l.large, append(p.Styles, surveyStyle)
	p.Scripts = append(p.Scripts, surveyScripts...)
	var sw view.Switch
	at := func(l guise) string {
		if q := l.query(more...); q != "" {
			return c.Path() + q
		}
		return c.Path()
	}
	for _, tag := range tags {
		to := guise{tag, l.large}
		if tag == survey.OwnLanguage {
			to.lang = ""
		}
		sw.Languages = append(sw.Languages, view.LanguageLink{Tag: tag, Name: view.LanguageName(tag), URL: at(to), Current: tag == used})
	}
	if len(tags) == 1 {
		sw.Languages = nil
	}
	sw.Size = view.Link{Label: p.T("large"), URL: at(guise{l.lang, true})}
	if l.large {
		sw.Size = view.Link{Label: p.T("normal"), URL: at(guise{l.lang, false}), Current: true}
	}
	return shown, sw, nil
}

// say is a message's sentence in the page's language.
func say(p view.Page, key string, args ...any) string { return view.Say(p.Lang, key, args...) }

// invitation looks up the token of an address: its group when it may be used,
// or why it may not: Conflict with the hour of its use, NotFound else. Nothing
// else is told about it.
func (s *Server) invitation(ctx context.Context, v visitor, campaign, unitCode, typed string) (group string, err error) {
	if typed == "" {
		return "", nil
	}
	t, err := s.findToken(ctx, v, typed)
	switch {
	case err != nil:
		return "", err
	case t.Campaign != campaign:
		return "", fault.New(fault.NotFound, "token.campaign")
	case t.Unit != unitCode:
		return "", fault.New(fault.NotFound, "token.unit", s.tokenUnit(ctx, t.Unit))
	}
	return t.Group, usable(t)
}
