package survey

import "encoding/binary"

// ErasedText stands where a text was once it is erased, so that the answer
// still counts as one.
const ErasedText = "…"

// EraseTexts returns packed answers without what people wrote in their own
// words: a text becomes ErasedText, the text beside an option is dropped. Every
// tally counts the result as it counts the original. changed is false, and the
// result the very same bytes, when there was nothing to erase or the bytes are
// not of this form version.
func (f *Form) EraseTexts(packed []byte) (erased []byte, changed bool) {
	if !f.wellPacked(packed) {
		return packed, false
	}
	out := make([]byte, 1, len(packed))
	out[0] = packFormat
	rest := packed[1:]
	for _, q := range f.questions {
		start := rest
		var v packedValue
		v, rest, _ = q.next(rest)
		if len(v.text) == 0 || q.Kind == Text && string(v.text) == ErasedText {
			out = append(out, start[:len(start)-len(rest)]...)
			continue
		}
		changed = true
		switch q.Kind {
		case Text:
			out = appendText(out, ErasedText)
		case Multi:
			out = binary.AppendUvarint(out, v.mask<<1)
		default:
			out = append(out, byte(v.first()+1))
		}
	}
	if !changed {
		return packed, false
	}
	return out, true
}
