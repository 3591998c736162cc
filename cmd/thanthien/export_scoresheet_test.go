package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestExportStages writes both reports of a database with one period.
func TestExportStages(t *testing.T) {
	dir := scoreFiles(t)
	db := filepath.Join(t.TempDir(), "t.db")
	run(t, "units", "import", "--db", db, filepath.Join(dir, "units.csv"))
	run(t, "criteria", "import", "--db", db, "mau-than-thien-bg@1")
	run(t, "period", "create", "2026", "--db", db, "--criteria", "mau-than-thien-bg@1", "--open")
	for _, c := range []struct {
		report string
		sheets int
		want   string
	}{
		{"scoresheet", 1, "BẢNG ĐIỂM"},
		{"differences", 4, "CHÊNH LỆCH GIỮA ĐIỂM TỰ CHẤM VÀ ĐIỂM THẨM ĐỊNH"},
	} {
		out := filepath.Join(t.TempDir(), "a.xlsx")
		run(t, "export", c.report, "--db", db, "--period", "2026", "--out", out)
		f, err := excelize.OpenFile(out)
		if err != nil {
			t.Fatal(err)
		}
		sheets := f.GetSheetList()
		rows, err := f.GetRows(sheets[0])
		f.Close()
		if err != nil || len(sheets) < c.sheets || !slices.ContainsFunc(rows, func(r []string) bool { return strings.Contains(strings.Join(r, " "), c.want) }) {
			t.Errorf("%s: sheets %q, first %q, %v", c.report, sheets, rows, err)
		}
	}
}
