package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sample has one of everything, with text that is markup elsewhere.
func sample(rows int) *Document {
	cell := func(s string) Cell { return Cell{Paragraphs: []Paragraph{Text(s, Left)}} }
	table := Table{Shares: []int{1, 6, 3}, Borders: true, Rows: []Row{{Head: true, Cells: []Cell{cell("TT"), cell("Tiêu đề lặp lại"), cell("Điểm")}}}}
	for range rows {
		table.Rows = append(table.Rows, Row{Cells: []Cell{cell("1"), cell(`Xã <b>A</b> & "B"`), cell("90,25")}})
	}
	table.Rows = append(table.Rows, Row{Cells: []Cell{{Span: 2, Paragraphs: []Paragraph{Text("Tổng số", Center)}}, {}}})
	return &Document{Title: `Tờ trình <1> & "2"`, Made: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Blocks: []Block{
		P(Paragraph{Runs: []Run{{Text: "TỜ TRÌNH", Bold: true}, {Text: "\x01 hai\ndòng", Italic: true, Underline: true, Size: 13}}, Align: Center, KeepNext: true}),
		P(Paragraph{Runs: []Run{{Text: "Đoạn văn thụt đầu dòng."}}, Align: Justify, Indent: true, Before: 6, After: 6}),
		T(table), T(Table{Shares: []int{1}, Rows: []Row{{Cells: []Cell{cell("bảng sau bảng")}}}}), {Break: true}, P(Text("Trang sau", Right)),
	}}
}

func written(t *testing.T, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every part is well-formed, the text is there as text, the margins are those
// of the decree, and the same document is the same file.
func TestParts(t *testing.T) {
	data := written(t, sample(3))
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
		dec := xml.NewDecoder(bytes.NewReader(text))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	body := parts["word/document.xml"]
	for _, want := range []string{
		"Xã &lt;b&gt;A&lt;/b&gt; &amp;", `w:top="1134" w:right="850" w:bottom="1134" w:left="1701"`, "<w:tblHeader/>", `<w:gridSpan w:val="2"/>`, "<w:titlePg/>", `<w:t xml:space="preserve">dòng</w:t>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	if strings.Contains(body, "</w:tbl><w:tbl>") {
		t.Error("two tables run into one")
	}
	if !strings.Contains(parts["docProps/core.xml"], "Tờ trình &lt;1&gt;") {
		t.Errorf("the title: %s", parts["docProps/core.xml"])
	}
	if !bytes.Equal(data, written(t, sample(3))) {
		t.Error("the same document gives two files")
	}
}

// LibreOffice opens it, breaks it into pages, and repeats the table's head.
func TestOpens(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("THANTHIEN_REQUIRE_SOFFICE") == "1" {
			t.Fatal("LibreOffice (soffice) is required here and not installed")
		}
		t.Skip("LibreOffice is not installed")
	}
	dir := t.TempDir()
	convert := func(name string, data []byte) bool {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, file)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		_, err := os.Stat(strings.TrimSuffix(file, filepath.Ext(file)) + ".pdf")
		return err == nil
	}
	if !convert("chu.txt", []byte("chữ")) {
		t.Skip("LibreOffice is installed without Writer")
	}
	if !convert("mau.docx", written(t, sample(90))) {
		t.Fatal("LibreOffice does not open the document")
	}
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	text, err := exec.CommandContext(t.Context(), reader, filepath.Join(dir, "mau.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimRight(string(text), "\f"), "\f")
	if n := strings.Count(string(text), "Tiêu đề lặp lại"); len(pages) < 3 || n != len(pages)-1 {
		t.Errorf("%d pages with the head %d times", len(pages), n)
	}
	if strings.HasPrefix(strings.TrimSpace(pages[0]), "1\n") {
		t.Error("the first page has a number")
	}
	if !strings.HasPrefix(strings.TrimSpace(pages[1]), "2") {
		t.Errorf("the second page begins %.40q", pages[1])
	}
}
