package xlsx

import (
	"io"
	"time"

	"thanthien/internal/vi"
)

// SurveyReport is the official report of one or more campaigns. Everything in
// it has been suppressed by the caller where it must be.
type SurveyReport struct {
	Head      Head
	Notes     []string // whether small cells are hidden, and what that means
	Campaigns []SurveyCampaign
	Made      time.Time
}

// SurveyCampaign is one campaign: its facts and its tables. Units, Groups,
// Questions and Flags have the columns that their writer says.
type SurveyCampaign struct {
	Title     string
	Lines     []string // form, window, totals
	Units     [][]any  // name, n, needed, index, low, high, state
	Groups    [][]any  // unit, group, n, needed, index, low, high
	Whole     [][]any  // question, option, count, share: all units together
	Questions [][]any  // unit, question, option, count, share
	Flags     [][]any  // unit, then one count for each flag, excluded
}

// Survey writes the report: a document of units with their index, then by unit
// and group, the distribution by question over all units, the quality flags,
// and last the distribution of every unit, which is to search in, not to print.
func Survey(w io.Writer, r SurveyReport) error {
	b := newBook(vi.Text("stats.bookTitle"), r.Made)
	for i, c := range r.Campaigns {
		mark := ""
		if len(r.Campaigns) > 1 {
			mark = vi.Roman(i+1) + ". "
		}
		lines := append(append([]string{c.Title}, c.Lines...), r.Notes...)
		b.surveySheet(r.Head, vi.Text("stats.bookTitle"), SurveyTable{Sheet: mark + vi.Text("xlsx.sheetIndex"), Lines: lines, Columns: surveyUnitColumns(), Rows: c.Units})
		b.surveySheet(Head{}, vi.Text("stats.byGroup"), SurveyTable{Sheet: mark + vi.Text("stats.sheetGroups"), Lines: []string{c.Title}, Columns: surveyGroupColumns(), Rows: c.Groups})
		b.surveySheet(Head{}, vi.Text("stats.byQuestion"), SurveyTable{Sheet: mark + vi.Text("xlsx.sheetQuestions"), Lines: []string{c.Title}, Columns: surveyQuestionColumns()[1:], Rows: c.Whole})
		if len(c.Flags) > 0 {
			b.surveySheet(Head{}, vi.Text("stats.flagsTitle"), SurveyTable{Sheet: mark + vi.Text("stats.sheetFlags"), Lines: []string{c.Title}, Columns: surveyFlagColumns(), Rows: c.Flags})
		}
		b.surveySheet(Head{}, vi.Text("stats.appendix"), SurveyTable{Sheet: mark + vi.Text("stats.sheetAppendix"), Lines: []string{c.Title, vi.Text("stats.appendixNote")},
			Columns: surveyQuestionColumns(), Rows: c.Questions, Appendix: true})
	}
	return b.write(w)
}

func surveyUnitColumns() []SurveyColumn {
	return []SurveyColumn{{vi.Text("xlsx.colUnit"), false, 32}, {vi.Text("xlsx.colResponses"), true, 10}, {vi.Text("stats.need"), true, 10}, {vi.Text("xlsx.colIndex"), true, 10},
		{vi.Text("xlsx.colLow"), true, 10}, {vi.Text("xlsx.colHigh"), true, 10}, {vi.Text("stats.colState"), false, 16}}
}

func surveyGroupColumns() []SurveyColumn {
	return []SurveyColumn{{vi.Text("xlsx.colUnit"), false, 28}, {vi.Text("stats.colGroup"), false, 26}, {vi.Text("xlsx.colResponses"), true, 10}, {vi.Text("stats.need"), true, 10}, {vi.Text("xlsx.colIndex"), true, 10},
		{vi.Text("xlsx.colLow"), true, 10}, {vi.Text("xlsx.colHigh"), true, 10}}
}

func surveyQuestionColumns() []SurveyColumn {
	return []SurveyColumn{{vi.Text("xlsx.colUnit"), false, 24}, {vi.Text("xlsx.colQuestionText"), false, 44}, {vi.Text("xlsx.colOptionText"), false, 26}, {vi.Text("xlsx.colCount"), true, 10}, {vi.Text("stats.sharePercent"), true, 10}}
}

func surveyFlagColumns() []SurveyColumn {
	return []SurveyColumn{{vi.Text("xlsx.colUnit"), false, 32}, {vi.Text("stats.flag.fast"), true, 13}, {vi.Text("stats.flag.straight"), true, 13},
		{vi.Text("stats.flag.burst"), true, 13}, {vi.Text("stats.flag.duplicate"), true, 13}, {vi.Text("stats.excluded"), true, 13}}
}
