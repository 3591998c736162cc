package dossier

import (
	"errors"
	"slices"
	"strings"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/unit"
)

// TeamLine is one line of a list of teams; Line and Path say where it stands.
type TeamLine struct {
	Unit    string
	Members []string // logins, the first leads; none takes the team away
	Line    int
	Path    string
}

// TeamRules say what a list of teams may hold.
type TeamRules struct {
	Period   *Period
	Stage    string
	Dossiers map[string]Dossier      // by unit
	Users    map[string]account.User // by login
	Fold     func(string) string     // lower case, no accents
}

// teamHeadRows is how many rows may stand above the heading.
const teamHeadRows = 20

// unitHeadings are the accepted headings of the unit's code, folded; a column
// of members begins with one of memberHeadings.
var (
	unitHeadings   = []string{"ma don vi", "ma", "unit", "code", "ma xa"}
	memberHeadings = []string{"to truong", "thanh vien", "lead", "member"}
)

// ReadTeams reads a list of teams: a column with the code of the unit and one or
// more with members. A cell holds a login, perhaps with a name behind it, or
// several separated by ";". It returns the lines in their order, or one Invalid
// fault with every problem and its place.
func ReadTeams(t unit.Table, rules TeamRules) ([]TeamLine, error) {
	r := teamReader{table: t, rules: rules, seen: map[string]bool{}}
	if !r.findHead() {
		return nil, fault.List("team.invalid", []fault.Problem{r.problem(0, 0, "team.noHead")}, 1)
	}
	for i := r.head + 1; i < len(t.Rows); i++ {
		r.row(i)
	}
	if len(r.lines) == 0 && len(r.problems) == 0 {
		r.problems = append(r.problems, r.problem(r.head, r.unit, "team.noRows"))
	}
	return r.lines, fault.List("team.invalid", r.problems, len(r.problems))
}

type teamReader struct {
	table    unit.Table
	rules    TeamRules
	head     int
	unit     int
	members  []int // columns
	lines    []TeamLine
	seen     map[string]bool
	problems []fault.Problem
}

func (r *teamReader) findHead() bool {
	for i, row := range r.table.Rows[:min(len(r.table.Rows), teamHeadRows)] {
		r.head, r.unit, r.members = i, -1, nil
		for j, cell := range row {
			word := r.rules.Fold(cell)
			switch {
			case r.unit < 0 && slices.Contains(unitHeadings, word):
				r.unit = j
			case slices.ContainsFunc(memberHeadings, func(h string) bool { return strings.HasPrefix(word, h) }):
				r.members = append(r.members, j)
			}
		}
		if r.unit >= 0 && len(r.members) > 0 {
			return true
		}
	}
	return false
}

func (r *teamReader) cell(row, col int) string {
	if col < len(r.table.Rows[row]) {
		return strings.TrimSpace(r.table.Rows[row][col])
	}
	return ""
}

func (r *teamReader) row(i int) {
	line := TeamLine{Unit: r.cell(i, r.unit)}
	line.Line, line.Path = r.place(i, r.unit)
	before, filled := len(r.problems), line.Unit != ""
	for _, col := range r.members {
		for _, login := range logins(r.cell(i, col)) {
			filled = true
			r.member(&line, i, col, login)
		}
	}
	if !filled {
		return
	}
	d, known := r.rules.Dossiers[line.Unit]
	switch {
	case !known:
		r.problems = append(r.problems, r.problem(i, r.unit, "team.unit", clipped(line.Unit)))
		return
	case r.seen[line.Unit]:
		r.problems = append(r.problems, r.problem(i, r.unit, "team.unitTwice", line.Unit))
		return
	}
	r.seen[line.Unit] = true
	if len(r.problems) > before {
		return
	}
	if err := d.TryAssign(r.rules.Period, r.rules.Stage, line.Members, r.rules.Users); err != nil {
		r.problems = append(r.problems, r.refusal(i, err)...)
		return
	}
	r.lines = append(r.lines, line)
}

// member adds one to the line unless they may not be there.
func (r *teamReader) member(line *TeamLine, row, col int, login string) {
	u, known := r.rules.Users[login]
	old := r.rules.Dossiers[line.Unit]
	stays := old.MemberOf(r.rules.Stage, login)
	switch {
	case slices.Contains(line.Members, login):
		r.problems = append(r.problems, r.problem(row, col, "team.twice", clipped(login)))
	case stays:
		line.Members = append(line.Members, login)
	default:
		if p := notAppraiser(login, u, known, line.Unit); p.Key != "" {
			r.problems = append(r.problems, r.problem(row, col, p.Key, p.Args...))
			return
		}
		line.Members = append(line.Members, login)
	}
}

