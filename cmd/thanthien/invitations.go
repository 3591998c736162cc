package main

import (
	"cmp"
	"context"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// invitations is an order of the command line.
type invitations struct {
	campaign, unit, group string
	count                 int
	note, out             string
	base                  string // public address of the site, for the links
}

// runInvitationsCreate makes one-use invitations and writes them to a file, the
// only place that ever has them.
func runInvitationsCreate(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "invitations create")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	var in invitations
	fs.StringVar(&in.campaign, "campaign", "", "the campaign")
	fs.StringVar(&in.unit, "unit", "", "unit code")
	fs.StringVar(&in.group, "group", "", "respondent group, such as resident or business")
	fs.IntVar(&in.count, "count", 0, "how many")
	fs.StringVar(&in.note, "note", "", "note for the list of batches; never a respondent's name")
	fs.StringVar(&in.out, "out", "", "file to write, .csv or .xlsx")
	fs.StringVar(&in.base, "url", "", "public address of the site, for the links (THANTHIEN_BASE_URL)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	if err := cmp.Or(needed("campaign", in.campaign), needed("unit", in.unit), needed("group", in.group), needed("out", in.out)); err != nil {
		return err
	}
	if format := formatOf(in.out); format != "csv" && format != "xlsx" {
		return usageError{"--out " + in.out + " ends neither in .csv nor in .xlsx"}
	}
	if in.count < 1 || in.count > store.MaxTokens {
		return usageError{"--count is 1 to " + strconv.Itoa(store.MaxTokens)}
	}
	c, _, err := loadConfig(e, map[string]string{"DB": *db})
	if err != nil {
		return err
	}
	if in.base = strings.TrimRight(cmp.Or(in.base, c.BaseURL), "/"); in.base == "" {
		return usageError{"the links need the public address of the site: --url or THANTHIEN_BASE_URL"}
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error { return in.create(ctx, e, d) })
}

// create makes the invitations and writes the file. When it cannot be written,
// they are revoked: nobody holds them.
func (in *invitations) create(ctx context.Context, e *env, d *database) error {
	c, u, err := in.check(ctx, d)
	if err != nil {
		return err
	}
	var b store.TokenBatch
	err = writeFile(e, in.out, func(w io.Writer) error {
		var plain []string
		b, plain, err = d.CreateTokens(ctx, store.TokenBatch{Campaign: c.ID, Unit: in.unit, Group: in.group, Count: in.count, Note: vi.Clean(in.note), By: systemUser()})
		if err != nil {
			return err
		}
		if err := in.log(ctx, d, &b); err != nil {
			return err
		}
		list := make([]report.Invite, len(plain))
		for i, token := range plain {
			list[i] = report.Invite{Unit: in.unit, Group: in.group, Batch: b.ID, Number: i + 1, Token: token}
		}
		rows := report.InviteRows(list, map[string]string{u.Code: u.Name}, in.base, c.ID)
		if formatOf(in.out) == "csv" {
			return report.WriteInvitesCSV(w, rows)
		}
		return xlsx.Invites(w, xlsx.InviteBook{Title: c.Title, Closes: vi.DateTime(c.Closes), Made: d.Now(), Rows: rows})
	})
	if err != nil && b.Version > 0 {
		_, rerr := d.RevokeTokenBatch(context.WithoutCancel(ctx), b.ID)
		return cmp.Or(rerr, err)
	}
	if err == nil {
		e.printf("%s\t%d\n", b.ID, b.Count)
	}
	return err
}

// check finds the campaign and the unit of an order that may be made.
func (in *invitations) check(ctx context.Context, d *database) (c survey.Campaign, u unit.Unit, err error) {
	if c, err = d.Campaign(ctx, in.campaign); err != nil {
		return c, u, err
	}
	form, err := d.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return c, u, err
	}
	switch {
	case !c.Accepts(survey.Token):
		err = fault.New(fault.Conflict, "plan.noTokens")
	case !d.Now().Before(c.Closes):
		err = fault.New(fault.Conflict, "plan.ended", vi.DateTime(c.Closes))
	case !slices.Contains(c.Units, in.unit):
		err = fault.New(fault.NotFound, "public.unit", in.unit)
	case !c.Takes(form, in.group):
		err = fault.New(fault.Invalid, "survey.campaign.group", in.group)
	case utf8.RuneCountInString(in.note) > store.MaxTokenNote:
		err = fault.New(fault.Invalid, "plan.note", store.MaxTokenNote)
	default:
		u, err = d.Unit(ctx, in.unit)
	}
	return c, u, err
}

// log records that the invitations were made and that they leave.
func (in *invitations) log(ctx context.Context, d *database, b *store.TokenBatch) error {
	err := d.Record(ctx, audit.Event{ID: "campaigns/" + b.Campaign + "#invites-" + b.ID, Who: b.By, Action: audit.CampaignChange, Thing: "campaigns/" + b.Campaign,
		Detail: []audit.Change{{Field: "invitations", After: vi.Text("plan.invited", vi.Int(b.Count), vi.Int(1))}}})
	if err != nil {
		return err
	}
	return d.LogExport(ctx, store.Export{Who: b.By, What: "tokens", Path: filepath.Base(in.out), Campaign: b.Campaign, Format: formatOf(in.out), Rows: int64(b.Count), Via: store.ViaCommand})
}
