package store

import (
	"context"
	"errors"
	"slices"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// serialTries bounds how often a free serial number is looked for while others
// take them.
const serialTries = 200

// AddPaper stores the first entry of a paper form. serial 0 takes the next free
// number. The same entry sent again finds its paper; a serial number that is
// taken is a Conflict. A batch of double entry waits for a second person, the
// other kind is ready for the pool at once.
func (s *Store) AddPaper(ctx context.Context, b PaperBatch, serial int64, e PaperEntry) (Paper, error) {
	p := Paper{Batch: b.ID, State: PaperReady, First: &e, Keys: []string{e.Key}, FirstKey: e.Key}
	if b.Double {
		p.State = PaperOnce
	}
	var err error
	p.Serial = serial
	for range serialTries {
		if serial == 0 {
			if p.Serial, err = s.NextSerial(ctx, b.ID); err != nil {
				return p, err
			}
		}
		if p.Serial > MaxPaperSerial {
			return p, fault.New(fault.Conflict, "paper.serialsOut", MaxPaperSerial)
		}
		_, err = put(ctx, s, papers, paperID(b.ID, p.Serial), 0, p)
		if docstore.DuplicateOn(err) == paperByKey.Name {
			return s.paperOfKey(ctx, e.Key)
		}
		if !fault.Is(err, fault.Conflict) {
			return p, err
		}
		if old, err := s.Paper(ctx, b.ID, p.Serial); err == nil && slices.Contains(old.Keys, e.Key) {
			return old, nil
		}
		if serial != 0 {
			return p, fault.New(fault.Conflict, "paper.serialTaken", serial)
		}
	}
	return p, err
}

// paperOfKey finds the paper of a first entry.
func (s *Store) paperOfKey(ctx context.Context, key string) (Paper, error) {
	d, err := docstore.First[doc[Paper]](ctx, s.db, docstore.Query{In: papers, On: paperByKey, Eq: []any{key}})
	return d.Body, err
}

// SecondEntry stores the second person's entry of a paper; alike decides
// whether the two agree. Forbidden for the person who keyed it first, Conflict
// when it has two entries already; the same entry sent again changes nothing.
func (s *Store) SecondEntry(ctx context.Context, batch string, serial int64, e PaperEntry, alike func(first, second PaperEntry) bool) (Paper, error) {
	return s.changePaper(ctx, batch, serial, func(p *Paper) error {
		switch {
		case slices.Contains(p.Keys, e.Key):
			return errUnchanged
		case p.State != PaperOnce:
			return fault.New(fault.Conflict, "paper.twice", serial)
		case p.First.By == e.By:
			return fault.New(fault.Forbidden, "paper.samePerson", serial)
		}
		p.Keys = append(p.Keys, e.Key)
		p.Second, p.State = &e, PaperDiffers
		if alike(*p.First, e) {
			p.Second, p.State = nil, PaperReady
		}
		return nil
	})
}

// ResolvePaper puts the answers that a person chose in place of two entries
// that differ; Conflict when they do not differ (any more).
func (s *Store) ResolvePaper(ctx context.Context, batch string, serial int64, e PaperEntry) (Paper, error) {
	return s.changePaper(ctx, batch, serial, func(p *Paper) error {
		switch {
		case slices.Contains(p.Keys, e.Key):
			return errUnchanged
		case p.State != PaperDiffers:
			return fault.New(fault.Conflict, "paper.resolved", serial)
		}
		p.Keys = append(p.Keys, e.Key)
		p.First, p.Second, p.State = &e, nil, PaperReady
		return nil
	})
}

// PoolPaper puts a paper that people agree on into the pool and erases its
// answers here. Broken off and repeated it makes no second response: the key is
// that of the paper.
func (s *Store) PoolPaper(ctx context.Context, b *PaperBatch, form *survey.Form, p *Paper) error {
	if p.State != PaperReady {
		return nil
	}
	answers, err := form.Unpack(p.First.Answers)
	if err != nil {
		return err
	}
	_, _, err = s.AddResponse(ctx, &Response{
		Campaign: b.Campaign, Unit: b.Unit, Key: s.ResponseKey(b.Campaign, b.Unit, PaperKey(b.ID, p.Serial)), Group: p.First.Group,
		Channel: survey.Paper, Flags: form.FlagsOf(answers, 0, 0), Answers: p.First.Answers,
	})
	if err != nil {
		return err
	}
	return s.FinishPaper(ctx, b.ID, p.Serial)
}

// FinishPapers puts every paper into the pool that a crash left agreed on and
// outside it, even if its campaign has closed meanwhile.
func (s *Store) FinishPapers(ctx context.Context) error {
	ready, err := all(ctx, s, docstore.Query{In: papers, On: papersReady, Eq: []any{string(PaperReady)}}, func(*Paper, docstore.Meta) {})
	for i := range ready {
		if err := s.finishLeft(ctx, &ready[i]); err != nil {
			return err
		}
	}
	return err
}

func (s *Store) finishLeft(ctx context.Context, p *Paper) error {
	b, err := s.PaperBatch(ctx, p.Batch)
	if err != nil {
		return err
	}
	c, err := s.Campaign(ctx, b.Campaign)
	if err != nil {
		return err
	}
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return err
	}
	return s.PoolPaper(ctx, &b, form, p)
}

// FinishPaper erases the answers of a paper that is in the pool now.
func (s *Store) FinishPaper(ctx context.Context, batch string, serial int64) error {
	_, err := s.changePaper(ctx, batch, serial, func(p *Paper) error {
		if p.State == PaperPooled {
			return errUnchanged
		}
		if p.State != PaperReady {
			return fault.New(fault.Conflict, "paper.notReady", serial)
		}
		p.State, p.First, p.Second = PaperPooled, nil, nil
		return nil
	})
	return err
}

// errUnchanged ends a change that has nothing to do.
var errUnchanged = errors.New("store: nothing to change")

func (s *Store) changePaper(ctx context.Context, batch string, serial int64, change func(*Paper) error) (Paper, error) {
	d, err := docstore.Update(ctx, s.db, papers, paperID(batch, serial), func(d *doc[Paper]) error { return change(&d.Body) })
	switch {
	case err == errUnchanged:
		return d.Body, nil
	case fault.Is(err, fault.NotFound):
		return d.Body, fault.New(fault.NotFound, "paper.noPaper", serial)
	}
	return d.Body, err
}
