package vi

import (
	"strings"
	"testing"
)

// A sentence of the form that stands for one of package rubric takes the same
// arguments, some of them by number, or none at all.
func TestEditorSentencesTakeTheSameArguments(t *testing.T) {
	verbs := func(s string) int { return strings.Count(s, "%v") + strings.Count(s, "%q") }
	found := 0
	for key, text := range editorMessages {
		word, ok := strings.CutPrefix(key, "editor.")
		other, has := rubricMessages["rubric."+word]
		if !ok || !has {
			continue
		}
		found++
		if strings.Contains(text, "%") && !strings.Contains(text, "%[") && verbs(text) != verbs(other) {
			t.Errorf("%s: %q, but rubric.%s is %q", key, text, word, other)
		}
	}
	if found < 15 {
		t.Errorf("%d sentences compared", found)
	}
}
