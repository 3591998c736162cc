package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/docstore/filestore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/evidence"
	"thanthien/internal/fault"
)

// evidenceBench is a store with files whose clock a test moves.
type evidenceBench struct {
	*Store
	now time.Time
}

func newEvidenceBench(tb testing.TB) *evidenceBench {
	tb.Helper()
	dir := tb.TempDir()
	db, err := sqlite.Open(context.Background(), filepath.Join(dir, "e.db"), Collections())
	ok(tb, err)
	tb.Cleanup(func() { ok(tb, db.Close()) })
	files, err := filestore.Open(filepath.Join(dir, "files"))
	ok(tb, err)
	b := &evidenceBench{now: time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)}
	b.Store, err = New(context.Background(), Options{DB: db, Files: files, Clock: func() time.Time { return b.now }, Secret: "s"})
	ok(tb, err)
	return b
}

// piece is an item with its file.
func piece(text string, at time.Time, codes ...string) (evidence.Item, EvidenceFile) {
	sum := sha256.Sum256([]byte(text))
	r := evidence.Revision{Name: "a.pdf", Type: evidence.PDF, Size: int64(len(text)), SHA: hex.EncodeToString(sum[:]), By: "xa", At: at}
	return evidence.Item{ID: NewEvidenceID(), Title: text, Codes: codes, Revisions: []evidence.Revision{r}}, bytes.NewReader([]byte(text))
}

func (b *evidenceBench) add(tb testing.TB, unit, text string, codes ...string) evidence.Item {
	tb.Helper()
	it, file := piece(text, b.now, codes...)
	_, err := b.AddEvidence(context.Background(), "2026", unit, "xa", []evidence.Item{it}, []EvidenceFile{file})
	ok(tb, err)
	return it
}

// has reports whether the file store has the content of an item.
func (b *evidenceBench) has(tb testing.TB, it evidence.Item) bool {
	tb.Helper()
	rc, err := b.files.Open(context.Background(), it.Current().SHA)
	if fault.Is(err, fault.NotFound) {
		return false
	}
	ok(tb, err)
	ok(tb, rc.Close())
	return true
}

// Eight clients add to one dossier at once: nothing is lost, the audit trail
// has each, the counts agree.
func TestEvidenceConcurrent(t *testing.T) {
	b := newEvidenceBench(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				b.add(t, "07", fmt.Sprint("tệp ", i, j), "1.1")
			}
		})
	}
	wg.Wait()
	ok(t, b.Relay(t.Context()))
	f, err := b.Evidence(t.Context(), "2026", "07")
	ok(t, err)
	counts, err := b.EvidenceCounts(t.Context(), "2026")
	ok(t, err)
	history, err := b.History(t.Context(), "dossiers/2026/07")
	ok(t, err)
	if len(f.Items) != 40 || counts["07"]["1.1"] != 40 || len(history) != 40 || f.Rev != 40 {
		t.Errorf("%d items, counts %v, %d events, revision %d", len(f.Items), counts, len(history), f.Rev)
	}
}

// A change that fails for certain leaves no content behind, unless another item
// has the same.
func TestEvidenceFailedChange(t *testing.T) {
	b := newEvidenceBench(t)
	kept := b.add(t, "07", "giữ", "1.1")
	lost, file := piece("bỏ", b.now)
	same, sameFile := piece("giữ", b.now)
	for it, file := range map[*evidence.Item]EvidenceFile{&lost: file, &same: sameFile} {
		_, err := b.ReviseEvidence(t.Context(), "2026", "07", kept.ID, 9, it.Current(), file)
		if !fault.Is(err, fault.Stale) {
			t.Errorf("%v", err)
		}
	}
	if b.has(t, lost) || !b.has(t, kept) {
		t.Errorf("the refused content is there: %v; the other: %v", b.has(t, lost), b.has(t, kept))
	}
}

// Dying between the content and its item leaves an orphan that a sweep removes,
// and nothing that somebody refers to.
func TestEvidenceSweep(t *testing.T) {
	b := newEvidenceBench(t)
	kept := b.add(t, "07", "giữ", "1.1")
	orphan, file := piece("mồ côi", b.now)
	shared, sharedFile := piece("giữ", b.now)
	for it, f := range map[*evidence.Item]EvidenceFile{&orphan: file, &shared: sharedFile} {
		ok(t, b.keepEvidence(t.Context(), b.evidenceUse(it.Current().SHA, "2026", "08", it.ID), f))
	}
	late, lateFile := piece("kịp", b.now, "1.1") // its item is stored, its use not closed
	ok(t, b.keepEvidence(t.Context(), b.evidenceUse(late.Current().SHA, "2026", "08", late.ID), lateFile))
	_, err := b.ChangeEvidence(t.Context(), "2026", "08", EvidenceChange{"evidence.added", "xa", func(f *evidence.Folder) ([]audit.Change, error) { return f.Add(late) }})
	ok(t, err)
	ok(t, b.SweepEvidence(t.Context()))
	if !b.has(t, orphan) {
		t.Error("an upload under way was swept")
	}
	b.now = b.now.Add(evidencePatience + time.Minute)
	for range 2 {
		ok(t, b.SweepEvidence(t.Context()))
	}
	if b.has(t, orphan) || !b.has(t, kept) || !b.has(t, late) {
		t.Errorf("orphan %v, kept %v, late %v", b.has(t, orphan), b.has(t, kept), b.has(t, late))
	}
	n, err := b.db.Count(t.Context(), docstore.Query{In: evidenceUses})
	if err != nil || n != 2 {
		t.Errorf("%d uses, %v", n, err)
	}
	if n, err := b.CheckEvidence(t.Context(), func(_, _, sha string, err error) { t.Errorf("%s: %v", sha, err) }); n != 2 || err != nil {
		t.Errorf("%d contents, %v", n, err)
	}
}

