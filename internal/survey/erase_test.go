package survey

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// TestEraseTexts erases drawn responses: what is left is well packed, holds no
// text of its own, counts the same, and is erased for good.
func TestEraseTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawForm(t)
		f, err := Parse([]byte(text), "drawn.yaml")
		if err != nil {
			t.Fatal(err)
		}
		r := drawResponse(t, f)
		a, err := f.Check(r.group, r.answers)
		if err != nil {
			t.Skip("a refused response")
		}
		packed := f.Pack(a)
		before := bytes.Clone(packed)
		erased, changed := f.EraseTexts(packed)
		if !bytes.Equal(packed, before) || changed == bytes.Equal(erased, packed) {
			t.Fatalf("changed %v: %x from %x", changed, erased, packed)
		}
		if _, again := f.EraseTexts(erased); again {
			t.Fatalf("erased twice: %x", erased)
		}
		whole, left := NewTally(f), NewTally(f)
		if err := whole.Add(r.group, packed); err != nil {
			t.Fatal(err)
		}
		if err := left.Add(r.group, erased); err != nil {
			t.Fatal(err)
		}
		if !whole.Equal(left) {
			t.Fatal("the erased response counts otherwise")
		}
		answers, err := f.Unpack(erased)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range answers.values {
			if v.text != "" && (f.questions[i].Kind != Text || v.text != ErasedText) {
				t.Fatalf("%s still says %q", f.questions[i].Code, v.text)
			}
		}
	})
}

func TestEraseTextsCorrupt(t *testing.T) {
	f, err := Parse([]byte(drawnOnce), "once.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, packed := range [][]byte{nil, {9}, {1, 200}} {
		if got, changed := f.EraseTexts(packed); changed || !bytes.Equal(got, packed) {
			t.Errorf("%x became %x", packed, got)
		}
	}
}

const drawnOnce = `
id: a
version: 1
title: A
respondents: [resident]
consent: C
sections: [{title: S, questions: [{code: q1, kind: text, max_length: 10, text: T}]}]
`
