package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thanthien/internal/xlsx"
)

// A set goes out as a workbook and comes back the same; one made from an older
// draft is refused; problems name their cells.
func TestCriteriaWorkbook(t *testing.T) {
	dir := t.TempDir()
	db := " --db " + filepath.Join(dir, "test.db")
	call := func(want int, args string) (stdout, stderr string) {
		t.Helper()
		code, stdout, stderr := scoreCall(t, dir, args+db)
		if code != want {
			t.Fatalf("%s: exit %d, want %d: %s", args, code, want, stderr)
		}
		return stdout, stderr
	}
	call(exitOK, "criteria import mau-than-thien-bg@1 --draft")
	before, _ := call(exitOK, "criteria export mau-than-thien-bg@1")
	call(exitOK, "criteria export mau-than-thien-bg --format xlsx --out "+filepath.Join(dir, "a.xlsx"))
	call(exitOK, "criteria import --draft @a.xlsx")
	after, _ := call(exitOK, "criteria export mau-than-thien-bg@1 --format yaml")
	if before != after || !strings.Contains(before, "id: mau-than-thien-bg") {
		t.Error("the set changed on its way through the workbook")
	}
	if out, _ := call(exitOK, "criteria export mau-than-thien-bg --format xlsx"); !xlsx.IsWorkbook([]byte(out)) {
		t.Error("standard output has no workbook")
	}
	writeText(t, filepath.Join(dir, "b.yaml"), strings.Replace(before, "Thực hiện quy chế dân chủ", "Thực hiện dân chủ", 1))
	call(exitRefused, "criteria import --draft @b.yaml") // a draft is there
	call(exitOK, "criteria import --draft --replace @b.yaml")
	if _, stderr := call(exitRefused, "criteria import --draft @a.xlsx"); !strings.Contains(stderr, "bản cũ") {
		t.Errorf("a stale workbook: %s", stderr)
	}
	if now, _ := call(exitOK, "criteria export mau-than-thien-bg"); !strings.Contains(now, "Thực hiện dân chủ") {
		t.Error("a stale workbook was stored")
	}
	writeText(t, filepath.Join(dir, "c.xlsx"), "PK\x03\x04")
	call(exitRefused, "criteria import @c.xlsx")
	call(exitUsage, "criteria export mau-than-thien-bg --format pdf")
	call(exitRefused, "criteria export khong-co --format xlsx")
}

func writeText(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
