package evidence

import (
	"bytes"
	"io"
	"strconv"
)

const (
	// pdfTail is how far from the end the trailer of a PDF may start, in bytes.
	pdfTail = 2048
	// pdfVersion is the head of a PDF with its version, "%PDF-1.7".
	pdfVersion = 8
)

// checkPDF wants a head with a version, and a trailer that leads into the file.
// What a PDF may run is left to the sandbox it is shown in.
func checkPDF(r io.ReaderAt, size int64) (Type, error) {
	head, err := readAt(r, size, 0, pdfVersion)
	if err != nil {
		return "", err
	}
	if len(head) < pdfVersion || (head[5] != '1' && head[5] != '2') || head[6] != '.' || head[7] < '0' || head[7] > '9' {
		return "", broken()
	}
	tail, err := readAt(r, size, max(0, size-pdfTail), pdfTail)
	if err != nil {
		return "", err
	}
	at := bytes.LastIndex(tail, []byte("startxref"))
	if at < 0 || !bytes.Contains(tail[at:], []byte("%%EOF")) {
		return "", broken()
	}
	fields := bytes.Fields(tail[at+len("startxref"):])
	if len(fields) == 0 {
		return "", broken()
	}
	start, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil || start < pdfVersion || start >= size {
		return "", broken()
	}
	return PDF, nil
}
