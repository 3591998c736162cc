package dossier

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/score"
)

var day0 = time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)

func stepsPeriod(stages ...string) *Period {
	p := &Period{ID: "2026", Title: "Kỳ 2026", Steps: true, State: Open, Stages: []Stage{{SelfStage, "Tự chấm"}}, Deadlines: map[string]string{StepAppeal: "2026-12-01"}}
	for _, s := range stages {
		p.Stages = append(p.Stages, Stage{s, "Cấp " + s})
	}
	return p
}

// year is a dossier on its way, with who does what.
type year struct {
	t      testing.TB
	p      *Period
	d      Dossier
	events int
}

func newYear(t testing.TB, stages ...string) *year {
	return &year{t: t, p: stepsPeriod(stages...), d: Dossier{Period: "2026", Unit: "07", Status: NotRegistered}}
}

func (y *year) as(login string) Context {
	y.events++
	u := account.User{Login: login, Role: account.Appraiser}
	switch login {
	case "xa07", "xa08":
		u.Role, u.Unit = account.Commune, login[2:]
	case "quanly":
		u.Role = account.Manager
	case "lanhdao":
		u.Role = account.Leader
	}
	return Context{Login: login, Who: y.d.WhoOf(u, y.p), Period: y.p, At: day0.Add(time.Duration(y.events) * time.Hour), Today: "2026-06-01", Event: fmt.Sprint("e", y.events)}
}

func (y *year) ok(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatalf("at %s: %v", y.d.Status, err)
	}
}

func (y *year) refused(kind fault.Kind, err error) {
	y.t.Helper()
	if !fault.Is(err, kind) {
		y.t.Fatalf("at %s: %v, want kind %d", y.d.Status, err, kind)
	}
}

func (y *year) at(s Status) {
	y.t.Helper()
	if y.d.Status != s {
		y.t.Fatalf("status %s, want %s", y.d.Status, s)
	}
}

