package main

import (
	"context"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// defaultTokenDays is the life of an API token without --days.
const defaultTokenDays = 365

func runTokenCreate(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "token create")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	role := fs.String("role", "", "what the program may do: admin, manager, appraiser, commune, leader or surveyor")
	unitCode := fs.String("unit", "", "unit code, for role commune")
	days := fs.Int("days", defaultTokenDays, "days until it ends")
	name := fs.String("name", "", "what it is for")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	if err := needed("role", *role); err != nil {
		return err
	}
	t := store.APIToken{Name: vi.Clean(*name), Role: account.Role(*role), Unit: *unitCode}
	if err := checkToken(t, *days); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		if t.Unit != "" {
			if _, err := d.Unit(ctx, t.Unit); err != nil {
				return err
			}
		}
		t.Ends = d.Now().AddDate(0, 0, *days)
		plain, made, err := d.CreateAPIToken(ctx, t)
		if err != nil {
			return err
		}
		err = d.Record(ctx, audit.Event{Who: systemUser(), Action: audit.APITokenCreated, Thing: "api_tokens/" + made.ID,
			Detail: []audit.Change{{Field: "role", After: string(made.Role)}, {Field: "unit", After: made.Unit}}})
		if err != nil {
			return err
		}
		e.say("The token is shown this once; ID %s, until %s.", made.ID, vi.Date(made.Ends))
		e.printf("%s\n", plain)
		return nil
	})
}

// checkToken checks a new token by the rules of the account it stands for.
func checkToken(t store.APIToken, days int) error {
	problems := account.User{Login: "api", Name: t.Name + "api", Role: t.Role, Unit: t.Unit}.Check()
	if days < 1 || days > store.MaxAPITokenDays {
		problems = append(problems, fault.Problem{Path: "days", Key: "token.days", Args: []any{store.MaxAPITokenDays}})
	}
	return fault.List("token.invalid", problems)
}

func runTokenList(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "token list")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		list, err := d.APITokens(ctx)
		if err != nil {
			return err
		}
		e.printf("id\trole\tunit\tcreated\tends\trevoked\tname\n")
		for _, t := range list {
			e.printf("%s\t%s\t%s\t%s\t%s\t%t\t%s\n", t.ID, t.Role, t.Unit, vi.Date(t.Created), vi.Date(t.Ends), t.Revoked, t.Name)
		}
		return nil
	})
}

func runTokenRevoke(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "token revoke")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	rest, err := parse(fs, args)
	id, err := oneArgument(rest, err, "ID")
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		if err := d.RevokeAPIToken(ctx, id); err != nil {
			return err
		}
		return d.Record(ctx, audit.Event{Who: systemUser(), Action: audit.APITokenRevoked, Thing: "api_tokens/" + id})
	})
}
