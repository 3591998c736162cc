package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// What the evidence of the demo is like.
const (
	leavesOfFile = 4  // criteria that one document stands for
	lackingUnits = 5  // every so many communes have not handed everything in
	sharedBy     = 11 // the commune whose report commune 7 handed in as well
)

// evidence hands in papers and some evidence for every commune of an open year:
// tiny PDFs, most with number and date, a few doubtful, one of two communes the
// same. A store that keeps no files gets none.
func (f *filler) evidence(ctx context.Context, a assessment, codes []string) error {
	if a.state != dossier.Open || !f.KeepsFiles() {
		return nil
	}
	for i, unit := range codes {
		rng := rand.New(rand.NewPCG(Seed, uint64(5000+i)))
		items, files := f.papersOf(a, unit, i, rng)
		if i%lackingUnits == 4 {
			items, files = items[:len(items)/2], files[:len(files)/2]
		}
		if _, err := f.AddEvidence(ctx, a.id(), unit, "xa"+unit[len(unit)-2:], items, files); err != nil {
			return err
		}
	}
	return nil
}

// papersOf makes the papers of a dossier and documents for the criteria that
// need some.
func (f *filler) papersOf(a assessment, unit string, i int, rng *rand.Rand) (items []evidence.Item, files []store.EvidenceFile) {
	add := func(it evidence.Item, text string) {
		data := tinyPDF(text)
		sum := sha256.Sum256(data)
		it.ID = store.NewEvidenceID()
		it.Number = fmt.Sprintf("%d/%s-UBND", 10+rng.IntN(190), []string{"BC", "KH", "QĐ", "TB"}[rng.IntN(4)])
		it.Date = fmt.Sprintf("%d-%02d-%02d", a.year, 1+rng.IntN(9), 1+rng.IntN(28))
		switch rng.IntN(12) {
		case 0:
			it.Number = ""
		case 1:
			it.Date = fmt.Sprintf("%d-11-%02d", a.year-1, 1+rng.IntN(28))
		}
		it.Revisions = []evidence.Revision{{Name: evidence.CleanName(it.Title, evidence.PDF), Type: evidence.PDF, Size: int64(len(data)), SHA: hex.EncodeToString(sum[:]), By: "xa" + unit[len(unit)-2:], At: f.Now()}}
		items, files = append(items, it), append(files, bytes.NewReader(data))
	}
	for _, p := range a.set.Papers {
		add(evidence.Item{Paper: p.Code, Title: p.Title}, unit+p.Code)
	}
	for n, codes := range f.required(a) {
		text := unit + codes[0]
		if n == 0 && i == sharedBy-1 {
			text = code(7) + codes[0] // the file of commune 7
		}
		leaf, _ := a.set.Leaf(codes[0])
		add(evidence.Item{Codes: codes, Title: "Tài liệu kiểm chứng " + codes[0] + " - " + leaf.Title}, text)
	}
	return items, files
}

// required are the leaves that need evidence, by the documents that stand for
// them.
func (f *filler) required(a assessment) [][]string {
	var codes []string
	for _, leaf := range a.set.Leaves() {
		if leaf.Evidence == rubric.EvidenceRequired {
			codes = append(codes, leaf.Code)
		}
	}
	return slices.Collect(slices.Chunk(codes, leavesOfFile))
}

// tinyPDF is a page with one line of text, the same for the same text.
func tinyPDF(text string) []byte {
	var b bytes.Buffer
	var at []int
	b.WriteString("%PDF-1.4\n")
	stream := "BT /F1 18 Tf 72 760 Td (Tinh Minh Hoa - tai lieu minh hoa) Tj 0 -28 Td (" + asciiOnly(text) + ") Tj ET"
	for i, object := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(stream), stream), "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}

// asciiOnly is a text that needs no other font.
func asciiOnly(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`()\`, r) {
			return '-'
		}
		return r
	}, vi.Fold(text))
}
