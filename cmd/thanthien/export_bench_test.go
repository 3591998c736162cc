package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zip"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// What an export of a million responses may take.
const (
	mostExportMemory = 300                    // MB over the idle program
	mostExportRatio  = 1.0                    // of excelize's bare stream writer
	mostPostWait     = 250 * time.Millisecond // 99 of 100 posts meanwhile
	postsASecond     = 50
)

// BenchmarkExportMillion exports a million responses twice: in this process
// against excelize's bare stream writer on the same rows, and through the page
// of a running site that takes answers meanwhile. Run it with
//
//	go test ./cmd/thanthien -run '^$' -bench ExportMillion -benchtime 3x -timeout 30m
func BenchmarkExportMillion(b *testing.B) {
	c := &crash{dir: b.TempDir()}
	c.binary = filepath.Join(c.dir, "thanthien")
	buildProgram(b, c.binary)
	province(b, c.db(), millionUnits)
	secondCampaign(b, c.db())
	bulk(b, c.db(), million)
	b.Run("ratio", func(b *testing.B) { benchRatio(b, c) })
	b.Run("page", func(b *testing.B) { benchPage(b, c) })
}

// secondCampaign takes the answers that come in during the export, so that
// what is exported stays the same.
func secondCampaign(b *testing.B, path string) {
	b.Helper()
	withStore(b, path, func(ctx context.Context, s *store.Store) {
		first, err := s.Campaign(ctx, "hl")
		if err != nil {
			b.Fatal(err)
		}
		if err := s.PutCampaign(ctx, survey.Campaign{ID: "hl2", Title: "hl2", FormID: first.FormID, FormVer: first.FormVer, Units: first.Units, Opens: first.Opens, Closes: first.Closes}); err != nil {
			b.Fatal(err)
		}
	})
}

func withStore(b *testing.B, path string, do func(context.Context, *store.Store)) {
	b.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path, store.Collections())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	s, err := store.New(ctx, store.Options{DB: db})
	if err != nil {
		b.Fatal(err)
	}
	do(ctx, s)
}

// benchRatio times the whole export, reading included, against the bare stream
// writer, which gets the same rows from memory. Of several rounds the fastest
// counts: what else the machine does only ever adds.
func benchRatio(b *testing.B, c *crash) {
	withStore(b, c.db(), func(ctx context.Context, s *store.Store) {
		ours, bare := time.Hour, time.Hour
		for b.Loop() {
			start := time.Now()
			data, err := report.NewRawData(ctx, s, "hl")
			if err != nil {
				b.Fatal(err)
			}
			toFile(b, filepath.Join(c.dir, "ours.xlsx"), func(w io.Writer) error {
				_, err := data.Write(ctx, w, "xlsx")
				return err
			})
			ours = min(ours, time.Since(start))
			rows := rowsInMemory(b, ctx, data)
			start = time.Now()
			toFile(b, filepath.Join(c.dir, "bare.xlsx"), func(w io.Writer) error { return bareStream(w, data.Form, rows) })
			bare = min(bare, time.Since(start))
		}
		ratio := ours.Seconds() / bare.Seconds()
		b.ReportMetric(ours.Seconds(), "s-export")
		b.ReportMetric(bare.Seconds(), "s-bare")
		b.ReportMetric(ratio, "ratio")
		if ratio > mostExportRatio {
			b.Errorf("the export takes %.2f times the bare stream writer", ratio)
		}
		if head := sheetHead(b, filepath.Join(c.dir, "ours.xlsx")); !regexp.MustCompile(`<dimension ref="A1:[A-Z]+1000001"`).MatchString(head) {
			b.Errorf("the dimension is not true: %s", head)
		}
	})
}

func toFile(b *testing.B, name string, write func(io.Writer) error) {
	b.Helper()
	f, err := os.Create(name)
	if err == nil {
		err = write(f)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}

type memoryRow struct {
	store.ResponseRow
	number int
}

func rowsInMemory(b *testing.B, ctx context.Context, data *report.RawData) []memoryRow {
	b.Helper()
	rows := make([]memoryRow, 0, data.Set.Count)
	for r, err := range data.Set.Rows(ctx) {
		if err != nil {
			b.Fatal(err)
		}
		row := memoryRow{*r, len(rows) + 1}
		row.Answers = slices.Clone(r.Answers)
		rows = append(rows, row)
	}
	return rows
}

// bareStream writes the same cells as the export with nothing but excelize.
func bareStream(w io.Writer, form *survey.Form, rows []memoryRow) error {
	f := excelize.NewFile()
	defer f.Close()
	out, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		return err
	}
	columns := form.Columns()
	for i := range rows {
		r := &rows[i]
		cells := make([]any, 9+len(columns))
		cells[0], cells[1], cells[2], cells[3], cells[4] = r.number, r.Unit, r.Unit, r.Group, string(r.Channel)
		cells[5] = excelize.Cell{Value: r.Day + 25569, StyleID: day}
		if err := form.EachCell(r.Answers, func(c survey.Cell) {
			text := string(c.AppendText(nil))
			if cells[9+c.Column] = text; columns[c.Column].Numeric {
				cells[9+c.Column] = int(text[0] - '0')
			}
		}); err != nil {
			return err
		}
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := out.SetRow(at, cells); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = f.WriteTo(w)
	return err
}

// sheetHead is the beginning of the first data sheet of a workbook.
func sheetHead(b *testing.B, name string) string {
	b.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("xl/worksheets/sheet3.xml")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, 2000)
	n, err := io.ReadFull(f, head)
	if err != nil {
		b.Fatal(err)
	}
	return string(head[:n])
}

