package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// Progress is shown when work takes longer than progressAfter, and then every
// progressEvery, on a terminal only.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// progress shows how far a long command is.
type progress struct {
	out   io.Writer // nil: nowhere
	what  string
	total int64
	next  time.Time
	shown bool
}

// progress begins to show work over total things.
func (e *env) progress(what string, total int64) *progress {
	p := &progress{what: what, total: total, next: time.Now().Add(progressAfter)}
	if f, ok := e.Stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = f
		}
	}
	return p
}

// at says that n things are done.
func (p *progress) at(n int64) {
	if now := time.Now(); p.out != nil && now.After(p.next) {
		fmt.Fprintf(p.out, "\r%d of %d %s", n, p.total, p.what)
		p.next, p.shown = now.Add(progressEvery), true
	}
}

// end leaves the terminal at the start of a line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprintln(p.out)
	}
}
