package site

import (
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// MaxFeedbackBody is the largest form of the feedback desk, in bytes.
const MaxFeedbackBody = 128 << 10

// feedbackRoutes adds the feedback desk.
func (s *Server) feedbackRoutes(r fiber.Router) {
	form := limitBody(MaxFeedbackBody)
	send, answer := s.may(account.SendFeedback), s.may(account.Answer)
	r.Get("/gop-y-da-xu-ly", s.handled)
	r.Get("/gop-y", s.atDesk, s.feedbackList)
	r.Get("/gop-y/moi", send, s.feedbackNewPage)
	r.Post("/gop-y/moi", send, form, s.feedbackNew)
	r.Get("/gop-y/y-kien/:campaign", answer, s.ownTexts)
	r.Get("/gop-y/:id", s.atDesk, s.feedbackOne)
	r.Post("/gop-y/:id/tra-loi", answer, form, s.feedbackAnswer)
	r.Post("/gop-y/:id/xu-ly", send, form, s.feedbackHandle)
}

// atDesk lets through who sends suggestions and who answers them.
func (s *Server) atDesk(c *fiber.Ctx) error {
	if mayDo(c, account.SendFeedback) {
		return c.Next()
	}
	return s.may(account.Answer)(c)
}

// personal finds what may identify somebody: a row of digits as of phone and
// identity numbers, or an address of e-mail.
var personal = regexp.MustCompile(`(\d[ .\-]?){8,}|[^\s@]+@[^\s@]+\.[^\s@]+`)

// feedbackMay returns the suggestion of the address if the visitor may see it.
func (s *Server) feedbackMay(c *fiber.Ctx) (store.Feedback, error) {
	f, err := s.store.Feedback(c.UserContext(), c.Params("id"))
	if err != nil {
		return f, err
	}
	u, _ := userOf(c)
	if !mayDo(c, account.SendFeedback) && (f.Unit != u.Unit || !f.WithUnit()) {
		return f, fault.New(fault.NotFound, "stats.feedbackMissing", f.ID)
	}
	return f, nil
}

// feedbackNewPage shows the form that copies a text for the commune.
func (s *Server) feedbackNewPage(c *fiber.Ctx) error {
	p, _, err := s.feedbackDraft(c, c.Query("dot"), c.Query("luot"), c.Query("cau"))
	if err != nil {
		return err
	}
	return c.Render("feedback/new", p)
}

// feedbackDraft copies a text out of its response. What is stored later has no
// way back to it.
func (s *Server) feedbackDraft(c *fiber.Ctx, campaignID, response, code string) (view.FeedbackOne, store.Feedback, error) {
	p := view.FeedbackOne{Page: s.page(c, vi.Text("stats.forward")), MaxText: store.MaxFeedbackText}
	campaign, err := s.store.Campaign(c.UserContext(), campaignID)
	if err != nil {
		return p, store.Feedback{}, err
	}
	form, err := s.store.Form(c.UserContext(), campaign.FormID, campaign.FormVer)
	if err != nil {
		return p, store.Feedback{}, err
	}
	r, err := s.store.Response(c.UserContext(), campaign.ID, response)
	if err != nil {
		return p, store.Feedback{}, err
	}
	answers, err := form.Unpack(r.Answers)
	if err != nil {
		return p, store.Feedback{}, fault.Wrap(err, fault.Internal, "store.response")
	}
	f := store.Feedback{Campaign: campaign.ID, Unit: r.Unit, Question: code}
	for _, t := range form.Texts(answers) {
		if t.Question.Code == code {
			f.Text = t.Text
		}
	}
	if f.Text == "" {
		return p, f, fault.New(fault.NotFound, "stats.noText")
	}
	p.Campaign, p.Text, p.Unit = campaign.Title, f.Text, s.placeName(c, f.Unit)
	p.Question, p.Back, p.URL = questionText(form, code), "/khao-sat/"+campaign.ID+"/y-kien", c.OriginalURL()
	p.Warning = warning(f.Text)
	return p, f, nil
}

func questionText(form *survey.Form, code string) string {
	if q := form.Question(code); q != nil {
		return q.Text
	}
	return code
}

func warning(text string) string {
	if found := personal.FindString(text); found != "" {
		return vi.Text("stats.personal", found)
	}
	return ""
}

func (s *Server) placeName(c *fiber.Ctx, code string) string {
	u, err := s.store.Unit(c.UserContext(), code)
	if err != nil || u.Name == "" {
		return code
	}
	return u.Name
}

// feedbackNew stores the copy and sends it to the commune.
func (s *Server) feedbackNew(c *fiber.Ctx) error {
	p, f, err := s.feedbackDraft(c, c.Query("dot"), c.Query("luot"), c.Query("cau"))
	if err != nil {
		return err
	}
	f.Text, f.Due = vi.Clean(c.FormValue("noi-dung")), c.FormValue("han")
	p.Text, p.Due, p.Warning = f.Text, f.Due, warning(f.Text)
	p.Errors = feedbackProblems(f.Text, "noi-dung", store.MaxFeedbackText)
	p.Errors = append(p.Errors, dueProblems(f.Due)...)
	if p.Warning != "" && c.FormValue("chac") != "1" {
		p.Errors = append(p.Errors, view.FieldError{Field: "noi-dung", Message: p.Warning})
	}
	if len(p.Errors) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("feedback/new", p)
	}
	u, _ := userOf(c)
	f.Step(store.FeedbackNew, u.Login, "", s.now())
	f.Step(store.FeedbackSent, u.Login, "", s.now())
	id, err := s.store.AddFeedback(c.UserContext(), f, u.Login)
	if err != nil {
		return err
	}
	return done(c, "/gop-y/"+id, "feedback_sent")
}

