package site

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// road is the network between the browser and the site: it can be cut, and
// break single calls. Its own address never changes.
type road struct {
	tb    testing.TB
	addr  string // the browser's end
	proxy *httputil.ReverseProxy
	app   *fiber.App

	mu      sync.Mutex
	cut     bool     // nothing gets through
	plan    []string // what happens to the next batches: "lose" the answer; else they pass
	failing bool     // batches after the plan get 503
	failed  int      // how many did
	site    string   // the site's end
}

func newRoad(tb testing.TB, app *fiber.App) *road {
	r := &road{tb: tb}
	r.serve(app)
	at, err := url.Parse("http://" + r.site)
	ok(tb, err)
	r.proxy = &httputil.ReverseProxy{
		Rewrite:  func(p *httputil.ProxyRequest) { p.SetURL(at); p.Out.Host = p.In.Host },
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {
			panic(http.ErrAbortHandler) // the site is not there: the connection breaks
		},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ok(tb, err)
	server := &http.Server{Handler: r, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(ln) }()
	tb.Cleanup(func() { _ = server.Close(); r.stop() })
	r.addr = "http://" + ln.Addr().String()
	return r
}

// serve runs the site, at the same address each time.
func (r *road) serve(app *fiber.App) {
	addr := r.site
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", addr)
	ok(r.tb, err)
	r.site, r.app = ln.Addr().String(), app
	go func() { _ = app.Listener(ln) }()
}

func (r *road) stop() { _ = r.app.ShutdownWithTimeout(5 * time.Second) }

func (r *road) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// await waits until something is so.
func (r *road) await(so func() bool) {
	r.tb.Helper()
	for end := time.Now().Add(browsertest.Timeout / 2); ; time.Sleep(20 * time.Millisecond) {
		done := false
		r.set(func() { done = so() })
		if done {
			return
		}
		if time.Now().After(end) {
			r.tb.Fatal("waited in vain")
		}
	}
}

func (r *road) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	what := ""
	r.set(func() {
		batch := strings.HasSuffix(q.URL.Path, "/responses:batch")
		switch {
		case r.cut:
			what = "cut"
		case batch && len(r.plan) > 0:
			what, r.plan = r.plan[0], r.plan[1:]
		case batch && r.failing:
			what = "fail"
			r.failed++
		}
	})
	switch what {
	case "cut":
		panic(http.ErrAbortHandler)
	case "fail":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "lose": // the site takes it, its answer never arrives
		r.proxy.ServeHTTP(&nowhere{header: http.Header{}}, q)
		panic(http.ErrAbortHandler)
	default:
		r.proxy.ServeHTTP(w, q)
	}
}

// nowhere takes an answer and forgets it.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (n *nowhere) WriteHeader(int)             {}

// openSurveyor signs a surveyor in and waits until the page can do without a
// network.
func openSurveyor(b *browsertest.Tab, at, login string) {
	b.Go(at + "/dang-nhap?tiep=/phong-van")
	b.Type("#login", login)
	b.Type("#password", testPassword)
	b.Click("main button")
	b.See("[data-campaigns] a")
	b.Wait(`navigator.serviceWorker.controller !== null && surveyor.sync.state === ""`)
}

const waiting = `document.querySelector("[data-unsent]").textContent`

// until waits until a promise comes true.
func until(b *browsertest.Tab, promise string) {
	for !browsertest.Eval[bool](b, promise) {
		time.Sleep(20 * time.Millisecond)
	}
}

// keepOpen lets the test's campaign close far away: a device looks at its own
// clock, which no test moves.
func (s *testSite) keepOpen() {
	c, err := s.store.Campaign(s.tb.Context(), testCampaign)
	ok(s.tb, err)
	c.Closes = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	ok(s.tb, s.store.PutCampaign(s.tb.Context(), c))
}

// interviewByHand clicks through an interview, from the list of campaigns.
func interviewByHand(b *browsertest.Tab, midway func()) {
	b.Click("[data-campaigns] a")
	b.Type("#tim", "nguyen thi minh khai")
	b.Wait(`document.querySelectorAll("[data-units] a").length === 1`)
	b.Click("[data-units] a")
	b.See("#consent")
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-next]")
	b.Click("input[name=q1][value='2']")
	b.Click("input[name=q1a][value=other]")
	b.Type("input[name='q1a.other']", "Chỗ gửi xe xa")
	midway()
	b.Click("input[name=q2][value='5']")
	for browsertest.Eval[bool](b, `document.querySelector("[data-next]").textContent !== "Lưu phiếu"`) {
		b.Click("[data-next]")
	}
	b.Click("[data-next]")
	b.See("[data-done]")
}

