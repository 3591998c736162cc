package unit

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"thanthien/internal/fault"
)

// Table is a list as read from a file: rows of cells, the heading among them.
// File is its name for messages. Place says where a cell stands: a 1-based line
// (0 when the path says it all) and a path such as "Sheet1!B7"; nil means that
// row i is line i+1 and the path is the column's heading.
type Table struct {
	File  string
	Rows  [][]string
	Place func(row, col int) (line int, path string)
}

// column is what a column of a list means.
type column int

const (
	colCode column = iota
	colName
	colLevel
	colParent
	colFrom
	colTo
	colPred
	colProvinceCode
	colProvinceName
	colDistrictCode
	colDistrictName
	columns // how many there are
)

// columnNames are the headings we write ourselves, for messages.
var columnNames = [columns]string{"code", "name", "level", "parent", "valid_from", "valid_to", "predecessors",
	"Mã TP", "Tỉnh / Thành Phố", "Mã QH", "Quận Huyện"}

// headings are the accepted headings, folded. "mã px" and "phường xã" are the
// statistics office's names for code and name when each level has two columns.
var headings = map[string]column{
	"code": colCode, "unit": colCode, "ma": colCode, "ma so": colCode, "ma don vi": colCode, "ma dvhc": colCode, "ma px": colCode, "ma xa": colCode,
	"name": colName, "ten": colName, "ten don vi": colName, "ten dvhc": colName, "phuong xa": colName,
	"level": colLevel, "cap": colLevel, "cap don vi": colLevel,
	"parent": colParent, "ma cap tren": colParent, "ma don vi cap tren": colParent, "don vi cap tren": colParent,
	"valid from": colFrom, "from": colFrom, "hieu luc tu": colFrom, "tu ngay": colFrom,
	"valid to": colTo, "to": colTo, "hieu luc den": colTo, "den ngay": colTo,
	"predecessors": colPred, "ma don vi cu": colPred, "don vi cu": colPred,
	"ma tp": colProvinceCode, "ma tinh": colProvinceCode, "tinh thanh pho": colProvinceName,
	"ma qh": colDistrictCode, "ma huyen": colDistrictCode, "quan huyen": colDistrictName,
}

// headerSearch is how many rows may stand above the heading (titles, notes).
const headerSearch = 20

// header is where each column stands; -1 when the list has none.
type header struct {
	row int
	at  [columns]int
}

func (h header) has(c column) bool { return h.at[c] >= 0 }

// findHeader returns the first row that names at least the code and the name.
// Without one it returns the best row's missing columns as problems.
func findHeader(t Table) (header, []fault.Problem) {
	best, bestFound := header{row: -1}, 0
	for i, row := range t.Rows[:min(len(t.Rows), headerSearch)] {
		h, found, same := readHeader(i, row)
		if h.has(colCode) && h.has(colName) {
			return h, append(sameColumns(t, h, same), missing(t, h, colLevel)...)
		}
		if found > bestFound {
			best, bestFound = h, found
		}
	}
	if best.row < 0 {
		return best, []fault.Problem{t.problem(0, 0, "unit.noHeader", strings.Join(columnNames[:colPred+1], ", "))}
	}
	return best, missing(t, best, colCode, colName, colLevel)
}

func readHeader(i int, row []string) (h header, found int, same []int) {
	h.row = i
	for c := range h.at {
		h.at[c] = -1
	}
	for j, cell := range row {
		c, ok := headings[foldHeading(cell)]
		switch {
		case !ok:
		case h.has(c):
			same = append(same, j)
		default:
			h.at[c] = j
			found++
		}
	}
	return h, found, same
}

func foldHeading(s string) string {
	return fold(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			return r
		}
		return ' '
	}, clean(s)))
}

func sameColumns(t Table, h header, at []int) []fault.Problem {
	var list []fault.Problem
	for _, j := range at {
		list = append(list, t.problem(h.row, j, "unit.sameColumn", clean(t.Rows[h.row][j])))
	}
	return list
}

func missing(t Table, h header, need ...column) []fault.Problem {
	var list []fault.Problem
	for _, c := range need {
		if !h.has(c) {
			list = append(list, t.problem(h.row, 0, "unit.missingColumn", columnNames[c]))
		}
	}
	return list
}

// problem names the place of a cell.
func (t Table) problem(row, col int, key string, args ...any) fault.Problem {
	p := fault.Problem{File: t.File, Key: key, Args: args}
	if t.Place != nil {
		p.Line, p.Path = t.Place(row, col)
	} else {
		p.Line = row + 1
	}
	return p
}

// clean is how every cell is read: NFC, white space (also the no-break kind)
// as single spaces, nothing invisible.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}
