package score

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/rubric"
	"thanthien/internal/survey"
)

// Survey rules may name the groups that forms are opened to, and no others.
func TestRespondents(t *testing.T) {
	if diff := cmp.Diff(survey.Respondents(), rubric.Respondents()); diff != "" {
		t.Error(diff)
	}
}
