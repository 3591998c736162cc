package result

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
)

// What a check of a frozen period may find.
const (
	WrongPeriod   = "period"   // the settings
	WrongSet      = "set"      // the criteria set's text
	WrongSurvey   = "survey"   // the kept result of a campaign
	WrongDossier  = "dossier"  // the marks, sheets or appeals of a unit
	WrongResult   = "result"   // what comes out for a unit
	WrongManifest = "manifest" // it is gone, or is not what the checksum says
	WrongChecksum = "checksum" // it is not what the audit trail says was locked
	WrongOpen     = "open"     // a dossier that is not locked with its period
)

// Difference is something in a frozen period that is not as it was locked.
type Difference struct{ What, About string }

// CheckFreeze compares a frozen period with what its lock kept: the manifest
// with the checksum, every line of it with the database as it is now, and the
// checksum with the audit trail.
func CheckFreeze(ctx context.Context, s *store.Store, p *dossier.Period) ([]Difference, error) {
	f, err := s.FreezeOf(ctx, p)
	if fault.Is(err, fault.NotFound) {
		return []Difference{{WrongManifest, p.ID}}, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Difference
	if store.Sum([]byte(f.Manifest)) != p.Checksum {
		list = append(list, Difference{WrongManifest, p.ID})
	}
	was := strings.Split(strings.TrimSuffix(f.Manifest, "\n"), "\n")
	now, err := manifest(ctx, s, p, f.Surveys, headOf(was))
	if err != nil {
		return nil, err
	}
	list = append(list, compareLines(was, now)...)
	for _, check := range []func(context.Context, *store.Store, *dossier.Period, *store.Freeze) ([]Difference, error){checkPieces, checkTrail, checkFlags} {
		more, err := check(ctx, s, p, &f)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	slices.SortStableFunc(list, func(a, b Difference) int { return strings.Compare(a.What+"\t"+a.About, b.What+"\t"+b.About) })
	return slices.Compact(list), nil
}

// headOf reads the audit head of a manifest; what cannot be read is zero.
func headOf(lines []string) audit.Head {
	var h audit.Head
	for _, l := range lines {
		if part := strings.Split(l, "\t"); len(part) == 3 && part[0] == lineAudit {
			h.Block, _ = strconv.ParseInt(part[1], 10, 64)
			h.Hash = part[2]
		}
	}
	return h
}

// compareLines names what stands differently in two manifests, or in one only.
func compareLines(was, now []string) []Difference {
	var list []Difference
	for _, pair := range [2][2][]string{{was, now}, {now, was}} {
		other := map[string]bool{}
		for _, l := range pair[1] {
			other[l] = true
		}
		for _, l := range pair[0] {
			if !other[l] {
				kind, rest, _ := strings.Cut(l, "\t")
				about, _, _ := strings.Cut(rest, "\t")
				list = append(list, Difference{kind, about})
			}
		}
	}
	return list
}

// checkPieces reads every piece of the survey results.
func checkPieces(ctx context.Context, s *store.Store, _ *dossier.Period, f *store.Freeze) ([]Difference, error) {
	var list []Difference
	for _, x := range f.Surveys {
		_, whole, err := s.FrozenReport(ctx, x)
		if err != nil {
			return nil, err
		}
		if !whole {
			list = append(list, Difference{WrongSurvey, x.Campaign})
		}
	}
	return list, nil
}

// ChecksumField names the change of a period that holds its checksum in the
// audit trail.
const ChecksumField = "checksum"

// checkTrail looks for the checksum in the last lock that the trail tells of.
// A crash between the lock and its event leaves none, and nothing to compare.
func checkTrail(ctx context.Context, s *store.Store, p *dossier.Period, _ *store.Freeze) ([]Difference, error) {
	events, err := s.History(ctx, "periods/"+p.ID)
	if err != nil {
		return nil, err
	}
	last := ""
	for _, e := range events {
		for _, d := range e.Detail {
			if d.Field == ChecksumField {
				last = d.After
			}
		}
	}
	if last != "" && last != p.Checksum {
		return []Difference{{WrongChecksum, p.ID}}, nil
	}
	return nil, nil
}

// checkFlags lists the dossiers that would still take marks.
func checkFlags(ctx context.Context, s *store.Store, p *dossier.Period, _ *store.Freeze) ([]Difference, error) {
	dossiers, err := s.Dossiers(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	var list []Difference
	for i := range dossiers {
		if !dossiers[i].Locked {
			list = append(list, Difference{WrongOpen, dossiers[i].Unit})
		}
	}
	return list, nil
}
