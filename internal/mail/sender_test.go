package mail

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

func config(s *server, mode TLSMode) Config {
	return Config{
		Host: "127.0.0.1", Port: s.port, TLS: mode, RootCAs: s.roots,
		From: "Loket <loket@kem.example>", Timeout: 10 * time.Second,
	}
}

func newSender(t *testing.T, c Config) *Sender {
	t.Helper()
	sender, err := NewSender(c)
	require.NoError(t, err)
	return sender
}

func letter() Message {
	return Message{
		MessageID: "notice-1@kem.example", To: "made.surya@kem.example", ToName: "Made Surya", Lang: "id",
		Subject: "Akun Anda sudah siap", Text: "Halo — selamat datang.", HTML: "<p>Halo — selamat datang.</p>",
		Date: time.Date(2026, 11, 22, 14, 5, 0, 0, time.FixedZone("", 7*3600)),
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	t.Run("a message arrives with both texts and its own Message-ID", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false)
		require.NoError(t, newSender(t, config(s, TLSNone)).Send(t.Context(), letter()))
		got, envelope := s.only(t)
		require.Equal(t, "loket@kem.example", got.from)
		require.Equal(t, "made.surya@kem.example", got.to)
		require.Equal(t, "<notice-1@kem.example>", envelope.GetHeader("Message-ID"))
		require.Equal(t, `"Made Surya" <made.surya@kem.example>`, envelope.GetHeader("To"))
		require.Equal(t, "Akun Anda sudah siap", envelope.GetHeader("Subject"))
		require.Equal(t, "auto-generated", envelope.GetHeader("Auto-Submitted"))
		require.Equal(t, "id", envelope.GetHeader("Content-Language"))
		require.Contains(t, envelope.GetHeader("Content-Type"), "multipart/alternative")
		require.Equal(t, "Halo — selamat datang.", strings.TrimSpace(envelope.Text))
		require.Contains(t, envelope.HTML, "<p>Halo — selamat datang.</p>")
		date, err := envelope.Date()
		require.NoError(t, err)
		require.True(t, date.Equal(letter().Date))
	})
	t.Run("STARTTLS and AUTH protect the message and the password", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false, withTLS, withAuth("loket", "rahasia"))
		c := config(s, TLSMandatory)
		c.Username, c.Password = "loket", "rahasia"
		require.NoError(t, newSender(t, c).Send(t.Context(), letter()))
		got, _ := s.only(t)
		require.True(t, got.secured)
		require.Equal(t, "loket", got.user)
	})
	t.Run("implicit TLS with AUTH works", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, true, withTLS, withAuth("loket", "rahasia"))
		c := config(s, TLSImplicit)
		c.Username, c.Password = "loket", "rahasia"
		require.NoError(t, newSender(t, c).Send(t.Context(), letter()))
		got, _ := s.only(t)
		require.True(t, got.secured)
		require.Equal(t, "loket", got.user)
	})
	t.Run("opportunistic TLS is used where offered and done without where not", func(t *testing.T) {
		t.Parallel()
		offered, plain := newServer(t, false, withTLS), newServer(t, false)
		require.NoError(t, newSender(t, config(offered, TLSOpportunistic)).Send(t.Context(), letter()))
		require.NoError(t, newSender(t, config(plain, TLSOpportunistic)).Send(t.Context(), letter()))
		got, _ := offered.only(t)
		require.True(t, got.secured)
		got, _ = plain.only(t)
		require.False(t, got.secured)
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	reply := func(code int, enhanced smtp.EnhancedCode, text string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
	}
	t.Run("a 4xx is temporary", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false, refusingRcpt(reply(451, smtp.EnhancedCode{4, 7, 1}, "greylisted")))
		err := newSender(t, config(s, TLSNone)).Send(t.Context(), letter())
		require.ErrorContains(t, err, "451")
		require.True(t, Temporary(err))
	})
	t.Run("a 5xx to the recipient is permanent and the address is not repeated", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false, refusingRcpt(reply(550, smtp.EnhancedCode{5, 1, 1}, "<made.surya@kem.example>: no such user")))
		err := newSender(t, config(s, TLSNone)).Send(t.Context(), letter())
		require.ErrorContains(t, err, "550")
		require.ErrorContains(t, err, "no such user")
		require.NotContains(t, err.Error(), "made.surya")
		require.False(t, Temporary(err))
	})
	t.Run("a 5xx to the text is permanent and a link in the answer is not repeated", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false, onData(func([]byte) error {
			return reply(554, smtp.EnhancedCode{5, 7, 1}, "blocked: https://loket.kem.example/p/geheim listed")
		}))
		err := newSender(t, config(s, TLSNone)).Send(t.Context(), letter())
		require.False(t, Temporary(err))
		require.NotContains(t, err.Error(), "geheim")
	})
	t.Run("a server that is away is temporary", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		port := listener.Addr().(*net.TCPAddr).Port
		require.NoError(t, listener.Close())
		err = newSender(t, config(&server{port: port}, TLSNone)).Send(t.Context(), letter())
		require.Error(t, err)
		require.True(t, Temporary(err))
	})
	t.Run("a wrong password says nothing about the message", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false, withTLS, withAuth("loket", "rahasia"))
		c := config(s, TLSMandatory)
		c.Username, c.Password = "loket", "salah-sekali"
		err := newSender(t, c).Send(t.Context(), letter())
		require.Error(t, err)
		require.True(t, Temporary(err))
		require.NotContains(t, err.Error(), "salah-sekali")
		require.Empty(t, s.all())
	})
	t.Run("nothing goes out in the open when TLS is mandatory", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false)
		err := newSender(t, config(s, TLSMandatory)).Send(t.Context(), letter())
		require.Error(t, err)
		require.True(t, Temporary(err))
		require.Empty(t, s.all())
	})
	t.Run("a certificate that nobody vouches for is refused", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, false, withTLS)
		c := config(s, TLSMandatory)
		c.RootCAs = x509.NewCertPool()
		err := newSender(t, c).Send(t.Context(), letter())
		require.ErrorContains(t, err, "certificate")
		require.True(t, Temporary(err))
		require.Empty(t, s.all())
	})
}

