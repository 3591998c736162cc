package survey_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"thanthien/internal/vi"
)

// Every message key written in this package has a Vietnamese sentence.
func TestKeysHaveSentences(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"(survey\.[a-z_0-9]+)"`)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(source), -1) {
			found++
			if !vi.Has(m[1]) {
				t.Errorf("%s: no sentence for %s", file, m[1])
			}
		}
	}
	if found < 50 {
		t.Errorf("found only %d keys: the test looks for the wrong thing", found)
	}
}
