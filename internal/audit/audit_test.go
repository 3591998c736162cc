package audit

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func event() Event {
	return Event{
		ID: "e1", At: time.Date(2026, 3, 1, 9, 0, 0, 5_000_000, time.FixedZone("+07", 7*3600)), Who: "xa07", Action: Moved, Thing: "dossiers/2026/01",
		Detail: []Change{{Field: "status", Before: "approved", After: "chấm"}}, Seq: 2, Prev: "ab",
	}
}

// The canonical form is written down in Sum; other programs rely on it. This
// value is that of
//
//	printf '23:thanthien audit event 1,2:e1,13:1772330400005,4:xa07,13:dossier.moved,16:dossiers/2026/01,1:1,6:status,8:approved,6:chấm,1:2,2:ab,' | sha256sum
func TestSum(t *testing.T) {
	const want = "aa9af6dec69aae9e4a1041f995ccf72f52187309a4376c053c5a04af40245c69"
	e := event()
	if got := e.Sum(); got != want {
		t.Errorf("Sum = %s, want %s", got, want)
	}
}

// Every field counts, and what stands in one cannot pass for part of another.
func TestSumTellsApart(t *testing.T) {
	seen := map[string]int{}
	for i, change := range []func(*Event){
		func(*Event) {},
		func(e *Event) { e.ID = "e2" },
		func(e *Event) { e.At = e.At.Add(time.Millisecond) },
		func(e *Event) { e.Who = "" },
		func(e *Event) { e.Action = Marked },
		func(e *Event) { e.Thing += "0" },
		func(e *Event) { e.Detail = nil },
		func(e *Event) { e.Detail[0].Field, e.Detail[0].Before = "statusa", "pproved" },
		func(e *Event) { e.Detail[0].Before, e.Detail[0].After = e.Detail[0].After, e.Detail[0].Before },
		func(e *Event) { e.Detail = append(e.Detail, Change{}) },
		func(e *Event) { e.Seq = 3 },
		func(e *Event) { e.Prev = "" },
	} {
		e := event()
		change(&e)
		if j, ok := seen[e.Sum()]; ok {
			t.Errorf("changes %d and %d have one sum", i, j)
		}
		seen[e.Sum()] = i
	}
	e := event()
	zoned := e.Sum()
	if e.At = e.At.UTC(); e.Sum() != zoned {
		t.Error("the sum depends on the zone")
	}
}

func TestBlockSum(t *testing.T) {
	make := func() Block {
		return Block{Number: 2, At: event().At, Prev: "p", Entries: []Entry{{"e1", "a", 1, "h1"}, {"e2", "a", 2, "h2"}}}
	}
	seen := map[string]int{}
	for i, change := range []func(*Block){
		func(*Block) {},
		func(b *Block) { b.Number++ },
		func(b *Block) { b.At = b.At.Add(time.Second) },
		func(b *Block) { b.Prev = "" },
		func(b *Block) { b.Entries[0], b.Entries[1] = b.Entries[1], b.Entries[0] },
		func(b *Block) { b.Entries = b.Entries[:1] },
		func(b *Block) { b.Entries[1].Seq = 3 },
		func(b *Block) { b.Entries[1].Hash = "h" },
		func(b *Block) { b.Entries[1].Thing = "b" },
	} {
		b := make()
		change(&b)
		if j, ok := seen[b.Sum()]; ok {
			t.Errorf("changes %d and %d have one sum", i, j)
		}
		seen[b.Sum()] = i
	}
}

func TestShort(t *testing.T) {
	for hash, want := range map[string]string{"": "", "3f2a": "3f2a", "3f2a9c71b04d55e0aaaa": "3f2a 9c71 b04d 55e0"} {
		if got := (Head{Hash: hash}).Short(); got != want {
			t.Errorf("Short of %q = %q, want %q", hash, got, want)
		}
	}
}

func TestTidy(t *testing.T) {
	got := Tidy([]Finding{
		{Wrong: Broken, Thing: "a", Seq: 4}, {Wrong: Broken, Thing: "a", Seq: 9}, {Wrong: Missing, Thing: "a", Seq: 2},
		{Wrong: Edited, Thing: "a", Seq: 3, ID: "x"}, {Wrong: Missing, Thing: "a", Seq: 2, Block: 5}, {Wrong: Edited, Thing: "a", Seq: 3, ID: "x", Block: 5},
		{Wrong: BadBlock, Block: 1}, {Wrong: BadBlock, Block: 2},
	})
	want := []Finding{
		{Wrong: BadBlock, Block: 1}, {Wrong: BadBlock, Block: 2}, {Wrong: Missing, Thing: "a", Seq: 2}, {Wrong: Edited, Thing: "a", Seq: 3, ID: "x"},
		{Wrong: Broken, Thing: "a", Seq: 9},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
