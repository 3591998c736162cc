// Package load posts made-up responses to a running site, so that an operator
// can size a machine and a test can count what was acknowledged.
package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"thanthien/internal/fault"
)

// requestTimeout bounds one request.
const requestTimeout = 60 * time.Second

// Options say what to post where.
type Options struct {
	URL         string // base URL of the site
	Campaign    string
	Concurrency int           // connections
	Duration    time.Duration // stop after this long; 0: no limit
	Count       int           // stop after this many responses; 0: no limit
	Seed        uint64
	// Tokens are one-use tokens, one for each response; with them the run ends
	// when they are used up.
	Tokens []Token
	// Accepted, if set, is called with every receipt, from many goroutines.
	Accepted func(unit, key, receipt string)
}

// Result is what happened. Latencies are of accepted responses.
type Result struct {
	Sent     int64            `json:"sent"`
	Accepted int64            `json:"accepted"`
	Statuses map[string]int64 `json:"statuses"` // by HTTP status; "error": no answer
	Seconds  float64          `json:"seconds"`
	Rate     float64          `json:"accepted_per_second"`
	P50      float64          `json:"p50_ms"`
	P95      float64          `json:"p95_ms"`
	P99      float64          `json:"p99_ms"`
	Max      float64          `json:"max_ms"`
	mu       sync.Mutex
	times    []time.Duration
}

// Run posts until the duration or the count is reached, or ctx ends. It fails
// only if the campaign cannot be read; refused responses are counted.
func Run(ctx context.Context, o Options) (*Result, error) {
	client := &http.Client{Timeout: requestTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: o.Concurrency, MaxConnsPerHost: o.Concurrency}}
	f, err := fetch(ctx, client, o)
	if err != nil {
		return nil, err
	}
	if o.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Duration)
		defer cancel()
	}
	if n := len(o.Tokens); n > 0 && (o.Count == 0 || o.Count > n) {
		o.Count = n
	}
	r := &Result{Statuses: map[string]int64{}}
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for w := range o.Concurrency {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(o.Seed, uint64(w)))
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if o.Count > 0 && i >= int64(o.Count) {
					return
				}
				unit, token := f.Units[int(i)%len(f.Units)].Code, Token{}
				if len(o.Tokens) > 0 {
					token = o.Tokens[i]
					if token.Unit != "" {
						unit = token.Unit
					}
				}
				r.post(ctx, client, o, unit, f.sheet(rng, token), fmt.Sprintf("load-%d-%d-%d", o.Seed, i, rng.Uint64()))
			}
		})
	}
	wg.Wait()
	r.finish(time.Since(start))
	return r, nil
}

func (r *Result) post(ctx context.Context, client *http.Client, o Options, unit string, body []byte, key string) {
	target := fmt.Sprintf("%s/api/v1/campaigns/%s/units/%s/responses", strings.TrimRight(o.URL, "/"), url.PathEscape(o.Campaign), url.PathEscape(unit))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		r.count("error", 0)
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	start := time.Now()
	res, err := client.Do(req)
	if err != nil {
		if ctx.Err() == nil {
			r.count("error", 0)
		}
		return
	}
	var answer struct {
		Receipt string `json:"receipt"`
	}
	err = json.NewDecoder(res.Body).Decode(&answer)
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection is kept
	res.Body.Close()
	r.count(fmt.Sprint(res.StatusCode), time.Since(start))
	if err == nil && res.StatusCode == http.StatusCreated && o.Accepted != nil {
		o.Accepted(unit, key, answer.Receipt)
	}
}

func (r *Result) count(status string, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Sent++
	r.Statuses[status]++
	if status == "201" {
		r.Accepted++
		r.times = append(r.times, took)
	}
}

func (r *Result) finish(took time.Duration) {
	r.Seconds = took.Seconds()
	r.Rate = float64(r.Accepted) / r.Seconds
	if len(r.times) == 0 {
		return
	}
	slices.Sort(r.times)
	at := func(p float64) float64 {
		return float64(r.times[int(p*float64(len(r.times)-1))].Microseconds()) / 1000
	}
	r.P50, r.P95, r.P99, r.Max = at(0.5), at(0.95), at(0.99), at(1)
}

// form is what the site tells of a campaign, as far as needed here.
type form struct {
	Groups []string `json:"groups"`
	Units  []struct {
		Code string `json:"code"`
	} `json:"units"`
	Form struct {
		Scales   map[string][]option `json:"scales"`
		Sections []struct {
			Questions []question `json:"questions"`
		} `json:"sections"`
	} `json:"form"`
}

type option struct {
	Code string `json:"code"`
}

type question struct {
	Code    string      `json:"code"`
	Kind    string      `json:"kind"`
	Scale   string      `json:"scale"`
	Options []option    `json:"options"`
	Min     json.Number `json:"min"`
}

// fetch reads the form. Every failure is a fault that says in words what the
// site answered; a context's error stays as it is.
func fetch(ctx context.Context, client *http.Client, o Options) (*form, error) {
	target := strings.TrimRight(o.URL, "/") + "/api/v1/campaigns/" + url.PathEscape(o.Campaign) + "/form"
	if u, err := url.Parse(target); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fault.Wrap(err, fault.Invalid, "load.url", o.URL)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "load.url", o.URL)
	}
	res, err := client.Do(req)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	} else if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "load.unreachable", o.URL, reason(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fault.New(fault.Conflict, "load.refused", target, res.Status)
	}
	var f form
	if err := json.NewDecoder(res.Body).Decode(&f); err != nil {
		return nil, fault.Wrap(err, fault.Unsupported, "load.answer", target)
	}
	if len(f.Units) == 0 || len(f.Groups) == 0 {
		return nil, fault.New(fault.Conflict, "load.empty", o.Campaign)
	}
	return &f, nil
}

// reason is the cause of a failed request without its method and address.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return err.Error()
}

// sheet makes one response: every question but the free ones answered.
func (f *form) sheet(rng *rand.Rand, t Token) []byte {
	answers := map[string]any{}
	for _, s := range f.Form.Sections {
		for _, q := range s.Questions {
			switch q.Kind {
			case "scale":
				answers[q.Code] = pick(rng, f.Form.Scales[q.Scale])
			case "choice":
				answers[q.Code] = pick(rng, q.Options)
			case "multi":
				answers[q.Code] = []string{pick(rng, q.Options)}
			case "number":
				answers[q.Code] = least(q.Min)
			}
		}
	}
	sheet := map[string]any{"group": f.Groups[rng.IntN(len(f.Groups))], "answers": answers}
	if t.Group != "" {
		sheet["group"] = t.Group
	}
	if t.Text != "" {
		sheet["token"] = t.Text
	}
	body, err := json.Marshal(sheet)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return body
}

// least is the least number allowed, 0 without one.
func least(min json.Number) json.Number {
	if min == "" {
		return "0"
	}
	return min
}

// pick chooses an option, the better ones more often.
func pick(rng *rand.Rand, options []option) string {
	i := min(rng.IntN(len(options)), rng.IntN(len(options)))
	return options[i].Code
}
