// Package archtest keeps the import directions: who may know whom.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "thanthien/"

// domain packages, from the bottom up: each may import fault and those before it.
var domain = []string{"internal/unit", "internal/rubric", "internal/survey", "internal/score", "internal/account", "internal/audit", "internal/evidence", "internal/dossier"}

// allowed says which of our packages each package may import, "*" being all.
var allowed = map[string][]string{
	"internal/fault":      {},
	"internal/vi":         {"internal/fault"},
	"internal/config":     {"internal/fault"},
	"internal/docstore":   {"internal/fault"},
	"internal/docstore/*": {"internal/docstore", "internal/docstore/*", "internal/fault"},
	"internal/store":      append([]string{"internal/docstore", "internal/fault"}, domain...),
	"internal/result":     append([]string{"internal/store", "internal/fault"}, domain...),
	"internal/qr":         {},
	"internal/docx":       {},
	"internal/view":       append([]string{"internal/vi", "internal/qr", "internal/docx", "internal/fault"}, domain...),
	"internal/chart":      {"internal/vi"},
	"internal/xlsx":       append([]string{"internal/vi", "internal/fault"}, domain...),
	"internal/report":     append([]string{"internal/store", "internal/result", "internal/xlsx", "internal/vi", "internal/fault"}, domain...),
	"internal/site":       append([]string{"internal/store", "internal/result", "internal/report", "internal/view", "internal/xlsx", "internal/qr", "internal/docx", "internal/chart", "internal/vi", "internal/fault", "internal/config", "web", "criteria"}, domain...),
	"internal/demo":       append([]string{"internal/store", "internal/result", "internal/fault", "internal/vi", "criteria"}, domain...),
	"internal/mail":       {"internal/fault"},
	"internal/load":       append([]string{"internal/fault"}, domain...),
	"criteria":            {"internal/fault"},
	"web":                 {},
	"cmd/thanthien":       {"*"},
}

// only says where a library may be used.
var only = map[string][]string{
	"github.com/gofiber/fiber/v2":            {"internal/site"},
	"github.com/boombuler/barcode":           {"internal/qr"},
	"go.mongodb.org/mongo-driver/v2/mongo":   {"internal/docstore/mongo"},
	"database/sql":                           {"internal/docstore/sqlite"},
	"modernc.org/sqlite":                     {"internal/docstore/sqlite"},
	"github.com/xuri/excelize/v2":            {"internal/xlsx"},
	"go.mongodb.org/mongo-driver/v2/bson":    {"internal/docstore", "internal/docstore/*", "internal/store"},
	"github.com/go-playground/validator/v10": {"internal/site"},
	"github.com/chromedp/chromedp":           {},
	"github.com/go-analyze/charts":           {"internal/chart"},
	"github.com/PuerkitoBio/goquery":         {},
	"github.com/wneessen/go-mail":            {"internal/mail"},
}

// pure packages have no clock, no context and no I/O.
var pure = []string{"internal/score", "internal/rubric", "internal/survey", "internal/evidence"}

var impure = []string{"context", "os", "net", "net/http", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2"}

func TestDirections(t *testing.T) {
	seen := map[string]bool{}
	walk(t, func(pkg, file string, imports []string) {
		seen[pkg] = true
		for _, imp := range imports {
			if at, ok := strings.CutPrefix(imp, module); ok {
				if !mayImport(pkg, at) {
					t.Errorf("%s imports %s, which its place does not allow", file, at)
				}
				continue
			}
			for lib, places := range only {
				if (imp == lib || strings.HasPrefix(imp, lib+"/")) && !slices.ContainsFunc(places, func(p string) bool { return match(p, pkg) }) {
					t.Errorf("%s imports %s, which belongs to %v only", file, imp, places)
				}
			}
			if slices.Contains(pure, pkg) && slices.Contains(impure, imp) {
				t.Errorf("%s imports %s, but %s is pure", file, imp, pkg)
			}
		}
	})
	for _, pkg := range []string{"internal/score", "internal/site", "internal/store", "cmd/thanthien"} {
		if !seen[pkg] {
			t.Errorf("%s was not found: the test looks in the wrong place", pkg)
		}
	}
}

func mayImport(pkg, imported string) bool {
	if i := slices.Index(domain, pkg); i >= 0 {
		return imported == "internal/fault" || slices.Contains(domain[:i], imported)
	}
	for place, list := range allowed {
		if match(place, pkg) {
			return slices.ContainsFunc(list, func(a string) bool { return match(a, imported) })
		}
	}
	return false
}

func match(pattern, pkg string) bool {
	if dir, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(pkg, dir)
	}
	return pattern == pkg
}

// walk calls visit for every file that is compiled into the program.
func walk(t *testing.T, visit func(pkg, file string, imports []string)) {
	t.Helper()
	root := "../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		pkg := filepath.ToSlash(filepath.Dir(rel))
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && rel != "." || rel == filepath.Join("internal", "browsertest") || strings.HasPrefix(filepath.ToSlash(rel), "internal/docstore/storetest")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, s := range f.Imports {
			p, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, p)
		}
		visit(pkg, filepath.ToSlash(rel), imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
