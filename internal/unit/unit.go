// Package unit holds the administrative units that are assessed: provinces,
// districts, communes and agencies, with their dates of validity, the tree they
// form and the lists they are imported from.
package unit

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The levels of a unit. An agency may stand under any other unit; of the rest
// each stands under a unit of a level before its own.
const (
	Province = "province" // tỉnh, thành phố trực thuộc trung ương
	District = "district" // huyện, quận, thị xã (until 30 June 2025)
	Commune  = "commune"  // xã, phường, thị trấn, đặc khu
	Agency   = "agency"   // sở, ban, ngành
)

// Levels is every level from the top down.
func Levels() []string { return []string{Province, District, Commune, Agency} }

// Date is a day as 2006-01-02; "" is an open end. Two days compare as strings.
type Date string

// Day returns the day of t in t's own time zone.
func Day(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Unit is one administrative unit. Code is unique among all units and never
// used again. ValidFrom is its first day, ValidTo its last one (both included,
// "" when open). Predecessors are the codes of the units it was made from.
type Unit struct {
	Code         string   `bson:"code" json:"code"`
	Name         string   `bson:"name" json:"name"`
	Level        string   `bson:"level" json:"level"`
	Parent       string   `bson:"parent" json:"parent,omitempty"`
	ValidFrom    Date     `bson:"from,omitempty" json:"from,omitempty"`
	ValidTo      Date     `bson:"to,omitempty" json:"to,omitempty"`
	Predecessors []string `bson:"pred,omitempty" json:"pred,omitempty"`
}

// Valid reports whether the unit exists on a day; "" asks for no day in
// particular and is always true.
func (u Unit) Valid(on Date) bool {
	if on == "" {
		return true
	}
	return (u.ValidFrom == "" || u.ValidFrom <= on) && (u.ValidTo == "" || on <= u.ValidTo)
}

// ValidOn returns the units that exist on a day, in the order given.
func ValidOn(units []Unit, on Date) []Unit {
	return filter(units, func(u Unit) bool { return u.Valid(on) })
}

// AtLevel returns the units of any of the levels, in the order given.
func AtLevel(units []Unit, levels ...string) []Unit {
	return filter(units, func(u Unit) bool {
		for _, l := range levels {
			if u.Level == l {
				return true
			}
		}
		return false
	})
}

func filter(units []Unit, keep func(Unit) bool) []Unit {
	var kept []Unit
	for _, u := range units {
		if keep(u) {
			kept = append(kept, u)
		}
	}
	return kept
}

// ParseLevel returns the level that a word means: a level's own name or a
// Vietnamese word with or without accents. "Thành phố" alone is a district when
// it stands under another unit and a province otherwise. The result is "" when
// the word is unknown.
func ParseLevel(word string, hasParent bool) string {
	switch fold(word) {
	case "province", "tinh", "thanh pho trung uong", "thanh pho truc thuoc trung uong", "cap tinh", "tinh/thanh pho":
		return Province
	case "thanh pho", "tp":
		if hasParent {
			return District
		}
		return Province
	case "district", "huyen", "quan", "thi xa", "thanh pho thuoc tinh", "thanh pho thuoc thanh pho",
		"thanh pho thuoc thanh pho truc thuoc trung uong", "cap huyen":
		return District
	case "commune", "xa", "phuong", "thi tran", "dac khu", "cap xa":
		return Commune
	case "agency", "so", "nganh", "so nganh", "so, nganh", "so, ban, nganh", "ban", "co quan", "don vi":
		return Agency
	}
	return ""
}

// fold is for comparing words: NFC-safe, lower case, without accents, single
// spaces.
func fold(s string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		}
		return r
	}, norm.NFD.String(strings.ToLower(s)))
	return strings.Join(strings.Fields(plain), " ")
}
