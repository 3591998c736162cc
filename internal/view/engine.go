// Package view turns page structs into HTML: one template set per page, made
// of the layout, the partials and the page itself, so that no page can answer
// with the blocks of another.
package view

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Engine renders the pages of a file tree. It implements fiber.Views.
type Engine struct {
	pages  fs.FS
	assets *Assets
	sets   map[string]*template.Template
}

// NewEngine returns an engine over a tree with pages/layout.html,
// pages/partials/*.html and pages/FAMILY/PAGE.html; assets names static files.
func NewEngine(pages fs.FS, assets *Assets) *Engine {
	return &Engine{pages: pages, assets: assets}
}

// Load parses every page; the error names the file and line.
func (e *Engine) Load() error {
	base := template.New("layout.html").Funcs(funcs(e.assets))
	base, err := base.ParseFS(e.pages, "pages/layout.html", "pages/partials/*.html")
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	files, err := fs.Glob(e.pages, "pages/*/*.html")
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	e.sets = map[string]*template.Template{}
	for _, f := range files {
		family := path.Base(path.Dir(f))
		if family == "partials" {
			continue
		}
		set, err := template.Must(base.Clone()).ParseFS(e.pages, f)
		if err != nil {
			return fmt.Errorf("view: %w", err)
		}
		e.sets[family+"/"+strings.TrimSuffix(path.Base(f), ".html")] = set
	}
	return nil
}

// Names returns the names of all pages ("survey/form").
func (e *Engine) Names() []string {
	names := make([]string, 0, len(e.sets))
	for n := range e.sets {
		names = append(names, n)
	}
	return names
}

// Render writes the page, whole or not at all. A name with "#" renders one
// block of the page ("dossier/edit#rows") without the layout, for htmx.
func (e *Engine) Render(w io.Writer, name string, page any, _ ...string) error {
	name, block, partial := strings.Cut(name, "#")
	if !partial {
		block = "layout.html"
	}
	set, ok := e.sets[name]
	if !ok {
		return fmt.Errorf("view: no page %q", name)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, block, page); err != nil {
		return fmt.Errorf("view: %s: %w", name, err)
	}
	_, err := b.WriteTo(w)
	return err
}
