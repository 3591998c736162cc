package site

import (
	"crypto/rand"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// surveyScript makes one screen per section, keeps unsent answers and sends
// them again after a lost connection.
const surveyScript = "survey.js"

// surveyPage shows the form, or why it takes no answers.
func (s *Server) surveyPage(c *fiber.Ctx) error {
	campaign, form, err := s.live(c.UserContext(), c.Params("campaign"), c.Params("unit"))
	if err != nil {
		return err
	}
	now := s.now()
	if why := stopped(campaign, now); why != nil {
		return s.showStopped(c, campaign, why)
	}
	in := sheet{submission: submission{key: rand.Text()}, startedText: strconv.FormatInt(now.Unix(), 10)}
	page, err := s.surveyView(c, campaign, form, in, nil)
	if err != nil {
		return err
	}
	// The page holds nothing of the respondent. A browser may show it again when
	// they go back, with the same key: a second sending is the same response.
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Render("survey/form", page)
}

// surveyView fills the page with what was sent so far and what is wrong.
func (s *Server) surveyView(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, in sheet, problems []fault.Problem) (view.Survey, error) {
	u, err := s.store.Unit(c.UserContext(), c.Params("unit"))
	if err != nil {
		return view.Survey{}, err
	}
	base, err := s.publicPage(c, vi.Text("title.survey", u.Name))
	if err != nil {
		return view.Survey{}, err
	}
	base.Scripts = []string{surveyScript}
	for _, p := range problems {
		base.Errors = append(base.Errors, view.FieldError{Field: answerField(form, p.Path), Message: vi.Text(p.Key, p.Args...)})
	}
	return view.Survey{
		Page: base, Campaign: campaign.Title, Unit: u.Name, Intro: view.Paragraphs(form.Intro), Consent: view.Lines(form.Consent),
		Groups: view.GroupChoices(campaign.RespondentGroups(form), in.group), Sections: view.SurveySections(form, in.answers, base.Error),
		Key: in.key, Started: in.startedText, Draft: draftName(campaign.ID, u.Code), Consented: in.consent,
	}, nil
}

// draftName is the browser's name for the unsent answers to a unit's survey.
func draftName(campaign, unit string) string { return "khao-sat/" + campaign + "/" + unit }

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

// showStopped is the page of a campaign that takes no answers now: 410 when it
// is over, 409 when it is not open yet or paused.
func (s *Server) showStopped(c *fiber.Ctx, campaign *survey.Campaign, why error) error {
	u, err := s.store.Unit(c.UserContext(), c.Params("unit"))
	if err != nil {
		return err
	}
	f := asFault(why)
	base, err := s.publicPage(c, vi.Text(stoppedTitle(f.Key)))
	if err != nil {
		return err
	}
	return c.Status(statuses[f.Kind]).Render("survey/stopped", view.SurveyStopped{
		Page: base, Campaign: campaign.Title, Unit: u.Name, Message: vi.Text(f.Key, f.Args...),
		Opens: vi.DateTime(campaign.Opens), Closes: vi.DateTime(campaign.Closes), Over: f.Kind == fault.Gone,
	})
}

func stoppedTitle(key string) string {
	switch key {
	case "public.closed":
		return "public.title.over"
	case "public.notOpen":
		return "public.title.early"
	}
	return "public.title.pause"
}
