package site

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// recusedUser is the appraiser that a request names: NotFound for an account
// that appraises nothing.
func (a *admin) recusedUser(c *fiber.Ctx) (account.User, error) {
	u, err := a.store.User(c.UserContext(), c.Params("login"))
	if err == nil && !u.Role.May(account.MarkStage) {
		err = fault.New(fault.NotFound, "team.notAppraiser", u.Login)
	}
	return u, err
}

// recusedPage shows the units whose dossiers an appraiser keeps out of, and a
// search for more.
func (a *admin) recusedPage(c *fiber.Ctx) error {
	u, err := a.recusedUser(c)
	if err != nil {
		return err
	}
	all, err := a.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	names := unitNames(all)
	p := view.Recusals{Admin: a.page(c, vi.Text("team.recusals", u.Name)), Login: u.Login, Name: u.Name}
	p.Styles = append(p.Styles, teamStyle)
	for _, code := range u.Recused {
		p.Recused = append(p.Recused, view.Option{Value: code, Label: strings.TrimSpace(names[code].Name)})
	}
	if p.Assigned, err = a.assignedRecused(c.UserContext(), u, names); err != nil {
		return err
	}
	free := slices.DeleteFunc(unit.AtLevel(all, unit.Commune, unit.Agency, unit.District), func(x unit.Unit) bool { return slices.Contains(u.Recused, x.Code) })
	rows, listing := listOf(c, free, func(x unit.Unit) string { return x.Code + " " + x.Name + " " + names[x.Parent].Name }, []listColumn[unit.Unit]{
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(x unit.Unit) string { return x.Name })},
		{key: "cap-tren", label: vi.Text("word.scope"), compare: byText(func(x unit.Unit) string { return names[x.Parent].Name })},
	})
	p.List = listing
	for _, x := range rows {
		p.Rows = append(p.Rows, view.UnitRow{Code: x.Code, Name: x.Name, Parent: names[x.Parent].Name})
	}
	return c.Render("admin/user_recused", p)
}

// assignedRecused names the dossiers of open periods that an appraiser is a
// member of and must keep out of.
func (a *admin) assignedRecused(ctx context.Context, u account.User, names map[string]unit.Unit) ([]view.Link, error) {
	periods, err := a.store.Periods(ctx)
	if err != nil || len(u.Recused) == 0 {
		return nil, err
	}
	var list []view.Link
	for i := range periods {
		p := &periods[i]
		if p.State != dossier.Open || !p.Steps {
			continue
		}
		for _, code := range u.Recused {
			d, err := a.store.Dossier(ctx, p.ID, code)
			if fault.Is(err, fault.NotFound) {
				continue
			} else if err != nil {
				return nil, err
			}
			for _, s := range p.Stages[1:] {
				if d.MemberOf(s.Code, u.Login) && !d.Concluded(s.Code) {
					list = append(list, view.Link{Label: vi.Text("team.assignedAt", names[code].Name, s.Title, p.Title), URL: teamURL(p.ID) + "/" + code + "?cap=" + s.Code})
				}
			}
		}
	}
	return list, nil
}

// recusedSave adds chosen units to those an appraiser keeps out of, or takes
// them away.
func (a *admin) recusedSave(c *fiber.Ctx) error {
	u, err := a.recusedUser(c)
	if err != nil {
		return err
	}
	to, was := "/quan-tri/tai-khoan/"+u.Login+"/tranh", strings.Join(u.Recused, ", ")
	add := c.FormValue("viec") != "bo"
	for _, code := range formValues(c, "dv") {
		if _, err := a.store.Unit(c.UserContext(), code); err != nil && add {
			return err
		}
		u.Recused = slices.DeleteFunc(slices.Clone(u.Recused), func(x string) bool { return x == code })
		if add {
			u.Recused = append(u.Recused, code)
		}
	}
	slices.Sort(u.Recused)
	if now := strings.Join(u.Recused, ", "); now != was {
		if err := a.store.PutUser(c.UserContext(), u); err != nil {
			return err
		}
		if err := a.record(c, "", audit.UserChanged, "users/"+u.Login, audit.Change{Field: "recused", Before: was, After: now}); err != nil {
			return err
		}
	}
	return done(c, to, "recused", len(u.Recused))
}
