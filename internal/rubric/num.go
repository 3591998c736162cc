package rubric

import (
	"math"
	"math/big"
	"math/bits"
)

// Num is an exact rational number. The zero value is 0; values never change.
// Small numbers live in two machine words and only overflow falls back to
// big.Rat, so that scoring a country stays cheap.
type Num struct {
	n, d int64    // n/d in lowest terms, d > 0; d == 0 stands for 1
	big  *big.Rat // set when n/d does not fit; then n and d mean nothing
}

// Int returns n.
func Int(n int64) Num { return fraction(n, 1) }

// Frac returns a/b. It panics when b is 0.
func Frac(a, b int64) Num {
	if b == 0 {
		panic("rubric: fraction with denominator 0")
	}
	return fraction(a, b)
}

// fraction returns a/b in lowest terms, b != 0.
func fraction(a, b int64) Num {
	if a == math.MinInt64 || b == math.MinInt64 {
		return fromRat(new(big.Rat).SetFrac(big.NewInt(a), big.NewInt(b)))
	}
	if b < 0 {
		a, b = -a, -b
	}
	if b != 1 {
		g := gcd(a, b)
		a, b = a/g, b/g
	}
	return Num{n: a, d: b}
}

// FromRat returns the value of r, which may be changed afterwards.
func FromRat(r *big.Rat) Num { return fromRat(new(big.Rat).Set(r)) }

// fromRat takes r over.
func fromRat(r *big.Rat) Num {
	if r.Num().IsInt64() && r.Denom().IsInt64() && r.Num().Int64() != math.MinInt64 {
		return Num{n: r.Num().Int64(), d: r.Denom().Int64()}
	}
	return Num{big: r}
}

// Rat returns x as a new big.Rat.
func (x Num) Rat() *big.Rat {
	if x.big != nil {
		return new(big.Rat).Set(x.big)
	}
	return big.NewRat(x.n, x.den())
}

func (x Num) den() int64 {
	if x.d == 0 {
		return 1
	}
	return x.d
}

func gcd(a, b int64) int64 {
	if a < 0 {
		a = -a
	}
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}

// mul64 multiplies and reports whether the product fits within ±MaxInt64.
func mul64(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(abs64(a), abs64(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func abs64(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// add64 adds and reports whether the sum fits within ±MaxInt64.
func add64(a, b int64) (int64, bool) {
	c := a + b
	if (c > a) != (b > 0) && b != 0 || c == math.MinInt64 {
		return 0, false
	}
	return c, true
}

// Mul returns x·y.
func (x Num) Mul(y Num) Num {
	if x.big == nil && y.big == nil {
		g, h := gcd(x.n, y.den()), gcd(y.n, x.den())
		n, ok1 := mul64(x.n/g, y.n/h)
		d, ok2 := mul64(x.den()/h, y.den()/g)
		if ok1 && ok2 {
			return Num{n: n, d: d}
		}
	}
	return fromRat(new(big.Rat).Mul(x.Rat(), y.Rat()))
}

// Div returns x/y. It panics when y is 0.
func (x Num) Div(y Num) Num {
	if y.Sign() == 0 {
		panic("rubric: division by 0")
	}
	if y.big == nil {
		return x.Mul(fraction(y.den(), y.n))
	}
	return fromRat(new(big.Rat).Quo(x.Rat(), y.Rat()))
}

// Add returns x+y.
func (x Num) Add(y Num) Num {
	if x.big == nil && y.big == nil {
		a, ok1 := mul64(x.n, y.den())
		b, ok2 := mul64(y.n, x.den())
		d, ok3 := mul64(x.den(), y.den())
		if ok1 && ok2 && ok3 {
			if n, ok := add64(a, b); ok {
				return fraction(n, d)
			}
		}
	}
	return fromRat(new(big.Rat).Add(x.Rat(), y.Rat()))
}

// Sub returns x-y.
func (x Num) Sub(y Num) Num { return x.Add(y.Neg()) }

// Neg returns -x.
func (x Num) Neg() Num {
	if x.big != nil {
		return fromRat(new(big.Rat).Neg(x.big))
	}
	return Num{n: -x.n, d: x.d}
}

// Abs returns |x|.
func (x Num) Abs() Num {
	if x.Sign() < 0 {
		return x.Neg()
	}
	return x
}

// Sign returns -1, 0 or 1.
func (x Num) Sign() int {
	switch {
	case x.big != nil:
		return x.big.Sign()
	case x.n < 0:
		return -1
	case x.n > 0:
		return 1
	}
	return 0
}

// Cmp returns -1, 0 or 1 as x is less than, equal to or greater than y.
func (x Num) Cmp(y Num) int {
	if x.big != nil || y.big != nil {
		return x.Rat().Cmp(y.Rat())
	}
	if x.Sign() != y.Sign() {
		return cmpInt(x.Sign(), y.Sign())
	}
	h1, l1 := bits.Mul64(abs64(x.n), uint64(y.den()))
	h2, l2 := bits.Mul64(abs64(y.n), uint64(x.den()))
	c := cmpInt(h1, h2)
	if c == 0 {
		c = cmpInt(l1, l2)
	}
	return c * max(x.Sign(), -1)
}

func cmpInt[T int | uint64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Equal reports whether x and y are the same number.
func (x Num) Equal(y Num) bool { return x.Cmp(y) == 0 }

// IsInt reports whether x is a whole number.
func (x Num) IsInt() bool {
	if x.big != nil {
		return x.big.IsInt()
	}
	return x.den() == 1
}

// Int64 returns x when it is a whole number that fits.
func (x Num) Int64() (int64, bool) {
	if x.big != nil || x.den() != 1 {
		return 0, false
	}
	return x.n, true
}

// Min returns the smaller of x and y.
func (x Num) Min(y Num) Num {
	if y.Cmp(x) < 0 {
		return y
	}
	return x
}

// Max returns the larger of x and y.
func (x Num) Max(y Num) Num {
	if y.Cmp(x) > 0 {
		return y
	}
	return x
}

// MultipleOf reports whether x is a whole multiple of step, which is not 0.
func (x Num) MultipleOf(step Num) bool { return x.Div(step).IsInt() }

// bitLen is the size of x, for limits: the longer of its two parts in bits.
func (x Num) bitLen() int {
	if x.big == nil {
		return 64
	}
	return max(x.big.Num().BitLen(), x.big.Denom().BitLen())
}
