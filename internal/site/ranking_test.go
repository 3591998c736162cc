package site

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
)

// names lists the units a ranking page shows, in order.
func names(doc *goquery.Document) []string {
	var list []string
	doc.Find("table.ranking tbody th a").Each(func(_ int, a *goquery.Selection) { list = append(list, a.Text()) })
	return list
}

func TestRankingPage(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Leader]
	low := fullMarks("5")
	for i, c := range low {
		if c.Code == dossier.ConditionPrefix+"dk1" {
			low[i].Mark = score.NewMark(dossier.Met, "false")
		}
	}
	s.mark(longUnit, "province", low...)
	doc := s.get("/bao-cao/xep-hang", me).want(t, 200).page(t)
	if got := names(doc); len(got) != 10 || got[0] != "Phường Minh Họa 07" || got[1] != longName {
		t.Errorf("order = %q", got)
	}
	for selector, want := range map[string]string{
		"tbody tr:first-child td:first-child": "1", "tbody tr:nth-child(2) td:first-child": "1", "tbody tr:nth-child(3) td:first-child": "–",
		"tbody tr:first-child .band": "Mức Đạt", "tbody tr:nth-child(2) .failed": "chưa đạt điều kiện “Không có lãnh đạo bị kỷ luật”",
		"tbody tr:last-child .failed": "còn 7 tiêu chí chưa có điểm (1.1.1, 1.1.2, 1.2, …)",
	} {
		if got := text(doc, selector); got != want {
			t.Errorf("%s = %q, want %q", selector, got, want)
		}
	}
	if got := text(doc, ".target-line"); !strings.Contains(got, "1/10 = 10,00 %") || !strings.Contains(got, "còn thiếu 5 đơn vị") {
		t.Errorf("target line = %q", got)
	}
	doc.Find("table.ranking tbody td.num").Each(func(_ int, n *goquery.Selection) {
		if strings.Contains(n.Text(), ",") && n.Find("a").Length() == 0 {
			t.Errorf("figure %q is not explained", n.Text())
		}
	})
}

// The workbook holds what the page shows: filter, search and order.
func TestRankingFilterAndExcel(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Manager]
	for query, want := range map[string]int{
		"": 10, "dat=co": 1, "dat=khong": 0, "dat=thieu": 9, "muc=dat": 1, "muc=tot": 0, "dia-ban=27": 10, "dia-ban=28": 0, "q=dong+mo": 1, "cap=self&dat=co": 1, "dat=thieu&sap=-ten": 9,
	} {
		doc := s.get("/bao-cao/xep-hang?"+query, me).want(t, 200).page(t)
		shown := names(doc)
		if len(shown) != want {
			t.Errorf("?%s shows %d units, want %d", query, len(shown), want)
		}
		var codes []string
		doc.Find("table.ranking tbody th a").Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			path, _, _ := strings.Cut(href, "?")
			codes = append(codes, path[strings.LastIndex(path, "/")+1:])
		})
		excel, _ := doc.Find("a[download]").Attr("href")
		a := s.get(excel, me).want(t, 200)
		if got := workbookUnits(t, a); !cmp.Equal(got, codes) {
			t.Errorf("?%s: workbook and page differ:\n%s", query, cmp.Diff(codes, got))
		}
		if name := a.Header.Get("Content-Disposition"); name != `attachment; filename="xep-hang-2026.xlsx"` {
			t.Errorf("file name %s", name)
		}
	}
}

func TestRankingKeepsFilter(t *testing.T) {
	s, cookies := staffSite(t)
	doc := s.get("/bao-cao/xep-hang?dat=thieu&q=xa&cap=self", cookies[account.Manager]).want(t, 200).page(t)
	href, _ := doc.Find("table.ranking thead a").First().Attr("href")
	for _, part := range []string{"dat=thieu", "q=xa", "cap=self", "ky=2026"} {
		if !strings.Contains(href, part) {
			t.Errorf("sorting by %s loses %s", href, part)
		}
	}
}
