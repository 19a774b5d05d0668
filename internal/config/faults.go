package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loket/models"
)

// findings collects faults in the order of the settings.
type findings []Fault

func (f *findings) add(name, wrong, remedy string) { *f = append(*f, Fault{name, wrong, remedy}) }

// Faults lists everything that is wrong, at once. Whatever only a connection can show is not here.
func (c Config) Faults() []Fault {
	f := findings(slices.Clone(c.misread))
	c.checkAgency(&f)
	c.checkFiles(&f)
	c.checkAddresses(&f)
	c.checkTemporal(&f)
	c.checkMail(&f)
	c.checkSessions(&f)
	c.checkDirectory(&f)
	c.checkLogs(&f)
	return f.once()
}

// once keeps the first fault of each variable: what could not be read need not also be out of range.
func (f findings) once() []Fault {
	seen := map[string]bool{}
	var out []Fault
	for _, fault := range f {
		if !seen[fault.Name] {
			seen[fault.Name] = true
			out = append(out, fault)
		}
	}
	return out
}

func (c Config) checkAgency(f *findings) {
	if c.ActingDays < 1 || c.ActingDays > 366 {
		f.add("LOKET_ACTING_DAYS", "is under a day or over a year", "write it like 30")
	}
	if strings.TrimSpace(c.AgencyName) == "" {
		f.add("LOKET_AGENCY_NAME", "is blank", "write the agency's name")
	}
	for _, d := range c.EmailDomains {
		if strings.ContainsAny(d, "@/: ") || !strings.Contains(d, ".") {
			f.add("LOKET_EMAIL_DOMAINS", "has an entry that is no domain", "write domains alone, like kem.example")
		}
	}
	if len(c.EmailDomains) == 0 {
		f.add("LOKET_EMAIL_DOMAINS", "names no domain", "write at least one, like kem.example")
	}
	if strings.ContainsAny(c.Calendar, " /") {
		f.add("LOKET_CALENDAR", "is no calendar id", "write it like id-2026")
	}
	if scheme, rest, ok := strings.Cut(c.DatabaseURL.Reveal(), ":"); !ok || rest == "" || !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, scheme) {
		f.add("LOKET_DATABASE_URL", "is neither postgres://… nor sqlite:path", "write postgres://user:password@host:5432/name")
	} else if u, err := url.Parse(c.DatabaseURL.Reveal()); scheme != "sqlite" && (err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "") {
		f.add("LOKET_DATABASE_URL", "names no host or no database", "write postgres://user:password@host:5432/name, with %-escapes in the password")
	}
}

