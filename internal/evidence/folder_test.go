package evidence

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"thanthien/internal/fault"
)

func TestCleanName(t *testing.T) {
	for name, c := range map[string]struct {
		sent string
		kind Type
		want string
	}{
		"plain":          {"Báo cáo.pdf", PDF, "Báo cáo.pdf"},
		"decomposed":     {norm.NFD.String("Quyết định số 5.pdf"), PDF, "Quyết định số 5.pdf"},
		"a path":         {"../../etc/tờ trình.pdf", PDF, "tờ trình.pdf"},
		"a Windows path": {`C:\Users\x\tờ trình.docx`, DOCX, "tờ trình.docx"},
		"other ending":   {"anh.html", JPEG, "anh.html.jpg"},
		"no ending":      {"quet", PDF, "quet.pdf"},
		"upper case":     {"QUET.PDF", PDF, "QUET.pdf"},
		"bidi":           {"b\u202egpj.exe\u2066.pdf", PDF, "bgpj.exe.pdf"},
		"line breaks":    {"a\r\nSet-Cookie: x.pdf", PDF, "a Set-Cookie_ x.pdf"},
		"zero width":     {"a\u200bb\ufeff.pdf", PDF, "ab.pdf"},
		"device":         {"CON.pdf", PDF, "_CON.pdf"},
		"signs":          {`a<b>:"|?*.pdf`, PDF, "a_b______.pdf"},
		"nothing":        {"...", PDF, "tep.pdf"},
		"hidden":         {".pdf", PDF, "pdf.pdf"},
		"dots":           {"a . .pdf", PDF, "a.pdf"},
		"not UTF-8":      {"a\xff.pdf", PDF, "a.pdf"},
		"no type":        {"a.html", "", "a.html"},
	} {
		if got := CleanName(c.sent, c.kind); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := CleanName(strings.Repeat("ệ", 400)+".pdf", PDF); utf8.RuneCountInString(got) != MaxName || !strings.HasSuffix(got, ".pdf") {
		t.Errorf("a long name became %q", got)
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("a/../b\u202e.pdf")
	f.Fuzz(func(t *testing.T, sent string) {
		got := CleanName(sent, PDF)
		if !strings.HasSuffix(got, ".pdf") || strings.ContainsAny(got, "/\\\r\n\x00\"") || utf8.RuneCountInString(got) > MaxName || !utf8.ValidString(got) {
			t.Errorf("%q", got)
		}
		if again := CleanName(got, PDF); again != got {
			t.Errorf("%q became %q", got, again)
		}
	})
}

func testItem(id, sha string, codes ...string) Item {
	return Item{ID: id, Title: "Báo cáo " + id, Number: "1/BC", Date: "2026-03-05", Codes: codes, Revisions: []Revision{{Name: id + ".pdf", Type: PDF, Size: 10, SHA: sha, By: "xa07", At: time.Unix(0, 0).UTC()}}}
}

func TestFolder(t *testing.T) {
	f := Folder{Period: "2026", Unit: "07"}
	if said, err := f.Add(testItem("a", "1", "1.2", "1.1"), testItem("b", "2", "1.1")); err != nil || len(said) != 2 {
		t.Fatal(said, err)
	}
	if diff := cmp.Diff([]Tally{{"1.1", 2}, {"1.2", 1}}, f.Counts); diff != "" {
		t.Error(diff)
	}
	if _, err := f.Describe("a", 9, Meta{}); !fault.Is(err, fault.Stale) {
		t.Errorf("a form of another revision: %v", err)
	}
	m := f.Items[0].Meta()
	if said, err := f.Describe("a", 1, m); said != nil || err != nil || f.Items[0].Rev != 1 {
		t.Errorf("saying the same: %v, %v", said, err)
	}
	m.Codes, m.Number = []string{"2.1"}, "2/BC"
	if said, err := f.Describe("a", 1, m); len(said) != 1 || err != nil || f.Items[0].Rev != 2 {
		t.Errorf("%v, %v", said, err)
	}
	other := testItem("", "3")
	r := other.Current()
	if _, err := f.Revise("a", 2, r); err != nil || f.Items[0].Current().SHA != "3" || len(f.Items[0].Revisions) != 2 || f.Bytes != 30 {
		t.Errorf("%v, %+v", err, f)
	}
	if _, err := f.Revise("a", 3, r); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same file again: %v", err)
	}
	if _, err := f.Remove("b", 1, "xa07", "nhầm", time.Unix(1, 0)); err != nil || len(f.Live()) != 1 {
		t.Errorf("%v", err)
	}
	if _, err := f.Describe("b", 2, m); !fault.Is(err, fault.Conflict) {
		t.Errorf("a removed item changes: %v", err)
	}
	if diff := cmp.Diff([]Tally{{"2.1", 1}}, f.Counts); diff != "" {
		t.Error(diff)
	}
	if !f.Holds("a", "1") || f.Stands("a", "1") || !f.Stands("a", "3") || f.Stands("b", "2") || f.Holds("c", "1") {
		t.Error("holds or stands is wrong")
	}
}

func TestFolderLimits(t *testing.T) {
	f := Folder{Items: make([]Item, MaxItems)}
	if _, err := f.Add(testItem("a", "1", "1")); !fault.Is(err, fault.Conflict) || len(f.Items) != MaxItems {
		t.Errorf("one item too many: %v", err)
	}
	f = Folder{Bytes: MaxBytes - 5}
	if _, err := f.Add(testItem("a", "1", "1")); !fault.Is(err, fault.Conflict) || f.Bytes != MaxBytes-5 {
		t.Errorf("too many bytes: %v", err)
	}
	f = Folder{}
	if _, err := f.Add(testItem("a", "0", "1")); err != nil {
		t.Fatal(err)
	}
	f.Items[0].Revisions = make([]Revision, MaxRevisions)
	if _, err := f.Revise("a", 1, Revision{SHA: "9"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("one revision too many: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	f := Folder{Period: "2026", Unit: "07"}
	it := testItem("a", "1", "1.1")
	uses := []Use{{"2026", "07", "a"}, {"2026", "07", "b"}, {"2026", "08", "c"}, {"2025", "07", "d"}}
	var got []Flaw
	for _, w := range f.Warnings(&it, Span{"2026-01-01", "2026-12-31"}, uses) {
		got = append(got, w.What)
	}
	if diff := cmp.Diff([]Flaw{Twice, Elsewhere, Earlier}, got); diff != "" {
		t.Error(diff)
	}
	for date, want := range map[string][]Flaw{"": {NoNumber, NoDate}, "2025-12-31": {NoNumber, Outside}, "2026-01-01": {NoNumber}, "2026-12-31": {NoNumber}, "2027-01-01": {NoNumber, Outside}} {
		it.Number, it.Date, got = "", date, nil
		for _, w := range f.Warnings(&it, Span{"2026-01-01", "2026-12-31"}, nil) {
			got = append(got, w.What)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", date, diff)
		}
	}
}

func TestItemCheck(t *testing.T) {
	where := Places{Papers: []string{"to-trinh"}, Leaves: []string{"1.1"}}
	for name, c := range map[string]struct {
		change func(*Item)
		want   string
	}{
		"good":        {func(*Item) {}, ""},
		"no title":    {func(it *Item) { it.Title = "" }, "title"},
		"long number": {func(it *Item) { it.Number = strings.Repeat("x", MaxNumber+1) }, "number"},
		"no day":      {func(it *Item) { it.Date = "2026-02-30" }, "date"},
		"old":         {func(it *Item) { it.Date = "0026-01-01" }, "date"},
		"future":      {func(it *Item) { it.Date = "2026-11-11" }, "date"},
		"paper":       {func(it *Item) { it.Paper = "x" }, "paper"},
		"nowhere":     {func(it *Item) { it.Codes = nil }, "codes"},
		"no leaf":     {func(it *Item) { it.Codes = []string{"1.1", "9"} }, "codes"},
		"paper alone": {func(it *Item) { it.Codes, it.Paper = nil, "to-trinh" }, ""},
	} {
		it := testItem("a", "1", "1.1")
		c.change(&it)
		ps := it.Check(where, "2026-11-10")
		if c.want == "" && len(ps) > 0 || c.want != "" && (len(ps) != 1 || ps[0].Path != c.want) {
			t.Errorf("%s: %v", name, ps)
		}
	}
}