// TestSurveyorOffline is two hundred interviews in a hamlet without network.
// Three are clicked through the screens; the other 197 are made by the page's
// own functions behind them (a draft, its item, the step into the queue),
// because clicking each takes a browser seconds. Then the network comes back
// and misbehaves: the site takes a batch and its answer is lost, the next one
// fails, the site is stopped and started again as another process would be, on
// the same database and address, while two tabs try to send.
func TestSurveyorOffline(t *testing.T) {
	t.Parallel()
	const all, byHand = 200, 3
	dir := t.TempDir()
	s := newSiteAt(t, dir)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	r := newRoad(t, s.app)
	b := browsertest.Open(t, browsertest.Phone)
	openSurveyor(b, r.addr, "dieutra01")

	r.set(func() { r.cut = true })
	b.Offline(true)
	b.Do(chromedp.Reload())
	b.See("[data-campaigns] a")
	for i := range byHand {
		interviewByHand(b, func() {
			if i > 0 {
				return
			}
			until(b, `surveyor.store.all("drafts").then((l) => l[0].answers["q1a.other"] === "Chỗ gửi xe xa")`)
			b.Do(chromedp.Reload()) // the browser is killed in the middle
			b.Wait(`document.querySelector("[name=q1][value='2']")?.checked && document.querySelector("[name='q1a.other']").value === "Chỗ gửi xe xa"`)
		})
	}
	made := browsertest.Eval[int](b, fmt.Sprintf(`(async () => {
		const c = (await surveyor.store.all("campaigns"))[0], login = (await surveyor.store.fact("account")).login;
		for (let i = 0; i < %d; i++) {
			const unit = c.units[i %% c.units.length];
			const d = {key: surveyor.newKey(), owner: login, campaign: c.id, title: c.title, unit: unit.code, unitName: unit.name, group: "resident", answers: {q1: "5", q2: "4", y1: "Phiếu " + i}, step: 1, started_at: new Date(Date.now() - 600e3).toISOString()};
			await surveyor.store.put("drafts", d);
			if (!await surveyor.store.finish(surveyor.item(d, c))) return -1;
		}
		return (await surveyor.store.all("queue")).length;
	})()`, all-byHand))
	if made != all {
		t.Fatalf("%d interviews wait, want %d", made, all)
	}
	b.Do(chromedp.Reload())
	b.Wait(waiting + ` === "Chưa gửi: 200"`)
	if len(s.stored()) != 0 {
		t.Fatal("something was stored without a network")
	}

	other := b.Another(browsertest.Phone)
	other.Go(r.addr + surveyorPath) // the worker serves it: the road is still cut
	other.See("[data-campaigns] a")
	r.set(func() { r.cut, r.plan, r.failing = false, []string{"", "lose"}, true })
	send := `surveyor.sync.send().then(() => 0)`
	both := func() {
		browsertest.Eval[int](other, `(surveyor.sync.send(), 0)`)
		browsertest.Eval[int](b, send)
	}
	b.Offline(false) // the page sends by itself
	r.await(func() bool { return r.failed > 1 })
	both()
	b.Wait(waiting + ` === "Chưa gửi: 150"`)
	if n := len(s.stored()); n != 100 {
		t.Errorf("%d stored, want 100: fifty known to the device, fifty whose answer was lost", n)
	}

	r.stop()
	both() // nobody answers
	r.serve(restarted(t, s, dir))
	r.set(func() { r.failing = false })
	both()
	for _, tab := range []*browsertest.Tab{b, other} {
		tab.Wait(waiting + ` === "Chưa gửi: 0"`)
	}
	for _, name := range []string{"queue", "drafts"} {
		if n := browsertest.Eval[int](b, `surveyor.store.all("`+name+`").then((l) => l.length)`); n != 0 {
			t.Errorf("%d left in %s", n, name)
		}
	}
	if n := browsertest.Eval[int](b, `surveyor.store.fact("sent")`); n != all {
		t.Errorf("the device counts %d sent, want %d", n, all)
	}
	checkInterviews(t, s, all)
}

// restarted is a new site over the database in dir, opened once more.
func restarted(t *testing.T, s *testSite, dir string) *fiber.App {
	t.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(dir, "test.db"), store.Collections())
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	again, err := store.New(context.Background(), store.Options{DB: db, Clock: func() time.Time { return *s.now }, Secret: strings.Repeat("s", 32)})
	ok(t, err)
	app, err := New(Options{Store: again, Log: slog.New(slog.NewTextHandler(s.log, nil))})
	ok(t, err)
	return app
}

