package store

import (
	"bytes"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The hand-written encoding is the struct's own.
func TestRawResponse(t *testing.T) {
	for _, r := range []Response{
		{Campaign: "hl-2026", Unit: "07210", Key: "0123456789ABC", Group: "resident", Channel: "web", Seconds: 75, Answers: []byte{1, 2, 3}},
		{Campaign: "c", Unit: "đ", Key: "k", Answers: []byte{}},
	} {
		want, err := bson.Marshal(&r)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.raw(); !bytes.Equal(got, want) {
			t.Errorf("%+v:\n got %v\nwant %v", r, got, bson.Raw(want))
		}
	}
}

func TestNormalReceipt(t *testing.T) {
	for in, want := range map[string]string{"k7qm-2d9x ht4b.w8np": "K7QM2D9XHT4BW8NP", "OIL0": "0110", "": ""} {
		if got := NormalReceipt(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}
