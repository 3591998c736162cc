package demo

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// What stands out in the open year.
const (
	burstUnit  = 12 // a unit whose answers came too fast one afternoon …
	burstCount = 25 // as many, within
	burstSpan  = 8 * time.Minute
	rushed     = 40 // one respondent of so many clicks through the form
	inviting   = 8  // so many units gave out invitations
)

// suggestions are what a few respondents write.
var suggestions = []string{
	"Nên có thêm ghế ngồi và nước uống ở chỗ chờ.",
	"Cán bộ hướng dẫn tận tình, tôi rất hài lòng.",
	"Đề nghị niêm yết mức phí to, rõ hơn.",
	"Buổi chiều hay phải chờ lâu, mong bố trí thêm người.",
	"Mong có người giúp người già nộp hồ sơ trên điện thoại.",
	"Loa phát thanh của thôn hay hỏng.",
}

// campaign writes a year's survey: its window and the responses of every unit.
func (f *filler) campaign(ctx context.Context, a assessment, codes []string, qualities []float64) error {
	c := survey.Campaign{
		ID: a.campaign(), Title: "Khảo sát mức độ hài lòng năm " + a.id(), Period: a.id(), FormID: f.form.ID, FormVer: f.form.Version,
		Units: codes, Groups: a.groups,
		Opens: time.Date(a.year, 10, 1, 0, 0, 0, 0, zone), Closes: time.Date(a.year, 12, 1, 0, 0, 0, 0, zone),
	}
	if a.previous != "" && a.state == dossier.Open {
		y, m, d := f.today.In(zone).Date()
		day := time.Date(y, m, d, 0, 0, 0, 0, zone)
		c.Opens, c.Closes = day.AddDate(0, 0, -20), day.AddDate(0, 0, 40)
		c.Error, c.Desks = sampleError, []string{"Quầy 1: Hộ tịch, chứng thực", "Quầy 2: Đất đai, xây dựng"}
	}
	if err := f.PutCampaign(ctx, c); err != nil {
		return err
	}
	if err := f.answers(ctx, a, &c, qualities); err != nil {
		return err
	}
	return f.collecting(ctx, a, &c)
}

// arrival is one made-up response and when it came.
type arrival struct {
	at       time.Time
	response *store.Response
}

// answers stores the responses of every unit, spread over the days on which
// the campaign has been open so far.
func (f *filler) answers(ctx context.Context, a assessment, c *survey.Campaign, qualities []float64) error {
	var list []arrival
	var invited []*store.Response
	for i, code := range c.Units {
		n := perUnit
		if a.state == dossier.Open && i%(Communes/fewUnits) == 4 {
			n = fewCount
		}
		for j := range n {
			seed, group := a.rng.Uint64(), a.groups[2]
			switch {
			case j < residents:
				group = a.groups[0]
			case j < residents+businesses:
				group = a.groups[1]
			}
			rng := rand.New(rand.NewPCG(Seed, seed))
			r, err := f.answer(c, code, group, qualities[i], rng)
			if err != nil {
				return err
			}
			at := f.moment(c, rng)
			if a.state == dossier.Open && i == burstUnit && j < burstCount {
				at, r.Channel = c.Opens.Add(6*24*time.Hour+15*time.Hour+time.Duration(j)*burstSpan/burstCount), survey.Web
			}
			if r.Channel == survey.Token {
				if a.state == dossier.Open && i < inviting {
					invited = append(invited, r)
					continue
				}
				r.Channel = survey.Web
			}
			list = append(list, arrival{at, r})
		}
	}
	slices.SortStableFunc(list, func(a, b arrival) int { return a.at.Compare(b.at) })
	responses, times := make([]*store.Response, len(list)), make([]time.Time, len(list))
	for i, l := range list {
		responses[i], times[i] = l.response, l.at
	}
	if err := f.AddResponses(ctx, responses, times); err != nil {
		return err
	}
	return f.invitations(ctx, c, invited)
}

