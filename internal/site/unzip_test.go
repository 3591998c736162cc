package site

import (
	"archive/zip"
	"io"
	"strings"
	"testing"
)

// unzipped is the text of every file of a workbook, one after the other.
func unzipped(t *testing.T, data string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	ok(t, err)
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		ok(t, err)
		_, err = io.Copy(&b, r)
		ok(t, err)
		ok(t, r.Close())
	}
	return b.String()
}
