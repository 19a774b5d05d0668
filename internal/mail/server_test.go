package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/jhillyerd/enmime/v2"
	"github.com/stretchr/testify/require"
)

// server is a real SMTP server on a real socket, whose answers a test chooses.
type server struct {
	port     int
	roots    *x509.CertPool
	onRcpt   func(to string) error
	onData   func(text []byte) error
	username string
	password string

	mu       sync.Mutex
	received []received
}

type received struct {
	from, to, user string
	secured        bool
	text           []byte
}

type serverOption func(*server, *smtp.Server)

func withTLS(s *server, inner *smtp.Server) { inner.TLSConfig = s.certificate() }

func withAuth(user, password string) serverOption {
	return func(s *server, _ *smtp.Server) { s.username, s.password = user, password }
}

func refusingRcpt(refusal error) serverOption {
	return func(s *server, _ *smtp.Server) { s.onRcpt = func(string) error { return refusal } }
}

func onData(answer func(text []byte) error) serverOption {
	return func(s *server, _ *smtp.Server) { s.onData = answer }
}

func newServer(t *testing.T, implicit bool, options ...serverOption) *server {
	t.Helper()
	s := &server{}
	inner := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	inner.Domain = "mail.kem.example"
	inner.AllowInsecureAuth = true
	inner.ErrorLog = log.New(io.Discard, "", 0)
	for _, option := range options {
		option(s, inner)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.port = listener.Addr().(*net.TCPAddr).Port
	if implicit {
		listener = tls.NewListener(listener, inner.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = inner.Serve(listener)
	}()
	t.Cleanup(func() {
		// The library forgets a listener that Close met before Serve had begun.
		_ = inner.Close()
		_ = listener.Close()
		<-done
	})
	return s
}

// certificate makes a self-signed one, which the test's own pool trusts and nothing else does.
func (s *server) certificate() *tls.Config {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.kem.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func (s *server) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.received...)
}

// only returns the one message that arrived.
func (s *server) only(t *testing.T) (received, *enmime.Envelope) {
	t.Helper()
	all := s.all()
	require.Len(t, all, 1)
	return all[0], parse(t, all[0].text)
}

func parse(t *testing.T, text []byte) *enmime.Envelope {
	t.Helper()
	envelope, err := enmime.ReadEnvelope(bytes.NewReader(text))
	require.NoError(t, err)
	require.Empty(t, envelope.Errors)
	return envelope
}

type session struct {
	server *server
	conn   *smtp.Conn
	mail   received
}

func (s *session) AuthMechanisms() []string {
	if s.server.username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.username || password != s.server.password {
			return errors.New("no")
		}
		s.mail.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	if s.server.onRcpt != nil {
		return s.server.onRcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mail.text = text
	_, s.mail.secured = s.conn.TLSConnectionState()
	if s.server.onData != nil {
		if err := s.server.onData(text); err != nil {
			return err
		}
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.received = append(s.server.received, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
