package site

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const (
	noticePath     = "/thong-bao"
	noticeMailPath = "/quan-tri/thu-dien-tu"
	// maxNoticeForm is the largest form of these pages, in bytes.
	maxNoticeForm = 64 << 10
	// noticeUnread and noticeRead are the filters of the list.
	noticeUnread, noticeRead = "chua-doc", "da-doc"
)

// noticeRoutes are everybody's own notices, and the letters that were not sent.
func (s *Server) noticeRoutes(r fiber.Router) {
	small := limitBody(maxNoticeForm)
	r.Get(noticePath, s.anybody, s.noticeList)
	r.Post(noticePath+"/tat-ca", s.anybody, small, s.noticeReadAll)
	r.Get(noticePath+"/:id", s.anybody, s.noticeOpen)
	r.Post(noticePath+"/:id", s.anybody, small, s.noticeMark)
	users := s.may(account.SeeUsers)
	r.Get(noticeMailPath, users, s.noticeMail)
	r.Post(noticeMailPath, users, small, s.noticeMailRetry)
}

// anybody lets everybody through who is signed in.
func (s *Server) anybody(c *fiber.Ctx) error {
	if _, ok := userOf(c); !ok {
		return fault.New(fault.Unauthenticated, "site.signIn")
	}
	return c.Next()
}

// noticeList shows the visitor's notices, those not read first.
func (s *Server) noticeList(c *fiber.Ctx) error {
	u, _ := userOf(c)
	list, err := s.store.Notices(c.UserContext(), u.Login)
	if err != nil {
		return err
	}
	s.bell.forget(u.Login)
	p := view.Notices{Page: s.page(c, vi.Text("notice.titlePage")), Email: u.Email, Mail: s.mailer != nil}
	p.Flash, p.Styles, p.Fresh = flash(c), []string{"notice.css"}, p.Bell
	if len(list) > 0 {
		p.Seen = list[0].At.Format(time.RFC3339Nano)
	}
	state := c.Query("tt")
	p.Filter = []view.Option{option("", vi.Text("notice.all"), state), option(noticeUnread, vi.Text("notice.unread"), state), option(noticeRead, vi.Text("notice.read"), state)}
	list = slices.DeleteFunc(list, func(n store.Notice) bool {
		return state == noticeUnread && !n.Unread || state == noticeRead && n.Unread
	})
	newest := func(a, b store.Notice) int { return b.At.Compare(a.At) }
	rows, listing := listOf(c, list, func(n store.Notice) string { return noticeTitle(n.Kind) + " " + noticeText(&n) }, []listColumn[store.Notice]{
		{key: "moi", label: vi.Text("notice.what"), compare: func(a, b store.Notice) int {
			if a.Unread != b.Unread {
				return map[bool]int{true: -1, false: 1}[a.Unread]
			}
			return newest(a, b)
		}},
		{key: "luc", label: vi.Text("notice.when"), compare: newest},
		{label: vi.Text("word.actions")},
	}, view.Pair{Name: "tt", Value: state})
	p.List = listing
	for i := range rows {
		p.Rows = append(p.Rows, noticeRow(&rows[i]))
	}
	return c.Render("notice/list", p)
}

func noticeRow(n *store.Notice) view.NoticeRow {
	row := view.NoticeRow{ID: n.ID, Title: noticeTitle(n.Kind), Text: noticeText(n), When: vi.DateTime(n.At), Unread: n.Unread}
	if ownPath(n.URL) {
		row.URL = noticePath + "/" + n.ID
	}
	return row
}

// ownPath reports whether a stored address is a path of this site.
func ownPath(url string) bool {
	return strings.HasPrefix(url, "/") && !strings.HasPrefix(url, "//") && !strings.ContainsAny(url, "\\\r\n")
}

// noticeOpen leads to what a notice is about. To open it is to read it, as with
// a letter; nothing else changes.
func (s *Server) noticeOpen(c *fiber.Ctx) error {
	u, _ := userOf(c)
	n, err := s.store.ReadNotice(c.UserContext(), u.Login, c.Params("id"), true)
	if err != nil {
		return err
	}
	s.bell.forget(u.Login)
	if !ownPath(n.URL) {
		return c.Redirect(noticePath, fiber.StatusSeeOther)
	}
	return c.Redirect(n.URL, fiber.StatusSeeOther)
}