// A whole year with two stages: a return, a completion, a second round, an
// appeal, decisions and a revocation.
func TestYear(t *testing.T) {
	y := newYear(t, "district", "province")
	y.refused(fault.Forbidden, y.d.Register(y.as("xa08"), Registration{}))
	y.refused(fault.Conflict, y.d.Move(y.as("xa07"), Submit, ""))
	y.ok(y.d.Register(y.as("xa07"), Registration{Self: "80"}))
	y.refused(fault.Conflict, y.d.Register(y.as("xa07"), Registration{Self: "80"}))
	y.refused(fault.Invalid, y.d.Move(y.as("quanly"), Return, " "))
	y.ok(y.d.Move(y.as("quanly"), Return, "thiếu kế hoạch"))
	y.ok(y.d.Register(y.as("xa07"), Registration{Self: "81"}))
	y.ok(y.d.Move(y.as("quanly"), Approve, ""))
	y.d.Save(SelfStage, []Change{{Code: "1.1", Mark: points("4")}}, "xa07", day0, "s1")
	y.at(Scoring)
	y.ok(y.d.Move(y.as("xa07"), Submit, ""))
	y.ok(y.d.Move(y.as("xa07"), TakeBack, ""))
	y.ok(y.d.Move(y.as("xa07"), Submit, ""))
	y.ok(y.d.Assign(y.as("quanly"), "district", []string{"an", "binh"}))
	y.ok(y.d.Assign(y.as("quanly"), "province", []string{"chi"}))
	y.refused(fault.Forbidden, y.d.Move(y.as("chi"), Accept, ""))
	y.ok(y.d.Move(y.as("binh"), Accept, ""))
	y.ok(y.d.AskCompletion(y.as("an"), Request{Text: "thiếu biên bản", Until: "2026-07-01"}))
	y.at(Completion)
	y.ok(y.d.Move(y.as("xa07"), Resubmit, "đã bổ sung"))
	y.ok(y.d.Move(y.as("an"), Accept, ""))

	for _, m := range []string{"an", "binh"} {
		y.d.Save("district", []Change{{Code: "1.1", Mark: points("3")}}, m, day0, "d"+m)
	}
	y.ok(y.d.Finish(y.as("an")))
	y.refused(fault.Conflict, y.d.Conclude(y.as("an"), true, "", "3"))
	y.refused(fault.Conflict, y.d.Assign(y.as("quanly"), "district", []string{"binh"}))
	y.ok(y.d.Finish(y.as("binh")))
	y.refused(fault.Forbidden, y.d.Move(y.as("binh"), Rescore, "trao đổi"))
	y.refused(fault.Forbidden, y.d.Rescore(y.as("binh"), "trao đổi"))
	y.ok(y.d.Rescore(y.as("an"), "đã trao đổi ngày 5/6"))
	if e, _ := y.d.Entry(Layer{"district", "binh", 2}, "1.1"); e.Mark.Get("points") != "3" {
		t.Fatal("the second round must start from the first")
	}
	if _, ok := y.d.Entry(Layer{"district", "binh", 1}, "1.1"); !ok || !y.d.Finished(Layer{"district", "an", 1}) {
		t.Fatal("the first round must stay")
	}
	y.ok(y.d.Finish(y.as("an")))
	y.ok(y.d.Finish(y.as("binh")))
	y.refused(fault.Forbidden, y.d.Conclude(y.as("binh"), true, "", "3"))
	y.ok(y.d.Conclude(y.as("an"), true, "", "3"))
	if y.d.Status != Appraisal || y.d.Stage != "province" {
		t.Fatalf("%s at %s, want appraisal at province", y.d.Status, y.d.Stage)
	}
	y.d.Save("province", []Change{{Code: "1.1", Mark: points("2")}}, "chi", day0, "p1")
	y.ok(y.d.Finish(y.as("chi")))
	y.ok(y.d.Conclude(y.as("chi"), false, "dưới 80 điểm", "2"))
	y.at(NotProposed)

	y.refused(fault.Forbidden, y.d.Appeal(y.as("an"), map[string]string{"1.1": "x"}))
	y.ok(y.d.Appeal(y.as("xa07"), map[string]string{"1.1": "có đủ minh chứng"}))
	y.refused(fault.Invalid, y.d.Appeal(y.as("xa07"), map[string]string{"1.1": "lần nữa"}))
	y.refused(fault.Forbidden, y.d.Decide(y.as("an"), "1.1", true, points("4"), "đúng"))
	y.refused(fault.Forbidden, y.d.Decide(y.as("chi"), "1.1", true, points("4"), "đúng"))
	y.ok(y.d.Decide(y.as("dung"), "1.1", true, points("4"), "có văn bản số 12"))
	y.at(NotProposed)
	if got := y.d.Marks("province").Marks["1.1"].Get("points"); got != "4" {
		t.Fatalf("the ruling counts %q, want 4", got)
	}
	y.ok(y.d.Move(y.as("quanly"), Reconsider, "đủ điểm sau kiến nghị"))
	y.at(Proposed)

	paper := Decision{Number: "12/QĐ-UBND", Day: "2026-05-30"}
	y.refused(fault.Conflict, y.d.Recognise(y.as("quanly"), Recognition{Decision: paper}))
	y.p.State = Locked
	y.refused(fault.Conflict, y.d.Appeal(y.as("xa07"), map[string]string{"1.2": "x"}))
	y.refused(fault.Invalid, y.d.Recognise(y.as("quanly"), Recognition{Decision: Decision{Number: "1", Day: "2027-01-01"}}))
	y.ok(y.d.Recognise(y.as("quanly"), Recognition{Decision: paper, Band: "dat", Until: "2027-05-30"}))
	if !y.d.Valid("2027-05-30") || y.d.Valid("2027-05-31") {
		t.Fatal("validity")
	}
	y.p.State = Published
	y.ok(y.d.CarryOver(y.as("quanly"), "09", paper))
	y.refused(fault.Conflict, y.d.CarryOver(y.as("quanly"), "09", paper))
	y.ok(y.d.Revoke(y.as("quanly"), paper, "kỷ luật"))
	y.at(Revoked)
	checkTrail(t, &y.d)
}

