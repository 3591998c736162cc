package site

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/qr"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// slipPart is how many slips one printable document has: more would make a page
// that a small computer cannot print.
const slipPart = 1000

// randomID is an id that nobody guesses.
func randomID() string {
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	return hex.EncodeToString(random[:])
}

// slipParts are the printable documents of n slips.
func slipParts(n int) []view.Option {
	var parts []view.Option
	for from := 0; from < n; from += slipPart {
		parts = append(parts, view.Option{Value: "in-" + strconv.Itoa(from), Label: vi.Text("plan.slips", vi.Int(from+1), vi.Int(min(from+slipPart, n)))})
	}
	return parts
}

// inviteFile turns the invitations that a page holds into the file it asks for.
// Nothing is stored and nothing looked up, so it can be asked for again as long
// as the page is open.
func (s *Server) inviteFile(c *fiber.Ctx) error {
	p, err := s.planOf(c, "campaign")
	if err != nil {
		return err
	}
	list, err := readTokens(c.FormValue("du-lieu"), &p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	kind := c.FormValue("tep")
	switch {
	case kind == "xlsx":
		return s.inviteExcel(c, &p, list)
	case kind == "csv":
		return s.inviteCSV(c, &p, list)
	}
	from, err := strconv.Atoi(strings.TrimPrefix(kind, "in-"))
	if err != nil || from < 0 || from >= len(list) {
		return fault.New(fault.Malformed, "site.malformed")
	}
	return s.slips(c, &p, list, from)
}

// readTokens reads what tokenText wrote and refuses anything else.
func readTokens(text string, p *plan) ([]report.Invite, error) {
	var list []report.Invite
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		if len(part) == 1 && part[0] == "" {
			continue
		}
		if len(part) != 5 || len(list) >= MaxInvites || !p.campaign.Has(part[0]) || !p.campaign.Takes(p.form, part[1]) {
			return nil, fault.New(fault.Malformed, "site.malformed")
		}
		n, err := strconv.Atoi(part[3])
		if token := store.NormalToken(part[4]); err != nil || n < 1 || len(token) != store.TokenSize || notInFileName.MatchString(token+part[2]) || report.BatchTail(part[2]) != part[2] {
			return nil, fault.New(fault.Malformed, "site.malformed")
		}
		list = append(list, report.Invite{Unit: part[0], Group: part[1], Batch: part[2], Number: n, Token: store.NormalToken(part[4])})
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Malformed, "site.malformed")
	}
	return list, nil
}

func (s *Server) inviteRows(c *fiber.Ctx, p *plan, list []report.Invite) []xlsx.InviteRow {
	return report.InviteRows(list, unitNamesOf(p.units), s.baseURL(c), p.campaign.ID)
}

func (s *Server) inviteExcel(c *fiber.Ctx, p *plan, list []report.Invite) error {
	var b bytes.Buffer
	book := xlsx.InviteBook{Title: p.campaign.Title, Closes: vi.DateTime(p.campaign.Closes), Made: s.now(), Rows: s.inviteRows(c, p, list)}
	if err := xlsx.Invites(&b, book); err != nil {
		return err
	}
	if err := s.logOut(c, store.Export{What: "tokens", Format: "xlsx", Campaign: p.campaign.ID, Rows: int64(len(list))}); err != nil {
		return err
	}
	return sendExcel(c, "thu-moi-"+p.campaign.ID, b.Bytes())
}

func (s *Server) inviteCSV(c *fiber.Ctx, p *plan, list []report.Invite) error {
	var b bytes.Buffer
	if err := report.WriteInvitesCSV(&b, s.inviteRows(c, p, list)); err != nil {
		return err
	}
	if err := s.logOut(c, store.Export{What: "tokens", Format: "csv", Campaign: p.campaign.ID, Rows: int64(len(list))}); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="thu-moi-`+fileName(p.campaign.ID)+`.csv"`)
	return c.Send(b.Bytes())
}

// slips is a printable document of up to slipPart invitations.
func (s *Server) slips(c *fiber.Ctx, p *plan, list []report.Invite, from int) error {
	page, err := s.publicPage(c, vi.Text("plan.invitations"))
	if err != nil {
		return err
	}
	part := list[from:min(from+slipPart, len(list))]
	if err := s.logOut(c, store.Export{What: "tokens", Format: "html", Campaign: p.campaign.ID, Rows: int64(len(part))}); err != nil {
		return err
	}
	out := view.Slips{Page: page, Heading: p.campaign.Title, Closes: vi.DateTime(p.campaign.Closes), From: from + 1, To: from + len(part)}
	out.Scripts = []string{"print.js"}
	names, base := unitNamesOf(p.units), s.baseURL(c)
	for _, t := range part {
		url := t.Link(base, p.campaign.ID)
		code, err := qr.Encode(url)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "plan.qr")
		}
		out.Slips = append(out.Slips, view.Slip{Unit: names[t.Unit], Group: vi.Text("group." + t.Group), Serial: t.Serial(), Token: t.Pieces(), Code: code, URL: url, Typed: typedPieces(base + codePath)})
	}
	return c.Render("invite/slips", out)
}

// inviteTemplate is the list to fill with how many invitations each unit and
// group gets.
func (s *Server) inviteTemplate(c *fiber.Ctx) error {
	p, err := s.planOf(c, "campaign")
	if err != nil {
		return err
	}
	book := xlsx.PopulationBook{Campaign: p.campaign.ID, Title: p.campaign.Title, Groups: groupNames(p.groups), Invites: true, Most: MaxInvites}
	for _, u := range p.units {
		for _, g := range p.groups {
			book.Rows = append(book.Rows, xlsx.PopulationRow{Code: u.code, Unit: u.name, Group: vi.Text("group." + g)})
		}
	}
	var b bytes.Buffer
	if err := xlsx.WritePopulations(&b, book); err != nil {
		return err
	}
	return sendExcel(c, "so-thu-moi-"+p.campaign.ID, b.Bytes())
}
