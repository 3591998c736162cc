package store

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// Limits of an exclusion.
const (
	MaxReason  = 500 // characters
	MaxExclude = 500 // responses in one go
)

// Exclusion is what appraisers decided on one response, and all they decided
// before.
type Exclusion struct {
	Response string          `bson:"-"` // the id of the response
	Campaign string          `bson:"c"`
	Unit     string          `bson:"u"`
	Excluded bool            `bson:"x"`
	Steps    []ExclusionStep `bson:"steps"` // oldest first
	Outbox   `bson:",inline"`
	Version  int64 `bson:"-"`
}

// ExclusionStep is one decision.
type ExclusionStep struct {
	Event    string    `bson:"id"` // of its audit event
	At       time.Time `bson:"at"`
	Who      string    `bson:"who"` // login
	Excluded bool      `bson:"x"`
	Reason   string    `bson:"why"`
}

// Last returns the decision in force.
func (x *Exclusion) Last() ExclusionStep { return x.Steps[len(x.Steps)-1] }

func stampExclusion(x *Exclusion, m docstore.Meta) { x.Response, x.Version = m.ID, m.Version }

// Exclude takes responses, named by their ids, out of what counts, and says
// why. It returns how many were not excluded yet. Invalid without a reason,
// NotFound for what is no response of the campaign (nothing is changed then),
// Conflict once the campaign's period is locked.
func (s *Store) Exclude(ctx context.Context, c *survey.Campaign, ids []string, who, reason string) (int, error) {
	return s.decide(ctx, c, ids, ExclusionStep{Who: who, Excluded: true, Reason: reason})
}

// Restore lets excluded responses count again, and says why; else like Exclude.
func (s *Store) Restore(ctx context.Context, c *survey.Campaign, ids []string, who, reason string) (int, error) {
	return s.decide(ctx, c, ids, ExclusionStep{Who: who, Reason: reason})
}

func (s *Store) decide(ctx context.Context, c *survey.Campaign, ids []string, step ExclusionStep) (changed int, err error) {
	step.Reason = strings.TrimSpace(step.Reason)
	if n := utf8.RuneCountInString(step.Reason); n == 0 || n > MaxReason {
		return 0, fault.List("pool.invalid", []fault.Problem{{Path: "reason", Key: "pool.reason", Args: []any{MaxReason}}})
	}
	if len(ids) == 0 || len(ids) > MaxExclude {
		return 0, fault.List("pool.invalid", []fault.Problem{{Path: "ids", Key: "pool.ids", Args: []any{MaxExclude}}})
	}
	if err := s.unfrozen(ctx, c); err != nil {
		return 0, err
	}
	list := make([]Response, len(ids))
	for i, id := range ids {
		if list[i], err = s.Response(ctx, c.ID, id); err != nil {
			return 0, err
		}
	}
	for i := range list {
		done, err := s.decideOne(ctx, &list[i], step)
		if err != nil {
			return changed, err
		}
		if done {
			changed++
		}
	}
	return changed, nil
}

// unfrozen refuses once the survey results of the campaign's period are fixed.
func (s *Store) unfrozen(ctx context.Context, c *survey.Campaign) error {
	if c.Period == "" {
		return nil
	}
	p, err := s.Period(ctx, c.Period)
	if err == nil && p.Frozen() {
		err = fault.New(fault.Conflict, "pool.frozen", p.Title)
	}
	return err
}

// decideOne adds a step unless the response is as it says already. Its audit
// event is in the same write and copied to the trail at once; Relay empties the
// outbox, or copies what a crash left.
func (s *Store) decideOne(ctx context.Context, r *Response, step ExclusionStep) (done bool, err error) {
	id := r.ID.Hex()
	step.At, step.Event = s.Now(), s.ids.next(s.Now())
	for {
		x, version, err := get[Exclusion](ctx, s, exclusions, id, "store.response")
		if err != nil && !fault.Is(err, fault.NotFound) {
			return false, err
		}
		if x.Excluded == step.Excluded {
			return false, nil
		}
		x.Campaign, x.Unit, x.Excluded, x.Steps = r.Campaign, r.Unit, step.Excluded, append(x.Steps, step)
		x.post(step.event(id))
		_, err = put(ctx, s, exclusions, id, version, x)
		if err == nil {
			return true, s.Record(ctx, step.event(id))
		}
		if !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Conflict) {
			return false, err
		}
	}
}

func (e *ExclusionStep) event(response string) audit.Event {
	action := audit.ResponseRestored
	if e.Excluded {
		action = audit.ResponseExcluded
	}
	return audit.Event{ID: e.Event, At: e.At, Who: e.Who, Action: action, Thing: "responses/" + response,
		Detail: []audit.Change{{Field: "reason", After: e.Reason}}}
}

// Exclusions returns every decision on responses of a campaign, those taken
// back too, by response in order of arrival.
func (s *Store) Exclusions(ctx context.Context, campaign string) ([]Exclusion, error) {
	return all(ctx, s, docstore.Query{In: exclusions, On: exclusionsByCampaign, Eq: []any{campaign}}, stampExclusion)
}

// Exclusion returns the decisions on one response; NotFound when there are none.
func (s *Store) Exclusion(ctx context.Context, response string) (Exclusion, error) {
	x, version, err := get[Exclusion](ctx, s, exclusions, response, "store.response")
	x.Response, x.Version = response, version
	return x, err
}

// Response returns a response of a campaign by its id; NotFound if there is none.
func (s *Store) Response(ctx context.Context, campaign, id string) (Response, error) {
	missing := fault.New(fault.NotFound, "pool.response")
	oid, err := bson.ObjectIDFromHex(id)
	if err != nil {
		return Response{}, missing
	}
	r, err := docstore.Get[Response](ctx, s.db, responses, oid)
	if fault.Is(err, fault.NotFound) || err == nil && r.Campaign != campaign {
		return Response{}, missing
	}
	return r, err
}
