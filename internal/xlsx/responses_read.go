package xlsx

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// ResponseRow is one checked paper form of a file.
type ResponseRow struct {
	Line    int // of the file, from 1
	Unit    string
	Group   string
	Answers survey.Answers
}

// ReadResponses reads a file of paper forms by what it is: a workbook made from
// the template or by an export, CSV with the headings of either, or NDJSON (see
// survey.Form.ParseResponse). Nothing is left out: the error lists the problems
// with their cells, at most ResponseProblems of them, its argument is how many
// there are. A workbook for another campaign or form is a Conflict.
func ReadResponses(name string, data []byte, r ResponseSheet) ([]ResponseRow, error) {
	in := newResponseReader(r)
	err := in.file(name, data)
	switch {
	case err != nil:
		return nil, err
	case in.count > 0:
		return nil, fault.List("paper.rowsInvalid", in.problems, in.count)
	case len(in.rows) == 0:
		return nil, fault.New(fault.Invalid, "paper.noRows")
	}
	return in.rows, nil
}

// ResponsesSum is the SHA-256 over the content of rows in their order: the same
// forms saved by another program have the same.
func ResponsesSum(form *survey.Form, rows []ResponseRow) []byte {
	h := sha256.New()
	var b []byte
	for _, r := range rows {
		b = append(b[:0], strconv.Quote(r.Unit)+strconv.Quote(r.Group)...)
		b = form.AppendPack(b, r.Answers)
		_, _ = h.Write([]byte(strconv.Itoa(len(b)) + ":")) // a hash takes everything
		_, _ = h.Write(b)
	}
	return h.Sum(nil)
}

// responseReader collects the rows and problems of a file.
type responseReader struct {
	ResponseSheet
	units    map[string]string // what a cell may say, folded → code
	groups   map[string]string
	serials  map[string]string // unit and serial number → the place it was first seen
	rows     []ResponseRow
	problems []fault.Problem
	count    int
}

func newResponseReader(r ResponseSheet) *responseReader {
	in := &responseReader{ResponseSheet: r, units: map[string]string{}, groups: map[string]string{}, serials: map[string]string{}}
	for _, u := range r.Units {
		if r.Campaign.Has(u.Code) {
			addWord(in.units, vi.Fold(u.Name), u.Code)
		}
	}
	for _, code := range r.Campaign.Units {
		addWord(in.units, strings.TrimLeft(code, "0"), code)
	}
	for _, code := range r.Campaign.Units {
		in.units[vi.Fold(code)] = code
	}
	for _, g := range r.Campaign.RespondentGroups(r.Form) {
		in.groups[vi.Fold(vi.Text("group."+g))] = g
		in.groups[g] = g
	}
	return in
}

// addWord adds a word for a code; a word of two codes is good for neither.
func addWord(words map[string]string, word, code string) {
	if old, ok := words[word]; ok && old != code {
		code = ""
	}
	words[word] = code
}

func (in *responseReader) problem(p fault.Problem) {
	in.count++
	if len(in.problems) < ResponseProblems {
		in.problems = append(in.problems, p)
	}
}

func (in *responseReader) file(name string, data []byte) (err error) {
	defer recovered(&err)
	switch {
	case strings.EqualFold(path.Ext(name), ".ndjson"):
		return in.lines(data)
	case IsWorkbook(data) || strings.EqualFold(path.Ext(name), ".xlsx"):
		f, err := open(data)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := in.checkStamp(f); err != nil {
			return err
		}
		t, err := readSheet(f, responsesSheet(f))
		if err != nil {
			return err
		}
		return in.table(t)
	}
	t, err := unit.ReadCSV(data)
	if err != nil {
		return err
	}
	return in.table(t)
}

// checkStamp refuses a workbook that was made for something else. One without a
// stamp is read by its headings.
func (in *responseReader) checkStamp(f *excelize.File) error {
	if i, err := f.GetSheetIndex(stampSheet); err != nil || i < 0 {
		return nil
	}
	t, err := readSheet(f, stampSheet)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, line := range t.Rows {
		if len(line) > 1 {
			values[line[0]] = line[1]
		}
	}
	if values["format"] != responsesFormat {
		return fault.New(fault.Invalid, "paper.otherWorkbook")
	}
	if values["campaign"] != in.Campaign.ID {
		return fault.New(fault.Conflict, "paper.otherCampaign", values["campaign"], in.Campaign.ID)
	}
	if values["form"] != in.Form.ID || values["version"] != strconv.Itoa(in.Form.Version) {
		return fault.New(fault.Conflict, "paper.otherForm", values["form"]+"@"+values["version"], in.Form.ID+"@"+strconv.Itoa(in.Form.Version))
	}
	return nil
}

// lines reads NDJSON.
func (in *responseReader) lines(data []byte) error {
	if len(data) > MaxResponsesText {
		return fault.New(fault.TooLarge, "paper.textSize", MaxResponsesText>>20)
	}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		r, err := in.Form.ParseResponse(line)
		if err != nil {
			in.refuse(n, "", err)
			continue
		}
		if r.Excluded {
			in.problem(fault.Problem{Line: n, Key: "paper.excluded"})
			continue
		}
		in.take(n, fault.Problem{Line: n}, fault.Problem{Line: n}, r)
	}
	return nil
}

// take adds a response whose answers are right if its unit and group are.
func (in *responseReader) take(line int, unitAt, groupAt fault.Problem, r survey.Response) {
	before := in.count
	if !in.Campaign.Has(r.Unit) {
		unitAt.Key, unitAt.Args = "paper.unitOut", []any{r.Unit}
		in.problem(unitAt)
	}
	if !in.Campaign.Takes(in.Form, r.Group) {
		groupAt.Key, groupAt.Args = "paper.groupOut", []any{r.Group}
		in.problem(groupAt)
	}
	if r.Answers.Empty() {
		in.problem(fault.Problem{Line: unitAt.Line, Path: unitAt.Path, Key: "paper.rowBlank"})
	}
	if in.count == before {
		in.rows = append(in.rows, ResponseRow{line, r.Unit, r.Group, r.Answers})
	}
}

// refuse lists what is wrong with a line.
func (in *responseReader) refuse(line int, path string, err error) {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok:
		in.problem(fault.Problem{Line: line, Path: path, Key: "internal"})
	case len(f.Problems) == 0:
		in.problem(fault.Problem{Line: line, Path: path, Key: f.Key, Args: f.Args})
	default:
		for _, p := range f.Problems {
			p.Line = line
			in.problem(p)
		}
	}
}