func (c Config) checkFiles(f *findings) {
	path, folder := strings.CutPrefix(c.FilesURL, "file:")
	u, err := url.Parse(c.FilesURL)
	switch {
	case folder && strings.Trim(path, "/") == "":
		f.add("LOKET_FILES_URL", "names no folder", "write it like file:/var/lib/loket/files")
	case folder:
	case err != nil || u.Scheme != "s3" || u.Host == "":
		f.add("LOKET_FILES_URL", "is neither file:path nor s3://bucket", "write it like s3://loket-files?region=ap-southeast-3")
	case u.User != nil:
		f.add("LOKET_FILES_URL", "holds credentials, which logs would show", "give them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
}

func (c Config) checkAddresses(f *findings) {
	if !hostPort(c.Listen) {
		f.add("LOKET_LISTEN", "is not address:port", "write it like 127.0.0.1:8080")
	}
	u, err := url.Parse(c.PublicURL)
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https"):
		f.add("LOKET_PUBLIC_URL", "is no http or https address", "write it like https://loket.kem.example")
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		f.add("LOKET_PUBLIC_URL", "has more than a host", "write it like https://loket.kem.example; Loket serves a whole host")
	case u.Scheme == "http" && !models.LoopbackHost(u.Hostname()) && c.TLSCookies != "false":
		f.add("LOKET_PUBLIC_URL", "has no TLS, so that sessions could be read on the way",
			"use https, or set LOKET_REQUIRE_TLS_COOKIES=false where nobody listens in")
	case u.Scheme == "http" && c.TLSCookies == "true":
		f.add("LOKET_REQUIRE_TLS_COOKIES", "asks for TLS that LOKET_PUBLIC_URL does not have", "use https, or leave it at auto")
	}
	for _, p := range c.Proxies {
		_, errAddr := netip.ParseAddr(p)
		_, errNet := netip.ParsePrefix(p)
		if errAddr != nil && errNet != nil {
			f.add("LOKET_TRUSTED_PROXIES", "has an entry that is neither address nor network", "write them like 10.0.0.7,10.1.0.0/16")
		}
	}
	oneOf(f, "LOKET_REQUIRE_TLS_COOKIES", c.TLSCookies, "auto", "true", "false")
}

func (c Config) checkTemporal(f *findings) {
	if c.TemporalAddress != "" && !hostPort(c.TemporalAddress) {
		f.add("LOKET_TEMPORAL_ADDRESS", "is not host:port", "write it like temporal.kem.example:7233")
	}
	if c.TemporalNamespace == "" || strings.ContainsAny(c.TemporalNamespace, " /") {
		f.add("LOKET_TEMPORAL_NAMESPACE", "is no namespace", "write it like loket")
	}
	for _, s := range []struct{ name, value string }{
		{"LOKET_TEMPORAL_TLS_CERT", c.TemporalTLSCert}, {"LOKET_TEMPORAL_TLS_KEY", c.TemporalTLSKey},
		{"LOKET_TEMPORAL_TLS_CA", c.TemporalTLSCA}, {"LOKET_TEMPORAL_TLS_SERVER_NAME", c.TemporalServerName},
		{"LOKET_TEMPORAL_API_KEY", c.TemporalAPIKey.Reveal()},
	} {
		if s.value != "" && c.TemporalAddress == "" {
			f.add(s.name, "means nothing to the embedded server", "set LOKET_TEMPORAL_ADDRESS too, or remove it")
		}
	}
	if (c.TemporalTLSCert == "") != (c.TemporalTLSKey == "") {
		f.add("LOKET_TEMPORAL_TLS_CERT", "and LOKET_TEMPORAL_TLS_KEY belong together", "set both or none")
	}
	readable(f, "LOKET_TEMPORAL_TLS_CERT", c.TemporalTLSCert)
	readable(f, "LOKET_TEMPORAL_TLS_KEY", c.TemporalTLSKey)
	readable(f, "LOKET_TEMPORAL_TLS_CA", c.TemporalTLSCA)
}

func (c Config) checkMail(f *findings) {
	if c.SMTPURL != "" {
		u, err := url.Parse(c.SMTPURL.Reveal())
		switch {
		case err != nil || u.Scheme != "smtp" || u.Hostname() == "":
			f.add("LOKET_SMTP_URL", "is no mail server", "write smtp://user@host:587?tls=starttls, with %-escapes in the password")
		case !slices.Contains([]string{"", "starttls", "implicit", "none"}, u.Query().Get("tls")):
			f.add("LOKET_SMTP_URL", "asks for an unknown tls", "write tls=starttls, tls=implicit or tls=none")
		}
		if f0, _ := defaultOf("LOKET_MAIL_FROM"); c.MailFrom == f0 {
			f.add("LOKET_MAIL_FROM", "is still the example", "write the sender that the mail server accepts: Loket <loket@kem.example>")
		}
	} else if c.SMTPPassword != "" {
		f.add("LOKET_SMTP_PASSWORD", "means nothing without a mail server", "set LOKET_SMTP_URL too, or remove it")
	}
	if _, err := mail.ParseAddress(c.MailFrom); err != nil {
		f.add("LOKET_MAIL_FROM", "is no address", "write it like Loket <loket@kem.example>")
	}
	if n := len(trimmed([]string{c.DKIMDomain, c.DKIMSelector, c.DKIMKeyFile})); n != 0 && n != 3 {
		f.add("LOKET_DKIM_DOMAIN", "LOKET_DKIM_SELECTOR and LOKET_DKIM_KEY_FILE belong together", "set all three or none")
	}
	readable(f, "LOKET_DKIM_KEY_FILE", c.DKIMKeyFile)
}

func (c Config) checkSessions(f *findings) {
	if c.SessionIdle < time.Minute || c.SessionIdle > c.SessionMax {
		f.add("LOKET_SESSION_IDLE", "is under a minute or over LOKET_SESSION_MAX", "write it like 30m")
	}
	if c.SessionMax < 5*time.Minute || c.SessionMax > 24*time.Hour {
		f.add("LOKET_SESSION_MAX", "is under 5 minutes or over a day", "write it like 12h")
	}
	oneOf(f, "LOKET_PASSWORD_POLICY", c.PasswordPolicy, "agency", "nist")
	if c.PasswordLength < 8 || c.PasswordLength > 64 {
		f.add("LOKET_PASSWORD_MIN_LENGTH", "is under 8 or over 64", "write it like 12")
	}
	oneOf(f, "LOKET_CREDENTIALS", c.Credentials, "link", "password")
	oneOf(f, "LOKET_SECOND_FACTOR", c.SecondFactor, "off", "optional", "required")
	if c.TraderValidity < 720*time.Hour || c.TraderValidity > 87600*time.Hour {
		f.add("LOKET_TRADER_VALIDITY", "is under 30 days or over ten years", "write it like 8760h")
	}
}

func (c Config) checkLogs(f *findings) {
	oneOf(f, "LOKET_LOG_FORMAT", c.LogFormat, "text", "json")
	oneOf(f, "LOKET_LOG_LEVEL", c.LogLevel, "debug", "info", "warn", "error")
	if c.OTLPEndpoint != "" {
		if u, err := url.Parse(c.OTLPEndpoint); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			f.add("LOKET_OTLP_ENDPOINT", "is no http or https address", "write it like http://localhost:4318")
		}
	}
}

func oneOf(f *findings, name, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		f.add(name, "is not one of its values", "write "+strings.Join(allowed, " or "))
	}
}

// readable opens the file once: permissions are the fault most often met.
func readable(f *findings, name, path string) {
	if path == "" {
		return
	}
	file, err := os.Open(path)
	if err != nil {
		f.add(name, reason(err), "name a file that this process may read")
		return
	}
	if err := file.Close(); err != nil {
		f.add(name, reason(err), "name a file that this process may read")
	}
}

func hostPort(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func defaultOf(name string) (string, bool) {
	for _, s := range Describe() {
		if s.Name == name {
			return s.Default, true
		}
	}
	return "", false
}
