package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

func TestRankingGolden(t *testing.T) {
	golden(t, "ranking_plain.txt", dump(t, write(t, sampleReport(12, false))))
	golden(t, "ranking_full.txt", dump(t, write(t, sampleReport(6, true))))
}

// part returns one file inside the workbook.
func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A formula is stored with the number the system computed, as a number.
func TestFormulaKeepsItsValue(t *testing.T) {
	report := sampleReport(3, false)
	data := write(t, report)
	sheet := part(t, data, "xl/worksheets/sheet2.xml")
	cells := regexp.MustCompile(`<c r="J1[2-4]"[^>]*?( t="\w+")?><f>ROUND\(SUM\(E1\d:I1\d\),2\)</f><v>([^<]*)</v>`).FindAllStringSubmatch(sheet, -1)
	if len(cells) != len(report.Rows) {
		t.Fatalf("%d total formulas with value, want %d:\n%s", len(cells), len(report.Rows), sheet)
	}
	for i, c := range cells {
		if got, _ := strconv.ParseFloat(c[2], 64); c[1] != "" || strconv.FormatFloat(got, 'f', 2, 64) != report.Rows[i].Total {
			t.Errorf("unit %d: value %q type %q, want %s", i, c[2], c[1], report.Rows[i].Total)
		}
	}
}

func TestPage(t *testing.T) {
	data := write(t, sampleReport(99, false))
	for sheet, want := range map[string][]string{
		"sheet1": {`<dimension ref="A1:E`, `fitToPage="true"`, `fitToHeight="0"`, `fitToWidth="1"`, `orientation="portrait"`, `paperSize="9"`},
		"sheet2": {
			`<dimension ref="A1:M`, `orientation="landscape"`, `differentFirst="true"`, `&amp;13&amp;P`, `state="frozen"`,
			`left="1.18`, `right="0.59`, `top="0.787`, `bottom="0.787`,
		},
	} {
		text := part(t, data, "xl/worksheets/"+sheet+".xml")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %s", sheet, w)
			}
		}
	}
	if book := part(t, data, "xl/workbook.xml"); !strings.Contains(book, "&#39;Xếp hạng&#39;!$10:$11") {
		t.Errorf("headings are not repeated: %s", book)
	}
}

// Text stays text whatever it begins with, and keeps every character.
func TestTextNeverBecomesFormula(t *testing.T) {
	report := hostileNames()
	f := opened(t, write(t, report))
	for i, row := range report.Rows {
		for _, col := range []int{3, 4} {
			cell := at(12+i, col)
			if got, _ := f.GetCellValue("Xếp hạng", cell); got != row.Unit {
				t.Errorf("%s is %q, want %q", cell, got, row.Unit)
			}
			if formula, _ := f.GetCellFormula("Xếp hạng", cell); formula != "" {
				t.Errorf("%s became the formula %q", cell, formula)
			}
		}
	}
}

// hostileNames is a report whose names look like formulas, tags and wildcards.
func hostileNames() RankingReport {
	report := sampleReport(5, false)
	for i, name := range []string{"=1+1", "+2", "-3", "@SUM(A1)", `<b>"&'*?~`} {
		report.Rows[i].Unit, report.Rows[i].Parent = name, name
	}
	return report
}

func TestTotalThatFormulaCannotGive(t *testing.T) {
	report := sampleReport(3, false)
	report.Rows[1].Total = "12.34"
	if err := Ranking(io.Discard, report); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
	report.Rows[1].Total = "viết tay"
	if err := Ranking(io.Discard, report); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
}

func TestChecksum(t *testing.T) {
	rows := []RankingRow{{Rank: 1, Code: "90001", Groups: []string{"1.00", "2.50"}, Total: "3.50", Recognised: true, Band: "dat"}}
	const want = "161040c8dd8fc01542cc67c41f2609d5d40154330520ff3fbbf9a5ce113e1821"
	got := Checksum(rows) // printf '90001\t1\t3.50\t1.00\t2.50\t1\tdat\n' | sha256sum
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	rows[0].Unit = "another name"
	if Checksum(rows) != got {
		t.Error("a name changes the checksum")
	}
	rows[0].Total = "3.51"
	if Checksum(rows) == got {
		t.Error("a total does not change the checksum")
	}
}

// Whatever the scores, the formula's exact value is what score computes: the
// documented order of rescaling, rounding, bonus and penalty, cap and floor.
func TestCalculate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := func(name string, low, high int) rubric.Num {
			return rubric.Frac(int64(rapid.IntRange(low, high).Draw(t, name)), 100)
		}
		a, b, plus, minus := cents("a", 0, 5000), cents("b", 0, 5000), cents("plus", 0, 500), cents("minus", -500, 0)
		r := &ranking{RankingReport: RankingReport{Decimals: 2, MaxTotal: "100", FullTotal: "100", Groups: []RankingGroup{
			{Kind: rubric.Normal}, {Kind: rubric.Normal}, {Kind: rubric.Bonus}, {Kind: rubric.Penalty},
		}}, rescale: true}
		applicable := rubric.Int(int64(rapid.IntRange(0, 100).Draw(t, "applicable")))
		got := r.calculate(exactRow{groups: []rubric.Num{a, b, plus, minus}, applicable: applicable})
		if got.Sign() < 0 || got.Cmp(rubric.Int(100)) > 0 || !got.MultipleOf(rubric.Frac(1, 100)) {
			t.Fatalf("total %v", got)
		}
		more := r.calculate(exactRow{groups: []rubric.Num{a.Add(rubric.Int(1)), b, plus, minus}, applicable: applicable})
		if more.Cmp(got) < 0 {
			t.Fatalf("one point more lowers %v to %v", got, more)
		}
	})
}

func BenchmarkRanking(b *testing.B) {
	for _, n := range []int{99, 3321} {
		report := sampleReport(n, true)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if err := Ranking(io.Discard, report); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
