package edge

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHost(t *testing.T) {
	for _, c := range []struct {
		name, public, host string
		want               int
	}{
		{"the public host", "https://loket.kem.example", "loket.kem.example", 200},
		{"the public host in capitals", "https://loket.kem.example", "LOKET.Kem.Example", 200},
		{"the public host with its port", "https://loket.kem.example", "loket.kem.example:443", 200},
		{"another port", "https://loket.kem.example", "loket.kem.example:8443", 421},
		{"the other scheme's port", "https://loket.kem.example", "loket.kem.example:80", 421},
		{"another host", "https://loket.kem.example", "evil.example", 421},
		{"a host above", "https://loket.kem.example", "kem.example", 421},
		{"a host below", "https://loket.kem.example", "a.loket.kem.example", 421},
		{"the host as a prefix", "https://loket.kem.example", "loket.kem.example.evil.example", 421},
		{"a trailing dot", "https://loket.kem.example", "loket.kem.example.", 421},
		{"a user before it", "https://loket.kem.example", "evil@loket.kem.example", 421},
		{"a path after it", "https://loket.kem.example", "loket.kem.example/evil", 421},
		{"a port that is none", "https://loket.kem.example", "loket.kem.example:evil", 421},
		{"an empty port", "https://loket.kem.example", "loket.kem.example:", 421},
		{"two hosts", "https://loket.kem.example", "loket.kem.example, evil.example", 421},
		{"no host", "https://loket.kem.example", "", 421},
		{"localhost from outside", "https://loket.kem.example", "localhost", 421},
		{"an address", "https://loket.kem.example", "127.0.0.1", 421},
		{"a written port", "http://loket.kem.example:8080", "loket.kem.example:8080", 200},
		{"a written port left out", "http://loket.kem.example:8080", "loket.kem.example", 421},
		{"localhost on a laptop", "http://localhost:8080", "localhost:8080", 200},
		{"localhost at another port on a laptop", "http://localhost:8080", "localhost:9090", 200},
		{"a name below localhost that is not its own", "http://localhost:8080", "evil.example.localhost:8080", 421},
		{"a laptop by a name below localhost", "http://loket.localhost:8080", "localhost:8080", 200},
		{"the address on a laptop", "http://localhost:8080", "127.0.0.1:8080", 200},
		{"the IPv6 address on a laptop", "http://localhost:8080", "[::1]:8080", 200},
		{"a name that rebinds to a laptop", "http://localhost:8080", "evil.example:8080", 421},
		{"an address that is not the laptop's own", "http://localhost:8080", "192.168.1.7:8080", 421},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t, func(cfg *Config) { cfg.PublicURL = c.public })
			require.Equal(t, c.want, b.ask("GET", "/pages/1", "", "Host", c.host).Code)
		})
	}
	t.Run("a forwarded host never counts", func(t *testing.T) {
		b := setup(t, func(cfg *Config) { cfg.PublicURL = "https://loket.kem.example"; cfg.Proxies = []string{"192.0.2.1"} })
		for _, header := range []string{"X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-Original-Host"} {
			require.Equal(t, http.StatusMisdirectedRequest, b.ask("GET", "/pages/1", "", "Host", "evil.example", header, "loket.kem.example").Code, header)
			w := b.ask("GET", "/pages/1", "", "Host", "loket.kem.example", header, "evil.example")
			require.Equal(t, http.StatusOK, w.Code, header)
			require.NotContains(t, w.Body.String(), "evil", header)
		}
	})
	t.Run("probes come by address", func(t *testing.T) {
		b := setup(t, func(cfg *Config) { cfg.PublicURL = "https://loket.kem.example" })
		require.Equal(t, http.StatusOK, b.ask("GET", "/healthz", "", "Host", "10.0.0.7:8080").Code)
	})
	t.Run("a public address that is none is told at start", func(t *testing.T) {
		for _, bad := range []string{"", "loket.kem.example", "ftp://loket.kem.example", "http://"} {
			_, err := New(Config{PublicURL: bad})
			require.Error(t, err, bad)
		}
	})
}

// httptest's peer is 192.0.2.1.
func TestForwardedAddress(t *testing.T) {
	for _, c := range []struct {
		name    string
		proxies []string
		headers []string
		want    string
	}{
		{"nobody's word counts by default", nil, []string{"X-Forwarded-For", "198.51.100.9"}, "192.0.2.1"},
		{"a stranger's word does not count", []string{"10.0.0.0/8"}, []string{"X-Forwarded-For", "198.51.100.9"}, "192.0.2.1"},
		{"a trusted proxy's word counts", []string{"192.0.2.0/24"}, []string{"X-Forwarded-For", "198.51.100.9"}, "198.51.100.9"},
		{"what stands before the proxy's own word does not", []string{"192.0.2.1"}, []string{"X-Forwarded-For", "203.0.113.5, 198.51.100.9"}, "198.51.100.9"},
		{"two headers read as one", []string{"192.0.2.1"}, []string{"X-Forwarded-For", "203.0.113.5", "X-Forwarded-For", "198.51.100.9"}, "198.51.100.9"},
		{"rubbish falls back to the peer", []string{"192.0.2.1"}, []string{"X-Forwarded-For", "<script>"}, "192.0.2.1"},
		{"X-Real-IP never counts", []string{"192.0.2.1"}, []string{"X-Real-IP", "198.51.100.9"}, "192.0.2.1"},
		{"a chain of proxies is followed to the first stranger", []string{"192.0.2.1", "10.0.0.0/8"}, []string{"X-Forwarded-For", "198.51.100.9, 10.0.0.3"}, "198.51.100.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t, func(cfg *Config) { cfg.Proxies = c.proxies })
			body := b.ask("POST", "/pages/1", "", c.headers...).Body.String()
			require.Equal(t, c.want, strings.TrimPrefix(body, "0 from "))
		})
	}
	t.Run("a proxy that is none is told at start", func(t *testing.T) {
		e, err := New(Config{PublicURL: "http://localhost", Proxies: []string{"the proxy"}, Table: NewTable()})
		require.NoError(t, err)
		_, err = e.Engine()
		require.Error(t, err)
	})
}
