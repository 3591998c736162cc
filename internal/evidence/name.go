package evidence

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// noName is what a file is called whose name has nothing that can stay.
const noName = "tep"

// reserved are names that Windows keeps for devices, whatever the ending.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// CleanName makes of a name that a browser sent one that is safe in a header, a
// page and a folder: the last part of a path, in NFC, without control
// characters, marks that turn the writing direction or stay invisible, and
// characters that file systems refuse, at most MaxName characters, and with an
// ending of the type that the content has; without a type it keeps its own.
func CleanName(name string, t Type) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = norm.NFC.String(strings.Map(safeRune, name))
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	ending := path.Ext(name)
	stem := strings.TrimSuffix(name, ending)
	if t != "" && !slices.Contains(known[t].endings, strings.ToLower(ending)) {
		stem, ending = name, known[t].endings[0]
	}
	stem = strings.TrimRight(stem, ". ")
	if slices.Contains(reserved, strings.ToLower(stem)) {
		stem = "_" + stem
	}
	if stem == "" {
		stem = noName
	}
	if room := MaxName - utf8.RuneCountInString(ending); utf8.RuneCountInString(stem) > room {
		stem = strings.TrimRight(string([]rune(stem)[:room]), ". ")
	}
	return stem + strings.ToLower(ending)
}

func safeRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Co, r):
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// Stem is a file name without its ending, as a title where none was given.
func Stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
