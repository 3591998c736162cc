package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// CampaignFresh is how long a process may answer from its copy of a campaign:
// a pause or a new closing time is felt everywhere within it.
const CampaignFresh = time.Second

// campaignCache keeps the campaigns that residents are answering.
type campaignCache struct {
	mu   sync.RWMutex
	byID map[string]cachedCampaign
}

type cachedCampaign struct {
	campaign *survey.Campaign
	form     *survey.Form
	until    time.Time
}

// Campaign returns one campaign.
func (s *Store) Campaign(ctx context.Context, id string) (survey.Campaign, error) {
	c, version, err := get[campaignBody](ctx, s, campaigns, id, "store.campaign")
	c.stamp(version)
	return c.Campaign, err
}

// LiveCampaign returns a campaign and its form for answering, at most
// CampaignFresh old. Both are shared: read only.
func (s *Store) LiveCampaign(ctx context.Context, id string) (*survey.Campaign, *survey.Form, error) {
	now := time.Now()
	s.open.mu.RLock()
	hit, ok := s.open.byID[id]
	s.open.mu.RUnlock()
	if ok && now.Before(hit.until) {
		return hit.campaign, hit.form, nil
	}
	c, err := s.Campaign(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return nil, nil, err
	}
	s.open.mu.Lock()
	defer s.open.mu.Unlock()
	if s.open.byID == nil {
		s.open.byID = map[string]cachedCampaign{}
	}
	s.open.byID[id] = cachedCampaign{&c, form, now.Add(CampaignFresh)}
	return &c, form, nil
}

// Campaigns returns every campaign in id order.
func (s *Store) Campaigns(ctx context.Context) ([]survey.Campaign, error) {
	return s.campaignsBy(ctx, docstore.Query{In: campaigns})
}

// CampaignsOf returns the campaigns of a period in id order.
func (s *Store) CampaignsOf(ctx context.Context, period string) ([]survey.Campaign, error) {
	return s.campaignsBy(ctx, docstore.Query{In: campaigns, On: campaignsByPeriod, Eq: []any{period}})
}

func (s *Store) campaignsBy(ctx context.Context, q docstore.Query) ([]survey.Campaign, error) {
	bodies, err := all(ctx, s, q, func(b *campaignBody, m docstore.Meta) { b.stamp(m.Version) })
	list := make([]survey.Campaign, len(bodies))
	for i := range bodies {
		list[i] = bodies[i].Campaign
	}
	return list, err
}

// campaignBody is a stored campaign. Slot is unique: a period has one campaign
// of each form, or its survey result would be ambiguous.
type campaignBody struct {
	survey.Campaign `bson:",inline"`
	Slot            string `bson:"slot,omitempty"`
	Outbox          `bson:",inline"`
}

// stamp sets the version that readers see.
func (b *campaignBody) stamp(version int64) { b.Version = version - b.Relayed }

// PutCampaign stores a checked campaign with the audit events of the change, in
// one write: Version 0 creates it, another replaces that version. Conflict if the
// id is taken or the period has a campaign of the form already.
func (s *Store) PutCampaign(ctx context.Context, c survey.Campaign, list ...audit.Event) error {
	slices.Sort(c.Units)
	body, version := campaignBody{Campaign: c}, int64(0)
	if c.Version > 0 {
		was, now, err := get[campaignBody](ctx, s, campaigns, c.ID, "store.campaign")
		if err == nil && now-was.Relayed != c.Version {
			err = fault.New(fault.Stale, "store.stale")
		}
		if err != nil {
			return err
		}
		body.Outbox, version = was.Outbox, now // with the events a crash may have left
	}
	for _, e := range list {
		body.post(s.named(e))
	}
	if c.Period != "" {
		body.Slot = c.Period + "/" + c.FormID
	}
	_, err := put(ctx, s, campaigns, c.ID, version, body)
	switch {
	case docstore.DuplicateOn(err) == campaignSlot.Name:
		return fault.Wrap(err, fault.Conflict, "store.campaignForm", c.Period, c.FormID)
	case c.Version == 0 && fault.Is(err, fault.Conflict):
		return fault.Wrap(err, fault.Conflict, "store.campaignTaken", c.ID)
	}
	s.open.mu.Lock()
	delete(s.open.byID, c.ID)
	s.open.mu.Unlock()
	if err == nil && body.Pending {
		campaignBox.relaySoon(ctx, s, c.ID)
	}
	return err
}
