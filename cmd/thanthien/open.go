package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"thanthien/internal/config"
	"thanthien/internal/docstore"
	"thanthien/internal/docstore/filestore"
	"thanthien/internal/docstore/mongo"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/fault"
	"thanthien/internal/store"
)

// MaxInput is the largest file a command reads whole, in bytes.
const MaxInput = 256 << 20

// loadConfig reads the environment, puts what flags gave over it (see
// config.Load) and warns of variables that mean nothing.
func loadConfig(e *env, given map[string]string) (config.Config, *slog.Logger, error) {
	c, err := config.Load(e.Getenv, given)
	level, lerr := c.Level()
	if lerr != nil {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: level}))
	for _, name := range config.Unknown(e.Environ) {
		log.Warn("unknown variable is ignored", "name", name)
	}
	return c, log, err
}

// database is an open store and what must be closed after it.
type database struct {
	*store.Store
	db docstore.DB
}

// openDatabase opens the database that c names, creating an embedded one.
func openDatabase(ctx context.Context, c config.Config, log *slog.Logger) (*database, error) {
	db, files, err := openEngine(ctx, c)
	if err != nil {
		return nil, err
	}
	s, err := store.New(ctx, store.Options{DB: db, Files: files, Log: log, Secret: c.Secret})
	if err != nil {
		db.Close()
		return nil, err
	}
	return &database{s, db}, nil
}

func openEngine(ctx context.Context, c config.Config) (docstore.DB, docstore.Files, error) {
	if c.Mongo() {
		db, err := mongo.Open(ctx, c.DB, store.Collections())
		if err != nil {
			return nil, nil, err
		}
		if c.Files == "" {
			return db, db.Files(), nil
		}
		files, err := filestore.Open(c.Files)
		return db, files, err
	}
	db, err := sqlite.Open(ctx, c.DB, store.Collections())
	if err != nil {
		return nil, nil, err
	}
	files, err := filestore.Open(c.Files)
	return db, files, err
}

// Close finishes writes under way.
func (d *database) Close() error { return d.db.Close() }

// begins are the commands that may make a new embedded database; the others
// find one, so that a mistyped path is not taken for an empty province.
var begins = map[string]bool{"units import": true, "criteria import": true, "form import": true, "user add": true}

// withDatabase runs work over the database that the environment, or the flag
// value db, names.
func withDatabase(ctx context.Context, e *env, db string, work func(context.Context, *database) error) error {
	c, log, err := loadConfig(e, map[string]string{"DB": db})
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.DB); !c.Mongo() && !begins[e.command] && errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "cmd.noDatabase", c.DB)
	}
	d, err := openDatabase(ctx, c, log)
	if err != nil {
		return err
	}
	err = work(ctx, d)
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

// readFile reads a file of up to MaxInput; "-" is standard input.
func readFile(e *env, name string) ([]byte, error) {
	if name == "-" {
		return readAll(e.Stdin, name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "file.open", name)
	}
	defer f.Close()
	return readAll(f, name)
}
