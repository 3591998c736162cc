package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// stampSheet is the hidden sheet that says what the workbook was made from.
const stampSheet = "_thanthien"

// criteriaFormat is the version of the workbook's layout.
const criteriaFormat = "criteria-1"

// spareRows are the empty rows under a table that have its choices and formats.
const spareRows = 300

// criteriaBook is a criteria set being written.
type criteriaBook struct {
	*book
	set *rubric.Set
}

// WriteCriteria writes a criteria set as a workbook that an official can edit
// and ReadCriteria reads back without loss. The headings are locked; cells with
// few possible values offer them.
func WriteCriteria(w io.Writer, set *rubric.Set) error {
	b := &criteriaBook{book: newBook(set.Title, time.Unix(0, 0)), set: set}
	b.unlock()
	b.info()
	b.tree()
	b.lists()
	b.notes()
	b.stamp()
	return b.write(w)
}

// unlock makes every cell without a style of its own editable: a row of a
// protected sheet can be deleted only when all its cells are.
func (b *criteriaBook) unlock() {
	id := b.style(style{unlocked: true})
	if b.err == nil {
		xfs := b.file.Styles.CellXfs.Xf
		xfs[0].Protection, xfs[0].ApplyProtection = xfs[id].Protection, xfs[id].ApplyProtection
	}
}

// Stamp tells which set a workbook was exported from, to notice that the set
// has changed since. Sum is the SHA-256 of its canonical YAML.
type Stamp struct {
	ID      string
	Version int
	Sum     string
}

// StampOf is the stamp of a set.
func StampOf(set *rubric.Set) (Stamp, error) {
	text, err := set.YAML()
	if err != nil {
		return Stamp{}, err
	}
	sum := sha256.Sum256(text)
	return Stamp{ID: set.ID, Version: set.Version, Sum: hex.EncodeToString(sum[:])}, nil
}

func (b *criteriaBook) stamp() {
	stamp, err := StampOf(b.set)
	b.keep(err)
	s := b.sheet(stampSheet, 20, 70)
	for i, line := range [][2]string{{"format", criteriaFormat}, {"id", stamp.ID}, {"version", strconv.Itoa(stamp.Version)}, {"sha256", stamp.Sum}} {
		s.text(i+1, 1, line[0], style{})
		s.text(i+1, 2, line[1], style{})
	}
	s.before = append(s.before, func() error { return b.file.SetSheetVisible(stampSheet, false, true) })
}

// row is the values of one line of a table, by the keys of its fields.
type row map[string]string

// put adds a value unless it is empty.
func (r row) put(key, value string) {
	if value != "" {
		r[key] = value
	}
}

func (r row) num(key string, n *rubric.Num) {
	if n != nil {
		r[key] = n.String()
	}
}

func (b *criteriaBook) info() {
	values := b.infoValues()
	l := infoFields()
	s := b.sheet(l.sheet, 30, 34, 62, 60)
	for i, key := range []string{vi.Text("xlsx.infoKey"), vi.Text("xlsx.infoName"), vi.Text("xlsx.infoValue"), vi.Text("xlsx.infoNote")} {
		s.text(1, i+1, key, headLook())
	}
	for i, f := range l.fields {
		line := i + 2
		s.text(line, 1, f.key, style{border: true})
		s.text(line, 2, f.title, textLook().strong())
		s.set(line, 3, valueCell(f, values[f.key]))
		note := f.note
		if note == "" && len(f.words) > 0 {
			note = vi.Text("xlsx.oneOfNote", strings.Join(f.choices(), "; "))
		}
		s.text(line, 4, note, style{italic: true, wrap: true, border: true})
		s.fit(line)
		if len(f.words) > 0 && !f.list {
			s.choose(area(line, 3, line, 3, false), f.choices())
		}
	}
	s.freeze = [2]int{1, 2}
	s.protect()
}

func (b *criteriaBook) infoValues() row {
	s, r := b.set, row{}
	r.put("id", s.ID)
	r.put("version", strconv.Itoa(s.Version))
	r.put("title", s.Title)
	r.put("issued_by", s.IssuedBy)
	if s.Decision != nil {
		r.put("decision.number", s.Decision.Number)
		r.put("decision.date", s.Decision.Date)
	}
	levels := infoFields().fields[6]
	var shown []string
	for _, level := range s.AppliesTo {
		shown = append(shown, levels.show(level))
	}
	r.put("applies_to", strings.Join(shown, ", "))
	r.num("total", &s.Total)
	r.put("decimals", strconv.Itoa(s.Decimals))
	r.put("not_applicable", s.NotApplicable)
	r.num("max_total", s.MaxTotal)
	r.put("tie_break", strings.Join(s.TieBreak, ", "))
	if rec := s.Recognition; rec != nil {
		r.num("recognition.min_total", rec.MinTotal)
		r.num("recognition.min_group_percent", rec.MinGroupPercent)
		r.num("recognition.min_criterion_percent", rec.MinCriterionPercent)
		r.put("recognition.conditions", rec.Conditions)
	}
	return r
}

// maxDigits is how many digits a number may have to be stored as one.
const maxDigits = 15

// valueCell is an editable cell for a value of the format.
func valueCell(f field, value string) cell {
	look := style{border: true, wrap: true, top: true, unlocked: true, format: "@"}
	if !f.number {
		return cell{value: f.show(value), style: look}
	}
	look.align, look.format = "center", ""
	if value == "" {
		return cell{value: "", style: look}
	}
	x, err := strconv.ParseFloat(value, 64)
	if err != nil || strings.Contains(value, "/") || len(strings.Trim(value, "-.")) > maxDigits {
		return cell{value: value, style: look}
	}
	return cell{value: x, style: look}
}

