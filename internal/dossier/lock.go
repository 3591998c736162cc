package dossier

import "thanthien/internal/audit"

// Lock sets or drops the flag that a period's lock puts on its dossiers and
// posts e as its event. With the flag no mark is saved any more, whoever read
// the period before. What is so already stays as it is.
func (d *Dossier) Lock(locked bool, e audit.Event) {
	if d.Locked == locked {
		return
	}
	e.Action, e.Thing = audit.Moved, d.Thing()
	act := "unlock"
	if locked {
		act = "lock"
	}
	e.Detail = []audit.Change{{Field: "act", After: act}}
	d.Locked = locked
	d.post(e)
}
