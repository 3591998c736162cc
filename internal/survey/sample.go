package survey

import "math/big"

// DefaultError is the sampling error e of a sample plan that states none: 0.05.
func DefaultError() Decimal { return Decimal{5, 2} }

// SampleSize returns the responses needed from a population at sampling error
// e: ceil(N / (1 + N·e²)), exactly. It is 0 for an empty population and all of
// it for e ≤ 0.
func SampleSize(population int, e Decimal) int {
	if population <= 0 {
		return 0
	}
	if e.Sign() <= 0 {
		return population
	}
	// With e = m/10^d: N·10^2d / (10^2d + N·m²).
	n := big.NewInt(int64(population))
	unit := bigPower10(2 * e.Decimals())
	m := big.NewInt(e.m)
	below := new(big.Int).Mul(m, m)
	below.Mul(below, n).Add(below, unit)
	size, rest := new(big.Int).DivMod(n.Mul(n, unit), below, new(big.Int))
	if rest.Sign() > 0 {
		return int(size.Int64()) + 1
	}
	return int(size.Int64())
}
