package site

import (
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
)

// sentBy returns what a browser would send for a form of a page.
func sentBy(tb testing.TB, doc *goquery.Document, selector string) url.Values {
	tb.Helper()
	form := url.Values{}
	found := doc.Find(selector)
	if found.Length() != 1 {
		tb.Fatalf("%d forms %s on the page", found.Length(), selector)
	}
	found.Find("input, textarea, select").Each(func(_ int, e *goquery.Selection) {
		name, _ := e.Attr("name")
		_, on := e.Attr("checked")
		switch {
		case name == "" || e.AttrOr("type", "") == "checkbox" && !on:
		case goquery.NodeName(e) == "textarea":
			form.Add(name, strings.TrimPrefix(e.Text(), "\n"))
		case goquery.NodeName(e) == "select":
			form.Add(name, e.Find("option[selected]").AttrOr("value", ""))
		default:
			form.Add(name, e.AttrOr("value", ""))
		}
	})
	return form
}

// press sends the editor's form with one of its buttons.
func (p *person) press(target string, form url.Values, button string) answer {
	p.tb.Helper()
	form = url.Values(cloneValues(form))
	form.Set("viec", button)
	form.Set("_csrf", p.csrf)
	return p.post(target, form, p.cookie)
}

func cloneValues(v url.Values) map[string][]string {
	out := map[string][]string{}
	for k, list := range v {
		out[k] = slices.Clone(list)
	}
	return out
}

// draftFrom stores a sample as a draft and returns the address of its editor.
func (s *testSite) draftFrom(tb testing.TB, file string) (set *rubric.Set, path string) {
	tb.Helper()
	data, err := fs.ReadFile(criteria.Sets(), file)
	ok(tb, err)
	set, err = rubric.Parse(data, file)
	ok(tb, err)
	text, err := set.YAML()
	ok(tb, err)
	ok(tb, s.store.PutSet(tb.Context(), store.Version{ID: set.ID, Number: set.Version, Title: set.Title, YAML: string(text), State: store.Draft, By: "ai-do"}))
	return set, "/quan-tri/bo-tieu-chi/" + set.ID + "/1/soan"
}

const editForm = "#bien-soan"

// Every sample goes through the form and comes back as the same set.
func TestTreeKeepsEverySample(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	files, err := fs.Glob(criteria.Sets(), "*.yaml")
	ok(t, err)
	for _, file := range files {
		set, path := s.draftFrom(t, file)
		doc := m.open(path).want(t, 200).page(t)
		form := sentBy(t, doc, editForm)
		if got := text(m.press(path, form, "kiem-tra").want(t, 200).page(t), ".notice.good"); !strings.Contains(got, "Không có chỗ nào sai") {
			t.Errorf("%s: the check says %q", file, got)
		}
		m.press(path, form, "luu").want(t, 303)
		back, err := s.store.Set(t.Context(), set.ID, 1)
		ok(t, err)
		if changes := rubric.Diff(set, back); len(changes) > 0 || !set.Equal(back) {
			t.Errorf("%s changed: %+v", file, changes)
		}
		if bad := doc.Find(".sum.bad").Length(); bad > 0 {
			t.Errorf("%s: %d sums do not fit: %s", file, bad, text(doc, ".sum.bad"))
		}
		if doc.Find(".sum.good").Length() < 4 {
			t.Errorf("%s: the sums are not shown", file)
		}
	}
}