// scored brings the year to where everybody in a team has finished at the first
// appraisal stage.
func (y *year) scored(members ...string) {
	y.t.Helper()
	y.ok(y.d.Register(y.as("xa07"), Registration{}))
	y.ok(y.d.Move(y.as("quanly"), Approve, ""))
	y.ok(y.d.Move(y.as("xa07"), Submit, ""))
	y.ok(y.d.Assign(y.as("quanly"), y.p.Stages[1].Code, members))
	y.ok(y.d.Move(y.as(members[0]), Accept, ""))
	for _, m := range members {
		y.ok(y.d.Finish(y.as(m)))
	}
}

// A conclusion that is turned at a stage before the last sends the dossier to
// the next stage: as proposed it could never be scored there.
func TestReconsiderGoesOn(t *testing.T) {
	y := newYear(t, "district", "province")
	y.scored("an")
	y.ok(y.d.Conclude(y.as("an"), false, "dưới 80 điểm", "79"))
	y.ok(y.d.Appeal(y.as("xa07"), map[string]string{"1.1": "có đủ minh chứng"}))
	y.ok(y.d.Decide(y.as("dung"), "1.1", true, points("4"), "đúng"))
	y.ok(y.d.Move(y.as("quanly"), Reconsider, "đủ điểm sau kiến nghị"))
	if y.d.Status != Appraisal || y.d.Stage != "province" {
		t.Fatalf("%s at %s, want appraisal at province", y.d.Status, y.d.Stage)
	}
	y.ok(y.d.Assign(y.as("quanly"), "province", []string{"chi"}))
	y.ok(y.d.Finish(y.as("chi")))
	y.ok(y.d.Conclude(y.as("chi"), true, "", "81"))
	y.at(Proposed)
	// What the province gave is another matter than what the district gave.
	y.ok(y.d.Appeal(y.as("xa07"), map[string]string{"1.1": "cấp tỉnh cũng sót"}))
	y.refused(fault.Invalid, y.d.Appeal(y.as("xa07"), map[string]string{"1.1": "lần nữa"}))
	y.ok(y.d.Decide(y.as("dung"), "1.1", true, points("3"), "đúng một phần"))
	for stage, want := range map[string]string{"district": "4", "province": "3"} {
		if got := y.d.Marks(stage).Marks["1.1"].Get("points"); got != want || len(y.d.Appeals) != 2 {
			t.Errorf("%s has %s after its own appeal, want %s", stage, got, want)
		}
	}
	y.at(Proposed)
	y.ok(y.d.Move(y.as("quanly"), Reconsider, "khiếu nại của dân"))
	y.at(NotProposed)
	y.ok(y.d.Move(y.as("quanly"), Reconsider, "khiếu nại không đúng"))
	y.at(Proposed)
	checkTrail(t, &y.d)
}

// Whoever takes a team away and names it again does not bring a round back that
// the members have left behind.
func TestTakingTheTeamAwayKeepsTheRound(t *testing.T) {
	y := newYear(t, "province")
	y.scored("an", "binh")
	y.ok(y.d.Rescore(y.as("an"), "đã trao đổi"))
	if err := y.d.Assign(y.as("quanly"), "province", []string{"an"}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("somebody who scored leaves without a reason: %v", err)
	}
	c := y.as("quanly")
	c.Reason = "chuyển công tác"
	y.ok(y.d.Assign(c, "province", nil))
	if events := y.d.Outbox; !slices.ContainsFunc(events[len(events)-1].Detail, func(x audit.Change) bool { return x.Field == "reason" && x.After == c.Reason }) {
		t.Errorf("the reason is not in the trail: %+v", events[len(events)-1])
	}
	if y.d.AllIn("province") {
		t.Fatal("nobody is there, so nobody is ready")
	}
	y.ok(y.d.Assign(y.as("quanly"), "province", []string{"an", "binh"}))
	if round := y.d.Team("province").Round; round != 2 || y.d.AllIn("province") {
		t.Fatalf("round %d, all in %t: the first round counts again", round, y.d.AllIn("province"))
	}
	checkTrail(t, &y.d)
}

