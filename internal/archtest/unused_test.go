package archtest

import (
	"go/ast"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"thanthien/internal/vi"
	"thanthien/web"
)

// keyStart is a literal that keys may be made from: "area." and more.
var keyStart = regexp.MustCompile(`^[a-z]+\.[a-zA-Z_.]*$`)

// Every sentence is asked for somewhere: by its whole key, or by a literal that
// keys are made from ("kiosk.state." + state).
func TestEverySentenceIsUsed(t *testing.T) {
	whole, starts := map[string]bool{}, map[string]bool{}
	note := func(s string) {
		whole[s] = true
		if keyStart.MatchString(s) {
			starts[s] = true
		}
	}
	eachFile(t, []string{"../../internal", "../../cmd", "../../criteria"}, func(file string, f *ast.File, _ func(ast.Node) int) {
		if strings.Contains(file, "/vi/msg_") {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, err := strconv.Unquote(lit.Value)
				if err != nil {
					return true
				}
				note(s)
				for _, part := range strings.Split(s, `"`) { // the keys in tags of fields
					note(part)
				}
			}
			return true
		})
	})
	err := fs.WalkDir(web.Pages, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(web.Pages, path)
		for _, part := range strings.Split(string(text), `"`) {
			note(part)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(whole) < leastKeys {
		t.Fatalf("found %d literals: the test looks in the wrong place", len(whole))
	}
	for _, key := range vi.Keys() {
		if !whole[key] && !startsWith(key, starts) {
			t.Errorf("nothing asks for %q", key)
		}
	}
}

// startsWith reports whether a key begins with a literal that is shorter.
func startsWith(key string, starts map[string]bool) bool {
	for i := len(key) - 1; i > 0; i-- {
		if starts[key[:i]] {
			return true
		}
	}
	return false
}
