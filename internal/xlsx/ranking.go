package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// RankingReport is what the ranking workbook shows. Scores are decimal strings
// with a point, exactly as the system computed them.
type RankingReport struct {
	Head     Head
	Title    string // of the document; empty takes the usual one
	Period   string // "Kỳ đánh giá năm 2026"
	Criteria string // title of the criteria set
	Decimals int    // 0..2, of every score
	Groups   []RankingGroup
	Bands    []RankingBand // best first
	Rows     []RankingRow  // in rank order
	// FullTotal is the set's total when leaves marked not applicable rescale
	// the result, "" when they do not. MaxTotal is the cap after bonus and
	// penalty, "" for none.
	FullTotal, MaxTotal string
	Target              *RankingTarget
	Made                time.Time // when the figures were computed
}

// RankingGroup is one score column; Kind as in package rubric.
type RankingGroup struct {
	Code, Title, Kind, Max string
}

// RankingBand is one class of recognition.
type RankingBand struct {
	Code, Title string
}

// RankingRow is one unit. Groups follow RankingReport.Groups. Applicable is the
// sum of what applies to the unit, used only with FullTotal. Rank 0 is unranked.
type RankingRow struct {
	Rank               int
	Code, Unit, Parent string
	Groups             []string
	Applicable         string
	Total              string
	Band               string // a code of Bands; "" unless recognised
	Recognised         bool
	Failed             []string // in words
}

// RankingTarget is the share to reach and how far it is. With MinBand only the
// units of that band or a better one count.
type RankingTarget struct {
	Recognised, Denominator, Needed int
	Percent                         string // "60"
	Met                             bool
	MinBand                         string
}

// Checksum is the SHA-256, in hexadecimal, of the ranking's rows in canonical
// form: one line a unit with code, rank, total, groups, recognised (0 or 1) and
// band, parted by tabs, ended by a line feed.
func Checksum(rows []RankingRow) string {
	sum := sha256.New()
	for _, r := range rows {
		recognised := 0
		if r.Recognised {
			recognised = 1
		}
		fmt.Fprintf(sum, "%s\t%d\t%s\t%s\t%d\t%s\n", r.Code, r.Rank, r.Total, strings.Join(r.Groups, "\t"), recognised, r.Band)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// ranking is a report being written.
type ranking struct {
	RankingReport
	sum     string // the checksum of the rows as given
	book    *book
	exact   []exactRow
	rescale bool // some unit has leaves that do not apply
	table   *sheet
	first   int // first and last row of the units in the table
	last    int
	// bandRows are the rows of the cover that count the bands.
	bandRows [2]int
	col      rankingColumns
}

// exactRow is a row's scores as numbers.
type exactRow struct {
	groups            []rubric.Num
	applicable, total rubric.Num
}

// Ranking writes the ranking workbook: figures, ranking, summary by parent and
// charts. Every total is a live formula over the unit's own cells; a report
// whose totals the formulas would not give is refused as an internal fault.
func Ranking(w io.Writer, report RankingReport) error {
	r := &ranking{RankingReport: report, sum: Checksum(report.Rows)}
	if err := r.prepare(); err != nil {
		return err
	}
	r.book = newBook(r.Title, r.Made)
	cover := r.book.sheet(vi.Text("xlsx.sheetCover"), coverWidths...)
	r.writeTable()
	r.writeCover(cover)
	r.writeParents()
	r.writeCharts(cover)
	return r.book.write(w)
}

// prepare orders the groups, reads the numbers and proves every total.
func (r *ranking) prepare() error {
	if r.Title == "" {
		r.Title = vi.Text("xlsx.rankingTitle")
	}
	r.orderGroups()
	r.uniqueBands()
	for _, row := range r.Rows {
		x, err := r.read(row)
		if err != nil {
			return err
		}
		r.exact = append(r.exact, x)
	}
	if r.FullTotal != "" {
		full, err := number(r.FullTotal)
		if err != nil {
			return err
		}
		r.rescale = slices.ContainsFunc(r.exact, func(x exactRow) bool { return !x.applicable.Equal(full) })
	}
	for i, x := range r.exact {
		if got := r.calculate(x); !got.Equal(x.total) {
			return fault.New(fault.Internal, "xlsx.total", r.Rows[i].Code, r.Rows[i].Total, got.String())
		}
	}
	return nil
}

// kindOrder puts the columns that one formula sums side by side.
var kindOrder = map[string]int{rubric.Normal: 0, rubric.Bonus: 1, rubric.Penalty: 2}

func (r *ranking) orderGroups() {
	order := make([]int, len(r.Groups))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return kindOrder[r.Groups[a].Kind] - kindOrder[r.Groups[b].Kind]
	})
	groups := make([]RankingGroup, len(order))
	for to, from := range order {
		groups[to] = r.Groups[from]
	}
	r.Groups = groups
	r.Rows = slices.Clone(r.Rows)
	for i, row := range r.Rows {
		scores := make([]string, len(order))
		for to, from := range order {
			if from < len(row.Groups) {
				scores[to] = row.Groups[from]
			}
		}
		r.Rows[i].Groups = scores
		if row.Parent == "" {
			r.Rows[i].Parent = vi.Text("xlsx.noParent")
		}
	}
}

