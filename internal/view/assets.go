package view

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

// hashLength is how many hex digits of its SHA-256 stand in a static URL.
const hashLength = 12

// Assets knows the static files by the URL that carries their content's hash,
// so that a browser may keep them for ever and never sees an old one.
type Assets struct {
	urls map[string]string // path → URL
	data map[string][]byte // URL → content
}

// NewAssets reads every file below static/ of the tree.
func NewAssets(tree fs.FS) (*Assets, error) {
	a := &Assets{urls: map[string]string{}, data: map[string][]byte{}}
	err := fs.WalkDir(tree, "static", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, p)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		name := strings.TrimPrefix(p, "static/")
		a.urls[name] = "/static/" + hex.EncodeToString(sum[:])[:hashLength] + "/" + name
		a.data[a.urls[name]] = data
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("view: static files: %w", err)
	}
	return a, nil
}

// URL returns the hashed URL of a static file ("app.css").
func (a *Assets) URL(name string) (string, error) {
	u, ok := a.urls[name]
	if !ok {
		return "", fmt.Errorf("view: no static file %q", name)
	}
	return u, nil
}

// Get returns the content behind a hashed URL.
func (a *Assets) Get(url string) ([]byte, bool) {
	data, ok := a.data[url]
	return data, ok
}
