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
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The two passes of keying.
const (
	firstPass  = 1
	secondPass = 2
)

// keying is one paper form as it was keyed in.
type keying struct {
	submission
	pass       int
	serial     int64 // 0: the next free number (first pass only)
	serialText string
}

// paperEntryPage shows an empty form for the next paper of a batch.
func (s *Server) paperEntryPage(c *fiber.Ctx) error {
	campaign, form, b, err := s.paperPile(c)
	if err != nil {
		return err
	}
	in := keying{pass: passOf(c.Query("lan"))}
	in.answers = map[string]any{}
	if n, err := strconv.ParseInt(c.Query("da-luu"), 10, 64); err == nil {
		return s.showEntry(c, &campaign, form, &b, in, vi.Text("paper.saved", strconv.FormatInt(n, 10)), nil)
	}
	return s.showEntry(c, &campaign, form, &b, in, "", nil)
}

func passOf(text string) int {
	if text == strconv.Itoa(secondPass) {
		return secondPass
	}
	return firstPass
}

// showEntry shows the form with what was keyed in and what is wrong with it.
func (s *Server) showEntry(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, b *store.PaperBatch, in keying, saved string, problems []fault.Problem) error {
	user, _ := userOf(c)
	p := view.PaperEntry{Page: s.page(c, vi.Text("paper.entryTitle", b.Title)), Back: batchPath(b), Action: batchPath(b) + "/nhap", Heading: b.Title, Double: b.Double,
		Pass: in.pass, Serial: in.serialText, Key: in.key, Login: user.Login, Saved: saved, Stopped: s.paperStopped(campaign)}
	p.Scripts, p.Wide = []string{"paper.js"}, true
	for _, e := range problems {
		field := e.Path
		if form.Question(field) != nil || strings.HasSuffix(field, "."+survey.OtherCode) {
			field = fieldPrefix + field
		}
		p.Errors = append(p.Errors, view.FieldError{Field: field, Message: vi.Text(e.Key, e.Args...)})
	}
	if p.Key == "" {
		p.Key = rand.Text()
	}
	var err error
	if p.Unit, err = s.unitName(c, b.Unit); err != nil {
		return err
	}
	p.Groups = view.PaperGroups(campaign.RespondentGroups(form), in.group)
	p.Sections = view.PaperSections(form, in.answers, p.Error)
	if p.Count, err = s.batchCount(c, b); err != nil {
		return err
	}
	if in.pass == secondPass && p.Serial == "" {
		next, err := s.nextSecond(c, b)
		if err != nil {
			return err
		}
		p.Serial, p.None = next, next == ""
	}
	return c.Render("paper/entry", p)
}

// batchCount says how many papers of a batch are keyed in.
func (s *Server) batchCount(c *fiber.Ctx, b *store.PaperBatch) (string, error) {
	counts, err := s.store.CountPapers(c.UserContext(), b.ID)
	total := 0
	for _, n := range counts {
		total += n
	}
	return vi.Text("paper.count", vi.Int(total)), err
}

// nextSecond is the serial number of the next paper that waits for this user's
// second entry, "" for none.
func (s *Server) nextSecond(c *fiber.Ctx, b *store.PaperBatch) (string, error) {
	user, _ := userOf(c)
	once, err := s.store.Papers(c.UserContext(), b.ID, store.PaperOnce)
	for _, p := range once {
		if p.First.By != user.Login {
			return strconv.FormatInt(p.Serial, 10), err
		}
	}
	return "", err
}

// paperEntry saves one keyed form and goes on to the next.
func (s *Server) paperEntry(c *fiber.Ctx) error {
	campaign, form, b, err := s.paperPile(c)
	if err != nil {
		return err
	}
	in := readKeying(c)
	p, err := s.saveKeying(c, &campaign, form, &b, &in)
	if err != nil {
		return s.refuseKeying(c, &campaign, form, &b, in, err)
	}
	if !wantsJSON(c) {
		return c.Redirect(batchPath(&b)+"/nhap?lan="+strconv.Itoa(in.pass)+"&da-luu="+strconv.FormatInt(p.Serial, 10), fiber.StatusSeeOther)
	}
	out := savedJSON{Serial: p.Serial, Message: savedText(&p), Key: rand.Text()}
	if out.Count, err = s.batchCount(c, &b); err == nil && in.pass == secondPass {
		out.Next, err = s.nextSecond(c, &b)
	}
	if err != nil {
		return err
	}
	return c.JSON(out)
}

