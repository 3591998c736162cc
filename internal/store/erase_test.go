package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// TestEraseTexts erases a campaign's texts once its retention has passed: the
// counts stay, the files hold no such byte any more, and it is recorded once.
func TestEraseTexts(t *testing.T) {
	dir := t.TempDir()
	b, s := newLiveBench(t, dir, "u1", "u2")
	defer b.close()
	const marker = "Lời riêng tư"
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 2 * eraseBatch {
		answers := map[string]any{"q1": "5"}
		switch i % 3 {
		case 0:
			answers["q5"] = strings.TrimSpace(fmt.Sprint(marker, " ", strings.Repeat("dài ", rng.IntN(200))))
		case 1:
			answers["q2"], answers["q2.other"] = "other", fmt.Sprint(marker, i)
			answers["q3"], answers["q3.other"] = []any{"a", "other"}, fmt.Sprint(marker, i)
		}
		b.add(t, s, []string{"u1", "u2"}[i%2], survey.Web, 0, answers)
	}
	ok(t, s.Compact(t.Context(), &b.campaign))
	before, err := s.Counts(t.Context(), &b.campaign)
	ok(t, err)
	if !filesHold(t, dir, marker) {
		t.Fatal("the texts are not in the files, so the test would prove nothing")
	}
	if _, err := s.EraseTexts(t.Context(), &b.campaign); !fault.Is(err, fault.Conflict) {
		t.Fatalf("erasing an open campaign: %v", err)
	}
	b.move(b.campaign.Closes.Sub(b.now) + 24*time.Hour)
	ok(t, s.EraseDue(t.Context()))
	if !filesHold(t, dir, marker) {
		t.Fatal("erased before the retention has passed")
	}
	b.move(EraseAt(&b.campaign).Sub(b.now))
	for range 2 {
		ok(t, s.EraseDue(t.Context()))
	}
	if filesHold(t, dir, marker) {
		t.Error("the files still hold a text")
	}
	for _, s := range []*Store{s, b.open(t)} {
		b.same(t, s)
		after, err := s.Counts(t.Context(), &b.campaign)
		ok(t, err)
		if what := differs(after, before); what != "" {
			t.Error(what)
		}
	}
	events, err := s.History(t.Context(), "campaigns/dot")
	ok(t, err)
	if len(events) != 1 || events[0].Action != audit.ResponsesErased || events[0].Detail[0].After != "1334" {
		t.Errorf("recorded %+v", events)
	}
	if n, err := s.EraseTexts(t.Context(), &b.campaign); n != 0 || err != nil {
		t.Errorf("erased %d again, %v", n, err)
	}
}

// TestEraseGoesOn stops an erasure half-way and takes it up again.
func TestEraseGoesOn(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	const n = eraseBatch + 50
	for range n {
		b.add(t, s, "u1", survey.Web, 0, map[string]any{"q5": "chữ"})
	}
	b.move(b.campaign.Closes.Sub(b.now))
	e := Erasure{Event: "e1", Closes: b.campaign.Closes}
	more, err := s.eraseSome(t.Context(), b.form, "dot", &e)
	if err != nil || !more || e.Erased != eraseBatch {
		t.Fatalf("more %v, %d erased, %v", more, e.Erased, err)
	}
	// The process dies before it notes the mark: the batch is looked at again.
	changed, err := s.EraseTexts(t.Context(), &b.campaign)
	if err != nil || changed != 50 {
		t.Fatalf("%d erased, %v", changed, err)
	}
	b.same(t, s)
}

// filesHold reports whether some file in dir has the text.
func filesHold(t *testing.T, dir, text string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	ok(t, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		ok(t, err)
		if bytes.Contains(data, []byte(text)) {
			return true
		}
	}
	return false
}
