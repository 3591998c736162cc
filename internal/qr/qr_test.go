package qr

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	barcode "github.com/boombuler/barcode/qr"
)

var bar = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// modules reads the dark modules back from a path.
func modules(t *testing.T, c Code) map[[2]int]bool {
	t.Helper()
	dark := map[[2]int]bool{}
	rest := c.Path
	for _, m := range bar.FindAllStringSubmatch(c.Path, -1) {
		rest = strings.TrimPrefix(rest, m[0])
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		if m[3] != m[4] || n == 0 {
			t.Fatalf("a bar that does not close: %s", m[0])
		}
		for i := range n {
			dark[[2]int{x + i, y}] = true
		}
	}
	if rest != "" {
		t.Fatalf("something else in the path: %.40s", rest)
	}
	return dark
}

// What is drawn is the encoder's matrix, module by module, in a quiet zone.
func TestPathIsTheMatrix(t *testing.T) {
	for _, text := range []string{
		"https://khaosat.minhhoa.gov.vn/k/hai-long-2026/07210",
		"http://127.0.0.1:8080/k/a/1?t=ABCD2345EFGH6789",
		"https://dvc.minhhoa.gov.vn/k/" + strings.Repeat("dot-khao-sat-", 3) + "/07210?t=" + strings.Repeat("A7", 13),
		"Xã Đồng Mỏ",
	} {
		c, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		level := barcode.Q
		if len(text) > longText {
			level = barcode.M
		}
		want, err := barcode.Encode(text, level, barcode.Auto)
		if err != nil {
			t.Fatal(err)
		}
		width := want.Bounds().Dx()
		if c.Size != width+2*Quiet {
			t.Errorf("size %d, want %d", c.Size, width+2*Quiet)
		}
		dark := modules(t, c)
		for y := -Quiet; y < width+Quiet; y++ {
			for x := -Quiet; x < width+Quiet; x++ {
				black := false
				if x >= 0 && y >= 0 && x < width && y < width {
					r, _, _, _ := want.At(x, y).RGBA()
					black = r == 0
				}
				if dark[[2]int{x + Quiet, y + Quiet}] != black {
					t.Fatalf("%q: module %d,%d is drawn %v", text, x, y, !black)
				}
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	if _, err := Encode(strings.Repeat("a", MaxText+1)); err == nil {
		t.Error("a text that no cheap phone reads was drawn")
	}
	if c, err := Encode(strings.Repeat("a", MaxText)); err != nil || c.Size == 0 {
		t.Errorf("the longest text: %v", err)
	}
}
