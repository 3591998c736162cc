package dossier

import "thanthien/internal/score"

// Marks returns what a stage gave, as package score takes it. At a stage with
// members that is nothing until every sheet is in, and then the sheets of the
// present round as Members (a single sheet stands for itself), with the marks of
// accepted appeals in their place.
func (d *Dossier) Marks(stage string) score.UnitMarks {
	if d.Shared(stage) {
		return d.LayerMarks(Layer{Stage: stage})
	}
	m := score.UnitMarks{Unit: d.Unit, Marks: map[string]score.Mark{}, Conditions: map[string]bool{}}
	if !d.AllIn(stage) {
		return m
	}
	t := d.Team(stage)
	if len(t.Members) == 1 {
		m = d.LayerMarks(Layer{stage, t.Members[0], t.Round})
	} else {
		for _, member := range t.Members {
			m.Members = append(m.Members, d.LayerMarks(Layer{stage, member, t.Round}))
		}
	}
	for _, x := range d.Appeals {
		if x.Accepted && x.Stage == stage {
			m.Marks[x.Code] = x.Mark
		}
	}
	return m
}

// LayerMarks returns the marks and conditions of one layer.
func (d *Dossier) LayerMarks(l Layer) score.UnitMarks {
	m := score.UnitMarks{Unit: d.Unit, Marks: map[string]score.Mark{}, Conditions: map[string]bool{}}
	for i := range d.Entries {
		e := &d.Entries[i]
		if e.Layer() != l {
			continue
		}
		if code, ok := ConditionOf(e.Code); ok {
			m.Conditions[code] = e.Mark.Get(Met) == "true"
		} else if !e.Mark.Empty() {
			m.Marks[e.Code] = e.Mark
		}
	}
	return m
}
