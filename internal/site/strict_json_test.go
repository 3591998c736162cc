package site

import (
	"strings"
	"testing"

	"thanthien/internal/account"
)

// A body of a wrong shape is answered in Vietnamese, with the field.
func TestStrictJSON(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	for body, want := range map[string]struct {
		status         int
		field, message string
	}{
		`{"conditions": {"dk1": "x"}}`:   {422, "conditions", "Trường này phải là true hoặc false."},
		`{"notes": {"1.1.1": 5}}`:        {422, "notes", "Trường này phải là chuỗi."},
		`{"marks": [1]}`:                 {422, "marks", "Trường này phải là một đối tượng."},
		`{"base": 1}`:                    {422, "base", "Trường này phải là một đối tượng."},
		`{"mark": {}}`:                   {422, "mark", "Không có trường này. Xem mô tả tại /api/v1/openapi.json."},
		`{"conditions": {"dk77": true}}`: {422, "conditions.dk77", ""},
		`[]`:                             {400, "", ""},
		`{`:                              {400, "", ""},
		``:                               {400, "", ""},
		`{"notes": {}} {}`:               {400, "", ""},
		`{"notes": {"1.1.1": "a" "b"}}`:  {400, "", ""},
	} {
		p := s.put(me, `"1"`, body).want(t, want.status).problem(t)
		if strings.Contains(p.Title, "json:") || strings.Contains(p.Title, "Go ") || strings.Contains(p.Title, "EOF") {
			t.Errorf("%s: title %q", body, p.Title)
		}
		if want.field == "" {
			if len(p.Errors) != 0 {
				t.Errorf("%s: %+v", body, p.Errors)
			}
			continue
		}
		if len(p.Errors) != 1 || p.Errors[0].Field != want.field || want.message != "" && p.Errors[0].Message != want.message {
			t.Errorf("%s: %+v", body, p.Errors)
		}
	}
}
