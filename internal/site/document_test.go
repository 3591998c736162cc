package site

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/store"
)

// docxText is the text part of a document file.
func docxText(tb testing.TB, a answer) string {
	tb.Helper()
	z, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body)))
	ok(tb, err)
	f, err := z.Open("word/document.xml")
	ok(tb, err)
	var b bytes.Buffer
	_, err = io.Copy(&b, f)
	ok(tb, err)
	return b.String()
}

// The documents hold what was found and decided, as a page and as a file.
func TestDocuments(t *testing.T) {
	s, people := lockSite(t)
	m := people[account.Manager]
	const base = "/quan-tri/ky/2026/van-ban"
	s.changeUnit("07212", func(d *dossier.Dossier) {
		d.Appeals = []dossier.Contest{{Code: "1.2", Stage: "province", Reason: "chấm sót <b>", Judge: "td2", Ruling: "giữ nguyên"}}
	})
	if got := text(m.open(base+"/bien-ban").want(t, 200).page(t), "article"); !strings.Contains(got, "chưa có mã kiểm") {
		t.Errorf("minutes of an open period: %.600s", got)
	}
	lockAndSign(t, people)
	m.submitAll(decideURL, paper("15/QĐ-UBND", "viec", "cong-nhan", "buoc", "ghi", "unit", testUnit)...).want(t, 303)
	sum := strings.Join(checksumGroups(s.thePeriod().Checksum), " ")
	for path, wants := range map[string][]string{
		"/to-trinh":                        {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TỜ TRÌNH", "7 hồ sơ chưa có kết luận", "đề nghị xem xét, công nhận 1 đơn vị", "Phường Minh Họa 07", "30,00"},
		"/bien-ban":                        {"BIÊN BẢN", "Tổng số", sum, "chấm sót <b>", "Không chấp nhận. giữ nguyên", "Người user-leader", "khối số"},
		"/quyet-dinh":                      {"QUYẾT ĐỊNH", "Điều 1.", "/QĐ-UBND", "…………………"},
		"/quyet-dinh?so=15%2FQ%C4%90-UBND": {"Số: 15/QĐ-UBND", "ngày 10 tháng 11 năm 2026", "hết 09/11/2027", "Kèm theo Quyết định số 15/QĐ-UBND ngày 10/11/2026", "Trần Văn Chủ Tịch"},
	} {
		page := text(m.open(base+path).want(t, 200).page(t), "article")
		file, query, _ := strings.Cut(path, "?")
		doc := docxText(t, m.open(base+file+".docx?"+query).want(t, 200))
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q: %.1500s", path, want, page)
			}
			escaped := strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(want)
			if !strings.Contains(doc, escaped) {
				t.Errorf("%s.docx lacks %q", path, want)
			}
		}
	}
	if got := text(m.open(base).want(t, 200).page(t), "main"); !strings.Contains(got, "Quyết định số 15/QĐ-UBND") {
		t.Errorf("the list lacks the decision: %s", got)
	}
	m.submitAll(decideURL+"/"+testUnit+"/thu-hoi", paper("16/QĐ-UBND", "reason", "lý do")...).want(t, 303)
	if got := text(m.open(base+"/quyet-dinh").want(t, 200).page(t), "article"); strings.Contains(got, "Phường Minh Họa 07") {
		t.Errorf("a draft recognises who was revoked: %s", got)
	}
	m.open(base+"/quyet-dinh?so=khong-co").want(t, 404)
	m.open(base+"/giay-moi").want(t, 404)
}

// A decision bears the head, the authority and the title of who issues it: the
// committee above for a number of its own, the agency for any other.
func TestDecisionIssuer(t *testing.T) {
	kt := []string{"KT. Giám đốc", "Phó giám đốc"}
	for _, c := range []struct {
		parent, number   string
		titles           []string
		agency, what, by string
	}{
		{"UBND tỉnh Minh Họa", "", kt, "UBND tỉnh Minh Họa", "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH MINH HỌA", ""},
		{"UBND tỉnh Minh Họa", "7/QĐ-SNV", kt, "Sở Nội vụ", "Giám đốc Sở Nội vụ", "Bà Khai"},
		{"Tỉnh ủy Minh Họa", "", []string{"TM. Ban thường vụ"}, "Sở Nội vụ", "Ban thường vụ", "Bà Khai"},
		{"", "", nil, "Sở Nội vụ", "Sở Nội vụ", "Bà Khai"},
	} {
		p := docPapers{number: c.number, settings: store.Settings{Parent: c.parent, Agency: "Sở Nội vụ", SignTitle: c.titles, Signer: "Bà Khai"}}
		by := p.issuer()
		if by.settings.Agency != c.agency || by.authority != c.what || by.name != c.by {
			t.Errorf("%+v: %q, %q, %q", c, by.settings.Agency, by.authority, by.name)
		}
	}
}

// provinceSettings are those of a province that issues documents.
func provinceSettings() store.Settings {
	return store.Settings{
		Province: "Tỉnh Minh Họa", Parent: "Ủy ban nhân dân tỉnh Minh Họa", Agency: "Sở Nội vụ", Place: "Minh Họa", Symbol: "/BC-SNV",
		SignTitle: []string{"KT. Giám đốc", "Phó giám đốc"}, Signer: "Nguyễn Thị Minh Khai", Recipients: []string{"Như trên", "UBND các xã, phường", "Lưu: VT, CCHC"},
	}
}