// silent accepts connections and never says a word.
func silent(t *testing.T) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
	}()
	return &server{port: listener.Addr().(*net.TCPAddr).Port}
}

func TestSilentServer(t *testing.T) {
	t.Parallel()
	t.Run("is given up after the timeout, for now", func(t *testing.T) {
		t.Parallel()
		c := config(silent(t), TLSNone)
		c.Timeout = 300 * time.Millisecond
		began := time.Now()
		err := newSender(t, c).Send(t.Context(), letter())
		require.Error(t, err)
		require.True(t, Temporary(err))
		require.Less(t, time.Since(began), 5*time.Second)
	})
	t.Run("is given up at once when the caller gives up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := newSender(t, config(silent(t), TLSNone)).Send(ctx, letter())
		require.Error(t, err)
		require.True(t, Temporary(err))
		require.Less(t, time.Since(began), 5*time.Second)
	})
	t.Run("that falls silent while the text is judged is given up too", func(t *testing.T) {
		t.Parallel()
		release := make(chan struct{})
		s := newServer(t, false, onData(func([]byte) error { <-release; return nil }))
		t.Cleanup(func() { close(release) })
		c := config(s, TLSNone)
		c.Timeout = 300 * time.Millisecond
		require.True(t, Temporary(newSender(t, c).Send(t.Context(), letter())))
	})
}