// uniqueBands tells bands of the same title apart: formulas count by title.
func (r *ranking) uniqueBands() {
	r.Bands = slices.Clone(r.Bands)
	seen := map[string]bool{}
	for i, b := range r.Bands {
		if seen[strings.ToLower(b.Title)] {
			r.Bands[i].Title = b.Title + " (" + b.Code + ")"
		}
		seen[strings.ToLower(b.Title)] = true
	}
}

func (r *ranking) read(row RankingRow) (x exactRow, err error) {
	for _, score := range row.Groups {
		n, err := number(score)
		if err != nil {
			return x, err
		}
		x.groups = append(x.groups, n)
	}
	if r.FullTotal != "" {
		if x.applicable, err = number(row.Applicable); err != nil {
			return x, err
		}
	}
	x.total, err = number(row.Total)
	return x, err
}

func number(s string) (rubric.Num, error) {
	n, err := rubric.ParseNum(s)
	if err != nil {
		return n, fault.Wrap(err, fault.Internal, "xlsx.number", s)
	}
	return n, nil
}

// float is the value that a cell stores; scores have at most two decimals, so
// the nearest double prints as the same decimal.
func float(n rubric.Num) float64 {
	f, _ := n.Rat().Float64()
	return f
}

// normal is how many of the groups are normal ones; they come first.
func (r *ranking) normal() int {
	n := slices.IndexFunc(r.Groups, func(g RankingGroup) bool { return kindOrder[g.Kind] > 0 })
	if n < 0 {
		return len(r.Groups)
	}
	return n
}

// calculate is what totalFormula gives for a row, exactly.
func (r *ranking) calculate(x exactRow) rubric.Num {
	var sum, extra rubric.Num
	for i, score := range x.groups {
		if i < r.normal() {
			sum = sum.Add(score)
		} else {
			extra = extra.Add(score)
		}
	}
	if r.rescale {
		full, _ := number(r.FullTotal)
		if x.applicable.Sign() == 0 {
			sum = rubric.Num{}
		} else {
			sum = sum.Mul(full).Div(x.applicable)
		}
	}
	total := sum.RoundHalfUp(r.Decimals).Add(extra)
	if r.MaxTotal != "" {
		limit, _ := number(r.MaxTotal)
		total = total.Min(limit)
	}
	return total.Max(rubric.Num{})
}

// totalFormula is a unit's total from the cells of its row.
func (r *ranking) totalFormula(row int) string {
	c, n := r.col, r.normal()
	sum, d := "0", r.Decimals
	if n > 0 {
		sum = "SUM(" + area(row, c.groups, row, c.groups+n-1, false) + ")"
	}
	f := fmt.Sprintf("ROUND(%s,%d)", sum, d)
	if r.rescale { // the inner rounding undoes what binary fractions add to a half
		applicable := at(row, c.applicable)
		f = fmt.Sprintf("IF(%s=0,0,ROUND(ROUND(%s*%s/%s,8),%d))", applicable, sum, r.FullTotal, applicable, d)
	}
	if n < len(r.Groups) {
		f = fmt.Sprintf("ROUND(%s+SUM(%s),%d)", f, area(row, c.groups+n, row, c.groups+len(r.Groups)-1, false), d)
	}
	if r.MaxTotal != "" {
		f = fmt.Sprintf("MIN(%s,%s)", r.MaxTotal, f)
	}
	if n < len(r.Groups) {
		f = "MAX(0," + f + ")"
	}
	return f
}

// scoreFormat is the number format of a score.
func (r *ranking) scoreFormat() string {
	if r.Decimals == 0 {
		return "0"
	}
	return "0." + strings.Repeat("0", r.Decimals)
}
