package survey

import (
	"cmp"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Limits of a Decimal.
const (
	MaxDigits   = 18                // significant digits, and decimals
	MaxNumber   = 1_000_000_000_000 // largest absolute value of an answer or a limit
	maxExponent = 400               // exponent of "1e-3" beyond which we do not even look
)

// Decimal is an exact decimal number m·10^-e, always in lowest terms, so equal
// numbers are equal values and it can be a map key. The zero Decimal is 0.
type Decimal struct {
	m int64
	e uint8 // 0..MaxDigits
}

// Int returns n as a Decimal.
func Int(n int64) Decimal { return newDecimal(n, 0) }

func newDecimal(m int64, e uint8) Decimal {
	for e > 0 && m%10 == 0 {
		m, e = m/10, e-1
	}
	return Decimal{m, e}
}

// ParseDecimal reads "12", "-0.5", "12,5" or "1.2e3": digits with at most one
// decimal point or comma and an optional exponent. It is false for anything
// else, for more than MaxDigits digits or decimals and beyond ±MaxNumber.
func ParseDecimal(s string) (Decimal, bool) {
	mantissa, exp, ok := cutExponent(s)
	if !ok {
		return Decimal{}, false
	}
	neg := strings.HasPrefix(mantissa, "-")
	if neg {
		mantissa = mantissa[1:]
	}
	m, e, ok := digits(mantissa)
	if !ok {
		return Decimal{}, false
	}
	if neg {
		m = -m
	}
	return scaled(m, e-exp)
}

// cutExponent splits "1.2e3" into "1.2" and 3.
func cutExponent(s string) (string, int, bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	exp, err := strconv.Atoi(s[i+1:])
	if err != nil || exp > maxExponent || exp < -maxExponent {
		return "", 0, false
	}
	return s[:i], exp, true
}

// digits reads an unsigned number into its digits and its number of decimals,
// leading zeros and trailing decimal zeros dropped.
func digits(s string) (m int64, decimals int, ok bool) {
	whole, frac := s, ""
	if i := strings.IndexAny(s, ".,"); i >= 0 {
		whole, frac = s[:i], s[i+1:]
		if frac == "" {
			return 0, 0, false
		}
	}
	if whole == "" {
		return 0, 0, false
	}
	frac = strings.TrimRight(frac, "0")
	for _, part := range [2]string{whole, frac} {
		for i := range len(part) {
			c := part[i] - '0'
			if c > 9 || m >= 1e17 && m > (1e18-1-int64(c))/10 {
				return 0, 0, false
			}
			m = m*10 + int64(c)
		}
	}
	return m, len(frac), true
}

// scaled returns m·10^-e within the limits of a Decimal.
func scaled(m int64, e int) (Decimal, bool) {
	if m == 0 {
		return Decimal{}, true
	}
	for ; e > 0 && m%10 == 0; e-- {
		m /= 10
	}
	for ; e < 0; e++ {
		if m > MaxNumber || m < -MaxNumber {
			return Decimal{}, false
		}
		m *= 10
	}
	d := Decimal{m, uint8(min(e, MaxDigits+1))}
	if e > MaxDigits || !d.inRange() {
		return Decimal{}, false
	}
	return d, true
}

// inRange reports |d| ≤ MaxNumber.
func (d Decimal) inRange() bool {
	return d.Cmp(Decimal{MaxNumber, 0}) <= 0 && d.Cmp(Decimal{-MaxNumber, 0}) >= 0
}

// valid reports whether d is what newDecimal and the limits allow.
func (d Decimal) valid() bool {
	const most = 1e18 - 1
	return d.e <= MaxDigits && d.m >= -most && d.m <= most && (d.e == 0 || d.m%10 != 0) && d.inRange()
}

// Cmp compares two numbers: -1, 0 or +1.
func (d Decimal) Cmp(o Decimal) int {
	if d.e == o.e || d.Sign() != o.Sign() {
		if d.Sign() != o.Sign() {
			return cmp.Compare(d.Sign(), o.Sign())
		}
		return cmp.Compare(d.m, o.m)
	}
	if d.e > o.e {
		return -o.Cmp(d)
	}
	hi, lo := bits.Mul64(absolute(d.m), power10(int(o.e-d.e))) // d has fewer decimals: widen it
	c := cmp.Compare(hi, 0)
	if c == 0 {
		c = cmp.Compare(lo, absolute(o.m))
	}
	return c * d.Sign()
}

// Sign returns -1, 0 or +1.
func (d Decimal) Sign() int { return cmp.Compare(d.m, 0) }

// Decimals returns the number of decimals needed to write d.
func (d Decimal) Decimals() int { return int(d.e) }

// Rat returns d as a fraction.
func (d Decimal) Rat() *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(d.m), bigPower10(int(d.e)))
}

// String writes d plainly, without trailing zeros: "-0.5", "40".
func (d Decimal) String() string {
	s := strconv.FormatInt(d.m, 10)
	if d.e == 0 {
		return s
	}
	sign := ""
	if d.m < 0 {
		sign, s = "-", s[1:]
	}
	if pad := int(d.e) + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	return sign + s[:len(s)-int(d.e)] + "." + s[len(s)-int(d.e):]
}

// units returns d·10^digits for a d with at most that many decimals.
func (d Decimal) units(digits int) int64 { return d.m * int64(power10(digits-int(d.e))) }

func absolute(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// power10 returns 10^n for n in 0..19.
func power10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

func bigPower10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
