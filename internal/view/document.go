package view

import "thanthien/internal/docx"

// Documents lists the official documents of a period.
type Documents struct {
	Admin
	ID, Heading string
	State       Tag
	Rows        []DocumentLink
	Missing     bool // the province's settings are not filled in
}

// DocumentLink is one document, as a page and as a file.
type DocumentLink struct{ Label, Hint, URL, File string }

// Document is an official document as a page to be printed.
type Document struct {
	Page
	Back, File string
	Blocks     []docx.Block
}
