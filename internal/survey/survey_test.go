package survey

import (
	"strings"
	"testing"

	"thanthien/internal/fault"
)

// sample is a form with every kind of question.
const sample = `id: pks07
version: 1
title: Phiếu khảo sát mức độ hài lòng
respondents: [resident, business, organisation, official]
intro: UBND tỉnh hỏi ý kiến người dân.
consent: Chúng tôi chỉ lưu câu trả lời.
scales:
  hai-long-5:
    - {code: "5", label: Rất hài lòng, value: 100, satisfied: true}
    - {code: "4", label: Hài lòng, value: 75, satisfied: true}
    - {code: "3", label: "Bình thường?", value: 50}
    - {code: "2", label: Không hài lòng, value: 25}
    - {code: "1", label: Rất không hài lòng, value: 0}
    - {code: "0", label: Không có ý kiến}
sections:
  - title: Thái độ
    questions:
      - {code: q1, kind: scale, scale: hai-long-5, text: "Thái độ của cán bộ?", required: true, weight: 1}
      - {code: q2, kind: choice, options: [{code: a, label: Một cửa}, {code: b, label: Trực tuyến}], other: true, text: "Nơi nộp?"}
      - {code: q2a, kind: multi, options: [{code: x, label: X}, {code: y, label: Y}], text: "Vì sao?", show_if: {question: q2, in: [a, b]}}
  - title: Khác
    questions:
      - {code: q3, kind: number, min: 0, max: 120, text: "Tuổi?"}
      - {code: q4, kind: text, max_length: 1000, text: "Góp ý?"}
      - {code: q5, kind: date, text: "Ngày nộp?"}
      - {code: q6, kind: scale, scale: hai-long-5, text: "Thời gian?"}
index:
  method: mean
  questions: [q1, q6]
`

func mustParse(t testing.TB, yaml string) *Form {
	t.Helper()
	f, err := Parse([]byte(yaml), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// problemsOf returns "line path key" of every problem of err.
func problemsOf(err error) []string {
	list := []string{}
	if err == nil {
		return list
	}
	for _, p := range err.(*fault.Error).Problems {
		p.File, p.Args = "", nil
		list = append(list, p.String())
	}
	return list
}

func TestParseSample(t *testing.T) {
	f := mustParse(t, sample)
	if got := strings.Join(f.IndexQuestions(), " "); got != "q1 q6" {
		t.Errorf("index questions %q", got)
	}
	if f.QuestionCount() != 7 || f.Question("q3").Max.String() != "120" || f.Question("q9") != nil {
		t.Errorf("questions: %+v", f.Questions())
	}
	g := mustParse(t, string(f.YAML()))
	if !f.Equal(g) {
		t.Errorf("canonical YAML reads differently:\n%s", f.YAML())
	}
}
