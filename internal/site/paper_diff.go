package site

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// groupField is the name of the respondent group among the answers that differ.
const groupField = "group"

// entryDiff is one answer in which two entries differ, by the name that
// survey.Form.Check knows.
type entryDiff struct {
	name          string
	first, second any
}

// entryDiffs lists the answers in which two entries differ. Free texts that
// differ in spaces or capitals only are alike: two people never type them the
// same.
func entryDiffs(form *survey.Form, a, b *store.PaperEntry) ([]entryDiff, error) {
	first, err := unpacked(form, a)
	if err != nil {
		return nil, err
	}
	second, err := unpacked(form, b)
	if err != nil {
		return nil, err
	}
	var list []entryDiff
	for _, name := range answerNames(form) {
		if sameAnswer(first[name], second[name]) {
			continue
		}
		list = append(list, entryDiff{name, first[name], second[name]})
	}
	return list, nil
}

// unpacked are the answers of an entry by name, the group among them.
func unpacked(form *survey.Form, e *store.PaperEntry) (map[string]any, error) {
	answers, err := form.Unpack(e.Answers)
	if err != nil {
		return nil, err
	}
	values := form.Values(answers)
	values[groupField] = e.Group
	return values, nil
}

// answerNames are the names of all answers, the group first.
func answerNames(form *survey.Form) []string {
	names := []string{groupField}
	for _, q := range form.Questions() {
		names = append(names, q.Code)
		if q.Other {
			names = append(names, q.Code+"."+survey.OtherCode)
		}
	}
	return names
}

func sameAnswer(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		b, ok := b.(string)
		return ok && strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
	case []string:
		b, ok := b.([]string)
		return ok && slices.Equal(a, b)
	}
	return a == b
}

// differing finds a paper of a batch whose two entries differ.
func (s *Server) differing(c *fiber.Ctx, b *store.PaperBatch) (store.Paper, error) {
	serial, err := strconv.ParseInt(c.Params("serial"), 10, 64)
	if err != nil {
		return store.Paper{}, fault.New(fault.NotFound, "site.notFound")
	}
	p, err := s.store.Paper(c.UserContext(), b.ID, serial)
	if err == nil && p.State != store.PaperDiffers {
		err = fault.New(fault.Conflict, "paper.resolved", serial)
	}
	return p, err
}

// paperDiffPage shows both values of every answer that differs.
func (s *Server) paperDiffPage(c *fiber.Ctx) error {
	_, form, b, err := s.paperPile(c)
	if err != nil {
		return err
	}
	paper, err := s.differing(c, &b)
	if err != nil {
		return err
	}
	return s.showDiff(c, form, &b, &paper, rand.Text(), nil)
}

func (s *Server) showDiff(c *fiber.Ctx, form *survey.Form, b *store.PaperBatch, paper *store.Paper, key string, problems []view.FieldError) error {
	diffs, err := entryDiffs(form, paper.First, paper.Second)
	if err != nil {
		return err
	}
	p := view.PaperDiff{Page: s.page(c, vi.Text("paper.diffTitle", paper.Serial)), Back: batchPath(b), Heading: b.Title, Serial: paper.Serial,
		First: paper.First.By, Second: paper.Second.By, Key: key}
	p.Errors = problems
	for _, d := range diffs {
		p.Rows = append(p.Rows, view.PaperDiffRow{Name: "c." + d.name, Text: answerTitle(form, d.name),
			First: answerWords(form, d.name, d.first), Second: answerWords(form, d.name, d.second), Chosen: c.FormValue("c." + d.name)})
	}
	return c.Render("paper/diff", p)
}

// answerTitle is what an answer is to.
func answerTitle(form *survey.Form, name string) string {
	if name == groupField {
		return vi.Text("paper.groupColumn")
	}
	code, other := strings.CutSuffix(name, "."+survey.OtherCode)
	text := form.Question(code).Text
	if other {
		text += " (" + vi.Text("paper.otherColumn") + ")"
	}
	return text
}

// answerWords is an answer as people read it.
func answerWords(form *survey.Form, name string, v any) string {
	q := form.Question(name)
	switch v := v.(type) {
	case nil:
		return vi.Text("paper.noAnswer")
	case []string:
		var words []string
		for _, code := range v {
			words = append(words, optionLabel(q, code))
		}
		return strings.Join(words, "; ")
	case string:
		switch {
		case name == groupField:
			return vi.Text("group." + v)
		case q != nil && q.Kind == survey.Date:
			return dayText(v)
		case q != nil && q.Kind != survey.Text:
			return cmp.Or(optionLabel(q, v), v)
		}
		return v
	case interface{ String() string }: // json.Number
		return vi.Decimal(v.String())
	}
	return ""
}

// paperDiff takes the right one of each pair and puts the paper into the pool.
func (s *Server) paperDiff(c *fiber.Ctx) error {
	campaign, form, b, err := s.paperPile(c)
	if err != nil {
		return err
	}
	if err := s.paperClosed(&campaign); err != nil {
		return err
	}
	paper, err := s.differing(c, &b)
	if err != nil {
		return err
	}
	e, err := s.chosen(c, &campaign, form, &paper)
	if err != nil {
		f := asFault(err)
		if f.Kind != fault.Invalid {
			return err
		}
		var fields []view.FieldError
		for _, p := range f.Problems {
			fields = append(fields, view.FieldError{Field: "c." + p.Path, Message: vi.Text(p.Key, p.Args...)})
		}
		c.Status(statuses[fault.Invalid])
		return s.showDiff(c, form, &b, &paper, c.FormValue("key"), fields)
	}
	paper, err = s.store.ResolvePaper(c.UserContext(), b.ID, paper.Serial, e)
	if err == nil {
		err = s.record(c, "", audit.PaperResolved, "paper/"+b.ID, audit.Change{Field: "serial", After: strconv.FormatInt(paper.Serial, 10)})
	}
	if err == nil {
		err = s.store.PoolPaper(c.UserContext(), &b, form, &paper)
	}
	if err != nil {
		return err
	}
	return done(c, batchPath(&b), "paperResolved", int(paper.Serial))
}

// chosen is the entry that a person made of two.
func (s *Server) chosen(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, paper *store.Paper) (e store.PaperEntry, err error) {
	diffs, err := entryDiffs(form, paper.First, paper.Second)
	if err != nil {
		return e, err
	}
	values, err := unpacked(form, paper.First)
	if err != nil {
		return e, err
	}
	var problems []fault.Problem
	for _, d := range diffs {
		switch c.FormValue("c." + d.name) {
		case "1":
		case "2":
			values[d.name] = d.second
			if d.second == nil {
				delete(values, d.name)
			}
		default:
			problems = append(problems, fault.Problem{Path: d.name, Key: "paper.chooseOne"})
		}
	}
	if len(problems) > 0 {
		return e, fault.List("paper.chooseAll", problems)
	}
	group, _ := values[groupField].(string)
	delete(values, groupField)
	in := submission{group: group, answers: values, channel: survey.Paper, trusted: true}
	answers, err := checkSubmission(campaign, form, &in)
	user, _ := userOf(c)
	if err != nil {
		return e, err
	}
	return store.PaperEntry{Key: rand.Text(), By: user.Login, Group: group, Answers: form.Pack(answers)}, nil
}
