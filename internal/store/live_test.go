package store

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/docstore"
	"thanthien/internal/docstore/mongo"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/survey"
)

const liveForm = `
id: thu
version: 1
title: Phiếu thử
respondents: [resident, business]
consent: Đồng ý
scales:
  s: [{code: "5", label: Tốt, value: 100, satisfied: true}, {code: "1", label: Kém, value: 0}]
sections:
  - title: A
    questions:
      - {code: q1, kind: scale, scale: s, text: Câu 1}
      - {code: q2, kind: choice, options: [{code: a, label: A}, {code: b, label: B}], other: true, text: Câu 2}
      - {code: q3, kind: multi, options: [{code: a, label: A}, {code: b, label: B}], other: true, text: Câu 3}
      - {code: q4, kind: number, min: 0, max: 120, text: Câu 4}
      - {code: q5, kind: text, max_length: 1000, text: Câu 5}
`

// liveBench is a database with one campaign, whose clock the test moves, and any
// number of stores over it, each with its own connection as processes have.
type liveBench struct {
	path     string // of the SQLite file
	uri      string // of a MongoDB instead; "": none
	mu       sync.Mutex
	now      time.Time
	campaign survey.Campaign
	form     *survey.Form
	n        int
	stop     []func()
}

func (b *liveBench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *liveBench) move(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func ok(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open opens the database once more.
func (b *liveBench) open(t failer) *Store {
	t.Helper()
	ctx := context.Background()
	db, err := b.openDB(ctx)
	ok(t, err)
	b.stop = append(b.stop, func() { db.Close() })
	s, err := New(ctx, Options{DB: db, Clock: b.clock, Secret: "bi-mat"})
	ok(t, err)
	return s
}

func (b *liveBench) openDB(ctx context.Context) (docstore.DB, error) {
	if b.uri != "" {
		return mongo.Open(ctx, b.uri, Collections())
	}
	return sqlite.Open(ctx, b.path, Collections(), sqlite.WithClock(b.clock))
}

func (b *liveBench) close() {
	for _, stop := range b.stop {
		stop()
	}
}

func newLiveBench(t failer, dir string, units ...string) (*liveBench, *Store) {
	t.Helper()
	return startLiveBench(t, &liveBench{path: filepath.Join(dir, "live.db")}, units...)
}

func startLiveBench(t failer, b *liveBench, units ...string) (*liveBench, *Store) {
	t.Helper()
	b.now = time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	s := b.open(t)
	ctx := context.Background()
	ok(t, s.PutForm(ctx, Version{ID: "thu", Number: 1, YAML: liveForm, State: Issued}))
	b.campaign = survey.Campaign{ID: "dot", Title: "Đợt", FormID: "thu", FormVer: 1, Units: units, Opens: b.now, Closes: b.now.AddDate(0, 1, 0)}
	ok(t, s.PutCampaign(ctx, b.campaign))
	var err error
	b.form, err = s.Form(ctx, "thu", 1)
	ok(t, err)
	return b, s
}

// add stores one response.
func (b *liveBench) add(t failer, s *Store, unit string, ch survey.Channel, flags survey.Flags, answers map[string]any) *Response {
	t.Helper()
	b.n++
	group := b.form.Respondents[b.n%2]
	a, err := b.form.Check(group, answers)
	ok(t, err)
	r := &Response{Campaign: "dot", Unit: unit, Key: s.ResponseKey("dot", unit, ""), Group: group, Channel: ch, Flags: flags, Answers: b.form.Pack(a)}
	_, _, err = s.AddResponse(context.Background(), r)
	ok(t, err)
	return r
}

// same fails unless the counts are those of a recount.
func (b *liveBench) same(t failer, s *Store) {
	t.Helper()
	got, err := s.Counts(context.Background(), &b.campaign)
	ok(t, err)
	want, err := s.Recount(context.Background(), &b.campaign)
	ok(t, err)
	if diff := differs(got, want); diff != "" {
		t.Fatal(diff)
	}
}

// differs compares counts with a recount; it names the first difference.
func differs(got, want map[string]*UnitCounts) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d units counted, %d recounted", len(got), len(want))
	}
	for unit, w := range want {
		g := got[unit]
		if g == nil {
			return unit + " is missing"
		}
		if what := g.Differs(w); what != "" {
			return fmt.Sprintf("%s of %s: %d counted %v, %d recounted %v", what, unit, g.All.N(), g.Flags, w.All.N(), w.Flags)
		}
	}
	return ""
}