// benchPage exports through the page of a running program and measures its
// memory and what respondents wait meanwhile.
func benchPage(b *testing.B, c *crash) {
	if err := os.WriteFile(filepath.Join(c.dir, "password"), []byte("mat-khau-do"), 0o600); err != nil {
		b.Fatal(err)
	}
	run(b, "user", "add", "--db", c.db(), "--role", "manager", "--password-file", filepath.Join(c.dir, "password"), "quanly")
	p := c.start(b)
	base := "http://" + c.addr
	cookie := signIn(b, base, "quanly", "mat-khau-do")
	page := base + "/khao-sat/hl/xuat"
	csrf := regexp.MustCompile(`name="_csrf" value="([^"]+)"`).FindStringSubmatch(get(b, page, cookie))
	var peak int
	var waits []time.Duration
	var took time.Duration
	for b.Loop() {
		idle := residentMB(b, p.Process.Pid)
		done, posts := make(chan struct{}), &postTimes{}
		var load sync.WaitGroup
		load.Go(func() { posts.run(base, done) })
		start := time.Now()
		startExport(b, page, cookie, csrf[1])
		for !strings.Contains(get(b, page, cookie), ">Tải tệp (") {
			peak = max(peak, residentMB(b, p.Process.Pid)-idle)
			time.Sleep(50 * time.Millisecond)
			if time.Since(start) > 10*time.Minute {
				b.Fatal("the export does not end")
			}
		}
		took = time.Since(start)
		close(done)
		load.Wait()
		if posts.failed != "" {
			b.Fatal("a post failed: ", posts.failed)
		}
		waits = append(waits, posts.waits...)
	}
	slices.Sort(waits)
	p99 := waits[len(waits)*99/100]
	b.ReportMetric(took.Seconds(), "s-export")
	b.ReportMetric(float64(peak), "MB-over-idle")
	b.ReportMetric(float64(p99.Microseconds())/1000, "ms-p99-post")
	b.ReportMetric(float64(len(waits)), "posts")
	if peak > mostExportMemory || p99 > mostPostWait {
		b.Errorf("%d MB over idle, p99 %v: more than %d MB, %v", peak, p99, mostExportMemory, mostPostWait)
	}
	sum := regexp.MustCompile(`[0-9a-f]{64}`).FindString(get(b, page, cookie))
	lines := run(b, "responses", "export", "--db", c.db(), "--campaign", "hl")
	want := sha256.Sum256([]byte(lines))
	if sum != hex.EncodeToString(want[:]) || strings.Count(lines, "\n") != million {
		b.Errorf("checksum %s is not that of the database's %d lines", sum, strings.Count(lines, "\n"))
	}
}

func startExport(b *testing.B, page, cookie, csrf string) {
	b.Helper()
	req, err := http.NewRequest(http.MethodPost, page, strings.NewReader(url.Values{"_csrf": {csrf}, "dang": {"xlsx"}}.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.Fatal("starting the export: ", res.Status)
	}
}

// postTimes are the waits of posts sent at a steady rate.
type postTimes struct {
	mu     sync.Mutex
	waits  []time.Duration
	failed string
}

// run posts postsASecond answers a second until done, whatever they take.
func (p *postTimes) run(base string, done <-chan struct{}) {
	tick := time.NewTicker(time.Second / postsASecond)
	defer tick.Stop()
	var wg sync.WaitGroup
	for i := 0; ; i++ {
		select {
		case <-done:
			wg.Wait()
			return
		case <-tick.C:
		}
		wg.Go(func() { p.post(base, i) })
	}
}

func (p *postTimes) post(base string, i int) {
	start := time.Now()
	res, err := http.Post(fmt.Sprintf("%s/api/v1/campaigns/hl2/units/98%03d/responses", base, 1+i%millionUnits), "application/json", bytes.NewReader(crashBody))
	took := time.Since(start)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed = err.Error()
		return
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		p.failed = res.Status
	}
	p.waits = append(p.waits, took)
}
