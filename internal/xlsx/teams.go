package xlsx

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/vi"
)

// TeamBook is the template of who appraises what at one stage.
type TeamBook struct {
	Title, Stage string
	Columns      int      // members a unit may have
	People       []string // "login – name" of who may be chosen
	Rows         []TeamRow
}

// TeamRow is one unit; Members are as in People, the first leads.
type TeamRow struct {
	Code, Unit, State string
	Members           []string
}

// WriteTeams writes the template: a row for each unit with its present team,
// where only the members may be edited, each chosen from a list.
func WriteTeams(w io.Writer, t TeamBook) error {
	b := newBook(t.Title, time.Unix(0, 0))
	widths := []float64{12, 40, 26}
	for range t.Columns {
		widths = append(widths, 30)
	}
	s := b.sheet(vi.Text("team.sheet"), widths...)
	heads := []string{vi.Text("team.colUnit"), vi.Text("team.colName"), vi.Text("team.colState")}
	for i := range t.Columns {
		head := vi.Text("team.colLead")
		if i > 0 {
			head = vi.Text("team.colMember", i+1)
		}
		heads = append(heads, head)
	}
	for i, head := range heads {
		s.text(1, i+1, head, headLook())
	}
	s.repeat, s.freeze, s.continued = [2]int{1, 1}, [2]int{1, 2}, true
	for i, r := range t.Rows {
		s.text(i+2, 1, r.Code, style{border: true, format: "@"})
		s.text(i+2, 2, r.Unit, textLook())
		s.text(i+2, 3, r.State, textLook())
		for j := range t.Columns {
			c := cell{style: style{border: true, unlocked: true, wrap: true, format: "@", fill: "FFFBE6"}}
			if j < len(r.Members) {
				c.value = r.Members[j]
			}
			s.set(i+2, 4+j, c)
		}
		s.fit(i + 2)
	}
	people := b.sheet(vi.Text("team.sheetPeople"), 60)
	people.continued = true
	people.text(1, 1, vi.Text("team.colPeople"), headLook())
	for i, p := range t.People {
		people.text(i+2, 1, p, textLook())
	}
	if len(t.Rows) > 0 && len(t.People) > 0 {
		s.fromList(area(2, 4, len(t.Rows)+1, 3+t.Columns, false), fmt.Sprintf("'%s'!$A$2:$A$%d", strings.ReplaceAll(people.name, "'", "''"), len(t.People)+1))
	}
	s.protect()
	b.explain(vi.Text("plan.sheetNotes"), t.Title+" – "+t.Stage, vi.Text("team.notes"))
	return b.write(w)
}

// fromList lets cells take nothing but what a range holds.
func (s *sheet) fromList(cells, source string) {
	s.before = append(s.before, func() error {
		d := excelize.NewDataValidation(true)
		d.SetSqref(cells)
		d.SetError(excelize.DataValidationErrorStyleStop, vi.Text("team.listTitle"), vi.Text("team.listWrong"))
		d.SetSqrefDropList(source)
		return s.book.file.AddDataValidation(s.name, d)
	})
}
