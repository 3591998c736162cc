package view

import (
	"fmt"
	"html/template"
	"strings"

	"thanthien/internal/vi"
)

// funcs are the functions every template may call.
func funcs(assets *Assets) template.FuncMap {
	return template.FuncMap{
		"asset":    assets.URL,
		"date":     vi.Date,
		"datetime": vi.DateTime,
		"dec":      vi.Decimal,
		"int":      func(n int) string { return vi.Int(n) },
		"int64":    func(n int64) string { return vi.Int(n) },
		"roman":    vi.Roman,
		"join":     func(sep string, s []string) string { return strings.Join(s, sep) },
		"add":      func(a, b int) int { return a + b },
		"dots":     dots,
		"dict":     dict,
		"lines":    func(s string) []string { return strings.Split(s, "\n") },
	}
}

// dots draws rank r of n levels as filled and empty circles, a hint beside the
// words of a scale, never instead of them.
func dots(r, n int) string {
	r = max(0, min(r, n))
	return strings.Repeat("●", r) + strings.Repeat("○", n-r)
}

// dict makes a map of alternating keys and values, to hand a partial several.
func dict(kv ...any) (map[string]any, error) {
	if len(kv)%2 != 0 {
		return nil, fmt.Errorf("dict: odd number of arguments")
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		k, ok := kv[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is not a string", kv[i])
		}
		m[k] = kv[i+1]
	}
	return m, nil
}
