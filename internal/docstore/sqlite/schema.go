package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
)

// table is a collection with its SQL. Its columns are id (the key of _id), v,
// one x column with the index key for every index that is not a tail, and doc.
type table struct {
	c       *docstore.Collection
	name    string
	columns []column
	insert  string
	keep    string // replace that leaves the index columns as they are, if they are right
	replace string
	remove  string
	get     string
	version string
	last    string
}

// column is an index as it is stored.
type column struct {
	x    *docstore.Index
	name string
}

// newTable prepares the SQL of a collection.
func newTable(c *docstore.Collection) (*table, error) {
	if err := c.Check(); err != nil {
		return nil, docstore.ErrQuery(err)
	}
	t := &table{c: c, name: quote(c.Name)}
	names, marks, sets, same := "", "", "", ""
	for _, x := range c.Indexes {
		if x.Tail {
			continue
		}
		col := column{x, columnName(x)}
		t.columns = append(t.columns, col)
		names, marks, sets, same = names+", "+quote(col.name), marks+", ?", sets+", "+quote(col.name)+" = ?", same+" AND "+quote(col.name)+" IS ?"
	}
	t.insert = "INSERT INTO " + t.name + " (id, v, doc" + names + ") VALUES (?, ?, ?" + marks + ")"
	t.keep = "UPDATE " + t.name + " SET v = ?, doc = ? WHERE id = ? AND v = ?" + same
	t.replace = "UPDATE " + t.name + " SET v = ?, doc = ?" + sets + " WHERE id = ? AND v = ?"
	t.remove = "DELETE FROM " + t.name + " WHERE id = ? AND v = ?"
	t.get = "SELECT doc FROM " + t.name + " WHERE id = ?"
	t.version = "SELECT v FROM " + t.name + " WHERE id = ?"
	t.last = "SELECT id FROM " + t.name + " ORDER BY id DESC LIMIT 1"
	return t, nil
}

// columnName is unique to the definition of an index: one that changes its
// fields or its kind gets a new column.
func columnName(x *docstore.Index) string {
	kind := "x"
	switch {
	case x.Unique && x.Sparse:
		kind = "us"
	case x.Unique:
		kind = "u"
	case x.Sparse:
		kind = "s"
	}
	return kind + ":" + strings.Join(x.Fields, ",")
}

func (t *table) indexName(col column) string { return t.c.Name + "/" + col.name }

// migrate creates what the table lacks and drops indexes no longer declared.
// It runs inside a transaction.
func (t *table) migrate(c *conn) error {
	rowid := ""
	if t.c.Append {
		rowid = " WITHOUT ROWID"
	}
	_, err := c.exec("CREATE TABLE IF NOT EXISTS " + t.name + " (id BLOB PRIMARY KEY NOT NULL, v INTEGER NOT NULL, doc BLOB NOT NULL)" + rowid)
	if err != nil {
		return err
	}
	have, err := c.names("SELECT name FROM pragma_table_info(?)", t.c.Name)
	if err != nil {
		return err
	}
	indexes, err := c.names("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", t.c.Name)
	if err != nil {
		return err
	}
	for _, col := range t.columns {
		if !indexes[t.indexName(col)] {
			if err := t.addIndex(c, col, have[col.name]); err != nil {
				return err
			}
		}
		delete(indexes, t.indexName(col))
	}
	for name := range indexes {
		if _, err := c.exec("DROP INDEX " + quote(name)); err != nil {
			return err
		}
	}
	return nil
}

// addIndex fills the index's column and then makes the native index, whose
// presence means that the column is complete.
func (t *table) addIndex(c *conn, col column, have bool) error {
	if !have {
		if _, err := c.exec("ALTER TABLE " + t.name + " ADD COLUMN " + quote(col.name) + " BLOB"); err != nil {
			return err
		}
	}
	if err := t.backfill(c, col); err != nil {
		return err
	}
	unique, where := "", ""
	if col.x.Unique {
		unique = "UNIQUE "
	}
	if col.x.Sparse {
		where = " WHERE " + quote(col.name) + " IS NOT NULL"
	}
	_, err := c.exec("CREATE " + unique + "INDEX " + quote(t.indexName(col)) + " ON " + t.name + " (" + quote(col.name) + ")" + where)
	return t.fault(context.Background(), err)
}

// backfillStep is how many documents are read before their keys are written.
const backfillStep = 500

func (t *table) backfill(c *conn, col column) error {
	sel := fmt.Sprintf("SELECT id, doc FROM %s WHERE id > ? ORDER BY id LIMIT %d", t.name, backfillStep)
	set := "UPDATE " + t.name + " SET " + quote(col.name) + " = ? WHERE id = ?"
	for last := []byte{}; ; {
		rows, err := c.rows(sel, 2, last)
		if err != nil {
			return err
		}
		for _, r := range rows {
			id, doc := r[0].([]byte), r[1].([]byte)
			key, ok, err := docstore.AppendIndexKey(nil, col.x, bson.Raw(doc))
			if err != nil {
				return docstore.ErrQuery(err)
			}
			if !ok {
				key = nil
			}
			if _, err := c.exec(set, key, id); err != nil {
				return err
			}
			last = id
		}
		if len(rows) < backfillStep {
			return nil
		}
	}
}

// rows returns all rows of a query of n columns.
func (c *conn) rows(text string, n int, args ...driver.Value) ([][]driver.Value, error) {
	rows, err := c.query(context.Background(), text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all [][]driver.Value
	for {
		row := make([]driver.Value, n)
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
}

// names returns the set of a query's first column.
func (c *conn) names(text string, args ...driver.Value) (map[string]bool, error) {
	rows, err := c.rows(text, 1, args...)
	set := map[string]bool{}
	for _, r := range rows {
		set[fmt.Sprint(r[0])] = true
	}
	return set, err
}
