package site

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// marksJSON is one stage of a dossier. Version is what If-Match takes, in
// quotes. Points, Groups and Total are the score that the marks give now.
type marksJSON struct {
	Unit       string                `json:"unit"`
	Stage      string                `json:"stage"`
	Version    int64                 `json:"version"`
	Marks      map[string]score.Mark `json:"marks"`
	Conditions map[string]bool       `json:"conditions"`
	Notes      map[string]string     `json:"notes"`
	Points     map[string]string     `json:"points"`
	Groups     map[string]string     `json:"groups"`
	Total      string                `json:"total"`
	Missing    []string              `json:"missing"`
	Visible    bool                  `json:"visible"` // false while the caller may not see what the stage gave
}

// marksIn is what PUT takes. A cell that is not named stays; null clears it.
// Base, sent instead of If-Match, is what the caller saw in the cells it names;
// a cell that it leaves out was empty.
type marksIn struct {
	cellsIn
	Base *cellsIn `json:"base"`
}

type cellsIn struct {
	Marks      map[string]json.RawMessage `json:"marks"`
	Conditions map[string]*bool           `json:"conditions"`
	Notes      map[string]*string         `json:"notes"`
}

// apiMarks answers with the marks of one stage and their version as ETag.
func (s *Server) apiMarks(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	stage, err := p.stage(c.Query("stage"))
	if err != nil {
		return err
	}
	return sendMarks(c, p, stage.Code)
}

func sendMarks(c *fiber.Ctx, p *place, stage string) error {
	r := p.seen(stage)
	out := marksJSON{
		Unit: p.unit.Code, Stage: stage, Version: p.dossier.Rev, Marks: map[string]score.Mark{}, Conditions: map[string]bool{},
		Notes: map[string]string{}, Points: map[string]string{}, Groups: map[string]string{}, Total: r.Total.String(r.Decimals),
		Missing: r.Codes(score.Missing), Visible: !p.hides(stage),
	}
	for code, e := range p.dossier.In(p.layer(stage)) {
		if condition, ok := dossier.ConditionOf(code); ok {
			if !e.Mark.Empty() {
				out.Conditions[condition] = e.Mark.Get(dossier.Met) == "true"
			}
		} else if !e.Mark.Empty() {
			out.Marks[code] = e.Mark
		}
		if e.Note != "" {
			out.Notes[code] = e.Note
		}
	}
	for _, l := range r.Leaves {
		if l.State != score.Missing {
			out.Points[l.Code] = l.Points.String(r.Decimals)
		}
	}
	for _, g := range r.Groups {
		out.Groups[g.Code] = g.Points.String(r.Decimals)
	}
	c.Set(fiber.HeaderETag, `"`+strconv.FormatInt(p.dossier.Rev, 10)+`"`)
	return c.JSON(out)
}

// apiPutMarks changes the named cells of one stage, all or none.
func (s *Server) apiPutMarks(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	stage, err := p.stage(c.Query("stage"))
	if err != nil {
		return err
	}
	if err := p.mayMark(stage.Code); err != nil {
		return err
	}
	in, err := readMarksIn(c)
	if err != nil {
		return err
	}
	rev, err := ifMatch(c, in.Base != nil)
	if err != nil {
		return err
	}
	edits, problems := in.edits(p.set, rev != store.AnyRev)
	for i, wrong := range problems {
		if condition, ok := dossier.ConditionOf(wrong.Path); ok && wrong.Key != "marks.badMark" { // that one stood among the marks
			problems[i].Path = "conditions." + condition
		}
	}
	if err := fault.List("marks.refused", problems, len(problems)); err != nil {
		return err
	}
	d, clashes, err := s.saveCells(c.UserContext(), p.period.ID, p.unit.Code, stage.Code, rev, edits, p.user.Login, p.mayStill(stage.Code))
	if len(clashes) > 0 || fault.Is(err, fault.Stale) {
		return s.sendConflicts(c, p.set, clashes)
	}
	if err != nil {
		return err
	}
	p.dossier = d
	return sendMarks(c, p, stage.Code)
}

