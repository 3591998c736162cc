// Package criteria carries the sample criteria sets and survey forms that come
// with the program. The files are plain YAML in the documented formats; one
// file is one issued version, named <id>@<version>.yaml, and never changes
// afterwards (see frozen.sha256).
package criteria

import (
	"embed"
	"io/fs"
	"strings"
)

// FS holds sets/*.yaml and forms/*.yaml as they stood when the program was built.
//
//go:embed sets/*.yaml forms/*.yaml
var FS embed.FS

// words holds languages/<id>@<version>.<language>.yaml: the texts of sample
// forms in further languages. They hold no code and no rule, so that they may be
// corrected where a form itself is frozen.
//
//go:embed languages/*.yaml
var words embed.FS

// Language is the words of a sample form in one language.
type Language struct {
	Tag, File string
	Data      []byte
}

// Languages returns the languages of a sample form's version ("pks07@1") beside
// its own.
func Languages(ref string) []Language {
	names, _ := fs.Glob(words, "languages/"+ref+".*.yaml") // the pattern is a sound one
	var list []Language
	for _, name := range names {
		data, err := fs.ReadFile(words, name)
		if err != nil {
			continue // an embedded file that Glob named is there
		}
		file := strings.TrimPrefix(name, "languages/")
		list = append(list, Language{strings.TrimSuffix(strings.TrimPrefix(file, ref+"."), ".yaml"), file, data})
	}
	return list
}

// Sets returns the file system of the sample criteria sets, with the files at
// its root.
func Sets() fs.FS { return folder("sets") }

// Forms returns the file system of the sample survey forms, with the files at
// its root.
func Forms() fs.FS { return folder("forms") }

// folder returns one embedded folder. Its name is a constant of this file, so
// an error here is a mistake in the program and not of its input.
func folder(name string) fs.FS {
	sub, err := fs.Sub(FS, name)
	if err != nil {
		panic(err)
	}
	return sub
}
