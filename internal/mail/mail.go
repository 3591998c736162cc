// Package mail hands plain-text messages to the province's SMTP server. It is
// the only place that knows the library behind it.
package mail

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"thanthien/internal/fault"
)

// How a connection is secured.
const (
	StartTLS = "starttls" // begins plain and must turn to TLS
	TLS      = "tls"      // TLS from the first byte
	Plain    = "none"     // for a server on the same machine or network
)

// Timeout bounds everything about one message: connecting, signing in, sending.
const Timeout = 30 * time.Second

// MaxSubject is the length of the longest subject, in characters.
const MaxSubject = 200

// Options name the server. User "" sends without signing in.
type Options struct {
	Host, Port     string
	Security       string // StartTLS, TLS or Plain
	User, Password string
	From           string // address of the sender
	Name           string // of the sender, "" for none
}

// Sender sends through one server. It may be used by several at once; each
// message has a connection of its own.
type Sender struct {
	o       Options
	options []gomail.Option
}

// New returns a sender. Nothing is dialled; a wrong option is an error.
func New(o Options) (*Sender, error) {
	port, err := strconv.Atoi(o.Port)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "mail.port", o.Port)
	}
	s := &Sender{o: o, options: []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(Timeout)}}
	switch o.Security {
	case TLS:
		s.options = append(s.options, gomail.WithSSL())
	case Plain:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if o.User != "" {
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	if _, err := s.client(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Sender) client() (*gomail.Client, error) {
	c, err := gomail.NewClient(s.o.Host, s.options...)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "mail.server", s.o.Host)
	}
	return c, nil
}

// Send hands one message over. id becomes its Message-ID: the same id sent
// twice can be recognised as one message. A fault of kind Invalid means that
// trying again is useless (a wrong address, a refusal for good); any other that
// it may help. The server's words are the cause.
func (s *Sender) Send(ctx context.Context, id, to, subject, text string) error {
	m, err := s.message(id, to, subject, text)
	if err != nil {
		return err
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	err = c.DialAndSendWithContext(ctx, m)
	if m.IsDelivered() { // the server has it, whatever became of the connection
		return nil
	}
	return classify(err)
}

// message builds the message. Line breaks in anything that becomes a header
// are taken out, so that no text can add a header or a recipient.
func (s *Sender) message(id, to, subject, text string) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(line(s.o.Name), s.o.From); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "mail.from", s.o.From)
	}
	if err := m.To(to); err != nil || strings.ContainsAny(to, "\r\n,<>") {
		return nil, fault.Wrap(err, fault.Invalid, "mail.to", to)
	}
	m.Subject(cut(line(subject), MaxSubject))
	m.SetMessageIDWithValue(line(id) + "@" + s.domain())
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetDate()
	m.SetBodyString(gomail.TypeTextPlain, text)
	return m, nil
}

// domain is what stands behind the @ of the sender.
func (s *Sender) domain() string {
	if i := strings.LastIndexByte(s.o.From, '@'); i >= 0 {
		return line(s.o.From[i+1:])
	}
	return s.o.Host
}

// line folds every run of white space and control characters into one space.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }), " ")
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// classify tells a refusal for good from what may pass.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 {
		return fault.Wrap(err, fault.Invalid, "mail.refused")
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return fault.Wrap(err, fault.Unavailable, "mail.unreachable")
	}
	return fault.Wrap(err, fault.Unavailable, "mail.failed")
}
