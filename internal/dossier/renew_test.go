package dossier

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
)

func TestRenewed(t *testing.T) {
	p := stepsPeriod("district", "province")
	p.ID, p.Title, p.Year, p.On, p.Previous, p.Units, p.Checksum, p.Version = "2024-1", "6 tháng đầu năm 2024", 2024, "2024-02-29", "2023", []string{"07"}, "x", 9
	p.SignOff.By = "lanhdao"
	p.Deadlines = map[string]string{StepRegister: "2024-03-01", StepAppeal: "2024-12-31"}
	p.Gate, p.Spread, p.MaxAppeals, p.ValidMonths, p.Head = Gate{Conditions: true, MinSelf: "70"}, "7.5", 3, 24, "lanhdao"
	p.Target = Target{Percent: "60", By: "2024-12-31"}
	want := Period{
		ID: "2025-1", Title: "6 tháng đầu năm 2025", Year: 2025, On: "2025-02-28", Previous: "2024-1", State: Draft, Stages: p.Stages, Steps: true,
		Deadlines: map[string]string{StepRegister: "2025-03-01", StepAppeal: "2025-12-31"}, Gate: p.Gate, Spread: "7.5", MaxAppeals: 3, ValidMonths: 24, Head: "lanhdao",
		Target: Target{Percent: "60", By: "2025-12-31"},
	}
	if diff := cmp.Diff(want, p.Renewed()); diff != "" {
		t.Error(diff)
	}
	if p.Deadlines[StepAppeal] != "2024-12-31" {
		t.Error("the period itself changed")
	}
}

func TestCheckHead(t *testing.T) {
	for _, c := range []struct {
		u     account.User
		known bool
		fine  bool
	}{
		{account.User{Role: account.Leader}, true, true}, {account.User{Role: account.Manager}, true, true}, {account.User{Role: account.Leader}, false, false},
		{account.User{Role: account.Leader, Disabled: true}, true, false}, {account.User{Role: account.Appraiser}, true, false}, {account.User{Role: account.Commune}, true, false},
	} {
		if got := len(CheckHead(c.u, c.known)) == 0; got != c.fine {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// The days of a period are those of its year or half-year, and next year's
// half-year is the same half.
func TestDays(t *testing.T) {
	for half, want := range [][2]string{{"2026-01-01", "2026-12-31"}, {"2026-01-01", "2026-06-30"}, {"2026-07-01", "2026-12-31"}} {
		p := Period{Year: 2026, Half: half}
		if from, to := p.Days(); from != want[0] || to != want[1] {
			t.Errorf("half %d: %s to %s", half, from, to)
		}
		if next := p.Renewed(); next.Half != half {
			t.Errorf("half %d becomes %d", half, next.Half)
		}
	}
}
