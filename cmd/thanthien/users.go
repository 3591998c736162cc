package main

import (
	"context"
	"crypto/rand"
	"strings"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
)

func runUserAdd(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "user add")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	role := fs.String("role", "", "admin, manager, appraiser, commune, leader or surveyor")
	name := fs.String("name", "", "full name (default: the login)")
	unitCode := fs.String("unit", "", "unit code, for role commune")
	password := fs.String("password-file", "", "file with the password, - for standard input (default: make one and print it)")
	rest, err := parse(fs, args)
	login, err := oneArgument(rest, err, "login")
	if err != nil {
		return err
	}
	u := account.User{Login: login, Name: vi.Clean(*name), Role: account.Role(*role), Unit: *unitCode}
	if u.Name == "" {
		u.Name = login
	}
	if err := fault.List("account.invalid", u.Check()); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		if u.Unit != "" {
			if _, err := d.Unit(ctx, u.Unit); err != nil {
				return err
			}
		}
		u.Created = d.Now()
		return setPassword(ctx, e, d, u, *password, audit.UserCreated)
	})
}

// setPassword stores u with the password from a file or a new one, which it
// prints.
func setPassword(ctx context.Context, e *env, d *database, u account.User, file string, action audit.Action) error {
	secret := strings.ToLower(rand.Text()[:16])
	if file != "" {
		data, err := readFile(e, file)
		if err != nil {
			return err
		}
		secret = strings.TrimRight(string(data), "\r\n")
	}
	if err := fault.List("account.invalid", account.CheckPassword(secret)); err != nil {
		return err
	}
	u.Password = account.HashPassword(secret)
	if err := d.PutUser(ctx, u); err != nil {
		return err
	}
	if err := d.EndSessions(ctx, u.Login); err != nil {
		return err
	}
	if file == "" {
		e.printf("%s\t%s\n", u.Login, secret)
	}
	return d.Record(ctx, audit.Event{Action: action, Thing: "users/" + u.Login})
}

func runUserList(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "user list")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		list, err := d.Users(ctx)
		if err != nil {
			return err
		}
		e.printf("login\trole\tunit\tdisabled\tname\n")
		for _, u := range list {
			e.printf("%s\t%s\t%s\t%t\t%s\n", u.Login, u.Role, u.Unit, u.Disabled, u.Name)
		}
		return nil
	})
}

func runUserDisable(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "user disable")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	undo := fs.Bool("undo", false, "let the user sign in again")
	rest, err := parse(fs, args)
	login, err := oneArgument(rest, err, "login")
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		u, err := d.User(ctx, login)
		if err != nil {
			return err
		}
		u.Disabled = !*undo
		if err := d.PutUser(ctx, u); err != nil {
			return err
		}
		if err := d.EndSessions(ctx, login); err != nil {
			return err
		}
		return d.Record(ctx, audit.Event{Action: audit.UserChanged, Thing: "users/" + login})
	})
}

func runUserReset(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "user reset")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	password := fs.String("password-file", "", "file with the password, - for standard input (default: make one and print it)")
	rest, err := parse(fs, args)
	login, err := oneArgument(rest, err, "login")
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		u, err := d.User(ctx, login)
		if err != nil {
			return err
		}
		if err := d.ForgetSignIns(ctx, login); err != nil {
			return err
		}
		return setPassword(ctx, e, d, u, *password, audit.UserChanged)
	})
}
