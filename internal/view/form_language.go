package view

// FormLanguages is the page of a form's languages.
type FormLanguages struct {
	Admin
	Ref, Heading string
	Back, Path   string
	Own          []string // languages in the form's own file
	Rows         []FormLanguage
	Tag, File    string // as sent, when refused
	Bad          []Located
}

// FormLanguage is one language file of a form. A stale one lacks texts that the
// form has by now, and is not offered to residents.
type FormLanguage struct {
	Tag, Name, URL, By, At string
	Stale                  bool
}
