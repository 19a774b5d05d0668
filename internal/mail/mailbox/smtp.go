package mailbox

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// Limits of the demo's server: nothing that this program sends comes near them.
const (
	maxMessage    = 10 << 20
	maxRecipients = 50
	lineTimeout   = 30 * time.Second
)

// Server takes mail for a mailbox over SMTP.
type Server struct {
	smtp     *smtp.Server
	listener net.Listener
	done     chan struct{}
	err      error
}

// Listen opens the SMTP port, for example "127.0.0.1:0", and serves it until Close. Anybody who reaches the port can
// leave mail, so it belongs on loopback.
func (m *Mailbox) Listen(address string, log *slog.Logger) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("open the mailbox's SMTP port: %w", err)
	}
	inner := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{mailbox: m, log: log}, nil
	}))
	inner.Domain = "localhost"
	inner.MaxMessageBytes = maxMessage
	inner.MaxRecipients = maxRecipients
	inner.ReadTimeout = lineTimeout
	inner.WriteTimeout = lineTimeout
	inner.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	s := &Server{smtp: inner, listener: listener, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		s.err = inner.Serve(listener)
	}()
	return s, nil
}

// Addr is where the server listens; its port is known even when 0 was asked for.
func (s *Server) Addr() *net.TCPAddr { return s.listener.Addr().(*net.TCPAddr) }

// Close stops the server. Whoever was in the middle of a message was not told 250 and comes again.
func (s *Server) Close() error {
	// The library forgets a listener that Close met before Serve had begun.
	err := s.smtp.Close()
	_ = s.listener.Close()
	<-s.done
	if s.err != nil && !errors.Is(s.err, net.ErrClosed) && !errors.Is(s.err, smtp.ErrServerClosed) {
		return s.err
	}
	return err
}

type session struct {
	mailbox *Mailbox
	log     *slog.Logger
	to      []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data stores the message once for each recipient. A failing disk is the sender's cue to try again.
func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		if err := s.mailbox.add(to, text); err != nil {
			s.log.Error("a message could not be stored", "error", err)
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not stored, try again"}
		}
	}
	return nil
}

func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }
