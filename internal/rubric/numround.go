package rubric

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// Limits of a written number.
const (
	MaxNumLen      = 40 // characters of a number
	MaxNumExponent = 30 // of ten, in either direction
	maxFraction    = 2000
)

// ErrNumber says that a text is not a decimal number within the limits.
var ErrNumber = errors.New("not a decimal number")

// pow10 are the powers used for rounding; index 0..9.
var pow10 = [...]int64{1, 10, 100, 1000, 10000, 100000, 1e6, 1e7, 1e8, 1e9}

// Floor returns the largest whole number not above x.
func (x Num) Floor() Num {
	if x.big == nil {
		d := x.den()
		q := x.n / d
		if x.n%d < 0 {
			q--
		}
		return Num{n: q, d: 1}
	}
	q := new(big.Int)
	q.Div(x.big.Num(), x.big.Denom()) // Euclidean: floor for a positive divisor
	return fromRat(new(big.Rat).SetInt(q))
}

// RoundHalfUp returns x rounded to decimals places (0..9), halves upwards.
func (x Num) RoundHalfUp(decimals int) Num {
	scale := Int(pow10[decimals])
	return x.Mul(scale).Add(Num{n: 1, d: 2}).Floor().Div(scale)
}

// RoundHalfAway returns x rounded to decimals places, halves away from zero.
func (x Num) RoundHalfAway(decimals int) Num {
	if x.Sign() < 0 {
		return x.Neg().RoundHalfUp(decimals).Neg()
	}
	return x.RoundHalfUp(decimals)
}

// ParseNum reads a decimal number such as "4", "-0.25" or "1e-05" exactly.
// Anything else, and anything beyond the limits, is ErrNumber.
func ParseNum(s string) (Num, error) {
	if len(s) == 0 || len(s) > MaxNumLen {
		return Num{}, ErrNumber
	}
	if n, ok := parseShort(s); ok {
		return n, nil
	}
	body, exp, found := strings.Cut(strings.ToLower(s), "e")
	if found {
		e, err := strconv.Atoi(exp)
		if err != nil || e > MaxNumExponent || e < -MaxNumExponent {
			return Num{}, ErrNumber
		}
	}
	if !isDecimal(body) {
		return Num{}, ErrNumber
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return Num{}, ErrNumber
	}
	return fromRat(r), nil
}

// parseShort reads up to 15 digits with an optional point, without memory.
func parseShort(s string) (Num, bool) {
	neg := s[0] == '-'
	if neg {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 16 {
		return Num{}, false
	}
	var n int64
	digits, point := 0, -1
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
			digits++
		case c == '.' && point < 0:
			point = i
		default:
			return Num{}, false
		}
	}
	decimals := 0
	if point >= 0 {
		decimals = len(s) - point - 1
	}
	if digits == 0 || decimals >= len(pow10) {
		return Num{}, false
	}
	if neg {
		n = -n
	}
	return fraction(n, pow10[decimals]), true
}

// isDecimal reports whether s is an optional minus, digits and at most one
// point, with at least one digit.
func isDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	digits, points := 0, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

// Decimal returns x rounded half up, with exactly decimals places (0..9).
func (x Num) Decimal(decimals int) string {
	scaled := x.Mul(Int(pow10[decimals])).Add(Num{n: 1, d: 2}).Floor()
	if n, ok := scaled.Int64(); ok {
		return pointed(n, decimals)
	}
	return x.RoundHalfUp(decimals).Rat().FloatString(decimals)
}

// String returns the shortest exact form: a decimal when there is a finite
// one ("4.25"), a fraction otherwise ("1/3").
func (x Num) String() string {
	if x.big == nil {
		for places, p := range pow10 {
			if p%x.den() == 0 {
				if n, ok := mul64(x.n, p/x.den()); ok {
					return pointed(n, places)
				}
			}
		}
	}
	r := x.Rat()
	if places, exact := r.FloatPrec(); exact {
		return r.FloatString(places)
	}
	return r.RatString()
}

// pointed writes n/10^places with exactly places decimals.
func pointed(n int64, places int) string {
	digits := strconv.FormatUint(abs64(n), 10)
	if places > 0 {
		if len(digits) <= places {
			digits = strings.Repeat("0", places+1-len(digits)) + digits
		}
		digits = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}

// Fraction returns x as "a/b" in lowest terms, "a" for a whole number.
func (x Num) Fraction() string { return x.Rat().RatString() }

// ParseFraction reads what Fraction or String wrote.
func ParseFraction(s string) (Num, error) {
	a, b, found := strings.Cut(s, "/")
	if !found {
		return ParseNum(s)
	}
	if len(s) > maxFraction {
		return Num{}, ErrNumber
	}
	n, ok1 := new(big.Int).SetString(a, 10)
	d, ok2 := new(big.Int).SetString(b, 10)
	if !ok1 || !ok2 || d.Sign() <= 0 {
		return Num{}, ErrNumber
	}
	return fromRat(new(big.Rat).SetFrac(n, d)), nil
}

// MarshalText writes String.
func (x Num) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalText reads a decimal or a fraction.
func (x *Num) UnmarshalText(text []byte) error {
	n, err := ParseFraction(string(text))
	if err == nil {
		*x = n
	}
	return err
}
