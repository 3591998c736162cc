package site

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// languageRoutes add a language file to a version of a form: its texts only,
// so an issued version may have one, too.
func (l *library) languageRoutes(r fiber.Router) {
	may, base := l.may(account.EditSets), "/quan-tri/"+l.kind+"/:id/:v/ngon-ngu"
	r.Get(base, may, l.languages)
	r.Post(base, may, l.addLanguage)
	r.Post(base+"/bo", may, limitBody(MaxFormBody), l.dropLanguage)
	r.Get(base+"/:tag", may, l.languageFile)
}

// addLanguages stores the languages that come with a sample form.
func (l *library) addLanguages(c *fiber.Ctx, v store.Version) error {
	if l.isSets() {
		return nil
	}
	for _, file := range criteria.Languages(store.Ref(v.ID, v.Number)) {
		form, err := l.store.Form(c.UserContext(), v.ID, v.Number)
		if err != nil {
			return err
		}
		if err := l.store.AddFormLanguage(c.UserContext(), form, file.Tag, file.Data, file.File, v.By); err != nil {
			return err
		}
	}
	return nil
}

// copyLanguages gives a copy of a form the language files of the original, but
// those that no longer have all its texts.
func (l *library) copyLanguages(c *fiber.Ctx, from, to store.Version) error {
	if l.isSets() {
		return nil
	}
	files, err := l.store.FormLanguages(c.UserContext(), store.Ref(from.ID, from.Number))
	if err != nil || len(files) == 0 {
		return err
	}
	was, err := l.store.Form(c.UserContext(), from.ID, from.Number)
	if err != nil {
		return err
	}
	now, err := l.store.Form(c.UserContext(), to.ID, to.Number)
	if err != nil {
		return err
	}
	for _, file := range files {
		words, err := survey.ParseLanguage(was, file.Tag, []byte(file.YAML), file.Form)
		if fault.Is(err, fault.Invalid) {
			continue
		}
		if err == nil {
			err = l.store.AddFormLanguage(c.UserContext(), now, file.Tag, now.LanguageYAML(words), file.Form, file.By)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *library) languages(c *fiber.Ctx) error { return l.showLanguages(c, "", "", nil) }

func (l *library) showLanguages(c *fiber.Ctx, tag, file string, bad error) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	form, err := l.store.Form(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	files, err := l.store.FormLanguages(c.UserContext(), store.Ref(v.ID, v.Number))
	if err != nil {
		return err
	}
	p := view.FormLanguages{Admin: l.page(c, v.Title), Ref: store.Ref(v.ID, v.Number), Heading: v.Title, Back: l.url(v), Path: l.url(v) + "/ngon-ngu", Tag: tag, File: file}
	for i := range form.Languages {
		p.Own = append(p.Own, view.LanguageName(form.Languages[i].Tag))
	}
	for _, f := range files {
		_, err := survey.ParseLanguage(form, f.Tag, []byte(f.YAML), f.Form)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
		p.Rows = append(p.Rows, view.FormLanguage{Tag: f.Tag, Name: view.LanguageName(f.Tag), URL: p.Path + "/" + f.Tag, By: f.By, At: vi.DateTime(f.At), Stale: err != nil})
	}
	if bad != nil {
		f := asFault(bad)
		p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
		p.Bad = located(bad)
		c.Status(statuses[f.Kind])
	}
	return c.Render("admin/form_languages", p)
}

// addLanguage takes a language file; one that is not complete is refused with
// everything that is missing.
func (l *library) addLanguage(c *fiber.Ctx) error {
	tag := strings.ToLower(vi.Clean(c.FormValue("ngon-ngu")))
	v, err := l.find(c)
	if err != nil {
		return err
	}
	name, data, err := upload(c, "tep", MaxLibraryFile)
	if err != nil {
		return l.refuseLanguage(c, tag, name, err)
	}
	form, err := l.store.Form(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	u, _ := userOf(c)
	if err := l.store.AddFormLanguage(c.UserContext(), form, tag, data, name, u.Login); err != nil {
		return l.refuseLanguage(c, tag, name, err)
	}
	return l.languageChanged(c, v, vi.Text("language.change", tag), "language")
}

func (l *library) refuseLanguage(c *fiber.Ctx, tag, file string, err error) error {
	if !refusable(err) {
		return err
	}
	return l.showLanguages(c, tag, file, err)
}

func (l *library) languageChanged(c *fiber.Ctx, v store.Version, what, flash string) error {
	if err := l.record(c, "", audit.FormImported, "forms/"+store.Ref(v.ID, v.Number), audit.Change{Field: "language", After: what}); err != nil {
		return err
	}
	return done(c, l.url(v)+"/ngon-ngu", flash)
}

func (l *library) dropLanguage(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	tag := vi.Clean(c.FormValue("ngon-ngu"))
	if err := l.store.DropFormLanguage(c.UserContext(), store.Ref(v.ID, v.Number), tag); err != nil {
		return err
	}
	return l.languageChanged(c, v, vi.Text("language.dropped", tag), "languageDropped")
}

// languageFile sends a language file; that of the form's own language is the
// one to translate.
func (l *library) languageFile(c *fiber.Ctx) error {
	v, err := l.find(c)
	if err != nil {
		return err
	}
	ref, tag := store.Ref(v.ID, v.Number), c.Params("tag")
	form, err := l.store.Form(c.UserContext(), v.ID, v.Number)
	if err != nil {
		return err
	}
	text := string(form.LanguageTemplate())
	if tag != survey.OwnLanguage {
		file, err := l.store.FormLanguage(c.UserContext(), ref, tag)
		if err != nil {
			return err
		}
		text = file.YAML
	}
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", ref+"."+tag+".yaml"))
	return c.SendString(text)
}
