package docstore

import (
	"context"
	"io"
)

// Files keeps immutable files by content. Errors are faults: NotFound,
// TooLarge (over max, nothing stored), Internal (the content no longer has its
// hash), Timeout, Unavailable.
type Files interface {
	// Put stores what r yields, at most max bytes, and returns the content's
	// SHA-256 in lower-case hex and its size. Storing it twice keeps one.
	Put(ctx context.Context, r io.Reader, max int64) (sha string, size int64, err error)
	// Open returns the content; reading to the end checks the hash and fails
	// with an Internal fault instead of io.EOF when it is not the same.
	Open(ctx context.Context, sha string) (io.ReadCloser, error)
	// Delete removes the content; it is not an error if it is gone.
	Delete(ctx context.Context, sha string) error
}
