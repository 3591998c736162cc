// Package rubric holds criteria sets: reading them from YAML with every
// mistake named by line, writing them, looking things up and comparing two of
// them. A Set that Parse or New returned is sound and is never changed.
package rubric

// Limits of a criteria set. A file beyond one of them is refused at once.
const (
	MaxFileBytes   = 2 << 20   // bytes of the YAML file
	MaxDepth       = 6         // levels of criteria under a group
	MaxLeaves      = 2000      // criteria with a rule
	MaxList        = 200       // papers, conditions, levels, bands or inputs of one list
	MaxTitle       = 2000      // characters of a title, label, source or name
	MaxGuide       = 20000     // characters of a guide
	MaxCode        = 40        // characters of a code
	MaxSlug        = 64        // characters of an id
	MaxFormula     = 2000      // characters of an expr
	MaxFormulaNode = 500       // parts of an expr
	MaxFormulaBits = 4096      // bits of any number while an expr is worked out
	MaxExponent    = 64        // of a power in an expr
	MaxPoints      = 1_000_000 // of any maximum, cap or level
	MaxDecimals    = 2         // of a leaf score
	MaxVersion     = 1_000_000 // of a version number
	MaxProblems    = 1000      // listed for one file; the rest is only counted
)

// Defaults for what a file may leave out.
const (
	DefaultDecimals     = 2
	DefaultScale        = 100
	DefaultMinResponses = 30
	DefaultZeroAt       = 0
	DefaultFullAt       = 100
)
