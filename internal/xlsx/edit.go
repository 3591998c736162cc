package xlsx

import (
	"github.com/xuri/excelize/v2"

	"thanthien/internal/vi"
)

// choose offers a list of words in cells; other text is refused by Excel.
func (s *sheet) choose(cells string, words []string) {
	s.before = append(s.before, func() error {
		d := excelize.NewDataValidation(true)
		d.SetSqref(cells)
		d.SetError(excelize.DataValidationErrorStyleStop, vi.Text("xlsx.chooseTitle"), vi.Text("xlsx.choose"))
		if err := d.SetDropList(words); err != nil {
			return err
		}
		return s.book.file.AddDataValidation(s.name, d)
	})
}

// protect locks the cells that are not made for editing. There is no password:
// it guards against slips, not against people.
func (s *sheet) protect() {
	s.before = append(s.before, func() error {
		return s.book.file.ProtectSheet(s.name, &excelize.SheetProtectionOptions{
			SelectLockedCells: true, SelectUnlockedCells: true, InsertRows: true, DeleteRows: true,
			FormatCells: true, FormatColumns: true, FormatRows: true, Sort: true, AutoFilter: true,
		})
	})
}