func TestHeaderInjection(t *testing.T) {
	t.Parallel()
	attacks := []string{"\r\nBcc: thief@evil.example", "\nBcc: thief@evil.example", "\rBcc: thief@evil.example",
		"\r\n\r\n<p>forged</p>", "\u0085Bcc: thief@evil.example", "\u2028Bcc: thief@evil.example", "é\r\nBcc: thief@evil.example"}
	for _, attack := range attacks {
		t.Run("in a subject and a name stays text", func(t *testing.T) {
			t.Parallel()
			s := newServer(t, false)
			m := letter()
			m.Subject, m.ToName, m.Lang = "Halo"+attack, "Made"+attack, "id"+attack
			require.NoError(t, newSender(t, config(s, TLSNone)).Send(t.Context(), m))
			got, envelope := s.only(t)
			require.Equal(t, "made.surya@kem.example", got.to)
			require.Empty(t, envelope.GetHeader("Bcc"))
			require.NotContains(t, envelope.GetHeader("Subject"), "\n")
			require.Equal(t, "Halo — selamat datang.", strings.TrimSpace(envelope.Text))
		})
		t.Run("in an address or a Message-ID is refused for good", func(t *testing.T) {
			t.Parallel()
			s := newServer(t, false)
			to, id := letter(), letter()
			to.To += attack
			id.MessageID += attack
			for _, m := range []Message{to, id} {
				err := newSender(t, config(s, TLSNone)).Send(t.Context(), m)
				require.ErrorContains(t, err, "not well formed")
				require.NotContains(t, err.Error(), "thief")
				require.False(t, Temporary(err))
			}
			require.Empty(t, s.all())
		})
	}
	t.Run("several addresses in one are refused", func(t *testing.T) {
		t.Parallel()
		for _, to := range []string{"a@kem.example, b@kem.example", "<a@kem.example>", "Made <a@kem.example>", "", "a"} {
			m := letter()
			m.To = to
			require.False(t, Temporary(newSender(t, config(&server{port: 1}, TLSNone)).Send(t.Context(), m)))
		}
	})
}

func TestDKIM(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	rsaPublic, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	edPublic, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for _, test := range []struct {
		name   string
		key    any
		record string
	}{
		{"RSA", rsaKey, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(rsaPublic)},
		{"Ed25519", edKey, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edPublic)},
	} {
		t.Run("a signature by "+test.name+" verifies, and not over another text", func(t *testing.T) {
			t.Parallel()
			der, err := x509.MarshalPKCS8PrivateKey(test.key)
			require.NoError(t, err)
			s := newServer(t, false)
			c := config(s, TLSNone)
			c.DKIM = &DKIM{Domain: "kem.example", Selector: "loket", Key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})}
			require.NoError(t, newSender(t, c).Send(t.Context(), letter()))
			got, _ := s.only(t)
			lookup := &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
				require.Equal(t, "loket._domainkey.kem.example", domain)
				return []string{test.record}, nil
			}}
			verified, err := dkim.VerifyWithOptions(bytes.NewReader(got.text), lookup)
			require.NoError(t, err)
			require.Len(t, verified, 1)
			require.NoError(t, verified[0].Err)
			require.Equal(t, "kem.example", verified[0].Domain)
			forged, err := dkim.VerifyWithOptions(bytes.NewReader(append(got.text, "forged\r\n"...)), lookup)
			require.NoError(t, err)
			require.Error(t, forged[0].Err)
		})
	}
}

func TestNewSender(t *testing.T) {
	t.Parallel()
	good := Config{Host: "mail.kem.example", From: "loket@kem.example"}
	for name, change := range map[string]func(*Config){
		"no host":                 func(c *Config) { c.Host = "" },
		"a sender that is none":   func(c *Config) { c.From = "loket" },
		"an unknown TLS mode":     func(c *Config) { c.TLS = "perhaps" },
		"a DKIM key that is none": func(c *Config) { c.DKIM = &DKIM{Domain: "kem.example", Selector: "s", Key: []byte("x")} },
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			t.Parallel()
			c := good
			change(&c)
			_, err := NewSender(c)
			require.Error(t, err)
		})
	}
	t.Run("host and sender are enough", func(t *testing.T) {
		t.Parallel()
		s := newSender(t, good)
		require.Equal(t, "mail.kem.example:587", s.address)
	})
}
