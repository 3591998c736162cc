package criteria_test

import (
	"bytes"
	"fmt"
	"testing"

	"thanthien/criteria"
	"thanthien/internal/survey"
)

// TestLanguages: every language file is complete for its form and keeps its
// meaning: writing it again gives the same words.
func TestLanguages(t *testing.T) {
	found := 0
	for id, form := range forms(t) {
		for _, l := range criteria.Languages(fmt.Sprintf("%s@%d", id, form.Version)) {
			found++
			words, err := survey.ParseLanguage(form, l.Tag, l.Data, l.File)
			if err != nil {
				t.Errorf("%s: %v", l.File, err)
				continue
			}
			again, err := survey.ParseLanguage(form, l.Tag, form.LanguageYAML(words), l.File)
			if err != nil || !bytes.Equal(form.LanguageYAML(again), form.LanguageYAML(words)) {
				t.Errorf("%s changes when it is written again: %v", l.File, err)
			}
			if form.In(words).Title == form.Title {
				t.Errorf("%s: the title is not translated", l.File)
			}
		}
	}
	if found != 3 {
		t.Errorf("%d language files, want 3", found)
	}
}
