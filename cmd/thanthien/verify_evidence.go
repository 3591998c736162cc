package main

import "context"

// verifyEvidence reads every file of evidence and compares it with its hash. It
// prints a line for the whole and one for each file that is missing or changed,
// and returns how many those are.
func verifyEvidence(ctx context.Context, e *env, d *database) (wrong int, err error) {
	n, err := d.CheckEvidence(ctx, func(period, unit, sha string, why error) {
		wrong++
		e.printf("evidence\t%s/%s\t%s\t%v\n", period, unit, sha, why)
	})
	if err == nil {
		e.printf("evidence\t%d files\t%d wrong\n", n, wrong)
	}
	return wrong, err
}