// The remains of a sweeper that died do not keep uploads out for long.
func TestEvidenceDeadSweep(t *testing.T) {
	b := newEvidenceBench(t)
	it, file := piece("a", b.now, "1.1")
	sweep := evidenceUse{SHA: it.Current().SHA, Sweep: true, Open: b.now}
	_, err := put(t.Context(), b.Store, evidenceUses, sweep.id(), 0, sweep)
	ok(t, err)
	b.now = b.now.Add(2 * sweepDead)
	_, err = b.AddEvidence(t.Context(), "2026", "07", "xa", []evidence.Item{it}, []EvidenceFile{file})
	if err != nil || !b.has(t, it) {
		t.Errorf("%v", err)
	}
}

// Sweeping one upload of a content and storing another at the same time never
// loses the content of the one that is stored.
func TestEvidenceSweepRace(t *testing.T) {
	b := newEvidenceBench(t)
	for i := range 30 {
		text := fmt.Sprint("tệp ", i)
		gone, file := piece(text, b.now)
		u := b.evidenceUse(gone.Current().SHA, "2026", "08", gone.ID)
		ok(t, b.keepEvidence(t.Context(), u, file))
		var wg sync.WaitGroup
		wg.Go(func() { ok(t, b.settleEvidence(t.Context(), u)) })
		var kept evidence.Item
		wg.Go(func() { kept = b.add(t, "07", text, "1.1") })
		wg.Wait()
		if !b.has(t, kept) {
			t.Fatalf("round %d: the content is gone", i)
		}
	}
}

func TestEvidenceUses(t *testing.T) {
	b := newEvidenceBench(t)
	first, second := b.add(t, "07", "chung", "1.1"), b.add(t, "08", "chung", "1.1")
	sha := first.Current().SHA
	found, err := b.EvidenceUses(t.Context(), []string{sha, sha})
	ok(t, err)
	if len(found[sha]) != 2 {
		t.Errorf("%+v", found)
	}
	_, err = b.RemoveEvidence(t.Context(), "2026", "08", second.ID, 1, "xa", "nhầm")
	ok(t, err)
	if found, err = b.EvidenceUses(t.Context(), []string{sha}); err != nil || len(found[sha]) != 1 {
		t.Errorf("after the removal: %+v, %v", found, err)
	}
}

// A damaged content is found, and its download fails instead of giving it.
func TestEvidenceDamaged(t *testing.T) {
	b := newEvidenceBench(t)
	it := b.add(t, "07", "gốc", "1.1")
	ok(t, b.files.Delete(t.Context(), it.Current().SHA))
	wrong := 0
	_, err := b.CheckEvidence(t.Context(), func(period, unit, _ string, _ error) {
		if period == "2026" && unit == "07" {
			wrong++
		}
	})
	if err != nil || wrong != 1 {
		t.Errorf("%d wrong, %v", wrong, err)
	}
	if _, err := b.OpenFile(t.Context(), it.Current().SHA); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

// unsteady fails in the middle of being read.
type unsteady struct{ io.ReadSeeker }

func (unsteady) Read([]byte) (int, error) { return 0, errors.New("broken off") }

func TestEvidenceBrokenOff(t *testing.T) {
	b := newEvidenceBench(t)
	it, file := piece("a", b.now, "1.1")
	_, err := b.AddEvidence(t.Context(), "2026", "07", "xa", []evidence.Item{it}, []EvidenceFile{unsteady{file}})
	if err == nil {
		t.Fatal("taken")
	}
	f, err := b.Evidence(t.Context(), "2026", "07")
	if err != nil || len(f.Items) != 0 || b.has(t, it) {
		t.Errorf("%+v, %v", f, err)
	}
}

// BenchmarkEvidenceCounts counts the evidence of 209 dossiers with 60 items each.
func BenchmarkEvidenceCounts(b *testing.B) {
	bench := newEvidenceBench(b)
	for u := range 209 {
		_, err := bench.ChangeEvidence(b.Context(), "2026", fmt.Sprint(10000+u), EvidenceChange{"evidence.added", "xa", func(f *evidence.Folder) ([]audit.Change, error) {
			var items []evidence.Item
			for i := range 60 {
				it, _ := piece(fmt.Sprint("Báo cáo kết quả thực hiện nhiệm vụ của xã số ", u, " ", i), bench.now, fmt.Sprint("1.", i), fmt.Sprint("2.", i))
				items = append(items, it)
			}
			return f.Add(items...)
		}})
		ok(b, err)
	}
	for b.Loop() {
		if all, err := bench.EvidenceCounts(b.Context(), "2026"); err != nil || len(all) != 209 || len(all["10000"]) != 120 {
			b.Fatal(len(all), err)
		}
	}
}
