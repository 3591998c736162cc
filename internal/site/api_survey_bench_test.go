package site

import (
	"bytes"
	"cmp"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/config"
	"thanthien/internal/store"
	"thanthien/internal/unit"
)

// benchConnections is how many keep-alive connections a benchmark keeps busy.
const benchConnections = 64

// benchBody is a full answer to pks07, as a phone sends it.
const benchBody = `{"group":"resident","answers":{"q1":"4","q2":"5","q3":"4","q4":"3","q5":"4","q6":"5","q7":"4","q8":"a",` +
	`"y1":"Mong bộ phận một cửa mở cửa sáng thứ bảy.","d1":"b","d2":"b","d3":"a"},"started_at":"2026-11-10T09:58:30+07:00"}`

// BenchmarkSubmitHTTP measures accepted responses, durable before the receipt.
func BenchmarkSubmitHTTP(b *testing.B) {
	s := newSite(b)
	benchPost(b, s.app, "/api/v1/campaigns/"+testCampaign+"/units/"+testUnit+"/responses")
	n, err := s.store.CountResponses(b.Context(), testCampaign)
	ok(b, err)
	if n < int64(b.N) {
		b.Fatalf("%d responses stored of %d", n, b.N)
	}
}

// BenchmarkParseOnlyHTTP measures the same app, middleware and body with a
// handler that parses and answers, and stores nothing.
func BenchmarkParseOnlyHTTP(b *testing.B) {
	s := newSite(b)
	s.app.Post("/parse-only/:campaign/:unit", limitBody(MaxAnswerBody), func(c *fiber.Ctx) error {
		if _, err := readResponse(c); err != nil {
			return err
		}
		return sendReceipt(c, "0123456789ABCDEF", false)
	})
	benchPost(b, s.app, "/parse-only/"+testCampaign+"/"+testUnit)
}

// BenchmarkSubmitTokensHTTP measures accepted responses that each use up a
// token, in the order of the slips, as load does.
func BenchmarkSubmitTokensHTTP(b *testing.B) { benchTokens(b, func([]string) {}) }

// BenchmarkSubmitShuffledHTTP is BenchmarkSubmitTokensHTTP with every token on
// another page of the database.
func BenchmarkSubmitShuffledHTTP(b *testing.B) {
	benchTokens(b, func(plain []string) {
		rand.New(rand.NewPCG(1, 1)).Shuffle(len(plain), func(i, j int) { plain[i], plain[j] = plain[j], plain[i] })
	})
}

func benchTokens(b *testing.B, arrange func([]string)) {
	s := newSite(b)
	plain := make([]string, 0, b.N+benchConnections)
	for len(plain) < b.N {
		_, more, err := s.store.CreateTokens(b.Context(), store.TokenBatch{Campaign: testCampaign, Unit: testUnit, Count: min(b.N-len(plain), store.MaxTokens)})
		ok(b, err)
		plain = append(plain, more...)
	}
	arrange(plain)
	benchPostTokens(b, s.app, responsesURL, plain)
	n, err := s.store.CountResponses(b.Context(), testCampaign)
	ok(b, err)
	if n != int64(b.N) {
		b.Fatalf("%d responses stored of %d", n, b.N)
	}
}

// BenchmarkParseTokensHTTP is BenchmarkParseOnlyHTTP with a token, which it
// hashes.
func BenchmarkParseTokensHTTP(b *testing.B) {
	s := newSite(b)
	s.app.Post("/parse-only/:campaign/:unit", limitBody(MaxAnswerBody), func(c *fiber.Ctx) error {
		in, err := readResponse(c)
		if err != nil {
			return err
		}
		if len(s.store.TokenID(in.token)) == 0 {
			return fiber.ErrBadRequest
		}
		return sendReceipt(c, "0123456789ABCDEF", false)
	})
	benchPostTokens(b, s.app, "/parse-only/"+testCampaign+"/"+testUnit, make([]string, b.N))
}

