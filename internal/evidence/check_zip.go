package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"thanthien/internal/fault"
)

// Limits of an Office file, which is a zip archive.
const (
	// MaxEntries is how many files the archive has, with those inside files in it.
	MaxEntries = 5000
	// MaxUnpacked is what all of them take unpacked, in bytes.
	MaxUnpacked = 256 << 20
	// MaxRatio is how many times its size an archive may unpack to, once that is
	// over ratioFrom bytes. Sheets of repeated cells reach 100.
	MaxRatio  = 200
	ratioFrom = 16 << 20
	// MaxNested is the size of the largest archive inside the archive (a sheet
	// embedded in a report), in bytes; one inside that one is refused.
	MaxNested = 10 << 20
	// maxTypesPart is the size of the parts that are read whole, in bytes.
	maxTypesPart = 1 << 20
)

// Places in the end record and the directory of a zip archive.
const (
	zipEnd       = "PK\x05\x06"
	zipEndSize   = 22
	zipEndCount  = 10
	zipEndDir    = 12 // size, then offset
	zipEndText   = 20 // length of the comment
	zipFile      = "PK\x01\x02"
	zipFileSize  = 46
	zipFileTexts = 28 // lengths of name, extra and comment
	zipComment   = 1<<16 - 1
)

// budget is what is left of the limits while an archive is unpacked.
type budget struct {
	entries, bytes int64
}

func bomb() error { return fault.New(fault.TooLarge, "evidence.bomb") }

// checkPackage looks into a zip archive: every entry is unpacked once, within
// the budget, so that sizes which lie and archives in archives are found; then
// the parts must be those of a document.
func checkPackage(r io.ReaderAt, size int64) (Type, error) {
	left := &budget{MaxEntries, MaxUnpacked}
	if size < MaxUnpacked/MaxRatio {
		left.bytes = max(ratioFrom, size*MaxRatio)
	}
	z, err := unpack(r, size, left, 0)
	if err != nil {
		return "", err
	}
	return packageType(z)
}

// unpack reads every entry of an archive to its end.
func unpack(r io.ReaderAt, size int64, left *budget, depth int) (*zip.Reader, error) {
	if err := countEntries(r, size, left); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, broken()
	}
	packed := int64(0)
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return nil, fault.New(fault.Unsupported, "evidence.locked")
		}
		if packed += int64(min(f.CompressedSize64, 1<<62)); packed < 0 || packed > size {
			return nil, bomb() // entries that share bytes
		}
		if int64(min(f.UncompressedSize64, 1<<62)) > left.bytes {
			return nil, bomb()
		}
		if err := unpackEntry(f, left, depth); err != nil {
			return nil, err
		}
	}
	return z, nil
}

// countEntries walks the directory before it is read into memory. The end
// record must stand where it says: no archive hides behind another one.
func countEntries(r io.ReaderAt, size int64, left *budget) error {
	end, dir, err := findDirectory(r, size)
	if err != nil {
		return err
	}
	head := make([]byte, zipFileSize)
	for dir < end {
		if left.entries--; left.entries < 0 {
			return bomb()
		}
		if _, err := r.ReadAt(head, dir); err != nil || string(head[:4]) != zipFile {
			return broken()
		}
		for i := range 3 {
			dir += int64(binary.LittleEndian.Uint16(head[zipFileTexts+2*i:]))
		}
		dir += zipFileSize
	}
	if dir != end {
		return broken()
	}
	return nil
}

// findDirectory returns where the directory ends, which is where the end record
// starts, and where it starts.
func findDirectory(r io.ReaderAt, size int64) (end, dir int64, err error) {
	from := max(0, size-zipEndSize-zipComment)
	tail, err := readAt(r, size, from, zipEndSize+zipComment)
	if err != nil {
		return 0, 0, err
	}
	at := bytes.LastIndex(tail, []byte(zipEnd))
	if at < 0 || len(tail)-at < zipEndSize {
		return 0, 0, broken()
	}
	rec := tail[at:]
	length, start := int64(binary.LittleEndian.Uint32(rec[zipEndDir:])), int64(binary.LittleEndian.Uint32(rec[zipEndDir+4:]))
	end = from + int64(at)
	if start+length != end || len(rec) != zipEndSize+int(binary.LittleEndian.Uint16(rec[zipEndText:])) {
		return 0, 0, broken()
	}
	if length/zipFileSize > MaxEntries || binary.LittleEndian.Uint16(rec[zipEndCount:]) > MaxEntries {
		return 0, 0, bomb()
	}
	return end, start, nil
}

