package site

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// MaxInvites is how many invitations one order makes: the page that hands them
// out holds them all.
const MaxInvites = 20_000

// InvitePage is how many orders a page of the list has; each has a line for
// every unit and group.
const InvitePage = 10

// The ways to say how many invitations each unit and group gets.
const (
	inviteSame = "moi-o"    // the same number for each unit and group
	invitePlan = "chi-tieu" // as many as the plan still lacks
	inviteList = "tep"      // by a list
)

// inviteRoutes are the pages of one-use invitations and of the re-check of
// those that were used.
func (s *Server) inviteRoutes(r fiber.Router) {
	runs, small := s.may(account.EditPeriods), limitBody(MaxFormBody)
	r.Get("/khao-sat/:campaign/loi-moi", runs, s.invitations)
	r.Post("/khao-sat/:campaign/loi-moi", runs, s.invite)
	r.Get("/khao-sat/:campaign/loi-moi/mau.xlsx", runs, s.inviteTemplate)
	r.Post("/khao-sat/:campaign/loi-moi/tep", runs, s.inviteFile)
	r.Post("/khao-sat/:campaign/loi-moi/thu-hoi", runs, small, s.inviteRevoke)
	s.recheckRoutes(r)
}

// inviteInput is the form of an order.
type inviteInput struct {
	Order string `form:"lenh"`
	How   string `form:"cach"`
	Each  string `form:"so"`
	Note  string `form:"note"`
}

func (s *Server) invitations(c *fiber.Ctx) error {
	return s.showInvitations(c, inviteInput{How: inviteSame}, nil)
}

// showInvitations shows the form and the list; err is why an order was refused.
func (s *Server) showInvitations(c *fiber.Ctx, in inviteInput, err error) error {
	p, planErr := s.planOf(c, "campaign")
	if planErr != nil {
		return planErr
	}
	out := view.Invitations{Page: s.page(c, vi.Text("plan.invitations")), ID: p.campaign.ID, Heading: p.campaign.Title, Order: randomID(), Note: in.Note, Typed: in.Each,
		Open: s.now().Before(p.campaign.Closes) && p.campaign.Accepts(survey.Token), Planned: p.people.Cells() > 0, Groups: groupNames(p.groups), Most: MaxInvites}
	out.Flash = flash(c)
	for _, how := range []string{inviteSame, invitePlan, inviteList} {
		if how != invitePlan || out.Planned {
			out.How = append(out.How, view.Option{Value: how, Label: vi.Text("plan.how." + how), Chosen: how == in.How})
		}
	}
	orders, planErr := s.inviteOrders(c.UserContext(), &p)
	if planErr != nil {
		return planErr
	}
	pages := max(1, (len(orders)+InvitePage-1)/InvitePage)
	page := min(max(c.QueryInt("trang"), 1), pages)
	out.Orders = orders[(page-1)*InvitePage : min(page*InvitePage, len(orders))]
	out.Pages = pager(view.Listing{Path: "/khao-sat/" + p.campaign.ID + "/loi-moi"}, page, pages)
	if err != nil {
		f := asFault(err)
		field := "so"
		if in.How == inviteList {
			field = "tep"
		}
		out.Errors = []view.FieldError{{Field: field, Message: vi.Text(f.Key, f.Args...)}}
		if len(f.Problems) > 0 {
			out.Problems = located(err)
		}
		c.Status(statuses[f.Kind])
	}
	return c.Render("invite/list", out)
}

