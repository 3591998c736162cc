package xlsx

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/rubric"
)

// opened reads a workbook, until the test ends.
func opened(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func compareFormulas(t *testing.T, book string, before, after *excelize.File) (formulas int) {
	raw := excelize.Options{RawCellValue: true}
	for _, name := range before.GetSheetList() {
		rows, err := before.GetRows(name, raw)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				cell := at(i+1, j+1)
				formula, _ := before.GetCellFormula(name, cell)
				if formula == "" {
					continue
				}
				formulas++
				want, _ := before.GetCellValue(name, cell, raw)
				got, _ := after.GetCellValue(name, cell, raw)
				if !same(got, want) {
					t.Errorf("%s: %s!%s =%s: stored %s, recalculated %s", book, name, cell, formula, want, got)
				}
			}
		}
	}
	return formulas
}

func same(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return a == b
	}
	return math.Abs(x-y) < 1e-9
}

// LibreOffice computes every formula anew and finds what is stored: plain and
// full sets, one unit, a province, many halves that must round up, names that
// look like formulas. A wrong value would be found, and a tally keeps its rows.
func TestRecalculation(t *testing.T) {
	form, report := smallTally(t, 3)
	var tally bytes.Buffer
	if err := Tally(&tally, form, report); err != nil {
		t.Fatal(err)
	}
	books := map[string][]byte{
		"one": write(t, sampleReport(1, false)), "plain": write(t, sampleReport(99, false)), "full": write(t, sampleReport(209, true)),
		"halves": write(t, halves()), "text": write(t, hostileNames()), "wrong": wrongValue(t), "tally": tally.Bytes(),
	}
	for name, file := range soffice(t, "xlsx:Calc MS Excel 2007 XML", books) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, after := opened(t, books[name]), opened(t, data)
		switch name {
		case "wrong":
			if got, _ := after.GetCellValue("s", "A1"); got != "2" {
				t.Errorf("LibreOffice shows %s: it does not recalculate", got)
			}
		case "tally":
			if diff := cmp.Diff(shown(t, before), shown(t, after)); diff != "" {
				t.Errorf("tally -want +got: %s", diff)
			}
		default:
			if n := compareFormulas(t, name, before, after); n == 0 {
				t.Errorf("%s: no formula was compared", name)
			}
		}
	}
	if same("1.005", "1.01") || same("Có", "Không") || !same("2", "2.0") {
		t.Error("values are not compared")
	}
}

// wrongValue is a workbook that stores 3 for 1+1.
func wrongValue(t *testing.T) []byte {
	t.Helper()
	b := newBook("x", time.Time{})
	b.sheet("s", 10).set(1, 1, cell{value: 3, formula: "1+1"})
	var out bytes.Buffer
	if err := b.write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// shown are the cells of all sheets as they are stored, by sheet.
func shown(t *testing.T, f *excelize.File) map[string][][]string {
	t.Helper()
	all := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows { // cells without value at a row's end are not kept
			for len(row) > 0 && row[len(row)-1] == "" {
				row = row[:len(row)-1]
			}
			rows[i] = row
		}
		all[name] = rows
	}
	return all
}

// halves is a report in which every rescaled total falls exactly between two
// hundredths: 36.18·100/80 = 45.225.
func halves() RankingReport {
	r := sampleReport(0, false)
	r.Groups, r.FullTotal, r.Target = r.Groups[:1], "100", nil
	for i := range int64(400) {
		score := rubric.Frac(4*i+2, 100) // ·1.25 ends in 5 thousandths
		r.Rows = append(r.Rows, RankingRow{
			Rank: int(i) + 1, Code: strconv.Itoa(int(i)), Unit: "Xã " + strconv.Itoa(int(i)), Parent: "Cụm", Groups: []string{score.Decimal(2)},
			Applicable: "80", Total: score.Mul(rubric.Frac(100, 80)).RoundHalfUp(2).Decimal(2),
		})
	}
	return r
}

// The printed ranking is one page wide: LibreOffice makes no more pages than
// the rows need, and each page of the table begins with its headings.
func TestPrint(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("THANTHIEN_REQUIRE_SOFFICE") == "1" {
			t.Fatal("pdftotext (poppler-utils) is required here and not installed")
		}
		t.Skip("pdftotext (poppler-utils) is not installed, so the printed pages are not read")
	}
	books, reports := map[string][]byte{}, map[string]RankingReport{}
	for _, n := range []int{1, 99, 209} {
		name := strconv.Itoa(n)
		reports[name] = sampleReport(n, false)
		books[name] = write(t, reports[name])
	}
	for name, file := range soffice(t, "pdf", books) {
		out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		checkPages(t, reports[name], string(out))
	}
}

func checkPages(t *testing.T, report RankingReport, text string) {
	t.Helper()
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	n, heads := len(report.Rows), 0
	// One page of figures, one of parents, one chart of bands, one chart for
	// 40 units, and a page of the table for 13 units and for the signature.
	if most := 3 + (n+39)/40 + n/13 + 2; len(pages) > most {
		t.Errorf("%d units take %d pages, at most %d expected", n, len(pages), most)
	}
	for _, p := range pages {
		if strings.Contains(p, "Tên đơn vị") && strings.Contains(p, "Yêu cầu chưa đạt") {
			heads++
		}
	}
	if heads < n/16 || heads == 0 {
		t.Errorf("%d units: headings on %d pages only", n, heads)
	}
	for _, row := range report.Rows {
		if !strings.Contains(text, row.Code) {
			t.Errorf("unit %s is not printed", row.Code)
		}
	}
}
