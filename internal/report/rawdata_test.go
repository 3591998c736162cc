package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"thanthien/criteria"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// rawStore has a campaign with n responses to pks07, over some units.
func rawStore(tb testing.TB, n int) *store.Store {
	tb.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(tb.TempDir(), "test.db"), store.Collections())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	s, err := store.New(ctx, store.Options{DB: db, Secret: strings.Repeat("s", 32)})
	if err != nil {
		tb.Fatal(err)
	}
	yaml, err := fs.ReadFile(criteria.Forms(), "pks07@1.yaml")
	if err == nil {
		err = s.PutForm(ctx, store.Version{ID: "pks07", Number: 1, Title: "pks07", YAML: string(yaml), State: store.Issued})
	}
	c := survey.Campaign{ID: "hl", Title: "hl", FormID: "pks07", FormVer: 1, Opens: time.Now().AddDate(0, 0, -1), Closes: time.Now().AddDate(0, 0, 1)}
	for i := range 99 {
		c.Units = append(c.Units, fmt.Sprintf("98%03d", i))
	}
	if err == nil {
		err = s.PutCampaign(ctx, c)
	}
	if err != nil {
		tb.Fatal(err)
	}
	form, err := s.Form(ctx, "pks07", 1)
	if err != nil {
		tb.Fatal(err)
	}
	const heap = 1000
	for from := 0; from < n; from += heap {
		var list []*store.Response
		var times []time.Time
		for i := from; i < min(from+heap, n); i++ {
			a := map[string]any{"q1": fmt.Sprint(1 + i%5), "q8": "c", "q8a": []string{"a", "other"}, "q8a.other": "=1+1"}
			for q := 2; q <= 7; q++ {
				a[fmt.Sprint("q", q)] = fmt.Sprint(1 + (i*q)%5)
			}
			checked, err := form.Check("resident", a)
			if err != nil {
				tb.Fatal(err)
			}
			unit := c.Units[i%len(c.Units)]
			list = append(list, &store.Response{Campaign: "hl", Unit: unit, Key: s.ResponseKey("hl", unit, ""), Group: "resident", Channel: survey.Paper, Seconds: 90, Answers: form.Pack(checked)})
			times = append(times, time.Unix(1_700_000_000+int64(from/heap), 0))
		}
		if err := s.AddResponses(ctx, list, times); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// All formats have the same checksum: that of the lines of JSON. It says the
// same of the same data again.
func TestRawDataSum(t *testing.T) {
	s := rawStore(t, 250)
	sums := map[string]string{}
	for _, format := range append(RawFormats(), "ndjson") {
		d, err := NewRawData(t.Context(), s, "hl")
		if err != nil {
			t.Fatal(err)
		}
		if d.Sheet = 100; d.Set.Count != 250 {
			t.Fatalf("%d responses", d.Set.Count)
		}
		var out strings.Builder
		if sums[format], err = d.Write(t.Context(), &out, format); err != nil {
			t.Fatal(err)
		}
		if format != "ndjson" {
			continue
		}
		form, err := s.Form(t.Context(), "pks07", 1)
		if err != nil {
			t.Fatal(err)
		}
		want := sha256.Sum256([]byte(out.String()))
		if sums[format] != hex.EncodeToString(want[:]) {
			t.Error("the checksum is not that of the lines")
		}
		for line := range strings.Lines(out.String()) {
			if _, err := form.ParseResponse([]byte(line)); err != nil {
				t.Fatalf("tally would refuse %s: %v", line, err)
			}
		}
	}
	if sums["xlsx"] != sums["ndjson"] || sums["csv"] != sums["ndjson"] {
		t.Errorf("checksums differ: %v", sums)
	}
}

// What comes in while an export runs is not of it; what is missing ends it.
func TestRawDataMoment(t *testing.T) {
	s := rawStore(t, 20)
	d, err := NewRawData(t.Context(), s, "hl")
	if err != nil {
		t.Fatal(err)
	}
	r := store.Response{Campaign: "hl", Unit: "98001", Key: s.ResponseKey("hl", "98001", "later"), Group: "resident", Channel: survey.Web, Answers: d.Form.Pack(mustCheck(t, d.Form))}
	if _, _, err := s.AddResponse(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if _, err := d.Write(t.Context(), &out, "ndjson"); err != nil || strings.Count(out.String(), "\n") != 20 {
		t.Errorf("%d lines, %v", strings.Count(out.String(), "\n"), err)
	}
	d.Set.Count++
	if _, err := d.Write(t.Context(), io.Discard, "xlsx"); err == nil {
		t.Error("a file with too few rows is taken for whole")
	}
}

func mustCheck(t *testing.T, form *survey.Form) survey.Answers {
	t.Helper()
	a, err := form.Check("resident", map[string]any{"q1": "5"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// BenchmarkRawData exports 300,000 responses as a workbook.
func BenchmarkRawData(b *testing.B) {
	s := rawStore(b, 300_000)
	for b.Loop() {
		d, err := NewRawData(b.Context(), s, "hl")
		if err == nil {
			_, err = d.Write(b.Context(), io.Discard, "xlsx")
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
