package store

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
)

// States of a criteria set or form version.
const (
	Draft   = "draft"   // may be changed and thrown away
	Issued  = "issued"  // never changes again
	Retired = "retired" // issued, and no longer offered for new periods
)

// Version is one version of a criteria set or form: its canonical YAML and its
// state.
type Version struct {
	ID      string    `bson:"id"`
	Number  int       `bson:"version"`
	Title   string    `bson:"title"`
	YAML    string    `bson:"yaml"`
	State   string    `bson:"state"`
	By      string    `bson:"by,omitempty"`
	At      time.Time `bson:"at"`
	Version int64     `bson:"-"`
}

// Ref names a version: "mau-2026@1".
func Ref(id string, version int) string { return fmt.Sprintf("%s@%d", id, version) }

// Set returns a criteria set of any state. It is shared: read only.
func (s *Store) Set(ctx context.Context, id string, version int) (*rubric.Set, error) {
	return parsed(ctx, s, sets, &s.sets, Ref(id, version), "store.set", rubric.Parse)
}

// Form returns a form of any state. It is shared: read only.
func (s *Store) Form(ctx context.Context, id string, version int) (*survey.Form, error) {
	return parsed(ctx, s, forms, &s.forms, Ref(id, version), "store.form", survey.Parse)
}

// parsed returns the model behind a reference and remembers it when its
// version is frozen.
func parsed[T any](ctx context.Context, s *Store, c *docstore.Collection, cache cacheMap, ref, missing string, parse func([]byte, string) (*T, error)) (*T, error) {
	if v, ok := cache.Load(ref); ok {
		return v.(*T), nil
	}
	v, _, err := get[Version](ctx, s, c, ref, missing)
	if err != nil {
		return nil, err
	}
	model, err := parse([]byte(v.YAML), ref)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.broken", ref)
	}
	if v.State != Draft {
		cache.Store(ref, model)
	}
	return model, nil
}

type cacheMap interface {
	Load(key any) (any, bool)
	Store(key, value any)
}

// SetVersions lists every version of every criteria set, by id and number.
func (s *Store) SetVersions(ctx context.Context) ([]Version, error) {
	return all(ctx, s, docstore.Query{In: sets}, stampVersion)
}

// FormVersions lists every version of every form.
func (s *Store) FormVersions(ctx context.Context) ([]Version, error) {
	return all(ctx, s, docstore.Query{In: forms}, stampVersion)
}

// FormVersion returns one version of a form with its state.
func (s *Store) FormVersion(ctx context.Context, id string, number int) (Version, error) {
	v, version, err := get[Version](ctx, s, forms, Ref(id, number), "store.form")
	v.Version = version
	return v, err
}

// FormLookup returns what rubric.ParseWithForms asks for: the questions of a
// form, by its id. The newest version here counts; of a form that is not stored,
// the first version among samples, the files "<id>@1.yaml".
func (s *Store) FormLookup(ctx context.Context, samples fs.FS) (func(formID string) (questions []string, ok bool), error) {
	versions, err := s.FormVersions(ctx)
	if err != nil {
		return nil, err
	}
	newest := map[string]int{}
	for _, v := range versions {
		newest[v.ID] = max(newest[v.ID], v.Number)
	}
	return func(id string) ([]string, bool) {
		if n := newest[id]; n > 0 {
			form, err := s.Form(ctx, id, n)
			return questionCodes(form), err == nil
		}
		data, err := fs.ReadFile(samples, Ref(id, 1)+".yaml")
		if err != nil {
			return nil, false
		}
		form, err := survey.Parse(data, id)
		return questionCodes(form), err == nil
	}, nil
}

func questionCodes(form *survey.Form) []string {
	if form == nil {
		return nil
	}
	var codes []string
	for _, q := range form.Questions() {
		codes = append(codes, q.Code)
	}
	return codes
}

// SetVersion returns one version of a criteria set with its state.
func (s *Store) SetVersion(ctx context.Context, id string, number int) (Version, error) {
	v, version, err := get[Version](ctx, s, sets, Ref(id, number), "store.set")
	v.Version = version
	return v, err
}

func stampVersion(v *Version, m docstore.Meta) { v.Version = m.Version }

// PutSet stores a version of a criteria set, see putVersion.
func (s *Store) PutSet(ctx context.Context, v Version) error { return s.putVersion(ctx, sets, v) }

// PutForm stores a version of a form, see putVersion.
func (s *Store) PutForm(ctx context.Context, v Version) error { return s.putVersion(ctx, forms, v) }

// AnyVersion, as Version.Version, stores over whatever draft is there.
const AnyVersion = -1

// putVersion stores a version: a new one, or a change of the draft that
// v.Version names, or a change of state alone. The content of an issued version
// never changes, and a draft that is there is not overwritten as if it were
// new: Conflict. Storing a version again as it is changes nothing.
func (s *Store) putVersion(ctx context.Context, c *docstore.Collection, v Version) error {
	ref := Ref(v.ID, v.Number)
	old, version, err := get[Version](ctx, s, c, ref, "store.set")
	switch {
	case fault.Is(err, fault.NotFound):
		version = 0
	case err != nil:
		return err
	case old.State != Draft && (old.YAML != v.YAML || v.State == Draft):
		return fault.New(fault.Conflict, "store.frozen", ref)
	case old.YAML == v.YAML && old.State == v.State:
		return nil
	case v.Version > 0 && v.Version != version:
		return fault.New(fault.Stale, "store.stale")
	case v.Version == 0 && old.YAML != v.YAML:
		return fault.New(fault.Conflict, "store.draftExists", ref)
	}
	v.At = s.Now()
	_, err = put(ctx, s, c, ref, version, v)
	return err
}
