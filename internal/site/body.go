package site

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
)

// localUpload marks a request whose body its handler reads as it comes in.
const localUpload = "upload"

const (
	// MaxUpload is the largest body of an upload of files, in bytes.
	MaxUpload = 101 << 20
	// UploadTime is how long sending it may take.
	UploadTime = 10 * time.Minute
	// drainTime is how long a refused upload is still read, so that the browser
	// shows why: one that is cut off shows an error of its own.
	drainTime = 20 * time.Second
)

// wholeBody reads the body before the handlers run, up to MaxBody; the server
// hands it over as it comes in. The body of an upload is left to its handler.
func wholeBody(c *fiber.Ctx) error {
	if c.Get(headerTooLarge) != "" {
		c.Context().SetConnectionClose()
		return fault.New(fault.TooLarge, "site.tooLarge", MaxBody>>20)
	}
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return c.Next()
	}
	if isUpload(c) {
		c.Locals(localUpload, true)
		err := c.Next()
		endBody(c, stream)
		return err
	}
	body, err := readBody(stream, c.Request().Header.ContentLength())
	if err != nil {
		c.Context().SetConnectionClose() // the rest is not a request
		return err
	}
	c.Request().SetBodyRaw(body)
	return c.Next()
}

// headerTooLarge marks a request whose body is declared to be too large.
const headerTooLarge = "X-Body-Too-Large"

// requestHead is what refuseEarly needs of the head of a request.
type requestHead interface {
	ContentLength() int
	SetContentLength(int)
	RequestURI() []byte
	Set(key, value string)
}

// refuseEarly makes a hook of the server, called before a body is waited for: a
// body over MaxBody is not read at all, and wholeBody says so.
func refuseEarly[H requestHead, C any](hook *func(H) C) {
	*hook = func(h H) (c C) {
		path, _, _ := strings.Cut(string(h.RequestURI()), "?")
		if h.ContentLength() > MaxBody && !uploadPath(path) {
			h.Set(headerTooLarge, "1")
			h.SetContentLength(0)
		}
		return c
	}
}

// readBody reads a body of a declared length, -1 when it has none.
func readBody(r io.Reader, length int) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, min(max(length, 0), MaxBody)+bytes.MinRead))
	n, err := b.ReadFrom(io.LimitReader(r, MaxBody+1))
	switch {
	case n > MaxBody:
		return nil, fault.New(fault.TooLarge, "site.tooLarge", MaxBody>>20)
	case err != nil || length >= 0 && int(n) < length:
		return nil, fault.Wrap(errors.Join(err, io.ErrUnexpectedEOF), fault.Malformed, "site.malformed")
	}
	return b.Bytes(), nil
}

// isUpload reports whether the request is a form with files of evidence.
func isUpload(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodPost && uploadPath(c.Path()) && strings.HasPrefix(strings.ToLower(c.Get(fiber.HeaderContentType)), fiber.MIMEMultipartForm)
}

// uploadPath reports whether a path takes forms with files of evidence.
func uploadPath(path string) bool {
	path = strings.TrimSuffix(path, "/")
	return strings.HasPrefix(path, "/ho-so/") && (hasSuffix(path, "/minh-chung") || strings.Contains(path, "/minh-chung/") && hasSuffix(path, "/ban-moi"))
}

// endBody takes what a handler left of the body. A connection with something
// left, or with more than an upload may have, takes no further request.
func endBody(c *fiber.Ctx, stream io.Reader) {
	if user, ok := userOf(c); !ok || user.Login == "" {
		c.Context().SetConnectionClose()
		return
	}
	_ = c.Context().Conn().SetReadDeadline(time.Now().Add(drainTime))
	if n, err := io.CopyN(io.Discard, stream, MaxUpload); err != io.EOF || n == MaxUpload {
		c.Context().SetConnectionClose()
	}
}
