// Package qr draws QR codes as SVG paths, so that a poster or a slip needs no
// picture file and prints sharp at any size.
package qr

import (
	"fmt"
	"strconv"
	"strings"

	barcode "github.com/boombuler/barcode/qr"
)

// Quiet is the white margin around a code in modules, as the standard demands.
const Quiet = 4

// MaxText is the longest text that is drawn, in bytes: beyond it the modules
// of a printed code become too small for a cheap phone.
const MaxText = 300

// Code is a QR code to be drawn: Size is the width and height of its view box
// in modules, the quiet zone included, and Path the dark modules in it.
type Code struct {
	Size int
	Path string
}

// Encode makes the code of a text of up to MaxText bytes. A quarter of it may
// be damaged or dirty (level Q is tried first; long texts take M) and it still
// reads.
func Encode(text string) (Code, error) {
	if len(text) > MaxText {
		return Code{}, fmt.Errorf("qr: %d bytes, at most %d", len(text), MaxText)
	}
	level := barcode.Q
	if len(text) > longText {
		level = barcode.M
	}
	code, err := barcode.Encode(text, level, barcode.Auto)
	if err != nil {
		return Code{}, fmt.Errorf("qr: %w", err)
	}
	width := code.Bounds().Dx()
	dark := func(x, y int) bool {
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	return Code{Size: width + 2*Quiet, Path: path(width, dark)}, nil
}

// longText is the length from which a code gives up some of its redundancy to
// keep its modules large.
const longText = 80

// path joins the dark modules of each row into bars.
func path(width int, dark func(x, y int) bool) string {
	var b strings.Builder
	for y := range width {
		for x := 0; x < width; x++ {
			if !dark(x, y) {
				continue
			}
			first := x
			for x < width && dark(x, y) {
				x++
			}
			n := strconv.Itoa(x - first)
			b.WriteString("M" + strconv.Itoa(first+Quiet) + " " + strconv.Itoa(y+Quiet) + "h" + n + "v1h-" + n + "z")
		}
	}
	return b.String()
}