// checkInterviews wants exactly n responses of surveyors, each once.
func checkInterviews(t *testing.T, s *testSite, n int) {
	t.Helper()
	form, err := s.store.Form(t.Context(), "pks07", 1)
	ok(t, err)
	list, texts := s.stored(), map[string]int{}
	for _, r := range list {
		answers, err := form.Unpack(r.Answers)
		ok(t, err)
		if text, _ := form.Values(answers)["y1"].(string); text != "" {
			texts[text]++
		}
		if r.Channel != survey.Surveyor {
			t.Errorf("a response came through %q", r.Channel)
		}
	}
	if len(list) != n || len(texts) != n-3 {
		t.Errorf("%d stored with %d different texts, want %d and %d", len(list), len(texts), n, n-3)
	}
	for text, times := range texts {
		if times != 1 {
			t.Errorf("%q is stored %d times", text, times)
		}
	}
}

// TestSurveyorPaused hands over an interview while the campaign is paused: it
// stays on the device, which tells why, and goes out when the campaign goes on.
func TestSurveyorPaused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	b := browsertest.Open(t, browsertest.Phone)
	openSurveyor(b, browsertest.Serve(t, s.app), "dieutra01")
	pause := func(on bool) {
		c, err := s.store.Campaign(t.Context(), testCampaign)
		ok(t, err)
		c.Paused = on
		ok(t, s.store.PutCampaign(t.Context(), c))
	}
	interviewByHand(b, func() { pause(true) })
	b.Wait(`document.querySelector("[data-net]").textContent.includes("tạm dừng")`)
	if got := browsertest.Eval[string](b, `surveyor.store.all("queue").then((l) => l.map((i) => i.state).join())`); got != "waiting" || len(s.stored()) != 0 {
		t.Errorf("the interview is %q, %d stored", got, len(s.stored()))
	}
	pause(false)
	browsertest.Eval[int](b, `surveyor.sync.send().then(() => 0)`)
	b.Wait(waiting + ` === "Chưa gửi: 0"`)
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// TestSurveyorScreens looks at every screen.
func TestSurveyorScreens(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	b.Go(at + surveyorPath)
	b.See("[data-signin] a")
	looks(t, b, "surveyor-anonymous")
	openSurveyor(b, at, "dieutra01")
	looks(t, b, "surveyor-home")
	b.Click("[data-campaigns] a")
	b.See("[data-units] a")
	looks(t, b, "surveyor-units")
	b.Type("#tim", "nguyen thi minh khai")
	b.Click("[data-units] a")
	b.See("#consent")
	if browsertest.Eval[int](b, `document.querySelectorAll("[data-screen=interview] :checked").length`) != 0 {
		t.Error("something is ticked before the surveyor ticked it")
	}
	b.Click("[data-next]")
	looks(t, b, "surveyor-start-missing")
	b.Click("input[name=group][value=resident]")
	b.Click("#consent")
	b.Click("[data-next]")
	b.Click("[data-next]")
	if got := b.Text("[data-questions] .field-error"); got != "Câu này cần được trả lời. Vui lòng chọn hoặc điền câu trả lời." {
		t.Errorf("message %q", got)
	}
	b.Click("input[name=q1][value='2']")
	b.Click("input[name=q1a][value=other]")
	looks(t, b, "surveyor-questions")
	b.Offline(true)
	b.Go(at + surveyorPath)
	b.See("[data-drafts] a")
	looks(t, b, "surveyor-draft")
	b.Click("[data-drafts] a")
	for browsertest.Eval[bool](b, `document.querySelector("[data-next]").textContent !== "Lưu phiếu"`) {
		b.Click("[data-next]")
	}
	looks(t, b, "surveyor-last")
	b.Click("[data-next]")
	b.See("[data-done]")
	looks(t, b, "surveyor-saved-offline")
	b.Click("[data-unsent]")
	b.See("[data-waiting-list] a")
	looks(t, b, "surveyor-queue")
	b.Click("[data-waiting-list] a")
	b.See("[data-delete]")
	looks(t, b, "surveyor-item")
	b.Click("[data-delete]")
	b.See("dialog")
	looks(t, b, "surveyor-ask")
	b.Click("dialog [value=no]")
	if n := browsertest.Eval[int](b, `surveyor.store.all("queue").then((l) => l.length)`); n != 1 {
		t.Error("the interview is gone though the answer was no")
	}
}
