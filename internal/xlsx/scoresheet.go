package xlsx

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
)

// The score form ("phiếu chấm") goes out to be filled in without network and
// comes back: one sheet a unit, a sheet of notes, a hidden one with the choices
// of levels, and a hidden stamp that says what every cell held when it was
// exported. Rows are found by a hidden column, so they may move.

// scoreFormat is the version of the workbook's layout.
const scoreFormat = "score-1"

// choiceSheet is the hidden sheet that holds the lists of levels.
const choiceSheet = "_muc"

// sealStart begins the line of the stamp that proves the others; every other
// line is a JSON list of texts, so that no spreadsheet reads it as a number.
const sealStart = "seal:"

// MaxScoreUnits is the most units in one workbook.
const MaxScoreUnits = 250

// The parts of a row's key: a leaf or condition, and the input of a formula.
const (
	keySplit     = "|" // no code has it; a tab does not outlive LibreOffice
	keyCondition = dossier.ConditionPrefix
)

// ScoreForms are the dossiers of one person at one stage of a period. Seal
// makes a code that nobody else can make; it guards the stamp.
type ScoreForms struct {
	Period, PeriodTitle string
	Stage, StageTitle   string
	Member, MemberName  string // login of who fills it in; Member is "" where all share a sheet
	Set                 *rubric.Set
	Units               []ScoreForm
	Made                time.Time
	Seal                func(text string) string
}

// ScoreForm is one dossier. Cells are what the person's sheet holds now, by
// leaf, or keyCondition and condition. Shown are the points of other stages.
type ScoreForm struct {
	Unit, Name string
	Round      int
	Rev        int64
	Cells      map[string]ScoreCell
	Shown      []ScoreColumn
}

// ScoreCell is what stands in one cell of a dossier.
type ScoreCell struct {
	Mark score.Mark
	Note string
}

// ScoreColumn is what another stage gave, as text by leaf or condition.
type ScoreColumn struct {
	Title string
	Texts map[string]string
}

// ScoreStamp is what the hidden sheet says.
type ScoreStamp struct {
	Period, Stage, Member string
	Set                   string
	Version               int
	Units                 []ScoreUnitStamp
}

// ScoreUnitStamp is the part of one sheet.
type ScoreUnitStamp struct {
	Unit  string
	Sheet string // its name when it was made, for messages
	Round int
	Rev   int64
}

// The columns of a sheet. Those of other stages stand before the inputs.
type scoreColumns struct {
	code, title, max, how, shown, value, second, na, note, key int
}

const (
	scoreHeadRow = 5
	widthHow     = 30
)

func scoreColumnsOf(shown int) scoreColumns {
	c := scoreColumns{code: 1, title: 2, max: 3, how: 4, shown: 5}
	c.value = c.shown + shown
	c.second, c.na, c.note, c.key = c.value+1, c.value+2, c.value+3, c.value+4
	return c
}

// scoreBook is the workbook being written.
type scoreBook struct {
	*book
	ScoreForms
	stamp  [][]string
	levels map[string]string // reference of a leaf's choices
	names  map[string]bool
}

// WriteScoreForms writes the workbook to fill in.
func WriteScoreForms(w io.Writer, f ScoreForms) error {
	b := &scoreBook{book: newBook(f.PeriodTitle, f.Made), ScoreForms: f, levels: map[string]string{}, names: map[string]bool{}}
	b.stamp = [][]string{{"format", scoreFormat}, {"period", f.Period}, {"stage", f.Stage}, {"member", f.Member}, {"set", f.Set.ID}, {"version", strconv.Itoa(f.Set.Version)}}
	b.refs()
	for i := range f.Units {
		b.unit(&f.Units[i])
	}
	b.notes()
	b.choices()
	b.writeStamp()
	return b.write(w)
}

// refs lays out where each leaf's choices will stand.
func (b *scoreBook) refs() {
	col := 0
	for _, leaf := range b.Set.Leaves() {
		if leaf.Rule.Type == rubric.RuleLevels {
			col++
			b.levels[leaf.Code] = "'" + choiceSheet + "'!" + area(1, col, len(leaf.Rule.Levels), col, true)
		}
	}
}

func (b *scoreBook) choices() {
	if len(b.levels) == 0 {
		return
	}
	s := b.sheet(choiceSheet, 30)
	col := 0
	for _, leaf := range b.Set.Leaves() {
		if leaf.Rule.Type == rubric.RuleLevels {
			col++
			for i := range leaf.Rule.Levels {
				s.text(i+1, col, levelLabel(leaf.Rule, i), style{})
			}
		}
	}
	s.hide()
}

// hide keeps a sheet from people's eyes and hands.
func (s *sheet) hide() {
	s.before = append(s.before, func() error { return s.book.file.SetSheetVisible(s.name, false, true) })
}

