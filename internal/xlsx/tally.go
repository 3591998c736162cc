package xlsx

import (
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/rubric"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// tallyBook is a survey's result being written.
type tallyBook struct {
	*book
	form   *survey.Form
	report survey.Report
	limit  int // rows of a sheet under its headings
}

// tallyHeads are the rows that every sheet of a tally begins with: title, form
// and version, headings.
const tallyHeads = 4

// Tally writes the result of a survey: units with index and interval, one row
// for each question and one for each option of a unit, and the lines left out.
// What is longer than a sheet goes on in the next. Figures are numbers, rows
// are streamed.
func Tally(w io.Writer, form *survey.Form, report survey.Report) error {
	return writeTally(w, form, report, excelize.TotalRows-tallyHeads)
}

func writeTally(w io.Writer, form *survey.Form, report survey.Report, limit int) error {
	t := &tallyBook{book: newBook(form.Title, time.Time{}), form: form, report: report, limit: limit}
	parts(t, vi.Text("xlsx.sheetIndex"), t.unitColumns(), report.Units, t.unitRow)
	parts(t, vi.Text("xlsx.sheetQuestions"), t.questionColumns(), report.Units, t.questionRows)
	parts(t, vi.Text("xlsx.sheetOptions"), t.optionColumns(), report.Units, t.optionRows)
	if len(report.Rejected) > 0 {
		parts(t, vi.Text("xlsx.sheetRejected"), rejectedColumns(), report.Rejected, rejectedRow)
	}
	return t.write(w)
}

// column is a heading and its width in characters.
type column struct {
	head  string
	width float64
}

// list adds a sheet with headings and rows to come.
func (t *tallyBook) list(name string, columns []column, rows int, write func(put func(...cell) error) error) {
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.width
	}
	s := t.sheet(name, widths...)
	row := s.writeHead(Head{}, t.form.Title, vi.Text("xlsx.formVersion", t.form.ID, t.form.Version))
	for i, c := range columns {
		s.text(row, i+1, c.head, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 1}
	s.coming = rows
	s.more = func(put func([]cell, float64) error) error {
		heights := map[string]float64{} // of a text in its column
		return write(func(cells ...cell) error {
			points := 0.0
			for i, c := range cells {
				if text, ok := c.value.(string); ok && c.style.wrap {
					key := strconv.Itoa(i) + text
					if heights[key] == 0 {
						heights[key] = textHeight(text, c.style, s.points(i+1, i+1))
					}
					points = max(points, heights[key])
				}
			}
			return put(cells, min(points, excelize.MaxRowHeight))
		})
	}
}

// parts lists the rows of items, one item after the other, in as many sheets as
// they need; an item's rows stay together.
func parts[T any](t *tallyBook, name string, columns []column, items []T, rows func(T) [][]cell) {
	sheets := 0
	add := func(items []T, n int) {
		sheets++
		title := name
		if sheets > 1 {
			title += " " + strconv.Itoa(sheets)
		}
		t.list(title, columns, n, func(put func(...cell) error) error {
			for _, item := range items {
				for _, cells := range rows(item) {
					if err := put(cells...); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	first, n := 0, 0
	for i, item := range items {
		more := len(rows(item))
		if n > 0 && n+more > t.limit {
			add(items[first:i], n)
			first, n = i, 0
		}
		n += more
	}
	add(items[first:], n)
}

// figure is a decimal as a number, or empty.
func figure(s *string, format string) cell {
	if s == nil {
		return cell{style: midLook()}
	}
	f, err := strconv.ParseFloat(*s, 64)
	if err != nil {
		return cell{value: *s, style: midLook()}
	}
	return cell{value: f, style: numLook(format)}
}

func whole(n int64) cell { return cell{value: int(n), style: numLook("#,##0")} }

func words(s string) cell { return cell{value: s, style: textLook()} }

// twoPlaces shows an index or a percentage, freely any other number.
const (
	twoPlaces = "0.00"
	freely    = ""
)

func (t *tallyBook) unitColumns() []column {
	columns := []column{
		{vi.Text("xlsx.colCode"), 12}, {vi.Text("xlsx.colResponses"), 10}, {vi.Text("xlsx.colIndexResponses"), 10},
		{vi.Text("xlsx.colIndex"), 10}, {vi.Text("xlsx.colLow"), 10}, {vi.Text("xlsx.colHigh"), 10},
	}
	for _, g := range t.form.Respondents {
		name := vi.Text("group." + g)
		columns = append(columns, column{vi.Text("xlsx.colGroupResponses", name), 13}, column{vi.Text("xlsx.colGroupIndex", name), 13})
	}
	return append(columns, column{vi.Text("xlsx.colExcluded"), 10}, column{vi.Text("xlsx.colExcludedIndex"), 12})
}

func (t *tallyBook) unitRow(u survey.UnitReport) [][]cell {
	row := []cell{words(u.Unit), whole(u.N), whole(u.IndexN), figure(u.Index, twoPlaces), figure(u.Low, twoPlaces), figure(u.High, twoPlaces)}
	for _, code := range t.form.Respondents {
		g, _ := u.Groups.Get(code)
		row = append(row, whole(g.N), figure(g.Index, twoPlaces))
	}
	excluded := survey.Excluded{Index: u.Index}
	if u.Excluded != nil {
		excluded = *u.Excluded
	}
	return [][]cell{append(row, whole(excluded.N), figure(excluded.Index, twoPlaces))}
}

func (t *tallyBook) questionColumns() []column {
	return []column{
		{vi.Text("xlsx.colCode"), 12}, {vi.Text("xlsx.colQuestion"), 10}, {vi.Text("xlsx.colQuestionText"), 50}, {vi.Text("xlsx.colAnswers"), 10},
		{vi.Text("xlsx.colIndex"), 10}, {vi.Text("xlsx.colLeast"), 12}, {vi.Text("xlsx.colMost"), 12}, {vi.Text("xlsx.colSum"), 12},
	}
}

func (t *tallyBook) questionRows(u survey.UnitReport) [][]cell {
	var rows [][]cell
	for _, q := range u.Questions {
		v := q.Value
		rows = append(rows, []cell{
			words(u.Unit), words(q.Code), words(t.question(q.Code).Text), whole(v.N),
			figure(v.Index, twoPlaces), figure(v.Min, freely), figure(v.Max, freely), figure(v.Sum, freely),
		})
	}
	return rows
}

func (t *tallyBook) optionColumns() []column {
	return []column{
		{vi.Text("xlsx.colCode"), 12}, {vi.Text("xlsx.colQuestion"), 10}, {vi.Text("xlsx.colQuestionText"), 45},
		{vi.Text("xlsx.colOption"), 10}, {vi.Text("xlsx.colOptionText"), 30}, {vi.Text("xlsx.colCount"), 10}, {vi.Text("xlsx.colOfAnswers"), 11},
	}
}

// optionRows counts every option. Its share is of those who answered the
// question, also where they had no opinion or could choose several.
func (t *tallyBook) optionRows(u survey.UnitReport) [][]cell {
	var rows [][]cell
	for _, q := range u.Questions {
		question, all := t.question(q.Code), q.Value.N
		if q.Value.Kind == survey.Scale {
			all = 0
			for _, c := range q.Value.Counts {
				all += c.Value
			}
		}
		for _, c := range q.Value.Counts {
			rows = append(rows, []cell{
				words(u.Unit), words(q.Code), words(question.Text), words(c.Code), words(t.option(question, c.Code)),
				whole(c.Value), share(c.Value, all),
			})
		}
	}
	return rows
}

func share(n, all int64) cell {
	if all == 0 {
		return figure(nil, twoPlaces)
	}
	percent := rubric.Frac(n*100, all).Decimal(2)
	return figure(&percent, twoPlaces)
}

// question is a question of the form, an empty one for a code it does not have.
func (t *tallyBook) question(code string) *survey.Question {
	if q := t.form.Question(code); q != nil {
		return q
	}
	return &survey.Question{}
}

// option is an option's label.
func (t *tallyBook) option(q *survey.Question, code string) string {
	options := q.Options
	for _, s := range t.form.Scales {
		if q.Kind == survey.Scale && s.Name == q.Scale {
			options = s.Options
		}
	}
	for _, o := range options {
		if o.Code == code {
			return o.Label
		}
	}
	return vi.Text("xlsx.optionOther")
}

func rejectedColumns() []column {
	return []column{{vi.Text("xlsx.colLine"), 10}, {vi.Text("xlsx.colReason"), 75}}
}

func rejectedRow(r survey.Rejected) [][]cell {
	return [][]cell{{whole(int64(r.Line)), words(r.Reason)}}
}