// inviteOrders groups the batches by the order that made them, newest first.
func (s *Server) inviteOrders(ctx context.Context, p *plan) ([]view.InviteOrder, error) {
	batches, err := s.store.TokenBatches(ctx, p.campaign.ID)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, u := range p.units {
		names[u.code] = u.name
	}
	at := map[string]int{}
	var orders []view.InviteOrder
	for _, b := range batches {
		key := orderOf(&b.TokenBatch)
		i, known := at[key]
		if !known {
			i = len(orders)
			at[key] = i
			orders = append(orders, view.InviteOrder{ID: key, Made: vi.DateTime(b.TokenBatch.Made), By: b.By, Note: b.Note, Revoked: true})
		}
		o := &orders[i]
		o.Units, o.Made0, o.Used, o.Voided = o.Units+1, o.Made0+b.TokenCounts.Made, o.Used+b.Used, o.Voided+b.TokenCounts.Revoked
		o.Revoked = o.Revoked && b.TokenBatch.Revoked
		o.Batches = append(o.Batches, view.InviteBatch{ID: b.ID, Unit: names[b.Unit], Group: vi.Text("group." + b.Group), Count: b.TokenCounts.Made, Used: b.Used, Voided: b.TokenCounts.Revoked, Revoked: b.TokenBatch.Revoked})
	}
	for i := range orders {
		orders[i].Left = orders[i].Made0 - orders[i].Used - orders[i].Voided
	}
	slices.Reverse(orders)
	return orders, nil
}

// orderOf is the order a batch belongs to: the batch itself when it was made
// alone.
func orderOf(b *store.TokenBatch) string {
	if b.Order == "" {
		return b.ID
	}
	return b.Order
}

// invite makes an order. The page that answers is the only one that ever holds
// the tokens; sending the form again does not make them again.
func (s *Server) invite(c *fiber.Ctx) error {
	var in inviteInput
	bind(c, &in)
	p, err := s.planOf(c, "campaign")
	if err != nil {
		return err
	}
	counts, err := s.inviteCounts(c, &p, &in)
	if err == nil {
		err = s.mayInvite(c.UserContext(), &p, &in)
	}
	if err != nil {
		if !refusable(err) {
			return err
		}
		return s.showInvitations(c, in, err)
	}
	out := view.InvitesMade{Page: s.page(c, vi.Text("plan.invitations")), ID: p.campaign.ID, Heading: p.campaign.Title}
	user, _ := userOf(c)
	names := unitNamesOf(p.units)
	var made []report.Invite
	for _, n := range counts {
		b := store.TokenBatch{Campaign: p.campaign.ID, Unit: n.Unit, Group: n.Group, Count: n.N, Note: in.Note, By: user.Login, Order: in.Order}
		b, plain, err := s.store.CreateTokens(c.UserContext(), b)
		if err != nil {
			return err
		}
		for i, token := range plain {
			made = append(made, report.Invite{Unit: n.Unit, Group: n.Group, Batch: report.BatchTail(b.ID), Number: i + 1, Token: token})
		}
		out.Rows = append(out.Rows, view.InviteMade{Unit: names[n.Unit], Group: vi.Text("group." + n.Group), Count: n.N})
	}
	out.Total, out.Data, out.Parts = len(made), tokenText(made), slipParts(len(made))
	if err := s.record(c, "campaigns/"+p.campaign.ID+"#invites-"+in.Order, audit.CampaignChange, "campaigns/"+p.campaign.ID, audit.Change{Field: "invitations", After: vi.Text("plan.invited", vi.Int(len(made)), vi.Int(len(counts)))}, perUnit(counts)); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Render("invite/made", out)
}

// mayInvite refuses an order that was made already, or of a campaign that takes
// no invitations any more.
func (s *Server) mayInvite(ctx context.Context, p *plan, in *inviteInput) error {
	switch {
	case !p.campaign.Accepts(survey.Token):
		return fault.New(fault.Conflict, "plan.noTokens")
	case !s.now().Before(p.campaign.Closes):
		return fault.New(fault.Conflict, "plan.ended", vi.DateTime(p.campaign.Closes))
	case len(in.Order) < 8 || len(in.Order) > 40:
		return fault.New(fault.Malformed, "site.malformed")
	case len([]rune(in.Note)) > store.MaxTokenNote:
		return fault.New(fault.Invalid, "plan.note", store.MaxTokenNote)
	}
	batches, err := s.store.TokenBatches(ctx, p.campaign.ID)
	for i := range batches {
		if batches[i].Order == in.Order {
			return fault.New(fault.Conflict, "plan.madeAlready")
		}
	}
	return err
}

