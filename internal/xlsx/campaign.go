package xlsx

import (
	"io"
	"strings"
	"time"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// CampaignBook is how far a campaign is, as its page shows it.
type CampaignBook struct {
	Title, Form, Error string
	Part, Small        string // sentences under the title, "" for none
	Made               time.Time
	Groups             []string // names, in the order of each row's Groups
	Planned, Team      bool     // has plans; shows flags and channels
	Rows               []CampaignRow
	Total              *CampaignRow // nil where only some units are listed
}

// CampaignRow is one unit. Counts may be survey.Hidden; nil figures are empty.
type CampaignRow struct {
	Code, Unit        string
	N                 int64
	Groups            []CampaignGroup
	Index, Low, High  *string
	Missing           *int
	Flagged, Excluded int64
	Channels          map[survey.Channel]int64
}

// CampaignGroup is what one group of a unit has, and needs by the plan.
type CampaignGroup struct {
	Have int64
	Need *int
}

// Campaign writes how far every unit of a campaign is, one row each, with the
// line of all units below.
func Campaign(w io.Writer, c CampaignBook) error {
	b := newBook(c.Title, c.Made)
	columns := c.columns()
	widths := make([]float64, len(columns))
	for i, col := range columns {
		widths[i] = col.width
	}
	s := b.sheet(vi.Text("plan.sheetCampaign"), widths...)
	row := s.writeHead(Head{}, c.Title, c.Form, vi.Text("plan.asOf", vi.DateTime(c.Made), c.Error), c.Part, c.Small)
	for i, col := range columns {
		s.text(row, i+1, col.head, headLook())
	}
	s.fit(row)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 2}
	for _, r := range c.Rows {
		row++
		s.put(row, c.cells(r))
	}
	if c.Total != nil {
		row++
		total := *c.Total
		total.Code, total.Unit = "", vi.Text("plan.total")
		cells := c.cells(total)
		for i := range cells {
			cells[i].style.bold = true
		}
		s.put(row, cells)
	}
	return b.write(w)
}

// put sets a whole row and makes it high enough.
func (s *sheet) put(row int, cells []cell) {
	for i, c := range cells {
		s.set(row, i+1, c)
	}
	s.fit(row)
}

func (c CampaignBook) columns() []column {
	columns := []column{{vi.Text("xlsx.colCode"), 10}, {vi.Text("plan.colName"), 30}, {vi.Text("xlsx.colResponses"), 10}}
	for _, g := range c.Groups {
		columns = append(columns, column{vi.Text("plan.colHave", g), 13})
		if c.Planned {
			columns = append(columns, column{vi.Text("plan.colNeed", g), 13})
		}
	}
	columns = append(columns, column{vi.Text("xlsx.colIndex"), 10}, column{vi.Text("xlsx.colLow"), 10}, column{vi.Text("xlsx.colHigh"), 10})
	if c.Planned {
		columns = append(columns, column{vi.Text("plan.missing"), 10}, column{vi.Text("plan.colState"), 14})
	}
	if c.Team {
		columns = append(columns, column{vi.Text("plan.flags"), 10}, column{vi.Text("xlsx.colExcluded"), 10})
		for _, ch := range survey.Channels() {
			columns = append(columns, column{vi.Text("plan.channel." + string(ch)), 11})
		}
	}
	return columns
}

func (c CampaignBook) cells(r CampaignRow) []cell {
	cells := []cell{words(r.Code), words(r.Unit), countCell(r.N)}
	for _, g := range r.Groups {
		cells = append(cells, countCell(g.Have))
		if c.Planned {
			cells = append(cells, wholeOr(g.Need))
		}
	}
	cells = append(cells, figure(r.Index, twoPlaces), figure(r.Low, twoPlaces), figure(r.High, twoPlaces))
	if c.Planned {
		state := ""
		if r.Missing != nil && *r.Missing > 0 {
			state = vi.Text("plan.notEnough")
		} else if r.Missing != nil {
			state = vi.Text("plan.enough")
		}
		cells = append(cells, wholeOr(r.Missing), cell{value: strings.TrimSpace(state), style: midLook()})
	}
	if c.Team {
		cells = append(cells, whole(r.Flagged), whole(r.Excluded))
		for _, ch := range survey.Channels() {
			cells = append(cells, whole(r.Channels[ch]))
		}
	}
	return cells
}

// countCell is a count, or the word for one that must not be shown.
func countCell(n int64) cell {
	if n == survey.Hidden {
		return cell{value: vi.Text("admin.hidden"), style: midLook()}
	}
	return whole(n)
}

func wholeOr(n *int) cell {
	if n == nil {
		return cell{style: midLook()}
	}
	return whole(int64(*n))
}
