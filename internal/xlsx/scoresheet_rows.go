package xlsx

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// scoreRows writes the rows of one dossier's form, from top to bottom.
type scoreRows struct {
	book  *scoreBook
	sheet *sheet
	form  *ScoreForm
	col   scoreColumns
	row   int
}

func (r *scoreRows) write() {
	set := r.book.Set
	for i := range set.Groups {
		g := &set.Groups[i]
		r.heading(vi.Roman(i+1), g.Title, g.Max)
		r.criteria(g.Criteria)
	}
	if len(set.Conditions) > 0 {
		r.heading(vi.Roman(len(set.Groups)+1), vi.Text("scoresheet.conditions"), rubric.Num{})
		for _, c := range set.Conditions {
			r.condition(c)
		}
	}
}

func (r *scoreRows) heading(code, title string, most rubric.Num) {
	r.row++
	look := textLook().strong()
	look.fill = "F5F5F5"
	for col := 1; col <= r.col.note; col++ {
		r.sheet.set(r.row, col, cell{style: look})
	}
	r.sheet.text(r.row, r.col.code, code, centred(look))
	r.sheet.text(r.row, r.col.title, title, look)
	if most.Sign() != 0 {
		r.sheet.set(r.row, r.col.max, cell{value: float(most), style: centred(look)})
	}
	r.sheet.fit(r.row)
}

func centred(look style) style { look.align = "center"; return look }

func (r *scoreRows) criteria(list []rubric.Criterion) {
	for i := range list {
		c := &list[i]
		if c.Rule == nil {
			r.heading(c.Code, c.Title, c.Max)
			r.criteria(c.Criteria)
			continue
		}
		r.leaf(c)
	}
}

// begin writes what people only read in a row, with its key.
func (r *scoreRows) begin(key, code, title, how string) {
	r.row++
	s, c := r.sheet, r.col
	for col := 1; col <= c.note; col++ {
		s.set(r.row, col, cell{style: midLook()})
	}
	s.text(r.row, c.code, code, midLook())
	s.text(r.row, c.title, title, textLook())
	s.text(r.row, c.how, how, style{italic: true, wrap: true, border: true})
	for i, shown := range r.form.Shown {
		s.text(r.row, c.shown+i, shown.Texts[key], midLook())
	}
	s.text(r.row, c.key, key, style{format: "@"})
}

// inputLook is a cell to fill in.
func inputLook() style {
	return style{border: true, align: "center", fill: "FFFBE6", unlocked: true, wrap: true}
}

func (r *scoreRows) input(col int, value any) {
	r.sheet.set(r.row, col, cell{value: value, style: inputLook()})
}

// number is a decimal as the cell that stores it; other text stays text.
func numberCell(text string) any {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || len(strings.Trim(text, "-.")) > maxDigits {
		return text
	}
	return x
}

func (r *scoreRows) leaf(c *rubric.Criterion) {
	rule, now := c.Rule, r.form.Cells[c.Code]
	r.base(c.Code, now)
	r.begin(c.Code, c.Code, c.Title, howTo(c))
	if c.Max.Sign() != 0 {
		r.sheet.set(r.row, r.col.max, cell{value: float(c.Max), style: midLook()})
	}
	first := r.row
	switch rule.Type {
	case rubric.RuleSurvey, rubric.RuleFormula:
	case rubric.RuleLevels:
		r.input(r.col.value, "")
		for i, l := range rule.Levels {
			if l.Code == now.Mark.Get("level") {
				r.input(r.col.value, levelLabel(rule, i))
			}
		}
		r.list(r.col.value, r.book.levels[c.Code])
	default:
		r.input(r.col.value, numberCell(now.Mark.Get(rule.InputNames()[0])))
		r.validate(r.col.value, c)
	}
	if rule.Type == rubric.RuleRatio {
		r.input(r.col.second, numberCell(now.Mark.Get("denominator")))
		r.validNumber(r.col.second, excelize.DataValidationOperatorGreaterThan, 0)
	}
	if c.NA {
		r.input(r.col.na, map[bool]string{true: "x"}[now.Mark.NA])
		r.words(r.col.na, []string{"x"})
	}
	r.note(now.Note)
	r.sheet.fit(first)
	for _, in := range rule.Inputs {
		r.begin(c.Code+keySplit+in.Name, "", "– "+in.Title, vi.Text("scoresheet.howNumber"))
		r.input(r.col.value, numberCell(now.Mark.Get(in.Name)))
		r.validNumber(r.col.value, excelize.DataValidationOperatorBetween, -1e12)
		r.sheet.fit(r.row)
	}
}

func (r *scoreRows) condition(c rubric.Condition) {
	key := keyCondition + c.Code
	now := r.form.Cells[key]
	r.base(key, now)
	r.begin(key, c.Code, c.Title, vi.Text("scoresheet.howCondition"))
	answer := ""
	if met := now.Mark.Get(dossier.Met); met != "" {
		answer = vi.Text("marks.met_" + met)
	}
	r.input(r.col.value, answer)
	r.words(r.col.value, metWords())
	r.note(now.Note)
	r.sheet.fit(r.row)
}

