package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// province is the code of the one appraisal stage.
const province = "province"

// The appraisers: the first scores every dossier that is appraised, the others
// every second and every fifth one.
const (
	lead, second, third = "thamdinh", "thamdinh1", "thamdinh3"
)

// how far the dossiers of the open year have come, by the index of the unit;
// those not named are concluded.
var statusOf = map[int]dossier.Status{
	8: dossier.NotRegistered, 9: dossier.Registered, 17: dossier.Returned, 18: dossier.Approved, 19: dossier.Registered,
	28: dossier.Scoring, 29: dossier.Scoring, 38: dossier.Submitted, 39: dossier.Submitted, 16: dossier.Resubmitted,
	6: dossier.Completion, 3: dossier.Appraisal, 13: dossier.Appraisal, 23: dossier.Appraisal, 33: dossier.Appraisal, 5: dossier.Appealed,
}

// The indexes of units in the open year with something to see.
const (
	apart    = 3  // two members too far apart
	waiting  = 13 // one sheet in, one out
	begun1   = 23 // assigned, nothing scored
	unsigned = 33 // everything scored, not finished
	revoked  = 11 // in the oldest year
)

// sheets are the marks of one unit in one year, by whose they are.
type sheets struct {
	self    []dossier.Change
	members map[string][]dossier.Change
}

// walk is one dossier on its way through the year.
type walk struct {
	*filler
	a      assessment
	p      *dossier.Period
	d      *dossier.Dossier
	event  string
	n      int
	at     time.Time
	status dossier.Status // where it ends; "" is concluded
	index  int
	err    error
}

// as does one act as somebody, some days after the one before.
func (w *walk) as(login string, days int, act func(dossier.Context) error) {
	if w.err != nil {
		return
	}
	w.n++
	w.at = w.at.AddDate(0, 0, days)
	if now := w.Now(); w.at.After(now) {
		w.at = now
	}
	u := w.account(login)
	w.err = act(dossier.Context{
		Login: login, Who: w.d.WhoOf(u, w.p), Period: w.p, At: w.at, Today: w.at.In(zone).Format(time.DateOnly), Event: w.event + strconv.Itoa(w.n),
	})
}

func (w *walk) save(login, stage string, changes []dossier.Change) {
	w.as(login, 1, func(c dossier.Context) error {
		w.d.Save(stage, changes, login, c.At, c.Event)
		return nil
	})
}

func (w *walk) move(login string, days int, act dossier.Act, reason string) {
	w.as(login, days, func(c dossier.Context) error { return w.d.Move(c, act, reason) })
}

// account is the user behind a login, as far as rights go.
func (w *walk) account(login string) account.User {
	u := account.User{Login: login, Role: account.Commune, Unit: w.d.Unit}
	switch login {
	case "quanly":
		u.Role, u.Unit = account.Manager, ""
	case lead, second, third:
		u.Role, u.Unit = account.Appraiser, ""
	}
	return u
}

