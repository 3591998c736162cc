package score

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"thanthien/internal/rubric"
)

// WriteCSV writes the results in their order, one row per unit: rank, unit,
// total, one column per group ("group 1") and leaf ("leaf 1.1"), complete,
// recognised, band, the missing leaves and the failed requirements, which are
// written as rule:code want/got and separated by ";". Nothing in it can start a
// formula: there are no names or titles, and every code begins with a letter or
// digit.
func WriteCSV(w io.Writer, set *rubric.Set, results []Result) error {
	out := csv.NewWriter(w)
	head := []string{"rank", "unit", "total"}
	for _, g := range set.Groups {
		head = append(head, "group "+g.Code)
	}
	for _, l := range set.Leaves() {
		head = append(head, "leaf "+l.Code)
	}
	if err := out.Write(append(head, "complete", "recognised", "band", "missing", "not_applicable", "failed")); err != nil {
		return err
	}
	for i := range results {
		if err := out.Write(results[i].row()); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (r *Result) row() []string {
	rank := ""
	if r.Rank > 0 {
		rank = strconv.Itoa(r.Rank)
	}
	row := []string{rank, r.Unit, r.Total.String(r.Decimals)}
	for _, g := range r.Groups {
		row = append(row, g.Points.String(r.Decimals))
	}
	for _, l := range r.Leaves {
		row = append(row, l.Points.String(r.Decimals))
	}
	failed := make([]string, len(r.Failed))
	for i, f := range r.Failed {
		name := f.Rule
		if f.Code != "" {
			name += ":" + f.Code
		}
		failed[i] = name + " " + f.Want + "/" + f.Got
	}
	return append(row, strconv.FormatBool(r.Complete), strconv.FormatBool(r.Recognised), r.Band,
		strings.Join(r.Codes(Missing), ";"), strings.Join(r.Codes(Exempt), ";"), strings.Join(failed, ";"))
}
