package site

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// campaignLine is one unit of a campaign, or all of them, while the page is
// made. Counts outside the team may be survey.Hidden.
type campaignLine struct {
	namedUnit
	n          int64
	fills      []fill // by group of the campaign
	index      *string
	low, high  *string
	flagged    int64
	excluded   int64
	channels   []channelCount
	missing    int
	planned    bool          // some group has a plan
	hidden     bool          // some count of a group is
	tally      *survey.Tally // what index and interval are worked out from, when needed
	calculated bool
}

// fill is how far one group of a unit is.
type fill struct {
	have  int64
	need  int
	known bool // there is a plan
}

// short is how many answers are missing. A hidden count tells nothing: it
// counts as none, so that what is shown follows from the plan alone.
func (f fill) short() int {
	if !f.known {
		return 0
	}
	return max(0, f.need-int(max(f.have, 0)))
}

type channelCount struct {
	channel survey.Channel
	n       int64
}

// campaignTable is every unit of a campaign with the line of all of them.
type campaignTable struct {
	plan
	team   bool
	closed bool
	left   int // units too small to be in the total; outside the team
	lines  []campaignLine
	total  campaignLine
}

// campaignTable counts a campaign, with small cells hidden unless the visitor
// is in the team.
func (s *Server) campaignTable(c *fiber.Ctx) (t campaignTable, err error) {
	if t.plan, err = s.planOf(c, "campaign"); err != nil {
		return t, err
	}
	counts, err := s.store.Counts(c.UserContext(), &t.campaign)
	if err != nil {
		return t, err
	}
	t.team, t.closed = inTeam(c), !s.now().Before(t.campaign.Closes)
	t.lines = make([]campaignLine, len(t.units))
	for i, u := range t.units {
		t.lines[i] = t.line(u, counts[u.code])
	}
	t.total = campaignLine{fills: make([]fill, len(t.groups))}
	if t.team {
		err = t.sum(counts)
	} else {
		err = t.suppress(counts)
	}
	for i := range t.lines {
		t.settle(&t.lines[i])
	}
	t.totals()
	return t, err
}

// line is what the team sees of a unit, without what has to be worked out.
func (t *campaignTable) line(u namedUnit, counts *store.UnitCounts) campaignLine {
	l := campaignLine{namedUnit: u, fills: make([]fill, len(t.groups)), calculated: counts == nil}
	for i, g := range t.groups {
		l.fills[i].need, l.fills[i].known = t.campaign.Need(t.people, u.code, g)
	}
	if counts == nil {
		return l
	}
	l.tally = counts.Net()
	l.n = l.tally.N()
	for i, g := range t.groups {
		l.fills[i].have = l.tally.GroupN(g)
	}
	if counts.Flagged != nil {
		l.flagged = counts.Flagged.N()
	}
	if counts.Excluded != nil {
		l.excluded = counts.Excluded.N()
	}
	for _, ch := range survey.Channels() {
		if part := counts.ByChannel[ch]; part != nil && part.N() > 0 {
			l.channels = append(l.channels, channelCount{ch, part.N()})
		}
	}
	return l
}

// sum makes the team's line of all units.
func (t *campaignTable) sum(counts map[string]*store.UnitCounts) error {
	t.total.tally = survey.NewTally(t.form)
	byChannel := map[survey.Channel]int64{}
	for i := range t.lines {
		l := &t.lines[i]
		t.total.n += l.n
		t.total.flagged += l.flagged
		t.total.excluded += l.excluded
		for _, ch := range l.channels {
			byChannel[ch.channel] += ch.n
		}
		if l.tally != nil {
			if err := t.total.tally.Merge(l.tally); err != nil {
				return err
			}
		}
	}
	for _, ch := range survey.Channels() {
		if byChannel[ch] > 0 {
			t.total.channels = append(t.total.channels, channelCount{ch, byChannel[ch]})
		}
	}
	t.total.work()
	return nil
}

// suppress puts what may be shown outside the team into the lines: counts and
// indexes as the statistics show them; no flags, no channels of a unit.
func (t *campaignTable) suppress(counts map[string]*store.UnitCounts) error {
	parts, excluded := make(map[string]survey.Part, len(counts)), int64(0)
	for code, u := range counts {
		parts[code] = survey.Part{Counted: u.Net(), Channels: u.ByChannel}
		if u.Excluded != nil {
			excluded += u.Excluded.N()
		}
	}
	all, err := survey.NewOverview(t.form, parts)
	if err != nil {
		return err
	}
	shown, err := all.Suppress()
	if err != nil {
		return err
	}
	t.left = shown.Left
	reports := make(map[string]survey.UnitReport, len(shown.Units))
	for _, r := range shown.Units {
		reports[r.Unit] = r
	}
	for i := range t.lines {
		l := &t.lines[i]
		if r, counted := reports[l.code]; counted {
			t.show(l, r)
		}
		l.flagged, l.excluded, l.channels = 0, 0, nil
		t.total.n += max(l.n, 0)
	}
	t.show(&t.total, shown.Whole)
	if shown.ExcludedTells(excluded) {
		return nil
	}
	for _, r := range shown.Channels {
		t.total.channels = append(t.total.channels, channelCount{survey.Channel(r.Unit), r.N})
	}
	return nil
}

// small tells those outside the team what is hidden from them.
func (t *campaignTable) small() string { return strings.Join(report.SmallNotes(t.left), " ") }

// show takes a line's figures from a suppressed report.
func (t *campaignTable) show(l *campaignLine, r survey.UnitReport) {
	l.n, l.index, l.low, l.high, l.tally, l.calculated = r.N, r.Index, r.Low, r.High, nil, true
	for i, g := range t.groups {
		group, _ := r.Groups.Get(g)
		l.fills[i].have = group.N
	}
}

