package site

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// maxNamed is how many units a refusal names.
const maxNamed = 5

// campaignSettings are the fields of a campaign that may change while it runs.
type campaignSettings struct {
	Channels   []string `form:"channels" label:"plan.channelsLabel" validate:"max=10"`
	PlanError  string   `form:"error" label:"plan.errorLabel" validate:"max=10"`
	MinSeconds string   `form:"min_seconds" label:"plan.secondsLabel" validate:"max=6"`
	Retain     string   `form:"retain" label:"plan.retainLabel" validate:"max=6"`
	Desks      string   `form:"desks" label:"plan.desksLabel" validate:"max=6000"`
}

// apply puts the settings into a campaign and lists what is wrong with them.
func (in *campaignSettings) apply(s *survey.Campaign) []fault.Problem {
	var ps []fault.Problem
	s.Channels = nil
	for _, ch := range survey.Channels() {
		if slices.Contains(in.Channels, string(ch)) {
			s.Channels = append(s.Channels, ch)
		}
	}
	if len(s.Channels) == len(survey.Channels()) {
		s.Channels = nil // all, those to come too
	}
	var ok bool
	if s.Error, ok = readThousandths(in.PlanError); !ok {
		ps = append(ps, fault.Problem{Path: "error", Key: "plan.errorRange", Args: []any{survey.MaxPlanError / 10}})
	}
	if s.MinSeconds, ok = readOptional(in.MinSeconds, survey.MaxMinSeconds); !ok {
		ps = append(ps, fault.Problem{Path: "min_seconds", Key: "plan.secondsRange", Args: []any{vi.Int(survey.MaxMinSeconds)}})
	}
	if s.RetainMonths, ok = readOptional(in.Retain, survey.MaxRetention); !ok {
		ps = append(ps, fault.Problem{Path: "retain", Key: "plan.retainRange", Args: []any{survey.MaxRetention}})
	}
	s.Desks = lines(in.Desks)
	slow := func(d string) bool { return utf8.RuneCountInString(d) > survey.MaxDesk }
	if len(s.Desks) > survey.MaxDesks || slices.ContainsFunc(s.Desks, slow) {
		ps = append(ps, fault.Problem{Path: "desks", Key: "plan.desksRange", Args: []any{survey.MaxDesks, survey.MaxDesk}})
	}
	return ps
}

// readThousandths reads a percentage with at most one decimal; empty is 0.
func readThousandths(text string) (int, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	if text == "" {
		return 0, true
	}
	whole, part, _ := strings.Cut(vi.ParseDecimal(text), ".")
	if len(part) > 1 {
		return 0, false
	}
	n, err := strconv.Atoi(whole + (part + "0")[:1])
	return n, err == nil && n > 0 && n <= survey.MaxPlanError
}

