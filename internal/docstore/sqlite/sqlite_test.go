package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/docstore/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, cs []*docstore.Collection) storetest.Place {
		path := filepath.Join(t.TempDir(), "test.db")
		return func() (docstore.DB, error) { return sqlite.Open(context.Background(), path, cs) }
	}, storetest.Options{})
}