// Who scored a unit for itself, and appraises since, neither appraises it nor
// decides its appeals.
func TestFormerOfficerKeepsOut(t *testing.T) {
	y := newYear(t, "province")
	y.ok(y.d.Register(y.as("xa07"), Registration{}))
	y.ok(y.d.Move(y.as("quanly"), Approve, ""))
	y.d.Save(SelfStage, []Change{{Code: "1.1", Mark: points("4")}}, "hoa", day0, "s1")
	hoa := account.User{Login: "hoa", Role: account.Appraiser}
	if who := y.d.WhoOf(hoa, y.p); who != 0 {
		t.Errorf("a former officer is %b to the dossier", who)
	}
	ps := y.d.CheckTeam("province", []string{"hoa"}, map[string]account.User{"hoa": hoa})
	if len(ps) != 1 || ps[0].Key != "team.recused" {
		t.Errorf("a former officer is taken into the team: %v", ps)
	}
}

// checkTrail: the events of the dossier tell its statuses without a gap, and
// the last one is where it stands.
func checkTrail(t testing.TB, d *Dossier) {
	t.Helper()
	status := NotRegistered
	for _, e := range d.Outbox {
		for _, c := range e.Detail {
			if c.Field != "status" {
				continue
			}
			if Status(c.Before) != status {
				t.Fatalf("event %s starts from %q, the one before ended at %q", e.ID, c.Before, status)
			}
			status = Status(c.After)
		}
	}
	if status != d.Status {
		t.Fatalf("the trail ends at %s, the dossier is %s", status, d.Status)
	}
	if int64(len(d.Outbox)) != d.Rev {
		t.Fatalf("%d events, rev %d", len(d.Outbox), d.Rev)
	}
}

// May says exactly what Table says, for every act, status, state of the period
// and kind of person.
func TestMayFollowsTable(t *testing.T) {
	acts := map[Act]bool{}
	for _, r := range Table {
		if acts[r.Act] {
			t.Errorf("%s stands twice", r.Act)
		}
		acts[r.Act] = true
		for _, status := range Statuses() {
			for _, state := range []State{Draft, Open, Locked, Published} {
				for who := Who(0); who < Head<<1; who++ {
					d, p := Dossier{Status: status}, stepsPeriod("province")
					p.State = state
					err := d.May(r.Act, who, p)
					want := fault.Kind(99)
					switch {
					case who&r.Who == 0:
						want = fault.Forbidden
					case !slices.Contains(r.Period, state) || !slices.Contains(r.From, status):
						want = fault.Conflict
					}
					if want == 99 && err != nil || want != 99 && !fault.Is(err, want) {
						t.Fatalf("%s in %s, period %s, as %b: %v", r.Act, status, state, who, err)
					}
				}
			}
		}
	}
}

// From every status that is not an end, somebody can go on; every status can
// be reached.
func TestNoStatusIsADeadEnd(t *testing.T) {
	ends := []Status{Revoked}
	for _, s := range Statuses() {
		on := 0
		for _, r := range Table {
			if r.Act != Comment && r.Act != Assign && slices.Contains(r.From, s) {
				on++
			}
		}
		if end := slices.Contains(ends, s); end != (on == 0) {
			t.Errorf("%s: %d ways on", s, on)
		}
	}
}

