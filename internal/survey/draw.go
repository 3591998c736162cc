package survey

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Draw returns the positions of n of the items, chosen by a seed: those whose
// SHA-256 of "seed/item" is smallest, in the order of the items. Anybody who
// knows the seed and the items gets the same ones, in any language. With n or
// fewer items all are drawn.
func Draw(seed string, items []string, n int) []int {
	sums := make([][sha256.Size]byte, len(items))
	order := make([]int, len(items))
	for i, item := range items {
		sums[i], order[i] = sha256.Sum256([]byte(seed+"/"+item)), i
	}
	slices.SortFunc(order, func(a, b int) int { return bytes.Compare(sums[a][:], sums[b][:]) })
	drawn := order[:min(max(n, 0), len(order))]
	slices.Sort(drawn)
	return drawn
}
