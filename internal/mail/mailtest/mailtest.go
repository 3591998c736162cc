// Package mailtest is a mail server for tests: it speaks enough SMTP over real
// connections to take letters, and can be told to refuse them.
package mailtest

import (
	"bufio"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// Letter is a message as it came in.
type Letter struct {
	From, To string // of the envelope
	Data     string
}

// Header returns a header of the letter, "" when it has none.
func (l Letter) Header(name string) string {
	m, err := mail.ReadMessage(strings.NewReader(l.Data))
	if err != nil {
		return ""
	}
	return m.Header.Get(name)
}

// Server takes letters until the test ends.
type Server struct {
	Host, Port string

	mu      sync.Mutex
	letters []Letter
	answer  func(to string) string
}

// Serve starts a server on loopback.
func Serve(tb testing.TB) *Server {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = ln.Close() })
	s := &Server{}
	s.Host, s.Port, _ = net.SplitHostPort(ln.Addr().String())
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	return s
}

// Answer makes the server answer each recipient with a line of SMTP ("550 no
// such user"); "" takes the letter.
func (s *Server) Answer(answer func(to string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// Letters returns what came in.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// talk has one conversation.
func (s *Server) talk(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(line string) { _, _ = c.Write([]byte(line + "\r\n")) }
	say("220 mailtest ready")
	var l Letter
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		switch word, _, _ := strings.Cut(strings.ToUpper(line), " "); word {
		case "EHLO", "HELO":
			say("250-mailtest\r\n250 8BITMIME")
		case "MAIL":
			l = Letter{From: address(line)}
			say("250 ok")
		case "RCPT":
			l.To = address(line)
			say(s.answerTo(l.To))
		case "DATA":
			say("354 go on")
			if l.Data, err = data(r); err != nil {
				return
			}
			s.mu.Lock()
			s.letters = append(s.letters, l)
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *Server) answerTo(to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer != nil {
		if line := s.answer(to); line != "" {
			return line
		}
	}
	return "250 ok"
}

// data reads a message to the line with a single dot.
func data(r *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return b.String(), err
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}

// address is what stands between < and >.
func address(line string) string {
	_, after, _ := strings.Cut(line, "<")
	before, _, _ := strings.Cut(after, ">")
	return before
}
