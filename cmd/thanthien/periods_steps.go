package main

import (
	"flag"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/dossier"
)

// stepsFlags are the settings of a period whose dossiers move through the steps
// of the year.
type stepsFlags struct {
	steps     *bool
	deadlines map[string]string
	gate      *string
	spread    *string
	appeals   *int
	months    *int
	head      *string
}

func stepFlags(fs *flag.FlagSet) stepsFlags {
	f := stepsFlags{deadlines: map[string]string{}}
	f.steps = fs.Bool("steps", false, "dossiers move through the steps of the year, from registration to decision (default: marks may be entered at any stage)")
	fs.Func("deadline", "`STEP=YYYY-MM-DD`, the last day of register, submit, an appraisal stage or appeal; may be repeated", func(s string) error {
		step, day, ok := strings.Cut(s, "=")
		if !ok {
			return usageError{"write STEP=YYYY-MM-DD, such as register=2026-03-31"}
		}
		f.deadlines[step] = day
		return nil
	})
	f.gate = fs.String("gate", "", "what registering asks for, separated by commas: conditions, last-year, min-self=POINTS")
	f.spread = fs.String("spread", "", "points that two members' totals may differ by (default: "+dossier.DefaultSpread+")")
	f.appeals = fs.Int("max-appeals", 0, "criteria that a unit may contest (default: "+strconv.Itoa(dossier.DefaultAppeals)+")")
	f.months = fs.Int("valid-months", 0, "how long a recognition holds (default: "+strconv.Itoa(dossier.DefaultValidMonths)+")")
	f.head = fs.String("head", "", "login of the council's head, who signs the locked result off")
	return f
}

// into puts the flags into a period; without --steps none of the others may be
// given.
func (f stepsFlags) into(p *dossier.Period) error {
	given := len(f.deadlines) > 0 || *f.gate != "" || *f.spread != "" || *f.appeals != 0 || *f.months != 0 || *f.head != ""
	if given && !*f.steps {
		return usageError{"--deadline, --gate, --spread, --max-appeals, --valid-months and --head go with --steps"}
	}
	p.Steps, p.Spread, p.MaxAppeals, p.ValidMonths, p.Head = *f.steps, *f.spread, *f.appeals, *f.months, *f.head
	known := p.StepCodes()
	for step, day := range f.deadlines {
		if !slices.Contains(known, step) {
			return usageError{"--deadline: there is no step " + strconv.Quote(step) + "; there are " + strings.Join(known, ", ")}
		}
		if p.Deadlines == nil {
			p.Deadlines = map[string]string{}
		}
		p.Deadlines[step] = day
	}
	for _, part := range commaList(*f.gate) {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case name == "conditions" && value == "":
			p.Gate.Conditions = true
		case name == "last-year" && value == "":
			p.Gate.LastYear = true
		case name == "min-self" && value != "":
			p.Gate.MinSelf = value
		default:
			return usageError{"--gate takes conditions, last-year and min-self=POINTS, not " + strconv.Quote(part)}
		}
	}
	return nil
}
