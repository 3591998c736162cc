package site

import (
	"crypto/rand"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// users lists the accounts.
func (a *admin) users(c *fiber.Ctx) error {
	list, err := a.store.Users(c.UserContext())
	if err != nil {
		return err
	}
	units, err := a.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	names, me := unitNames(units), ""
	if u, ok := userOf(c); ok {
		me = u.Login
	}
	role := func(u account.User) string { return vi.Text("role." + string(u.Role)) }
	p := view.Users{Admin: a.page(c, vi.Text("word.account"))}
	rows, listing := listOf(c, list, func(u account.User) string {
		return u.Login + " " + u.Name + " " + u.Email + " " + role(u) + " " + names[u.Unit].Name
	}, []listColumn[account.User]{
		{key: "ten", label: vi.Text("word.login"), compare: by(func(u account.User) string { return u.Login })},
		{key: "ho-ten", label: vi.Text("word.fullName"), compare: byText(func(u account.User) string { return u.Name })},
		{key: "vai-tro", label: vi.Text("word.role"), compare: byText(role)},
		{key: "don-vi", label: vi.Text("word.unit"), compare: byText(func(u account.User) string { return names[u.Unit].Name })},
		{label: vi.Text("word.actions")},
	})
	p.List = listing
	for _, u := range rows {
		p.Rows = append(p.Rows, view.UserRow{Login: u.Login, Name: u.Name, Role: role(u), Unit: names[u.Unit].Name, Created: vi.Date(u.Created), Disabled: u.Disabled, Self: u.Login == me, Appraiser: u.Role.May(account.MarkStage), Recused: len(u.Recused), Email: u.Email})
	}
	return c.Render("admin/users", p)
}

// userInput is the form of a new account.
type userInput struct {
	Login string `form:"login" label:"word.login" validate:"required,max=40"`
	Name  string `form:"name" label:"word.fullName" validate:"required,max=120"`
	Role  string `form:"role" label:"word.role" validate:"required,oneof=admin manager appraiser commune leader surveyor"`
	Unit  string `form:"unit" label:"word.unit" validate:"max=64"`
	Email string `form:"email" label:"word.email" validate:"max=254"`
}

func (a *admin) userNewPage(c *fiber.Ctx) error {
	return a.showUserNew(c, userInput{Role: string(account.Commune)}, nil)
}

func (a *admin) showUserNew(c *fiber.Ctx, in userInput, errs []view.FieldError) error {
	units, err := a.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	p := view.UserNew{Admin: a.page(c, vi.Text("title.userNew")), Login: in.Login, Name: in.Name, Unit: in.Unit, Email: in.Email}
	p.Errors = errs
	for _, r := range account.Roles() {
		p.Roles = append(p.Roles, option(string(r), vi.Text("role."+string(r)), in.Role))
	}
	for _, u := range unit.AtLevel(units, unit.Commune, unit.Agency, unit.District) {
		p.Units = append(p.Units, option(u.Code, u.Name+" ("+u.Code+")", in.Unit))
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("admin/user_new", p)
}

// userNew creates an account with a password that is shown once.
func (a *admin) userNew(c *fiber.Ctx) error {
	var in userInput
	bind(c, &in)
	in.Login = strings.ToLower(in.Login)
	u := account.User{Login: in.Login, Name: in.Name, Role: account.Role(in.Role), Unit: in.Unit, Email: in.Email, Created: a.now()}
	errs := a.forms.all(&in, u.Check())
	if in.Unit != "" && len(errs) == 0 {
		if _, err := a.store.Unit(c.UserContext(), in.Unit); fault.Is(err, fault.NotFound) {
			errs = append(errs, view.FieldError{Field: "unit", Message: vi.Error(err)})
		} else if err != nil {
			return err
		}
	}
	if len(errs) > 0 {
		return a.showUserNew(c, in, errs)
	}
	secret := newSecret()
	u.Password = account.HashPassword(secret)
	err := a.store.PutUser(c.UserContext(), u)
	if fault.Is(err, fault.Conflict) {
		return a.showUserNew(c, in, []view.FieldError{{Field: "login", Message: vi.Error(err)}})
	} else if err != nil {
		return err
	}
	if err := a.record(c, "", audit.UserCreated, "users/"+u.Login, audit.Change{Field: "role", After: string(u.Role)}); err != nil {
		return err
	}
	return a.showSecret(c, u, secret)
}

func (a *admin) showSecret(c *fiber.Ctx, u account.User, secret string) error {
	return c.Render("admin/user_secret", view.UserSecret{Admin: a.page(c, vi.Text("title.secret", u.Login)), Login: u.Login, Name: u.Name, Secret: secret})
}

// userChange disables or enables an account or gives it a new password; each
// but enabling ends the sessions of the user.
func (a *admin) userChange(c *fiber.Ctx) error {
	me, _ := userOf(c)
	u, err := a.store.User(c.UserContext(), c.Params("login"))
	if err != nil {
		return err
	}
	secret, was := "", userState(u)
	switch what := c.FormValue("viec"); {
	case u.Login == me.Login:
		return fault.New(fault.Conflict, "admin.ownAccount")
	case what == "khoa":
		u.Disabled = true
	case what == "mo":
		u.Disabled = false
	case what == "mat-khau":
		secret = newSecret()
		u.Password = account.HashPassword(secret)
	default:
		return fault.New(fault.Malformed, "site.malformed")
	}
	if secret == "" && userState(u) == was {
		return done(c, "/quan-tri/tai-khoan", "user")
	}
	if err := a.saveUser(c, u, secret != "", was); err != nil {
		return err
	}
	if secret != "" {
		return a.showSecret(c, u, secret)
	}
	return done(c, "/quan-tri/tai-khoan", "user")
}

// userEmail sets where a user's notices go besides the program; "" is nowhere.
func (a *admin) userEmail(c *fiber.Ctx) error {
	u, err := a.store.User(c.UserContext(), c.Params("login"))
	if err != nil {
		return err
	}
	was := u.Email
	u.Email = vi.Clean(c.FormValue("email"))
	if err := fault.List("account.invalid", account.CheckEmail(u.Email)); err != nil {
		return err
	}
	if u.Email != was {
		if err := a.store.PutUser(c.UserContext(), u); err != nil {
			return err
		}
		if err := a.record(c, "", audit.UserChanged, "users/"+u.Login, audit.Change{Field: "email", Before: was, After: u.Email}); err != nil {
			return err
		}
	}
	return done(c, "/quan-tri/tai-khoan", "email")
}

func (a *admin) saveUser(c *fiber.Ctx, u account.User, password bool, was string) error {
	if err := a.store.PutUser(c.UserContext(), u); err != nil {
		return err
	}
	if u.Disabled || password {
		if err := a.store.EndSessions(c.UserContext(), u.Login); err != nil {
			return err
		}
	}
	if password { // the new one must work at once
		if err := a.store.ForgetSignIns(c.UserContext(), u.Login); err != nil {
			return err
		}
	}
	change := audit.Change{Field: "state", Before: was, After: userState(u)}
	if password {
		change = audit.Change{Field: "password", After: vi.Text("admin.user.new")}
	}
	return a.record(c, "", audit.UserChanged, "users/"+u.Login, change)
}

func userState(u account.User) string {
	if u.Disabled {
		return vi.Text("admin.user.disabled")
	}
	return vi.Text("admin.user.enabled")
}

// secretAlphabet has no letters and digits that look alike; with secretGroups
// of secretGroup of them a password has 78 bits.
const (
	secretAlphabet = "abcdefghjkmnpqrstuvwxyz23456789"
	secretGroups   = 4
	secretGroup    = 4
)

// newSecret returns a random password that can be read out and typed.
func newSecret() string {
	const most = 256 / len(secretAlphabet) * len(secretAlphabet) // so that every letter is as likely
	var b strings.Builder
	for n := 0; n < secretGroups*secretGroup; {
		var random [1]byte
		_, _ = rand.Read(random[:]) // never fails (crypto/rand)
		if int(random[0]) >= most {
			continue
		}
		if n > 0 && n%secretGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(secretAlphabet[int(random[0])%len(secretAlphabet)])
		n++
	}
	return b.String()
}

// settingsInput is the form of what the province says of itself.
type settingsInput struct {
	Province   string `form:"province" label:"word.provinceName" validate:"required,max=120"`
	Parent     string `form:"parent" label:"word.parentAgency" validate:"max=200"`
	Agency     string `form:"agency" label:"word.agency" validate:"required,max=200"`
	Place      string `form:"place" label:"word.place" validate:"required,max=60"`
	Symbol     string `form:"symbol" label:"word.symbol" validate:"max=60"`
	SignTitle  string `form:"sign_title" label:"word.signTitle" validate:"max=500"`
	Signer     string `form:"signer" label:"word.signer" validate:"max=120"`
	Recipients string `form:"recipients" label:"word.recipients" validate:"max=2000"`
	Phone      string `form:"phone" label:"word.surveyPhone" validate:"max=60"`
}

func (a *admin) settingsPage(c *fiber.Ctx) error {
	v, version, err := a.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	in := settingsInput{v.Province, v.Parent, v.Agency, v.Place, v.Symbol, strings.Join(v.SignTitle, "\n"), v.Signer, strings.Join(v.Recipients, "\n"), v.Phone}
	return a.showSettings(c, in, version, nil)
}

func (a *admin) showSettings(c *fiber.Ctx, in settingsInput, version int64, errs []view.FieldError) error {
	p := view.Settings{Admin: a.page(c, vi.Text("title.settings")), Version: version, Province: in.Province, Parent: in.Parent, Agency: in.Agency,
		Place: in.Place, Symbol: in.Symbol, Signer: in.Signer, SignTitle: in.SignTitle, Recipients: in.Recipients, Phone: in.Phone}
	p.Errors = errs
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("admin/settings", p)
}

func (a *admin) settings(c *fiber.Ctx) error {
	old, version, err := a.store.Settings(c.UserContext())
	if err != nil {
		return err
	}
	var in settingsInput
	bind(c, &in)
	if errs := a.forms.errors(&in); len(errs) > 0 {
		return a.showSettings(c, in, version, errs)
	}
	now := store.Settings{Province: in.Province, Parent: in.Parent, Agency: in.Agency, Place: in.Place, Symbol: in.Symbol,
		SignTitle: textLines(in.SignTitle), Signer: in.Signer, Recipients: textLines(in.Recipients), Phone: in.Phone, Demo: old.Demo}
	if err := checkVersion(c, version); err != nil {
		return a.showSettings(c, in, version, []view.FieldError{{Message: vi.Error(err)}})
	}
	if err := a.store.PutSettings(c.UserContext(), now, version); err != nil {
		return err
	}
	return done(c, "/quan-tri/tinh", "settings")
}

// textLines returns the lines of a text that are not blank.
func textLines(s string) []string {
	var list []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}
