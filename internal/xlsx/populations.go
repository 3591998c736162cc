package xlsx

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// populationFormat is the version of the template's layout.
const populationFormat = "populations-1"

// PopulationBook is the template for the people of each unit and group.
type PopulationBook struct {
	Campaign, Title string
	Version         int64    // of the populations it shows
	Groups          []string // the names that may stand in the group column
	Rows            []PopulationRow
	Invites         bool // asks for numbers of invitations instead of people
	Most            int  // the largest number; 0: survey.MaxPopulation
}

// PopulationRow is one line; People is nil where nobody knows.
type PopulationRow struct {
	Code, Unit, Group string
	People            *int
}

// WritePopulations writes the template: a line for each unit and group with
// what is known, where only the numbers may be edited. ReadTable reads it back.
func WritePopulations(w io.Writer, p PopulationBook) error {
	b := newBook(p.Title, time.Unix(0, 0))
	name, number, notes, most := vi.Text("plan.sheet"), vi.Text("plan.colPeople"), vi.Text("plan.notes", strings.Join(p.Groups, "; ")), survey.MaxPopulation
	if p.Invites {
		name, number, notes = vi.Text("plan.invitations"), vi.Text("plan.colInvites"), vi.Text("plan.inviteNotes", strings.Join(p.Groups, "; "))
	}
	if p.Most > 0 {
		most = p.Most
	}
	s := b.sheet(name, 14, 44, 34, 16)
	for i, head := range []string{vi.Text("plan.colUnit"), vi.Text("plan.colName"), vi.Text("plan.colGroup"), number} {
		s.text(1, i+1, head, headLook())
	}
	s.repeat, s.freeze, s.continued = [2]int{1, 1}, [2]int{1, 0}, true
	for i, r := range p.Rows {
		row := i + 2
		s.text(row, 1, r.Code, style{border: true, format: "@"})
		s.text(row, 2, r.Unit, textLook())
		s.text(row, 3, r.Group, textLook())
		people := cell{style: style{border: true, align: "center", unlocked: true, format: "0", fill: "FFFBE6"}}
		if r.People != nil {
			people.value = *r.People
		}
		s.set(row, 4, people)
		s.fit(row)
	}
	if len(p.Rows) > 0 {
		s.between(area(2, 4, len(p.Rows)+1, 4, false), 0, most)
	}
	s.protect()
	b.explain(vi.Text("plan.sheetNotes"), number+": "+p.Title, notes)
	if !p.Invites {
		b.marked(populationFormat, p.Campaign, p.Version)
	}
	return b.write(w)
}

// between refuses anything but whole numbers of a range in cells.
func (s *sheet) between(cells string, least, most int) {
	s.before = append(s.before, func() error {
		d := excelize.NewDataValidation(true)
		d.SetSqref(cells)
		d.SetError(excelize.DataValidationErrorStyleStop, vi.Text("plan.wholeTitle"), vi.Text("plan.whole", vi.Int(least), vi.Int(most)))
		if err := d.SetRange(least, most, excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween); err != nil {
			return err
		}
		return s.book.file.AddDataValidation(s.name, d)
	})
}

// explain adds a sheet with a title and a line for each line of text.
func (b *book) explain(name, title, text string) {
	s := b.sheet(name, 100)
	s.continued = true
	s.line(1, 1, 1, title, style{size: sizeTitle, bold: true})
	for i, line := range strings.Split(text, "\n") {
		s.line(i+2, 1, 1, line, style{size: 12})
	}
}

// marked adds the hidden sheet that says what the workbook was made from.
func (b *book) marked(format, id string, version int64) {
	s := b.sheet(stampSheet, 20, 40)
	for i, line := range [][2]string{{"format", format}, {"id", id}, {"version", strconv.FormatInt(version, 10)}} {
		s.text(i+1, 1, line[0], style{})
		s.text(i+1, 2, line[1], style{})
	}
	s.before = append(s.before, func() error { return b.file.SetSheetVisible(stampSheet, false, true) })
}

// PopulationStamp tells which campaign and version a template was made from; ok
// is false for a workbook that is no such template.
func PopulationStamp(data []byte) (campaign string, version int64, ok bool) {
	t, err := ReadTable(data, stampSheet)
	if err != nil {
		return "", 0, false
	}
	lines := map[string]string{}
	for _, row := range t.Rows {
		if len(row) > 1 {
			lines[row[0]] = row[1]
		}
	}
	version, err = strconv.ParseInt(lines["version"], 10, 64)
	return lines["id"], version, err == nil && lines["format"] == populationFormat
}
