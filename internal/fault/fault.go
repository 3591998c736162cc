// Package fault holds the typed errors that every layer returns and the edge
// (site, cmd) turns into a status, an exit code and a Vietnamese sentence.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what class of failure an error is; it decides the HTTP status and
// the exit code, never the wording.
type Kind uint8

// The kinds, with the HTTP status each is shown under.
const (
	Internal        Kind = iota // 500: our fault; the cause is logged, never shown
	Malformed                   // 400: the request cannot be read at all
	Unauthenticated             // 401: nobody is signed in
	Forbidden                   // 403: signed in, but may not
	NotFound                    // 404
	Method                      // 405: the address takes other methods
	Slow                        // 408: the request did not come in time, or broke off
	Conflict                    // 409: the state or a unique key forbids it
	Gone                        // 410: it was open once and is closed
	Stale                       // 412: made against an older version
	TooLarge                    // 413: a documented limit is passed
	Unsupported                 // 415: a media or file type we do not take
	Invalid                     // 422: understood, but some values are wrong
	Required                    // 428: a precondition header is missing
	TooMany                     // 429: too fast
	Unavailable                 // 503: the database cannot be reached
	Timeout                     // 504: it did not answer in time
)

// Problem is one thing wrong with an input: where it stands and what is wrong.
// Key names a message of package vi; Args are its arguments in order.
type Problem struct {
	File string // the file, when the input came from one
	Line int    // 1-based; 0 when unknown
	Path string // "groups[0].max", "Sheet1!B7", "cột code", a form field
	Key  string
	Args []any
}

// Error is the one error type that crosses package borders.
// Key names a message of package vi, Args its arguments in order.
type Error struct {
	Kind     Kind
	Key      string
	Args     []any
	Problems []Problem
	Cause    error // for the log only
}

// New returns an error of a kind with a message key and its arguments.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Wrap is New with the cause that the log should show.
func Wrap(cause error, kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args, Cause: cause}
}

// List returns an Invalid error over problems, or nil when there are none.
func List(key string, problems []Problem, args ...any) error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: key, Args: args, Problems: problems}
}

// Error is the English form for logs: key, arguments, problems and cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	for _, a := range e.Args {
		fmt.Fprintf(&b, " %v", a)
	}
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "; %s", p)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// String is the English form of a problem for logs.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File + ":")
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:", p.Line)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ":")
	}
	b.WriteString(p.Key)
	for _, a := range p.Args {
		fmt.Fprintf(&b, " %v", a)
	}
	return b.String()
}

// KindOf returns the kind of the first *Error in err's chain, Internal for any
// other error. It must not be called with nil.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is a fault of this kind; nil is of no kind.
func Is(err error, kind Kind) bool {
	return err != nil && KindOf(err) == kind
}
