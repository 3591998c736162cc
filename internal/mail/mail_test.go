package mail

import (
	"context"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"strings"
	"testing"

	"thanthien/internal/fault"
	"thanthien/internal/mail/mailtest"
)

func sender(t *testing.T, host, port string) *Sender {
	t.Helper()
	s, err := New(Options{Host: host, Port: port, Security: Plain, From: "thanthien@minhhoa.vn", Name: "SỞ NỘI VỤ"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSend(t *testing.T) {
	server := mailtest.Serve(t)
	text := "Kính gửi ông/bà,\n\nĐã đến hạn.\n.\nHết.\n"
	if err := sender(t, server.Host, server.Port).Send(context.Background(), "abc123", "xa01@minhhoa.vn", "Nhắc việc: Phường Đồng Mỏ", text); err != nil {
		t.Fatal(err)
	}
	l := server.Letters()[0]
	subject, err := new(mime.WordDecoder).DecodeHeader(l.Header("Subject"))
	if err != nil || subject != "Nhắc việc: Phường Đồng Mỏ" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if l.To != "xa01@minhhoa.vn" || l.From != "thanthien@minhhoa.vn" || l.Header("Message-ID") != "<abc123@minhhoa.vn>" || l.Header("Auto-Submitted") != "auto-generated" {
		t.Errorf("%+v", l)
	}
	_, body, _ := strings.Cut(l.Data, "\r\n\r\n")
	got, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	if s := strings.TrimSpace(strings.ReplaceAll(string(got), "\r\n", "\n")); err != nil || s != strings.TrimSpace(text) {
		t.Errorf("body %q, %v", got, err)
	}
	if !strings.HasPrefix(l.Header("Content-Type"), "text/plain") {
		t.Errorf("type %q", l.Header("Content-Type"))
	}
}

// Nothing in a text, a name or an id becomes a header or a recipient.
func TestInjection(t *testing.T) {
	server := mailtest.Serve(t)
	evil := "x\r\nBcc: thief@evil.example\r\nX-Evil: 1\r\n\r\nbody"
	s := sender(t, server.Host, server.Port)
	s.o.Name = evil
	if err := s.Send(context.Background(), evil, "xa01@minhhoa.vn", evil, "text"); err != nil {
		t.Fatal(err)
	}
	for _, l := range server.Letters() {
		head, _, _ := strings.Cut(l.Data, "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			if strings.HasPrefix(line, "Bcc") || strings.HasPrefix(line, "X-Evil") {
				t.Errorf("a header was added: %q", line)
			}
		}
	}
	for _, to := range []string{"a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn", "A <a@b.vn>", "", "a"} {
		if err := s.Send(context.Background(), "id", to, "s", "t"); !fault.Is(err, fault.Invalid) {
			t.Errorf("the address %q: %v", to, err)
		}
	}
	if n := len(server.Letters()); n != 1 {
		t.Errorf("%d letters, want 1", n)
	}
}

// A refusal for good, a refusal for now and silence are told apart.
func TestRefusals(t *testing.T) {
	server := mailtest.Serve(t)
	server.Answer(func(to string) string {
		return map[string]string{"gone@minhhoa.vn": "550 5.1.1 no such user", "busy@minhhoa.vn": "451 4.3.0 try later"}[to]
	})
	s := sender(t, server.Host, server.Port)
	for to, kind := range map[string]fault.Kind{"gone@minhhoa.vn": fault.Invalid, "busy@minhhoa.vn": fault.Unavailable} {
		if err := s.Send(context.Background(), "id", to, "s", "t"); !fault.Is(err, kind) {
			t.Errorf("%s: %v", to, err)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(ln.Addr().String())
	_ = ln.Close()
	if err := sender(t, host, port).Send(context.Background(), "id", "a@minhhoa.vn", "s", "t"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("nobody listens: %v", err)
	}
	if n := len(server.Letters()); n != 0 {
		t.Errorf("%d letters, want none", n)
	}
}
