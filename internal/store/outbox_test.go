package store

import (
	"context"
	"testing"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// TestOutbox loses the process between a change and its audit event: the event
// is in the trail after the next Relay, once, and the outbox is empty.
func TestOutbox(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	ctx := t.Context()
	b.add(t, s, "u1", survey.Web, 0, nil)
	r := reviewed(t, s, &b.campaign, "", 1, anyResponse)[0]

	x := Exclusion{Campaign: "dot", Unit: "u1", Excluded: true, Steps: []ExclusionStep{{Event: "e1", At: s.Now(), Who: "td", Excluded: true, Reason: "trùng"}}}
	x.post(x.Steps[0].event(r.ID.Hex()))
	_, err := put(ctx, s, exclusions, r.ID.Hex(), 0, x)
	ok(t, err)
	f := Feedback{Campaign: "dot", State: FeedbackSent}
	f.post(audit.Event{ID: "e2", At: s.Now(), Thing: "feedback/f1"})
	_, err = put(ctx, s, feedback, "f1", 0, f)
	ok(t, err)
	c, err := s.Campaign(ctx, "dot")
	ok(t, err)
	body := campaignBody{Campaign: c}
	body.post(audit.Event{ID: "e3", At: s.Now(), Thing: "campaigns/dot"})
	_, err = put(ctx, s, campaigns, "dot", c.Version, body)
	ok(t, err)

	things := []string{"responses/" + r.ID.Hex(), "feedback/f1", "campaigns/dot"}
	for _, thing := range things {
		if list, err := s.History(ctx, thing); err != nil || len(list) != 0 {
			t.Fatalf("%s recorded before the relay: %+v, %v", thing, list, err)
		}
	}
	for range 2 {
		ok(t, s.Relay(ctx))
		for _, thing := range things {
			if list, err := s.History(ctx, thing); err != nil || len(list) != 1 {
				t.Errorf("%s: %+v, %v", thing, list, err)
			}
		}
	}
	for name, waits := range map[string]func(context.Context, *Store, string) (bool, error){
		r.ID.Hex(): pendingIn(&exclusionBox), "f1": pendingIn(&feedbackBox), "dot": pendingIn(&campaignBox),
	} {
		if pending, err := waits(ctx, s, name); pending || err != nil {
			t.Errorf("%s still waits, %v", name, err)
		}
	}
	if n, err := s.Restore(ctx, &b.campaign, []string{r.ID.Hex()}, "td", "nhầm"); n != 1 || err != nil {
		t.Errorf("restored %d, %v", n, err)
	}
}

// TestOutboxKept changes a campaign over an event that still waits: both are
// recorded.
func TestOutboxKept(t *testing.T) {
	b, s := newLiveBench(t, t.TempDir(), "u1")
	defer b.close()
	ctx := t.Context()
	c, err := s.Campaign(ctx, "dot")
	ok(t, err)
	body := campaignBody{Campaign: c}
	body.post(audit.Event{ID: "first", At: s.Now(), Thing: "campaigns/dot"})
	_, err = put(ctx, s, campaigns, "dot", c.Version, body)
	ok(t, err)
	if c, err = s.Campaign(ctx, "dot"); err != nil {
		t.Fatal(err)
	}
	c.Paused = true
	ok(t, s.PutCampaign(ctx, c, audit.Event{ID: "second", Thing: "campaigns/dot"}))
	after, err := s.Campaign(ctx, "dot")
	ok(t, err)
	if after.Version != c.Version+1 {
		t.Errorf("version %d after %d: relaying shows", after.Version, c.Version)
	}
	if err := s.PutCampaign(ctx, c); !fault.Is(err, fault.Stale) {
		t.Errorf("stored over a newer version: %v", err)
	}
	if list, err := s.History(ctx, "campaigns/dot"); err != nil || len(list) != 2 {
		t.Errorf("recorded %+v, %v", list, err)
	}
}

func pendingIn[T any](box *mailbox[T]) func(context.Context, *Store, string) (bool, error) {
	return func(ctx context.Context, s *Store, id string) (bool, error) {
		body, _, err := get[T](ctx, s, box.in, id, "store.campaign")
		pending, _, _ := box.of(&body)
		return *pending, err
	}
}
