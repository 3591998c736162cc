package store

import (
	"context"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// LanguageFresh is how long a process may show a form's language as it was: a
// corrected file is seen everywhere within it.
const LanguageFresh = 5 * time.Second

// FormLanguage is one language file of a form's version. It holds texts only,
// so it may be corrected while the version itself never changes.
type FormLanguage struct {
	Form    string    `bson:"form"` // "pks07@1"
	Tag     string    `bson:"tag"`
	YAML    string    `bson:"yaml"`
	By      string    `bson:"by,omitempty"`
	At      time.Time `bson:"at"`
	Version int64     `bson:"-"`
}

// FormLanguages lists the language files of a form's version by tag.
func (s *Store) FormLanguages(ctx context.Context, ref string) ([]FormLanguage, error) {
	return all(ctx, s, docstore.Query{In: languages, On: languagesByForm, Eq: []any{ref}}, func(l *FormLanguage, m docstore.Meta) { l.Version = m.Version })
}

// PutFormLanguage stores a language file that ParseLanguage has read, over the
// one that was there.
func (s *Store) PutFormLanguage(ctx context.Context, l FormLanguage) error {
	id := l.Form + "/" + l.Tag
	l.At = s.Now()
	old, version, err := get[FormLanguage](ctx, s, languages, id, "store.language")
	switch {
	case fault.Is(err, fault.NotFound):
		version = 0
	case err != nil:
		return err
	case old.YAML == l.YAML:
		return nil
	}
	_, err = put(ctx, s, languages, id, version, l)
	s.languages.Delete(l.Form)
	return err
}

// DropFormLanguage removes a language file; one that is gone is no error.
func (s *Store) DropFormLanguage(ctx context.Context, ref, tag string) error {
	defer s.languages.Delete(ref)
	return s.drop(ctx, languages, ref+"/"+tag)
}

// cachedLanguages are the languages of one form until they are looked up again.
type cachedLanguages struct {
	tags  []string
	forms map[string]*survey.Form
	until time.Time
}

// InLanguage returns the form in a language and the tags of all its languages,
// its own first. A form without that language comes in its own, with used
// telling which. All are shared: read only.
func (s *Store) InLanguage(ctx context.Context, form *survey.Form, tag string) (shown *survey.Form, used string, tags []string, err error) {
	hit, err := s.languagesOf(ctx, form)
	if err != nil {
		return nil, "", nil, err
	}
	if f := hit.forms[tag]; f != nil {
		return f, tag, hit.tags, nil
	}
	return form, survey.OwnLanguage, hit.tags, nil
}

func (s *Store) languagesOf(ctx context.Context, form *survey.Form) (cachedLanguages, error) {
	ref := Ref(form.ID, form.Version)
	if v, ok := s.languages.Load(ref); ok && time.Now().Before(v.(cachedLanguages).until) {
		return v.(cachedLanguages), nil
	}
	c := cachedLanguages{[]string{survey.OwnLanguage}, map[string]*survey.Form{}, time.Now().Add(LanguageFresh)}
	add := func(l *survey.Language) {
		if c.forms[l.Tag] == nil {
			c.tags = append(c.tags, l.Tag)
		}
		c.forms[l.Tag] = form.In(l)
	}
	for i := range form.Languages {
		add(&form.Languages[i])
	}
	files, err := s.FormLanguages(ctx, ref)
	for _, file := range files {
		l, err := survey.ParseLanguage(form, file.Tag, []byte(file.YAML), ref+"/"+file.Tag)
		if err != nil { // a draft has changed since
			continue
		}
		add(l)
	}
	if err == nil {
		s.languages.Store(ref, c)
	}
	return c, err
}

// AddFormLanguage checks a language file of a form and stores it in its
// canonical layout.
func (s *Store) AddFormLanguage(ctx context.Context, form *survey.Form, tag string, data []byte, file, by string) error {
	l, err := survey.ParseLanguage(form, tag, data, file)
	if err != nil {
		return err
	}
	return s.PutFormLanguage(ctx, FormLanguage{Form: Ref(form.ID, form.Version), Tag: tag, YAML: string(form.LanguageYAML(l)), By: by})
}

// FormLanguage returns one language file of a form's version.
func (s *Store) FormLanguage(ctx context.Context, ref, tag string) (FormLanguage, error) {
	l, version, err := get[FormLanguage](ctx, s, languages, ref+"/"+tag, "store.language")
	l.Version = version
	return l, err
}
