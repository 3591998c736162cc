package unit

import (
	"slices"
	"strconv"
	"strings"
)

// rank orders the levels: a unit stands under one of a lower rank.
var rank = map[string]int{Province: 1, District: 2, Commune: 3, Agency: 4}

// officialDigits are the lengths of the statistics office's codes.
var officialDigits = map[string]int{Province: 2, District: 3, Commune: 5}

// get finds a unit in the list, else among the existing ones.
func (p *parser) get(code string) (Unit, bool) {
	if e := p.byCode[code]; e != nil {
		return e.Unit, true
	}
	u, ok := p.existing[code]
	return u, ok
}

// checkTree checks what one row alone cannot show.
func (p *parser) checkTree() {
	for _, e := range p.entries {
		p.checkParent(e)
		p.checkPredecessors(e)
	}
	p.checkExisting()
	p.checkCycles()
}

func (p *parser) parentColumn(e *entry) column {
	for _, c := range []column{colParent, colDistrictCode, colProvinceCode} {
		if p.head.has(c) && p.cell(e.row, c) == e.Parent {
			return c
		}
	}
	return colParent
}

func (p *parser) checkParent(e *entry) {
	if e.Parent == "" {
		return
	}
	parent, ok := p.get(e.Parent)
	switch {
	case !ok:
		p.add(e.row, p.parentColumn(e), "unit.noParent", e.Parent)
	case e.Code == e.Parent:
		p.add(e.row, p.parentColumn(e), "unit.ownParent", e.Code)
	case !above(parent.Level, e.Level):
		p.add(e.row, p.parentColumn(e), "unit.parentLevel", e.Name, parent.Name)
	}
}

// above reports whether a unit of one level may hold a unit of another. An
// unknown level has its own problem already and passes here.
func above(parent, child string) bool {
	if parent == "" || child == "" {
		return true
	}
	return rank[parent] < rank[child] || parent == Agency && child == Agency
}

// checkExisting finds known units left under a parent whose level this list
// changes.
func (p *parser) checkExisting() {
	codes := make([]string, 0, len(p.existing))
	for code := range p.existing {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		u := p.existing[code]
		parent := p.byCode[u.Parent]
		if p.byCode[code] == nil && parent != nil && !above(parent.Level, u.Level) {
			p.add(parent.row, colLevel, "unit.childLevel", parent.Name, u.Name)
		}
	}
}

func (p *parser) checkPredecessors(e *entry) {
	for _, code := range e.Predecessors {
		if code == e.Code {
			p.add(e.row, colPred, "unit.ownPredecessor", code)
		} else if _, ok := p.get(code); !ok {
			p.add(e.row, colPred, "unit.noPredecessor", code)
		}
	}
}

// checkCycles reports each ring of parents once, at its first row in the list.
// Only agencies can form one: other levels must rise.
func (p *parser) checkCycles() {
	done := map[string]bool{}
	for _, e := range p.entries {
		var path []string
		at := map[string]int{}
		for code := e.Code; code != "" && !done[code]; {
			if start, seen := at[code]; seen {
				if len(path)-start > 1 { // a unit under itself has its own problem
					p.add(e.row, p.parentColumn(e), "unit.cycle", strings.Join(append(path[start:], code), " → "))
				}
				break
			}
			at[code] = len(path)
			path = append(path, code)
			u, _ := p.get(code)
			code = u.Parent
		}
		for _, code := range path {
			done[code] = true
		}
	}
}

// checkZeros finds codes whose leading zeros a spreadsheet removed. It speaks
// only when that is certain: the code with its zeros is a known unit, or the
// level's codes are all digits and at least half have the official length.
func (p *parser) checkZeros() {
	for _, level := range []string{Province, District, Commune} {
		digits := officialDigits[level]
		var short []*entry
		full, others := 0, 0
		for _, e := range p.entries {
			switch {
			case e.Level != level:
			case !allDigits(e.Code) || len(e.Code) > digits:
				others++
			case len(e.Code) == digits:
				full++
			default:
				short = append(short, e)
			}
		}
		for _, e := range short {
			whole := strings.Repeat("0", digits-len(e.Code)) + e.Code
			known, isKnown := p.existing[whole]
			if isKnown && known.Level == level || others == 0 && full >= len(short) {
				p.add(e.row, p.codeColumn(e), "unit.zeros", e.Code, whole, digits)
			}
		}
	}
}

func (p *parser) codeColumn(e *entry) column {
	switch {
	case e.named && e.Level == Province:
		return colProvinceCode
	case e.named:
		return colDistrictCode
	}
	return colCode
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// place is where a cell stands, for naming it inside another message.
func (p *parser) place(row int, c column) (line int, path string) {
	at := p.table.problem(row, max(p.head.at[c], 0), "")
	return at.Line, at.Path
}

func where(line int, path string) string {
	if path != "" {
		return path
	}
	return strconv.Itoa(line)
}
