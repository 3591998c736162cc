package archtest

import (
	"go/ast"
	"go/token"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"thanthien/internal/vi"
)

// keyForm is how a message key is written.
var keyForm = regexp.MustCompile(`^[a-z]+(\.[a-zA-Z_]+)+$`)

// leastKeys is how many keys the program is known to have; fewer means that
// the test looks in the wrong place.
const leastKeys = 300

// Every key that a fault or a problem is made with, that a text is asked for
// by, or that is handed on to something that does, has a Vietnamese sentence.
func TestEveryKeyHasAMessage(t *testing.T) {
	type place struct {
		file string
		line int
	}
	sure, likely := map[string]place{}, map[string]place{}
	eachFile(t, []string{"../../internal", "../../cmd", "../../criteria"}, func(file string, f *ast.File, at func(ast.Node) int) {
		if strings.Contains(file, "storetest") {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, l := keysOf(n)
			for _, key := range s {
				sure[key] = place{file, at(n)}
			}
			for _, key := range l {
				likely[key] = place{file, at(n)}
			}
			return true
		})
	})
	areas := map[string]bool{}
	for key := range sure {
		areas[area(key)] = true
	}
	for key, p := range likely {
		if areas[area(key)] {
			sure[key] = p
		}
	}
	if len(sure) < leastKeys {
		t.Fatalf("found %d keys: the test looks in the wrong place", len(sure))
	}
	for _, key := range slices.Sorted(maps.Keys(sure)) {
		if !vi.Has(key) {
			t.Errorf("%s:%d: no Vietnamese sentence for %q", sure[key].file, sure[key].line, key)
		}
	}
}

// area is the first part of a key.
func area(key string) string {
	first, _, _ := strings.Cut(key, ".")
	return first
}

// keysOf returns the literals of a node that look like message keys: those in
// calls of vi.Text, fault.New, Wrap and List, in Key fields and in label tags
// are sure to be; the arguments of other calls are likely to be, when their
// area is one of messages.
func keysOf(n ast.Node) (sure, likely []string) {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := callee(n)
		for _, a := range n.Args {
			key := keyIn(a)
			switch {
			case key == "":
			case slices.Contains([]string{"vi.Text", "vi.Has", "fault.New", "fault.Wrap", "fault.List"}, name):
				sure = append(sure, key)
			default:
				likely = append(likely, key)
			}
		}
	case *ast.KeyValueExpr:
		if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Key" {
			if key := keyIn(n.Value); key != "" {
				sure = append(sure, key)
			}
		}
	case *ast.Field:
		if n.Tag != nil {
			tag, _ := strconv.Unquote(n.Tag.Value)
			if key, ok := reflect.StructTag(tag).Lookup("label"); ok {
				sure = append(sure, key)
			}
		}
	}
	return sure, likely
}

// callee is the name of the function called, with its package or receiver.
func callee(n *ast.CallExpr) string {
	switch f := n.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// keyIn returns the key that an expression spells, "" when it is none.
func keyIn(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil || !keyForm.MatchString(s) {
		return ""
	}
	return s
}
