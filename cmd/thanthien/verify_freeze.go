package main

import (
	"context"

	"thanthien/internal/result"
)

// verifyFreezes compares every locked period with what its lock kept. It prints
// a line for each and one for each thing that is not as it was locked, and
// returns how many those are. Periods locked before locks kept anything are
// counted live and told as such.
func verifyFreezes(ctx context.Context, e *env, d *database) (wrong int, err error) {
	periods, err := d.Periods(ctx)
	if err != nil {
		return 0, err
	}
	e.printf("period\tlock\tchecksum\tsigned\n")
	for i := range periods {
		p := &periods[i]
		if !p.Frozen() {
			continue
		}
		if !result.Frozen(p) {
			e.printf("%s\tnone\t\t\n", p.ID)
			continue
		}
		list, err := result.CheckFreeze(ctx, d.Store, p)
		if err != nil {
			return wrong, err
		}
		state, signed := "ok", ""
		if len(list) > 0 {
			state = "different"
			wrong += len(list)
		}
		if p.Signed() {
			signed = p.SignOff.By
		}
		e.printf("%s\t%s\t%s\t%s\n", p.ID, state, p.Checksum, signed)
		for _, x := range list {
			e.printf("%s\t%s\t%s\n", p.ID, x.What, x.About)
		}
	}
	return wrong, nil
}
