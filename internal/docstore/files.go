package docstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"thanthien/internal/fault"
)

// Files keeps immutable files by content. Errors are faults: NotFound,
// TooLarge (over max, nothing stored), Internal (the content no longer has its
// hash), Malformed (r failed with an error that is no fault), Timeout,
// Unavailable.
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

// IsSHA reports whether s has the form that Files.Put returns.
func IsSHA(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// ErrFileMissing is the fault of a file that is not there.
func ErrFileMissing(sha string) error {
	return fault.Wrap(fmt.Errorf("file %q", sha), fault.NotFound, "docstore.filemissing")
}

// Intake reads a file on its way into a store: it counts, hashes, keeps the
// limit and looks at the context. Implementations of Files copy from it.
type Intake struct {
	ctx  context.Context
	r    io.Reader
	max  int64
	size int64
	sum  hash.Hash
}

// NewIntake wraps the reader of a Files.Put.
func NewIntake(ctx context.Context, r io.Reader, max int64) *Intake {
	return &Intake{ctx: ctx, r: r, max: max, sum: sha256.New()}
}

// Read implements io.Reader; its errors other than io.EOF are faults.
func (in *Intake) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, ErrEngine(in.ctx, err, fault.Timeout)
	}
	n, err := in.r.Read(p)
	in.size += int64(n)
	in.sum.Write(p[:n])
	if in.size > in.max {
		return 0, fault.New(fault.TooLarge, "docstore.filelarge", in.max)
	}
	if err == nil || err == io.EOF {
		return n, err
	}
	if _, ok := errors.AsType[*fault.Error](err); !ok {
		err = fault.Wrap(err, fault.Malformed, "docstore.fileread")
	}
	return n, err
}

// Result returns the hash and size of what was read.
func (in *Intake) Result() (sha string, size int64) {
	return hex.EncodeToString(in.sum.Sum(nil)), in.size
}

// Verify wraps stored content so that its end is only reached if it has this
// hash. Errors of rc go through wrap, which must return faults.
func Verify(rc io.ReadCloser, sha string, wrap func(error) error) io.ReadCloser {
	return &verifier{rc, sha, sha256.New(), wrap}
}

type verifier struct {
	io.ReadCloser
	sha  string
	sum  hash.Hash
	wrap func(error) error
}

// Read implements io.Reader.
func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	switch got := ""; {
	case err == nil:
		return n, nil
	case err != io.EOF:
		return n, v.wrap(err)
	default:
		if got = hex.EncodeToString(v.sum.Sum(nil)); got != v.sha {
			return n, fault.Wrap(fmt.Errorf("file %s now has the hash %s", v.sha, got), fault.Internal, "docstore.filechanged")
		}
	}
	return n, io.EOF
}