// TestCountsEqualRecount adds responses at random times through random channels
// by two processes that read, compact and restart at random points: the counts
// are always those of a recount, which finds its bursts another way.
func TestCountsEqualRecount(t *testing.T) {
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		sub := filepath.Join(dir, fmt.Sprint(run))
		ok(t, os.Mkdir(sub, 0o700))
		b, first := newLiveBench(t, sub, "u1", "u2")
		defer func() { b.close(); os.RemoveAll(sub) }()
		stores := []*Store{first, b.open(t)}
		channels := []survey.Channel{survey.Web, survey.Web, survey.Kiosk, survey.Paper}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			s := rapid.IntRange(0, 1).Draw(t, "process")
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				ok(t, stores[s].Compact(context.Background(), &b.campaign))
			case 1:
				stores[s] = b.open(t)
			case 2:
				b.same(t, stores[s])
			case 3:
				b.move(time.Duration(rapid.IntRange(1, 700).Draw(t, "pause")) * time.Second)
			default:
				unit := rapid.SampledFrom([]string{"u1", "u1", "u1", "u2"}).Draw(t, "unit")
				ch := rapid.SampledFrom(channels).Draw(t, "channel")
				gap := rapid.SampledFrom([]int{0, 10, 28, 29, 30, 31, 60}).Draw(t, "gap")
				for range rapid.IntRange(1, 15).Draw(t, "responses") {
					flags := rapid.SampledFrom([]survey.Flags{0, 0, 0, survey.Fast, survey.Straight | survey.Duplicate}).Draw(t, "flags")
					b.add(t, stores[s], unit, ch, flags, map[string]any{"q1": rapid.SampledFrom([]string{"5", "1"}).Draw(t, "q1")})
					b.move(time.Duration(gap) * time.Second)
				}
			}
		}
		for _, s := range append(stores, b.open(t)) {
			b.same(t, s)
		}
	})
}

// TestBurst flags the whole window once its last response comes, across a
// snapshot and a restart, and no interviews or paper forms.
func TestBurst(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	long := map[string]any{"q1": "5", "q5": strings.Repeat("x", 2*heldWhole)}
	for i := range survey.BurstSize {
		b.add(t, s, "u1", survey.Web, survey.Flags(i%2), long)
		b.add(t, s, "u1", survey.Paper, 0, nil)
		b.move(30 * time.Second)
	}
	flagged := func(s *Store) (int64, int64) {
		t.Helper()
		counts, err := s.Counts(t.Context(), &b.campaign)
		ok(t, err)
		return counts["u1"].Flagged.N(), counts["u1"].Flags[survey.Burst]
	}
	if n, burst := flagged(s); n != survey.BurstSize/2 || burst != 0 {
		t.Fatalf("%d flagged, %d in bursts before the window is full", n, burst)
	}
	ok(t, s.Compact(t.Context(), &b.campaign))
	s = b.open(t)
	b.add(t, s, "u1", survey.Web, 0, nil) // exactly ten minutes after the first
	if n, burst := flagged(s); n != survey.BurstSize+1 || burst != survey.BurstSize+1 {
		t.Fatalf("%d flagged, %d in bursts when it is full", n, burst)
	}
	b.same(t, s)
	inBurst := func(r *Response) bool { return r.Flags&survey.Burst != 0 }
	page := reviewed(t, s, &b.campaign, "", 15, inBurst)
	if len(page) != 15 {
		t.Fatalf("page of %d", len(page))
	}
	rest := reviewed(t, s, &b.campaign, page[14].ID.Hex(), 15, inBurst)
	if len(rest) != survey.BurstSize+1-15 || page[14].ID.Hex() <= rest[0].ID.Hex() {
		t.Fatalf("second page of %d", len(rest))
	}
	for _, r := range append(page, rest...) {
		if r.Channel != survey.Web || r.Unit != "u1" {
			t.Errorf("%+v in the burst", r)
		}
	}
}

// TestTwoProcesses lets two processes take answers, read and compact at once.
func TestTwoProcesses(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { twoProcesses(t, &liveBench{path: filepath.Join(t.TempDir(), "live.db")}) })
	t.Run("MongoDB", func(t *testing.T) {
		server := os.Getenv("THANTHIEN_TEST_MONGODB_URI")
		if server == "" {
			t.Skip("THANTHIEN_TEST_MONGODB_URI is not set")
		}
		u, err := url.Parse(server)
		ok(t, err)
		u.Path = fmt.Sprintf("/thanthien_pool_%d", rand.Uint32())
		twoProcesses(t, &liveBench{uri: u.String()})
	})
}

