package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

func runCampaignCreate(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "campaign create")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	form := fs.String("form", "", "survey form, ID@VERSION")
	period := fs.String("period", "", "period whose units it asks about and whose scores it feeds")
	title := fs.String("title", "", "title (default: the form's)")
	groups := fs.String("groups", "", "respondent groups, separated by commas (default: the form's)")
	opens := fs.String("opens", "", "start, YYYY-MM-DD or YYYY-MM-DDTHH:MM in Vietnam's time; a day alone means its beginning, 00:00 (default: now)")
	closes := fs.String("closes", "", "end, the same; a day alone means its end, 24:00")
	channels := fs.String("channels", "", "ways to answer, separated by commas, of "+channelNames()+" (default: all)")
	margin := fs.String("error", "", "margin of error of the sample plan in percent, one decimal at most (default: 5)")
	seconds := fs.Int("min-seconds", 0, "answers faster than this are flagged (default: by the number of questions)")
	retain := fs.Int("retain", survey.DefaultRetention, "months after closing until texts are erased")
	rest, err := parse(fs, args)
	id, err := oneArgument(rest, err, "campaign id, such as hai-long-2026")
	if err != nil {
		return err
	}
	c := survey.Campaign{ID: id, Title: *title, Period: *period, Groups: strings.FieldsFunc(*groups, func(r rune) bool { return r == ',' })}
	if err := cmp.Or(needed("form", *form), needed("period", *period), needed("closes", *closes)); err != nil {
		return err
	}
	if err := campaignSettings(&c, *channels, *margin, *seconds, *retain); err != nil {
		return err
	}
	if c.FormID, c.FormVer, err = reference(*form); err != nil {
		return err
	}
	c.Opens = time.Now()
	if *opens != "" {
		if c.Opens, err = moment(*opens, false); err != nil {
			return err
		}
	}
	if c.Closes, err = moment(*closes, true); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error { return createCampaign(ctx, e, d, c) })
}

// channelNames lists the channels for people.
func channelNames() string {
	var names []string
	for _, ch := range survey.Channels() {
		names = append(names, string(ch))
	}
	return strings.Join(names, ", ")
}

// campaignSettings puts the flags that may change while a campaign runs into it.
func campaignSettings(c *survey.Campaign, channels, margin string, seconds, retain int) error {
	for _, name := range strings.FieldsFunc(channels, func(r rune) bool { return r == ',' || r == ' ' }) {
		ch := survey.Channel(name)
		if !ch.Known() {
			return usageError{"--channels knows " + channelNames() + ", not \"" + name + "\""}
		}
		if !slices.Contains(c.Channels, ch) {
			c.Channels = append(c.Channels, ch)
		}
	}
	if margin != "" {
		percent, err := strconv.ParseFloat(margin, 64)
		if c.Error = int(math.Round(percent * 10)); err != nil || c.Error < 1 || c.Error > survey.MaxPlanError || float64(c.Error) != percent*10 {
			return usageError{fmt.Sprintf("--error is a percentage above 0 up to %d with one decimal at most, not %q", survey.MaxPlanError/10, margin)}
		}
	}
	if c.MinSeconds = seconds; seconds < 0 || seconds > survey.MaxMinSeconds {
		return usageError{fmt.Sprintf("--min-seconds is 0 to %d", survey.MaxMinSeconds)}
	}
	if c.RetainMonths = retain; retain < 1 || retain > survey.MaxRetention {
		return usageError{fmt.Sprintf("--retain is 1 to %d months", survey.MaxRetention)}
	}
	return nil
}

func createCampaign(ctx context.Context, e *env, d *database, c survey.Campaign) error {
	form, err := d.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return err
	}
	p, err := d.Period(ctx, c.Period)
	if err != nil {
		return err
	}
	c.Units = p.Units
	if c.Title == "" {
		c.Title = form.Title
	}
	problems := c.Check()
	for _, g := range c.Groups {
		if !c.Takes(form, g) {
			problems = append(problems, fault.Problem{Path: "--groups", Key: "survey.campaign.group", Args: []any{g}})
		}
	}
	others, err := d.CampaignsOf(ctx, c.Period)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.FormID == c.FormID {
			problems = append(problems, fault.Problem{Path: "--form", Key: "survey.campaign.form", Args: []any{o.ID, c.FormID}})
		}
	}
	if err := fault.List("survey.campaign.invalid", problems); err != nil {
		return err
	}
	c.Opens, c.Closes = c.Opens.UTC().Truncate(time.Millisecond), c.Closes.UTC()
	if err := d.PutCampaign(ctx, c, audit.Event{Action: audit.CampaignOpened, Thing: "campaigns/" + c.ID}); err != nil {
		return err
	}
	e.printf("%s\t%d\n", c.ID, len(c.Units))
	return nil
}

// moment reads a day or a minute in Vietnam's time. A day alone is its
// beginning, or its end: the beginning of the next.
func moment(s string, end bool) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, s, vi.Zone); err == nil {
		if end {
			t = t.AddDate(0, 0, 1)
		}
		return t, nil
	}
	t, err := time.ParseInLocation("2006-01-02T15:04", s, vi.Zone)
	if err != nil {
		return t, usageError{"write the time as YYYY-MM-DD or YYYY-MM-DDTHH:MM, not \"" + s + "\""}
	}
	return t, nil
}

func runCampaignList(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "campaign list")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		list, err := d.Campaigns(ctx)
		if err != nil {
			return err
		}
		e.printf("id\tform\tperiod\tunits\topens\tcloses\ttitle\n")
		for _, c := range list {
			e.printf("%s\t%s\t%s\t%d\t%s\t%s\t%s\n", c.ID, store.Ref(c.FormID, c.FormVer), c.Period, len(c.Units),
				c.Opens.In(vi.Zone).Format(time.RFC3339), c.Closes.In(vi.Zone).Format(time.RFC3339), c.Title)
		}
		return nil
	})
}
