package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

func runVerify(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "verify")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "only the counts of this campaign (default: everything)")
	head := fs.String("head", "", "NUMBER:HASH of an audit block as it was printed, its start perhaps")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	kept, err := readHead(*head)
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		wrong, err := verifyCounts(ctx, e, d, *campaign)
		if err != nil {
			return err
		}
		damaged, thawed, changed := 0, 0, 0
		if *campaign == "" {
			if thawed, err = verifyFreezes(ctx, e, d); err != nil {
				return err
			}
			if changed, err = verifyEvidence(ctx, e, d); err != nil {
				return err
			}
			if damaged, err = verifyAudit(ctx, e, d, kept); err != nil {
				return err
			}
		}
		switch {
		case thawed > 0:
			return fault.New(fault.Conflict, "lock.different", thawed)
		case changed > 0:
			return fault.New(fault.Conflict, "evidence.changed", changed)
		case damaged > 0:
			return fault.New(fault.Conflict, "audit.damaged", damaged)
		case wrong > 0:
			return fault.New(fault.Conflict, "pool.different", wrong)
		}
		return nil
	})
}

// readHead reads NUMBER:HASH, spaces in the hash left out; "" is none.
func readHead(text string) (audit.Head, error) {
	if text == "" {
		return audit.Head{}, nil
	}
	number, hash, _ := strings.Cut(text, ":")
	hash = strings.ToLower(strings.Join(strings.Fields(hash), ""))
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 1 || len(hash) < minHead {
		return audit.Head{}, usageError{"--head takes NUMBER:HASH with at least 8 digits of the hash, for example 12:3f2a9c71b04d55e0"}
	}
	return audit.Head{Block: n, Hash: hash}, nil
}

// minHead is how many digits of a block's hash tell it apart.
const minHead = 8

// verifyAudit checks the audit trail. It prints a line for the whole and one
// for each place that is wrong, and returns how many those are.
func verifyAudit(ctx context.Context, e *env, d *database, kept audit.Head) (int, error) {
	c, err := d.VerifyAudit(ctx, kept)
	if err != nil {
		return 0, err
	}
	state := "ok"
	if len(c.Findings) > 0 {
		state = "damaged"
	}
	e.printf("audit\tchain\tevents\tthings\tunchained\tblocks\thead\n")
	e.printf("trail\t%s\t%d\t%d\t%d\t%d\t%d:%s\n", state, c.Events, c.Things, c.Before, c.Blocks, c.Head.Block, c.Head.Hash)
	for _, f := range c.Findings {
		e.printf("%s\t%s\n", f.Wrong, place(f))
	}
	if c.More {
		e.say("only the first %d places are listed", len(c.Findings))
	}
	return len(c.Findings), nil
}

// place names where the trail is wrong: the thing, the number of the event in
// its chain, the event, the block, and what should be there.
func place(f audit.Finding) string {
	var parts []string
	if f.Thing != "" {
		parts = append(parts, f.Thing)
	}
	if f.Seq > 0 {
		parts = append(parts, fmt.Sprintf("#%d", f.Seq))
	}
	if f.ID != "" {
		parts = append(parts, "event "+f.ID)
	}
	if f.Block > 0 {
		parts = append(parts, fmt.Sprintf("block %d", f.Block))
	}
	if f.Text != "" {
		parts = append(parts, f.Text)
	}
	return strings.Join(parts, "\t")
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