func metWords() []string { return []string{vi.Text("marks.met_true"), vi.Text("marks.met_false")} }

// note writes the note beside a cell.
func (r *scoreRows) note(text string) {
	look := inputLook()
	look.align, look.format = "left", "@"
	r.sheet.text(r.row, r.col.note, text, look)
}

// base remembers in the stamp what a cell held.
func (r *scoreRows) base(key string, now ScoreCell) {
	if now.Mark.Empty() && now.Note == "" {
		return
	}
	mark, _ := now.Mark.MarshalJSON() // texts always encode
	r.book.stamp = append(r.book.stamp, []string{"cell", r.form.Unit, key, string(mark), now.Note})
}

// howTo says in a few words what to fill in.
func howTo(c *rubric.Criterion) string {
	rule, most := c.Rule, vi.Decimal(c.Max.String())
	switch rule.Type {
	case rubric.RulePoints:
		if rule.Step != nil {
			return vi.Text("scoresheet.howStep", most, vi.Decimal(rule.Step.String()))
		}
		return vi.Text("scoresheet.howPoints", most)
	case rubric.RuleLevels:
		parts := make([]string, len(rule.Levels))
		for i, l := range rule.Levels {
			parts[i] = levelLabel(rule, i) + ": " + vi.Decimal(l.Points.String())
		}
		return vi.Text("scoresheet.howLevels", strings.Join(parts, "; "))
	case rubric.RuleRatio:
		return vi.Text("scoresheet.howRatio")
	case rubric.RuleExternal:
		return vi.Text("scoresheet.howExternal", rule.Source, vi.Decimal(rule.Scale.String()))
	case rubric.RuleCount:
		return vi.Text("scoresheet.howCount", vi.Decimal(rule.Each.String()))
	case rubric.RuleSurvey:
		return vi.Text("scoresheet.howSurvey", rule.Form)
	}
	return vi.Text("scoresheet.howFormula")
}

// validate refuses, in Excel, what the rule of a leaf does not take.
func (r *scoreRows) validate(col int, c *rubric.Criterion) {
	at, rule := at(r.row, col), c.Rule
	switch rule.Type {
	case rubric.RulePoints:
		if rule.Step == nil {
			r.between(col, "0", c.Max.String())
			return
		}
		step := rule.Step.Decimal(4)
		r.custom(col, fmt.Sprintf("AND(ISNUMBER(%s),%s>=0,%s<=%s,ABS(ROUND(%s/%s,0)*%s-%s)<0.000001)", at, at, at, c.Max.String(), at, step, step, at), howTo(c))
	case rubric.RuleExternal:
		r.between(col, "0", rule.Scale.String())
	case rubric.RuleCount:
		r.custom(col, fmt.Sprintf("AND(ISNUMBER(%s),%s>=0,INT(%s)=%s)", at, at, at, at), howTo(c))
	default:
		r.validNumber(col, excelize.DataValidationOperatorGreaterThanOrEqual, 0)
	}
}

func (r *scoreRows) rule(col int, fill func(*excelize.DataValidation) error, message string) {
	place, s := at(r.row, col), r.sheet
	s.before = append(s.before, func() error {
		d := excelize.NewDataValidation(true)
		d.SetSqref(place)
		d.SetError(excelize.DataValidationErrorStyleStop, vi.Text("xlsx.chooseTitle"), cutRunes(message, maxValidation))
		if err := fill(d); err != nil {
			return err
		}
		return s.book.file.AddDataValidation(s.name, d)
	})
}

// maxValidation is the longest message of a validation that Excel takes.
const maxValidation = 220

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (r *scoreRows) between(col int, low, high string) {
	a, _ := strconv.ParseFloat(low, 64)
	b, _ := strconv.ParseFloat(high, 64)
	r.rule(col, func(d *excelize.DataValidation) error {
		return d.SetRange(a, b, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
	}, vi.Text("scoresheet.between", vi.Decimal(low), vi.Decimal(high)))
}

// validNumber takes numbers above a limit, or any number.
func (r *scoreRows) validNumber(col int, operator excelize.DataValidationOperator, limit float64) {
	r.rule(col, func(d *excelize.DataValidation) error {
		return d.SetRange(limit, 1e12, excelize.DataValidationTypeDecimal, operator)
	}, vi.Text("scoresheet.howNumber"))
}

func (r *scoreRows) custom(col int, formula, message string) {
	r.rule(col, func(d *excelize.DataValidation) error {
		d.Type, d.Formula1 = "custom", html.EscapeString(formula) // it is stored as it is
		return nil
	}, message)
}

func (r *scoreRows) list(col int, ref string) {
	r.rule(col, func(d *excelize.DataValidation) error { d.SetSqrefDropList(ref); return nil }, vi.Text("xlsx.choose"))
}

func (r *scoreRows) words(col int, words []string) {
	r.rule(col, func(d *excelize.DataValidation) error { return d.SetDropList(words) }, vi.Text("xlsx.choose"))
}
