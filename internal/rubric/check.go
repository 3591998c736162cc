package rubric

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// checker lists what is wrong with a set. Paths in bad are already reported,
// so nothing more is said about them. Sums are still checked over numbers that
// are wrong, but not over unread ones.
type checker struct {
	bad      map[string]bool
	unread   map[string]bool // the part of bad that could not be read at all
	problems []fault.Problem
	decimals int
	codes    map[string]bool // of groups and criteria
	leaves   int
}

// report adds the first problem of a path.
func (c *checker) report(p fault.Problem) {
	if !c.bad[p.Path] {
		c.bad[p.Path] = true
		c.problems = append(c.problems, p)
	}
}

// set checks everything; formulas are compiled into their rules.
func (c *checker) set(s *Set) {
	c.decimals, c.codes = s.Decimals, map[string]bool{}
	c.head(s)
	c.codeList("papers", len(s.Papers), func(i int) (string, string) { return s.Papers[i].Code, s.Papers[i].Title })
	c.codeList("conditions", len(s.Conditions), func(i int) (string, string) { return s.Conditions[i].Code, s.Conditions[i].Title })
	if len(s.Groups) == 0 {
		c.report(fault.Problem{Path: "groups", Key: "rubric.noGroups"})
	}
	for i := range s.Groups {
		c.group(&s.Groups[i], at("groups", i))
	}
	if c.leaves > MaxLeaves {
		c.report(fault.Problem{Path: "groups", Key: "rubric.leaves", Args: []any{MaxLeaves, c.leaves}})
	}
	c.total(s)
	c.tieBreak(s)
	if s.Recognition != nil {
		c.recognition(s)
	}
}

func (c *checker) head(s *Set) {
	if !ValidSlug(s.ID) {
		c.report(fault.Problem{Path: "id", Key: "rubric.slug", Args: []any{short(s.ID), MaxSlug}})
	}
	if s.Version < 1 || s.Version > MaxVersion {
		c.report(fault.Problem{Path: "version", Key: "rubric.wantWhole", Args: []any{"version", 1, MaxVersion, s.Version}})
	}
	c.text("title", s.Title, MaxTitle)
	if s.Decimals < 0 || s.Decimals > MaxDecimals {
		c.report(fault.Problem{Path: "decimals", Key: "rubric.wantWhole", Args: []any{"decimals", 0, MaxDecimals, s.Decimals}})
		c.decimals = MaxDecimals
	}
	c.oneOf("not_applicable", s.NotApplicable, Rescale, Full, Zero)
	if len(s.AppliesTo) == 0 {
		c.report(fault.Problem{Path: "applies_to", Key: "rubric.missingField", Args: []any{"applies_to"}})
	}
	for i, level := range s.AppliesTo {
		if !ValidSlug(level) || slices.Contains(s.AppliesTo[:i], level) {
			c.report(fault.Problem{Path: at("applies_to", i), Key: "rubric.level", Args: []any{short(level)}})
		}
	}
	if d := s.Decision; d != nil && d.Date != "" {
		if _, err := time.Parse(time.DateOnly, d.Date); err != nil {
			c.report(fault.Problem{Path: "decision.date", Key: "rubric.date", Args: []any{short(d.Date)}})
		}
	}
}

// text wants a title-like text that is there.
func (c *checker) text(path, s string, most int) {
	if s == "" {
		c.report(fault.Problem{Path: path, Key: "rubric.missingField", Args: []any{path[lastPart(path):]}})
	}
	if utf8.RuneCountInString(s) > most {
		c.report(fault.Problem{Path: path, Key: "rubric.textLong", Args: []any{path[lastPart(path):], most}})
	}
}

func lastPart(path string) int {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' {
			return i + 1
		}
	}
	return 0
}

func (c *checker) oneOf(path, got string, allowed ...string) {
	if !slices.Contains(allowed, got) {
		c.report(fault.Problem{Path: path, Key: "rubric.oneOf", Args: []any{short(got), strings.Join(allowed, ", ")}})
	}
}

// codeList checks the codes and titles of papers, conditions or bands.
func (c *checker) codeList(path string, n int, entry func(i int) (code, title string)) {
	seen := map[string]bool{}
	if n > MaxList {
		c.report(fault.Problem{Path: path, Key: "rubric.listLong", Args: []any{path, MaxList}})
		return
	}
	for i := range n {
		code, title := entry(i)
		c.code(join(at(path, i), "code"), code, seen)
		c.text(join(at(path, i), "title"), title, MaxTitle)
	}
}

// code wants a valid code that is not in seen yet, and adds it.
func (c *checker) code(path, code string, seen map[string]bool) {
	switch {
	case c.bad[path]:
	case !ValidCode(code):
		c.report(fault.Problem{Path: path, Key: "rubric.code", Args: []any{short(code), MaxCode}})
	case seen[code]:
		c.report(fault.Problem{Path: path, Key: "rubric.codeTwice", Args: []any{code}})
	}
	seen[code] = true
}

// ValidCode reports whether s can be the code of a group, criterion, level,
// paper, condition or band: letters, digits, ".", "-", "_", up to MaxCode
// characters, beginning with a letter or digit.
func ValidCode(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > MaxCode {
		return false
	}
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && (i == 0 || r != '.' && r != '-' && r != '_') {
			return false
		}
	}
	return true
}

// ValidSlug reports whether s is a set's id: small letters, digits and single
// "-" between them, up to MaxSlug characters.
func ValidSlug(s string) bool {
	for i := range len(s) {
		c := s[i]
		inner := c == '-' && i > 0 && i < len(s)-1 && s[i-1] != '-'
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !inner {
			return false
		}
	}
	return s != "" && len(s) <= MaxSlug
}

// points wants lo <= x <= hi and, when whole, a multiple of 10^-decimals. It
// reports whether x can be used further.
func (c *checker) points(path string, x, lo, hi Num, exact bool) bool {
	switch {
	case c.bad[path]:
		return false
	case x.Cmp(lo) < 0 || x.Cmp(hi) > 0:
		c.report(fault.Problem{Path: path, Key: "rubric.range", Args: []any{x, lo, hi}})
		return false
	case exact && !x.MultipleOf(Frac(1, pow10[c.decimals])):
		c.report(fault.Problem{Path: path, Key: "rubric.decimals", Args: []any{x, c.decimals}})
	}
	return true
}

// total wants the sum of the normal groups and a sensible cap.
func (c *checker) total(s *Set) {
	var sum Num
	usable := !c.unread["groups"]
	for i, g := range s.Groups {
		if g.Kind == Normal {
			sum = sum.Add(g.Max)
			usable = usable && !c.unread[join(at("groups", i), "max")]
		}
		usable = usable && !c.bad[join(at("groups", i), "kind")]
	}
	limit := Int(MaxPoints)
	if c.points("total", s.Total, Frac(1, 100), limit, true) && usable && !sum.Equal(s.Total) {
		c.report(fault.Problem{Path: "total", Key: "rubric.totalSum", Args: []any{s.Total, sum}})
	}
	if s.MaxTotal != nil {
		c.points("max_total", *s.MaxTotal, Frac(1, 100), limit, true)
	}
}

func (c *checker) tieBreak(s *Set) {
	for i, code := range s.TieBreak {
		known := slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Code == code })
		if !known {
			c.report(fault.Problem{Path: at("tie_break", i), Key: "rubric.unknownGroup", Args: []any{short(code)}})
		} else if slices.Contains(s.TieBreak[:i], code) {
			c.report(fault.Problem{Path: at("tie_break", i), Key: "rubric.codeTwice", Args: []any{code}})
		}
	}
}
