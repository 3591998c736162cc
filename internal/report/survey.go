package report

import (
	"context"
	"strconv"

	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// Survey is the survey report over campaigns, named by their ids. Unless full,
// small cells are hidden as on the pages for those outside the team, and
// quality flags are left out.
func Survey(ctx context.Context, s *store.Store, campaigns []string, full bool) (xlsx.SurveyReport, error) {
	settings, _, err := s.Settings(ctx)
	if err != nil {
		return xlsx.SurveyReport{}, err
	}
	r := xlsx.SurveyReport{Head: head(settings, s.Now()), Made: s.Now()}
	if full { // else every campaign says what is hidden
		r.Notes = []string{vi.Text("stats.bookFull")}
	}
	units, err := s.Units(ctx)
	if err != nil {
		return r, err
	}
	names := map[string]unit.Unit{}
	for _, u := range units {
		names[u.Code] = u
	}
	for _, id := range campaigns {
		b := surveyOf{names: names, full: full}
		if err := b.read(ctx, s, id); err != nil {
			return r, err
		}
		r.Campaigns = append(r.Campaigns, b.campaignSheets())
	}
	return r, nil
}

// SmallNotes say that small cells are hidden, and how many units were too small
// to be in the sums.
func SmallNotes(left int) []string {
	notes := []string{vi.Text("admin.small", survey.LeastCell)}
	if left > 0 {
		notes = append(notes, vi.Text("stats.left", left, survey.LeastCell))
	}
	return notes
}

// surveyOf is one campaign on its way into the workbook.
type surveyOf struct {
	campaign survey.Campaign
	form     *survey.Form
	counts   map[string]*store.UnitCounts
	plan     survey.Populations
	shown    survey.Overview
	excluded int64         // responses that do not count
	gross    *survey.Tally // with them
	names    map[string]unit.Unit
	full     bool
}

func (b *surveyOf) read(ctx context.Context, s *store.Store, id string) (err error) {
	if b.campaign, err = s.Campaign(ctx, id); err != nil {
		return err
	}
	if b.form, err = s.Form(ctx, b.campaign.FormID, b.campaign.FormVer); err != nil {
		return err
	}
	if b.counts, err = s.Counts(ctx, &b.campaign); err != nil {
		return err
	}
	if b.plan, _, err = s.Populations(ctx, id); err != nil {
		return err
	}
	parts := map[string]survey.Part{}
	b.gross = survey.NewTally(b.form)
	for _, code := range b.campaign.Units {
		if n := b.counts[code]; n != nil {
			if n.Excluded != nil {
				b.excluded += n.Excluded.N()
			}
			if err := b.gross.Merge(n.All); err != nil {
				return err
			}
			parts[code] = survey.Part{Counted: n.Net(), Channels: n.ByChannel}
		} else {
			parts[code] = survey.Part{Counted: survey.NewTally(b.form)}
		}
	}
	if b.shown, err = survey.NewOverview(b.form, parts); err == nil && !b.full {
		b.shown, err = b.shown.Suppress()
	}
	return err
}

func (b *surveyOf) name(code string) string {
	if n := b.names[code].Name; n != "" {
		return n
	}
	return code
}

func (b *surveyOf) campaignSheets() xlsx.SurveyCampaign {
	w := &b.shown.Whole
	c := xlsx.SurveyCampaign{Title: b.campaign.Title, Lines: []string{
		b.form.Title + " (" + store.Ref(b.form.ID, b.form.Version) + ")",
		vi.Text("stats.bookWindow", vi.DateTime(b.campaign.Opens), vi.DateTime(b.campaign.Closes)),
		vi.Text("stats.bookTotal", count(w.N), figureText(w.Index), figureText(w.Low), figureText(w.High)),
	}}
	if b.excluded > 0 && (b.full || !b.shown.ExcludedTells(b.excluded)) {
		r := b.gross.Report("")
		c.Lines = append(c.Lines, vi.Text("stats.bookGross", count(b.excluded), count(r.N), figureText(r.Index), figureText(r.Low), figureText(r.High)))
	}
	if !b.full {
		c.Lines = append(c.Lines, SmallNotes(b.shown.Left)...)
	}
	for _, u := range b.shown.Units {
		c.Units = append(c.Units, b.unitRow(u))
		c.Groups = append(c.Groups, b.groupRows(u)...)
	}
	asked := any("")
	for _, row := range b.questionRows("", *w) {
		row = row[1:] // without the name
		if row[0] == asked {
			row[0] = "" // a question stands once, above its options
		} else {
			asked = row[0]
		}
		c.Whole = append(c.Whole, row)
	}
	for _, u := range b.shown.Units {
		if u.N > 0 {
			c.Questions = append(c.Questions, b.questionRows(b.name(u.Unit), u)...)
		}
		if b.full {
			c.Flags = append(c.Flags, b.flagRow(u.Unit))
		}
	}
	return c
}

func (b *surveyOf) unitRow(u survey.UnitReport) []any {
	need, known, state := int64(0), false, ""
	for _, g := range b.campaign.RespondentGroups(b.form) {
		if n, ok := b.campaign.Need(b.plan, u.Unit, g); ok {
			need, known = need+int64(n), true
		}
	}
	wanted := any("")
	if known {
		wanted = need
		if u.N < need {
			state = vi.Text("stats.short")
		}
	}
	return []any{b.name(u.Unit), countValue(u.N), wanted, figureValue(u.Index), figureValue(u.Low), figureValue(u.High), state}
}

func (b *surveyOf) groupRows(u survey.UnitReport) (rows [][]any) {
	for _, g := range b.campaign.RespondentGroups(b.form) {
		r, _ := u.Groups.Get(g)
		wanted := any("")
		if n, ok := b.campaign.Need(b.plan, u.Unit, g); ok {
			wanted = int64(n)
		}
		low, high := b.groupInterval(u.Unit, g, r)
		rows = append(rows, []any{b.name(u.Unit), vi.Text("group." + g), countValue(r.N), wanted, figureValue(r.Index), figureValue(low), figureValue(high)})
	}
	return rows
}

// groupInterval is the interval of a group's index, where that is shown. With
// little left of the counts it would tell them, so it is suppressed with them.
func (b *surveyOf) groupInterval(code, group string, shown survey.GroupReport) (low, high *string) {
	n := b.counts[code]
	if n == nil || shown.Index == nil {
		return nil, nil
	}
	r := n.Net().Only(group).Report(code)
	if !b.full {
		r = survey.Suppress(r)
	}
	return r.Low, r.High
}

// questionRows are the options of every question of a report; a share is of all
// answers to the question, and missing where some are hidden.
func (b *surveyOf) questionRows(name string, u survey.UnitReport) (rows [][]any) {
	for _, q := range b.form.Questions() {
		r, _ := u.Questions.Get(q.Code)
		total, hidden := int64(0), false
		for _, o := range r.Counts {
			total += max(o.Value, 0)
			hidden = hidden || o.Value == survey.Hidden
		}
		if q.Kind == survey.Multi {
			total = r.N
		}
		for _, o := range r.Counts {
			share := any("")
			if !hidden && total > 0 {
				share, _ = strconv.ParseFloat(rubric.Frac(100*min(o.Value, total), total).Decimal(2), 64)
			}
			rows = append(rows, []any{name, q.Code + ". " + q.Text, optionLabel(q, o.Code), countValue(o.Value), share})
		}
		if len(r.Counts) == 0 {
			rows = append(rows, []any{name, q.Code + ". " + q.Text, vi.Text("stats.answers"), countValue(r.N), ""})
		}
	}
	return rows
}

func (b *surveyOf) flagRow(code string) []any {
	row, n := []any{b.name(code)}, b.counts[code]
	for _, f := range []survey.Flags{survey.Fast, survey.Straight, survey.Burst, survey.Duplicate} {
		if n == nil {
			row = append(row, int64(0))
		} else {
			row = append(row, n.Flags[f])
		}
	}
	if n == nil || n.Excluded == nil {
		return append(row, int64(0))
	}
	return append(row, n.Excluded.N())
}

func optionLabel(q *survey.Question, code string) string {
	for _, o := range q.Options {
		if o.Code == code {
			return o.Label
		}
	}
	return vi.Text("xlsx.optionOther")
}

func countValue(n int64) any {
	if n == survey.Hidden {
		return vi.Text("admin.hidden")
	}
	return n
}

func count(n int64) string {
	if n == survey.Hidden {
		return vi.Text("admin.hidden")
	}
	return vi.Int(n)
}

func figureValue(s *string) any {
	if s == nil {
		return ""
	}
	f, err := strconv.ParseFloat(*s, 64)
	if err != nil {
		return *s
	}
	return f
}

func figureText(s *string) string {
	if s == nil {
		return "–"
	}
	return vi.Decimal(*s)
}
