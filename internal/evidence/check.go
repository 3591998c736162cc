package evidence

import (
	"bytes"
	"io"

	"thanthien/internal/fault"
)

// headBytes is how much of a file's start tells its kind.
const headBytes = 512

// Check tells what the content of r is, size bytes long, and refuses what must
// not be kept: nothing (Invalid), more than MaxFile (TooLarge), a type that is
// not taken or is damaged (Unsupported), macros and passwords (Unsupported), and
// what unpacks to more than a person's document would (TooLarge). An error of r
// comes back as it is.
func Check(r io.ReaderAt, size int64) (Type, error) {
	switch {
	case size == 0:
		return "", fault.New(fault.Invalid, "evidence.empty")
	case size > MaxFile:
		return "", fault.New(fault.TooLarge, "evidence.tooBig", MaxFile>>20)
	}
	head, err := readAt(r, size, 0, headBytes)
	if err != nil {
		return "", err
	}
	for _, k := range kinds {
		if k.is(head) {
			return k.check(r, size)
		}
	}
	return "", fault.New(fault.Unsupported, "evidence.type")
}

// kinds are the families of files by their first bytes.
var kinds = []struct {
	is    func(head []byte) bool
	check func(r io.ReaderAt, size int64) (Type, error)
}{
	{startsWith("%PDF-"), checkPDF},
	{startsWith("\xFF\xD8\xFF"), checkJPEG},
	{startsWith("\x89PNG\r\n\x1a\n"), checkPNG},
	{func(h []byte) bool { return len(h) > 12 && string(h[:4]) == "RIFF" && string(h[8:12]) == "WEBP" }, checkWebP},
	{startsWith("PK\x03\x04"), checkPackage},
	{startsWith(oleMagic), checkOLE},
}

func startsWith(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// broken is the fault of a file whose start promises what the rest lacks.
func broken() error { return fault.New(fault.Unsupported, "evidence.broken") }

// readAt reads up to n bytes at a place of a file of this size.
func readAt(r io.ReaderAt, size, at int64, n int) ([]byte, error) {
	if at < 0 || at >= size {
		return nil, nil
	}
	b := make([]byte, min(int64(n), size-at))
	got, err := r.ReadAt(b, at)
	if got == len(b) {
		err = nil
	}
	return b, err
}