// invitations gives every unit and group that answers came from by invitation
// twice as many as were used, and uses them.
func (f *filler) invitations(ctx context.Context, c *survey.Campaign, invited []*store.Response) error {
	slices.SortStableFunc(invited, func(a, b *store.Response) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Group, b.Group))
	})
	for len(invited) > 0 {
		first := invited[0]
		n := slices.IndexFunc(invited, func(r *store.Response) bool { return r.Unit != first.Unit || r.Group != first.Group })
		if n < 0 {
			n = len(invited)
		}
		batch := store.TokenBatch{Campaign: c.ID, Order: c.ID, Unit: first.Unit, Group: first.Group, Count: 2 * n, Note: "Phát qua trưởng thôn, tổ trưởng", By: "quanly"}
		_, tokens, err := f.CreateTokens(ctx, batch)
		if err != nil {
			return err
		}
		for i, r := range invited[:n] {
			if _, _, err := f.AddWithToken(ctx, f.TokenID(tokens[i]), r); err != nil {
				return err
			}
		}
		invited = invited[n:]
	}
	return nil
}

// moment is a time in the office hours of some day of the campaign, before now.
func (f *filler) moment(c *survey.Campaign, rng *rand.Rand) time.Time {
	end := c.Closes
	if f.today.Before(end) {
		end = f.today
	}
	days := max(int(end.Sub(c.Opens).Hours()/24), 1)
	return c.Opens.AddDate(0, 0, rng.IntN(days)).Add(7*time.Hour + time.Duration(rng.IntN(10*3600))*time.Second)
}

// answer makes up one response.
func (f *filler) answer(c *survey.Campaign, code, group string, quality float64, rng *rand.Rand) (*store.Response, error) {
	answers, err := f.form.Check(group, f.sheet(quality, rng))
	if err != nil {
		return nil, err
	}
	seconds := 60 + rng.IntN(180)
	if rng.IntN(rushed) == 0 {
		seconds = 5 + rng.IntN(10)
	}
	took := time.Duration(seconds) * time.Second
	return &store.Response{
		Campaign: c.ID, Unit: code, Key: f.ResponseKey(c.ID, code, ""), Group: group, Channel: channel(rng),
		Seconds: int32(seconds), Flags: f.form.FlagsOf(answers, took, 0), Answers: f.form.Pack(answers),
	}, nil
}

// channel draws the way a response came: the open link more often than not.
func channel(rng *rand.Rand) survey.Channel {
	list := []survey.Channel{survey.Web, survey.Web, survey.Web, survey.Web, survey.Web, survey.Web, survey.Token, survey.Kiosk, survey.Surveyor, survey.Paper}
	return list[rng.IntN(len(list))]
}

// sheet fills every question of the form; what show_if hides is dropped later.
func (f *filler) sheet(quality float64, rng *rand.Rand) map[string]any {
	mood := quality - 0.04 + 0.16*rng.NormFloat64() // of this respondent
	answers := map[string]any{}
	for _, q := range f.form.Questions() {
		switch q.Kind {
		case survey.Scale:
			answers[q.Code] = rate(f.options(q), mood, rng)
		case survey.Choice:
			answers[q.Code] = q.Options[rng.IntN(len(q.Options))].Code
		case survey.Multi:
			answers[q.Code] = []any{q.Options[rng.IntN(len(q.Options))].Code}
		case survey.Text:
			if rng.Float64() < 0.05 {
				answers[q.Code] = suggestions[rng.IntN(len(suggestions))]
			}
		}
	}
	return answers
}

func (f *filler) options(q *survey.Question) []survey.Option {
	for _, s := range f.form.Scales {
		if s.Name == q.Scale {
			return s.Options
		}
	}
	return nil
}

// rate chooses the level nearest to the mood, or now and then "no opinion".
func rate(options []survey.Option, mood float64, rng *rand.Rand) string {
	if last := options[len(options)-1]; !last.Valued && rng.Float64() < 0.02 {
		return last.Code
	}
	want := 100 * clamp(mood+0.1*rng.NormFloat64())
	best, gap := "", math.Inf(1)
	for _, o := range options {
		if !o.Valued {
			continue
		}
		if d := math.Abs(value(o) - want); d < gap {
			best, gap = o.Code, d
		}
	}
	return best
}

func value(o survey.Option) float64 {
	v, _ := o.Value.Rat().Float64()
	return v
}