func twoProcesses(t *testing.T, b *liveBench) {
	b, first := startLiveBench(t, b, "u1", "u2")
	defer b.close()
	stores := []*Store{first, b.open(t)}
	a, err := b.form.Check("resident", map[string]any{"q1": "5"})
	ok(t, err)
	packed := b.form.Pack(a)
	const writers, each = 8, 150
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			s := stores[w%2]
			for i := range each {
				unit := []string{"u1", "u2"}[i%2]
				r := &Response{Campaign: "dot", Unit: unit, Key: s.ResponseKey("dot", unit, ""), Group: "resident", Channel: survey.Channels()[i%6], Answers: packed}
				if _, _, err := s.AddResponse(t.Context(), r); err != nil {
					t.Error(err)
				}
				if i%10 == w {
					if err := s.Compact(t.Context(), &b.campaign); err != nil {
						t.Error(err)
					}
				}
				if i%7 == 0 {
					b.move(time.Second)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range append(stores, b.open(t)) {
		b.same(t, s)
		tallies, err := s.Tallies(t.Context(), &b.campaign)
		ok(t, err)
		if n := tallies["u1"].N() + tallies["u2"].N(); n != writers*each {
			t.Fatalf("%d counted of %d", n, writers*each)
		}
	}
}

// lagging is an engine whose answers lag, as MongoDB's do.
type lagging struct {
	docstore.DB
	lag time.Duration
}

func (l *lagging) Lag() time.Duration { return l.lag }

// TestYoung counts what is too young to be settled on copies: read again and
// again it counts once, and a burst among it is taken back with it.
func TestYoung(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	b.now = time.Now().Add(-time.Hour)
	for range 2 {
		for range survey.BurstSize - 5 {
			b.add(t, s, "u1", survey.Web, 0, map[string]any{"q1": "5"})
		}
		b.now = time.Now()
	}
	s.db = &lagging{s.db, 2 * time.Minute}
	for range 3 {
		b.same(t, s)
		b.add(t, s, "u1", survey.Web, 0, map[string]any{"q1": "1"})
		ok(t, s.Compact(t.Context(), &b.campaign))
	}
	for range survey.BurstSize {
		b.add(t, s, "u1", survey.Web, 0, nil)
	}
	b.same(t, s)
	ok(t, s.Compact(t.Context(), &b.campaign))
	s.db = &lagging{b.open(t).db, 2 * time.Minute}
	s.tallies = tallyCache{}
	b.same(t, s)
	if diff := cmp.Diff(survey.BurstSize-5, int(s.live("dot").settled["u1"].counts.All.N())); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
}

// TestOldSnapshot counts anew where snapshots have the layout of before.
func TestOldSnapshot(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	for range 30 {
		b.add(t, s, "u1", survey.Web, 0, map[string]any{"q1": "5"})
	}
	counts, err := s.Counts(t.Context(), &b.campaign)
	ok(t, err)
	type oldDoc struct {
		docstore.Meta `bson:",inline"`
		Campaign      string            `bson:"campaign"`
		Unit          string            `bson:"unit,omitempty"`
		Mark          docstore.ObjectID `bson:"mark"`
		Tally         *survey.Snapshot  `bson:"tally,omitempty"`
	}
	old := counts["u1"].All.Snapshot()
	mark := s.live("dot").mark
	ok(t, docstore.Put(t.Context(), s.db, tallies, &oldDoc{Meta: docstore.Meta{ID: "dot/u1"}, Campaign: "dot", Unit: "u1", Mark: mark, Tally: &old}))
	ok(t, docstore.Put(t.Context(), s.db, tallies, &oldDoc{Meta: docstore.Meta{ID: "dot/"}, Campaign: "dot", Mark: mark}))
	for range 2 {
		s = b.open(t)
		b.same(t, s)
		ok(t, s.Compact(t.Context(), &b.campaign))
	}
	if got := s.live("dot").marks; !maps.Equal(got, map[string]docstore.ObjectID{"u1": mark}) {
		t.Errorf("snapshots %v, want one of u1 at %v", got, mark)
	}
}

// reviewed returns up to n responses that came before one, the newest first,
// that want picks; bursts are among their flags.
func reviewed(t *testing.T, s *Store, c *survey.Campaign, before string, n int, want func(*Response) bool) []Response {
	t.Helper()
	marks, err := s.Bursts(t.Context(), c)
	ok(t, err)
	var list []Response
	for r, err := range s.ResponsesBefore(t.Context(), c.ID, before) {
		ok(t, err)
		if marks.Has(&r) {
			r.Flags |= survey.Burst
		}
		if want(&r) && len(list) < n {
			list = append(list, r)
		}
	}
	return list
}

func anyResponse(*Response) bool { return true }
