package survey

import (
	"maps"
	"slices"
)

// Part is what has come in for one unit: the responses that count, and every
// response by channel.
type Part struct {
	Counted  *Tally
	Channels map[Channel]*Tally
}

// Overview is the statistics of a campaign: by unit, over all units, and the
// latter by group and by channel.
type Overview struct {
	Units    []UnitReport // in code order
	Whole    UnitReport   // all of Units together; Unit is ""
	Groups   []UnitReport // of Whole, one group each, in the form's order; Unit is the group
	Channels []UnitReport // of Whole, one channel each; Unit is the channel; no groups, no questions
	Left     int          // units that are too small to be in Whole (suppressed only)

	form  *Form
	parts map[string]Part
}

// NewOverview works out the statistics of the units' responses to one form
// version. The error is that of tallies of another version.
func NewOverview(f *Form, parts map[string]Part) (Overview, error) {
	o := Overview{form: f, parts: parts}
	all, channels := NewTally(f), map[Channel]*Tally{}
	for _, code := range slices.Sorted(maps.Keys(parts)) {
		p := parts[code]
		if p.Counted == nil {
			p.Counted = NewTally(f)
		}
		o.Units = append(o.Units, p.Counted.Report(code))
		if err := all.Merge(p.Counted); err != nil {
			return o, err
		}
		for ch, t := range p.Channels {
			if channels[ch] == nil {
				channels[ch] = NewTally(f)
			}
			if err := channels[ch].Merge(t); err != nil {
				return o, err
			}
		}
	}
	o.Whole = all.Report("")
	for _, g := range f.Respondents {
		o.Groups = append(o.Groups, all.Only(g).Report(g))
	}
	for _, ch := range Channels() {
		if t := channels[ch]; t != nil && t.N() > 0 {
			r := t.Report(string(ch))
			r.Groups, r.Questions = nil, nil
			o.Channels = append(o.Channels, r)
		}
	}
	return o, nil
}

// Only returns a tally of one group of t alone. It shares counts with t: read
// only.
func (t *Tally) Only(group string) *Tally {
	only := NewTally(t.form)
	if i := t.form.groupPos(group); i >= 0 {
		only.groups[i] = t.groups[i]
	}
	return only
}