// settle works out what a line lacks of its plan.
func (t *campaignTable) settle(l *campaignLine) {
	for _, f := range l.fills {
		l.planned = l.planned || f.known
		l.hidden = l.hidden || f.have == survey.Hidden
		l.missing += f.short()
	}
}

// totals adds up the plan. A group has a figure of it only where every unit has
// one. Outside the team the counts of the groups are those of the whole report.
func (t *campaignTable) totals() {
	for i := range t.total.fills {
		f := &t.total.fills[i]
		f.known = len(t.lines) > 0
		for _, l := range t.lines {
			if t.team {
				f.have += l.fills[i].have
			}
			f.need += l.fills[i].need
			f.known = f.known && l.fills[i].known
		}
	}
	for _, l := range t.lines {
		t.total.missing += l.missing
		t.total.planned = t.total.planned || l.planned
		t.total.hidden = t.total.hidden || l.hidden
	}
}

// work computes index and interval, once. They cost far more than the counts,
// so only the lines that are shown or sorted by them have it done.
func (l *campaignLine) work() {
	if l.calculated || l.tally == nil {
		return
	}
	r := l.tally.Report(l.code)
	l.index, l.low, l.high, l.calculated = r.Index, r.Low, r.High, true
}

// short keeps the units that lack answers.
func (t *campaignTable) short() []campaignLine {
	return slices.DeleteFunc(slices.Clone(t.lines), func(l campaignLine) bool { return l.missing == 0 })
}

// shownLines applies the filter, the search and the order of the request.
func (t *campaignTable) shownLines(c *fiber.Ctx) []campaignLine {
	lines := slices.Clone(t.lines)
	if c.Query("loc") == shortFilter {
		lines = t.short()
	}
	if strings.TrimPrefix(c.Query("sap"), "-") == "chi-so" {
		for i := range lines {
			lines[i].work()
		}
	}
	return lines
}

// shortFilter is the filter for units that lack answers.
const shortFilter = "thieu"

func lineText(l campaignLine) string { return l.code + " " + l.name }

func (t *campaignTable) columns() []listColumn[campaignLine] {
	columns := []listColumn[campaignLine]{
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(l campaignLine) string { return l.name })},
		{key: "so", label: vi.Text("word.responses"), number: true, compare: by(func(l campaignLine) int64 { return l.n })},
	}
	for i, g := range t.groups {
		columns = append(columns, listColumn[campaignLine]{key: "nhom-" + g, label: vi.Text("group." + g), number: true,
			compare: by(func(l campaignLine) int64 { return l.fills[i].have })})
	}
	columns = append(columns,
		listColumn[campaignLine]{key: "chi-so", label: vi.Text("word.index"), number: true, compare: func(a, b campaignLine) int { return compareIndex(a.index, b.index) }},
		listColumn[campaignLine]{label: vi.Text("word.interval"), number: true})
	if t.total.planned {
		columns = append(columns, listColumn[campaignLine]{key: "thieu", label: vi.Text("plan.missing"), number: true, compare: by(func(l campaignLine) int { return l.missing })})
	}
	if t.team {
		columns = append(columns, listColumn[campaignLine]{key: "co", label: vi.Text("plan.flags"), number: true, compare: func(a, b campaignLine) int {
			return cmp.Or(cmp.Compare(a.flagged, b.flagged), cmp.Compare(a.excluded, b.excluded))
		}}, listColumn[campaignLine]{label: vi.Text("plan.channels")})
	}
	return append(columns, listColumn[campaignLine]{label: vi.Text("word.form")})
}

// row is a line in words.
func (t *campaignTable) row(l *campaignLine) view.CampaignUnit {
	l.work()
	u := view.CampaignUnit{Unit: l.code, Name: l.name, Total: countText(l.n), Index: indexText(l.index), Interval: intervalText(l.low, l.high)}
	if l.code != "" {
		u.URL = "/khao-sat/" + t.campaign.ID + "/" + l.code
		u.Review = "/khao-sat/" + t.campaign.ID + "/luot-tra-loi?dv=" + l.code + "&co=" + anyFlag
		if !t.closed {
			u.Survey = surveyPath(t.campaign.ID, l.code)
		}
		if !t.closed && t.campaign.Accepts(survey.Web) {
			u.Poster = u.Survey + "/poster"
		}
	}
	for _, f := range l.fills {
		u.Groups = append(u.Groups, fillText(f))
	}
	if l.planned {
		u.Planned, u.Short, u.Missing = true, l.missing > 0, missingText(l)
		u.Unknown = l.hidden
	}
	u.Flags, u.Excluded = l.flagged, l.excluded
	for _, ch := range l.channels {
		u.Channels = append(u.Channels, view.Fact{Label: vi.Text("plan.channel." + string(ch.channel)), Value: countText(ch.n)})
	}
	return u
}

// missingText is how many answers a unit lacks; where a count is hidden it is
// not told.
func missingText(l *campaignLine) string {
	if l.hidden {
		return vi.Text("admin.hidden")
	}
	return vi.Int(l.missing)
}

// fillText is "120/385" with a bar, or the count alone where there is no plan.
func fillText(f fill) view.GroupFill {
	g := view.GroupFill{Text: countText(f.have)}
	if !f.known {
		return g
	}
	g.Text += "/" + vi.Int(f.need)
	if f.have == survey.Hidden {
		return g
	}
	g.Bar, g.Short, g.Enough, g.Percent = true, f.short(), f.short() == 0, 100
	if f.need > 0 {
		g.Percent = min(100, int(f.have)*100/f.need)
	}
	return g
}
