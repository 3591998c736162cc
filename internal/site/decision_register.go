package site

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// expiringDays is how long before its last day a recognition is said to expire
// soon, in days.
const expiringDays = 60

// The states of a recognition, as the filter of the register names them.
const (
	holds    = "con-hieu-luc"
	expiring = "sap-het-han"
	expired  = "het-han"
	revoked  = "da-thu-hoi"
)

// recognition is one entry of the register: a unit that was recognised, or one
// to which a recognition was carried over.
type recognition struct {
	unit   unit.Unit
	from   string // the name of the unit it was carried over from
	period *dossier.Period
	set    *rubric.Set
	source *dossier.Dossier
	paper  dossier.Decision
	state  string
}

// recognitions lists those of some periods, newest period first, then by
// decision.
func (s *Server) recognitions(ctx context.Context, periods []dossier.Period) ([]recognition, error) {
	list, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	units := unitNames(list)
	var all []recognition
	for i := range periods {
		p := &periods[i]
		if !p.Steps || p.State == dossier.Draft {
			continue
		}
		set, err := s.store.Set(ctx, p.SetID, p.SetVer)
		if err != nil {
			return nil, err
		}
		dossiers, err := s.store.Dossiers(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		for j := range dossiers {
			all = append(all, recognitionsOf(units, p, set, &dossiers[j], s.today())...)
		}
	}
	return all, nil
}

func recognitionsOf(units map[string]unit.Unit, p *dossier.Period, set *rubric.Set, d *dossier.Dossier, today string) []recognition {
	if d.Status != dossier.Recognised && d.Status != dossier.Revoked {
		return nil
	}
	at := func(code string) unit.Unit {
		if u, ok := units[code]; ok {
			return u
		}
		return unit.Unit{Code: code, Name: code}
	}
	x := recognition{unit: at(d.Unit), period: p, set: set, source: d, paper: d.Recognition.Decision, state: recognitionState(d, today)}
	list := []recognition{x}
	for _, y := range d.Recognition.Carried {
		x.from, x.unit, x.paper = at(d.Unit).Name, at(y.To), y.Decision
		list = append(list, x)
	}
	return list
}

func recognitionState(d *dossier.Dossier, today string) string {
	soon, err := time.Parse(time.DateOnly, today)
	switch until := d.Recognition.Until; {
	case d.Status == dossier.Revoked:
		return revoked
	case until != "" && until < today:
		return expired
	case until != "" && err == nil && until <= soon.AddDate(0, 0, expiringDays).Format(time.DateOnly):
		return expiring
	}
	return holds
}

func (x *recognition) tag() view.Tag {
	looks := map[string]string{holds: "good", expiring: "warn", expired: "off", revoked: "bad"}
	return view.Tag{Text: vi.Text("register." + strings.ReplaceAll(x.state, "-", "_")), Look: looks[x.state]}
}

// note says what became of a recognition, and where it came from.
func (x *recognition) note() string {
	r := &x.source.Recognition
	var parts []string
	if x.from != "" {
		parts = append(parts, vi.Text("register.from", x.from))
	}
	if x.state == revoked {
		parts = append(parts, vi.Text("register.revokedBy", r.Revoked.Number, dayText(r.Revoked.Day)))
	}
	return strings.Join(parts, "; ")
}

func registerText(x recognition) string {
	return x.unit.Name + " " + x.unit.Code + " " + x.paper.Number + " " + x.period.Title + " " + x.from
}

func registerColumns() []listColumn[recognition] {
	return []listColumn[recognition]{
		{key: "don-vi", label: vi.Text("word.unit"), compare: byText(func(x recognition) string { return x.unit.Name })},
		{key: "ky", label: vi.Text("word.period"), compare: by(func(x recognition) int { return -x.period.Year })},
		{key: "muc", label: vi.Text("decide.band"), compare: by(func(x recognition) int { return x.set.BandIndex(x.source.Recognition.Band) })},
		{key: "so", label: vi.Text("decide.paper"), compare: byText(func(x recognition) string { return x.paper.Number })},
		{key: "tu", label: vi.Text("register.since"), compare: by(func(x recognition) string { return x.paper.Day })},
		{key: "den", label: vi.Text("decide.validTo"), compare: by(func(x recognition) string { return x.source.Recognition.Until })},
		{label: vi.Text("register.state")},
	}
}

// registerOf is what a request asks of the register, before search and order.
func (a *admin) registerOf(c *fiber.Ctx) (rows []recognition, periods []dossier.Period, err error) {
	if periods, err = a.store.Periods(c.UserContext()); err != nil {
		return nil, nil, err
	}
	if rows, err = a.recognitions(c.UserContext(), periods); err != nil {
		return nil, nil, err
	}
	state, period := c.Query("tinh-trang"), c.Query("ky")
	return slices.DeleteFunc(rows, func(x recognition) bool {
		return state != "" && x.state != state || period != "" && x.period.ID != period
	}), periods, nil
}

func (a *admin) register(c *fiber.Ctx) error {
	rows, periods, err := a.registerOf(c)
	if err != nil {
		return err
	}
	state, period := c.Query("tinh-trang"), c.Query("ky")
	p := view.Register{Admin: a.page(c, vi.Text("register.title")), Excel: "/quan-tri/cong-nhan.xlsx?" + string(c.Request().URI().QueryString())}
	p.Wide, p.Styles = true, append(p.Styles, teamStyle)
	p.States = []view.Option{option("", vi.Text("register.any"), state)}
	for _, s := range []string{holds, expiring, expired, revoked} {
		p.States = append(p.States, option(s, vi.Text("register."+strings.ReplaceAll(s, "-", "_")), state))
	}
	p.Periods = []view.Option{option("", vi.Text("register.anyPeriod"), period)}
	for _, x := range periods {
		if x.Steps && x.State != dossier.Draft {
			p.Periods = append(p.Periods, option(x.ID, x.Title, period))
		}
	}
	shown, list := listOf(c, rows, registerText, registerColumns(), view.Pair{Name: "tinh-trang", Value: state}, view.Pair{Name: "ky", Value: period})
	p.List = list
	for _, x := range shown {
		p.Rows = append(p.Rows, view.RegisterRow{
			Name: x.unit.Name, Period: x.period.Title, Band: bandTitle(x.set, x.source.Recognition.Band), Number: x.paper.Number, Day: dayText(x.paper.Day),
			Until: dayText(x.source.Recognition.Until), Note: x.note(), State: x.tag(), URL: decisionsURL(x.period.ID) + "/" + x.source.Unit,
		})
	}
	return c.Render("decision/register", p)
}

// registerExcel is the register as it is shown, all pages.
func (a *admin) registerExcel(c *fiber.Ctx) error {
	rows, _, err := a.registerOf(c)
	if err != nil {
		return err
	}
	rows = searched(rows, cut(vi.Clean(c.Query("q")), maxQuery), registerText)
	sortRows(rows, c.Query("sap"), registerColumns())
	settings, _, err := a.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	book := xlsx.RegisterBook{Head: xlsx.Head{
		Superior: settings.Parent, Agency: settings.Agency, Number: settings.Symbol, Place: settings.Place, Date: a.now(), SignedFor: settings.SignTitle, SignerName: settings.Signer, Recipients: settings.Recipients,
	}}
	for _, x := range rows {
		book.Rows = append(book.Rows, xlsx.RegisterRow{
			Unit: x.unit.Name, Period: x.period.Title, Band: bandTitle(x.set, x.source.Recognition.Band), Number: x.paper.Number, Day: dayText(x.paper.Day),
			Until: dayText(x.source.Recognition.Until), State: x.tag().Text, Note: x.note(),
		})
	}
	var b bytes.Buffer
	if err := xlsx.Register(&b, book); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, excelType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="cong-nhan.xlsx"`)
	return c.Send(b.Bytes())
}