// unpackEntry reads an entry, and as an archive if it is one.
func unpackEntry(f *zip.File, left *budget, depth int) error {
	rc, err := f.Open()
	if err != nil {
		return broken()
	}
	defer rc.Close()
	var magic [4]byte
	n, err := io.ReadFull(rc, magic[:])
	if left.bytes -= int64(n); err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	} else if err != nil {
		return broken()
	}
	if string(magic[:]) == "PK\x03\x04" {
		return unpackNested(io.MultiReader(bytes.NewReader(magic[:]), rc), left, depth)
	}
	got, err := io.Copy(io.Discard, io.LimitReader(rc, left.bytes+1))
	if left.bytes -= got; left.bytes < 0 {
		return bomb()
	}
	if err != nil {
		return broken()
	}
	return nil
}

// unpackNested takes an embedded document into memory and looks into it.
func unpackNested(r io.Reader, left *budget, depth int) error {
	if depth > 0 {
		return bomb()
	}
	data, err := io.ReadAll(io.LimitReader(r, min(MaxNested, left.bytes)+1))
	if left.bytes -= int64(len(data)); left.bytes < 0 || len(data) > MaxNested {
		return bomb()
	}
	if err != nil {
		return broken()
	}
	z, err := unpack(bytes.NewReader(data), int64(len(data)), left, depth+1)
	if err == nil && hasMacros(z) {
		err = fault.New(fault.Unsupported, "evidence.macro")
	}
	return err
}

// packageType tells a document by the main part that it names; an archive of
// anything else is none.
func packageType(z *zip.Reader) (Type, error) {
	if hasMacros(z) {
		return "", fault.New(fault.Unsupported, "evidence.macro")
	}
	if t, ok := openDocument(z); ok {
		return t, nil
	}
	data, err := part(z, "[Content_Types].xml")
	if err != nil {
		return "", err
	}
	var types struct {
		Override []struct {
			PartName    string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal(data, &types); err != nil {
		return "", broken()
	}
	for _, o := range types.Override {
		if strings.Contains(o.ContentType, "macroEnabled") {
			return "", fault.New(fault.Unsupported, "evidence.macro")
		}
	}
	for _, o := range types.Override {
		if t, ok := mainParts[o.ContentType]; ok && has(z, strings.TrimPrefix(o.PartName, "/")) {
			return t, nil
		}
	}
	return "", fault.New(fault.Unsupported, "evidence.type")
}

// mainParts are the content types of the part that makes a document.
var mainParts = map[string]Type{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml":   DOCX,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml":         XLSX,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": PPTX,
	"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml":    PPTX,
}

// openDocument tells an OpenDocument file by its first entry.
func openDocument(z *zip.Reader) (Type, bool) {
	if len(z.File) == 0 || z.File[0].Name != "mimetype" || !has(z, "content.xml") {
		return "", false
	}
	data, err := part(z, "mimetype")
	for _, t := range []Type{ODT, ODS, ODP} {
		if err == nil && strings.TrimSpace(string(data)) == t.Media() {
			return t, true
		}
	}
	return "", false
}

// hasMacros reports whether an archive carries a program: Office keeps it in
// vbaProject.bin, OpenDocument below Basic or Scripts.
func hasMacros(z *zip.Reader) bool {
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if path.Base(name) == "vbaproject.bin" || strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/") && !strings.HasSuffix(name, "/") {
			return true
		}
	}
	return false
}

func has(z *zip.Reader, name string) bool {
	for _, f := range z.File {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// part reads a small entry; a zip without it is not a document.
func part(z *zip.Reader, name string) ([]byte, error) {
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		rc, err := f.Open()
		if err != nil {
			return nil, broken()
		}
		defer rc.Close()
		data, err := io.ReadAll(io.LimitReader(rc, maxTypesPart+1))
		if err != nil || len(data) > maxTypesPart {
			return nil, broken()
		}
		return data, nil
	}
	return nil, fault.New(fault.Unsupported, "evidence.type")
}
