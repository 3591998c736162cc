package site

import (
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// fillDetail turns a unit's report into words, with small cells hidden unless
// the visitor is in the team.
func fillDetail(p *view.CampaignDetail, form *survey.Form, c *survey.Campaign, all survey.UnitReport, team bool) {
	r := all
	if !team {
		r = survey.Suppress(all)
		p.Small = vi.Text("admin.small", survey.LeastCell)
	}
	p.Facts = []view.Fact{
		{Label: vi.Text("word.responses"), Value: countText(r.N)},
		{Label: vi.Text("word.index"), Value: indexText(r.Index)},
		{Label: vi.Text("word.interval"), Value: intervalText(r.Low, r.High)},
		{Label: vi.Text("word.indexCount"), Value: countText(r.IndexN)},
	}
	for _, g := range c.RespondentGroups(form) {
		group, _ := r.Groups.Get(g)
		p.Groups = append(p.Groups, view.GroupFigure{Name: vi.Text("group." + g), Count: countText(group.N), Index: indexText(group.Index)})
	}
	for _, q := range form.Questions() {
		if answers, ok := r.Questions.Get(q.Code); ok {
			whole, _ := all.Questions.Get(q.Code)
			p.Questions = append(p.Questions, distribution(q, answers, answered(whole)))
		}
	}
}

func distribution(q *survey.Question, r survey.QuestionReport, total int64) view.Distribution {
	d := view.Distribution{Code: q.Code, Text: q.Text, Kind: string(q.Kind), Count: countText(r.N)}
	switch q.Kind {
	case survey.Scale, survey.Choice, survey.Multi:
		if q.Kind == survey.Scale {
			d.Index = indexText(r.Index)
		}
		for _, o := range r.Counts {
			d.Options = append(d.Options, share(optionLabel(q, o.Code), o.Value, total))
		}
	case survey.Text:
		d.Note = vi.Text("admin.textAnswers")
	default:
		d.Note = spreadText(q.Kind, r)
	}
	return d
}

// answered is what the shares of a question are of: every answer, those
// without a value too. r is the report before anything is hidden.
func answered(r survey.QuestionReport) int64 {
	if r.Kind != survey.Scale {
		return r.N
	}
	total := int64(0)
	for _, o := range r.Counts {
		total += o.Value
	}
	return total
}

// share is one option with its percentage, rounded half up to one decimal.
func share(label string, n, total int64) view.Share {
	if n == survey.Hidden {
		return view.Share{Label: label, Count: vi.Text("admin.hidden"), Hidden: true}
	}
	s := view.Share{Label: label, Count: vi.Int(n), Percent: "–", Bar: "0"}
	if total > 0 {
		percent := rubric.Frac(100*min(n, total), total)
		s.Bar = percent.Decimal(1)
		s.Percent = vi.Decimal(s.Bar) + " %"
	}
	return s
}

func spreadText(kind survey.Kind, r survey.QuestionReport) string {
	if r.Min == nil || r.Max == nil {
		return ""
	}
	if kind == survey.Date {
		return vi.Text("admin.between", dayText(*r.Min), dayText(*r.Max))
	}
	return vi.Text("admin.between", vi.Decimal(*r.Min), vi.Decimal(*r.Max))
}
