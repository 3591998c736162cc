package vi

import (
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// NFC returns s in Unicode normal form C, as every text is stored.
func NFC(s string) string { return norm.NFC.String(s) }

// Clean is NFC without control characters (line breaks and tabs stay), without
// marks that turn the writing direction, and without white space at both ends:
// how any text typed by a person is stored.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimSpace(NFC(strings.ToValidUTF8(s, "\uFFFD")))
}

// Fold returns s for searching: lower case, no accents, đ as d, and single
// spaces, so that "dong mo" finds "Đồng  Mỏ".
func Fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			if r == 'đ' {
				r = 'd'
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Collator returns a comparison in Vietnamese alphabetical order, numbers by
// value ("Xã 2" before "Xã 10"). It is for one goroutine.
func Collator() func(a, b string) int {
	c := collate.New(language.Vietnamese, collate.Numeric)
	return c.CompareString
}