// inviteCounts is how many invitations each unit and group gets.
func (s *Server) inviteCounts(c *fiber.Ctx, p *plan, in *inviteInput) ([]survey.Count, error) {
	var list []survey.Count
	switch in.How {
	case inviteList:
		name, data, err := upload(c, "tep", unit.MaxSize)
		if err != nil {
			return nil, err
		}
		if list, err = report.ReadCounts(name, data, p.rules(0, MaxInvites)); err != nil {
			return nil, err
		}
	case invitePlan:
		counts, err := s.store.Counts(c.UserContext(), &p.campaign)
		if err != nil {
			return nil, err
		}
		list = p.lacking(counts)
	case inviteSame:
		n, _, ok := readPopulation(in.Each)
		if !ok || n < 1 {
			return nil, fault.New(fault.Invalid, "plan.each", vi.Int(MaxInvites))
		}
		for _, u := range p.units {
			for _, g := range p.groups {
				list = append(list, survey.Count{Unit: u.code, Group: g, N: min(n, MaxInvites+1)})
			}
		}
	default:
		return nil, fault.New(fault.Malformed, "site.malformed")
	}
	list = slices.DeleteFunc(list, func(n survey.Count) bool { return n.N == 0 })
	total := 0
	for _, n := range list {
		total += n.N
	}
	switch {
	case total == 0:
		return nil, fault.New(fault.Invalid, "plan.noneToMake")
	case total > MaxInvites:
		return nil, fault.New(fault.Invalid, "plan.tooManyInvites", vi.Int(total), vi.Int(MaxInvites))
	}
	return list, nil
}

// lacking is what each unit and group still needs by the plan.
func (p *plan) lacking(counts map[string]*store.UnitCounts) []survey.Count {
	var list []survey.Count
	for _, u := range p.units {
		for _, g := range p.groups {
			need, known := p.campaign.Need(p.people, u.code, g)
			if n := counts[u.code]; n != nil {
				need -= int(n.Net().GroupN(g))
			}
			if known && need > 0 {
				list = append(list, survey.Count{Unit: u.code, Group: g, N: need})
			}
		}
	}
	return list
}

func unitNamesOf(list []namedUnit) map[string]string {
	names := make(map[string]string, len(list))
	for _, u := range list {
		names[u.code] = u.name
	}
	return names
}

// inviteRevoke makes the unused invitations of an order, or of one batch of it,
// worthless.
func (s *Server) inviteRevoke(c *fiber.Ctx) error {
	campaign := c.Params("campaign")
	order, batch := c.FormValue("lenh"), c.FormValue("lo")
	list, err := s.store.TokenBatches(c.UserContext(), campaign)
	if err != nil {
		return err
	}
	revoked, found := 0, false
	var gone []survey.Count
	for i := range list {
		b := &list[i].TokenBatch
		if orderOf(b) != order || batch != "" && b.ID != batch {
			continue
		}
		found = true
		n, err := s.store.RevokeTokenBatch(c.UserContext(), b.ID)
		if err != nil {
			return err
		}
		revoked += n
		gone = append(gone, survey.Count{Unit: b.Unit, N: n})
	}
	if !found {
		return fault.New(fault.NotFound, "token.batch", order)
	}
	id := fmt.Sprintf("campaigns/%s#revoke-%s-%s", campaign, order, batch)
	if err := s.record(c, id, audit.CampaignChange, "campaigns/"+campaign, audit.Change{Field: "revoked", After: vi.Int(revoked)}, perUnit(gone)); err != nil {
		return err
	}
	return done(c, "/khao-sat/"+campaign+"/loi-moi", "revoked", revoked)
}

// perUnit tells the audit log how many invitations each unit has of an order:
// "07210: 40, 07211: 40"; never which ones.
func perUnit(counts []survey.Count) audit.Change {
	sums := map[string]int{}
	for _, n := range counts {
		sums[n.Unit] += n.N
	}
	var list []string
	for _, code := range slices.Sorted(maps.Keys(sums)) {
		list = append(list, code+": "+vi.Int(sums[code]))
	}
	return audit.Change{Field: "units", After: strings.Join(list, ", ")}
}

// tokenText carries new tokens from the page to the files: one a line.
func tokenText(list []report.Invite) string {
	var b strings.Builder
	for _, t := range list {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%d\t%s\n", t.Unit, t.Group, t.Batch, t.Number, t.Token)
	}
	return b.String()
}
