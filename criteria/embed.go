// Package criteria carries the sample criteria sets and survey forms that come
// with the program. The files are plain YAML in the documented formats; one
// file is one issued version, named <id>@<version>.yaml, and never changes
// afterwards (see frozen.sha256).
package criteria

import (
	"embed"
	"io/fs"
)

// FS holds sets/*.yaml and forms/*.yaml as they stood when the program was built.
//
//go:embed sets/*.yaml forms/*.yaml
var FS embed.FS

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