// table writes a sheet with one heading row and a row for each line.
func (b *criteriaBook) table(l layout, lines []row, bold func(row) bool) {
	var widths []float64
	for _, f := range l.fields {
		widths = append(widths, f.width)
	}
	s := b.sheet(l.sheet, widths...)
	s.repeat, s.freeze, s.continued = [2]int{1, 1}, [2]int{1, 0}, true
	for j, f := range l.fields {
		s.text(1, j+1, f.title, headLook())
		if len(f.words) > 0 && !f.list {
			s.choose(area(2, j+1, len(lines)+1+spareRows, j+1, false), f.choices())
		}
		s.columns = append(s.columns, valueCell(f, "").style)
	}
	s.fit(1)
	for i, line := range lines {
		for j, f := range l.fields {
			c := valueCell(f, line[f.key])
			c.style.bold = bold != nil && bold(line)
			s.set(i+2, j+1, c)
		}
		s.fit(i + 2)
	}
	s.protect()
}

func (b *criteriaBook) tree() {
	var lines []row
	for i := range b.set.Groups {
		g := &b.set.Groups[i]
		r := row{keyLevel: "1", "code": g.Code, "title": g.Title, "kind": g.Kind}
		r.num("max", &g.Max)
		lines = append(lines, r)
		lines = treeRows(lines, g.Criteria, 2)
	}
	b.table(treeFields(), lines, func(r row) bool { return r["rule.type"] == "" })
}

func treeRows(lines []row, list []rubric.Criterion, depth int) []row {
	for i := range list {
		c := &list[i]
		r := row{keyLevel: strconv.Itoa(depth), "code": c.Code, "title": c.Title}
		r.num("max", &c.Max)
		r.put("guide", c.Guide)
		if c.Rule != nil {
			r.put("evidence", c.Evidence)
			r.put("na", strconv.FormatBool(c.NA))
			ruleRow(r, c.Rule)
		}
		lines = append(lines, r)
		lines = treeRows(lines, c.Criteria, depth+1)
	}
	return lines
}

func ruleRow(r row, rule *rubric.Rule) {
	r.put("rule.type", rule.Type)
	switch rule.Type {
	case rubric.RulePoints:
		r.num("rule.step", rule.Step)
	case rubric.RuleExternal:
		r.put("rule.source", rule.Source)
		r.num("rule.scale", &rule.Scale)
	case rubric.RuleSurvey:
		r.put("rule.form", rule.Form)
		r.put("rule.questions", strings.Join(rule.Questions, ", "))
		r.put("rule.groups", strings.Join(rule.Groups, ", "))
		r.put("rule.min_responses", strconv.Itoa(rule.MinResponses))
		r.put("rule.when_missing", rule.WhenMissing)
	case rubric.RuleCount:
		r.num("rule.each", &rule.Each)
		r.num("rule.min", &rule.Min)
		r.num("rule.max", &rule.Max)
	case rubric.RuleFormula:
		r.put("rule.expr", rule.Expr)
	}
	if rule.Map != nil && len(rule.Map.Bands) == 0 {
		r.num("rule.zero_at", &rule.Map.ZeroAt)
		r.num("rule.full_at", &rule.Map.FullAt)
	}
}

// lists writes the tables that hang from criteria and from the set.
func (b *criteriaBook) lists() {
	var levels, bands, inputs, conditions, papers []row
	for _, leaf := range b.set.Leaves() {
		for _, l := range leaf.Rule.Levels {
			levels = append(levels, row{keyCriterion: leaf.Code, "code": l.Code, "label": l.Label, "points": l.Points.String()})
		}
		if leaf.Rule.Map != nil {
			for _, m := range leaf.Rule.Map.Bands {
				bands = append(bands, row{keyCriterion: leaf.Code, "min": m.Min.String(), "points": m.Points.String()})
			}
		}
		for _, in := range leaf.Rule.Inputs {
			inputs = append(inputs, row{keyCriterion: leaf.Code, "name": in.Name, "title": in.Title})
		}
	}
	for _, c := range b.set.Conditions {
		conditions = append(conditions, row{"code": c.Code, "title": c.Title})
	}
	for _, p := range b.set.Papers {
		papers = append(papers, row{"code": p.Code, "title": p.Title, "required": strconv.FormatBool(p.Required)})
	}
	b.table(levelFields(), levels, nil)
	b.table(mapFields(), bands, nil)
	b.table(inputFields(), inputs, nil)
	b.table(conditionFields(), conditions, nil)
	b.table(paperFields(), papers, nil)
	b.recognition()
}

func (b *criteriaBook) recognition() {
	var bands, floors []row
	if rec := b.set.Recognition; rec != nil {
		for _, band := range rec.Bands {
			bands = append(bands, row{"code": band.Code, "title": band.Title, "min": band.Min.String()})
		}
		for _, f := range rec.Groups {
			floors = append(floors, row{"group": f.Group, "percent": f.Percent.String()})
		}
	}
	b.table(bandFields(), bands, nil)
	b.table(floorFields(), floors, nil)
}

// notes explains the workbook to the official who edits it.
func (b *criteriaBook) notes() {
	s := b.sheet(vi.Text("xlsx.sheetNotes"), 100)
	s.continued = true
	s.line(1, 1, 1, vi.Text("xlsx.notesTitle"), style{size: sizeTitle, bold: true})
	for i, text := range strings.Split(vi.Text("xlsx.notes"), "\n") {
		s.line(i+2, 1, 1, text, style{size: 12})
	}
}
