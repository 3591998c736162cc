package mongo_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"thanthien/internal/docstore"
	"thanthien/internal/docstore/mongo"
	"thanthien/internal/docstore/storetest"
)

// uriVariable names a server that the suite may use besides its own; it makes
// and drops databases of random names there.
const uriVariable = "THANTHIEN_TEST_MONGODB_URI"

// ferretLacks are the cases that FerretDB v1 cannot pass; they run on SQLite
// and on the server of uriVariable.
var ferretLacks = map[string]string{
	"version-race":   "FerretDB v1 lets two updates with the same filter both match",
	"counter-64":     "FerretDB v1 loses concurrent updates",
	"unique-replace": "FerretDB v1 answers an internal error, not a duplicate key, to an update",
	"unique-null":    "FerretDB v1 leaves documents without the field out of unique indexes",
}

// FerretDB v1 reads the whole collection for every page, about 5,000 documents
// a second, so the paging case is smaller and has fewer pages there.
const (
	ferretDocuments = 10_000
	ferretPage      = 2_500
)

func TestContractOnFerretDB(t *testing.T) {
	storetest.Run(t, maker(storetest.ServerURI(t)), storetest.Options{Skip: ferretLacks, Documents: ferretDocuments, Page: ferretPage})
}

func TestContractOnServer(t *testing.T) {
	uri := os.Getenv(uriVariable)
	if uri == "" {
		t.Skipf("%s is not set", uriVariable)
	}
	storetest.Run(t, maker(uri), storetest.Options{})
}

// fresh returns the URI with a new database name and drops that at the end.
func fresh(t *testing.T, uri string) string {
	t.Helper()
	parsed, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	parsed.Path = "/thanthien_test_" + bson.NewObjectID().Hex()
	db := raw(t, parsed.String())
	t.Cleanup(func() {
		if err := db.Drop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return parsed.String()
}

func maker(uri string) storetest.Maker {
	return func(t *testing.T, cs []*docstore.Collection) storetest.Place {
		u := fresh(t, uri)
		return func() (docstore.DB, error) { return mongo.Open(context.Background(), u, cs) }
	}
}

func TestFilesOnFerretDB(t *testing.T) { runFiles(t, storetest.ServerURI(t)) }

func TestFilesOnServer(t *testing.T) {
	uri := os.Getenv(uriVariable)
	if uri == "" {
		t.Skipf("%s is not set", uriVariable)
	}
	runFiles(t, uri)
}

func runFiles(t *testing.T, uri string) {
	u := fresh(t, uri)
	db, err := mongo.Open(context.Background(), u, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	storetest.RunFiles(t, db.Files(), storetest.FileOptions{Damage: func(t *testing.T, sha string) {
		chunks := raw(t, u).Collection("files.chunks")
		cursor, err := chunks.Find(context.Background(), bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: -1}}).SetLimit(1))
		if err != nil {
			t.Fatal(err)
		}
		var all []struct {
			ID   any    `bson:"_id"`
			Data []byte `bson:"data"`
		}
		if err := cursor.All(context.Background(), &all); err != nil || len(all) != 1 {
			t.Fatalf("%d chunks, %v", len(all), err)
		}
		all[0].Data[0] ^= 1
		_, err = chunks.UpdateOne(context.Background(), bson.D{{Key: "_id", Value: all[0].ID}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "data", Value: all[0].Data}}}})
		if err != nil {
			t.Fatal(err)
		}
	}})
}

// raw returns the database of a URI as the driver sees it.
func raw(t *testing.T, uri string) *driver.Database {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	parsed, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	return client.Database(strings.TrimPrefix(parsed.Path, "/"))
}
