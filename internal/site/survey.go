package site

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// surveyScripts make one screen per section, keep unsent answers, send them
// again after a lost connection, and read questions aloud.
var surveyScripts = []string{"survey.js", "draft.js", "listen.js"}

const (
	// powScript solves the challenge of a busy hour.
	powScript = "pow.js"
	// surveyReferrer keeps an invitation in the address from every Referer. The
	// stricter no-referrer would make browsers send Origin: null, which sameOrigin
	// refuses.
	surveyReferrer = "strict-origin"
	// surveyStyle is what survey pages need beside app.css.
	surveyStyle = "survey.css"
)

// surveyPage shows the form, or why it takes no answers.
func (s *Server) surveyPage(c *fiber.Ctx) error {
	id, unitCode := c.Params("campaign"), c.Params("unit")
	campaign, form, err := s.live(c.UserContext(), id, unitCode)
	if err != nil {
		return err
	}
	now := s.now()
	if why := stopped(campaign, now); why != nil {
		return s.showStopped(c, campaign, form, why)
	}
	if why := shut(campaign, c.Query(tokenParam) != ""); why != nil {
		return s.showStopped(c, campaign, form, why)
	}
	in := sheet{submission: submission{key: rand.Text(), token: cut(c.Query(tokenParam), maxTokenTyped)}, startedText: strconv.FormatInt(now.Unix(), 10)}
	if in.group, err = s.invitation(c.UserContext(), s.visitorOf(c), id, unitCode, in.token); err != nil {
		return s.showStopped(c, campaign, form, err)
	}
	page, err := s.surveyView(c, campaign, form, in, nil)
	if err != nil {
		return err
	}
	page.TokenFor = in.group
	if in.token == "" {
		page.Challenge, _ = s.challengeFor(c, id, unitCode)
	}
	if page.Challenge != "" {
		page.Scripts = append(page.Scripts, powScript)
	}
	// Without an invitation the page holds nothing of the respondent. A browser may
	// show it again when they go back, with the same key: a second sending is the
	// same response.
	if in.token == "" {
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
	}
	return c.Render("survey/form", page)
}

// maxTokenTyped is how much of a token in an address is looked at, in
// characters; people add spaces and hyphens.
const maxTokenTyped = 40

// surveyView fills the page with what was sent so far and what is wrong. Its
// address may hold an invitation, so it is never told to another site.
func (s *Server) surveyView(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, in sheet, problems []fault.Problem) (view.Survey, error) {
	c.Set(fiber.HeaderReferrerPolicy, surveyReferrer)
	u, err := s.store.Unit(c.UserContext(), c.Params("unit"))
	if err != nil {
		return view.Survey{}, err
	}
	base, err := s.publicPage(c, "")
	if err != nil {
		return view.Survey{}, err
	}
	settings, _, err := s.store.Settings(c.UserContext())
	if err != nil {
		return view.Survey{}, err
	}
	shown, sw, err := s.look(c, &base, form, view.Pair{Name: tokenParam, Value: in.token})
	if err != nil {
		return view.Survey{}, err
	}
	base.Title = base.T("title", u.Name)
	for _, p := range problems {
		base.Errors = append(base.Errors, view.FieldError{Field: answerField(form, p.Path), Message: say(base, p.Key, p.Args...)})
	}
	return view.Survey{
		Page: base, Campaign: campaign.Title, Unit: u.Name, Intro: view.Paragraphs(shown.Intro), Consent: view.Lines(shown.Consent), Phone: settings.Phone,
		Groups: view.GroupChoices(base.Lang, campaign.RespondentGroups(form), in.group), Sections: view.SurveySections(base.Lang, shown, in.answers, base.Error),
		Key: in.key, Started: in.startedText, Draft: draftName(campaign.ID, u.Code, in.token), Consented: in.consent,
		Form: store.Ref(form.ID, form.Version), Action: c.Path() + s.looks(c).query(), Switch: sw, Token: in.token,
	}, nil
}

// draftName is the browser's name for the unsent answers to a unit's survey,
// one for each invitation. It does not hold the invitation itself.
func draftName(campaign, unit, token string) string {
	name := "khao-sat/" + campaign + "/" + unit
	if token == "" {
		return name
	}
	sum := sha256.Sum256([]byte(store.NormalToken(token)))
	return name + "/" + hex.EncodeToString(sum[:6])
}

// answerField is the page's name of what a problem's path names.
func answerField(form *survey.Form, path string) string {
	if form.Question(strings.TrimSuffix(path, ".other")) != nil {
		return fieldPrefix + path
	}
	if path == "group" || path == "consent" {
		return path
	}
	return ""
}

// showStopped is the page of a campaign that takes no answers now, 410 when it
// is over and 409 when it is not open yet, paused or not answered here, and of an invitation that
// cannot be used: 409 when it was used, 404 else.
func (s *Server) showStopped(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, why error) error {
	f := asFault(why)
	if f.Kind != fault.Gone && f.Kind != fault.Conflict && f.Kind != fault.NotFound {
		return why
	}
	c.Set(fiber.HeaderReferrerPolicy, surveyReferrer)
	u, err := s.store.Unit(c.UserContext(), c.Params("unit"))
	if err != nil {
		return err
	}
	base, err := s.publicPage(c, "")
	if err != nil {
		return err
	}
	_, sw, err := s.look(c, &base, form, view.Pair{Name: tokenParam, Value: cut(c.Query(tokenParam), maxTokenTyped)})
	if err != nil {
		return err
	}
	base.Title = say(base, stoppedTitle(f))
	ask := ""
	if asksCode(f) {
		ask = codePath + s.looks(c).query()
	}
	return c.Status(statuses[f.Kind]).Render("survey/stopped", view.SurveyStopped{
		Ask:  ask,
		Page: base, Campaign: campaign.Title, Unit: u.Name, Message: say(base, f.Key, f.Args...), Switch: sw,
		Opens: vi.DateTime(campaign.Opens), Closes: vi.DateTime(campaign.Closes), Over: f.Kind == fault.Gone,
	})
}

func stoppedTitle(f *fault.Error) string {
	switch f.Key {
	case "public.closed":
		return "public.title.over"
	case "public.notOpen":
		return "public.title.early"
	case "public.paused":
		return "public.title.pause"
	case "public.tokenUsed":
		return "page.tokenUsed"
	case "public.inviteOnly":
		return "public.title.invited"
	case "public.channelOut":
		return "public.title.channel"
	}
	return "page.tokenBad"
}
