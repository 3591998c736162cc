package demo

import (
	"context"
	"fmt"
	"io/fs"

	"thanthien/criteria"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// The sets and the form of the demo's years.
const (
	setFile = "mau-than-thien-bg@1.yaml"
	oldFile = "mau-than-thien-dn@1.yaml" // the older set is made from it
	oldID   = "minh-hoa"
	formID  = "pks07"
)

// library stores the sample sets and forms, issued, and the set of the year
// before last: the sample's criteria with other thresholds, so that replaying
// the sample on that year's data shows who would have come in and who not.
func (f *filler) library(ctx context.Context) error {
	err := each(criteria.Sets(), func(name string, data []byte) error {
		set, err := rubric.Parse(data, name)
		if err != nil {
			return err
		}
		if name == setFile {
			f.set = set
		}
		if name == oldFile {
			if f.old, err = earlier(set); err != nil {
				return err
			}
			if err := f.putSet(ctx, f.old); err != nil {
				return err
			}
		}
		return f.putSet(ctx, set)
	})
	if err != nil {
		return err
	}
	return each(criteria.Forms(), func(name string, data []byte) error {
		form, err := survey.Parse(data, name)
		if err != nil {
			return err
		}
		if form.ID == formID {
			f.form = form
		}
		text := form.YAML()
		if err := f.PutForm(ctx, store.Version{ID: form.ID, Number: form.Version, Title: form.Title, YAML: string(text), State: store.Issued, By: "quanly"}); err != nil {
			return err
		}
		for _, l := range criteria.Languages(store.Ref(form.ID, form.Version)) {
			if err := f.AddFormLanguage(ctx, form, l.Tag, l.Data, l.File, "quanly"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *filler) putSet(ctx context.Context, set *rubric.Set) error {
	text, err := set.YAML()
	if err != nil {
		return err
	}
	return f.PutSet(ctx, store.Version{ID: set.ID, Number: set.Version, Title: set.Title, YAML: string(text), State: store.Issued, By: "quanly"})
}

// earlier returns the set of the year before last: no conditions yet, but a
// higher lowest band.
func earlier(set *rubric.Set) (*rubric.Set, error) {
	text, err := set.YAML()
	if err != nil {
		return nil, err
	}
	copied, err := rubric.Parse(text, oldID)
	if err != nil {
		return nil, err
	}
	old := *copied
	old.ID, old.Version = oldID, 1
	old.Title = "Bộ tiêu chí và thang điểm của Tỉnh Minh Họa (không có thật)"
	old.IssuedBy = "Dữ liệu minh họa"
	lowest := rubric.Int(70)
	r := old.Recognition
	r.Conditions, r.MinTotal = rubric.ConditionsNone, &lowest
	r.Bands[len(r.Bands)-1].Min = lowest
	return rubric.New(old)
}

// each calls use for every file at the root of a file system.
func each(files fs.FS, use func(name string, data []byte) error) error {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := use(name, data); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
