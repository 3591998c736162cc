package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"thanthien/internal/load"
)

// Bounds of load, so that a typing mistake does not run for ever.
const (
	maxConnections  = 1024
	maxLoadDuration = 24 * time.Hour
	defaultLoad     = 30 * time.Second
)

func runLoad(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "load")
	o := load.Options{}
	fs.StringVar(&o.URL, "url", "http://localhost:8080", "base URL of the site")
	fs.StringVar(&o.Campaign, "campaign", "", "the campaign to answer")
	fs.IntVar(&o.Concurrency, "concurrency", 64, "connections")
	fs.DurationVar(&o.Duration, "duration", 0, fmt.Sprintf("stop after this long (default %v without --count)", defaultLoad))
	fs.IntVar(&o.Count, "count", 0, "stop after this many responses")
	fs.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixNano()), "seed of the answers")
	tokens := fs.String("tokens", "", "file of one-use tokens, one a line or the CSV of a batch; each is used once")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	if err := needed("campaign", o.Campaign); err != nil {
		return err
	}
	if o.Duration == 0 && o.Count == 0 {
		o.Duration = defaultLoad
	}
	if o.Concurrency < 1 || o.Concurrency > maxConnections || o.Duration < 0 || o.Duration > maxLoadDuration || o.Count < 0 {
		return usageError{fmt.Sprintf("--concurrency is 1 to %d, --duration up to %gh, --count not negative", maxConnections, maxLoadDuration.Hours())}
	}
	if *tokens != "" {
		data, err := readFile(e, *tokens)
		if err != nil {
			return err
		}
		if o.Tokens, err = load.ReadTokens(bytes.NewReader(data)); err != nil {
			return err
		}
	}
	r, err := load.Run(ctx, o)
	if err != nil {
		return err
	}
	if err := writeJSON(e.Stdout, r); err != nil {
		return err
	}
	if refused := r.Sent - r.Accepted; refused > 0 {
		return partlyRejected{int(refused)}
	}
	return nil
}
