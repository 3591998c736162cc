package evidence

import (
	"slices"
	"strings"
)

// Type is what a file is, found in its content.
type Type string

// The types that are taken.
const (
	PDF  Type = "pdf"
	JPEG Type = "jpeg"
	PNG  Type = "png"
	WebP Type = "webp"
	DOCX Type = "docx"
	XLSX Type = "xlsx"
	PPTX Type = "pptx"
	ODT  Type = "odt"
	ODS  Type = "ods"
	ODP  Type = "odp"
	DOC  Type = "doc"
	XLS  Type = "xls"
	PPT  Type = "ppt"
)

// known is the media type and the endings of every type, the usual one first.
var known = map[Type]struct {
	media   string
	endings []string
}{
	PDF:  {"application/pdf", []string{".pdf"}},
	JPEG: {"image/jpeg", []string{".jpg", ".jpeg", ".jfif"}},
	PNG:  {"image/png", []string{".png"}},
	WebP: {"image/webp", []string{".webp"}},
	DOCX: {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}},
	XLSX: {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}},
	PPTX: {"application/vnd.openxmlformats-officedocument.presentationml.presentation", []string{".pptx", ".ppsx"}},
	ODT:  {"application/vnd.oasis.opendocument.text", []string{".odt"}},
	ODS:  {"application/vnd.oasis.opendocument.spreadsheet", []string{".ods"}},
	ODP:  {"application/vnd.oasis.opendocument.presentation", []string{".odp"}},
	DOC:  {"application/msword", []string{".doc"}},
	XLS:  {"application/vnd.ms-excel", []string{".xls"}},
	PPT:  {"application/vnd.ms-powerpoint", []string{".ppt", ".pps"}},
}

// Media is the media type that a file of this type is sent with.
func (t Type) Media() string { return known[t].media }

// Shown reports whether a browser may show the file itself, in a page of its
// own that nothing can run in; every other type is only downloaded.
func (t Type) Shown() bool { return t == PDF || t == JPEG || t == PNG || t == WebP }

// Accept is the accept attribute of a file input: every ending.
func Accept() string {
	var all []string
	for _, k := range known {
		all = append(all, k.endings...)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}
