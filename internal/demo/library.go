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
// before last: the sample's criteria with lower thresholds, so that replaying
// the sample on that year's data shows who would have been left out.
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
			if f.old, err = milder(set); err != nil {
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
		return f.PutForm(ctx, store.Version{ID: form.ID, Number: form.Version, Title: form.Title, YAML: string(text), State: store.Issued, By: "quanly"})
	})
}

func (f *filler) putSet(ctx context.Context, set *rubric.Set) error {
	text, err := set.YAML()
	if err != nil {
		return err
	}
	return f.PutSet(ctx, store.Version{ID: set.ID, Number: set.Version, Title: set.Title, YAML: string(text), State: store.Issued, By: "quanly"})
}

// milder returns the set of the year before last.
func milder(set *rubric.Set) (*rubric.Set, error) {
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
	lower := rubric.Int(40)
	old.Recognition.MinGroupPercent = &lower
	old.Recognition.Groups = nil
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
