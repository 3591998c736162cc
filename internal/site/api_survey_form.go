package site

import (
	"encoding/json"
	"time"

	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// campaignJSON is an open campaign with its form in the shape of form files.
type campaignJSON struct {
	Campaign string     `json:"campaign"`
	Title    string     `json:"title"`
	Opens    time.Time  `json:"opens"`
	Closes   time.Time  `json:"closes"`
	Groups   []string   `json:"groups"` // those the campaign takes
	Units    []unitJSON `json:"units"`
	Form     formFile   `json:"form"`
}

type unitJSON struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type formFile struct {
	ID          string                  `json:"id"`
	Version     int                     `json:"version"`
	Title       string                  `json:"title"`
	Respondents []string                `json:"respondents"`
	Intro       string                  `json:"intro,omitempty"`
	Consent     string                  `json:"consent,omitempty"`
	Scales      map[string][]optionJSON `json:"scales,omitempty"`
	Sections    []sectionJSON           `json:"sections"`
}

type sectionJSON struct {
	Title     string         `json:"title,omitempty"`
	Questions []questionJSON `json:"questions"`
}

type optionJSON struct {
	Code      string      `json:"code"`
	Label     string      `json:"label"`
	Value     json.Number `json:"value,omitempty"`
	Satisfied bool        `json:"satisfied,omitempty"`
}

type questionJSON struct {
	Code      string       `json:"code"`
	Kind      string       `json:"kind"`
	Text      string       `json:"text"`
	Required  bool         `json:"required,omitempty"`
	Scale     string       `json:"scale,omitempty"`
	Options   []optionJSON `json:"options,omitempty"` // kinds choice and multi
	Other     bool         `json:"other,omitempty"`
	ShowIf    *showIfJSON  `json:"show_if,omitempty"`
	Min       json.Number  `json:"min,omitempty"`
	Max       json.Number  `json:"max,omitempty"`
	MaxLength int          `json:"max_length,omitempty"`
}

type showIfJSON struct {
	Question string   `json:"question"`
	In       []string `json:"in"`
}

func newCampaignJSON(c *survey.Campaign, f *survey.Form, units []unit.Unit) campaignJSON {
	out := campaignJSON{
		Campaign: c.ID, Title: c.Title, Opens: c.Opens, Closes: c.Closes, Groups: c.RespondentGroups(f), Units: make([]unitJSON, len(units)),
		Form: formFile{ID: f.ID, Version: f.Version, Title: f.Title, Respondents: f.Respondents, Intro: f.Intro, Consent: f.Consent, Scales: map[string][]optionJSON{}},
	}
	for i, u := range units {
		out.Units[i] = unitJSON{u.Code, u.Name}
	}
	for _, s := range f.Scales {
		out.Form.Scales[s.Name] = newOptionsJSON(s.Options)
	}
	for _, s := range f.Sections {
		section := sectionJSON{Title: s.Title}
		for i := range s.Questions {
			section.Questions = append(section.Questions, newQuestionJSON(&s.Questions[i]))
		}
		out.Form.Sections = append(out.Form.Sections, section)
	}
	return out
}

func newOptionsJSON(options []survey.Option) []optionJSON {
	list := make([]optionJSON, len(options))
	for i, o := range options {
		list[i] = optionJSON{Code: o.Code, Label: o.Label, Satisfied: o.Satisfied}
		if o.Valued {
			list[i].Value = json.Number(o.Value.String())
		}
	}
	return list
}

func newQuestionJSON(q *survey.Question) questionJSON {
	out := questionJSON{Code: q.Code, Kind: string(q.Kind), Text: q.Text, Required: q.Required, Scale: q.Scale, Other: q.Other, MaxLength: q.MaxLength}
	if q.Kind != survey.Scale {
		out.Options = newOptionsJSON(q.Options)
	}
	if q.ShowIf != nil {
		out.ShowIf = &showIfJSON{q.ShowIf.Question, q.ShowIf.In}
	}
	if q.Min != nil {
		out.Min = json.Number(q.Min.String())
	}
	if q.Max != nil {
		out.Max = json.Number(q.Max.String())
	}
	return out
}
