package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// FreezeUnits is how many units' survey results one document holds: 64 of the
// largest form are under 100 kB packed, far from a document's 16 MB.
const FreezeUnits = 64

// maxUnpacked bounds what a damaged document of survey results may unpack to,
// in bytes.
const maxUnpacked = 64 << 20

// Freeze is what locking a period keeps: the manifest, whose SHA-256 is the
// period's checksum, and where the survey results are. One that is no longer
// used, because the period was unlocked, stays as history.
type Freeze struct {
	Period   string         `bson:"period"`
	Checksum string         `bson:"checksum"`
	Manifest string         `bson:"manifest"`
	Surveys  []FrozenSurvey `bson:"surveys,omitempty"`
	At       time.Time      `bson:"at"`
}

// FrozenSurvey is the result of one campaign. Parts are the hashes of its
// pieces, FreezeUnits units each, in unit code order.
type FrozenSurvey struct {
	Campaign string   `bson:"campaign"`
	Form     string   `bson:"form"`
	Version  int      `bson:"version"`
	Parts    []string `bson:"parts,omitempty"`
}

type frozenPart struct {
	docstore.Meta `bson:",inline"` // the id is the hash of the unpacked data
	Data          []byte           `bson:"data"` // JSON of the units' reports, packed
}

func freezeID(period, checksum string) string { return period + "/" + checksum }

// KeepSurvey stores the result of a campaign. The pieces lie under their own
// hashes, so that doing it again changes nothing.
func (s *Store) KeepSurvey(ctx context.Context, campaign string, r *survey.Report) (FrozenSurvey, error) {
	f := FrozenSurvey{Campaign: campaign, Form: r.Form, Version: r.Version}
	for i := 0; i < len(r.Units); i += FreezeUnits {
		data, err := json.Marshal(r.Units[i:min(i+FreezeUnits, len(r.Units))])
		if err != nil {
			return f, fault.Wrap(err, fault.Internal, "store.broken", campaign)
		}
		sum := Sum(data)
		d := frozenPart{Meta: docstore.Meta{ID: sum}, Data: packed(data)}
		if err := docstore.Put(ctx, s.db, frozenParts, &d); err != nil && !fault.Is(err, fault.Conflict) {
			return f, err
		}
		f.Parts = append(f.Parts, sum)
	}
	return f, nil
}

// Sum is the SHA-256 of data in lower-case hex.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data) // into memory
	_ = z.Close()
	return b.Bytes()
}

// PutFreeze keeps a freeze; the same one again is no error.
func (s *Store) PutFreeze(ctx context.Context, f Freeze) error {
	_, err := put(ctx, s, freezes, freezeID(f.Period, f.Checksum), 0, f)
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// FreezeOf returns what the lock of a period keeps, or NotFound.
func (s *Store) FreezeOf(ctx context.Context, p *dossier.Period) (Freeze, error) {
	f, _, err := get[Freeze](ctx, s, freezes, freezeID(p.ID, p.Checksum), "store.freeze")
	return f, err
}

// FrozenReport reads the result of a campaign back. ok is false when a piece is
// not what its hash says; what can be read is returned all the same.
func (s *Store) FrozenReport(ctx context.Context, f FrozenSurvey) (r survey.Report, ok bool, err error) {
	r = survey.Report{Form: f.Form, Version: f.Version, Units: []survey.UnitReport{}, Rejected: []survey.Rejected{}}
	ok = true
	for _, sum := range f.Parts {
		d, err := docstore.Get[frozenPart](ctx, s.db, frozenParts, sum)
		if fault.Is(err, fault.NotFound) {
			ok = false
			continue
		}
		if err != nil {
			return r, false, err
		}
		data, err := unpacked(d.Data)
		var units []survey.UnitReport
		if err == nil {
			err = json.Unmarshal(data, &units)
		}
		ok = ok && err == nil && Sum(data) == sum
		r.Units = append(r.Units, units...)
	}
	return r, ok, nil
}

func unpacked(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, maxUnpacked))
}

// frozenSeen is the survey results of a freeze, read once.
type frozenSeen struct {
	checksum string
	reports  []survey.Report
}

// FrozenSurveys returns the survey results that the lock of a period keeps, one
// per campaign. They are shared: read only. Internal when they are damaged.
func (s *Store) FrozenSurveys(ctx context.Context, p *dossier.Period) ([]survey.Report, error) {
	if v, ok := s.frozen.Load(p.ID); ok && v.(frozenSeen).checksum == p.Checksum {
		return v.(frozenSeen).reports, nil
	}
	f, err := s.FreezeOf(ctx, p)
	if err != nil {
		return nil, err
	}
	reports := make([]survey.Report, 0, len(f.Surveys))
	for _, x := range f.Surveys {
		r, whole, err := s.FrozenReport(ctx, x)
		if err != nil {
			return nil, err
		}
		if !whole {
			return nil, fault.New(fault.Internal, "store.broken", p.ID+"/"+x.Campaign)
		}
		reports = append(reports, r)
	}
	s.frozen.Store(p.ID, frozenSeen{p.Checksum, reports})
	return reports, nil
}

// LockDossier marks a dossier as locked with its period, or as open again, with
// its audit event. What is so already stays. Conflict while an appeal waits.
func (s *Store) LockDossier(ctx context.Context, period, unit string, locked bool, by string) error {
	_, err := s.ChangeDossier(ctx, period, unit, func(d *dossier.Dossier, at time.Time, event string) error {
		return d.Lock(locked, audit.Event{ID: event, At: at, Who: by})
	})
	return err
}
