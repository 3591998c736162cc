package docstore

import (
	"context"
	"errors"
	"fmt"

	"thanthien/internal/fault"
)

// Duplicate is the cause of a Conflict fault: the unique index that refused.
type Duplicate struct {
	Collection string
	Index      string // Index.Name, or ID for the _id itself
}

// Error says which index refused, for the log.
func (d *Duplicate) Error() string {
	return fmt.Sprintf("duplicate key in %s.%s", d.Collection, d.Index)
}

// DuplicateOn returns the name of the index behind a Conflict fault (ID for
// the _id itself), or "" for any other error.
func DuplicateOn(err error) string {
	if d, ok := errors.AsType[*Duplicate](err); ok {
		return d.Index
	}
	return ""
}

// ErrDuplicate is the fault of an insert or replace that index refuses.
func ErrDuplicate(c *Collection, index string) error {
	return fault.Wrap(&Duplicate{c.Name, index}, fault.Conflict, "docstore.duplicate")
}

// ErrMissing is the fault of a document that is not there.
func ErrMissing(c *Collection, id any) error {
	return fault.Wrap(fmt.Errorf("%s/%v", c.Name, id), fault.NotFound, "docstore.missing")
}

// ErrStale is the fault of a version that has moved on.
func ErrStale(c *Collection, id any, version int64) error {
	return fault.Wrap(fmt.Errorf("%s/%v is no longer at version %d", c.Name, id, version), fault.Stale, "docstore.stale")
}

// ErrQuery is the fault of a query or declaration that breaks the contract: a
// mistake in the program, never in its input.
func ErrQuery(cause error) error {
	return fault.Wrap(cause, fault.Internal, "docstore.query")
}

// ErrClosed is the fault of using a closed database.
func ErrClosed() error { return fault.New(fault.Unavailable, "docstore.closed") }

// ErrEngine is the fault for an error of the engine below that has no kind of
// its own: Timeout if ctx or the cause ran out of time, else kind. A fault
// inside the cause comes out as it is.
func ErrEngine(ctx context.Context, cause error, kind fault.Kind) error {
	if f, ok := errors.AsType[*fault.Error](cause); ok {
		return f
	}
	switch {
	case ctx.Err() != nil || errors.Is(cause, context.DeadlineExceeded) || errors.Is(cause, context.Canceled):
		return fault.Wrap(cause, fault.Timeout, "docstore.timeout")
	case kind == fault.Timeout:
		return fault.Wrap(cause, fault.Timeout, "docstore.timeout")
	case kind == fault.Unavailable:
		return fault.Wrap(cause, fault.Unavailable, "docstore.unavailable")
	}
	return fault.Wrap(cause, fault.Internal, "docstore.engine")
}