// Members see a colleague's sheet only after finishing their own, others only
// when all are in, and the unit only after the conclusion.
func TestWhoSeesSheets(t *testing.T) {
	y := newYear(t, "province")
	y.ok(y.d.Register(y.as("xa07"), Registration{}))
	y.ok(y.d.Move(y.as("quanly"), Approve, ""))
	y.ok(y.d.Move(y.as("xa07"), Submit, ""))
	y.ok(y.d.Assign(y.as("quanly"), "province", []string{"an", "binh"}))
	y.ok(y.d.Move(y.as("an"), Accept, ""))
	an, binh := Layer{"province", "an", 1}, Layer{"province", "binh", 1}
	sees := func(l Layer, login string) bool { return y.d.SeesSheet(l, login, y.as(login).Who) }
	stage := func(login string) bool { return y.d.Sees("province", y.as(login).Who) }
	check := func(when string, want map[string]bool) {
		t.Helper()
		got := map[string]bool{
			"an sees binh": sees(binh, "an"), "binh sees an": sees(an, "binh"), "other sees an": sees(an, "dung"), "unit sees an": sees(an, "xa07"),
			"manager sees the stage": stage("quanly"), "unit sees the stage": stage("xa07"),
		}
		for k := range got {
			if !got[k] {
				delete(got, k)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	check("nobody ready", map[string]bool{})
	y.ok(y.d.Finish(y.as("an")))
	check("an ready", map[string]bool{})
	y.ok(y.d.Finish(y.as("binh")))
	check("both ready", map[string]bool{"an sees binh": true, "binh sees an": true, "other sees an": true, "manager sees the stage": true})
	y.ok(y.d.Conclude(y.as("an"), true, "", "1"))
	check("concluded", map[string]bool{"an sees binh": true, "binh sees an": true, "other sees an": true, "manager sees the stage": true, "unit sees the stage": true})
}

// Whatever people try in whatever order, the trail has no gap, a finished
// sheet never changes, and what is refused changes nothing.
func TestAnyOrder(t *testing.T) {
	logins := []string{"xa07", "xa08", "quanly", "an", "binh", "dung"}
	acts := []Act{Withdraw, Approve, Return, Submit, TakeBack, Accept, Resubmit, Reconsider, Refuse}
	rapid.Check(t, func(rt *rapid.T) {
		y := newYear(t, "district", "province")
		finished := map[Layer]string{}
		for range rapid.IntRange(1, 80).Draw(rt, "n") {
			c := y.as(rapid.SampledFrom(logins).Draw(rt, "login"))
			rev := y.d.Rev
			var err error
			switch k := rapid.IntRange(0, 13).Draw(rt, "what"); k {
			case 0:
				err = y.d.Register(c, Registration{Self: "80"})
			case 1:
				err = y.d.AskCompletion(c, Request{Text: "x"})
			case 2:
				err = y.d.Assign(c, rapid.SampledFrom([]string{"district", "province"}).Draw(rt, "stage"), rapid.SampledFrom([][]string{{"an"}, {"an", "binh"}, {"binh"}}).Draw(rt, "team"))
			case 3:
				err = y.d.Finish(c)
				if l := y.d.LayerOf(y.d.Stage, c.Login); err == nil {
					finished[l] = fmt.Sprint(y.d.In(l))
				}
			case 4:
				err = y.d.Rescore(c, "x")
			case 5, 6:
				err = y.d.Conclude(c, k == 5, "x", "1")
			case 7:
				err = y.d.Appeal(c, map[string]string{rapid.SampledFrom([]string{"1.1", "1.2"}).Draw(rt, "code"): "x"})
			case 8:
				err = y.d.Decide(c, "1.1", true, points("1"), "x")
			case 9:
				if y.d.May(MarkStage, c.Who, y.p) == nil && !y.d.Finished(y.d.LayerOf(y.d.Stage, c.Login)) {
					y.d.Save(y.d.Stage, []Change{{Code: "1.1", Base: entryMark(y, c), Mark: points(rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "p"))}}, c.Login, c.At, c.Event)
				}
				continue
			case 10:
				y.p.State = rapid.SampledFrom([]State{Open, Open, Open, Locked}).Draw(rt, "state")
			default:
				err = y.d.Move(c, rapid.SampledFrom(acts).Draw(rt, "act"), "x")
			}
			if err != nil && y.d.Rev != rev {
				rt.Fatalf("refused, but rev %d became %d: %v", rev, y.d.Rev, err)
			}
		}
		checkTrail(t, &y.d)
		for l, was := range finished {
			if now := fmt.Sprint(y.d.In(l)); now != was {
				rt.Fatalf("the finished sheet %v changed:\n%s\n%s", l, was, now)
			}
		}
		if !slices.IsSortedFunc(y.d.Outbox, func(a, b audit.Event) int { return a.At.Compare(b.At) }) {
			rt.Fatal("events out of order")
		}
	})
}

func entryMark(y *year, c Context) score.Mark {
	e, _ := y.d.Entry(y.d.LayerOf(y.d.Stage, c.Login), "1.1")
	return e.Mark
}
