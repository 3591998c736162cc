package xlsx

import (
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// Columns of an exported workbook that the table of paper forms has as well,
// and the one that tells what does not count.
const (
	exportUnit     = "ma_don_vi"
	exportGroup    = "nhom"
	exportExcluded = "da_loai"
)

// exportOnly reports whether a heading is of a column that exports have for
// their readers: the database makes its content anew, so an import drops it.
func exportOnly(text string) bool {
	heading := vi.Fold(text)
	return slices.Contains([]string{"channel", "day", "minutes", "flags"}, heading) ||
		slices.ContainsFunc(fixedColumns(), func(c fixedColumn) bool { return c.code == heading })
}

// responsesSheet is the sheet with the responses: the first, or that of an
// exported workbook, which has others before it and no stamp.
func responsesSheet(f *excelize.File) string {
	name, has := vi.Text("export.sheetData"), func(sheet string) bool {
		i, err := f.GetSheetIndex(sheet)
		return err == nil && i >= 0
	}
	if has(name) && !has(stampSheet) {
		return name
	}
	return firstSheet(f)
}

// unsafeCSV takes away the apostrophe that report.SafeCSV puts before a text
// which a spreadsheet would read as a formula. Cells of workbooks need none.
func unsafeCSV(t unit.Table, text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && rest != "" && strings.IndexByte("=+-@\t\r", rest[0]) >= 0 {
		if _, cell := t.Place(0, 0); cell == "" {
			return rest
		}
	}
	return text
}
