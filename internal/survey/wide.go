package survey

import (
	"math/big"
	"math/bits"
)

// wide is a signed 128-bit integer: sums of squares leave 64 bits quickly.
// The bounds of a form (MaxQuestions × MaxValue, MaxValueDigits) keep a square
// below 2^89, so 2^38 responses fit.
type wide struct {
	hi int64
	lo uint64
}

func square(n int64) wide {
	u := absolute(n)
	hi, lo := bits.Mul64(u, u)
	return wide{int64(hi), lo}
}

func wideInt(n int64) wide { return wide{n >> 63, uint64(n)} }

func (w wide) add(o wide) wide {
	lo, carry := bits.Add64(w.lo, o.lo, 0)
	return wide{w.hi + o.hi + int64(carry), lo}
}

func (w wide) sub(o wide) wide {
	lo, borrow := bits.Sub64(w.lo, o.lo, 0)
	return wide{w.hi - o.hi - int64(borrow), lo}
}

func (w wide) negative() bool { return w.hi < 0 }

func (w wide) big() *big.Int {
	n := new(big.Int).Lsh(big.NewInt(w.hi), 64)
	return n.Add(n, new(big.Int).SetUint64(w.lo))
}

func (w wide) String() string { return w.big().String() }

// parseWide reads what String wrote, for numbers ≥ 0 only.
func parseWide(s string) (wide, bool) {
	const digits = 39 // of 2^127
	if len(s) > digits {
		return wide{}, false
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok || n.Sign() < 0 || n.BitLen() > 127 {
		return wide{}, false
	}
	lo := new(big.Int).And(n, new(big.Int).SetUint64(^uint64(0))).Uint64()
	return wide{new(big.Int).Rsh(n, 64).Int64(), lo}, true
}
