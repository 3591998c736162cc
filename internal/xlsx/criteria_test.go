package xlsx

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/criteria"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// packs are the sample sets and one with everything the format has.
func packs(t testing.TB) map[string]*rubric.Set {
	t.Helper()
	files, err := fs.Glob(criteria.Sets(), "*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	sets := map[string]*rubric.Set{}
	for _, name := range files {
		text, err := fs.ReadFile(criteria.Sets(), name)
		if err != nil {
			t.Fatal(err)
		}
		sets[strings.TrimSuffix(name, ".yaml")] = parse(t, string(text))
	}
	sets["everything"] = parse(t, everything)
	return sets
}

func parse(t testing.TB, text string) *rubric.Set {
	t.Helper()
	set, err := rubric.Parse([]byte(text), "set.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const everything = `
id: tat-ca
version: 12
title: "=Bộ tiêu chí \"mẫu\" <&> _x0041_"
issued_by: "@UBND tỉnh"
decision: {number: "54/2025/QĐ-UBND", date: 2025-11-07}
applies_to: [commune, agency, cum]
total: 41
decimals: 2
not_applicable: full
max_total: 45.5
papers: [{code: p1, title: "+Tờ trình", required: true}, {code: "02", title: Báo cáo}]
conditions: [{code: dk1, title: "-Không ai bị kỷ luật"}, {code: dk2, title: Có báo cáo}]
groups:
  - code: "1.10"
    title: Chính
    kind: normal
    max: 41
    criteria:
      - code: "1"
        title: Nhánh
        guide: "Dòng một\nDòng hai\n\n=1+1"
        max: 20
        criteria:
          - {code: "1.1", title: A, max: 5, evidence: required, na: true, rule: {type: points, step: 0.125}}
          - {code: "1.2", title: B, max: 5, evidence: none, rule: {type: levels, levels: [{code: "2", label: "=Hai", points: 5}, {code: "01", points: 0.5}]}}
          - code: sau
            title: Sâu
            max: 10
            criteria:
              - {code: sau.1, title: C, max: 4, rule: {type: ratio, zero_at: 99.123456789, full_at: 0.000001}}
              - {code: sau.2, title: D, max: 6, rule: {type: external, source: "PAR, Index", scale: 70, bands: [{min: 60, points: 6}, {min: 33.33, points: 2.25}]}}
      - {code: "2", title: E, max: 6, rule: {type: survey, form: pks01, questions: [q1, "2"], groups: [resident], min_responses: 0, when_missing: zero, bands: [{min: 80, points: 6}]}}
      - {code: "2.1", title: F, max: 5, rule: {type: survey, form: pks02, when_missing: na}}
      - {code: "3", title: G, max: 5, rule: {type: count, each: 0.25, min: 1, max: 4}}
      - {code: "4", title: H, max: 3, rule: {type: formula, inputs: [{name: a, title: Số A}, {name: b}], expr: "b > 0 ? max * a / b : 0"}}
      - {code: "5", title: I, max: 2, rule: {type: formula, inputs: [], expr: "max"}}
  - {code: T, title: Thưởng, kind: bonus, max: 5, criteria: [{code: t1, title: Sáng kiến, max: 5, rule: {type: ratio}}]}
  - {code: "Tr", title: Trừ, kind: penalty, max: -5, criteria: [{code: tr1, title: Vi phạm, max: 0, rule: {type: count, each: -0.5, min: -3, max: 0}}, {code: tr2, title: Chậm, max: 0, rule: {type: levels, levels: [{code: k, label: Không, points: 0}, {code: c, label: Có, points: -2}]}}]}
recognition:
  min_total: 20.5
  min_group_percent: 50
  groups: {"1.10": 70}
  min_criterion_percent: 0
  conditions: none
  bands: [{code: tot, title: Tốt, min: 36}, {code: dat, title: Đạt, min: 20.5}]
tie_break: ["1.10", T]
`

func writeCriteria(t testing.TB, set *rubric.Set) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCriteria(&b, set); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(t testing.TB, set *rubric.Set) string {
	t.Helper()
	y, err := set.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(y)
}

func TestCriteriaRoundTrip(t *testing.T) {
	for name, set := range packs(t) {
		data := writeCriteria(t, set)
		got, err := ReadCriteria(data, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(text(t, set), text(t, got)); diff != "" {
			t.Errorf("%s (-want +got): %s", name, diff)
		}
		want, err := StampOf(set)
		if err != nil {
			t.Fatal(err)
		}
		if stamp, err := ReadStamp(data); err != nil || stamp != want {
			t.Errorf("%s: stamp %+v, %v", name, stamp, err)
		}
	}
}

// Saving in LibreOffice loses nothing either.
func TestCriteriaThroughLibreOffice(t *testing.T) {
	books := map[string][]byte{}
	sets := packs(t)
	for name, set := range sets {
		books[name] = writeCriteria(t, set)
	}
	for name, file := range soffice(t, "xlsx:Calc MS Excel 2007 XML", books) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadCriteria(data, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(text(t, sets[name]), text(t, got)); diff != "" {
			t.Errorf("%s (-want +got): %s", name, diff)
		}
	}
}

// A set edited in LibreOffice (its own format, one text changed) and saved as a
// workbook again is the set with exactly that change.
func TestCriteriaEditedInLibreOffice(t *testing.T) {
	const was, now = "Kế hoạch năm và phân công", "KẾ HOẠCH MỚI và phân công"
	set := packs(t)["mau-than-thien-bg@1"]
	flat, err := os.ReadFile(soffice(t, "fods", map[string][]byte{"set": writeCriteria(t, set)})["set"])
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(flat, []byte(was)) != 1 {
		t.Fatalf("the text stands %d times in LibreOffice's file", bytes.Count(flat, []byte(was)))
	}
	edited := bytes.Replace(flat, []byte(was), []byte(now), 1)
	data, err := os.ReadFile(soffice(t, "xlsx:Calc MS Excel 2007 XML", map[string][]byte{"set": edited})["set"])
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadCriteria(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Replace(text(t, set), was, now, 1), text(t, got)); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
}

// edit changes cells of the exported workbook as a person would.
func edit(t *testing.T, set *rubric.Set, cells map[string]any) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(writeCriteria(t, set)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, value := range cells {
		sheet, at, _ := strings.Cut(cell, "!")
		if err := f.SetCellValue(sheet, at, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCriteriaEdited(t *testing.T) {
	set := packs(t)["everything"]
	got, err := ReadCriteria(edit(t, set, map[string]any{
		"Thông tin!C3": 13, "Thông tin!C7": "01/12/2026", "Thông tin!C8": "xã; Tỉnh", "Tiêu chí!C4": "Nội dung mới",
		"Tiêu chí!G4": "KHÔNG CẦN", "Tiêu chí!J4": "0,25",
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := got.Leaf("1.1")
	if got.Version != 13 || got.Decision.Date != "2026-12-01" || !cmp.Equal(got.AppliesTo, []string{"commune", "province"}) ||
		leaf.Title != "Nội dung mới" || leaf.Evidence != rubric.EvidenceNone || leaf.Rule.Step.String() != "0.25" {
		t.Errorf("got %+v, leaf %+v, step %v", got, leaf, leaf.Rule.Step)
	}
}

func TestCriteriaProblems(t *testing.T) {
	set := packs(t)["everything"]
	for name, c := range map[string]struct {
		cells map[string]any
		want  []string
	}{
		"sum":          {map[string]any{"Tiêu chí!E4": 4}, []string{"Tiêu chí!E3:rubric.sum"}},
		"number":       {map[string]any{"Tiêu chí!E4": "năm"}, []string{"Tiêu chí!E4:rubric.wantNumber"}},
		"empty title":  {map[string]any{"Tiêu chí!C4": ""}, []string{"Tiêu chí!C4:rubric.missingField"}},
		"no rule":      {map[string]any{"Tiêu chí!I4": "", "Tiêu chí!J4": ""}, []string{"Tiêu chí!I4:rubric.missingField"}},
		"word":         {map[string]any{"Tiêu chí!G4": "có lẽ"}, []string{"Tiêu chí!G4:xlsx.wantWord"}},
		"other rule's": {map[string]any{"Tiêu chí!K4": 10}, []string{"Tiêu chí!K4:rubric.unknownField"}},
		"levels":       {map[string]any{"Tiêu chí!A5": 5, "Tiêu chí!A2": ""}, []string{"Tiêu chí!A2:xlsx.wantLevel", "Tiêu chí!A5:xlsx.wantLevel"}},
		"twice":        {map[string]any{"Tiêu chí!B5": "1.1"}, []string{"Tiêu chí!B5:rubric.codeTwice", "Tiêu chí!I5:rubric.missingField", "Mức điểm!A2:xlsx.noCriterion", "Mức điểm!A3:xlsx.noCriterion"}},
		"list":         {map[string]any{"Mức điểm!D2": 7}, []string{"Mức điểm!D2:rubric.range"}},
		"lost":         {map[string]any{"Mức điểm!A9": "", "Mức điểm!B9": "x"}, []string{"Mức điểm!A9:xlsx.lostRow"}},
		"set":          {map[string]any{"Thông tin!C2": "Mã có dấu", "Thông tin!C9": 50}, []string{"Thông tin!C2:rubric.slug", "Thông tin!C9:rubric.totalSum"}},
		"heading":      {map[string]any{"Tiêu chí!C1": "Tên gọi"}, []string{"Tiêu chí!C1:xlsx.noColumn"}},
		"field":        {map[string]any{"Thông tin!A2": "mã"}, []string{"Thông tin!A1:xlsx.noField"}},
		"band":         {map[string]any{"Mức công nhận!C2": 10}, []string{"Mức công nhận!C3:rubric.bandOrder"}},
		"floor":        {map[string]any{"Sàn của nhóm!A2": "9"}, []string{"Sàn của nhóm!B2:rubric.floorGroup"}},
		"formula":      {map[string]any{"Tiêu chí!W12": "c + 1"}, []string{"Tiêu chí!W12:rubric.formulaName"}},
	} {
		_, err := ReadCriteria(edit(t, set, c.cells), nil)
		var got []string
		if f, ok := errors.AsType[*fault.Error](err); ok {
			for _, p := range f.Problems {
				got = append(got, p.Path+":"+p.Key)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %v (-want +got): %s", name, err, diff)
		}
	}
}

func TestCriteriaOtherFile(t *testing.T) {
	if _, err := ReadCriteria(upload(t, func(f *excelize.File) {}), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
	if _, err := ReadCriteria([]byte("id: x"), nil); !fault.Is(err, fault.Unsupported) {
		t.Errorf("got %v", err)
	}
}

// Headings and keys are locked, values are not; choices are offered.
func TestCriteriaProtection(t *testing.T) {
	data := writeCriteria(t, packs(t)["everything"])
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, locked := range map[string]bool{"A1": true, "C1": true, "C3": false, "C200": false, "AZ3": false} {
		id, err := f.GetCellStyle("Tiêu chí", cell)
		if err != nil {
			t.Fatal(err)
		}
		look, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := look.Protection == nil || look.Protection.Locked; got != locked {
			t.Errorf("%s locked: %v", cell, got)
		}
	}
	choices, err := f.GetDataValidations("Tiêu chí")
	if err != nil || len(choices) != 5 {
		t.Errorf("%d lists of choices, %v", len(choices), err)
	}
	if visible, err := f.GetSheetVisible(stampSheet); err != nil || visible {
		t.Errorf("the stamp shows: %v, %v", visible, err)
	}
}

func FuzzReadCriteria(f *testing.F) {
	f.Add("Tiêu chí!A3", "9")
	f.Add("Thông tin!A2", "")
	f.Add("Tiêu chí!E2", "1e999")
	set := parse(f, everything)
	var b bytes.Buffer
	if err := WriteCriteria(&b, set); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, cell, value string) {
		x, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		sheet, at, _ := strings.Cut(cell, "!")
		if x.SetCellValue(sheet, at, value) != nil {
			return
		}
		var edited bytes.Buffer
		if x.Write(&edited) != nil {
			return
		}
		got, err := ReadCriteria(edited.Bytes(), nil)
		if err == nil && got == nil || err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("%v, %v", got, err)
		}
	})
}