// noticeMark marks one notice as read, or as unread.
func (s *Server) noticeMark(c *fiber.Ctx) error {
	u, _ := userOf(c)
	if _, err := s.store.ReadNotice(c.UserContext(), u.Login, c.Params("id"), c.FormValue("viec") != noticeUnread); err != nil {
		return err
	}
	s.bell.forget(u.Login)
	return c.Redirect(backTo(c, noticePath), fiber.StatusSeeOther)
}

// backTo is the list that a form of its rows came from, with its query.
func backTo(c *fiber.Ctx, path string) string {
	if q := c.FormValue("ve"); strings.HasPrefix(q, path+"?") && ownPath(q) {
		return q
	}
	return path
}

// noticeReadAll marks what the page showed as read; what came since stays.
func (s *Server) noticeReadAll(c *fiber.Ctx) error {
	u, _ := userOf(c)
	upTo, err := time.Parse(time.RFC3339Nano, c.FormValue("den"))
	if err != nil {
		return fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	n, err := s.store.ReadAll(c.UserContext(), u.Login, upTo)
	if err != nil {
		return err
	}
	s.bell.forget(u.Login)
	return done(c, noticePath, "noticesRead", n)
}

// noticeMail shows the administrator the letters that were not sent, and why.
func (s *Server) noticeMail(c *fiber.Ctx) error {
	list, err := s.store.UnsentMail(c.UserContext())
	if err != nil {
		return err
	}
	users, err := s.store.Users(c.UserContext())
	if err != nil {
		return err
	}
	people := map[string]account.User{}
	for _, u := range users {
		people[u.Login] = u
	}
	p := view.NoticeMail{Admin: (&admin{Server: s}).page(c, vi.Text("notice.mailTitle")), Set: s.mailer != nil}
	p.Styles = []string{"notice.css"}
	rows, listing := listOf(c, list, func(n store.Notice) string {
		return n.To + " " + people[n.To].Name + " " + people[n.To].Email + " " + noticeText(&n) + " " + n.Reason
	}, []listColumn[store.Notice]{
		{key: "luc", label: vi.Text("notice.when"), compare: func(a, b store.Notice) int { return b.At.Compare(a.At) }},
		{key: "nguoi", label: vi.Text("notice.to"), compare: byText(func(n store.Notice) string { return people[n.To].Name })},
		{label: vi.Text("notice.what")}, {label: vi.Text("notice.reason")},
		{key: "lan", label: vi.Text("notice.tries"), number: true, compare: by(func(n store.Notice) int { return n.Tries })},
		{label: vi.Text("word.actions")},
	})
	p.List = listing
	for i := range rows {
		p.Rows = append(p.Rows, mailRow(&rows[i], people[rows[i].To]))
	}
	return c.Render("notice/mail", p)
}

func mailRow(n *store.Notice, u account.User) view.NoticeMailRow {
	row := view.NoticeMailRow{ID: n.ID, Login: n.To, Name: u.Name, Email: u.Email, Title: noticeTitle(n.Kind), When: vi.DateTime(n.At), Reason: n.Reason, Tries: n.Tries, GivenUp: n.Mail == store.MailFailed}
	row.State = view.Tag{Text: vi.Text("notice.mailAgain", vi.DateTime(n.Due)), Look: "warn"}
	if row.GivenUp {
		row.State = view.Tag{Text: vi.Text("notice.mailGivenUp"), Look: "bad"}
	}
	return row
}

// noticeMailRetry sends one letter, or all that were given up, again.
func (s *Server) noticeMailRetry(c *fiber.Ctx) error {
	ids := []string{c.FormValue("thu")}
	if ids[0] == "" {
		ids = nil
		list, err := s.store.UnsentMail(c.UserContext())
		if err != nil {
			return err
		}
		for _, n := range list {
			if n.Mail == store.MailFailed {
				ids = append(ids, n.ID)
			}
		}
	}
	for _, id := range ids {
		if err := s.store.RetryMail(c.UserContext(), id); err != nil {
			return err
		}
	}
	return done(c, noticeMailPath, "mailRetry", len(ids))
}
