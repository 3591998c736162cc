package xlsx

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zip"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/fault"
	"thanthien/internal/unit"
)

// The limits of an uploaded workbook.
const (
	MaxFile    = 20 << 20  // bytes of the file
	MaxUnzip   = 300 << 20 // bytes of all its parts unpacked, and not more than
	FreeUnzip  = 16 << 20  // this much, and
	MaxRatio   = 60        // this many times the file: sheets people make stay below 25
	MaxParts   = 2000      // files inside it
	MaxRows    = 200_000   // rows of the sheet that is read, up to the last filled one
	MaxColumns = 256       // columns, up to the last filled one
	MaxText    = 128 << 20 // bytes of all cells read
)

// partInMemory is the size above which excelize unpacks a part to disk.
const partInMemory = 16 << 20

// IsWorkbook reports whether data begins like a file of Excel, of today or of
// before 2007, rather than like text. It says nothing about the rest of it.
func IsWorkbook(data []byte) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, oldExcel)
}

// oldExcel begins .xls files and workbooks with a password.
var oldExcel = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// ReadTable reads one sheet of an uploaded .xlsx: the named one, the first
// visible one for "". Cells come as text: dates as Excel's day numbers, numbers
// with a point and at most 15 digits, codes with the zeros that a format such as
// 00000 shows. Places are "Sheet1!B7". It returns a fault of kind Unsupported
// for another kind of file, Invalid for a broken one or a missing sheet, and
// TooLarge beyond a limit.
func ReadTable(data []byte, sheet string) (table unit.Table, err error) {
	defer recovered(&err)
	f, err := open(data)
	if err != nil {
		return table, err
	}
	defer f.Close()
	return readSheet(f, sheet)
}

// recovered turns a panic over a crafted file into the fault for a broken one.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fault.Wrap(fmt.Errorf("panic: %v", p), fault.Invalid, "xlsx.broken")
	}
}

// open opens an uploaded workbook after checking its size, packed and unpacked.
func open(data []byte) (*excelize.File, error) {
	switch {
	case len(data) > MaxFile:
		return nil, fault.New(fault.TooLarge, "xlsx.size", MaxFile>>20)
	case bytes.HasPrefix(data, oldExcel):
		return nil, fault.New(fault.Unsupported, "xlsx.old")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fault.Wrap(err, fault.Unsupported, "xlsx.notExcel")
	}
	if len(z.File) > MaxParts {
		return nil, fault.New(fault.TooLarge, "xlsx.unzip", MaxUnzip>>20)
	}
	most := uint64(min(MaxUnzip, FreeUnzip+MaxRatio*len(data)))
	var total uint64
	for _, part := range z.File {
		if total += min(part.UncompressedSize64, MaxUnzip+1); total > most {
			return nil, fault.New(fault.TooLarge, "xlsx.unzip", most>>20)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: int64(most), UnzipXMLSizeLimit: partInMemory})
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "xlsx.broken")
	}
	return f, nil
}

// firstSheet is the first sheet that a person sees.
func firstSheet(f *excelize.File) string {
	list := f.GetSheetList()
	for _, name := range list {
		if visible, err := f.GetSheetVisible(name); err == nil && visible {
			return name
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return ""
}

func readSheet(f *excelize.File, sheet string) (unit.Table, error) {
	if sheet == "" {
		sheet = firstSheet(f)
	}
	if i, err := f.GetSheetIndex(sheet); err != nil || i < 0 {
		return unit.Table{}, fault.New(fault.Invalid, "xlsx.noSheet", sheet)
	}
	raw, err := f.Rows(sheet)
	if err != nil {
		return unit.Table{}, fault.Wrap(err, fault.Invalid, "xlsx.broken")
	}
	defer raw.Close()
	shown, err := f.Rows(sheet)
	if err != nil {
		return unit.Table{}, fault.Wrap(err, fault.Invalid, "xlsx.broken")
	}
	defer shown.Close()
	rows, err := readRows(raw, shown)
	if err != nil {
		return unit.Table{}, err
	}
	place := func(row, col int) (int, string) { return 0, sheet + "!" + at(row+1, col+1) }
	return unit.Table{Rows: rows, Place: place}, nil
}

// readRows reads a sheet twice side by side, as stored and as shown.
func readRows(raw, shown *excelize.Rows) ([][]string, error) {
	var rows [][]string
	size, filled := 0, 0
	for count := 1; raw.Next() && shown.Next(); count++ {
		stored, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "xlsx.broken")
		}
		seen, err := shown.Columns()
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "xlsx.broken")
		}
		row := mergeCells(stored, seen)
		if len(row) == 0 && count > MaxRows {
			continue
		}
		if count > MaxRows {
			return nil, fault.New(fault.TooLarge, "xlsx.rows", MaxRows)
		}
		if len(row) > MaxColumns {
			return nil, fault.New(fault.TooLarge, "xlsx.columns", MaxColumns)
		}
		for _, c := range row {
			size += len(c)
		}
		if size > MaxText {
			return nil, fault.New(fault.TooLarge, "xlsx.text", MaxText>>20)
		}
		rows = append(rows, row)
		if len(row) > 0 {
			filled = len(rows)
		}
	}
	if err := raw.Error(); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "xlsx.broken")
	}
	return rows[:filled], nil
}

// mergeCells picks the text of each cell and drops empty ones at the end.
func mergeCells(stored, seen []string) []string {
	last := 0
	for j, s := range stored {
		if strings.TrimSpace(s) != "" {
			last = j + 1
		}
	}
	if last == 0 {
		return nil
	}
	row := make([]string, last)
	for j, s := range stored[:last] {
		row[j] = plain(s)
		if j < len(seen) && padded(s, seen[j]) {
			row[j] = seen[j]
		}
	}
	return row
}

// padded reports whether what is shown is the stored number with zeros before.
func padded(stored, seen string) bool {
	return len(seen) > len(stored) && stored != "" && strings.Trim(seen, "0123456789") == "" &&
		strings.TrimLeft(seen[:len(seen)-len(stored)], "0") == "" && strings.HasSuffix(seen, stored)
}

// excelDigits are the digits that Excel itself shows of a number.
const excelDigits = 15

// plain writes a number as a person would: 0.30000000000000004 as 0.3 and
// 1.5E+20 without its exponent. Any other text comes back as it is.
func plain(s string) string {
	exponent := strings.Contains(s, "E+") || strings.Contains(s, "E-")
	if !exponent && (!strings.Contains(s, ".") || len(s) <= excelDigits) {
		return s
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || x > 1e20 || x < -1e20 {
		return s
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', excelDigits, 64), 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
