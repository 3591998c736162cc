package main

import (
	"context"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

func runVerify(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "verify")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "only this campaign (default: all)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		wrong, err := verifyCounts(ctx, e, d, *campaign)
		if err != nil {
			return err
		}
		if wrong > 0 {
			return fault.New(fault.Conflict, "pool.different", wrong)
		}
		return nil
	})
}

// verifyCounts compares the counts of every campaign, or of one, with a recount
// of its responses. It prints a line for each and returns how many differ.
func verifyCounts(ctx context.Context, e *env, d *database, only string) (wrong int, err error) {
	list, err := d.Campaigns(ctx)
	if only != "" {
		list = make([]survey.Campaign, 1)
		list[0], err = d.Campaign(ctx, only)
	}
	if err != nil {
		return 0, err
	}
	e.printf("campaign\tcounts\tresponses\tflagged\n")
	for i := range list {
		v, err := d.Verify(ctx, &list[i])
		if err != nil {
			return wrong, err
		}
		state := "ok"
		if len(v.Different) > 0 {
			state = "different"
			wrong++
		}
		e.printf("%s\t%s\t%d\t%d\n", list[i].ID, state, v.Responses, v.Flagged)
		if v.Young > 0 {
			e.say("%s: %d responses of the last minutes are too young to be compared; run it again later", list[i].ID, v.Young)
		}
		for _, x := range v.Different {
			e.printf("%s\t%s\t%s\n", list[i].ID, x.Unit, x.What)
		}
	}
	return wrong, nil
}
