package site

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/chart"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// maxAlt is how many bars the words beside a chart name; the table has all.
const maxAlt = 5

// hundredths reads an index printed with two decimals.
func hundredths(s string) int64 {
	n, _ := strconv.ParseInt(strings.Replace(s, ".", "", 1), 10, 64)
	return n
}

func hundredthsText(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// picture describes the chart of a table: addresses for both widths and what
// it shows in words.
func (st *stats) picture(b chart.Bars, title string) *view.ChartPicture {
	p := &view.ChartPicture{URL: st.address(".svg"), NarrowURL: st.address(".svg", "hep", "1"), Alt: title}
	b.Width = chart.Wide
	p.Width, p.Height = b.Size()
	b.Width = chart.Narrow
	p.NarrowWidth, p.NarrowHeight = b.Size()
	var words []string
	for _, r := range b.Rows[:min(len(b.Rows), maxAlt)] {
		words = append(words, r.Label+" "+r.Text)
	}
	p.Alt = vi.Text("stats.alt", title, strings.Join(words, "; "))
	return p
}

// statsChart draws the chart of a view; ?hep=1 for a phone.
func (s *Server) statsChart(c *fiber.Ctx) error {
	st, err := s.statsOf(c)
	if err != nil {
		return err
	}
	bars := st.table().bars()
	bars.Width = chart.Wide
	if c.Query("hep") == "1" {
		bars.Width = chart.Narrow
	}
	svg, err := bars.SVG()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	return c.Send(svg)
}

// statsExcel writes the table that the page shows: same search and order, all
// pages.
func (s *Server) statsExcel(c *fiber.Ctx) error {
	st, err := s.statsOf(c)
	if err != nil {
		return err
	}
	t := st.table()
	rows := searched(t.rows, cut(vi.Clean(c.Query("q")), maxQuery), statText)
	sortRows(rows, c.Query("sap"), t.listColumns(c.Query("sap")))
	book := xlsx.SurveyTable{Title: t.title, Lines: append([]string{st.campaign.Title}, t.notes...), Sheet: vi.Text("stats.title"), Made: s.now()}
	for _, f := range st.facts() {
		book.Lines = append(book.Lines, f.Label+": "+f.Value)
	}
	for _, col := range t.columns {
		book.Columns = append(book.Columns, xlsx.SurveyColumn{Label: col.label, Number: col.number})
	}
	for _, r := range rows {
		values := make([]any, len(r.cells))
		for i, cell := range r.cells {
			values[i] = cell.value
		}
		book.Rows = append(book.Rows, values)
	}
	return s.sendBook(c, "survey", "thong-ke-"+st.campaign.ID, st.campaign.ID, int64(len(rows)), func(b *bytes.Buffer) error { return xlsx.WriteSurveyTable(b, book) })
}

// sendBook answers with a workbook and logs that it left.
func (s *Server) sendBook(c *fiber.Ctx, what, name, campaign string, rows int64, write func(*bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := s.logOut(c, store.Export{What: what, Format: "xlsx", Campaign: campaign, Rows: rows}); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+fileName(name)+`.xlsx"`)
	return c.Send(b.Bytes())
}

// surveyBook writes the official report of a campaign. Outside the team it
// shows what the statistics pages show.
func (s *Server) surveyBook(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	book, err := report.Survey(c.UserContext(), s.store, []string{campaign.ID}, inTeam(c))
	if err != nil {
		return err
	}
	return s.sendBook(c, "survey", "bao-cao-khao-sat-"+campaign.ID, campaign.ID, int64(len(campaign.Units)), func(b *bytes.Buffer) error { return xlsx.Survey(b, book) })
}
