// Package web embeds the pages and the static files.
package web

import "embed"

// Pages holds pages/layout.html, pages/partials/*.html and one folder of
// templates per page family.
//
//go:embed pages
var Pages embed.FS

// Static holds the files served under /static/.
//
//go:embed static
var Static embed.FS
