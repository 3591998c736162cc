package site

import (
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// reviewOne shows one response with its answers in words.
func (s *Server) reviewOne(c *fiber.Ctx) error {
	return s.showOne(c, "", nil)
}

func (s *Server) showOne(c *fiber.Ctx, reason string, errs []view.FieldError) error {
	v, err := s.reviewOf(c)
	if err != nil {
		return err
	}
	r, err := s.store.Response(c.UserContext(), v.campaign.ID, c.Params("id"))
	if err != nil {
		return err
	}
	marks, err := s.store.Bursts(c.UserContext(), &v.campaign)
	if err != nil {
		return err
	}
	v.bursts = marks.Has
	p := view.ReviewOne{Page: s.page(c, vi.Text("stats.reviewOne")), Back: "/khao-sat/" + v.campaign.ID + "/luot-tra-loi", Row: v.row(&r), Reason: reason, MaxReason: store.MaxReason}
	p.Errors, p.Flash = errs, flash(c)
	p.Facts = v.oneFacts(&r)
	if p.Answers, err = answerFacts(v.form, &r); err != nil {
		return err
	}
	if p.Figures, err = s.reviewFigures(c.UserContext(), &v.campaign, v.form, r.Unit); err != nil {
		return err
	}
	x, err := s.store.Exclusion(c.UserContext(), r.ID.Hex())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	for i := len(x.Steps) - 1; i >= 0; i-- {
		word := "stats.restored"
		if x.Steps[i].Excluded {
			word = "stats.wasExcluded"
		}
		p.History = append(p.History, view.HistoryRow{When: vi.DateTime(x.Steps[i].At), Who: x.Steps[i].Who, What: vi.Text(word) + ": " + x.Steps[i].Reason})
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("review/one", p)
}

func (v *reviewOf) oneFacts(r *store.Response) []view.Fact {
	row := v.row(r)
	facts := []view.Fact{{Label: vi.Text("word.unit"), Value: row.Unit}, {Label: vi.Text("word.respondents"), Value: row.Group}, {Label: vi.Text("stats.channel"), Value: row.Channel},
		{Label: vi.Text("word.time"), Value: row.When}, {Label: vi.Text("stats.seconds"), Value: row.Seconds}}
	if len(row.Flags) > 0 {
		facts = append(facts, view.Fact{Label: vi.Text("stats.flags"), Value: strings.Join(row.Flags, "; ")})
	}
	return facts
}

// answerFacts are the questions that were answered, with the answers in words.
func answerFacts(form *survey.Form, r *store.Response) ([]view.Fact, error) {
	answers, err := form.Unpack(r.Answers)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.response")
	}
	values := form.Values(answers)
	var facts []view.Fact
	for _, q := range form.Questions() {
		v, ok := values[q.Code]
		if !ok {
			continue
		}
		text := answerText(q, v)
		if other, ok := values[q.Code+".other"].(string); ok {
			text += ": " + other
		}
		facts = append(facts, view.Fact{Label: q.Code + ". " + q.Text, Value: text})
	}
	return facts, nil
}

func answerText(q *survey.Question, v any) string {
	switch v := v.(type) {
	case string:
		switch q.Kind {
		case survey.Scale, survey.Choice:
			return optionLabel(q, v)
		case survey.Date:
			return dayText(v)
		}
		return v
	case []string:
		var labels []string
		for _, code := range v {
			labels = append(labels, optionLabel(q, code))
		}
		return strings.Join(labels, "; ")
	case json.Number:
		return vi.Decimal(v.String())
	}
	return ""
}

// reviewDecideOne excludes or restores one response.
func (s *Server) reviewDecideOne(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	reason := vi.Clean(c.FormValue("ly-do"))
	_, err = s.decide(c, &campaign, []string{c.Params("id")}, reason)
	if errs := reviewErrors(err); len(errs) > 0 {
		return s.showOne(c, reason, errs)
	} else if err != nil {
		return err
	}
	return done(c, c.Path(), "decided", 1)
}
