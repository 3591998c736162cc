package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"thanthien/internal/fault"
)

const (
	docxMain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	xlsxMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
)

func tinyPDF() []byte {
	body := "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
	return fmt.Appendf(nil, "%sxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n%d\n%%%%EOF\n", body, len(body))
}

func picture(encode func(io.Writer, image.Image) error) []byte {
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func jpegOf(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

// entry is a file of a zip archive made for a test.
type entry struct{ name, data string }

func archive(entries ...entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, e.data)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func types(part, contentType string) entry {
	return entry{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/` + part + `" ContentType="` + contentType + `"/></Types>`}
}

func docx(more ...entry) []byte {
	return archive(append([]entry{types("word/document.xml", docxMain), {"word/document.xml", "<w/>"}}, more...)...)
}

// ole makes an old Office container with these names in its directory.
func ole(names ...string) []byte {
	b := make([]byte, 512*3)
	copy(b, oleMagic)
	binary.LittleEndian.PutUint16(b[oleSectorBit:], 9)
	binary.LittleEndian.PutUint32(b[oleFirstDir:], 1)
	for i := range oleFATCount {
		binary.LittleEndian.PutUint32(b[oleFATList+4*i:], 0xFFFFFFFF)
	}
	binary.LittleEndian.PutUint32(b[oleFATList:], 0) // the table is sector 0
	binary.LittleEndian.PutUint32(b[512:], 0xFFFFFFFD)
	binary.LittleEndian.PutUint32(b[512+4:], 0xFFFFFFFE)
	for i, name := range names {
		at := 1024 + i*oleEntry
		units := utf16.Encode([]rune(name))
		for j, u := range units {
			binary.LittleEndian.PutUint16(b[at+2*j:], u)
		}
		binary.LittleEndian.PutUint16(b[at+oleNameLen:], uint16(2*len(units)+2))
	}
	return b
}

func webp(width, height int) []byte {
	b := append([]byte("RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), make([]byte, 14)...)
	put := func(at, n int) { b[at], b[at+1], b[at+2] = byte(n), byte(n>>8), byte(n>>16) }
	put(24, width-1)
	put(27, height-1)
	return b
}

// hugePNG declares a size without having the pixels.
func hugePNG(side uint32) []byte {
	b := picture(png.Encode)
	binary.BigEndian.PutUint32(b[16:], side)
	binary.BigEndian.PutUint32(b[20:], side)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func check(data []byte) (Type, error) { return Check(bytes.NewReader(data), int64(len(data))) }

func TestCheckTakes(t *testing.T) {
	odt := archive(entry{"mimetype", ODT.Media()}, entry{"content.xml", "<x/>"})
	for name, c := range map[string]struct {
		data []byte
		want Type
	}{
		"pdf":                {tinyPDF(), PDF},
		"jpeg":               {picture(jpegOf), JPEG},
		"png":                {picture(png.Encode), PNG},
		"webp":               {webp(2000, 1000), WebP},
		"docx":               {docx(), DOCX},
		"xlsx":               {archive(types("xl/workbook.xml", xlsxMain), entry{"xl/workbook.xml", "<w/>"}), XLSX},
		"docx with a sheet":  {docx(entry{"word/embeddings/bang.xlsx", string(archive(types("xl/workbook.xml", xlsxMain), entry{"xl/workbook.xml", "<w/>"}))}), DOCX},
		"docx with an empty": {docx(entry{"word/empty", ""}), DOCX},
		"odt":                {odt, ODT},
		"doc":                {ole("Root Entry", "1Table", "WordDocument"), DOC},
		"xls":                {ole("Root Entry", "Workbook"), XLS},
		"ppt":                {ole("Root Entry", "PowerPoint Document"), PPT},
	} {
		if got, err := check(c.data); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	zeros := strings.Repeat("\x00", 20<<20)
	nested := string(docx())
	many := make([]entry, MaxEntries)
	for i := range many {
		many[i].name = fmt.Sprint("x", i)
	}
	sealed := docx()
	binary.LittleEndian.PutUint16(sealed[bytes.Index(sealed, []byte(zipFile))+8:], 1)
	shared := docx()
	at := bytes.LastIndex(shared, []byte(zipFile))
	binary.LittleEndian.PutUint32(shared[at+20:], uint32(len(shared)))
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
		key  string
	}{
		"nothing":              {nil, fault.Invalid, "evidence.empty"},
		"too big":              {make([]byte, MaxFile+1), fault.TooLarge, "evidence.tooBig"},
		"a page":               {[]byte("<!doctype html><script>alert(1)</script>"), fault.Unsupported, "evidence.type"},
		"a drawing":            {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), fault.Unsupported, "evidence.type"},
		"text":                 {[]byte("%PDF is not the start"), fault.Unsupported, "evidence.type"},
		"a program":            {[]byte("MZ\x90\x00"), fault.Unsupported, "evidence.type"},
		"cut pdf":              {tinyPDF()[:60], fault.Unsupported, "evidence.broken"},
		"pdf that leads out":   {bytes.Replace(tinyPDF(), []byte("startxref\n"), []byte("startxref\n9999"), 1), fault.Unsupported, "evidence.broken"},
		"pdf without version":  {bytes.Replace(tinyPDF(), []byte("%PDF-1.4"), []byte("%PDF-x.4"), 1), fault.Unsupported, "evidence.broken"},
		"cut jpeg":             {picture(jpegOf)[:20], fault.Unsupported, "evidence.broken"},
		"cut png":              {picture(png.Encode)[:40], fault.Unsupported, "evidence.broken"},
		"huge png":             {hugePNG(60_000), fault.TooLarge, "evidence.pixels"},
		"huge webp":            {webp(16_000, 16_000), fault.TooLarge, "evidence.pixels"},
		"cut webp":             {webp(10, 10)[:20], fault.Unsupported, "evidence.broken"},
		"any zip":              {archive(entry{"a.txt", "a"}), fault.Unsupported, "evidence.type"},
		"zip that says docx":   {archive(types("word/document.xml", docxMain)), fault.Unsupported, "evidence.type"},
		"cut docx":             {docx()[:100], fault.Unsupported, "evidence.broken"},
		"docx behind a zip":    {append(archive(entry{"evil.exe", "MZ"}), docx()...), fault.Unsupported, "evidence.broken"},
		"macro by part":        {docx(entry{"word/vbaProject.bin", "x"}), fault.Unsupported, "evidence.macro"},
		"macro by type":        {archive(types("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"), entry{"word/document.xml", "<w/>"}), fault.Unsupported, "evidence.macro"},
		"macro in a sheet":     {docx(entry{"word/embeddings/a.xlsx", string(archive(entry{"xl/vbaProject.bin", "x"}))}), fault.Unsupported, "evidence.macro"},
		"sealed entries":       {sealed, fault.Unsupported, "evidence.locked"},
		"a bomb":               {docx(entry{"word/a.xml", zeros}), fault.TooLarge, "evidence.bomb"},
		"entries over entries": {shared, fault.TooLarge, "evidence.bomb"},
		"too many entries":     {docx(many...), fault.TooLarge, "evidence.bomb"},
		"zips in a zip in one": {docx(entry{"a.zip", string(archive(entry{"b.zip", nested}))}), fault.TooLarge, "evidence.bomb"},
		"a bomb in a zip":      {docx(entry{"a.zip", string(docx(entry{"a.xml", zeros}))}), fault.TooLarge, "evidence.bomb"},
		"old with password":    {ole("Root Entry", "EncryptedPackage"), fault.Unsupported, "evidence.locked"},
		"old with macros":      {ole("Root Entry", "WordDocument", "Macros"), fault.Unsupported, "evidence.macro"},
		"other old container":  {ole("Root Entry", "__nameid_version1.0"), fault.Unsupported, "evidence.type"},
		"cut old container":    {ole("WordDocument")[:700], fault.Unsupported, "evidence.broken"},
	} {
		got, err := check(c.data)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != c.kind || f.Key != c.key {
			t.Errorf("%s: %q, %v; want %s", name, got, err, c.key)
		}
	}
}

// A directory that leads round in a circle ends.
func TestCheckOLECircle(t *testing.T) {
	b := ole("WordDocument")
	binary.LittleEndian.PutUint32(b[512+4:], 1)
	if got, err := check(b); err == nil {
		t.Errorf("taken as %q", got)
	}
}

// failing is a file whose disk gives out.
type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestCheckKeepsReadErrors(t *testing.T) {
	if _, err := Check(failing{}, 100); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}

// FuzzCheck: whatever the bytes, the answer is a type or a fault, and a type is
// one of those that are taken.
func FuzzCheck(f *testing.F) {
	for _, data := range [][]byte{tinyPDF(), picture(jpegOf), picture(png.Encode), webp(3, 3), docx(), docx(entry{"a.zip", string(docx())}), ole("WordDocument"), archive(entry{"mimetype", ODT.Media()}, entry{"content.xml", "x"})} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := check(data)
		_, known := known[got]
		if _, isFault := errors.AsType[*fault.Error](err); err == nil && !known || err != nil && !isFault {
			t.Errorf("%q, %v", got, err)
		}
	})
}