// levelLabel is a level as it is chosen; equal labels are told apart.
func levelLabel(rule *rubric.Rule, i int) string {
	l := rule.Levels[i]
	label := strings.Join(strings.Fields(l.Label), " ")
	for j, o := range rule.Levels {
		if j != i && vi.Fold(o.Label) == vi.Fold(l.Label) {
			return label + " (" + l.Code + ")"
		}
	}
	if label == "" {
		return l.Code
	}
	return label
}

func (b *scoreBook) writeStamp() {
	s := b.sheet(stampSheet, 60)
	lines := make([]string, len(b.stamp))
	for i, line := range b.stamp {
		text, _ := json.Marshal(line) // strings always encode
		lines[i] = string(text)
	}
	for i, line := range append(lines, sealStart+b.Seal(strings.Join(lines, "\n"))) {
		s.text(i+1, 1, line, style{format: "@"})
	}
	s.hide()
}

// sheetName is a name that no other sheet has and that Excel takes.
func sheetName(name, code string, taken map[string]bool) string {
	clean := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return ' '
		}
		return r
	}, name), "' ")
	cut := func(s string, n int) string {
		if r := []rune(s); len(r) > n {
			return strings.TrimSpace(string(r[:n]))
		}
		return s
	}
	out := cut(clean, excelize.MaxSheetNameLength)
	if key := strings.ToLower(out); out == "" || taken[key] {
		out = cut(clean, excelize.MaxSheetNameLength-len([]rune(code))-1) + " " + code
	}
	out = strings.TrimSpace(out)
	taken[strings.ToLower(out)] = true
	return out
}

// unit writes the sheet of one dossier.
func (b *scoreBook) unit(f *ScoreForm) {
	c := scoreColumnsOf(len(f.Shown))
	widths := []float64{8, 46, 9, widthHow}
	for range f.Shown {
		widths = append(widths, 12)
	}
	widths = append(widths, 16, 11, 11, 34, 3)
	name := sheetName(f.Name, f.Unit, b.names)
	s := b.sheet(name, widths...)
	s.line(1, 1, c.note, strings.ToUpper(vi.Text("scoresheet.formTitle")), style{size: sizeTitle, bold: true, align: "center"})
	s.line(2, 1, c.note, f.Name+" · "+b.PeriodTitle, style{size: sizeHead, bold: true, align: "center"})
	who := b.StageTitle
	if b.MemberName != "" {
		who += " · " + b.MemberName
	}
	if b.Member != "" && f.Round > 1 {
		who += " · " + vi.Text("scoresheet.round", f.Round)
	}
	s.line(3, 1, c.note, who, style{size: sizeHead, align: "center"})
	s.line(4, 1, c.note, vi.Text("scoresheet.formHint"), style{italic: true, align: "center"})
	b.heads(s, f, c)
	b.stamp = append(b.stamp, []string{"unit", f.Unit, name, strconv.Itoa(f.Round) + "/" + strconv.FormatInt(f.Rev, 10)})
	r := &scoreRows{book: b, sheet: s, form: f, col: c, row: scoreHeadRow}
	r.write()
	s.repeat, s.freeze, s.wide, s.continued = [2]int{scoreHeadRow, scoreHeadRow}, [2]int{scoreHeadRow, 2}, true, true
	s.before = append(s.before, func() error {
		key, _ := excelize.ColumnNumberToName(c.key)
		return b.file.SetColVisible(name, key, false)
	})
	s.lock()
}

// lock is protect for a sheet whose rows stay.
func (s *sheet) lock() {
	s.before = append(s.before, func() error {
		return s.book.file.ProtectSheet(s.name, &excelize.SheetProtectionOptions{
			SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true,
		})
	})
}

func (b *scoreBook) heads(s *sheet, f *ScoreForm, c scoreColumns) {
	for col, text := range map[int]string{
		c.code: vi.Text("scoresheet.colNo"), c.title: vi.Text("scoresheet.colContent"), c.max: vi.Text("scoresheet.colMax"), c.how: vi.Text("scoresheet.colHow"),
		c.value: vi.Text("scoresheet.colValue"), c.second: vi.Text("scoresheet.colSecond"), c.na: vi.Text("scoresheet.colNA"), c.note: vi.Text("scoresheet.colNote"),
	} {
		s.text(scoreHeadRow, col, text, headLook())
	}
	for i, shown := range f.Shown {
		s.text(scoreHeadRow, c.shown+i, shown.Title, headLook())
	}
	s.text(scoreHeadRow, c.key, "unit"+keySplit+f.Unit, style{format: "@"})
	s.fit(scoreHeadRow)
}

// notes explains the workbook to who fills it in.
func (b *scoreBook) notes() {
	s := b.sheet(vi.Text("xlsx.sheetNotes"), 100)
	s.continued = true
	s.line(1, 1, 1, vi.Text("scoresheet.notesTitle"), style{size: sizeTitle, bold: true})
	for i, text := range strings.Split(vi.Text("scoresheet.notes"), "\n") {
		s.line(i+2, 1, 1, text, style{size: 12})
	}
}
