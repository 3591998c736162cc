package site

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// fieldPrefix starts the name of every answer's field: "a.q1", "a.q2.other".
const fieldPrefix = "a."

// sheet is what the page's form sent.
type sheet struct {
	submission
	consent     bool
	startedText string        // as it came, for showing the page again
	waited      time.Duration // how long it lay on a kiosk before it was sent
}

// surveyPost takes a filled form: to the receipt, or back to the page with the
// respondent's answers and what is wrong with them.
func (s *Server) surveyPost(c *fiber.Ctx) error {
	id, unitCode := c.Params("campaign"), c.Params("unit")
	campaign, form, err := s.live(c.UserContext(), id, unitCode)
	if err != nil {
		return err
	}
	in, err := readSheet(c)
	if err != nil {
		return s.showSheet(c, campaign, form, in, err)
	}
	in.from = s.visitorOf(c)
	known := deviceOf(c)
	in.again = s.answered(known, id, unitCode)
	receipt := ""
	if err = checkConsent(&in); err == nil || stopped(campaign, s.now()) != nil {
		receipt, _, err = s.accept(c.UserContext(), campaign, form, unitCode, &in.submission)
	}
	if err != nil {
		return s.showSheet(c, campaign, form, in, err)
	}
	s.remember(c, known, id, unitCode)
	return c.Redirect(surveyPath(id, unitCode)+"/xong?ma="+url.QueryEscape(receipt)+s.looks(c).more(), fiber.StatusSeeOther)
}

// showSheet shows the form with what was sent, when the respondent can do
// something about the error.
func (s *Server) showSheet(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, in sheet, why error) error {
	f := asFault(why)
	switch f.Kind {
	case fault.Invalid, fault.Gone, fault.Conflict, fault.TooMany:
	default:
		return why
	}
	page, err := s.surveyView(c, campaign, form, in, f.Problems)
	if err != nil {
		return err
	}
	page.Kept = true
	if refused, ok := errors.AsType[*tooMany](why); ok {
		page.Challenge = refused.challenge
		if page.Challenge != "" {
			page.Scripts = append(page.Scripts, powScript)
			page.Unsolved = say(page.Page, "public.noScript", minutes(refused.quiet))
		}
		setRetry(c, why)
	}
	if f.Kind != fault.Invalid {
		page.Stopped = say(page.Page, f.Key, f.Args...)
	}
	return c.Status(statuses[f.Kind]).Render("survey/form", page)
}

// setRetry tells a program when to send again what was refused as too many.
func setRetry(c *fiber.Ctx, why error) {
	if refused, ok := errors.AsType[*tooMany](why); ok {
		c.Set(fiber.HeaderRetryAfter, retryAfter(refused.retry))
	}
}

// retryAfter words a time to wait as the header has it: whole seconds.
func retryAfter(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

// checkConsent refuses a sheet without a tick, and lists the missing group
// along with it.
func checkConsent(in *sheet) error {
	if in.consent && (in.group != "" || in.token != "") {
		return nil
	}
	var problems []fault.Problem
	if in.group == "" && in.token == "" {
		problems = append(problems, fault.Problem{Path: "group", Key: "public.group"})
	}
	if !in.consent {
		problems = append(problems, fault.Problem{Path: "consent", Key: "public.consent"})
	}
	return fault.List("public.answers", problems)
}

// readSheet reads the form's fields by hand, several times faster than Fiber's
// BodyParser. A field that is not the page's is refused.
func readSheet(c *fiber.Ctx) (sheet, error) {
	in := sheet{submission: submission{answers: map[string]any{}, channel: survey.Web}}
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm) {
		return in, fault.New(fault.Unsupported, "public.formType")
	}
	var problems []fault.Problem
	c.Context().PostArgs().VisitAll(func(k, v []byte) {
		name, value := string(k), string(v)
		if code, ok := strings.CutPrefix(name, fieldPrefix); ok {
			values, _ := in.answers[code].([]string)
			in.answers[code] = append(values, value)
			return
		}
		switch name {
		case "group":
			in.group = value
		case "consent":
			in.consent = value == "1"
		case "key":
			in.key = value
		case "token", "t":
			in.token = value
		case "altcha":
			in.altcha = value
		case "cho":
			in.waited = waitedFor(value)
		case "started":
			in.startedText = value
			in.started = unixTime(value)
		default:
			problems = append(problems, fault.Problem{Path: clipField(name), Key: "public.formField", Args: []any{clipField(name)}})
		}
	})
	in.cleanUp()
	return in, fault.List("public.answers", problems)
}

// cleanUp puts a date typed as 15/03/2026 into the form's shape: browsers
// without a date picker show a plain field.
func (in *sheet) cleanUp() {
	for _, v := range in.answers {
		values := v.([]string)
		for i, s := range values {
			if t, err := time.Parse("2/1/2006", strings.TrimSpace(s)); err == nil {
				values[i] = t.Format(time.DateOnly)
			}
		}
	}
}

// waitedFor reads whole seconds; what could not have been on one shift is none.
func waitedFor(s string) time.Duration {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > int64(store.ShiftMost.Seconds()) {
		return 0
	}
	return time.Duration(n) * time.Second
}

func unixTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