// readOptional reads a whole number from 1; empty is 0.
func readOptional(text string, most int) (int, bool) {
	if text == "" {
		return 0, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= most
}

// lines are the lines of a text that say something, each once.
func lines(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

// settingsOf is the other way round: the fields for a campaign.
func settingsOf(s *survey.Campaign) campaignSettings {
	in := campaignSettings{PlanError: strings.TrimSuffix(percentOf(s.PlanError()), " %"), Retain: strconv.Itoa(s.Retention()), Desks: strings.Join(s.Desks, "\n")}
	for _, ch := range survey.Channels() {
		if s.Accepts(ch) {
			in.Channels = append(in.Channels, string(ch))
		}
	}
	if s.MinSeconds > 0 {
		in.MinSeconds = strconv.Itoa(s.MinSeconds)
	}
	return in
}

// fields are the settings as the page shows them.
func (in *campaignSettings) fields() view.CampaignFields {
	f := view.CampaignFields{PlanError: in.PlanError, MinSeconds: in.MinSeconds, Retain: in.Retain, Desks: in.Desks}
	for _, ch := range survey.Channels() {
		f.Channels = append(f.Channels, view.Option{Value: string(ch), Label: vi.Text("plan.channelLong." + string(ch)), Chosen: slices.Contains(in.Channels, string(ch))})
	}
	return f
}

// campaignChange is the form that changes a campaign.
type campaignChange struct {
	Title  string   `form:"title" label:"word.campaignName" validate:"required,max=200"`
	Opens  string   `form:"opens" label:"word.opens" validate:"required"`
	Groups []string `form:"groups" label:"word.respondents" validate:"max=10"`
	Units  string   `form:"units" label:"word.unit" validate:"required"`
	campaignSettings
}

func changeOf(s *survey.Campaign) campaignChange {
	return campaignChange{Title: s.Title, Opens: s.Opens.In(vi.Zone).Format(fieldTime), Groups: s.Groups, Units: strings.Join(s.Units, "\n"), campaignSettings: settingsOf(s)}
}

// campaignChangeSave changes what may change of a campaign: everything but its
// form and period, and of what has answers already nothing that would lose them.
func (a *admin) campaignChangeSave(c *fiber.Ctx) error {
	s, err := a.store.Campaign(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	var in campaignChange
	bind(c, &in)
	bind(c, &in.campaignSettings)
	next := s
	next.Title, next.Opens, next.Groups, next.Units = in.Title, fieldMoment(in.Opens), in.Groups, lines(in.Units)
	if in.Opens == s.Opens.In(vi.Zone).Format(fieldTime) {
		next.Opens = s.Opens // the field has no seconds
	}
	slices.Sort(next.Units)
	problems := append(in.apply(&next), next.Check()...)
	kept, err := a.keepAnswers(c.UserContext(), &s, &next)
	if err != nil {
		return err
	}
	errs := a.forms.all(&in, append(problems, kept...))
	if len(errs) > 0 {
		return a.showCampaignEdit(c, &s, s.Closes.In(vi.Zone).Format(fieldTime), in, errs)
	}
	changes := campaignChanges(&s, &next)
	if len(changes) == 0 {
		return done(c, "/quan-tri/dot/"+s.ID, "campaignChanged")
	}
	if err := checkVersion(c, s.Version); err != nil {
		return err
	}
	if err := a.store.PutCampaign(c.UserContext(), next, campaignEvent(c, &s, changes...)); err != nil {
		return err
	}
	return done(c, "/quan-tri/dot/"+s.ID, "campaignChanged")
}

// keepAnswers refuses changes that would lose answers or break what their
// respondents were told, and units and groups that do not exist.
func (a *admin) keepAnswers(ctx context.Context, was, next *survey.Campaign) ([]fault.Problem, error) {
	form, err := a.store.Form(ctx, was.FormID, was.FormVer)
	if err != nil {
		return nil, err
	}
	units, err := a.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := a.store.Counts(ctx, was)
	if err != nil {
		return nil, err
	}
	names := unitNames(units)
	var ps []fault.Problem
	var unknown, answered []string
	for _, code := range next.Units {
		if _, known := names[code]; !known && !was.Has(code) {
			unknown = append(unknown, code)
		}
	}
	groups := map[string]int64{}
	for code, u := range counts {
		if u.All.N() > 0 && !next.Has(code) {
			answered = append(answered, names[code].Name+" ("+code+")")
		}
		for _, g := range form.Respondents {
			groups[g] += u.All.GroupN(g)
		}
	}
	slices.Sort(answered)
	if len(unknown) > 0 {
		ps = append(ps, fault.Problem{Path: "units", Key: "plan.unknownUnits", Args: []any{firstOf(unknown)}})
	}
	if len(answered) > 0 {
		ps = append(ps, fault.Problem{Path: "units", Key: "plan.answeredUnits", Args: []any{firstOf(answered)}})
	}
	for _, g := range next.Groups {
		if !form.Opens(g) {
			ps = append(ps, fault.Problem{Path: "groups", Key: "survey.campaign.group", Args: []any{vi.Text("group." + g)}})
		}
	}
	for _, g := range form.Respondents {
		if groups[g] > 0 && !next.Takes(form, g) {
			ps = append(ps, fault.Problem{Path: "groups", Key: "plan.answeredGroup", Args: []any{vi.Text("group." + g), vi.Int(groups[g])}})
		}
	}
	if len(counts) > 0 {
		if !was.Opens.Equal(next.Opens) {
			ps = append(ps, fault.Problem{Path: "opens", Key: "plan.answeredOpens"})
		}
		if next.Retention() > was.Retention() {
			ps = append(ps, fault.Problem{Path: "retain", Key: "plan.answeredRetain", Args: []any{was.Retention()}})
		}
	}
	return ps, nil
}

// firstOf joins the first few of a list and says how many more there are.
func firstOf(list []string) string {
	if len(list) <= maxNamed {
		return strings.Join(list, "; ")
	}
	return vi.Text("plan.andMore", strings.Join(list[:maxNamed], "; "), len(list)-maxNamed)
}

// campaignChanges lists what differs between two versions, field by field, for
// the audit trail.
func campaignChanges(was, next *survey.Campaign) []audit.Change {
	var list []audit.Change
	add := func(field, before, after string) {
		if before != after {
			list = append(list, audit.Change{Field: field, Before: before, After: after})
		}
	}
	a, b := settingsOf(was), settingsOf(next)
	add("title", was.Title, next.Title)
	add("opens", vi.DateTime(was.Opens), vi.DateTime(next.Opens))
	add("groups", joinedGroups(was.Groups), joinedGroups(next.Groups))
	add("channels", strings.Join(a.Channels, ", "), strings.Join(b.Channels, ", "))
	add("error", a.PlanError+" %", b.PlanError+" %")
	add("min_seconds", a.MinSeconds, b.MinSeconds)
	add("retain", a.Retain, b.Retain)
	add("desks", strings.Join(was.Desks, "; "), strings.Join(next.Desks, "; "))
	if !slices.Equal(was.Units, next.Units) {
		gone := slices.DeleteFunc(slices.Clone(was.Units), next.Has)
		fresh := slices.DeleteFunc(slices.Clone(next.Units), was.Has)
		list = append(list, audit.Change{Field: "units", Before: vi.Int(len(was.Units)), After: vi.Text("plan.unitsChange", vi.Int(len(next.Units)), firstOf(fresh), firstOf(gone))})
	}
	return list
}

func joinedGroups(groups []string) string {
	if len(groups) == 0 {
		return vi.Text("plan.allGroups")
	}
	return strings.Join(groupNames(groups), "; ")
}
