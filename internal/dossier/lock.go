package dossier

import (
	"thanthien/internal/audit"
	"thanthien/internal/fault"
)

// Lock sets or drops the flag that a period's lock puts on its dossiers and
// posts e as its event. With the flag no mark is saved any more, whoever read
// the period before. What is so already stays as it is. Conflict while an
// appeal waits: its ruling could no longer count.
func (d *Dossier) Lock(locked bool, e audit.Event) error {
	if d.Locked == locked {
		return nil
	}
	if locked && len(d.Waiting()) > 0 {
		return fault.New(fault.Conflict, "lock.appeals", 1)
	}
	e.Action, e.Thing = audit.Moved, d.Thing()
	act := "unlock"
	if locked {
		act = "lock"
	}
	e.Detail = []audit.Change{{Field: "act", After: act}}
	d.Locked = locked
	d.post(e)
	return nil
}
