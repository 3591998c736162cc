package dossier

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/score"
)

func points(s string) score.Mark { return score.NewMark("points", s) }

func TestSave(t *testing.T) {
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	d := Dossier{Period: "2026", Unit: "01"}
	if clash := d.Save("self", []Change{{Code: "1.2", Mark: points("3")}, {Code: "1.1", Mark: points("4.25"), Note: "sổ"}}, "xa01", at, "e1"); clash != nil {
		t.Fatal(clash)
	}
	if d.Rev != 1 || !d.Pending || len(d.Outbox) != 1 || len(d.Outbox[0].Detail) != 2 {
		t.Fatalf("%+v", d)
	}
	if e, _ := d.Entry(Layer{Stage: "self"}, "1.1"); e.Mark.Get("points") != "4.25" || e.By != "xa01" {
		t.Fatalf("%+v", e)
	}
	if d.Entries[0].Code != "1.1" {
		t.Fatal("entries must stay sorted")
	}

	// Two officers opened the page with 4.25 there; the second one is told.
	d.Save("self", []Change{{Code: "1.1", Base: points("4.25"), Mark: points("4"), Note: "sổ"}}, "a", at, "e2")
	before := d
	clash := d.Save("self", []Change{{Code: "1.1", Base: points("4.25"), Mark: points("5")}, {Code: "1.2", Base: points("3"), Mark: points("1")}}, "b", at, "e3")
	if len(clash) != 1 || clash[0].Stored.By != "a" || Text(clash[0].Stored.Mark) != "4" || Text(clash[0].Sent) != "5" {
		t.Fatalf("%+v", clash)
	}
	if diff := cmp.Diff(before, d); diff != "" {
		t.Fatalf("a clash changed the dossier: %s", diff)
	}
	// Different cells do not clash; the same value does not either.
	if clash := d.Save("self", []Change{{Code: "1.1", Base: points("4.25"), Mark: points("4"), Note: "sổ"}, {Code: "1.2", Base: points("3"), Mark: points("1")}}, "b", at, "e4"); clash != nil {
		t.Fatal(clash)
	}
	// Saving what stands there makes no event.
	rev, events := d.Rev, len(d.Outbox)
	d.Save("self", []Change{{Code: "1.2", Base: points("1"), Mark: points("1")}}, "b", at, "e5")
	if d.Rev != rev || len(d.Outbox) != events {
		t.Fatal("no change must leave no trace")
	}
	// An empty mark clears the cell, and the event keeps what stood there.
	d.Save("self", []Change{{Code: "1.2", Base: points("1")}}, "b", at, "e6")
	if _, ok := d.Entry(Layer{Stage: "self"}, "1.2"); ok {
		t.Fatal("cell not cleared")
	}
	if last := d.Outbox[len(d.Outbox)-1].Detail[0]; last.Before != "1" || last.After != "" {
		t.Fatalf("%+v", last)
	}
}
