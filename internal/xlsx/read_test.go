package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/fault"
	"thanthien/internal/unit"
)

// upload makes a workbook as a person would.
func upload(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(t testing.TB, f *excelize.File, cell string, value any, format ...string) {
	t.Helper()
	if err := f.SetCellValue("Sheet1", cell, value); err != nil {
		t.Fatal(err)
	}
	if len(format) > 0 {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format[0]})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", cell, cell, id); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadTable(t *testing.T) {
	data := upload(t, func(f *excelize.File) {
		for cell, v := range map[string]any{"A1": "code", "B1": "name", "C1": "level", "D1": "parent", "E1": "valid_from", "A2": "90", "B2": "Tỉnh Minh Họa", "C2": "Tỉnh"} {
			set(t, f, cell, v)
		}
		set(t, f, "A4", 7210, "00000")
		set(t, f, "B4", "Phường Bến Đá")
		set(t, f, "C4", "Phường")
		set(t, f, "D4", 90)
		set(t, f, "E4", time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), "dd/mm/yyyy")
		set(t, f, "H9", "   ")
	})
	table, err := ReadTable(data, "")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"code", "name", "level", "parent", "valid_from"}, {"90", "Tỉnh Minh Họa", "Tỉnh"}, nil, {"07210", "Phường Bến Đá", "Phường", "90", "46204"}}
	if diff := cmp.Diff(want, table.Rows); diff != "" {
		t.Errorf("rows: %s", diff)
	}
	if line, path := table.Place(6, 1); line != 0 || path != "Sheet1!B7" {
		t.Errorf("place %d %q", line, path)
	}
	units, err := unit.Parse(table, nil)
	if err != nil || len(units) != 2 || units[1].ValidFrom != "2026-07-01" || units[1].Code != "07210" {
		t.Errorf("units %+v, %v", units, err)
	}
}

// A problem of an uploaded list names sheet and cell.
func TestReadTableProblem(t *testing.T) {
	data := upload(t, func(f *excelize.File) {
		for i, row := range [][]any{{"Mã", "Tên", "Cấp"}, {"1", "Xã A", "làng"}} {
			for j, v := range row {
				set(t, f, at(i+1, j+1), v)
			}
		}
	})
	table, err := ReadTable(data, "Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unit.Parse(table, nil); err == nil || !strings.Contains(err.Error(), "Sheet1!C2:unit.badLevel làng") {
		t.Errorf("got %v", err)
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"0.30000000000000004": "0.3", "4.2500000000000001": "4.25", "1.5E+2": "150", "1E-3": "0.001", "7210": "7210",
		"1E5": "1E5", "12345678901234567890": "12345678901234567890", "Xã E+": "Xã E+", "": "", "0.1": "0.1",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

// pack is a zip file with these parts.
func pack(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadTableRefuses(t *testing.T) {
	good := upload(t, func(f *excelize.File) { set(t, f, "A1", "x") })
	many := map[string]string{}
	for i := range MaxParts + 1 {
		many[fmt.Sprint(i)] = ""
	}
	for name, c := range map[string]struct {
		data  []byte
		sheet string
		kind  fault.Kind
	}{
		"empty":     {nil, "", fault.Unsupported},
		"text":      {[]byte("code,name\n"), "", fault.Unsupported},
		"old Excel": {append(bytes.Clone(oldExcel), make([]byte, 600)...), "", fault.Unsupported},
		"size":      {make([]byte, MaxFile+1), "", fault.TooLarge},
		"truncated": {good[:len(good)/2], "", fault.Unsupported},
		"other zip": {pack(t, map[string]string{"a.txt": "x"}), "", fault.Invalid},
		"no sheet":  {good, "Đơn vị", fault.Invalid},
		"bomb":      {pack(t, map[string]string{"xl/worksheets/sheet1.xml": strings.Repeat(" ", MaxUnzip+1)}), "", fault.TooLarge},
		"parts":     {pack(t, many), "", fault.TooLarge},
		"far right": {upload(t, func(f *excelize.File) { set(t, f, "XFD1", "x") }), "", fault.TooLarge},
		"far down":  {upload(t, func(f *excelize.File) { set(t, f, "A200001", "x") }), "", fault.TooLarge},
	} {
		if _, err := ReadTable(c.data, c.sheet); err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want kind %v", name, err, c.kind)
		}
	}
	if table, err := ReadTable(upload(t, func(f *excelize.File) { set(t, f, "A200000", "x") }), ""); err != nil || len(table.Rows) != MaxRows {
		t.Errorf("the last allowed row: %d rows, %v", len(table.Rows), err)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add(upload(f, func(x *excelize.File) { set(f, x, "B2", "x"); set(f, x, "A1", 7210, "00000") }))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := ReadTable(data, "")
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("a file is never our fault: %v", err)
		}
		for i, row := range table.Rows {
			if len(row) > MaxColumns {
				t.Fatalf("row %d has %d columns", i, len(row))
			}
		}
	})
}

// FuzzSheet writes the sheet's XML itself, which mutated zip bytes seldom reach.
func FuzzSheet(f *testing.F) {
	good := upload(f, func(x *excelize.File) { set(f, x, "B2", "x"); set(f, x, "A1", 7210, "00000") })
	z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string]string{}
	for _, p := range z.File {
		r, err := p.Open()
		if err != nil {
			f.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		parts[p.Name] = string(text)
	}
	const sheet = "xl/worksheets/sheet1.xml"
	f.Add(parts[sheet])
	f.Add(`<worksheet><sheetData><row r="-1"><c r="ZZZZ9" t="s"><v>99</v></c></row></sheetData></worksheet>`)
	f.Fuzz(func(t *testing.T, text string) {
		parts[sheet] = text
		if _, err := ReadTable(pack(t, parts), ""); err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("a file is never our fault: %v", err)
		}
	})
}
