package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sample(width int) Bars {
	return Bars{Width: width, Rows: []Row{
		{Label: "Phường Minh Họa Nguyễn Thị Minh Khai - Thượng Lâm Đông", Value: 83.94, Low: 80.11, High: 87.02, Text: "83,94 (n 120)", Shown: true},
		{Label: `Xã <b>"Đồng & Mỏ"</b>`, Text: "chưa đủ mẫu"},
		{Label: "Xã Yên Định", Value: 100, Low: 99, High: 100, Text: "100,00 (n 385)", Shown: true},
		{Label: "Xã 0", Value: 0, Text: "0,00", Shown: true},
	}}
}

// The drawing is well-formed, has no style that a policy refuses, no foreign
// font, and keeps Vietnamese letters and markup as text.
func TestBars(t *testing.T) {
	for _, width := range []int{Narrow, Wide} {
		svg, err := sample(width).SVG()
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("THANTHIEN_SHOTS"); dir != "" {
			_ = os.WriteFile(filepath.Join(dir, "chart-"+map[int]string{Narrow: "360", Wide: "1366"}[width]+".svg"), svg, 0o644)
		}
		d := xml.NewDecoder(strings.NewReader(string(svg)))
		texts := ""
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, svg)
			}
			if c, ok := token.(xml.CharData); ok {
				texts += string(c) + "|"
			}
		}
		for _, want := range []string{"83,94 (n 120)", `Xã <b>"Đồng & Mỏ"</b>`, "chưa đủ mẫu"} {
			if !strings.Contains(texts, want) {
				t.Errorf("%d: no text %q in %s", width, want, texts)
			}
		}
		if strings.Contains(string(svg), "style") || strings.Contains(string(svg), "Roboto-") {
			t.Errorf("inline style in %s", svg)
		}
	}
}

func TestTooMany(t *testing.T) {
	svg, err := Bars{Rows: make([]Row, MaxRows+5)}.SVG()
	if err != nil || len(svg) > 1<<20 {
		t.Errorf("%d bytes, %v", len(svg), err)
	}
	if _, err := (Bars{}).SVG(); err != nil {
		t.Error("an empty chart fails:", err)
	}
}
