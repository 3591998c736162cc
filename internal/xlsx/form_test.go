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
	"thanthien/internal/survey"
)

// sampleForms are the forms that come with the program, and one with all that
// they lack.
func sampleForms(t *testing.T) map[string]*survey.Form {
	t.Helper()
	names, err := fs.Glob(criteria.Forms(), "*.yaml")
	if err != nil || len(names) < 7 {
		t.Fatal(names, err)
	}
	texts := map[string]string{"full": fullForm}
	for _, name := range names {
		data, err := fs.ReadFile(criteria.Forms(), name)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(name, ".yaml")] = string(data)
	}
	list := map[string]*survey.Form{}
	for name, text := range texts {
		form, err := survey.Parse([]byte(text), name)
		if err != nil {
			t.Fatal(err)
		}
		form.Languages = nil // they stay in files of their own
		list[name] = form
	}
	return list
}

const fullForm = `id: day-du
version: 3
title: =Phiếu có đủ mọi thứ
respondents: [official, resident]
intro: "Dòng một\n\nDòng hai"
scales:
  a: [{code: "1", label: Có, value: 33.5, satisfied: true}, {code: "01", label: Không, value: 0}]
  b: [{code: x, label: "=X"}]
sections:
  - questions:
      - {code: q1, kind: scale, scale: a, text: Một, weight: 0.25}
      - {code: q2, kind: choice, options: [{code: "1", label: "1"}], other: true, text: "+84", show_if: {question: q1, in: ["01"]}}
  - title: Phần hai
    questions:
      - {code: q3, kind: number, min: -5, max: 12.75, text: Ba, required: true}
      - {code: q4, kind: text, max_length: 5000, text: "Bốn\nhai dòng"}
      - {code: q5, kind: date, text: Năm, show_if: {question: q2, in: [other, "1"]}}
  - title: Phần hai
    questions:
      - {code: q6, kind: multi, options: [{code: a, label: A}, {code: b, label: B}], text: Sáu}
index:
  method: top
  questions: [q1]
  group_weights: {official: 0, resident: 2.5}
`

func formBook(t *testing.T, form *survey.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteForm(&b, form); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A form comes back from its workbook as it was, also when LibreOffice has
// saved it in between.
func TestFormRoundTrip(t *testing.T) {
	forms, books := sampleForms(t), map[string][]byte{}
	check := func(how, name string, data []byte) {
		got, err := ReadForm(data)
		if err != nil {
			t.Errorf("%s through %s: %v", name, how, err)
			return
		}
		if diff := cmp.Diff(string(forms[name].YAML()), string(got.YAML())); diff != "" {
			t.Errorf("%s through %s (-before +after):\n%s", name, how, diff)
		}
		if stamp, err := ReadFormStamp(data); err != nil || stamp != FormStamp(forms[name]) {
			t.Errorf("%s through %s: stamp %v, %v", name, how, stamp, err)
		}
	}
	for name, form := range forms {
		books[name] = formBook(t, form)
		check("the workbook", name, books[name])
	}
	for name, file := range soffice(t, "xlsx:Calc MS Excel 2007 XML", books) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		check("LibreOffice", name, data)
	}
}

// Every mistake is named with its sheet and cell.
func TestFormProblems(t *testing.T) {
	f := opened(t, formBook(t, sampleForms(t)["full"]))
	for cell, value := range map[string]string{
		"Thông tin!C5": "resident, dân", // respondents
		"Thang đo!D2":  "200",           // value
		"Câu hỏi!D3":   "chọn gì đó",    // kind
		"Câu hỏi!E4":   "",              // text
		"Câu hỏi!C5":   "q3",            // a code twice
		"Câu hỏi!M6":   "q99",           // show_if
		"Lựa chọn!A2":  "q77",           // an option of no question
		"Lựa chọn!C3":  "",              // a label
	} {
		sheet, at, _ := strings.Cut(cell, "!")
		if err := f.SetCellValue(sheet, at, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{}); err != nil {
		t.Fatal(err)
	}
	_, err := ReadForm(b.Bytes())
	problem, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatal(err)
	}
	places := map[string]bool{}
	for _, p := range problem.Problems {
		places[p.Path] = true
	}
	for _, want := range []string{"Thông tin!C5", "Thang đo!D2", "Câu hỏi!D3", "Câu hỏi!E4", "Lựa chọn!A2", "Lựa chọn!C3", "Câu hỏi!M6"} {
		if !places[want] {
			t.Errorf("no problem at %s: %v", want, err)
		}
	}
	if _, err := ReadForm([]byte("PK\x03\x04")); err == nil {
		t.Error("half a file is taken")
	}
	var other bytes.Buffer
	if err := excelize.NewFile().Write(&other); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadForm(other.Bytes()); !fault.Is(err, fault.Invalid) {
		t.Errorf("another workbook: %v", err)
	}
}