func feedbackProblems(text, field string, most int) []view.FieldError {
	if n := utf8.RuneCountInString(text); n == 0 || n > most {
		return []view.FieldError{{Field: field, Message: vi.Text("stats.textLength", vi.Int(most))}}
	}
	return nil
}

func dueProblems(day string) []view.FieldError {
	if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
		return []view.FieldError{{Field: "han", Message: vi.Text("stats.badDay")}}
	}
	return nil
}

// feedbackOne shows one suggestion.
func (s *Server) feedbackOne(c *fiber.Ctx) error {
	f, err := s.feedbackMay(c)
	if err != nil {
		return err
	}
	return s.showFeedback(c, f, f.Answer, "", nil)
}

// showFeedback shows a suggestion with the answer as the visitor has it.
func (s *Server) showFeedback(c *fiber.Ctx, f store.Feedback, answer, remark string, errs []view.FieldError) error {
	p, err := s.feedbackView(c, f)
	if err != nil {
		return err
	}
	p.Answer, p.Remark, p.Errors = answer, remark, errs
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("feedback/one", p)
}

func (s *Server) feedbackView(c *fiber.Ctx, f store.Feedback) (view.FeedbackOne, error) {
	campaign, err := s.store.Campaign(c.UserContext(), f.Campaign)
	if err != nil {
		return view.FeedbackOne{}, err
	}
	form, err := s.store.Form(c.UserContext(), campaign.FormID, campaign.FormVer)
	if err != nil {
		return view.FeedbackOne{}, err
	}
	province := mayDo(c, account.SendFeedback)
	p := view.FeedbackOne{Page: s.page(c, vi.Text("stats.suggestion")), Back: "/gop-y", URL: "/gop-y/" + f.ID, Version: f.Version,
		Unit: s.placeName(c, f.Unit), Campaign: campaign.Title, Question: questionText(form, f.Question), Month: monthText(f.Month), Text: f.Text, Answer: f.Answer,
		State: feedbackTag(f.State), Overdue: f.Overdue(s.today()), Public: f.Public, MaxText: store.MaxFeedbackText, MaxRemark: store.MaxFeedbackRemark,
		CanAnswer: !province && (f.State == store.FeedbackSent || f.State == store.FeedbackReturned || f.State == store.FeedbackAnswered), CanClose: province}
	if f.Due != "" {
		p.Due = dayText(f.Due)
	}
	p.Flash = flash(c)
	for i := len(f.History) - 1; i >= 0; i-- {
		h := f.History[i]
		what := vi.Text("stats.state." + h.State)
		if h.Remark != "" {
			what += ": " + h.Remark
		}
		p.History = append(p.History, view.HistoryRow{When: vi.DateTime(h.At), Who: h.Who, What: what})
	}
	p.Closed, p.MayReturn = f.State == store.FeedbackClosed, f.State == store.FeedbackAnswered
	p.MayPublish = p.Closed && f.Answer != "" && f.Text != ""
	return p, nil
}

