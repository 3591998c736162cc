package site

import (
	"bytes"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/evidence"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// filePolicy is the Content-Security-Policy of a file that somebody handed in:
// nothing in it may run, load or send anything.
const filePolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

// evidenceFile sends a file: to be kept, or, of the types that a browser shows,
// in a page of its own (xem=1).
func (s *Server) evidenceFile(c *fiber.Ctx) error {
	e, err := s.evidencePlaceOf(c)
	if err != nil {
		return err
	}
	it, err := e.item(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Params("rev"))
	r, ok := it.Revision(n)
	if err != nil || !ok {
		return fault.New(fault.NotFound, "evidence.none")
	}
	show := c.Query("xem") == "1" && r.Type.Shown()
	evidenceHeaders(c, r, show)
	if tag := `"` + r.SHA + `"`; slices.Contains(strings.Split(strings.ReplaceAll(c.Get(fiber.HeaderIfNoneMatch), " ", ""), ","), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	content, err := s.store.OpenFile(c.UserContext(), r.SHA)
	if err != nil {
		c.Response().Header.Del(fiber.HeaderContentDisposition)
		return err
	}
	return sendContent(c, content, r.Size)
}

// sendContent streams a file; it is closed once it was sent.
func sendContent(c *fiber.Ctx, content io.ReadCloser, size int64) error {
	c.Context().SetBodyStream(content, int(size))
	return nil
}

// evidenceHeaders says what the file is, and that nothing in it is to run.
func evidenceHeaders(c *fiber.Ctx, r evidence.Revision, show bool) {
	how := "attachment"
	if show {
		how = "inline"
	}
	c.Set(fiber.HeaderContentType, r.Type.Media())
	c.Set(fiber.HeaderContentDisposition, how+`; filename="`+asciiName(r.Name)+`"; filename*=UTF-8''`+escapeName(r.Name))
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, filePolicy)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderETag, `"`+r.SHA+`"`)
}

// escapeName writes a name as RFC 5987 wants it.
func escapeName(name string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "'", "%27", "(", "%28", ")", "%29").Replace(url.QueryEscape(name))
}

// asciiName is the name for programs that know no other: without accents.
func asciiName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, vi.Fold(name))
}

// evidenceIndex sends the index of a dossier's evidence as an Excel file.
func (s *Server) evidenceIndex(c *fiber.Ctx) error {
	e, err := s.evidencePlaceOf(c)
	if err != nil {
		return err
	}
	if err := s.loadUses(c.UserContext(), e); err != nil {
		return err
	}
	settings, _, err := s.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	book := xlsx.EvidenceBook{Place: settings.Place, Period: e.period.Title, Unit: e.unit.Name, Made: s.now()}
	for _, g := range e.groups(e.shownByID, e.missing()) {
		for _, p := range g.Places {
			row := xlsx.EvidencePlace{Group: g.Title, Code: p.Code, Title: p.Title, Missing: p.Missing}
			for _, it := range p.Items {
				row.Items = append(row.Items, xlsx.EvidenceRow{
					Title: it.Title, Number: it.Number, Date: it.Date, File: it.File.Name, Size: it.File.Size, SHA: it.File.SHA,
					Revisions: it.Revisions, By: it.File.By, At: it.File.At, Warnings: strings.Join(it.Warnings, " "),
				})
			}
			book.Places = append(book.Places, row)
		}
	}
	var b bytes.Buffer
	if err := xlsx.EvidenceIndex(&b, book); err != nil {
		return err
	}
	c.Attachment("muc-luc-minh-chung-" + e.unit.Code + "-" + e.period.ID + ".xlsx")
	return c.Send(b.Bytes())
}
