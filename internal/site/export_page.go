package site

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// exportRefresh is how often the page of a running export looks again, in
// seconds.
const exportRefresh = 3

// exportStyle is the style sheet of exports and published receipts.
const exportStyle = "export.css"

// exportRoutes adds the pages that take raw data out, and the log of it.
func (s *Server) exportRoutes(r fiber.Router) {
	take := s.may(account.ExportData)
	r.Get("/khao-sat/:campaign/xuat", take, s.exportPage)
	r.Post("/khao-sat/:campaign/xuat", take, limitBody(MaxFormBody), s.exportStart)
	r.Get("/khao-sat/:campaign/xuat/:file", take, s.exportFile)
	r.Get("/quan-tri/xuat-du-lieu", s.may(account.ReadAudit), s.exportLog)
}

// exportPage shows the export of a campaign: how far it is, or its file.
func (s *Server) exportPage(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	job, err := s.store.ExportJob(c.UserContext(), campaign.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	p := view.Export{Page: s.page(c, vi.Text("export.title")), Campaign: campaign.Title, Back: "/khao-sat/" + campaign.ID, Small: survey.LeastCell}
	p.Styles = append(p.Styles, exportStyle)
	for _, f := range report.RawFormats() {
		p.Formats = append(p.Formats, option(f, vi.Text("export.as."+f), "xlsx"))
	}
	if err == nil {
		p.Job = s.exportState(&job)
	}
	counts, err := s.store.Counts(c.UserContext(), &campaign)
	if err != nil {
		return err
	}
	for _, u := range counts {
		p.Responses += u.All.N()
	}
	if p.Job.Runs {
		c.Set("Refresh", strconv.Itoa(exportRefresh))
	}
	return c.Render("export/campaign", p)
}

// exportState is a job as its page shows it.
func (s *Server) exportState(j *store.ExportJob) view.ExportJob {
	v := view.ExportJob{
		Format: vi.Text("export.as." + j.Format), Who: j.Who, Started: vi.DateTime(j.Started), Rows: j.Rows, Total: j.Total,
		Broken: j.Broken(s.now()), Failed: j.State == store.ExportFailed, Sum: j.Sum,
	}
	v.Runs = j.State == store.ExportRuns && !v.Broken
	if j.Total > 0 {
		v.Percent = int(j.Rows * 100 / j.Total)
	}
	if j.State == store.ExportDone {
		v.URL = "/khao-sat/" + j.Campaign + "/xuat/" + exportName(j)
		v.Ended, v.Until, v.Size = vi.DateTime(j.Ended), vi.DateTime(j.Until), fileSize(j.Size)
	}
	return v
}

// exportName is the name of a job's file.
func exportName(j *store.ExportJob) string { return "du-lieu-" + fileName(j.Campaign) + "." + j.Format }

// fileSize is a number of bytes in words.
func fileSize(n int64) string {
	const kilo = 1 << 10
	if n < kilo*kilo {
		return vi.Decimal(fmt.Sprintf("%.1f", float64(n)/kilo)) + " KB"
	}
	return vi.Decimal(fmt.Sprintf("%.1f", float64(n)/kilo/kilo)) + " MB"
}

// exportStart begins an export and leads to its progress.
func (s *Server) exportStart(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	format := c.FormValue("dang")
	if !slices.Contains(report.RawFormats(), format) {
		return fault.New(fault.Invalid, "export.format", cut(format, maxQuery))
	}
	user, _ := userOf(c)
	job, err := s.store.StartExport(c.UserContext(), campaign.ID, format, user.Login, 0)
	if err != nil {
		return err
	}
	go s.runExport(job)
	return c.Redirect("/khao-sat/"+campaign.ID+"/xuat", fiber.StatusSeeOther)
}

// exportFile sends the finished file, however long the line takes, and records
// who took it.
func (s *Server) exportFile(c *fiber.Ctx) error {
	job, err := s.store.ExportJob(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return err
	}
	if job.State != store.ExportDone || c.Params("file") != exportName(&job) || s.now().After(job.Until) {
		return fault.New(fault.NotFound, "export.none")
	}
	file, err := s.store.OpenFile(context.WithoutCancel(c.UserContext()), job.File)
	if err != nil {
		return err
	}
	if err := s.logOut(c, store.Export{What: "responses", Format: job.Format, Campaign: job.Campaign, Rows: job.Rows, Sum: job.Sum}); err != nil {
		file.Close()
		return err
	}
	c.Set(fiber.HeaderContentType, map[string]string{"xlsx": excelType, "csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}[job.Format])
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+exportName(&job)+`"`)
	return c.SendStream(&patient{file, c.Context().Conn()}, int(job.Size))
}

// patient puts the connection's deadline off with every read, so that a large
// file may go over a slow line and a dead one still ends.
type patient struct {
	io.ReadCloser
	conn net.Conn
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	_ = p.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	return p.ReadCloser.Read(b)
}