// today is the day in Vietnam, as days are stored.
func (s *Server) today() string { return s.now().In(vi.Zone).Format(time.DateOnly) }

// monthText is a stored month ("2026-11") as "11/2026".
func monthText(m string) string {
	if t, err := time.Parse("2006-01", m); err == nil {
		return t.Format("01/2006")
	}
	return m
}

func feedbackTag(state string) view.Tag {
	looks := map[string]string{store.FeedbackNew: "off", store.FeedbackSent: "warn", store.FeedbackAnswered: "good", store.FeedbackReturned: "bad", store.FeedbackClosed: ""}
	return view.Tag{Text: vi.Text("stats.state." + state), Look: looks[state]}
}

// feedbackAnswer stores the commune's answer. When somebody else was faster
// both texts are shown.
func (s *Server) feedbackAnswer(c *fiber.Ctx) error {
	f, err := s.feedbackMay(c)
	if err != nil {
		return err
	}
	answer := vi.Clean(c.FormValue("tra-loi"))
	if errs := feedbackProblems(answer, "tra-loi", store.MaxFeedbackText); len(errs) > 0 {
		return s.showFeedback(c, f, answer, "", errs)
	}
	if err := checkVersion(c, f.Version); err != nil {
		return s.feedbackClash(c, f, answer, "")
	}
	if f.State == store.FeedbackClosed {
		return fault.New(fault.Conflict, "stats.closedAlready")
	}
	u, _ := userOf(c)
	f.Answer, f.Answered = answer, s.now()
	f.Step(store.FeedbackAnswered, u.Login, "", s.now())
	return s.feedbackSave(c, f, answer, "", "answered")
}

// feedbackHandle lets the province return an answer with a remark, close the
// suggestion, or show and hide it in public.
func (s *Server) feedbackHandle(c *fiber.Ctx) error {
	f, err := s.feedbackMay(c)
	if err != nil {
		return err
	}
	remark, act := vi.Clean(c.FormValue("nhan-xet")), c.FormValue("viec")
	if err := checkVersion(c, f.Version); err != nil {
		return s.feedbackClash(c, f, f.Answer, remark)
	}
	if utf8.RuneCountInString(remark) > store.MaxFeedbackRemark || act == "tra" && remark == "" {
		return s.showFeedback(c, f, f.Answer, remark, []view.FieldError{{Field: "nhan-xet", Message: vi.Text("stats.textLength", vi.Int(store.MaxFeedbackRemark))}})
	}
	u, _ := userOf(c)
	switch {
	case act == "tra" && f.State == store.FeedbackAnswered:
		f.Step(store.FeedbackReturned, u.Login, remark, s.now())
	case act == "dong" && f.State != store.FeedbackClosed:
		f.Public = c.FormValue("cong-khai") == "1" && f.Answer != ""
		f.Step(store.FeedbackClosed, u.Login, remark, s.now())
	case act == "cong-khai" && f.State == store.FeedbackClosed && f.Answer != "" && f.Text != "":
		f.Public = !f.Public
	default:
		return fault.New(fault.Conflict, "stats.wrongState")
	}
	return s.feedbackSave(c, f, f.Answer, remark, "feedback_saved")
}

// feedbackSave stores a step.
func (s *Server) feedbackSave(c *fiber.Ctx, f store.Feedback, answer, remark, sentence string) error {
	u, _ := userOf(c)
	err := s.store.PutFeedback(c.UserContext(), f, u.Login)
	if fault.Is(err, fault.Stale) {
		now, err := s.feedbackMay(c)
		if err != nil {
			return err
		}
		return s.feedbackClash(c, now, answer, remark)
	}
	if err != nil {
		return err
	}
	return done(c, "/gop-y/"+f.ID, sentence)
}

// feedbackClash shows what was typed beside what somebody else has saved.
func (s *Server) feedbackClash(c *fiber.Ctx, now store.Feedback, answer, remark string) error {
	p, err := s.feedbackView(c, now)
	if err != nil {
		return err
	}
	p.Theirs, p.Answer, p.Remark = now.Answer, answer, remark
	p.Errors = []view.FieldError{{Field: "tra-loi", Message: vi.Text("stats.clash")}}
	c.Status(fiber.StatusPreconditionFailed)
	return c.Render("feedback/one", p)
}
