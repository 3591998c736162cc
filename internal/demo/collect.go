package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// KioskPIN opens a kiosk of the commune that the demo's officer works for.
const KioskPIN = "246810"

// sampleError is the e of the open year's plan, in thousandths: wide, since the
// demo has few answers.
const sampleError = 140

// collecting prepares what surrounds the open campaign: the sample plan, a kiosk
// and suggestions on their way.
func (f *filler) collecting(ctx context.Context, a assessment, c *survey.Campaign) error {
	if a.state != dossier.Open {
		return nil
	}
	people := survey.Populations{}
	rng := rand.New(rand.NewPCG(Seed, uint64(a.year)))
	for _, u := range c.Units {
		people.Set(u, a.groups[0], 4000+10*rng.IntN(1400))
		people.Set(u, a.groups[1], 30+rng.IntN(170))
		people.Set(u, a.groups[2], 6+rng.IntN(9))
	}
	if err := f.PutPopulations(ctx, c.ID, people, 0); err != nil {
		return err
	}
	if err := f.SetKioskPIN(ctx, c.ID, code(7), KioskPIN, "xa07"); err != nil {
		return err
	}
	for _, s := range forwarded {
		if err := f.forward(ctx, a, c, s); err != nil {
			return err
		}
	}
	return nil
}

// suggestion is one that was forwarded to a commune, as far as it has come.
type suggestion struct {
	text, answer string
	closed       bool
}

var forwarded = []suggestion{
	{text: "Nên có thêm ghế ngồi và nước uống ở chỗ chờ."},
	{text: "Đề nghị niêm yết mức phí to, rõ hơn.", answer: "Đã thay bảng niêm yết mức phí khổ lớn tại cả ba quầy."},
	{text: "Loa phát thanh của thôn hay hỏng.", answer: "Đã sửa ba cụm loa, giao thôn kiểm tra hằng tuần.", closed: true},
}

// forward writes a suggestion with its history.
func (f *filler) forward(ctx context.Context, a assessment, c *survey.Campaign, s suggestion) error {
	day := f.Now().AddDate(0, 0, -6)
	q := f.textQuestion()
	if q == nil {
		return fmt.Errorf("form %s has no text question", f.form.ID)
	}
	d := store.Feedback{
		Campaign: c.ID, Unit: code(7), Question: q.Code, Text: s.text,
		Due: f.today.In(zone).AddDate(0, 0, 9).Format(time.DateOnly), Public: s.closed,
	}
	d.Step(store.FeedbackSent, "quanly", "", day)
	if s.answer != "" {
		d.Answer, d.Answered = s.answer, day.AddDate(0, 0, 3)
		d.Step(store.FeedbackAnswered, "xa07", "", d.Answered)
	}
	if s.closed {
		d.Step(store.FeedbackClosed, "quanly", "", day.AddDate(0, 0, 4))
	}
	_, err := f.AddFeedback(ctx, d, "quanly")
	return err
}

// textQuestion is the first question that is answered in one's own words.
func (f *filler) textQuestion() *survey.Question {
	for _, q := range f.form.Questions() {
		if q.Kind == survey.Text {
			return q
		}
	}
	return nil
}
