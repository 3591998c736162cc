package site

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/report"
)

// resultOut is a unit in the open data.
type resultOut struct {
	Unit     string            `json:"unit"`
	Name     string            `json:"name"`
	Rank     int               `json:"rank,omitempty"`
	Total    string            `json:"total,omitempty"`
	Groups   map[string]string `json:"groups,omitempty"`
	Band     string            `json:"band,omitempty"`
	Status   string            `json:"status"`
	Decision *decisionJSON     `json:"decision,omitempty"`
	Until    string            `json:"until,omitempty"`
	Revoked  *decisionJSON     `json:"revoked,omitempty"`
	Carried  []string          `json:"carried_to,omitempty"`
}

func resultOf(u *publicUnit) resultOut {
	x := &u.dossier.Recognition
	o := resultOut{Unit: u.Unit, Name: u.name, Rank: u.Rank, Total: u.total(), Band: u.Band, Status: u.status, Until: x.Until}
	if u.Complete {
		o.Groups = map[string]string{}
		for _, g := range u.Groups {
			o.Groups[g.Code] = g.Points.String(u.Decimals)
		}
	}
	if x.Decision.Number != "" {
		d := decisionOf(x.Decision)
		o.Decision = &d
	}
	if u.status == publicRevoked {
		d := decisionOf(x.Revoked)
		o.Revoked = &d
	}
	for _, y := range x.Carried {
		o.Carried = append(o.Carried, y.To)
	}
	return o
}

// resultJSON is the published result as open data.
func (s *Server) resultJSON(c *fiber.Ctx) error {
	r, list, err := s.publishedOf(c.UserContext(), c.Params("period"))
	if err != nil {
		return err
	}
	out := make([]resultOut, len(list))
	for i := range list {
		out[i] = resultOf(&list[i])
	}
	return c.JSON(fiber.Map{"period": r.Period.ID, "title": r.Period.Title, "criteria": r.Set.ID, "version": r.Set.Version, "checksum": r.Period.Checksum, "units": out})
}

// resultCSV is the same as a table. A name cannot start a formula: what would
// gets an apostrophe before it.
func (s *Server) resultCSV(c *fiber.Ctx) error {
	r, list, err := s.publishedOf(c.UserContext(), c.Params("period"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := []string{"rank", "unit", "name", "total"}
	for _, g := range r.Set.Groups {
		head = append(head, "group "+g.Code)
	}
	_ = w.Write(append(head, "band", "status", "decision", "day", "until", "revoked", "revoked_day")) // into memory
	for i := range list {
		o := resultOf(&list[i])
		rank := ""
		if o.Rank > 0 {
			rank = strconv.Itoa(o.Rank)
		}
		row := []string{rank, o.Unit, report.SafeCSV(o.Name), o.Total}
		for _, g := range r.Set.Groups {
			row = append(row, o.Groups[g.Code])
		}
		x := &list[i].dossier.Recognition
		_ = w.Write(append(row, o.Band, o.Status, report.SafeCSV(x.Decision.Number), x.Decision.Day, o.Until, report.SafeCSV(x.Revoked.Number), x.Revoked.Day))
	}
	w.Flush()
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="ket-qua-`+fileName(r.Period.ID)+`.csv"`)
	return c.Send(b.Bytes())
}
