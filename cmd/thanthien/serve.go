package main

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"thanthien/internal/config"
	"thanthien/internal/mail"
	"thanthien/internal/site"
)

// How often the background work of a serving process runs.
const (
	chores     = 10 * time.Second
	rareChores = time.Hour // what is due by the day
	sealEvery  = time.Minute
	auditEvery = 24 * time.Hour
)

func runServe(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "serve")
	addr := fs.String("addr", "", "address to listen on (THANTHIEN_ADDR, :8080)")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB, ./data/thanthien.db)")
	if rest, err := parse(fs, args); err != nil {
		return err
	} else if len(rest) > 0 {
		return usageError{"serve takes no arguments, only flags"}
	}
	c, log, err := loadConfig(e, map[string]string{"ADDR": *addr, "DB": *db})
	if err != nil {
		return err
	}
	d, err := openDatabase(ctx, c, log)
	if err != nil {
		return err
	}
	defer d.Close()
	return serve(ctx, c, log, d, func(base string) {
		log.Info("listening", "url", base, "database", databaseName(c))
		token, err := d.SetupToken(ctx) // only now: a start that fails must not spoil an earlier link
		switch {
		case err != nil:
			log.Error("no link for the first administrator", "error", err)
		case token != "":
			e.printf("No accounts yet. Create the first administrator here (works once):\n%s/khoi-tao?ma=%s\n", base, token)
		}
	})
}

// serve runs the site and its chores until ctx ends; ready gets its base URL.
func serve(ctx context.Context, c config.Config, log *slog.Logger, d *database, ready func(base string)) error {
	settings, _, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	mailer, err := newMailer(c, settings.Agency)
	if err != nil {
		return err
	}
	options := site.Options{Store: d.Store, Config: c, Log: log, Demo: settings.Demo, Mail: mailer}
	app, err := site.New(options)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { runChores(ctx, log, d) })
	work.Go(func() { site.NewJobs(options).Run(ctx) })
	err = site.Listen(ctx, app, c.Addr, func(a net.Addr) { ready(baseURL(c, a)) })
	stop()
	work.Wait()
	return err
}

// newMailer returns what sends notices by e-mail, in the name of the agency;
// nil when no mail server is set.
func newMailer(c config.Config, agency string) (site.Mailer, error) {
	if c.SMTPHost == "" {
		return nil, nil
	}
	s, err := mail.New(mail.Options{Host: c.SMTPHost, Port: c.SMTPPort, Security: c.SMTPTLS, User: c.SMTPUser, Password: c.SMTPPassword, From: c.SMTPFrom, Name: agency})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// runChores relays, seals and checks audit events, compacts tallies, finishes what a crash left
// half done, and erases what is due.
func runChores(ctx context.Context, log *slog.Logger, d *database) {
	tick := time.NewTicker(chores)
	defer tick.Stop()
	list := map[string]func(context.Context) error{
		"relay": d.Relay, "compact": d.CompactAll, "erase": every(rareChores, d.EraseDue), "sessions": d.SweepSessions, "attempts": d.SweepSignIns,
		"tokens": d.SweepClaims, "papers": d.FinishPapers, "imports": d.FinishImports, "exports": d.SweepExports, "evidence": d.SweepEvidence, "receipts": d.PublishReceipts, "shifts": every(rareChores, d.SweepShifts),
		"seal": every(sealEvery, d.SealAudit), "audit": every(auditEvery, d.CheckAudit),
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for name, chore := range list {
			if err := chore(ctx); err != nil && ctx.Err() == nil {
				log.Error("chore failed", "chore", name, "error", err)
			}
		}
	}
}

// every runs a chore at its first call, and then only when a pause has passed.
func every(pause time.Duration, chore func(context.Context) error) func(context.Context) error {
	var next time.Time
	return func(ctx context.Context) error {
		if time.Now().Before(next) {
			return nil
		}
		next = time.Now().Add(pause)
		return chore(ctx)
	}
}

// baseURL is the address people open: the configured one, or this machine's.
func baseURL(c config.Config, a net.Addr) string {
	if c.BaseURL != "" {
		return strings.TrimRight(c.BaseURL, "/")
	}
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return "http://" + a.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() || ip.IsLoopback() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// databaseName is the database without a password.
func databaseName(c config.Config) string {
	if !c.Mongo() {
		return c.DB
	}
	if _, after, ok := strings.Cut(c.DB, "@"); ok {
		return "mongodb://…@" + after
	}
	return c.DB
}
