package vi

import (
	"strconv"
	"strings"
	"time"
)

// Zone is Vietnam's time, UTC+7 all year; the program needs no zone database.
var Zone = time.FixedZone("ICT", 7*60*60)

// Date formats t as 31/12/2026 in Vietnam's time; the zero time is empty.
func Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format("02/01/2006")
}

// DateTime formats t as 14:05 31/12/2026; the zero time is empty.
func DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format("15:04 02/01/2006")
}

// Place formats a place and date as documents do: "Minh Họa, ngày 05 tháng 02
// năm 2026" (the day, and the month below 3, have two digits by NĐ 30/2020).
func Place(place string, t time.Time) string {
	t = t.In(Zone)
	month := strconv.Itoa(int(t.Month()))
	if t.Month() < 3 {
		month = "0" + month
	}
	return place + ", ngày " + t.Format("02") + " tháng " + month + " năm " + strconv.Itoa(t.Year())
}

// Decimal turns a decimal string with a point into Vietnamese writing: decimal
// comma and dots between thousands ("1234.50" → "1.234,50").
func Decimal(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	whole, frac, has := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(r)
	}
	if has {
		b.WriteString("," + frac)
	}
	return sign + b.String()
}

// Int formats n with dots between thousands.
func Int[N ~int | ~int64](n N) string { return Decimal(strconv.FormatInt(int64(n), 10)) }

// ParseDecimal turns what a person typed ("4,5", "1.234,50", "4.5") into a
// decimal string with a point. With a comma, dots are thousands separators;
// without one a dot is the decimal point. Anything else comes back trimmed, for
// the caller to refuse.
func ParseDecimal(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "−", "-")
	if strings.Count(s, ",") == 1 {
		s = strings.ReplaceAll(s, ".", "")
		s = strings.Replace(s, ",", ".", 1)
	}
	return s
}

// Roman returns n (1..3999) as a Roman numeral, as parts of documents are
// numbered.
func Roman(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		v int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= d.v {
			b.WriteString(d.s)
			n -= d.v
		}
	}
	return b.String()
}