// refusal turns why a dossier does not take a team into problems of its row.
func (r *teamReader) refusal(row int, err error) []fault.Problem {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return []fault.Problem{r.problem(row, r.unit, "team.invalid", 1)}
	}
	if len(f.Problems) == 0 {
		return []fault.Problem{r.problem(row, r.unit, f.Key, f.Args...)}
	}
	var list []fault.Problem
	for _, p := range f.Problems {
		list = append(list, r.problem(row, r.unit, p.Key, p.Args...))
	}
	return list
}

// logins splits a cell: what stands before the first blank of each part.
func logins(cell string) []string {
	var list []string
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return c == ';' || c == ',' || c == '\n' }) {
		if words := strings.Fields(part); len(words) > 0 {
			list = append(list, strings.ToLower(words[0]))
		}
	}
	return list
}

// maxClipped is how much of a wrong word is repeated, in characters.
const maxClipped = 40

func clipped(s string) string {
	if r := []rune(s); len(r) > maxClipped {
		return string(r[:maxClipped]) + "…"
	}
	return s
}

func (r *teamReader) place(row, col int) (int, string) {
	if r.table.Place == nil {
		return row + 1, ""
	}
	return r.table.Place(row, col)
}

func (r *teamReader) problem(row, col int, key string, args ...any) fault.Problem {
	p := fault.Problem{File: r.table.File, Key: key, Args: args}
	p.Line, p.Path = r.place(row, col)
	if p.Path == "" && r.head < len(r.table.Rows) && col < len(r.table.Rows[r.head]) && key != "team.noHead" {
		p.Path = strings.TrimSpace(r.table.Rows[r.head][col])
	}
	return p
}

// notAppraiser is the problem of somebody who may not be given a unit, if any.
func notAppraiser(login string, u account.User, known bool, unit string) fault.Problem {
	switch {
	case !known:
		return fault.Problem{Path: "members", Key: "team.nobody", Args: []any{clipped(login)}}
	case u.Disabled:
		return fault.Problem{Path: "members", Key: "team.disabled", Args: []any{login}}
	case !u.Role.May(account.MarkStage):
		return fault.Problem{Path: "members", Key: "team.notAppraiser", Args: []any{login}}
	case slices.Contains(u.Recused, unit):
		return fault.Problem{Path: "members", Key: "team.recused", Args: []any{login, unit}}
	}
	return fault.Problem{}
}

// CheckTeam lists why members may not be given the dossier at a stage: those
// who are no appraisers, may not sign in, keep out of the unit's affairs, scored
// the unit for itself or stand there twice. Who is a member already stays one.
func (d *Dossier) CheckTeam(stage string, members []string, users map[string]account.User) []fault.Problem {
	var ps []fault.Problem
	for i, login := range members {
		if slices.Contains(members[:i], login) {
			ps = append(ps, fault.Problem{Path: "members", Key: "team.twice", Args: []any{login}})
			continue
		}
		if d.MemberOf(stage, login) {
			continue
		}
		u, known := users[login]
		p := notAppraiser(login, u, known, d.Unit)
		if p.Key == "" && d.scoredItself(login) {
			p = fault.Problem{Path: "members", Key: "team.recused", Args: []any{login, d.Unit}}
		}
		if p.Key != "" {
			ps = append(ps, p)
		}
	}
	return ps
}

// TryAssign returns why a team could not be assigned now, or nil. Nothing is
// changed.
func (d *Dossier) TryAssign(p *Period, stage string, members []string, users map[string]account.User) error {
	if err := fault.List("team.refused", d.CheckTeam(stage, members, users)); err != nil {
		return err
	}
	try := Dossier{Period: d.Period, Unit: d.Unit, Status: d.Status, Stage: d.Stage, Teams: slices.Clone(d.Teams), Sheets: d.Sheets, Conclusions: d.Conclusions, Locked: d.Locked}
	return try.Assign(Context{Who: Manager, Period: p, Recused: d.RecusedMembers(stage, users)}, stage, members)
}

// RecusedMembers lists the members of a stage who must keep out of the unit's
// affairs since they were assigned.
func (d *Dossier) RecusedMembers(stage string, users map[string]account.User) []string {
	var list []string
	for _, m := range d.Team(stage).Members {
		if slices.Contains(users[m].Recused, d.Unit) {
			list = append(list, m)
		}
	}
	return list
}

// Finishers lists the members of a stage whose sheets of the present round are
// in: they stay.
func (d *Dossier) Finishers(stage string) []string {
	t := d.Team(stage)
	var list []string
	for _, m := range t.Members {
		if d.Finished(Layer{stage, m, t.Round}) {
			list = append(list, m)
		}
	}
	return list
}
