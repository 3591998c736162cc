package survey

import (
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/unit"
)

// Count is a number for one respondent group of one unit, as lists give it:
// people of a population, or invitations to make.
type Count struct {
	Unit, Group string
	N           int
}

// CountRules say what a list of counts may hold.
type CountRules struct {
	Units  []string          // the codes it may name, sorted
	Groups map[string]string // folded word → group, codes and names alike
	Least  int               // the smallest number
	Most   int               // the largest number
	Fold   func(string) string
}

// MaxCounts is how many rows of a list of counts are read.
const MaxCounts = 100_000

// countHeadings are the accepted headings, folded.
var countHeadings = map[string]int{
	"ma don vi": 0, "ma": 0, "unit": 0, "code": 0, "ma xa": 0, "don vi": 0,
	"nhom": 1, "group": 1, "nhom tra loi": 1, "nguoi tra loi": 1, "doi tuong": 1,
	"n": 2, "so nguoi": 2, "so luong": 2, "count": 2, "dan so": 2, "so thu moi": 2, "population": 2,
}

// countHeadRows is how many rows may stand above the heading.
const countHeadRows = 20

// ReadCounts reads a list with the columns unit, group and number, in any
// order, under a heading. A row without a number is left out. It returns the
// rows in their order, or one Invalid fault that lists every problem with its
// place.
func ReadCounts(t unit.Table, rules CountRules) ([]Count, error) {
	r := countReader{table: t, rules: rules, seen: map[[2]string]int{}}
	if !r.findHead() {
		return nil, fault.List("plan.invalid", []fault.Problem{r.problem(0, 0, "plan.noHead")}, 1)
	}
	for i := r.head + 1; i < len(t.Rows); i++ {
		if len(r.list) > MaxCounts {
			return nil, fault.New(fault.TooLarge, "plan.tooMany", MaxCounts)
		}
		r.row(i)
	}
	if len(r.list) == 0 && len(r.problems) == 0 {
		r.problems = append(r.problems, r.problem(r.head, r.at[2], "plan.noRows"))
	}
	return r.list, fault.List("plan.invalid", r.problems, len(r.problems))
}

type countReader struct {
	table    unit.Table
	rules    CountRules
	head     int
	at       [3]int // columns of unit, group and number
	list     []Count
	seen     map[[2]string]int // unit and group → row
	problems []fault.Problem
}

func (r *countReader) findHead() bool {
	for i, row := range r.table.Rows[:min(len(r.table.Rows), countHeadRows)] {
		found := map[int]int{}
		for j, cell := range row {
			if what, ok := countHeadings[r.rules.Fold(cell)]; ok {
				if _, twice := found[what]; !twice {
					found[what] = j
				}
			}
		}
		if len(found) == len(r.at) {
			r.head, r.at = i, [3]int{found[0], found[1], found[2]}
			return true
		}
	}
	return false
}

func (r *countReader) cell(row, what int) string {
	if j := r.at[what]; j < len(r.table.Rows[row]) {
		return strings.TrimSpace(r.table.Rows[row][j])
	}
	return ""
}

func (r *countReader) row(i int) {
	code, word, number := r.cell(i, 0), r.cell(i, 1), r.cell(i, 2)
	if number == "" {
		return // a row of the template that nobody filled
	}
	before := len(r.problems)
	if _, known := slices.BinarySearch(r.rules.Units, code); !known {
		r.problems = append(r.problems, r.problem(i, r.at[0], "plan.unit", clip(code)))
	}
	group, known := r.rules.Groups[r.rules.Fold(word)]
	if !known {
		r.problems = append(r.problems, r.problem(i, r.at[1], "plan.group", clip(word)))
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < r.rules.Least || n > r.rules.Most {
		r.problems = append(r.problems, r.problem(i, r.at[2], "plan.number", clip(number), r.rules.Least, r.rules.Most))
	}
	if len(r.problems) > before {
		return
	}
	if first, twice := r.seen[[2]string{code, group}]; twice {
		line, path := r.place(first, r.at[0])
		r.problems = append(r.problems, r.problem(i, r.at[0], "plan.twice", code, word, whereText(line, path)))
		return
	}
	r.seen[[2]string{code, group}] = i
	r.list = append(r.list, Count{code, group, n})
}

func whereText(line int, path string) string {
	if line > 0 {
		return strconv.Itoa(line)
	}
	return path
}

func (r *countReader) place(row, col int) (int, string) {
	if r.table.Place == nil {
		return row + 1, ""
	}
	return r.table.Place(row, col)
}

// problem names a cell: by the place the table gives, else by line and heading.
func (r *countReader) problem(row, col int, key string, args ...any) fault.Problem {
	p := fault.Problem{File: r.table.File, Key: key, Args: args}
	p.Line, p.Path = r.place(row, col)
	if p.Path == "" && r.head < len(r.table.Rows) && col < len(r.table.Rows[r.head]) && key != "plan.noHead" {
		p.Path = strings.TrimSpace(r.table.Rows[r.head][col])
	}
	return p
}
