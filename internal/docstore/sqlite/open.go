// Package sqlite is the embedded engine of docstore: one SQLite file in WAL
// mode, any number of processes on one machine. Writers of a process share
// transactions; a write is on the disk before its call returns.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// applicationID marks a file of this program: "than" in ASCII.
const applicationID = 0x7468616e

// DB is an open database file. It implements docstore.DB; commit order is
// exact, so it is not docstore.Lagging.
type DB struct {
	path   string
	tables map[*docstore.Collection]*table
	now    func() time.Time
	ops    chan *op
	writer *conn
	ids    generator

	mu      sync.Mutex
	idle    []*conn        // read-only connections not in use
	closed  bool           // set under mu
	pending sync.WaitGroup // callers between enter and leave
	stopped chan struct{}  // closed when the writer has ended
}

var _ docstore.DB = (*DB)(nil)

// Option changes how Open works.
type Option func(*DB)

// WithClock sets the clock that ObjectIDs are made from.
func WithClock(now func() time.Time) Option { return func(db *DB) { db.now = now } }

// Open opens the file at path, creating it and its folder if needed, and adds
// what the collections lack. It fails with Unavailable and docstore.open if
// there is no such database to be had, docstore.newer if it was written by a
// later program, and Conflict if a new unique index meets duplicates.
func Open(ctx context.Context, path string, collections []*docstore.Collection, opts ...Option) (*DB, error) {
	db := &DB{
		path:    path,
		tables:  make(map[*docstore.Collection]*table, len(collections)),
		now:     time.Now,
		ops:     make(chan *op, queueLength),
		ids:     newGenerator(),
		stopped: make(chan struct{}),
	}
	for _, o := range opts {
		o(db)
	}
	for _, c := range collections {
		t, err := newTable(c)
		if err != nil {
			return nil, err
		}
		db.tables[c] = t
	}
	if err := db.start(ctx, collections); err != nil {
		return nil, err
	}
	go db.write()
	return db, nil
}

// start opens the writing connection and brings the file up to date.
func (db *DB) start(ctx context.Context, collections []*docstore.Collection) (err error) {
	cannot := func(err error) error { return fault.Wrap(err, fault.Unavailable, "docstore.open", db.path) }
	if err := create(db.path); err != nil {
		return cannot(err)
	}
	if err := db.glance(); fault.Is(err, fault.Internal) || code(err) != 0 {
		return cannot(err)
	} else if err != nil {
		return err
	}
	if db.writer, err = dial(db.path, writing); err != nil {
		return cannot(err)
	}
	if err := db.begin(ctx); err != nil {
		_ = db.writer.close()
		return asFault(ctx, err)
	}
	err = db.prepare(collections)
	if err == nil {
		_, err = db.writer.exec("COMMIT")
	}
	if err != nil {
		_, _ = db.writer.exec("ROLLBACK")
		_ = db.writer.close()
	}
	return asFault(ctx, err)
}

// create makes the folder and an empty file that only the owner can read.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// glance checks whose file it is before anything is changed in it.
func (db *DB) glance() error {
	c, err := dial(db.path, glancing)
	if err != nil {
		return err
	}
	defer c.close()
	row, err := c.rows(`SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
		FROM pragma_application_id, pragma_user_version`, 3)
	if err != nil {
		return err
	}
	app, version, tables := row[0][0], row[0][1].(int64), row[0][2]
	switch {
	case app != int64(applicationID) && tables != int64(0):
		return fault.Wrap(errors.New("a database of another program"), fault.Unavailable, "docstore.open", db.path)
	case version > docstore.SchemaVersion:
		return fault.New(fault.Unavailable, "docstore.newer", version, docstore.SchemaVersion)
	}
	return nil
}

// prepare marks the file as ours and migrates the tables, in a transaction.
func (db *DB) prepare(collections []*docstore.Collection) error {
	w := db.writer
	for _, s := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", docstore.SchemaVersion),
		"CREATE TABLE IF NOT EXISTS " + highTable + " (name TEXT PRIMARY KEY NOT NULL, id BLOB NOT NULL) WITHOUT ROWID",
	} {
		if _, err := w.exec(s); err != nil {
			return err
		}
	}
	for _, c := range collections {
		if err := db.tables[c].migrate(w); err != nil {
			return err
		}
	}
	return nil
}

// table returns the table of a collection that was given to Open.
func (db *DB) table(c *docstore.Collection) (*table, error) {
	if t := db.tables[c]; t != nil {
		return t, nil
	}
	return nil, docstore.ErrQuery(fmt.Errorf("collection %v was not given to Open", c))
}

// enter registers a caller; each success needs one db.pending.Done.
func (db *DB) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return docstore.ErrEngine(ctx, ctx.Err(), fault.Timeout)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return docstore.ErrClosed()
	}
	db.pending.Add(1)
	return nil
}

// Close waits for calls under way and closes the file; a second call does
// nothing.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		<-db.stopped
		return nil
	}
	db.closed = true
	db.mu.Unlock()
	db.pending.Wait()
	close(db.ops)
	<-db.stopped
	for _, c := range db.idle {
		_ = c.close()
	}
	return asFault(context.Background(), db.writer.close())
}
