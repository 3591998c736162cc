package rubric

// Modes of not_applicable: what a leaf marked N/A does.
const (
	Rescale = "rescale" // it leaves both sides of its group and of the total
	Full    = "full"    // it gets its max
	Zero    = "zero"    // it gets 0
)

// Kinds of a group.
const (
	Normal  = "normal"
	Bonus   = "bonus"   // added after rescaling, capped at the group's max
	Penalty = "penalty" // points <= 0, never below the group's (negative) max
)

// Types of a rule.
const (
	RulePoints   = "points"
	RuleLevels   = "levels"
	RuleRatio    = "ratio"
	RuleExternal = "external"
	RuleSurvey   = "survey"
	RuleCount    = "count"
	RuleFormula  = "formula"
)

// Evidence of a leaf.
const (
	EvidenceRequired = "required"
	EvidenceOptional = "optional"
	EvidenceNone     = "none"
)

// What a survey rule does without a usable index.
const (
	MissingBlock = "block" // the leaf is missing, the result incomplete
	MissingZero  = "zero"  // 0 points
	MissingNA    = "na"    // the leaf is not applicable
)

// Modes of recognition.conditions.
const (
	ConditionsAll  = "all"
	ConditionsNone = "none"
)

// Set is one version of a criteria set. Fill one by hand only to give it to
// New; after that read it, never change it.
type Set struct {
	ID            string       `json:"id"`
	Version       int          `json:"version"`
	Title         string       `json:"title"`
	IssuedBy      string       `json:"issued_by,omitempty"`
	Decision      *Decision    `json:"decision,omitempty"`
	AppliesTo     []string     `json:"applies_to"` // unit levels
	Total         Num          `json:"total"`
	Decimals      int          `json:"decimals"`
	NotApplicable string       `json:"not_applicable"`
	MaxTotal      *Num         `json:"max_total,omitempty"` // cap after bonus and penalty
	Papers        []Paper      `json:"papers,omitempty"`
	Conditions    []Condition  `json:"conditions,omitempty"`
	Groups        []Group      `json:"groups"`
	Recognition   *Recognition `json:"recognition,omitempty"` // nil: nobody is recognised
	TieBreak      []string     `json:"tie_break,omitempty"`   // group codes

	index *index
}

// Decision is the legal act that issued the set; Date is 2006-01-02 or "".
type Decision struct {
	Number string `json:"number"`
	Date   string `json:"date,omitempty"`
}

// Paper is a document of the dossier itself.
type Paper struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	Required bool   `json:"required,omitempty"`
}

// Condition is answered met or not met.
type Condition struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

// Group is a top-level part. Max is the sum of its leaves for a normal group,
// the cap of a bonus group, and the (negative) lowest score of a penalty group.
type Group struct {
	Code     string      `json:"code"`
	Title    string      `json:"title"`
	Kind     string      `json:"kind"`
	Max      Num         `json:"max"`
	Criteria []Criterion `json:"criteria"`
}

// Criterion is a node under a group: a leaf has Rule, an inner node Criteria.
// Max of an inner node is the sum of its children; in penalty groups it is 0.
type Criterion struct {
	Code     string      `json:"code"`
	Title    string      `json:"title"`
	Max      Num         `json:"max"`
	Guide    string      `json:"guide,omitempty"`
	Evidence string      `json:"evidence,omitempty"` // leaves only
	NA       bool        `json:"na,omitempty"`       // may be marked not applicable
	Rule     *Rule       `json:"rule,omitempty"`
	Criteria []Criterion `json:"criteria,omitempty"`
}

// Rule turns a mark into points. Only the fields of its Type are set.
type Rule struct {
	Type string `json:"type"`

	Step *Num `json:"step,omitempty"` // points

	Levels []Level `json:"levels,omitempty"` // levels

	Source string `json:"source,omitempty"` // external
	Scale  Num    `json:"scale,omitzero"`   // external: value is 0..Scale

	Form         string   `json:"form,omitempty"` // survey
	Questions    []string `json:"questions,omitempty"`
	Groups       []string `json:"groups,omitempty"` // of Respondents
	MinResponses int      `json:"min_responses,omitempty"`
	WhenMissing  string   `json:"when_missing,omitempty"`

	Each Num `json:"each,omitzero"` // count
	Min  Num `json:"min,omitzero"`
	Max  Num `json:"max,omitzero"`

	Inputs []Input `json:"inputs,omitempty"` // formula
	Expr   string  `json:"expr,omitempty"`

	Map *Map `json:"map,omitempty"` // ratio, external, survey

	program *Program
}

// Map turns a percentage into points: by Bands when there are any, linearly
// from ZeroAt (0 points) to FullAt (max points) otherwise.
type Map struct {
	Bands  []MapBand `json:"bands,omitempty"` // best first
	ZeroAt Num       `json:"zero_at"`
	FullAt Num       `json:"full_at"`
}

// MapBand gives Points from Min upwards.
type MapBand struct {
	Min    Num `json:"min"`
	Points Num `json:"points"`
}

// Level is one choice of a levels rule.
type Level struct {
	Code   string `json:"code"`
	Label  string `json:"label"`
	Points Num    `json:"points"`
}

// Input is a named number of a formula.
type Input struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Recognition says when a complete result is recognised. Percents are 0..100.
type Recognition struct {
	MinTotal            *Num         `json:"min_total,omitempty"`
	MinGroupPercent     *Num         `json:"min_group_percent,omitempty"`
	Groups              []GroupFloor `json:"groups,omitempty"` // takes the place of MinGroupPercent
	MinCriterionPercent *Num         `json:"min_criterion_percent,omitempty"`
	Conditions          string       `json:"conditions"`
	Bands               []Band       `json:"bands"` // best first
}

// GroupFloor is the floor of one normal group, in file order.
type GroupFloor struct {
	Group   string `json:"group"`
	Percent Num    `json:"percent"`
}

// Band is a class of recognition, from Min upwards.
type Band struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Min   Num    `json:"min"`
}
