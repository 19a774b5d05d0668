package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// TLSMode says how the connection to the mail server is protected.
type TLSMode string

// The modes. Mandatory is the default: without STARTTLS nothing is sent.
const (
	TLSMandatory     TLSMode = "starttls"
	TLSOpportunistic TLSMode = "opportunistic"
	TLSImplicit      TLSMode = "implicit"
	TLSNone          TLSMode = "none"
)

// defaultTimeout bounds one message from dialling to the server's answer.
const defaultTimeout = 20 * time.Second

// Config says where mail goes out. Only Host and From are needed: Port follows from TLS (465 for implicit, 587 with
// STARTTLS, 25 without), TLS is mandatory STARTTLS, Timeout 20 s. Without Username there is no AUTH. Hello is the name
// given to the server, by default the domain of From. RootCAs replaces the system's certificates.
type Config struct {
	Host     string
	Port     int
	TLS      TLSMode
	RootCAs  *x509.CertPool
	Username string
	Password string
	From     string // "Loket <loket@kem.example>"
	Hello    string
	Timeout  time.Duration
	DKIM     *DKIM
}

// DKIM signs outgoing mail: Key is a PEM block with an RSA or Ed25519 private key, whose public half stands in DNS
// under <Selector>._domainkey.<Domain>.
type DKIM struct {
	Domain   string
	Selector string
	Key      []byte
}

// Sender delivers messages to one SMTP server, a connection each. It is safe for concurrent use.
type Sender struct {
	host    string
	address string
	mode    TLSMode
	tls     *tls.Config
	from    *mail.Address
	timeout time.Duration
	signer  *gomail.DKIMSigner
	options []gomail.Option
}

// NewSender checks the configuration; it does not dial.
func NewSender(c Config) (*Sender, error) {
	from, err := parseFrom(c.From)
	if err != nil {
		return nil, err
	}
	if c.TLS == "" {
		c.TLS = TLSMandatory
	}
	policy, port, err := c.TLS.policy()
	if err != nil {
		return nil, err
	}
	if c.Host == "" {
		return nil, errors.New("no mail server is named")
	}
	if c.Port == 0 {
		c.Port = port
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Hello == "" {
		_, c.Hello, _ = strings.Cut(from.Address, "@")
	}
	s := &Sender{
		host:    c.Host,
		address: net.JoinHostPort(c.Host, fmt.Sprint(c.Port)),
		mode:    c.TLS,
		tls:     &tls.Config{ServerName: c.Host, RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12},
		from:    from,
		timeout: c.Timeout,
	}
	s.options = c.options(policy, s.tls)
	if s.signer, err = c.DKIM.signer(); err != nil {
		return nil, err
	}
	_, err = gomail.NewClient(c.Host, s.options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return s, nil
}

func (m TLSMode) policy() (policy gomail.TLSPolicy, port int, err error) {
	switch m {
	case TLSMandatory:
		return gomail.TLSMandatory, 587, nil
	case TLSOpportunistic:
		return gomail.TLSOpportunistic, 25, nil
	case TLSImplicit:
		return gomail.NoTLS, 465, nil
	case TLSNone:
		return gomail.NoTLS, 25, nil
	}
	return gomail.NoTLS, 0, fmt.Errorf("mail TLS mode %q is none of starttls, opportunistic, implicit, none", m)
}

func (c Config) options(policy gomail.TLSPolicy, tls *tls.Config) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(c.Port),
		gomail.WithTLSPolicy(policy),
		gomail.WithTLSConfig(tls),
		gomail.WithTimeout(c.Timeout),
		gomail.WithHELO(c.Hello),
	}
	if c.Username == "" {
		return options
	}
	// PLAIN and LOGIN refuse by themselves to go over an open line.
	return append(options, gomail.WithUsername(c.Username), gomail.WithPassword(c.Password),
		gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1,
			gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
}

func (d *DKIM) signer() (*gomail.DKIMSigner, error) {
	if d == nil {
		return nil, nil
	}
	key, err := gomail.PrivKeyFromPEM(d.Key)
	if err != nil {
		return nil, fmt.Errorf("DKIM key: %w", err)
	}
	if d.Domain == "" || d.Selector == "" {
		return nil, errors.New("DKIM needs a domain and a selector")
	}
	return gomail.NewDKIMSigner(d.Domain, d.Selector, key), nil
}

// Send delivers one message and returns once the server has taken responsibility for it. Temporary tells what to do
// about an error. The error names neither addresses nor text.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := m.build(s.from)
	if err != nil {
		return &DeliveryError{Permanent: true, Reason: err.Error()}
	}
	if s.signer != nil {
		msg.SetDKIM(s.signer)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	line := &line{sender: s}
	defer line.close()
	options := append([]gomail.Option{gomail.WithDialContextFunc(line.dialer(ctx))}, s.options...)
	client, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return &DeliveryError{Permanent: true, Reason: redact(err.Error())}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if msg.IsDelivered() {
		// Whatever failed after the server said 250 (RSET, QUIT) is no reason to send twice.
		return nil
	}
	return classify(err)
}

// line is the one connection of a Send. It is closed whatever happens, and at once when the context ends: the client
// library keeps a connection open whose STARTTLS or AUTH failed, and looks at the context only while dialling.
type line struct {
	sender *Sender
	conn   net.Conn
	stop   func() bool
}

// dialer dials within the context that the library gives, and ties the connection to ctx, which lives longer.
func (l *line) dialer(ctx context.Context) gomail.DialContextFunc {
	return func(dialling context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(dialling, network, l.sender.address)
		if err != nil {
			return nil, err
		}
		l.conn = conn
		l.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
		if l.sender.mode != TLSImplicit {
			return conn, nil
		}
		secured := tls.Client(conn, l.sender.tls)
		if err := secured.HandshakeContext(dialling); err != nil {
			return nil, err
		}
		return secured, nil
	}
}

func (l *line) close() {
	if l.conn == nil {
		return
	}
	l.stop()
	_ = l.conn.Close()
}
