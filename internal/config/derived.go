package config

import (
	"log/slog"
	"net/url"
	"strings"

	"loket/models"
)

// Database gives the dialect, "sqlite" or "postgres", and what that dialect opens: a path, or the whole URL.
func (c Config) Database() (dialect, source string) {
	if path, ok := strings.CutPrefix(c.DatabaseURL.Reveal(), "sqlite:"); ok {
		return "sqlite", strings.TrimPrefix(path, "//")
	}
	return "postgres", c.DatabaseURL.Reveal()
}

// PublicHost is the host name of the public address, without its port.
func (c Config) PublicHost() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// TLS tells whether people reach the installation over https.
func (c Config) TLS() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// SecureCookies tells whether cookies travel over TLS only.
func (c Config) SecureCookies() bool {
	if c.TLSCookies == "auto" {
		return c.TLS()
	}
	return c.TLSCookies == "true"
}

// AccountDomain is what stands behind the @ of a username: the agency's own domain.
func (c Config) AccountDomain() string {
	if len(c.EmailDomains) == 0 {
		return ""
	}
	return c.EmailDomains[0]
}

// Level is the least level that is logged.
func (c Config) Level() slog.Level {
	var l slog.Level
	if l.UnmarshalText([]byte(c.LogLevel)) != nil {
		return slog.LevelInfo
	}
	return l
}

// Loopback tells whether the public address is this machine alone.
func (c Config) Loopback() bool { return models.LoopbackHost(c.PublicHost()) }
