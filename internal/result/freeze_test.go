package result_test

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/audit"
	"thanthien/internal/demo"
	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

// openDemo is demoStore with the database, to damage it.
func openDemo(t *testing.T) (*store.Store, *sqlite.DB) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "demo.db"), store.Collections())
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	s, err := store.New(context.Background(), store.Options{DB: db, Clock: func() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC) }})
	ok(t, err)
	ok(t, demo.Fill(t.Context(), s, s.Now()))
	list, err := s.Dossiers(t.Context(), "2026")
	ok(t, err)
	if !slices.ContainsFunc(list, func(d dossier.Dossier) bool { return len(d.Waiting()) > 0 }) {
		t.Fatal("no appeal waits in the demo")
	}
	for i := range list {
		if len(list[i].Waiting()) == 0 {
			continue
		}
		if _, err := result.Lock(t.Context(), s, "2026", "quanly"); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a period with an appeal that waits is locked: %v", err)
		}
		_, err = s.ChangeDossier(t.Context(), "2026", list[i].Unit, func(d *dossier.Dossier, _ time.Time, _ string) error {
			for j := range d.Appeals {
				d.Appeals[j].Judge = "td"
			}
			return nil
		})
		ok(t, err)
	}
	p, err := s.Period(t.Context(), "2026")
	ok(t, err)
	_, err = result.Unlock(t.Context(), s, p, "quanly")
	ok(t, err)
	return s, db
}

func figures(t *testing.T, s *store.Store, period string) []score.Result {
	t.Helper()
	r, err := result.Of(t.Context(), s, period, "")
	ok(t, err)
	return r.Ranked
}

// excludeSome takes the newest responses of every campaign of a period out, as
// a review would that began before the lock.
func excludeSome(t *testing.T, s *store.Store, period string) {
	t.Helper()
	campaigns, err := s.CampaignsOf(t.Context(), period)
	ok(t, err)
	n := 0
	for i := range campaigns {
		c := campaigns[i]
		c.Period = ""
		var ids []string
		for r, err := range s.ResponsesBefore(t.Context(), c.ID, "") {
			ok(t, err)
			if ids = append(ids, r.ID.Hex()); len(ids) == 200 {
				break
			}
		}
		if len(ids) == 0 {
			continue
		}
		got, err := s.Exclude(t.Context(), &c, ids, "td", "đến sau khi khóa")
		ok(t, err)
		n += got
	}
	if n == 0 {
		t.Fatal("nothing was excluded")
	}
}

func differences(t *testing.T, s *store.Store, period string) []result.Difference {
	t.Helper()
	p, err := s.Period(t.Context(), period)
	ok(t, err)
	list, err := result.CheckFreeze(t.Context(), s, &p)
	ok(t, err)
	return list
}

// What a lock froze stays, whatever becomes of the responses; unlocked, the
// period counts live again.
func TestFrozenFiguresStay(t *testing.T) {
	s, _ := openDemo(t)
	before := figures(t, s, "2026")
	locked, err := result.Lock(t.Context(), s, "2026", "quanly")
	ok(t, err)
	if locked.State != dossier.Locked || len(locked.Checksum) != 64 {
		t.Fatalf("locked as %s with checksum %q", locked.State, locked.Checksum)
	}
	again, err := result.Lock(t.Context(), s, "2026", "quanly")
	ok(t, err)
	if again.Checksum != locked.Checksum || again.Version != locked.Version {
		t.Errorf("a second lock changed the period: %v, %v", again, locked)
	}
	excludeSome(t, s, "2026")
	if diff := cmp.Diff(before, figures(t, s, "2026")); diff != "" {
		t.Errorf("the figures moved: %s", diff)
	}
	if list := differences(t, s, "2026"); len(list) > 0 {
		t.Errorf("differences: %v", list)
	}
	f, err := s.FreezeOf(t.Context(), &locked)
	ok(t, err)
	t.Logf("manifest %d bytes, %d campaigns", len(f.Manifest), len(f.Surveys))
	open, err := result.Unlock(t.Context(), s, locked, "quanly")
	ok(t, err)
	if open.State != dossier.Open || open.Checksum != "" {
		t.Errorf("unlocked as %s with checksum %q", open.State, open.Checksum)
	}
	if cmp.Equal(before, figures(t, s, "2026")) {
		t.Error("the unlocked period does not count what was excluded")
	}
	dossiers, err := s.Dossiers(t.Context(), "2026")
	ok(t, err)
	for i := range dossiers {
		if dossiers[i].Locked {
			t.Fatalf("%s is still locked", dossiers[i].Unit)
		}
	}
	relocked, err := result.Lock(t.Context(), s, "2026", "quanly")
	ok(t, err)
	if relocked.Checksum == locked.Checksum {
		t.Error("other figures have the same checksum")
	}
}

