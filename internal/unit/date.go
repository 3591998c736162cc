package unit

import (
	"strconv"
	"strings"
	"time"
)

// The days a list may name: anything outside is a typing error.
const (
	firstDay Date = "1900-01-01"
	lastDay  Date = "2199-12-31"
)

// ParseDate reads 2026-07-01, 1/7/2026, 01-07-2026, 01.07.2026 or the number of
// days that Excel stores (46204); "" is the open date. It is false for anything
// else and for days outside 1900..2199.
func ParseDate(s string) (Date, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", true
	}
	var day time.Time
	var err error
	if n, isNumber := excelDays(s); isNumber {
		day = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n)
	} else if day, err = time.Parse("2006-1-2", s); err != nil {
		day, err = time.Parse("2/1/2006", strings.NewReplacer("-", "/", ".", "/").Replace(s))
	}
	if err != nil || Day(day) < firstDay || Day(day) > lastDay || day.Year() > 9999 {
		return "", false
	}
	return Day(day), true
}

// excelDays reads a serial day number; five digits reach from 1927 to 2173, so
// that a bare year is never taken for one.
func excelDays(s string) (int, bool) {
	s = strings.TrimSuffix(s, ".0")
	if len(s) != 5 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 10000
}