// savedJSON tells the page what was saved and what comes next.
type savedJSON struct {
	Serial  int64  `json:"serial"`
	Message string `json:"message"`
	Count   string `json:"count"`
	Next    string `json:"next"` // serial number of the next paper, second pass only
	Key     string `json:"key"`  // idempotency key of the next form
}

func savedText(p *store.Paper) string {
	serial := strconv.FormatInt(p.Serial, 10)
	switch p.State {
	case store.PaperDiffers:
		return vi.Text("paper.savedDiffers", serial)
	case store.PaperReady:
		return vi.Text("paper.savedReady", serial)
	case store.PaperPooled:
		return vi.Text("paper.savedPooled", serial)
	}
	return vi.Text("paper.saved", serial)
}

// refuseKeying shows the form again with what was typed.
func (s *Server) refuseKeying(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, b *store.PaperBatch, in keying, why error) error {
	f := asFault(why)
	if wantsJSON(c) || statuses[f.Kind] >= fiber.StatusInternalServerError {
		return why
	}
	problems := f.Problems
	if len(problems) == 0 {
		problems = []fault.Problem{{Path: "so", Key: f.Key, Args: f.Args}}
	}
	c.Status(statuses[f.Kind])
	return s.showEntry(c, campaign, form, b, in, "", problems)
}

// saveKeying checks a keyed form and stores it as the entry it is.
func (s *Server) saveKeying(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, b *store.PaperBatch, in *keying) (p store.Paper, err error) {
	if err := s.paperClosed(campaign); err != nil {
		return p, err
	}
	answers, err := checkSubmission(campaign, form, &in.submission)
	if err != nil {
		return p, err
	}
	user, _ := userOf(c)
	e := store.PaperEntry{By: user.Login, Group: in.group, Answers: form.Pack(answers)}
	e.Key = entryKey(b.ID, in, e.Answers)
	switch {
	case in.pass == firstPass:
		p, err = s.store.AddPaper(c.UserContext(), *b, in.serial, e)
	case in.serial == 0:
		return p, fault.New(fault.Invalid, "paper.serialNeeded")
	default:
		p, err = s.store.SecondEntry(c.UserContext(), b.ID, in.serial, e, func(first, second store.PaperEntry) bool {
			diffs, err := entryDiffs(form, &first, &second)
			return err == nil && len(diffs) == 0
		})
	}
	if err != nil || p.State != store.PaperReady {
		return p, err
	}
	if err = s.store.PoolPaper(c.UserContext(), b, form, &p); err == nil {
		p.State = store.PaperPooled
	}
	return p, err
}

// entryKey makes the same form sent twice find itself, and a form that a copied
// window sends with an old key and other answers a paper of its own.
func entryKey(batch string, in *keying, answers []byte) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{batch, in.key, strconv.Itoa(in.pass), in.group, string(answers)}, "\x00")))
	if in.key == "" {
		return rand.Text()
	}
	return hex.EncodeToString(sum[:16])
}

// readKeying reads the fields of the entry form; what is not one of them is a
// problem.
func readKeying(c *fiber.Ctx) keying {
	in := keying{pass: firstPass, submission: submission{answers: map[string]any{}, channel: survey.Paper, trusted: true}}
	c.Context().PostArgs().VisitAll(func(k, v []byte) {
		name, value := string(k), string(v)
		if code, ok := strings.CutPrefix(name, fieldPrefix); ok {
			values, _ := in.answers[code].([]string)
			in.answers[code] = append(values, typedDate(value))
			return
		}
		switch name {
		case "group":
			in.group = value
		case "key":
			in.key = value
		case "lan":
			in.pass = passOf(value)
		case "so":
			in.serialText = strings.TrimSpace(value)
		case "_csrf":
		default:
			in.problems = append(in.problems, fault.Problem{Path: clipField(name), Key: "public.formField", Args: []any{clipField(name)}})
		}
	})
	if in.serialText != "" {
		n, err := strconv.ParseInt(in.serialText, 10, 64)
		if err != nil || n < 1 || n > store.MaxPaperSerial {
			in.problems = append(in.problems, fault.Problem{Path: "so", Key: "paper.serialWrong", Args: []any{store.MaxPaperSerial}})
		}
		in.serial = n
	}
	return in
}

// typedDate puts 15/3/2026 or 15032026 into the form's shape; anything else
// stays as it is.
func typedDate(text string) string {
	t := strings.TrimSpace(text)
	if len(t) < len("1/1/2026") || len(t) > len("15/03/2026") || strings.Count(t, "/") != 2 {
		return text
	}
	if day, ok := unit.ParseDate(t); ok {
		return string(day)
	}
	return text
}
