package site

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const (
	// listPage is how many rows a page of a list has.
	listPage = 50
	// maxQuery is how much of a search is looked at, in characters.
	maxQuery = 100
	// pagesAround is how many pages the pager names on either side.
	pagesAround = 2
)

// listColumn is a column of a list; less is nil when it cannot be sorted.
type listColumn[T any] struct {
	key, label string
	number     bool
	compare    func(a, b T) int
}

// listOf searches, sorts and cuts rows by the request's query: q is searched
// for without accents in text, sap names a column ("-" before it: downwards),
// trang is the page. The first column with a comparison is the default order.
// keep are further parameters that every address of the list keeps.
func listOf[T any](c *fiber.Ctx, rows []T, text func(T) string, columns []listColumn[T], keep ...view.Pair) ([]T, view.Listing) {
	l := view.Listing{Path: c.Path(), Query: cut(vi.Clean(c.Query("q")), maxQuery), Sort: c.Query("sap"), Total: len(rows)}
	for _, p := range keep {
		if p.Value != "" {
			l.Keep = append(l.Keep, p)
		}
	}
	rows = searched(rows, l.Query, text)
	l.Found = len(rows)
	l.Sort = sortRows(rows, l.Sort, columns)
	for _, col := range columns {
		l.Columns = append(l.Columns, heading(l, col.key, col.label, col.number, col.compare != nil))
	}
	page, err := strconv.Atoi(c.Query("trang"))
	pages := max(1, (len(rows)+listPage-1)/listPage)
	if err != nil {
		page = 1
	}
	page = min(max(page, 1), pages)
	l.Pages = pager(l, page, pages)
	return rows[(page-1)*listPage : min(page*listPage, len(rows))], l
}

// searched keeps the rows whose text has every word of the query.
func searched[T any](rows []T, query string, text func(T) string) []T {
	words := strings.Fields(vi.Fold(query))
	kept := make([]T, 0, len(rows))
	for _, r := range rows {
		folded := vi.Fold(text(r))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(folded, w) }) {
			kept = append(kept, r)
		}
	}
	return kept
}

// sortRows orders rows and returns the order that was used.
func sortRows[T any](rows []T, order string, columns []listColumn[T]) string {
	key, down := strings.CutPrefix(order, "-")
	find := func(ok func(listColumn[T]) bool) int { return slices.IndexFunc(columns, ok) }
	i := find(func(col listColumn[T]) bool { return col.compare != nil && col.key == key })
	if i < 0 {
		if i = find(func(col listColumn[T]) bool { return col.compare != nil }); i < 0 {
			return ""
		}
		order, down = "", false
	}
	slices.SortStableFunc(rows, func(a, b T) int {
		if down {
			a, b = b, a
		}
		return columns[i].compare(a, b)
	})
	return order
}

func heading(l view.Listing, key, label string, number, sortable bool) view.Column {
	col := view.Column{Label: label, Number: number}
	if !sortable {
		return col
	}
	next := key
	switch l.Sort {
	case key:
		col.Aria, next = "ascending", "-"+key
	case "-" + key:
		col.Aria = "descending"
	}
	col.URL = listURL(l, next, 1)
	return col
}

func listURL(l view.Listing, order string, page int) string {
	v := url.Values{}
	for _, p := range l.Keep {
		v.Set(p.Name, p.Value)
	}
	if l.Query != "" {
		v.Set("q", l.Query)
	}
	if order != "" {
		v.Set("sap", order)
	}
	if page > 1 {
		v.Set("trang", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return l.Path
	}
	return l.Path + "?" + v.Encode()
}

// pager names the first, the last and the nearest pages.
func pager(l view.Listing, page, pages int) []view.PageLink {
	if pages < 2 {
		return nil
	}
	var links []view.PageLink
	for p := 1; p <= pages; p++ {
		near := p >= page-pagesAround && p <= page+pagesAround
		switch {
		case p == page:
			links = append(links, view.PageLink{Label: strconv.Itoa(p)})
		case near || p == 1 || p == pages:
			links = append(links, view.PageLink{Label: strconv.Itoa(p), URL: listURL(l, l.Sort, p)})
		case p == page-pagesAround-1 || p == page+pagesAround+1:
			links = append(links, view.PageLink{Label: "…"})
		}
	}
	return links
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// by compares rows by a key in its natural order.
func by[T any, K cmp.Ordered](key func(T) K) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(key(a), key(b)) }
}

// byText compares rows by a text in Vietnamese order.
func byText[T any](key func(T) string) func(a, b T) int {
	compare := vi.Collator()
	return func(a, b T) int { return compare(key(a), key(b)) }
}

// chooseOnly chooses what there is no choice about.
func chooseOnly(options []view.Option) {
	if len(options) == 1 {
		options[0].Chosen = true
	}
}

// option makes a choice of a select.
func option(value, label, chosen string) view.Option {
	return view.Option{Value: value, Label: label, Chosen: value == chosen}
}
