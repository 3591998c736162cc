package site

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
)

// Keys of c.Locals.
const (
	localRequestID = "request_id"
	localSession   = "session"
	localUser      = "user"
)

// policy is the Content-Security-Policy of every page: nothing from elsewhere,
// nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// request gives every request an id and a bounded context, and logs how it
// ended. No address and no user agent is logged: answers must stay anonymous.
func (s *Server) request(c *fiber.Ctx) error {
	id := nameRequest(c)
	ctx, cancel := context.WithTimeout(c.UserContext(), RequestTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	start := time.Now()
	err := c.Next()
	if err != nil {
		err = s.fail(c, err)
	}
	s.log.Debug("request", "request_id", id, "method", c.Method(), "path", c.Path(), "status", c.Response().StatusCode(), "ms", time.Since(start).Milliseconds())
	return err
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localRequestID).(string)
	return id
}

// secure sets the headers that every answer has. Pages are not kept by caches;
// static files and downloads override Cache-Control.
func (s *Server) secure(c *fiber.Ctx) error {
	secureHeaders(c)
	return c.Next()
}

func secureHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.Protocol() == "https" {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
}

// plainBody refuses a compressed body: nobody we know sends one, and a small
// one may unpack to gigabytes.
func plainBody(c *fiber.Ctx) error {
	if len(c.Request().Header.Peek(fiber.HeaderContentEncoding)) > 0 {
		return fault.New(fault.Unsupported, "site.encoding")
	}
	return c.Next()
}

// limitBody refuses a body over max bytes before it is parsed.
func limitBody(max int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if len(c.Request().Body()) > max {
			return fault.New(fault.TooLarge, "site.bodyTooLarge", max>>10)
		}
		return c.Next()
	}
}

// sameOrigin refuses a write that another site's page makes in the visitor's
// browser: Sec-Fetch-Site where the browser sends it, else Origin against Host.
func (s *Server) sameOrigin(c *fiber.Ctx) error {
	if isRead(c.Method()) {
		return c.Next()
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return c.Next()
	case "":
	default:
		return fault.New(fault.Forbidden, "site.crossOrigin")
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return c.Next()
	}
	if u, err := url.Parse(origin); err == nil && strings.EqualFold(u.Host, string(c.Context().Host())) {
		return c.Next()
	}
	return fault.New(fault.Forbidden, "site.crossOrigin")
}

func isRead(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}

func hasSuffix(path, suffix string) bool { return strings.HasSuffix(path, suffix) }

func queryEscape(s string) string { return url.QueryEscape(s) }
