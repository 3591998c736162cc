package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Limits of reading.
const (
	idleReaders = 8   // connections kept open between reads
	checkEvery  = 256 // rows between two looks at the context
)

// reader takes an idle read-only connection or opens one. Their number is not
// bounded: a Find inside a Find must never wait for itself.
func (db *DB) reader(ctx context.Context) (*conn, error) {
	if err := db.enter(ctx); err != nil {
		return nil, err
	}
	db.mu.Lock()
	if n := len(db.idle); n > 0 {
		c := db.idle[n-1]
		db.idle = db.idle[:n-1]
		db.mu.Unlock()
		return c, nil
	}
	db.mu.Unlock()
	c, err := dial(db.path, reading)
	if err != nil {
		db.pending.Done()
		return nil, asFault(ctx, err)
	}
	return c, nil
}

func (db *DB) release(c *conn) {
	db.mu.Lock()
	keep := len(db.idle) < idleReaders
	if keep {
		db.idle = append(db.idle, c)
	}
	db.mu.Unlock()
	if !keep {
		_ = c.close()
	}
	db.pending.Done()
}

// Get implements docstore.DB.
func (db *DB) Get(ctx context.Context, c *docstore.Collection, id any) (bson.Raw, error) {
	t, err := db.table(c)
	if err != nil {
		return nil, err
	}
	key, err := docstore.AppendKey(nil, id)
	if err != nil {
		return nil, docstore.ErrQuery(err)
	}
	r, err := db.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer db.release(r)
	// Not ctx: watching it costs more than reading one document.
	doc, err := r.value(context.Background(), t.get, key)
	switch {
	case err != nil:
		return nil, asFault(ctx, err)
	case doc == nil:
		return nil, docstore.ErrMissing(c, id)
	}
	return document(doc), nil
}

// document is a stored document. One that another program wrote may have become
// text, or anything: it is for the reader of its content to refuse.
func document(v driver.Value) bson.Raw {
	switch v := v.(type) {
	case []byte:
		return v
	case string:
		return bson.Raw(v)
	}
	return nil
}

// scan is a query as SQL: lo <= column < hi, with a filter for tail indexes.
type scan struct {
	t      *table
	column string
	lo, hi []byte
	desc   bool
	limit  int
	field  string // tail: only documents whose field has this key
	want   []byte
}

// plan turns a query into a scan.
func (db *DB) plan(q docstore.Query) (*scan, error) {
	if err := q.Check(); err != nil {
		return nil, docstore.ErrQuery(err)
	}
	t, err := db.table(q.In)
	if err != nil {
		return nil, err
	}
	s := &scan{t: t, column: "id", desc: q.Desc, limit: q.Limit}
	eq := q.Eq
	if q.On != nil && q.On.Tail {
		s.field, eq = q.On.Fields[0], q.Eq[1:]
		s.want, _ = docstore.AppendKey(nil, q.Eq[0])
	} else if q.On != nil {
		s.column = quote(columnName(q.On))
	}
	s.bounds(eq, q.From, q.To)
	if q.After == "" {
		return s, nil
	}
	return s, s.after(q)
}

// bounds sets lo and hi. No key starts with 0xFF, so prefix+0xFF is behind all
// keys that start with prefix, and so is prefix+class+0xFF for a class.
func (s *scan) bounds(eq []any, from, to any) {
	var prefix []byte
	for _, v := range eq {
		prefix, _ = docstore.AppendKey(prefix, v)
	}
	s.lo, s.hi = prefix, append(bytes.Clone(prefix), 0xFF)
	switch {
	case from != nil && to == nil:
		class, _ := docstore.AppendKey(nil, from)
		s.hi = append(bytes.Clone(prefix), class[0]+1)
	case from == nil && to != nil:
		class, _ := docstore.AppendKey(nil, to)
		s.lo = append(bytes.Clone(prefix), class[0])
	}
	if from != nil {
		s.lo, _ = docstore.AppendKey(bytes.Clone(prefix), from)
	}
	if to != nil {
		s.hi, _ = docstore.AppendKey(bytes.Clone(prefix), to)
	}
	if s.lo == nil {
		s.lo = []byte{}
	}
}

// after moves the bound to behind the cursor.
func (s *scan) after(q docstore.Query) error {
	p, err := q.Place()
	if err != nil {
		return err
	}
	key := p.Key
	switch {
	case q.On != nil && q.On.Tail:
		key = key[p.ID:]
	case q.On != nil && q.On.Unique && !q.On.EndsInID():
		key = key[:p.ID]
	}
	if s.desc && bytes.Compare(key, s.hi) < 0 {
		s.hi = key
	}
	if next := append(bytes.Clone(key), 0); !s.desc && bytes.Compare(next, s.lo) > 0 {
		s.lo = next
	}
	return nil
}

// sql returns the statement that yields what (an expression) of the scan.
func (s *scan) sql(what string, ordered bool) string {
	text := "SELECT " + what + " FROM " + s.t.name + " WHERE " + s.column + " >= ? AND " + s.column + " < ?"
	if !ordered {
		return text
	}
	text += " ORDER BY " + s.column
	if s.desc {
		text += " DESC"
	}
	return text + " LIMIT ?"
}

// matches is the filter of a tail index.
func (s *scan) matches(doc bson.Raw, buf *[]byte) bool {
	key, err := docstore.AppendRawKey((*buf)[:0], docstore.Lookup(doc, s.field))
	*buf = key
	return err == nil && bytes.Equal(key, s.want)
}

// Find implements docstore.DB.
func (db *DB) Find(ctx context.Context, q docstore.Query) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		s, err := db.plan(q)
		if err == nil {
			err = db.find(ctx, s, yield)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// find yields the scan's documents. It returns nil once yield said stop.
func (db *DB) find(ctx context.Context, s *scan, yield func(bson.Raw, error) bool) error {
	r, err := db.reader(ctx)
	if err != nil {
		return err
	}
	defer db.release(r)
	limit := int64(-1)
	if s.limit > 0 && s.field == "" {
		limit = int64(s.limit)
	}
	rows, err := r.query(ctx, s.sql("doc", true), s.lo, s.hi, limit)
	if err != nil {
		return asFault(ctx, err)
	}
	defer rows.Close()
	return s.each(ctx, rows, yield)
}

func (s *scan) each(ctx context.Context, rows driver.Rows, yield func(bson.Raw, error) bool) error {
	var buf []byte
	dest := make([]driver.Value, 1)
	for n, found := 1, 0; s.limit == 0 || found < s.limit; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return docstore.ErrEngine(ctx, ctx.Err(), fault.Timeout)
		}
		if err := rows.Next(dest); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return asFault(ctx, err)
		}
		doc := document(dest[0])
		if s.field != "" && !s.matches(doc, &buf) {
			continue
		}
		found++
		if !yield(doc, nil) {
			return nil
		}
	}
	return nil
}

// Count implements docstore.DB.
func (db *DB) Count(ctx context.Context, q docstore.Query) (int64, error) {
	q.Limit, q.After = 0, ""
	s, err := db.plan(q)
	if err != nil {
		return 0, err
	}
	if s.field != "" {
		n := int64(0)
		err := db.find(ctx, s, func(bson.Raw, error) bool { n++; return true })
		return n, err
	}
	r, err := db.reader(ctx)
	if err != nil {
		return 0, err
	}
	defer db.release(r)
	n, err := r.value(ctx, s.sql("count(*)", false), s.lo, s.hi)
	if err != nil {
		return 0, asFault(ctx, err)
	}
	return n.(int64), nil
}
