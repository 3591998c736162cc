// Package site serves the pages and the JSON API. A handler parses, makes one
// domain call, and shows; it returns errors, and fail.go alone answers them.
package site

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/valyala/fasthttp"

	"thanthien/internal/config"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/view"
	"thanthien/web"
)

// Limits of a request. A route may set a smaller body limit (limitBody).
const (
	// MaxBody is the largest body of any request, in bytes (an uploaded file).
	MaxBody = 21 << 20
	// MaxFormBody is the largest body of a form or a JSON call, in bytes.
	MaxFormBody = 1 << 20
	// MaxAnswerBody is the largest body of one survey response, in bytes.
	MaxAnswerBody = 256 << 10
	// MaxHashing is how many passwords are checked at once, 19 MiB each.
	MaxHashing = 4
	// MaxHeader is the largest head of a request (address, cookies), in bytes.
	MaxHeader = 16 << 10
	// RequestTimeout bounds the work of one request.
	RequestTimeout = 30 * time.Second
	readTimeout    = 60 * time.Second
	writeTimeout   = 120 * time.Second
	idleTimeout    = 90 * time.Second
)

// Server is the site over one store.
type Server struct {
	store     *store.Store
	log       *slog.Logger
	config    config.Config
	assets    *view.Assets
	demo      bool
	now       func() time.Time
	hashing   chan struct{} // a place for each password being checked
	intake    *intake       // limits and tokens of answers under way
	exports   *exporter
	mailer    Mailer // nil: notices stay in the program
	bell      noticeBell
	uploads   *uploads // places of files on their way in
	importing sync.Map // the imports that this process writes, by id
}

// Options are what a Server needs.
type Options struct {
	Store  *store.Store
	Config config.Config
	Log    *slog.Logger
	Demo   bool   // say on every page that the data is made up
	Mail   Mailer // sends notices by e-mail; nil for none
}

// New returns the Fiber application of the site.
func New(o Options) (*fiber.App, error) {
	assets, err := view.NewAssets(web.Static)
	if err != nil {
		return nil, err
	}
	engine := view.NewEngine(web.Pages, assets)
	s := &Server{store: o.Store, log: o.Log, config: o.Config, assets: assets, demo: o.Demo, now: o.Store.Now, hashing: make(chan struct{}, MaxHashing), intake: newIntake(o.Config.Proxies()), mailer: o.Mail, uploads: newUploads()}
	app := fiber.New(fiber.Config{
		AppName:               "thanthien",
		Immutable:             true,
		DisableStartupMessage: true,
		Views:                 engine,
		ErrorHandler:          s.fail,
		BodyLimit:             MaxBody,
		// wholeBody reads what comes in, so that an upload need not be in memory.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		ReadBufferSize:               MaxHeader,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		EnableTrustedProxyCheck:      true,
		TrustedProxies:               o.Config.Proxies(),
		ProxyHeader:                  fiber.HeaderXForwardedFor,
		EnableIPValidation:           true,
	})
	refuseEarly(&app.Server().HeaderReceived)
	app.Use(s.request, s.secure, wholeBody, plainBody, compress.New(compress.Config{Level: compress.LevelDefault, Next: isDownload}))
	s.exports = newExporter(app)
	if err := s.routes(app); err != nil {
		return nil, err
	}
	return app, renderOnce(app)
}

// renderOnce shows a page to nobody. Ctx.Render lists the mounted applications
// when the first page is shown, without a lock: two first visitors at once would
// race for the list.
func renderOnce(app *fiber.App) error {
	c := app.AcquireCtx(&fasthttp.RequestCtx{})
	defer app.ReleaseCtx(c)
	return c.Render("account/signin", view.SignIn{})
}

// isDownload keeps files that are compressed already, and streams, as they are.
func isDownload(c *fiber.Ctx) bool {
	return c.Get("Accept-Encoding") == "" || hasSuffix(c.Path(), ".xlsx") || strings.Contains(c.Path(), "/xuat/") || strings.Contains(c.Path(), "/minh-chung/")
}

// reason is the innermost cause of a network error, as the system words it.
func reason(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}

// Listen serves app on addr until ctx ends, then finishes the requests under
// way. ready is called with the address once connections are accepted.
func Listen(ctx context.Context, app *fiber.App, addr string, ready func(net.Addr)) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "site.listen", addr, reason(err))
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	ready(ln.Addr())
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return app.ShutdownWithTimeout(RequestTimeout)
	}
}
