package site

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/store"
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
// token, and its flags.
func BenchmarkSubmitTokensHTTP(b *testing.B) {
	s := newSite(b)
	plain := make([]string, 0, b.N+benchConnections)
	for len(plain) < b.N {
		_, more, err := s.store.CreateTokens(b.Context(), store.TokenBatch{Campaign: testCampaign, Unit: testUnit, Count: min(b.N-len(plain), store.MaxTokens)})
		ok(b, err)
		plain = append(plain, more...)
	}
	// People answer in no order: each token lies on another page.
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(plain), func(i, j int) { plain[i], plain[j] = plain[j], plain[i] })
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

// benchPost posts benchBody b.N times over benchConnections connections of
// loopback and reports responses per second.
func benchPost(b *testing.B, app *fiber.App, path string) { benchPostTokens(b, app, path, nil) }

// benchPostTokens is benchPost with a token in each body, unless there are none.
func benchPostTokens(b *testing.B, app *fiber.App, path string, tokens []string) {
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
				body := benchBody
				if tokens != nil {
					body = `{"token":"` + cmp.Or(tokens[n], "0123456789ABC") + `",` + benchBody[1:]
				}
				if err := postOnce(c, path, fmt.Sprintf("%d-%d", i, n), body); err != nil {
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
func postOnce(c net.Conn, path, key, body string) error {
	_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s", path, key, len(body), body)
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
