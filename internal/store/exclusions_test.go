package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// TestExclude takes responses out and back in: what counts follows in every
// process at once, what came in does not change, and all of it is on record.
func TestExclude(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1", "u2")
	defer b.close()
	other := b.open(t)
	var list []*Response
	for i := range 12 {
		list = append(list, b.add(t, s, "u1", survey.Web, survey.Flags(i%2), map[string]any{"q1": []string{"5", "1"}[i%2]}))
	}
	b.add(t, s, "u2", survey.Web, 0, nil)
	page := reviewed(t, s, &b.campaign, "", 100, func(r *Response) bool { return r.Unit == "u1" })
	if len(page) != len(list) {
		t.Fatalf("%d reviewed of %d", len(page), len(list))
	}
	ids := []string{page[0].ID.Hex(), page[1].ID.Hex(), page[2].ID.Hex()} // 11 and 9 are flagged, 10 is not
	check := func(excluded, net, clean int64) {
		t.Helper()
		for _, s := range []*Store{s, other, b.open(t)} {
			counts, err := s.Counts(t.Context(), &b.campaign)
			ok(t, err)
			u := counts["u1"]
			got := []int64{u.All.N(), 0, u.Net().N(), 0}
			if u.Excluded != nil {
				got[1] = u.Excluded.N()
			}
			c, err := u.Clean()
			ok(t, err)
			got[3] = c.N()
			if diff := cmp.Diff([]int64{12, excluded, net, clean}, got); diff != "" {
				t.Errorf("all, excluded, net, clean (-want +got):\n%s", diff)
			}
			tallies, err := s.Tallies(t.Context(), &b.campaign)
			ok(t, err)
			if tallies["u1"].N() != net || tallies["u2"].N() != 1 {
				t.Errorf("tallies of %d and %d", tallies["u1"].N(), tallies["u2"].N())
			}
		}
	}
	check(0, 12, 6)
	for _, want := range []int{3, 0} {
		if n, err := s.Exclude(t.Context(), &b.campaign, ids, "td", "trùng người"); n != want || err != nil {
			t.Fatalf("%d excluded, %v, want %d", n, err, want)
		}
	}
	check(3, 9, 5)
	b.move(time.Minute)
	if n, err := other.Restore(t.Context(), &b.campaign, ids[:1], "td2", "đã xác minh"); n != 1 || err != nil {
		t.Fatalf("%d restored, %v", n, err)
	}
	check(2, 10, 5)
	x, err := s.Exclusion(t.Context(), ids[0])
	ok(t, err)
	if x.Excluded || len(x.Steps) != 2 || x.Steps[0].Reason != "trùng người" || x.Last().Who != "td2" || x.Unit != "u1" {
		t.Errorf("history %+v", x)
	}
	events, err := s.History(t.Context(), "responses/"+ids[0])
	ok(t, err)
	if len(events) != 2 || events[0].Action != audit.ResponseExcluded || events[1].Action != audit.ResponseRestored || events[1].Who != "td2" {
		t.Errorf("events %+v", events)
	}
	all, err := s.Exclusions(t.Context(), "dot")
	ok(t, err)
	out := map[string]bool{}
	for _, x := range all {
		out[x.Response] = x.Excluded
	}
	if len(all) != 3 || out[ids[0]] || !out[ids[1]] || !out[ids[2]] {
		t.Errorf("exclusions %+v", all)
	}
	b.same(t, s)
}

func TestExcludeRefused(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	b.add(t, s, "u1", survey.Web, 0, nil)
	page := reviewed(t, s, &b.campaign, "", 1, anyResponse)
	id := page[0].ID.Hex()
	frozen, foreign := b.campaign, b.campaign
	frozen.Period, foreign.ID = "2026", "khac"
	_, err := s.PutPeriod(t.Context(), dossier.Period{ID: "2026", Title: "Kỳ 2026", State: dossier.Locked})
	ok(t, err)
	for name, c := range map[string]struct {
		campaign *survey.Campaign
		ids      []string
		reason   string
		want     fault.Kind
	}{
		"no reason": {&b.campaign, []string{id}, " ", fault.Invalid},
		"nothing":   {&b.campaign, nil, "x", fault.Invalid},
		"no id":     {&b.campaign, []string{id, "x"}, "x", fault.NotFound},
		"unknown":   {&b.campaign, []string{"6512bd43d9caa6e02c990b0a"}, "x", fault.NotFound},
		"foreign":   {&foreign, []string{id}, "x", fault.NotFound},
		"frozen":    {&frozen, []string{id}, "x", fault.Conflict},
	} {
		for _, do := range []func() (int, error){
			func() (int, error) { return s.Exclude(t.Context(), c.campaign, c.ids, "td", c.reason) },
			func() (int, error) { return s.Restore(t.Context(), c.campaign, c.ids, "td", c.reason) },
		} {
			if n, err := do(); n != 0 || !fault.Is(err, c.want) {
				t.Errorf("%s: %d, %v, want kind %v", name, n, err, c.want)
			}
		}
	}
	if list, err := s.Exclusions(t.Context(), "dot"); len(list) != 0 || err != nil {
		t.Errorf("exclusions %v, %v", list, err)
	}
}
