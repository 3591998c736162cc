package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"thanthien/internal/vi"
)

// keyForm is how a message key is written.
var keyForm = regexp.MustCompile(`^[a-z]+(\.[a-zA-Z_]+)+$`)

// Every key that a fault or a problem is made with has a Vietnamese sentence.
func TestEveryKeyHasAMessage(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "storetest") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, key := range keysOf(n) {
				found++
				if !vi.Has(key) {
					t.Errorf("%s: no Vietnamese sentence for %q", path, key)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || found < 50 {
		t.Fatalf("found %d keys, %v: the test looks in the wrong place", found, err)
	}
}

// keysOf returns the literal keys in fault.New, Wrap and List calls, in Key
// fields of problems, and in calls of local helpers named bad or problem.
func keysOf(n ast.Node) []string {
	var keys []string
	take := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && keyForm.MatchString(s) {
				keys = append(keys, s)
			}
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			if x, ok := f.X.(*ast.Ident); ok && x.Name == "fault" {
				name = f.Sel.Name
			}
		case *ast.Ident:
			name = f.Name
		}
		if name == "New" || name == "Wrap" || name == "List" || name == "bad" || name == "problem" {
			for _, a := range n.Args {
				take(a)
			}
		}
	case *ast.KeyValueExpr:
		if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Key" {
			take(n.Value)
		}
	}
	return keys
}