// BenchmarkSubmitLimitedHTTP is BenchmarkSubmitHTTP as visitors come: through a
// proxy, from many addresses, to so many units that the limits are weighed for
// every answer and reached by none.
func BenchmarkSubmitLimitedHTTP(b *testing.B) {
	s := newSite(b)
	app, err := New(Options{Store: s.store, Config: config.Config{TrustedProxies: "127.0.0.1"}, Log: slog.New(slog.DiscardHandler)})
	ok(b, err)
	codes := s.manyUnits("Lớn", b.N/(BurstPerUnit/2)+1)
	benchRequests(b, app, func(i int) request {
		return request{path: "/api/v1/campaigns/lon/units/" + codes[i%len(codes)] + "/responses", address: fmt.Sprintf("100.64.%d.%d", i/256%256, i%256), body: benchBody}
	})
	n, err := s.store.CountResponses(b.Context(), "lon")
	ok(b, err)
	if n < int64(b.N) {
		b.Fatalf("%d responses stored of %d", n, b.N)
	}
}

// manyUnits opens a campaign "lon" in n units and returns their codes.
func (s *testSite) manyUnits(name string, n int) []string {
	s.tb.Helper()
	list, codes := make([]unit.Unit, n), make([]string, n)
	for i := range list {
		codes[i] = fmt.Sprint(100_000 + i)
		list[i] = unit.Unit{Code: codes[i], Name: fmt.Sprint("Xã ", name, " ", i), Level: unit.Commune, Parent: "27"}
	}
	ctx := s.tb.Context()
	_, _, err := s.store.PutUnits(ctx, list)
	ok(s.tb, err)
	c, err := s.store.Campaign(ctx, testCampaign)
	ok(s.tb, err)
	c.ID, c.Units, c.Period, c.Version = "lon", codes, "", 0
	ok(s.tb, s.store.PutCampaign(ctx, c))
	return codes
}

// request is one POST of a benchmark. With an address it comes through a proxy.
type request struct{ path, address, body string }

// benchPost posts benchBody b.N times to a path.
func benchPost(b *testing.B, app *fiber.App, path string) {
	benchRequests(b, app, func(int) request { return request{path: path, body: benchBody} })
}

// benchPostTokens is benchPost with a token in each body.
func benchPostTokens(b *testing.B, app *fiber.App, path string, tokens []string) {
	benchRequests(b, app, func(i int) request {
		return request{path: path, body: `{"token":"` + cmp.Or(tokens[i], "0123456789ABC") + `",` + benchBody[1:]}
	})
}

// benchRequests sends b.N requests over benchConnections connections of
// loopback and reports responses per second.
func benchRequests(b *testing.B, app *fiber.App, make func(i int) request) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ok(b, err)
	go func() { _ = app.Listener(ln) }()
	b.Cleanup(func() { ok(b, app.Shutdown()) })
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range benchConnections {
		wg.Go(func() {
			c, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Close()
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				if err := postOnce(c, make(int(n)), fmt.Sprintf("%d-%d", i, n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "responses/s")
	b.ReportMetric(0, "ns/op")
}

// postOnce writes one request and reads its answer by hand: the client must
// cost little, for it shares the processors with the server.
func postOnce(c net.Conn, r request, key string) error {
	proxy := ""
	if r.address != "" {
		proxy = "X-Forwarded-For: " + r.address + "\r\n"
	}
	_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s", r.path, proxy, key, len(r.body), r.body)
	if err != nil {
		return err
	}
	var buf [4096]byte
	n := 0
	for {
		m, err := c.Read(buf[n:])
		if err != nil {
			return err
		}
		n += m
		if head, body, ok := bytes.Cut(buf[:n], []byte("\r\n\r\n")); ok {
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 201")) {
				return fmt.Errorf("answer: %.300s", buf[:n])
			}
			if bytes.HasSuffix(body, []byte("}")) {
				return nil
			}
		}
	}
}

// BenchmarkParseResponse measures reading the JSON alone.
func BenchmarkParseResponse(b *testing.B) {
	body := []byte(benchBody)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseResponse(body); err != nil {
			b.Fatal(err)
		}
	}
}
