package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	engine "modernc.org/sqlite"
)

// conn is one connection with its prepared statements. It works on the driver
// below database/sql, which would lock, convert and copy for every row and
// start a goroutine for every context. One goroutine uses it at a time.
type conn struct {
	c     driver.Conn
	stmts map[string]driver.Stmt
	args  []driver.NamedValue
}

// What connections start with, in this order. The caches are in KiB.
var (
	common   = []string{"PRAGMA busy_timeout = 10000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA temp_store = MEMORY"}
	writing  = append(common[:len(common):len(common)], "PRAGMA secure_delete = ON", "PRAGMA cache_size = -32768", "PRAGMA wal_autocheckpoint = 4096", "PRAGMA busy_timeout = 1")
	reading  = append(common[:len(common):len(common)], "PRAGMA cache_size = -8192", "PRAGMA query_only = 1")
	glancing = []string{"PRAGMA busy_timeout = 10000", "PRAGMA query_only = 1"}
)

// dial opens a connection to the file.
func dial(path string, start []string) (*conn, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	u := url.URL{Path: filepath.ToSlash(abs)}
	d, err := new(engine.Driver).Open("file:" + u.EscapedPath())
	if err != nil {
		return nil, err
	}
	c := &conn{c: d, stmts: map[string]driver.Stmt{}}
	for _, s := range start {
		if _, err := c.exec(s); err != nil {
			_ = c.close()
			return nil, err
		}
	}
	return c, nil
}

// stmt returns the prepared statement of the text.
func (c *conn) stmt(text string) (driver.Stmt, error) {
	if s := c.stmts[text]; s != nil {
		return s, nil
	}
	s, err := c.c.Prepare(text)
	if err == nil {
		c.stmts[text] = s
	}
	return s, err
}

// exec runs a statement and returns how many rows it changed.
func (c *conn) exec(text string, args ...driver.Value) (int64, error) {
	s, err := c.stmt(text)
	if err != nil {
		return 0, err
	}
	r, err := s.(driver.StmtExecContext).ExecContext(context.Background(), c.named(args))
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// query runs a statement that returns rows. A context that ends interrupts it
// up to its first row.
func (c *conn) query(ctx context.Context, text string, args ...driver.Value) (driver.Rows, error) {
	s, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	return s.(driver.StmtQueryContext).QueryContext(ctx, c.named(args))
}

func (c *conn) named(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// value returns the first column of the first row, nil if there is no row.
func (c *conn) value(ctx context.Context, text string, args ...driver.Value) (driver.Value, error) {
	rows, err := c.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var dest [1]driver.Value
	if err := rows.Next(dest[:]); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return dest[0], nil
}

func (c *conn) close() error {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	return c.c.Close()
}

// quote makes an SQL identifier of a name.
func quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
