package xlsx

import (
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"

	"thanthien/internal/fault"
)

// sumToken stands in the workbook for the checksum, which is known only when
// the last row is written. It has the length of a checksum and no other use.
var sumToken = strings.Repeat("\u00b7", 63) + "s"

// emptyRows are what excelize writes for a sheet without rows.
var emptyRows = []string{"<sheetData></sheetData>", "<sheetData/>"}

// newZip returns a zip writer with the workbook's compression.
func newZip(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, zipLevel) })
	return z
}

// splicer is the zip that excelize writes a workbook into. It keeps the small
// parts in memory; when all are there it puts the rows into the data sheets and
// writes everything. excelize itself would build the whole file in memory, and
// each sheet of the stream writer first in a temporary file.
type splicer struct {
	out   *zip.Writer
	parts []string // the data sheets, in order
	// write writes the rows; next ends a sheet and begins the one that follows.
	write func(next func() (io.Writer, error)) (sum string, err error)
	files []*small
}

type small struct {
	name string
	bytes.Buffer
}

// Create implements excelize.ZipWriter.
func (z *splicer) Create(name string) (io.Writer, error) {
	f := &small{name: name}
	z.files = append(z.files, f)
	return f, nil
}

// AddFS implements excelize.ZipWriter; a new workbook has nothing to copy.
func (z *splicer) AddFS(fs.FS) error { return fault.New(fault.Internal, "xlsx.write") }

// Close implements excelize.ZipWriter: it writes the file.
func (z *splicer) Close() error {
	sum, err := z.rows()
	if err != nil {
		return err
	}
	slices.SortStableFunc(z.files, func(a, b *small) int { return strings.Compare(a.name, b.name) }) // [Content_Types].xml first
	for _, f := range z.files {
		if slices.Contains(z.parts, f.name) {
			continue
		}
		w, err := z.out.Create(f.name)
		if err == nil {
			_, err = w.Write(bytes.ReplaceAll(f.Bytes(), []byte(sumToken), []byte(sum)))
		}
		if err != nil {
			return err
		}
	}
	return z.out.Close()
}

// rows writes the data sheets.
func (z *splicer) rows() (sum string, err error) {
	var w io.Writer
	var tail string
	begun := 0
	next := func() (io.Writer, error) {
		if begun > 0 {
			if _, err := io.WriteString(w, tail); err != nil {
				return nil, err
			}
		}
		if begun == len(z.parts) {
			return nil, nil
		}
		head := ""
		if head, tail, err = z.frame(z.parts[begun]); err != nil {
			return nil, err
		}
		begun++
		if w, err = z.out.Create(z.parts[begun-1]); err != nil {
			return nil, err
		}
		_, err = io.WriteString(w, head)
		return w, err
	}
	sum, err = z.write(next)
	if err == nil && begun != len(z.parts) {
		err = errRows()
	}
	if err == nil {
		_, err = next()
	}
	return sum, err
}

// frame is what stands before and after the rows of a sheet.
func (z *splicer) frame(name string) (head, tail string, err error) {
	for _, f := range z.files {
		if f.name != name {
			continue
		}
		for _, empty := range emptyRows {
			if head, tail, ok := strings.Cut(f.String(), empty); ok {
				return head + "<sheetData>", "</sheetData>" + tail, nil
			}
		}
	}
	return "", "", errRows()
}
