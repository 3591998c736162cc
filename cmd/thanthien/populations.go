package main

import (
	"context"
	"fmt"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/survey"
)

// runPopulationImport puts the people of a file's units and groups into the
// sample plan of a campaign, all of them or none; others stay as they are.
func runPopulationImport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "population import")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "the campaign")
	rest, err := parse(fs, args)
	file, err := oneArgument(rest, err, "file with the columns unit, group, count: .csv or .xlsx")
	if err != nil {
		return err
	}
	if err := needed("campaign", *campaign); err != nil {
		return err
	}
	data, err := readFile(e, file)
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		return inFile(importPopulations(ctx, e, d, *campaign, file, data), file)
	})
}

func importPopulations(ctx context.Context, e *env, d *database, campaign, file string, data []byte) error {
	c, err := d.Campaign(ctx, campaign)
	if err != nil {
		return err
	}
	form, err := d.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return err
	}
	list, err := report.ReadCounts(file, data, report.CountRules(&c, c.RespondentGroups(form), 0, survey.MaxPopulation))
	if err != nil {
		return err
	}
	p, version, err := d.Populations(ctx, c.ID)
	if err != nil {
		return err
	}
	was := populationSum(p)
	for _, n := range list {
		p.Set(n.Unit, n.Group, n.N)
	}
	if err := d.PutPopulations(ctx, c.ID, p, version); err != nil {
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) {
			err = fault.Wrap(err, fault.Stale, "store.stale")
		}
		return err
	}
	e.printf("cells\t%d\npeople\t%d\n", p.Cells(), p.Sum())
	return d.Record(ctx, audit.Event{ID: fmt.Sprintf("campaigns/%s#plan%d", c.ID, version+1), Who: systemUser(), Action: audit.CampaignChange, Thing: "campaigns/" + c.ID,
		Detail: []audit.Change{{Field: "populations", Before: was, After: populationSum(p)}}})
}

// populationSum describes populations in an audit event.
func populationSum(p survey.Populations) string {
	return fmt.Sprintf("%d cells, %d people", p.Cells(), p.Sum())
}
