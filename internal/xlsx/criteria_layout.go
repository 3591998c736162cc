package xlsx

import (
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// The workbook of a criteria set holds one sheet for the set's own fields, one
// for the tree of criteria, and one for each list that hangs from it. This file
// says what stands where; writing and reading follow it.

// word pairs a value of the format with what an official chooses for it.
type word struct{ value, shown string }

// field is a column of a table, or a line of the sheet of the set's own fields.
// key is the field's name in the format.
type field struct {
	key    string
	title  string
	note   string // for the set's own fields
	width  float64
	number bool
	words  []word
	list   bool // several values, parted by commas
}

// layout is one sheet of the workbook.
type layout struct {
	sheet  string
	fields []field
}

// The keys of columns that the format has no name for.
const (
	keyLevel     = "#level"     // depth in the tree, 1 for a group
	keyCriterion = "#criterion" // code of the criterion that a row belongs to
)

func yesNoWords() []word {
	return []word{{"true", vi.Text("xlsx.yes")}, {"false", vi.Text("xlsx.no")}}
}

func levelWords() []word {
	return []word{
		{unit.Province, vi.Text("xlsx.levelProvince")}, {unit.District, vi.Text("xlsx.levelDistrict")},
		{unit.Commune, vi.Text("xlsx.levelCommune")}, {unit.Agency, vi.Text("xlsx.levelAgency")},
	}
}

func kindWords() []word {
	return []word{{rubric.Normal, vi.Text("xlsx.kindNormal")}, {rubric.Bonus, vi.Text("xlsx.kindBonus")}, {rubric.Penalty, vi.Text("xlsx.kindPenalty")}}
}

func ruleWords() []word {
	return []word{
		{rubric.RulePoints, vi.Text("xlsx.rulePoints")}, {rubric.RuleLevels, vi.Text("xlsx.ruleLevels")}, {rubric.RuleRatio, vi.Text("xlsx.ruleRatio")},
		{rubric.RuleExternal, vi.Text("xlsx.ruleExternal")}, {rubric.RuleSurvey, vi.Text("xlsx.ruleSurvey")},
		{rubric.RuleCount, vi.Text("xlsx.ruleCount")}, {rubric.RuleFormula, vi.Text("xlsx.ruleFormula")},
	}
}

func evidenceWords() []word {
	return []word{
		{rubric.EvidenceRequired, vi.Text("xlsx.evidenceRequired")}, {rubric.EvidenceOptional, vi.Text("xlsx.evidenceOptional")},
		{rubric.EvidenceNone, vi.Text("xlsx.evidenceNone")},
	}
}

func missingWords() []word {
	return []word{{rubric.MissingBlock, vi.Text("xlsx.missingBlock")}, {rubric.MissingZero, vi.Text("xlsx.missingZero")}, {rubric.MissingNA, vi.Text("xlsx.missingNA")}}
}

func exemptWords() []word {
	return []word{{rubric.Rescale, vi.Text("xlsx.naRescale")}, {rubric.Full, vi.Text("xlsx.naFull")}, {rubric.Zero, vi.Text("xlsx.naZero")}}
}

func conditionWords() []word {
	return []word{{rubric.ConditionsAll, vi.Text("xlsx.conditionsAll")}, {rubric.ConditionsNone, vi.Text("xlsx.conditionsNone")}}
}

// infoFields are the set's own fields, in order; those of the recognition begin
// with its name.
func infoFields() layout {
	return layout{vi.Text("xlsx.sheetInfo"), []field{
		{key: "id", title: vi.Text("xlsx.setID"), note: vi.Text("xlsx.setIDNote")},
		{key: "version", title: vi.Text("xlsx.setVersion"), note: vi.Text("xlsx.setVersionNote"), number: true},
		{key: "title", title: vi.Text("xlsx.setTitle")},
		{key: "issued_by", title: vi.Text("xlsx.setIssuer")},
		{key: "decision.number", title: vi.Text("xlsx.setNumber")},
		{key: "decision.date", title: vi.Text("xlsx.setDate"), note: vi.Text("xlsx.setDateNote")},
		{key: "applies_to", title: vi.Text("xlsx.setLevels"), note: vi.Text("xlsx.setLevelsNote"), words: levelWords(), list: true},
		{key: "total", title: vi.Text("xlsx.setTotal"), note: vi.Text("xlsx.setTotalNote"), number: true},
		{key: "decimals", title: vi.Text("xlsx.setDecimals"), note: vi.Text("xlsx.setDecimalsNote"), number: true},
		{key: "not_applicable", title: vi.Text("xlsx.setExempt"), words: exemptWords()},
		{key: "max_total", title: vi.Text("xlsx.setMax"), note: vi.Text("xlsx.setMaxNote"), number: true},
		{key: "tie_break", title: vi.Text("xlsx.setTies"), note: vi.Text("xlsx.setTiesNote"), list: true},
		{key: "recognition.min_total", title: vi.Text("xlsx.setMinTotal"), number: true},
		{key: "recognition.min_group_percent", title: vi.Text("xlsx.setMinGroup"), number: true},
		{key: "recognition.min_criterion_percent", title: vi.Text("xlsx.setMinLeaf"), number: true},
		{key: "recognition.conditions", title: vi.Text("xlsx.setConditions"), words: conditionWords()},
	}}
}

func treeFields() layout {
	return layout{vi.Text("xlsx.sheetTree"), append([]field{
		{key: keyLevel, title: vi.Text("xlsx.treeLevel"), width: 6, number: true},
		{key: "code", title: vi.Text("xlsx.treeCode"), width: 9},
		{key: "title", title: vi.Text("xlsx.treeTitle"), width: 48},
		{key: "kind", title: vi.Text("xlsx.treeKind"), width: 9, words: kindWords()},
		{key: "max", title: vi.Text("xlsx.treeMax"), width: 9, number: true},
		{key: "guide", title: vi.Text("xlsx.treeGuide"), width: 60},
		{key: "evidence", title: vi.Text("xlsx.treeEvidence"), width: 13, words: evidenceWords()},
		{key: "na", title: vi.Text("xlsx.treeNA"), width: 10, words: yesNoWords()},
		{key: "rule.type", title: vi.Text("xlsx.treeRule"), width: 20, words: ruleWords()},
	}, ruleFields()...)}
}

// ruleFields are the parameters of all rules; each rule uses its own.
func ruleFields() []field {
	return []field{
		{key: "rule.step", title: vi.Text("xlsx.ruleStep"), width: 8, number: true},
		{key: "rule.zero_at", title: vi.Text("xlsx.ruleZero"), width: 9, number: true},
		{key: "rule.full_at", title: vi.Text("xlsx.ruleFull"), width: 9, number: true},
		{key: "rule.source", title: vi.Text("xlsx.ruleSource"), width: 28},
		{key: "rule.scale", title: vi.Text("xlsx.ruleScale"), width: 8, number: true},
		{key: "rule.form", title: vi.Text("xlsx.ruleForm"), width: 10},
		{key: "rule.questions", title: vi.Text("xlsx.ruleQuestions"), width: 12, list: true},
		{key: "rule.groups", title: vi.Text("xlsx.ruleGroups"), width: 18, list: true},
		{key: "rule.min_responses", title: vi.Text("xlsx.ruleResponses"), width: 9, number: true},
		{key: "rule.when_missing", title: vi.Text("xlsx.ruleMissing"), width: 14, words: missingWords()},
		{key: "rule.each", title: vi.Text("xlsx.ruleEach"), width: 8, number: true},
		{key: "rule.min", title: vi.Text("xlsx.ruleMin"), width: 8, number: true},
		{key: "rule.max", title: vi.Text("xlsx.ruleMax"), width: 8, number: true},
		{key: "rule.expr", title: vi.Text("xlsx.ruleExpr"), width: 34},
	}
}

func criterionField() field {
	return field{key: keyCriterion, title: vi.Text("xlsx.listCriterion"), width: 12}
}

func codeField(key string) field { return field{key: key, title: vi.Text("xlsx.listCode"), width: 14} }

func titleField(key string) field {
	return field{key: key, title: vi.Text("xlsx.listTitle"), width: 80}
}

func levelFields() layout {
	return layout{vi.Text("xlsx.sheetLevels"), []field{
		criterionField(), codeField("code"), titleField("label"), {key: "points", title: vi.Text("xlsx.listPoints"), width: 10, number: true},
	}}
}

func mapFields() layout {
	return layout{vi.Text("xlsx.sheetMap"), []field{
		criterionField(), {key: "min", title: vi.Text("xlsx.listFrom"), width: 14, number: true}, {key: "points", title: vi.Text("xlsx.listPoints"), width: 10, number: true},
	}}
}

func inputFields() layout {
	return layout{vi.Text("xlsx.sheetInputs"), []field{criterionField(), {key: "name", title: vi.Text("xlsx.listName"), width: 16}, titleField("title")}}
}

func conditionFields() layout {
	return layout{vi.Text("xlsx.sheetConditions"), []field{codeField("code"), titleField("title")}}
}

func paperFields() layout {
	return layout{vi.Text("xlsx.sheetPapers"), []field{
		codeField("code"), titleField("title"), {key: "required", title: vi.Text("xlsx.listRequired"), width: 10, words: yesNoWords()},
	}}
}

func bandFields() layout {
	return layout{vi.Text("xlsx.sheetBands"), []field{codeField("code"), titleField("title"), {key: "min", title: vi.Text("xlsx.listMin"), width: 12, number: true}}}
}

func floorFields() layout {
	return layout{vi.Text("xlsx.sheetFloors"), []field{
		{key: "group", title: vi.Text("xlsx.listGroup"), width: 14}, {key: "percent", title: vi.Text("xlsx.listPercent"), width: 16, number: true},
	}}
}

// show is what a cell says for a value of the format.
func (f field) show(value string) string {
	for _, w := range f.words {
		if w.value == value {
			return w.shown
		}
	}
	return value
}

// read is the value of the format for what a cell says: a word of the list in
// any case and without accents, or the value itself. It is false for a word
// that a closed list does not have.
func (f field) read(text string) (string, bool) {
	if f.number {
		return vi.ParseDecimal(text), true
	}
	for _, w := range f.words {
		if vi.Fold(w.shown) == vi.Fold(text) || strings.EqualFold(w.value, text) {
			return w.value, true
		}
	}
	return text, len(f.words) == 0 || f.list
}

// choices are the words of a list, for a message and for a cell's drop-down.
func (f field) choices() []string {
	list := make([]string, len(f.words))
	for i, w := range f.words {
		list[i] = w.shown
	}
	return list
}
