package dossier

import (
	"slices"
	"time"
)

// MaxMembers is the number of appraisers that one stage of a dossier may have.
const MaxMembers = 9

// Team is who scores a dossier at a stage. The first member leads.
type Team struct {
	Stage   string   `bson:"stage"`
	Members []string `bson:"members"` // logins
	Round   int      `bson:"round"`   // of scoring, from 1
}

// Sheet is one member's finished part of a round; it does not change any more.
type Sheet struct {
	Stage  string    `bson:"stage"`
	Member string    `bson:"member"`
	Round  int       `bson:"round"`
	At     time.Time `bson:"at"`
}

// Layer names the cells that one hand fills: a stage that all share (self, and
// every stage of a free period), or one member's sheet in one round.
type Layer struct {
	Stage  string
	Member string
	Round  int
}

// Team returns who scores at a stage; one without a team has no members and is
// in round 1.
func (d *Dossier) Team(stage string) Team {
	i := slices.IndexFunc(d.Teams, func(t Team) bool { return t.Stage == stage })
	if i < 0 {
		return Team{Stage: stage, Round: 1}
	}
	return d.Teams[i]
}

// Shared reports whether all hands write into the same cells at a stage.
func (d *Dossier) Shared(stage string) bool { return d.Status == Free || stage == SelfStage }

// LayerOf returns the cells that a person fills at a stage now.
func (d *Dossier) LayerOf(stage, login string) Layer {
	if d.Shared(stage) {
		return Layer{Stage: stage}
	}
	return Layer{stage, login, d.Team(stage).Round}
}

// Finished reports whether a member has finished the sheet of a round.
func (d *Dossier) Finished(l Layer) bool {
	return slices.ContainsFunc(d.Sheets, func(s Sheet) bool { return s.Stage == l.Stage && s.Member == l.Member && s.Round == l.Round })
}

// AllIn reports whether every member of a stage has finished the sheet of its
// present round. A stage without members never is.
func (d *Dossier) AllIn(stage string) bool {
	t := d.Team(stage)
	for _, m := range t.Members {
		if !d.Finished(Layer{stage, m, t.Round}) {
			return false
		}
	}
	return len(t.Members) > 0
}

// MemberOf reports whether a login is assigned at a stage.
func (d *Dossier) MemberOf(stage, login string) bool {
	return slices.Contains(d.Team(stage).Members, login)
}

// HasScored reports whether a login wrote or finished any sheet, in any round,
// or is assigned to.
func (d *Dossier) HasScored(login string) bool {
	for _, t := range d.Teams {
		if slices.Contains(t.Members, login) {
			return true
		}
	}
	return slices.ContainsFunc(d.Entries, func(e Entry) bool { return e.Member == login && login != "" }) ||
		slices.ContainsFunc(d.Sheets, func(s Sheet) bool { return s.Member == login })
}

// scoredItself reports whether a login wrote any of what the unit gave itself:
// somebody who worked for the unit then, wherever they work now.
func (d *Dossier) scoredItself(login string) bool {
	return slices.ContainsFunc(d.Entries, func(e Entry) bool { return e.Stage == SelfStage && e.By == login })
}

// Concluded reports whether the conclusion of an appraisal stage is out. Only
// then does the unit see what the stage gave it.
func (d *Dossier) Concluded(stage string) bool {
	return slices.ContainsFunc(d.Conclusions, func(c Conclusion) bool { return c.Stage == stage })
}

// Sees reports whether a person may see what a stage gave: the unit once the
// stage is concluded, an appraiser once every member's sheet is in (a member
// sees the sheets of the colleagues once their own is in, see SeesSheet), the
// manager and the head of the council when the sheets are in. What units say of
// themselves and free periods are seen by all who may see the dossier.
func (d *Dossier) Sees(stage string, who Who) bool {
	switch {
	case d.Shared(stage):
		return true
	case who.Has(Manager | Head | Member | Lead | Judge):
		return d.AllIn(stage)
	}
	return d.Concluded(stage)
}

// SeesSheet reports whether a person may see one member's sheet: one's own; a
// colleague's once one's own of that round, or of the present one, is in; another appraiser's when
// all are in; the manager's always. A unit never sees single sheets.
func (d *Dossier) SeesSheet(l Layer, login string, who Who) bool {
	switch {
	case l.Member == login:
		return true
	case who.Has(Manager):
		return true
	case who.Has(Unit):
		return false
	}
	t := d.Team(l.Stage)
	if slices.Contains(t.Members, login) {
		return d.Finished(l) && (d.Finished(Layer{l.Stage, login, l.Round}) || d.Finished(Layer{l.Stage, login, t.Round}))
	}
	return d.AllIn(l.Stage)
}
