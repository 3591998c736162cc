package survey

import (
	"bytes"
	"testing"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(two + "  group_weights: {resident: 1}\n"))
	f.Add([]byte("id: &a [*a]\n"))
	f.Add([]byte("{id: f, version: 1, title: 'a: b', respondents: [resident], intro: \"x\\n y?\", sections: [{questions: [{code: a, kind: choice, text: A, options: [{code: '1', label: '- #'}], other: true}]}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		form, err := Parse(data, "fuzz.yaml")
		if err != nil {
			return
		}
		again, err := Parse(form.YAML(), "again.yaml")
		if err != nil {
			t.Fatalf("canonical YAML is refused: %v\n%s", err, form.YAML())
		}
		if !form.Equal(again) {
			t.Fatalf("canonical YAML reads differently:\n%s", form.YAML())
		}
	})
}

func FuzzUnpack(f *testing.F) {
	form, err := Parse([]byte(sample), "sample.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, raw := range []map[string]any{
		{"q1": "5"},
		{"q1": "1", "q2": "a", "q2.other": "ghi chú", "q2a": []any{"x", "y"}, "q3": "12.5", "q4": "tốt", "q5": "2024-02-29", "q6": "0"},
	} {
		a, err := form.Check("resident", raw)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(form.Pack(a))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := form.Unpack(data)
		tally := NewTally(form)
		added := tally.Add("resident", data)
		if (err == nil) != (added == nil) {
			t.Fatalf("Unpack %v, Add %v", err, added)
		}
		if err != nil {
			if tally.N() != 0 {
				t.Fatal("a corrupt response was counted")
			}
			return
		}
		if packed := form.Pack(a); !bytes.Equal(packed, data) {
			t.Fatalf("%x unpacks and packs to %x", data, packed)
		}
	})
}

func FuzzResponseLine(f *testing.F) {
	form, err := Parse([]byte(sample), "sample.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"unit": "07210", "group": "resident", "answers": {"q1": "5", "q2": "a", "q2a": ["x", "y"], "q3": 40, "q4": "...", "q5": "2024-02-29"}}`))
	f.Add([]byte(`{"unit":"1","group":"business","answers":{"q1":4,"q2":{"code":"other","text":"ở nhà"},"q3":"12,5"},"excluded":{"by":"x"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := form.ParseResponse(data)
		if err != nil {
			return
		}
		back, err := form.Unpack(form.Pack(r.Answers))
		if err != nil || !back.Equal(r.Answers) {
			t.Fatalf("packed answers do not come back: %v", err)
		}
		again, err := form.Check(r.Group, form.Values(r.Answers))
		if err != nil || !again.Equal(r.Answers) {
			t.Fatalf("exported answers are not accepted: %v", err)
		}
	})
}
