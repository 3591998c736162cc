package report

import (
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/xlsx"
)

// ImportRows are the checked rows of a file of paper forms as the store keeps
// them until they are written.
func ImportRows(form *survey.Form, rows []xlsx.ResponseRow) []store.ImportRow {
	list := make([]store.ImportRow, len(rows))
	for i, r := range rows {
		list[i] = store.ImportRow{Unit: r.Unit, Group: r.Group, Flags: form.FlagsOf(r.Answers, 0, 0), Answers: form.Pack(r.Answers)}
	}
	return list
}
