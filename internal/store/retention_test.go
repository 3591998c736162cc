package store

import (
	"fmt"
	"testing"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/survey"
)

// TestNothingOutlivesRetention puts one distinctive text into everything that
// can hold what a resident wrote, whichever way it came, and looks for it in the
// database's files once the retention has passed.
func TestNothingOutlivesRetention(t *testing.T) {
	dir := t.TempDir()
	b, s := newLiveBench(t, dir, "u1", "u2")
	defer b.close()
	ctx := t.Context()
	const marker = "Lời riêng tư"
	said := func(i int) string { return fmt.Sprint(marker, i) }
	packed := func(answers map[string]any) []byte {
		a, err := b.form.Check("resident", answers)
		ok(t, err)
		return b.form.Pack(a)
	}
	for i, ch := range survey.Channels() {
		b.add(t, s, "u1", ch, 0, map[string]any{"q5": said(i)})
		b.add(t, s, "u2", ch, 0, map[string]any{"q2": "other", "q2.other": said(i), "q3": []any{"other"}, "q3.other": said(i)})
	}
	counted := int64(2 * len(survey.Channels()))

	pile, err := s.OpenPaperBatch(ctx, PaperBatch{Campaign: "dot", Unit: "u1", Title: "Lô 1", Double: true})
	ok(t, err)
	entry := func(by string, i int) PaperEntry {
		return PaperEntry{Key: fmt.Sprint(by, i), By: by, Group: "resident", Answers: packed(map[string]any{"q5": said(i)})}
	}
	for serial := int64(1); serial <= 3; serial++ { // 1 waits, 2 differs, 3 is agreed on and not in the pool
		_, err = s.AddPaper(ctx, pile, serial, entry("a", int(serial)))
		ok(t, err)
	}
	for serial, alike := range map[int64]bool{2: false, 3: true} {
		_, err = s.SecondEntry(ctx, pile.ID, serial, entry("b", int(serial)), func(_, _ PaperEntry) bool { return alike })
		ok(t, err)
	}
	counted++

	var rows []ImportRow
	for i := range ImportChunk + 10 {
		rows = append(rows, ImportRow{Unit: "u2", Group: "resident", Answers: packed(map[string]any{"q5": said(i)})})
	}
	for _, name := range []string{"waits", "runs"} {
		_, err = s.PrepareImport(ctx, Import{ID: "dot." + name, Campaign: "dot"}, rows)
		ok(t, err)
	}
	_, err = s.StartImport(ctx, "dot.runs", "td") // and the process dies
	ok(t, err)
	counted += int64(len(rows))

	f := Feedback{Campaign: "dot", Unit: "u1", Question: "q5", Text: said(0)}
	f.Step(FeedbackSent, "td", "", s.Now())
	_, err = s.AddFeedback(ctx, f, "td")
	ok(t, err)
	ok(t, s.Compact(ctx, &b.campaign))
	if !filesHold(t, dir, marker) {
		t.Fatal("the texts are not in the files, so the test would prove nothing")
	}

	b.move(EraseAt(&b.campaign).Sub(b.now))
	for range 2 {
		ok(t, s.EraseDue(ctx))
	}
	if filesHold(t, dir, marker) {
		t.Error("the files still hold a text")
	}
	b.same(t, s)
	counts, err := s.Counts(ctx, &b.campaign)
	ok(t, err)
	if n := counts["u1"].All.N() + counts["u2"].All.N(); n != counted {
		t.Errorf("%d responses count, want %d", n, counted)
	}
	events, err := s.History(ctx, "campaigns/dot")
	ok(t, err)
	recorded := map[audit.Action]audit.Event{}
	for _, e := range events {
		recorded[e.Action] = e
	}
	erased := recorded[audit.ResponsesErased]
	if len(events) != 2 || recorded[audit.ResponsesImported].Who != "td" || len(erased.Detail) != 2 || erased.Detail[1].After != "3" {
		t.Errorf("recorded %+v", events)
	}
}

// TestFinishPapers finishes the papers and imports that a crash left, though
// their campaign has closed, and twice over adds nothing.
func TestFinishPapers(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	ctx := t.Context()
	answers, err := b.form.Check("resident", map[string]any{"q1": "5"})
	ok(t, err)
	pile, err := s.OpenPaperBatch(ctx, PaperBatch{Campaign: "dot", Unit: "u1", Title: "Lô 1"})
	ok(t, err)
	p, err := s.AddPaper(ctx, pile, 0, PaperEntry{Key: "k", By: "a", Group: "resident", Answers: b.form.Pack(answers)})
	ok(t, err)
	rows := make([]ImportRow, ImportChunk+1)
	for i := range rows {
		rows[i] = ImportRow{Unit: "u1", Group: "resident", Answers: b.form.Pack(answers)}
	}
	i, err := s.PrepareImport(ctx, Import{ID: "dot.tep", Campaign: "dot"}, rows)
	ok(t, err)
	i, err = s.StartImport(ctx, i.ID, "td")
	ok(t, err)
	ok(t, s.writeChunk(ctx, &i, 0)) // and the process dies before it notes that
	b.move(b.campaign.Closes.Sub(b.now) + time.Hour)
	for range 2 {
		ok(t, s.FinishPapers(ctx))
		ok(t, s.FinishImports(ctx))
		n, err := s.CountResponses(ctx, "dot")
		ok(t, err)
		if want := int64(len(rows) + 1); n != want {
			t.Fatalf("%d responses, want %d", n, want)
		}
	}
	if p, err = s.Paper(ctx, pile.ID, p.Serial); err != nil || p.State != PaperPooled || p.First != nil {
		t.Errorf("paper %+v, %v", p, err)
	}
	if i, err = s.Import(ctx, i.ID); err != nil || i.State != ImportDone {
		t.Errorf("import %+v, %v", i, err)
	}
	if n := chunksLeft(t, s); n != 0 {
		t.Errorf("%d chunks of rows are left", n)
	}
}

// TestImportLeavesNoRows breaks an import off between any two of its writes: the
// rows of a preview that nobody can see are gone a day later.
func TestImportLeavesNoRows(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	ctx := t.Context()
	rows := make([]ImportRow, 2*ImportChunk)
	lost := Import{ID: "dot.lost", Campaign: "dot", State: ImportKeeping, Rows: len(rows), Chunks: 2, At: s.Now()}
	_, err := put(ctx, s, imports, lost.ID, 0, lost)
	ok(t, err)
	_, err = put(ctx, s, importRows, chunkID(lost.ID, 0), 0, importChunk{rows[:1]}) // dies here
	ok(t, err)
	if list, err := s.Imports(ctx, "dot"); err != nil || len(list) != 0 {
		t.Fatalf("shown %+v, %v", list, err)
	}
	if _, err := s.StartImport(ctx, lost.ID, "td"); err == nil {
		t.Fatal("an import without all its rows was started")
	}
	b.move(ImportKept + time.Minute)
	ok(t, s.FinishImports(ctx))
	if n := chunksLeft(t, s); n != 0 {
		t.Errorf("%d chunks of rows are left", n)
	}
	if i, err := s.PrepareImport(ctx, lost, rows); err != nil || i.State != ImportReady {
		t.Errorf("the same file again: %+v, %v", i, err)
	}
}

func chunksLeft(t *testing.T, s *Store) int64 {
	t.Helper()
	n, err := s.db.Count(t.Context(), docstore.Query{In: importRows})
	ok(t, err)
	return n
}
