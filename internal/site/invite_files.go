package site

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
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

// tokenGroup is how many letters of a token stand together.
const tokenGroup = 4

// madeToken is a new invitation: the only place where it is readable.
type madeToken struct {
	unit, group string
	batch       string // the end of its batch's id
	number      int    // within its batch
	token       string
}

// serial names a slip on the list of whom it was handed to: the unit, the first
// letter of the group, the end of the batch's id and the number within it.
func serial(unit, group, batch string, number int) string {
	return unit + "-" + strings.ToUpper(group[:min(1, len(group))]) + "-" + batchTail(batch) + "-" + strconv.Itoa(number)
}

// serialTail is how much of a batch's id a serial names: the batches of one unit
// and group are few.
const serialTail = 4

func batchTail(id string) string { return id[max(0, len(id)-serialTail):] }

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
func readTokens(text string, p *plan) ([]madeToken, error) {
	var list []madeToken
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		if len(part) == 1 && part[0] == "" {
			continue
		}
		if len(part) != 5 || len(list) >= MaxInvites || !p.campaign.Has(part[0]) || !p.campaign.Takes(p.form, part[1]) {
			return nil, fault.New(fault.Malformed, "site.malformed")
		}
		n, err := strconv.Atoi(part[3])
		if token := store.NormalToken(part[4]); err != nil || n < 1 || len(token) != store.TokenSize || notInFileName.MatchString(token+part[2]) || len(part[2]) > serialTail {
			return nil, fault.New(fault.Malformed, "site.malformed")
		}
		list = append(list, madeToken{part[0], part[1], part[2], n, store.NormalToken(part[4])})
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Malformed, "site.malformed")
	}
	return list, nil
}

// link is the address that uses an invitation.
func (t madeToken) link(base, campaign string) string {
	return base + surveyPath(campaign, t.unit) + "?t=" + t.token
}

// pieces is the token in groups that are easy to read and type.
func (t madeToken) pieces() []string {
	var list []string
	for rest := t.token; rest != ""; {
		n := min(tokenGroup, len(rest))
		if len(rest)-n == 1 {
			n++ // no letter stands alone
		}
		list, rest = append(list, rest[:n]), rest[n:]
	}
	return list
}

func (s *Server) inviteRows(c *fiber.Ctx, p *plan, list []madeToken) []xlsx.InviteRow {
	names, base := unitNamesOf(p.units), s.baseURL(c)
	rows := make([]xlsx.InviteRow, len(list))
	for i, t := range list {
		rows[i] = xlsx.InviteRow{Serial: serial(t.unit, t.group, t.batch, t.number), Code: t.unit, Unit: names[t.unit], Group: vi.Text("group." + t.group), Token: strings.Join(t.pieces(), "-"), Link: t.link(base, p.campaign.ID)}
	}
	return rows
}

func (s *Server) inviteExcel(c *fiber.Ctx, p *plan, list []madeToken) error {
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

func (s *Server) inviteCSV(c *fiber.Ctx, p *plan, list []madeToken) error {
	b := bytes.NewBufferString("\uFEFF") // Excel reads UTF-8 by this mark alone
	w := csv.NewWriter(b)
	_ = w.Write([]string{vi.Text("plan.colSerial"), vi.Text("plan.colUnit"), vi.Text("plan.colName"), vi.Text("plan.colGroup"), vi.Text("plan.colToken"), vi.Text("plan.colLink")})
	for _, r := range s.inviteRows(c, p, list) {
		_ = w.Write([]string{report.SafeCSV(r.Serial), report.SafeCSV(r.Code), report.SafeCSV(r.Unit), report.SafeCSV(r.Group), report.SafeCSV(r.Token), report.SafeCSV(r.Link)})
	}
	w.Flush() // a bytes.Buffer takes everything
	if err := s.logOut(c, store.Export{What: "tokens", Format: "csv", Campaign: p.campaign.ID, Rows: int64(len(list))}); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="thu-moi-`+fileName(p.campaign.ID)+`.csv"`)
	return c.Send(b.Bytes())
}

// slips is a printable document of up to slipPart invitations.
func (s *Server) slips(c *fiber.Ctx, p *plan, list []madeToken, from int) error {
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
		url := t.link(base, p.campaign.ID)
		code, err := qr.Encode(url)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "plan.qr")
		}
		out.Slips = append(out.Slips, view.Slip{Unit: names[t.unit], Group: vi.Text("group." + t.group), Serial: serial(t.unit, t.group, t.batch, t.number), Token: t.pieces(), Code: code, URL: url, Typed: typedPieces(base + codePath)})
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
