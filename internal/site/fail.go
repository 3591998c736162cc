package site

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// statuses maps every kind of fault to its HTTP status.
var statuses = map[fault.Kind]int{
	fault.Internal: 500, fault.Malformed: 400, fault.Unauthenticated: 401, fault.Forbidden: 403,
	fault.NotFound: 404, fault.Method: 405, fault.Slow: 408, fault.Conflict: 409, fault.Gone: 410, fault.Stale: 412, fault.TooLarge: 413,
	fault.Unsupported: 415, fault.Invalid: 422, fault.Required: 428, fault.TooMany: 429,
	fault.Unavailable: 503, fault.Timeout: 504,
}

// problemJSON is an answer of RFC 9457.
type problemJSON struct {
	Type      string      `json:"type"`
	Title     string      `json:"title"`
	Status    int         `json:"status"`
	Errors    []fieldJSON `json:"errors"` // never null: callers need not ask whether it is there
	RequestID string      `json:"request_id"`
	Conflicts []conflict  `json:"conflicts,omitempty"`
	// Challenge is the proof of work to be solved before the call is repeated.
	Challenge json.RawMessage `json:"challenge,omitempty"`
}

type fieldJSON struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// conflict is one value that two people changed: what stands now and what the
// caller sent.
type conflict struct {
	Field  string `json:"field"`
	Stored string `json:"stored"`
	Sent   string `json:"sent"`
	By     string `json:"by,omitempty"`
}

// nameRequest gives a request the id that its answer and the log carry.
func nameRequest(c *fiber.Ctx) string {
	id := rand.Text()[:16]
	c.Locals(localRequestID, id)
	c.Set("X-Request-Id", id)
	return id
}

// fail is the one place where an error becomes an answer: a status, a
// Vietnamese sentence and, for our own faults, one line in the log.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	f := asFault(err)
	status := statuses[f.Kind]
	id := requestID(c)
	if id == "" { // refused before any handler ran
		id = nameRequest(c)
		secureHeaders(c)
	}
	if status >= 500 {
		s.log.LogAttrs(c.UserContext(), slog.LevelError, "request failed", slog.String("request_id", id),
			slog.String("method", c.Method()), slog.String("path", c.Path()), slog.String("error", err.Error()))
	}
	p := problem(f, status, id)
	if refused, ok := errors.AsType[*tooMany](err); ok {
		c.Set(fiber.HeaderRetryAfter, retryAfter(refused.retry))
		p.Challenge = json.RawMessage(refused.challenge)
	}
	if wantsJSON(c) {
		return c.Status(status).JSON(p, "application/problem+json")
	}
	if f.Kind == fault.Unauthenticated && c.Method() == fiber.MethodGet {
		return c.Redirect("/dang-nhap?tiep="+queryEscape(c.OriginalURL()), fiber.StatusSeeOther)
	}
	if shown, rerr := s.showLate(c, f, status); shown && rerr == nil {
		return nil
	}
	page := view.Failure{Page: s.page(c, vi.Text("site.title."+titleKey(status))), Status: status, Message: vi.Text(f.Key, f.Args...), RequestID: id}
	for _, p := range f.Problems {
		page.Problems = append(page.Problems, vi.Problem(p))
	}
	if rerr := c.Status(status).Render("fail/fail", page); rerr != nil {
		s.log.Error("error page failed", "request_id", id, "error", rerr)
		return c.Status(status).SendString(vi.Text(f.Key, f.Args...))
	}
	return nil
}

// titleKey groups statuses under the titles the error page has.
func titleKey(status int) string {
	switch {
	case status == 401 || status == 403:
		return "forbidden"
	case status == 404:
		return "missing"
	case status == 410:
		return "closed"
	case status >= 500:
		return "broken"
	}
	return "refused"
}

func problem(f *fault.Error, status int, id string) problemJSON {
	p := problemJSON{Type: "about:blank", Title: vi.Text(f.Key, f.Args...), Status: status, Errors: []fieldJSON{}, RequestID: id}
	for _, e := range f.Problems {
		p.Errors = append(p.Errors, fieldJSON{e.Path, vi.Text(e.Key, e.Args...)})
	}
	return p
}

// asFault turns what Fiber itself reports (no route, body too large, …) into a
// fault; anything unknown is Internal.
func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	var fe *fiber.Error
	if !errors.As(err, &fe) {
		return fault.Wrap(err, fault.Internal, "internal")
	}
	switch fe.Code {
	case fiber.StatusNotFound:
		return fault.New(fault.NotFound, "site.notFound")
	case fiber.StatusMethodNotAllowed:
		return fault.New(fault.Method, "site.method") // Fiber has set Allow
	case fiber.StatusRequestTimeout, fiber.StatusBadGateway: // of a connection: Fiber has no other use for them
		return fault.Wrap(err, fault.Slow, "site.slow")
	case fiber.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "site.tooLarge", MaxBody>>20)
	case fiber.StatusRequestHeaderFieldsTooLarge, fiber.StatusBadRequest, fiber.StatusUnprocessableEntity:
		return fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	return fault.Wrap(err, fault.Internal, "internal")
}

func wantsJSON(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/api/") || (strings.Contains(c.Get(fiber.HeaderAccept), "application/json") && !strings.Contains(c.Get(fiber.HeaderAccept), "text/html"))
}
