// Package mongo is the MongoDB engine of docstore. It needs a server that
// speaks the wire protocol of MongoDB 4.2 or later, alone, in a replica set or
// sharded, and uses neither transactions nor server-side sessions of its own.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Times. A write must have ended long before lag has passed, because a reader
// trusts that nothing older appears then.
const (
	lag             = 2 * time.Minute
	selectTimeout   = 10 * time.Second // to find a server that takes writes
	operationTime   = 30 * time.Second // one command, selection included
	buildTime       = 30 * time.Minute // all createIndexes of one Open
	disconnectTime  = 10 * time.Second
	defaultDatabase = "thanthien"
)

// The document that holds the schema version.
const (
	metaCollection = "docstore_meta"
	schemaID       = "schema"
)

// DB is a connection to one database. It implements docstore.DB and
// docstore.Lagging.
type DB struct {
	client      *driver.Client
	db          *driver.Database
	collections map[*docstore.Collection]*driver.Collection

	mu      sync.Mutex
	closed  bool
	pending sync.WaitGroup
}

var (
	_ docstore.DB      = (*DB)(nil)
	_ docstore.Lagging = (*DB)(nil)
)

// Lag implements docstore.Lagging.
func (*DB) Lag() time.Duration { return lag }

// Open connects to the server of a mongodb:// or mongodb+srv:// URI and adds
// the indexes that the collections lack. The database is the URI's path, or
// "thanthien". Writes are acknowledged by a majority and journalled, reads go
// to the primary, whatever the URI says. It fails with Unavailable and
// docstore.open or docstore.newer like the SQLite engine, and with Conflict if
// a new unique index meets duplicates.
func Open(ctx context.Context, uri string, collections []*docstore.Collection) (*DB, error) {
	journal := true
	client, err := driver.Connect(options.Client().ApplyURI(uri).
		SetAppName("thanthien").
		SetServerSelectionTimeout(selectTimeout).
		SetConnectTimeout(selectTimeout).
		SetReadPreference(readpref.Primary()).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}))
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "docstore.open", place(uri))
	}
	db := &DB{client: client, db: client.Database(databaseName(uri)), collections: map[*docstore.Collection]*driver.Collection{}}
	if err := db.start(ctx, uri, collections); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) start(ctx context.Context, uri string, collections []*docstore.Collection) error {
	ping, cancel := context.WithTimeout(ctx, operationTime)
	defer cancel()
	if err := db.client.Ping(ping, readpref.Primary()); err != nil {
		return fault.Wrap(err, fault.Unavailable, "docstore.open", place(uri))
	}
	if err := db.checkSchema(ping); err != nil {
		return err
	}
	build, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	for _, c := range collections {
		if err := c.Check(); err != nil {
			return docstore.ErrQuery(err)
		}
		db.collections[c] = db.db.Collection(c.Name)
		if err := db.ensureIndexes(build, c); err != nil {
			return err
		}
	}
	return nil
}

// checkSchema refuses a database of a later version and marks it as ours.
func (db *DB) checkSchema(ctx context.Context) error {
	meta := db.db.Collection(metaCollection)
	var doc struct {
		Version int64 `bson:"version"`
	}
	err := meta.FindOne(ctx, bson.D{{Key: docstore.ID, Value: schemaID}}).Decode(&doc)
	switch {
	case errors.Is(err, driver.ErrNoDocuments):
		_, err = meta.InsertOne(ctx, bson.D{{Key: docstore.ID, Value: schemaID}, {Key: "version", Value: int64(docstore.SchemaVersion)}})
		if driver.IsDuplicateKeyError(err) {
			return nil // another process was first
		}
	case err == nil && doc.Version > docstore.SchemaVersion:
		return fault.New(fault.Unavailable, "docstore.newer", doc.Version, docstore.SchemaVersion)
	case err == nil && doc.Version < docstore.SchemaVersion:
		_, err = meta.UpdateOne(ctx, bson.D{{Key: docstore.ID, Value: schemaID}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "version", Value: int64(docstore.SchemaVersion)}}}})
	}
	return asFault(ctx, err)
}

// split returns a URI without its options and credentials: the scheme and
// hosts, and the path.
func split(uri string) (hosts, path string) {
	uri, _, _ = strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(uri, "://")
	hosts, path, _ = strings.Cut(rest, "/")
	if at := strings.LastIndex(hosts, "@"); at >= 0 {
		hosts = hosts[at+1:]
	}
	return scheme + "://" + hosts, path
}

// databaseName returns the database that a URI names.
func databaseName(uri string) string {
	_, path := split(uri)
	if name, err := url.PathUnescape(path); err == nil && name != "" {
		return name
	}
	return defaultDatabase
}

// place is a URI as it may be shown: without user and password.
func place(uri string) string {
	hosts, _ := split(uri)
	return hosts + "/" + databaseName(uri)
}

// collection returns the collection as the driver knows it.
func (db *DB) collection(c *docstore.Collection) (*driver.Collection, error) {
	if m := db.collections[c]; m != nil {
		return m, nil
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

// Close waits for calls under way and disconnects; a second call does nothing.
func (db *DB) Close() error {
	db.mu.Lock()
	again := db.closed
	db.closed = true
	db.mu.Unlock()
	if again {
		return nil
	}
	db.pending.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), disconnectTime)
	defer cancel()
	return asFault(ctx, db.client.Disconnect(ctx))
}
