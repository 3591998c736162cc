package store

import (
	"context"
	"slices"
	"sync"
	"time"

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
	c, version, err := get[survey.Campaign](ctx, s, campaigns, id, "store.campaign")
	c.Version = version
	return c, err
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
	return all(ctx, s, docstore.Query{In: campaigns}, stampCampaign)
}

// CampaignsOf returns the campaigns of a period in id order.
func (s *Store) CampaignsOf(ctx context.Context, period string) ([]survey.Campaign, error) {
	return all(ctx, s, docstore.Query{In: campaigns, On: campaignsByPeriod, Eq: []any{period}}, stampCampaign)
}

func stampCampaign(c *survey.Campaign, m docstore.Meta) { c.Version = m.Version }

// campaignBody is a stored campaign. Slot is unique: a period has one campaign
// of each form, or its survey result would be ambiguous.
type campaignBody struct {
	survey.Campaign `bson:",inline"`
	Slot            string `bson:"slot,omitempty"`
}

// PutCampaign stores a checked campaign: Version 0 creates it, another replaces
// that version. Conflict if the id is taken or the period has a campaign of the
// form already.
func (s *Store) PutCampaign(ctx context.Context, c survey.Campaign) error {
	slices.Sort(c.Units)
	body := campaignBody{Campaign: c}
	if c.Period != "" {
		body.Slot = c.Period + "/" + c.FormID
	}
	_, err := put(ctx, s, campaigns, c.ID, c.Version, body)
	switch {
	case docstore.DuplicateOn(err) == campaignSlot.Name:
		return fault.Wrap(err, fault.Conflict, "store.campaignForm", c.Period, c.FormID)
	case c.Version == 0 && fault.Is(err, fault.Conflict):
		return fault.Wrap(err, fault.Conflict, "store.campaignTaken", c.ID)
	}
	s.open.mu.Lock()
	delete(s.open.byID, c.ID)
	s.open.mu.Unlock()
	return err
}
