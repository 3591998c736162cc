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
	ferretDocuments = 20_000
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
	u, err := withDatabase(uri, "thanthien_test_"+bson.NewObjectID().Hex())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client, err := driver.Connect(options.Client().ApplyURI(u))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Disconnect(context.Background())
		parsed, _ := url.Parse(u)
		if err := client.Database(strings.TrimPrefix(parsed.Path, "/")).Drop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return u
}

func withDatabase(uri, name string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func maker(uri string) storetest.Maker {
	return func(t *testing.T, cs []*docstore.Collection) storetest.Place {
		u := fresh(t, uri)
		return func() (docstore.DB, error) { return mongo.Open(context.Background(), u, cs) }
	}
}