// sendConflicts answers 412 with what stands in each cell and what was sent.
func (s *Server) sendConflicts(c *fiber.Ctx, set *rubric.Set, clashes []cellClash) error {
	f := fault.New(fault.Stale, "store.stale")
	if len(clashes) > 0 {
		f = fault.New(fault.Stale, "store.clash", len(clashes))
	}
	body := problem(f, statuses[fault.Stale], requestID(c))
	names := s.namesOf(c.UserContext())
	for _, x := range clashes {
		field, stored := "marks."+x.code, shownMark(set, x.code, x.stored.Mark)
		if condition, ok := dossier.ConditionOf(x.code); ok {
			field = "conditions." + condition
		}
		if x.note {
			field, stored = "notes."+x.code, x.stored.Note
		}
		sent := x.sent
		if sent == "" {
			sent = vi.Text("marks.none")
		}
		body.Conflicts = append(body.Conflicts, conflict{Field: field, Stored: stored, Sent: sent, By: names(x.stored.By)})
	}
	return c.Status(body.Status).JSON(body, "application/problem+json")
}

func readMarksIn(c *fiber.Ctx) (in marksIn, err error) {
	err = strictJSON(c, &in)
	return in, err
}

// ifMatch reads the version a write was made against: store.AnyRev when the
// caller sent what it saw cell by cell instead.
func ifMatch(c *fiber.Ctx, byCell bool) (int64, error) {
	header := strings.TrimSpace(c.Get(fiber.HeaderIfMatch))
	if header == "" && byCell {
		return store.AnyRev, nil
	}
	if header == "" || header == "*" {
		return 0, fault.New(fault.Required, "marks.ifMatch")
	}
	rev, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), 10, 64)
	if err != nil || rev < 0 {
		return -2, nil // the tag of something else: it matches no version
	}
	return rev, nil
}

// edits turns the body into edits. With a version (whole) what stands now is
// the base of every cell: the version proves that the caller saw it.
func (in marksIn) edits(set *rubric.Set, whole bool) (edits []cellEdit, problems []fault.Problem) {
	base := cellsIn{}
	if in.Base != nil {
		base = *in.Base
	}
	byCode := map[string]*cellEdit{}
	at := func(code string) *cellEdit {
		if byCode[code] == nil {
			byCode[code] = &cellEdit{code: code}
		}
		return byCode[code]
	}
	for code, raw := range in.Marks {
		e := at(code)
		e.hasMark = true
		var err error
		if e.mark, err = readMark(raw); err == nil {
			e.base, err = readMark(base.Marks[code])
		}
		if _, ok := dossier.ConditionOf(code); ok || err != nil {
			problems = append(problems, fault.Problem{Path: code, Key: "marks.badMark"})
		}
	}
	for code, met := range in.Conditions {
		e := at(dossier.ConditionPrefix + code)
		e.hasMark, e.mark, e.base = true, metMark(met), metMark(base.Conditions[code])
	}
	for code, note := range in.Notes {
		e := at(code)
		e.hasNote, e.note, e.noteBase = true, noteText(note), noteText(base.Notes[code])
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		e := *byCode[code]
		e.current = whole
		problems = append(problems, checkCell(set, e)...)
		edits = append(edits, e)
	}
	return edits, problems
}

func readMark(raw json.RawMessage) (score.Mark, error) {
	var m score.Mark
	if len(raw) == 0 || string(raw) == "null" {
		return m, nil
	}
	err := json.Unmarshal(raw, &m)
	for i := range m.Inputs {
		m.Inputs[i].Value = vi.Clean(m.Inputs[i].Value)
	}
	return m, err
}

func metMark(met *bool) score.Mark {
	if met == nil {
		return score.Mark{}
	}
	return score.NewMark(dossier.Met, strconv.FormatBool(*met))
}

func noteText(note *string) string {
	if note == nil {
		return ""
	}
	return vi.Clean(*note)
}