// year walks one dossier to where it ends.
func (f *filler) walk(ctx context.Context, a assessment, p *dossier.Period, i int, unit string, s sheets) error {
	var status dossier.Status
	if a.state == dossier.Open {
		status = statusOf[i]
	}
	start := time.Date(a.year, 1, 15, 2, 0, 0, 0, time.UTC)
	if a.state == dossier.Open {
		start = f.Now().AddDate(0, 0, -75)
	}
	_, err := f.ChangeDossier(ctx, p.ID, unit, func(d *dossier.Dossier, _ time.Time, event string) error {
		w := walk{filler: f, a: a, p: p, d: d, event: event, at: start.Add(time.Duration(i) * 97 * time.Minute), status: status, index: i}
		w.register()
		w.score(s)
		w.appraise(s)
		return w.err
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", p.ID, unit, err)
	}
	return nil
}

func (w *walk) officer() string { return "xa" + w.d.Unit[len(w.d.Unit)-2:] }

// past reports whether the dossier goes beyond a status.
func (w *walk) past(list ...dossier.Status) bool {
	for _, s := range list {
		if w.status == s {
			return false
		}
	}
	return w.err == nil
}

// register brings the dossier to an approved registration.
func (w *walk) register() {
	if !w.past(dossier.NotRegistered) {
		return
	}
	var conditions []string
	for _, c := range w.a.set.Conditions {
		conditions = append(conditions, c.Code)
	}
	w.as(w.officer(), 2, func(c dossier.Context) error {
		return w.d.Register(c, dossier.Registration{Self: "82", Conditions: conditions})
	})
	switch {
	case !w.past(dossier.Registered):
	case !w.past(dossier.Returned):
		w.move("quanly", 3, dossier.Return, "Bản đăng ký chưa nêu kế hoạch khắc phục các tiêu chí mất điểm của kỳ trước. Đề nghị bổ sung rồi đăng ký lại.")
	default:
		w.move("quanly", 3, dossier.Approve, "")
	}
}

// score fills the self-score and hands it in.
func (w *walk) score(s sheets) {
	if !w.past(dossier.NotRegistered, dossier.Registered, dossier.Returned, dossier.Approved) {
		return
	}
	if !w.past(dossier.Scoring) {
		s.self = s.self[:len(s.self)*(1+w.index%2)/2]
	}
	w.save(w.officer(), dossier.SelfStage, s.self)
	if w.past(dossier.Scoring) {
		w.move(w.officer(), 12, dossier.Submit, "")
	}
}

// appraise assigns the team, scores and concludes.
func (w *walk) appraise(s sheets) {
	if !w.past(dossier.NotRegistered, dossier.Registered, dossier.Returned, dossier.Approved, dossier.Scoring, dossier.Submitted) {
		return
	}
	members := []string{lead}
	if w.index%2 == 1 {
		members = append(members, second)
	}
	if w.index%5 == 2 {
		members = append(members, third)
	}
	w.as("quanly", 1, func(c dossier.Context) error { return w.d.Assign(c, province, members) })
	w.move(lead, 1, dossier.Accept, "")
	if !w.past(dossier.Resubmitted) {
		w.ask("Bổ sung biên bản họp dân thông qua phương án; báo cáo kết quả giải quyết kiến nghị chưa có số và ngày.")
		w.move(w.officer(), 3, dossier.Resubmit, "Đã bổ sung biên bản và thay báo cáo có đủ số, ngày.")
		return
	}
	for i, m := range members {
		if w.a.state == dossier.Open && (w.index == begun1 || w.index == waiting && i == 1) {
			continue
		}
		w.save(m, province, s.members[m])
		if w.a.state == dossier.Open && w.index == unsigned {
			continue
		}
		w.as(m, 2, func(c dossier.Context) error { return w.d.Finish(c) })
	}
	if !w.past(dossier.Completion) {
		w.ask("Tiêu chí 1.1 và 2.1: bổ sung văn bản có số, ngày ban hành trong kỳ đánh giá.")
	}
}

func (w *walk) ask(text string) {
	w.as(lead, 1, func(c dossier.Context) error {
		return w.d.AskCompletion(c, dossier.Request{Text: text, Codes: []string{w.a.set.Leaves()[0].Code}, Until: w.Now().AddDate(0, 0, 5).Format(time.DateOnly)})
	})
}

// conclude ends the stage of every dossier whose sheets are in and agree.
func (f *filler) conclude(ctx context.Context, a assessment, p *dossier.Period) error {
	r, err := result.Of(ctx, f.Store, p.ID, "")
	if err != nil {
		return err
	}
	byUnit := map[string]*score.Result{}
	for i := range r.Ranked {
		byUnit[r.Ranked[i].Unit] = &r.Ranked[i]
	}
	facts := &dossier.Facts{Set: a.set, Surveys: score.NewSurvey(r.Surveys...), Period: p}
	for i := range r.Dossiers {
		d, got := &r.Dossiers[i], byUnit[r.Dossiers[i].Unit]
		if d.Status != dossier.Appraisal || len(d.Lacks(dossier.Propose, lead, facts)) > 0 || a.state == dossier.Open && i == apart {
			continue
		}
		_, err := f.ChangeDossier(ctx, p.ID, d.Unit, func(d *dossier.Dossier, _ time.Time, event string) error {
			w := walk{filler: f, a: a, p: p, d: d, event: event, at: d.Sheets[len(d.Sheets)-1].At, index: i}
			w.ends(got)
			return w.err
		})
		if err != nil {
			return fmt.Errorf("%s %s: %w", p.ID, d.Unit, err)
		}
	}
	return nil
}

// ends concludes a dossier by its result, and contests one conclusion.
func (w *walk) ends(r *score.Result) {
	note := ""
	if !r.Recognised {
		note = "Chưa đạt yêu cầu theo bộ tiêu chí; xem phần giải thích điểm."
	}
	total := r.Total.String(r.Decimals)
	w.as(lead, 2, func(c dossier.Context) error { return w.d.Conclude(c, r.Recognised, note, total) })
	if w.a.state == dossier.Open && statusOf[w.index] == dossier.Appealed {
		leaf := w.a.set.Leaves()[0].Code
		w.as(w.officer(), 1, func(c dossier.Context) error {
			return w.d.Appeal(c, map[string]string{leaf: "Tài liệu minh chứng đã nộp đủ nhưng chưa được tính điểm; đề nghị xem lại."})
		})
	}
}

// decide records the decisions of a closed year and takes one recognition back.
func (f *filler) decide(ctx context.Context, a assessment, p *dossier.Period) error {
	list, err := f.Dossiers(ctx, p.ID)
	if err != nil {
		return err
	}
	r, err := result.Of(ctx, f.Store, p.ID, "")
	if err != nil {
		return err
	}
	bands := map[string]*score.Result{}
	for i := range r.Ranked {
		bands[r.Ranked[i].Unit] = &r.Ranked[i]
	}
	day := fmt.Sprintf("%d-01-20", a.year+1)
	paper := dossier.Decision{Number: fmt.Sprintf("%d/QĐ-UBND", 100+a.year%100), Day: day, Signer: "(Chữ ký minh họa)"}
	for i := range list {
		got := bands[list[i].Unit]
		_, err := f.ChangeDossier(ctx, p.ID, list[i].Unit, func(d *dossier.Dossier, _ time.Time, event string) error {
			at, _ := time.Parse(time.DateOnly, day)
			w := walk{filler: f, a: a, p: p, d: d, event: event, at: at.Add(8 * time.Hour), index: i}
			rec := dossier.Recognition{Decision: paper, Total: got.Total.String(got.Decimals)}
			if d.Status == dossier.Proposed {
				rec.Band, rec.Until = got.Band, fmt.Sprintf("%d-01-19", a.year+2)
				w.as("quanly", 0, func(c dossier.Context) error { return w.d.Recognise(c, rec) })
			} else {
				w.as("quanly", 0, func(c dossier.Context) error { return w.d.Refuse(c, rec) })
			}
			if i == revoked && a.previous == "" && d.Status == dossier.Recognised {
				paper := dossier.Decision{Number: "215/QĐ-UBND", Day: fmt.Sprintf("%d-06-12", a.year+1), Signer: paper.Signer}
				w.as("quanly", 150, func(c dossier.Context) error {
					return w.d.Revoke(c, paper, "Lãnh đạo xã bị kỷ luật do vi phạm quy định về tiếp công dân.")
				})
			}
			return w.err
		})
		if err != nil {
			return fmt.Errorf("%s %s: %w", p.ID, list[i].Unit, err)
		}
	}
	return nil
}

// differ is a colleague's sheet: mostly the same, some levels and points a
// little lower. With much they are far apart.
func differ(a assessment, changes []dossier.Change, seed uint64, much bool) []dossier.Change {
	rng := rand.New(rand.NewPCG(Seed, seed))
	list := make([]dossier.Change, len(changes))
	for i, c := range changes {
		list[i] = c
		leaf, ok := a.set.Leaf(c.Code)
		if !ok || c.Mark.NA || leaf.Rule.Type != rubric.RulePoints && leaf.Rule.Type != rubric.RuleLevels {
			continue
		}
		share := 0.0
		switch {
		case much && i%5 == 0:
			list[i].Mark = Mark(leaf, a.set.KindOf(leaf), 0.2, rng)
			continue
		case rng.Float64() < 0.2 && leaf.Rule.Type == rubric.RulePoints:
			step := 0.25
			if leaf.Rule.Step != nil {
				step = float(*leaf.Rule.Step)
			}
			share, _ = strconv.ParseFloat(c.Mark.Get("points"), 64)
			if share >= step {
				list[i].Mark = score.NewMark("points", decimal(share-step))
			}
		}
	}
	return list
}
