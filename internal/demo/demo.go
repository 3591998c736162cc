// Package demo fills a database with Tỉnh Minh Họa: a province that does not
// exist, with two closed years and one open, so that every page has something
// to show. The same seed gives the same marks and answers.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// What the demo holds.
const (
	Seed     = 20260701
	Province = "99"
	Communes = 40
	Clusters = 5
	Password = "minh-hoa-2026" // of every demo account

	perUnit    = 67 // responses of a usual unit and year, of which
	residents  = 52 // are the first group's
	businesses = 9  // and the second's; the rest is the third's
	fewUnits   = 3  // units of the open year below the least number of responses
	fewCount   = 31 // that they have
)

// Login is one account of the demo.
type Login struct {
	Role  account.Role
	Login string
	Name  string
	Unit  string
}

// Logins lists the accounts: one per role and two more appraisers.
func Logins() []Login {
	return []Login{
		{account.Admin, "quantri", "Quản trị viên Minh Họa", ""},
		{account.Manager, "quanly", "Phòng Cải cách hành chính, Sở Nội vụ", ""},
		{account.Appraiser, lead, "Tổ thẩm định số 2", ""},
		{account.Appraiser, second, "Tổ thẩm định số 1", ""},
		{account.Appraiser, third, "Tổ thẩm định số 3", ""},
		{account.Commune, "xa07", "Văn phòng UBND Phường Minh Họa 07", code(7)},
		{account.Surveyor, "dieutra", "Điều tra viên Minh Họa", ""},
		{account.Leader, "lanhdao", "Lãnh đạo UBND tỉnh", ""},
	}
}

// filler is one run of Fill.
type filler struct {
	*store.Store
	today time.Time
	set   *rubric.Set // of last year and this year
	old   *rubric.Set // of the year before
	form  *survey.Form
	units []unit.Unit
}

// Fill writes the demo into an empty database. today decides the years and
// that this year's survey is open now.
func Fill(ctx context.Context, s *store.Store, today time.Time) error {
	f := &filler{Store: s, today: today, units: units()}
	for _, step := range []func(context.Context) error{f.begin, f.people, f.library, f.years, f.finish} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}

// State is what a database is to the demo.
type State int

// The states of a database.
const (
	Empty   State = iota // nothing is in it
	Half                 // a demo was begun and not finished
	Full                 // a complete demo
	Foreign              // something else
)

// StateOf looks at a database that a demo is asked for.
func StateOf(ctx context.Context, s *store.Store) (State, error) {
	v, _, err := s.Settings(ctx)
	switch {
	case err != nil:
		return Foreign, err
	case v.Demo && v.Province == begun:
		return Half, nil
	case v.Demo:
		return Full, nil
	}
	has, err := s.HasUsers(ctx)
	if err != nil || has || v.Province != "" {
		return Foreign, err
	}
	return Empty, nil
}

// begun stands for the province's name while the demo is being filled.
const begun = "…"

// begin marks the database as a demo before anything else is written.
func (f *filler) begin(ctx context.Context) error {
	return f.PutSettings(ctx, store.Settings{Province: begun, Demo: true}, 0)
}

