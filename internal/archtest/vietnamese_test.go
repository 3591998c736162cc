package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// vietnameseIn are the places, files or folders ending in "/", whose strings
// may be Vietnamese, each with the reason.
var vietnameseIn = map[string]string{
	"internal/vi/":                 "the words themselves",
	"internal/demo/":               "made-up data: names, answers, notes",
	"internal/unit/table.go":       "headings of the statistics office's tables, as they are read",
	"cmd/thanthien/demo.go":        "what the demonstration prints for the person at the terminal",
	"cmd/thanthien/periods.go":     "defaults of flags: names of stages and periods",
	"internal/docstore/storetest/": "test data for every engine",
}

// Vietnamese stays in package vi, the pages and the data.
func TestVietnameseStaysInVi(t *testing.T) {
	used := map[string]bool{}
	eachFile(t, []string{"../../internal", "../../cmd", "../../web", "../../criteria"}, func(file string, f *ast.File, at func(ast.Node) int) {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || !vietnamese(lit) {
				return true
			}
			for place := range vietnameseIn {
				if file == place || strings.HasSuffix(place, "/") && strings.HasPrefix(file, place) {
					used[place] = true
					return true
				}
			}
			t.Errorf("%s:%d: %s is Vietnamese: make it a message of package vi", file, at(n), lit.Value)
			return true
		})
	})
	for place, why := range vietnameseIn {
		if !used[place] {
			t.Errorf("%s (%s) holds no Vietnamese any more: take it off the list", place, why)
		}
	}
}

func TestVietnameseLetters(t *testing.T) {
	for text, want := range map[string]bool{
		`"Đơn vị"`: true, `"xã"`: true, `"mo\u0309"`: true, "`label:\"Mã\"`": true,
		`"don vi"`: false, `"– … “x” · °"`: false, `""`: false,
	} {
		if got := vietnamese(&ast.BasicLit{Kind: token.STRING, Value: text}); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// vietnamese reports whether a literal has a letter that English has not: đ or
// any with a mark, composed or not.
func vietnamese(lit *ast.BasicLit) bool {
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return false
	}
	return strings.ContainsFunc(norm.NFD.String(s), func(r rune) bool {
		return r == 'đ' || r == 'Đ' || strings.ContainsRune(marks, r)
	})
}

// marks are the combining marks of Vietnamese: grave, acute, tilde, hook,
// dot below, circumflex, breve, horn.
const marks = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"

// eachFile calls visit for every file below dirs that is compiled into the
// program; file is its path from the root of the module.
func eachFile(t *testing.T, dirs []string, visit func(file string, f *ast.File, at func(ast.Node) int)) {
	t.Helper()
	count := 0
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel("../..", path)
			if err != nil {
				return err
			}
			count++
			visit(filepath.ToSlash(rel), f, func(n ast.Node) int { return set.Position(n.Pos()).Line })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if count < len(dirs) {
		t.Fatalf("found %d files in %v: the test looks in the wrong place", count, dirs)
	}
}
