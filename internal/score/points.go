// Package score is the pure arithmetic of an assessment: a criteria set, the
// marks of a unit and its survey results give an exact result; results give a
// ranking and the share that a target wants. It has no clock and no I/O, and
// every intermediate value is a fraction: nothing is rounded but what the
// format says.
package score

import (
	"strconv"

	"thanthien/internal/rubric"
)

// Points is a number of points in hundredths: 4.25 points are Points(425).
type Points int64

// hundred is the number of Points in one point.
const hundred = 100

// String writes p with exactly decimals places (0..2). A value finer than that
// is cut, which cannot happen to a score of a set with these decimals.
func (p Points) String(decimals int) string {
	sign, n := "", int64(p)
	if n < 0 {
		sign, n = "-", -n
	}
	whole, rest := n/hundred, n%hundred
	if whole == 0 && rest == 0 {
		sign = ""
	}
	out := sign + strconv.FormatInt(whole, 10)
	switch decimals {
	case 1:
		return out + "." + strconv.FormatInt(rest/10, 10)
	case 2:
		return out + "." + string('0'+byte(rest/10)) + string('0'+byte(rest%10))
	}
	return out
}

// Num returns p as an exact number of points.
func (p Points) Num() rubric.Num { return rubric.Frac(int64(p), hundred) }

// points turns a number that has at most two decimals into Points.
func points(x rubric.Num) Points {
	n, _ := x.Mul(rubric.Int(hundred)).Floor().Int64()
	return Points(n)
}
