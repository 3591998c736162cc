package xlsx

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/rubric"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sampleReport makes a report of n units whose figures are what the system
// would compute: plain sums, or with bonus, penalty and rescaling.
func sampleReport(n int, full bool) RankingReport {
	r := RankingReport{
		Head: Head{
			Superior: "UBND tỉnh Minh Họa", Agency: "Sở Nội vụ", Number: "125/BC-SNV", Place: "Minh Họa",
			Date:      time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC),
			SignedFor: []string{"KT. Giám đốc", "Phó Giám đốc"}, SignerName: "Nguyễn Văn Ví Dụ",
			Recipients: []string{"UBND tỉnh (để báo cáo)", "Ban Dân vận Tỉnh ủy", "UBND các xã, phường", "Lưu: VT, XDCQ"},
		},
		Period: "Kỳ đánh giá năm 2026", Criteria: "Theo Bộ tiêu chí và thang điểm đánh giá chính quyền thân thiện (mẫu)", Decimals: 2,
		Groups: []RankingGroup{
			{"1", "Dân chủ ở cơ sở và công khai, minh bạch", rubric.Normal, "20"}, {"2", "Cải cách hành chính", rubric.Normal, "25"},
			{"3", "Văn hóa công sở và ứng xử", rubric.Normal, "20"}, {"4", "Đối thoại, giải quyết kiến nghị", rubric.Normal, "15"},
			{"5", "Mức độ hài lòng của người dân", rubric.Normal, "20"},
		},
		Bands: []RankingBand{{"tot", "Đạt chuẩn mức Tốt"}, {"dat", "Đạt chuẩn"}},
		Made:  time.Date(2026, 12, 4, 3, 0, 0, 0, time.UTC),
	}
	if full {
		r.Groups = append(r.Groups, RankingGroup{"6", "Sáng kiến", rubric.Bonus, "5"}, RankingGroup{"7", "Vi phạm", rubric.Penalty, "-5"})
		r.FullTotal, r.MaxTotal = "100", "100"
	}
	recognised := 0
	for i := range n {
		row := sampleRow(i, n, full)
		if row.Recognised {
			recognised++
		}
		r.Rows = append(r.Rows, row)
	}
	r.Target = &RankingTarget{Recognised: recognised, Denominator: n, Percent: "60", Met: recognised*100 >= 60*n, Needed: max(0, (60*n+99)/100-recognised)}
	return r
}

var names = []string{"Phường Bến Đá", "Xã Đồng Mỏ", "Đặc khu Hòn Nghệ Ngoài", "Xã Thượng Nguyễn Khuyến Phong Hải Đông", "Phường Nguyễn Thị Minh Khai Bắc"}

func sampleRow(i, n int, full bool) RankingRow {
	row := RankingRow{
		Code: fmt.Sprintf("%05d", 90001+i), Unit: fmt.Sprintf("%s %d", names[i%len(names)], i+1),
		Parent: fmt.Sprintf("Cụm thi đua số %d", i%5+1), Rank: i + 1, Applicable: "100",
	}
	max := []int64{2000, 2500, 2000, 1500, 2000}
	sum := rubric.Num{}
	for g, m := range max {
		score := rubric.Frac(m-int64((i*(g+3)*37)%(40*100/n*i/100+7))-int64(i*900/n)*(m/500)/4, 100)
		row.Groups = append(row.Groups, score.Decimal(2))
		sum = sum.Add(score)
	}
	if full {
		applicable := int64(100 - i%4*5)
		row.Applicable = fmt.Sprint(applicable)
		bonus, penalty := rubric.Frac(int64(i%6)*50, 100), rubric.Frac(-int64(i%3)*25, 100)
		row.Groups = append(row.Groups, bonus.Decimal(2), penalty.Decimal(2))
		sum = sum.Mul(rubric.Int(100)).Div(rubric.Int(applicable)).RoundHalfUp(2).Add(bonus).Add(penalty).Min(rubric.Int(100)).Max(rubric.Int(0))
	}
	row.Total = sum.Decimal(2)
	switch {
	case i == n-1 && n > 1:
		row.Rank, row.Failed = 0, []string{"Chưa chấm đủ các tiêu chí: còn 3 tiêu chí", "Tổng điểm dưới 80"}
	case sum.Cmp(rubric.Int(90)) >= 0:
		row.Recognised, row.Band = true, "tot"
	case sum.Cmp(rubric.Int(80)) >= 0:
		row.Recognised, row.Band = true, "dat"
	default:
		row.Failed = []string{"Tổng điểm " + row.Total + ", cần từ 80", "Nhóm 5 đạt 42,50 %, cần từ 50 %"}
	}
	return row
}

func write(t testing.TB, r RankingReport) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Ranking(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// dump is a workbook as text: sheet!cell, formula and value, number format.
func dump(t testing.TB, data []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, value := range row {
				formula, _ := f.GetCellFormula(name, at(i+1, j+1))
				if value == "" && formula == "" {
					continue
				}
				if formula != "" {
					value = "=" + formula + " → " + value
				}
				id, _ := f.GetCellStyle(name, at(i+1, j+1))
				look, err := f.GetStyle(id)
				if err != nil {
					t.Fatal(err)
				}
				format := "General"
				if look.CustomNumFmt != nil {
					format = *look.CustomNumFmt
				}
				fmt.Fprintf(&b, "%s!%s\t%s\t%s\n", name, at(i+1, j+1), strings.ReplaceAll(value, "\n", "⏎"), format)
			}
		}
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", name, diff)
	}
}

// profile is LibreOffice's settings folder for all tests: making one takes
// seconds.
var profile string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "soffice")
	if err != nil {
		panic(err)
	}
	profile = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// soffice converts workbooks with LibreOffice, which recalculates formulas on
// the way, and returns the files it made, by name. Without LibreOffice the test
// is skipped, unless THANTHIEN_REQUIRE_SOFFICE is 1.
func soffice(t *testing.T, format string, books map[string][]byte) map[string]string {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("THANTHIEN_REQUIRE_SOFFICE") == "1" {
			t.Fatal("LibreOffice (soffice) is required here and not installed")
		}
		t.Skip("LibreOffice (soffice) is not installed, so the workbook is not opened in it")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	args := []string{"-env:UserInstallation=file://" + profile, "--headless", "--convert-to", format, "--outdir", out}
	for name, data := range books {
		in := filepath.Join(dir, name+".xlsx")
		if err := os.WriteFile(in, data, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, in)
	}
	writeRecalculation(t)
	if text, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, text)
	}
	extension, _, _ := strings.Cut(format, ":")
	made := map[string]string{}
	for name := range books {
		made[name] = filepath.Join(out, name+"."+extension)
		if _, err := os.Stat(made[name]); err != nil {
			t.Fatalf("soffice did not convert %s: %v", name, err)
		}
	}
	return made
}

// writeRecalculation makes a profile in which LibreOffice always recalculates
// an Excel file on loading, whoever wrote it.
func writeRecalculation(t *testing.T) {
	t.Helper()
	file := filepath.Join(profile, "user", "registrymodifications.xcu")
	if _, err := os.Stat(file); err == nil {
		return
	}
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o755); err != nil {
		t.Fatal(err)
	}
	settings := `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
}