// Whatever is tampered with behind the program's back is named.
func TestFreezeNamesTampering(t *testing.T) {
	s, db := openDemo(t)
	p, err := result.Lock(t.Context(), s, "2026", "quanly")
	ok(t, err)
	ok(t, s.Record(t.Context(), audit.Event{ID: "khoa", Who: "quanly", Action: audit.PeriodChanged, Thing: "periods/2026", Detail: []audit.Change{{Field: result.ChecksumField, After: p.Checksum}}}))
	f, err := s.FreezeOf(t.Context(), &p)
	ok(t, err)
	for _, x := range []struct {
		name, collection, id, field string
		value                       any
		what                        string
	}{
		{"a mark", "dossiers", "2026/" + p.Units[0], "entries", nil, result.WrongDossier},
		{"the flag", "dossiers", "2026/" + p.Units[1], "locked", false, result.WrongOpen},
		{"a survey piece", "freeze_parts", f.Surveys[0].Parts[0], "data", []byte("x"), result.WrongSurvey},
		{"the manifest", "freezes", "2026/" + p.Checksum, "manifest", strings.Replace(f.Manifest, "result\t", "result\t0", 1), result.WrongManifest},
		{"the target", "periods", "2026", "target", dossier.Target{Percent: "1"}, result.WrongPeriod},
		{"the checksum", "periods", "2026", "checksum", strings.Repeat("0", 64), result.WrongManifest},
		{"the criteria set", "criteria", store.Ref(p.SetID, p.SetVer), "yaml", "id: khac", result.WrongSet},
	} {
		put := damage(t, db, x.collection, x.id, x.field, x.value)
		found := false
		for _, d := range differences(t, s, "2026") {
			found = found || d.What == x.what
		}
		if !found {
			t.Errorf("%s: %v", x.name, differences(t, s, "2026"))
		}
		put()
		if list := differences(t, s, "2026"); len(list) > 0 {
			t.Fatalf("after %s was put right: %v", x.name, list)
		}
	}
}

// damage changes a field of a document as somebody with the database in hand
// would, and returns what puts it right. A nil value changes the first mark.
func damage(t *testing.T, db *sqlite.DB, collection, id, field string, value any) func() {
	t.Helper()
	var c *docstore.Collection
	for _, x := range store.Collections() {
		if x.Name == collection {
			c = x
		}
	}
	raw, err := db.Get(t.Context(), c, id)
	ok(t, err)
	raw = slices.Clone(raw)
	var was, now bson.D
	ok(t, bson.Unmarshal(raw, &was))
	ok(t, bson.Unmarshal(raw, &now))
	for i := range now {
		if now[i].Key == field && value != nil {
			now[i].Value = value
		} else if now[i].Key == field {
			entries := now[i].Value.(bson.A)
			now[i].Value = entries[1:]
		}
	}
	write := func(d bson.D, version int64) {
		data, err := bson.Marshal(d)
		ok(t, err)
		ok(t, db.Replace(t.Context(), c, version, data))
	}
	version := was[1].Value.(int64)
	write(now, version)
	return func() { write(was, version+1) }
}

// dying is a database that fails for good after some writes.
type dying struct {
	docstore.DB
	left atomic.Int64
}

var errDead = fault.New(fault.Unavailable, "docstore.down")

func (d *dying) write() error {
	if d.left.Add(-1) < 0 {
		return errDead
	}
	return nil
}

func (d *dying) Insert(ctx context.Context, c *docstore.Collection, doc bson.Raw) (any, error) {
	if err := d.write(); err != nil {
		return nil, err
	}
	return d.DB.Insert(ctx, c, doc)
}

