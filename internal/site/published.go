package site

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// receiptsPage is how many hashes a page of a published list shows.
const receiptsPage = 200

// publishedRoutes adds the published lists of receipts.
func (s *Server) publishedRoutes(r fiber.Router) {
	r.Get("/ket-qua/bien-nhan/:campaign.txt", s.publishedText)
	r.Get("/ket-qua/bien-nhan/:campaign", s.publishedPage)
}

// findPublished returns a campaign and its list.
func (s *Server) findPublished(c *fiber.Ctx) (survey.Campaign, store.Published, error) {
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return campaign, store.Published{}, err
	}
	list, err := s.store.PublishedReceipts(c.UserContext(), &campaign)
	if fault.Is(err, fault.Gone) {
		err = fault.New(fault.Gone, "export.receiptsOpen", vi.DateTime(campaign.Closes))
	}
	return campaign, list, err
}

// publishedPage shows a list a page at a time, and how many there are of each
// unit. "bam" asks for the page on which a hash stands.
func (s *Server) publishedPage(c *fiber.Ctx) error {
	campaign, list, err := s.findPublished(c)
	if err != nil {
		return err
	}
	base, err := s.publicPage(c, vi.Text("export.receipts"))
	if err != nil {
		return err
	}
	base.Styles = append(base.Styles, exportStyle)
	path := "/ket-qua/bien-nhan/" + campaign.ID
	p := view.Published{Page: base, Campaign: campaign.Title, Closed: vi.DateTime(campaign.Closes), Total: list.Total, Sum: list.File, Text: path + ".txt", Path: path, Sought: firstRunes(vi.Clean(c.Query("bam")), 2*receiptsPage)}
	number := c.QueryInt("trang", 1)
	if p.Sought != "" {
		place, err := s.store.ReceiptPlace(c.UserContext(), &list, p.Sought)
		if err != nil {
			return err
		}
		p.Missing = place < 0
		number = max(int(place), 0)/receiptsPage + 1
	}
	pages := max(int((list.Total+receiptsPage-1)/receiptsPage), 1)
	number = min(max(number, 1), pages)
	p.First = int64(number-1)*receiptsPage + 1
	if p.Hashes, err = s.store.ReceiptPage(c.UserContext(), &list, p.First-1, receiptsPage); err != nil {
		return err
	}
	p.Pager = publishedPager(path, number, pages)
	if p.Units, p.Hidden, err = s.publishedUnits(c.UserContext(), &list); err != nil {
		return err
	}
	return c.Render("public/published", p)
}

func publishedPager(path string, number, pages int) view.HomePager {
	p := view.HomePager{Number: number, Pages: pages}
	at := func(n int) string { return path + "?" + url.Values{"trang": {strconv.Itoa(n)}}.Encode() }
	if number > 1 {
		p.Before = at(number - 1)
	}
	if number < pages {
		p.After = at(number + 1)
	}
	return p
}

// publishedUnits are the units whose count may be shown beside the total, and
// how many others there are.
func (s *Server) publishedUnits(ctx context.Context, list *store.Published) (rows []view.UnitTotal, hidden int, err error) {
	units, err := s.store.Units(ctx)
	if err != nil {
		return nil, 0, err
	}
	names, counts := unitNames(units), make([]int64, len(list.Units))
	for i, u := range list.Units {
		counts[i] = u.N
	}
	small := survey.HiddenCounts(counts)
	for i, u := range list.Units {
		if small[i] {
			continue
		}
		name := names[u.Unit].Name
		if name == "" {
			name = u.Unit
		}
		rows = append(rows, view.UnitTotal{Name: name, N: u.N})
	}
	compare := byText(func(u view.UnitTotal) string { return u.Name })
	slices.SortStableFunc(rows, compare)
	return rows, len(small), nil
}

// publishedText sends the whole list, one hash a line.
func (s *Server) publishedText(c *fiber.Ctx) error {
	campaign, list, err := s.findPublished(c)
	if err != nil {
		return err
	}
	file, err := s.store.OpenFile(context.WithoutCancel(c.UserContext()), list.File)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="bien-nhan-`+fileName(campaign.ID)+`.txt"`)
	c.Set(fiber.HeaderETag, `"`+list.File+`"`)
	return c.SendStream(&patient{file, c.Context().Conn()}, int(list.Total)*store.ReceiptLine)
}

// maxPublishedLinks is how many lists the public pages name, the newest first.
const maxPublishedLinks = 20

// publishedLinks leads to the lists of the campaigns that closed last.
func (s *Server) publishedLinks(ctx context.Context) ([]view.Link, error) {
	campaigns, err := s.store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	campaigns = slices.DeleteFunc(campaigns, func(c survey.Campaign) bool { return now.Before(c.Closes) })
	slices.SortStableFunc(campaigns, func(a, b survey.Campaign) int { return b.Closes.Compare(a.Closes) })
	var links []view.Link
	for _, c := range campaigns[:min(len(campaigns), maxPublishedLinks)] {
		links = append(links, view.Link{Label: c.Title, URL: "/ket-qua/bien-nhan/" + c.ID})
	}
	return links, nil
}

// publishedPlace leads to a hash in its campaign's list; "" until there is one.
func (s *Server) publishedPlace(ctx context.Context, campaign, hash string) string {
	c, err := s.store.Campaign(ctx, campaign)
	if err != nil {
		return ""
	}
	if _, err := s.store.PublishedReceipts(ctx, &c); err != nil {
		return ""
	}
	return "/ket-qua/bien-nhan/" + campaign + "?bam=" + hash
}
