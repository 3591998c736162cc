package evidence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"thanthien/internal/fault"
)

// MaxPixels is the most pixels an image may have, so that looking at it does
// not exhaust the reader's machine: a scan of an A3 page at 600 dpi has 70
// million.
const MaxPixels = 100_000_000

// imageEnd is how far from the end the last marker of a PNG may be, in bytes.
const imageEnd = 64

func checkJPEG(r io.ReaderAt, size int64) (Type, error) {
	return JPEG, checkSize(jpeg.DecodeConfig, r, size)
}

// checkPNG wants the last chunk too: a PNG whose transfer broke off has none.
func checkPNG(r io.ReaderAt, size int64) (Type, error) {
	if err := checkSize(png.DecodeConfig, r, size); err != nil {
		return "", err
	}
	tail, err := readAt(r, size, max(0, size-imageEnd), imageEnd)
	if err == nil && !bytes.Contains(tail, []byte("IEND")) {
		err = broken()
	}
	return PNG, err
}

// checkSize looks at the size that an image declares; nothing is unpacked.
func checkSize(config func(io.Reader) (image.Config, error), r io.ReaderAt, size int64) error {
	source := &remembering{r: io.NewSectionReader(r, 0, size)}
	c, err := config(source)
	switch {
	case source.err != nil:
		return source.err
	case err != nil:
		return broken()
	}
	return checkPixels(int64(c.Width), int64(c.Height))
}

func checkPixels(width, height int64) error {
	switch {
	case width <= 0 || height <= 0:
		return broken()
	case width > MaxPixels/height:
		return fault.New(fault.TooLarge, "evidence.pixels", MaxPixels/1_000_000)
	}
	return nil
}

// remembering keeps the error of a reader that failed, which decoders wrap.
type remembering struct {
	r   io.Reader
	err error
}

func (m *remembering) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err
}

// webpHead is the start of a WebP up to the sizes of any of its three forms.
const webpHead = 30

// checkWebP reads the size that a lossy, lossless or extended WebP declares.
func checkWebP(r io.ReaderAt, size int64) (Type, error) {
	b, err := readAt(r, size, 0, webpHead)
	if err != nil {
		return "", err
	}
	if len(b) < webpHead || int64(binary.LittleEndian.Uint32(b[4:]))+8 > size {
		return "", broken()
	}
	var width, height int64
	switch string(b[12:16]) {
	case "VP8 ":
		if string(b[23:26]) != "\x9d\x01\x2a" {
			return "", broken()
		}
		width, height = int64(binary.LittleEndian.Uint16(b[26:])&0x3FFF), int64(binary.LittleEndian.Uint16(b[28:])&0x3FFF)
	case "VP8L":
		if b[20] != 0x2f {
			return "", broken()
		}
		bits := int64(binary.LittleEndian.Uint32(b[21:]))
		width, height = bits&0x3FFF+1, bits>>14&0x3FFF+1
	case "VP8X":
		width, height = uint24(b[24:])+1, uint24(b[27:])+1
	}
	return WebP, checkPixels(width, height)
}

func uint24(b []byte) int64 { return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 }