func (d *dying) Replace(ctx context.Context, c *docstore.Collection, version int64, doc bson.Raw) error {
	if err := d.write(); err != nil {
		return err
	}
	return d.DB.Replace(ctx, c, version, doc)
}

// A lock or an unlock that dies anywhere is finished by doing it again.
func TestLockFinishesAfterCrash(t *testing.T) {
	s, db := openDemo(t)
	before := figures(t, s, "2026")
	died := 0
	for _, writes := range []int64{0, 1, 2, 3, 7, 20, 50, 81, 100, 120, 122, 123, 124, 125, 126, 127, 128, 130} {
		d := &dying{DB: db}
		d.left.Store(writes)
		broken, err := store.New(t.Context(), store.Options{DB: d, Clock: s.Now, Secret: strings.Repeat("s", 32)})
		ok(t, err)
		if _, err := result.Lock(t.Context(), broken, "2026", "quanly"); err != nil {
			died++
			if p, err := s.Period(t.Context(), "2026"); err != nil || p.Checksum != "" {
				t.Fatalf("after %d writes there is a checksum already: %v, %v", writes, p.Checksum, err)
			}
		}
		p, err := result.Lock(t.Context(), s, "2026", "quanly")
		ok(t, err)
		if list := differences(t, s, "2026"); len(list) > 0 {
			t.Fatalf("died after %d writes: %v", writes, list)
		}
		if diff := cmp.Diff(before, figures(t, s, "2026")); diff != "" {
			t.Fatalf("died after %d writes: %s", writes, diff)
		}
		d.left.Store(writes)
		if _, err := result.Unlock(t.Context(), broken, p, "quanly"); err == nil {
			continue
		}
		p, err = s.Period(t.Context(), "2026")
		ok(t, err)
		if p, err = result.Unlock(t.Context(), s, p, "quanly"); err != nil || p.State != dossier.Open {
			t.Fatalf("unlocking again: %v, %v", p.State, err)
		}
	}
	if died < 10 {
		t.Errorf("only %d locks died", died)
	}
}

// A mark that is saved while the period is locked is either refused or frozen
// with it: what the checksum covers is what was acknowledged.
func TestLockRacesSaves(t *testing.T) {
	s, _ := openDemo(t)
	p, err := s.Period(t.Context(), "2026")
	ok(t, err)
	set, err := s.Set(t.Context(), p.SetID, p.SetVer)
	ok(t, err)
	leaf := set.Conditions[0].Code
	var group sync.WaitGroup
	acknowledged := make([]string, 8)
	refused := make([]bool, 8)
	for i := range 8 {
		group.Go(func() {
			for n := range 100000 {
				value := []string{"true", "false"}[n%2]
				change := dossier.Change{Code: dossier.ConditionPrefix + leaf, Mark: score.NewMark(dossier.Met, value), Note: strconv.Itoa(n)}
				d, err := s.Dossier(t.Context(), "2026", p.Units[i])
				if err == nil {
					e, _ := d.Entry(dossier.Layer{Stage: dossier.SelfStage}, change.Code)
					change.Base = e.Mark
					_, err = s.SaveMarks(t.Context(), "2026", p.Units[i], dossier.SelfStage, store.AnyRev, []dossier.Change{change}, "xa")
				}
				if err != nil {
					refused[i] = fault.Is(err, fault.Conflict)
					return
				}
				acknowledged[i] = value
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	_, err = result.Lock(t.Context(), s, "2026", "quanly")
	ok(t, err)
	group.Wait()
	for i := range 8 {
		d, err := s.Dossier(t.Context(), "2026", p.Units[i])
		ok(t, err)
		e, _ := d.Entry(dossier.Layer{Stage: dossier.SelfStage}, dossier.ConditionPrefix+leaf)
		if got := e.Mark.Get(dossier.Met); !refused[i] || got != acknowledged[i] {
			t.Errorf("%s has %q, acknowledged was %q; refused at last: %v", p.Units[i], got, acknowledged[i], refused[i])
		}
	}
	if list := differences(t, s, "2026"); len(list) > 0 {
		t.Errorf("differences: %v", list)
	}
}