func (f *filler) people(ctx context.Context) error {
	if _, _, err := f.PutUnits(ctx, f.units); err != nil {
		return err
	}
	hash := account.HashPassword(Password)
	logins := Logins()
	for i := 1; i <= Communes; i++ {
		if i != 7 {
			logins = append(logins, Login{account.Commune, fmt.Sprintf("xa%02d", i), "Văn phòng UBND " + name(i), code(i)})
		}
	}
	for _, l := range logins {
		u := account.User{Login: l.Login, Name: l.Name, Role: l.Role, Unit: l.Unit, Password: hash, Created: f.Now()}
		if err := f.PutUser(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// years writes the two closed years and the open one.
func (f *filler) years(ctx context.Context) error {
	year := f.today.In(zone).Year()
	list := []assessment{
		{year: year - 2, set: f.old, groups: []string{"resident", "business", "official"}, lift: -0.088, state: dossier.Published},
		{year: year - 1, set: f.set, groups: []string{"resident", "business", "organisation"}, lift: -0.05, state: dossier.Published},
		{year: year, set: f.set, groups: []string{"resident", "business", "organisation"}, lift: -0.012, state: dossier.Open},
	}
	for i, a := range list {
		a.rng, a.today = rand.New(rand.NewPCG(Seed, uint64(i+1))), f.today.In(zone)
		if i > 0 && list[i-1].set == a.set {
			a.previous = list[i-1].id()
		}
		if err := f.write(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// finish marks the demo as complete, last of all: a run that died before is
// started over.
func (f *filler) finish(ctx context.Context) error {
	return f.PutSettings(ctx, store.Settings{
		Province: "Tỉnh Minh Họa", Parent: "UBND TỈNH MINH HỌA", Agency: "SỞ NỘI VỤ", Place: "Minh Họa", Symbol: "/BC-SNV",
		SignTitle: []string{"KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"}, Signer: "(Chữ ký minh họa)",
		Recipients: []string{"UBND tỉnh (để báo cáo);", "UBND các xã, phường;", "Lưu: VT, CCHC."}, Phone: "0200 000 0000 (số minh họa)", Demo: true,
	}, 1)
}

// assessment is one year to write.
type assessment struct {
	year     int
	set      *rubric.Set
	groups   []string
	lift     float64 // how much better than usual the province does
	state    dossier.State
	previous string
	today    time.Time
	rng      *rand.Rand
}

func (a assessment) id() string       { return fmt.Sprint(a.year) }
func (a assessment) campaign() string { return fmt.Sprintf("hai-long-%d", a.year) }

func (a assessment) period() dossier.Period {
	target := dossier.Target{Percent: "60", By: fmt.Sprintf("%d-12-31", a.year)}
	if a.set.BandIndex("kha") >= 0 {
		target.MinBand = "kha"
	}
	return dossier.Period{
		ID: a.id(), Title: fmt.Sprintf("Đánh giá chính quyền thân thiện năm %d", a.year), Year: a.year,
		SetID: a.set.ID, SetVer: a.set.Version, Scope: Province, On: fmt.Sprintf("%d-12-31", a.year),
		Stages: []dossier.Stage{{Code: dossier.SelfStage, Title: "Tự chấm"}, {Code: province, Title: "Thẩm định cấp tỉnh"}},
		Target: target, State: dossier.Draft, Previous: a.previous,
		Steps: true, Gate: dossier.Gate{Conditions: true, MinSelf: "75"}, Head: "lanhdao", Deadlines: a.deadlines(),
	}
}

// deadlines are the last days of the steps: some over, some to come in the open
// year.
func (a assessment) deadlines() map[string]string {
	days := map[string]string{
		dossier.StepRegister: fmt.Sprintf("%d-03-31", a.year), dossier.StepSubmit: fmt.Sprintf("%d-10-31", a.year),
		province: fmt.Sprintf("%d-11-30", a.year), dossier.StepAppeal: fmt.Sprintf("%d-12-15", a.year),
	}
	if a.state == dossier.Open {
		for step, after := range map[string]int{dossier.StepRegister: -30, dossier.StepSubmit: -4, province: 12, dossier.StepAppeal: 26} {
			days[step] = a.today.AddDate(0, 0, after).Format(time.DateOnly)
		}
	}
	return days
}

// write stores a year: period, dossiers, campaign, responses, marks, state.
func (f *filler) write(ctx context.Context, a assessment) error {
	p := a.period()
	if _, err := f.PutPeriod(ctx, p); err != nil {
		return err
	}
	var codes []string
	for _, u := range unit.AtLevel(f.units, unit.Commune) {
		codes = append(codes, u.Code)
	}
	opened, err := f.OpenPeriod(ctx, p.ID, codes)
	if err != nil {
		return err
	}
	qualities := a.qualities(codes)
	if err := f.campaign(ctx, a, codes, qualities); err != nil {
		return err
	}
	for i, c := range codes {
		if err := f.walk(ctx, a, &opened, i, c, f.marks(a, i, qualities[i])); err != nil {
			return err
		}
	}
	if err := f.evidence(ctx, a, codes); err != nil {
		return err
	}
	if err := f.conclude(ctx, a, &opened); err != nil {
		return err
	}
	if err := f.Record(ctx, audit.Event{ID: "demo-open-" + p.ID, Who: "quanly", Action: audit.PeriodOpened, Thing: "periods/" + p.ID}); err != nil {
		return err
	}
	if a.state == dossier.Open {
		return nil
	}
	return f.close(ctx, a)
}

// close ends a year: locked, signed by the council's head, decided, published.
func (f *filler) close(ctx context.Context, a assessment) error {
	locked, signed := time.Date(a.year+1, 1, 16, 2, 30, 0, 0, time.UTC), time.Date(a.year+1, 1, 18, 3, 0, 0, 0, time.UTC)
	if now := f.Now(); signed.After(now) { // early in January
		locked, signed = now, now
	}
	p, err := result.Lock(ctx, f.Past(locked), a.id(), "quanly")
	if err != nil {
		return err
	}
	p.SignOff = dossier.SignOff{By: p.Head, At: signed, Checksum: p.Checksum}
	if p.Version, err = f.PutPeriod(ctx, p); err != nil {
		return err
	}
	if err := f.decide(ctx, a, &p); err != nil {
		return err
	}
	p.State = a.state
	_, err = f.PutPeriod(ctx, p)
	return err
}

// qualities gives every unit how well it does, 0..1, in one year: a spread that
// fills every band.
func (a assessment) qualities(codes []string) []float64 {
	list := make([]float64, len(codes))
	for i := range codes {
		steady := rand.New(rand.NewPCG(Seed, uint64(1000+i))) // the same every year
		list[i] = 0.888 + 0.06*steady.NormFloat64() + 0.02*a.rng.NormFloat64() + a.lift
	}
	return list
}
