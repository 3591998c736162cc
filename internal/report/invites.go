package report

import (
	"encoding/csv"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"

	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// tokenGroup is how many letters of a token stand together.
const tokenGroup = 4

// serialTail is how much of a batch's id a serial names: the batches of one unit
// and group are few.
const serialTail = 4

// Invite is a new invitation: the only place where its token is readable.
type Invite struct {
	Unit, Group string
	Batch       string // the end of its batch's id
	Number      int    // within its batch
	Token       string
}

// Serial names a slip on the list of whom it was handed to: the unit, the first
// letter of the group, the end of the batch's id and the number within it.
func (t Invite) Serial() string {
	return t.Unit + "-" + strings.ToUpper(t.Group[:min(1, len(t.Group))]) + "-" + BatchTail(t.Batch) + "-" + strconv.Itoa(t.Number)
}

// BatchTail is the end of a batch's id, as serials have it.
func BatchTail(id string) string { return id[max(0, len(id)-serialTail):] }

// Link is the address that uses an invitation, below a site's public address.
func (t Invite) Link(base, campaign string) string {
	return base + "/k/" + campaign + "/" + url.PathEscape(t.Unit) + "?t=" + t.Token
}

// Pieces is the token in groups that are easy to read and type.
func (t Invite) Pieces() []string {
	var list []string
	for rest := t.Token; rest != ""; {
		n := min(tokenGroup, len(rest))
		if len(rest)-n == 1 {
			n++ // no letter stands alone
		}
		list, rest = append(list, rest[:n]), rest[n:]
	}
	return list
}

// InviteRows are the rows of a list of invitations; names are those of units.
func InviteRows(list []Invite, names map[string]string, base, campaign string) []xlsx.InviteRow {
	rows := make([]xlsx.InviteRow, len(list))
	for i, t := range list {
		rows[i] = xlsx.InviteRow{Serial: t.Serial(), Code: t.Unit, Unit: names[t.Unit], Group: vi.Text("group." + t.Group), Token: strings.Join(t.Pieces(), "-"), Link: t.Link(base, campaign)}
	}
	return rows
}

// WriteInvitesCSV writes a list of invitations that a spreadsheet opens well.
func WriteInvitesCSV(out io.Writer, rows []xlsx.InviteRow) error {
	if _, err := io.WriteString(out, "\uFEFF"); err != nil { // Excel reads UTF-8 by this mark alone
		return err
	}
	w := csv.NewWriter(out)
	lines := [][]string{{vi.Text("plan.colSerial"), vi.Text("plan.colUnit"), vi.Text("plan.colName"), vi.Text("plan.colGroup"), vi.Text("plan.colToken"), vi.Text("plan.colLink")}}
	for _, r := range rows {
		lines = append(lines, []string{SafeCSV(r.Serial), SafeCSV(r.Code), SafeCSV(r.Unit), SafeCSV(r.Group), SafeCSV(r.Token), SafeCSV(r.Link)})
	}
	return w.WriteAll(lines)
}

// CountRules say what a list of numbers by unit and group may hold for a
// campaign; groups are those it asks.
func CountRules(c *survey.Campaign, groups []string, least, most int) survey.CountRules {
	words := map[string]string{}
	for _, g := range groups {
		words[g], words[vi.Fold(vi.Text("group."+g))] = g, g
	}
	return survey.CountRules{Units: c.Units, Groups: words, Least: least, Most: most, Fold: vi.Fold}
}

// ReadCounts reads a list of numbers, by what the file is and not by its name
// alone.
func ReadCounts(name string, data []byte, rules survey.CountRules) ([]survey.Count, error) {
	var table unit.Table
	var err error
	if xlsx.IsWorkbook(data) || strings.EqualFold(path.Ext(name), ".xlsx") {
		table, err = xlsx.ReadTable(data, "")
	} else {
		table, err = unit.ReadCSV(data)
	}
	if err != nil {
		return nil, err
	}
	return survey.ReadCounts(table, rules)
}
