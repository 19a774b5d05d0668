package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDescribe(t *testing.T) {
	byName := map[string]Setting{}
	for _, s := range Describe() {
		byName[s.Name] = s
	}
	for field := range reflect.TypeFor[Config]().Fields() {
		if !field.IsExported() {
			continue
		}
		t.Run(field.Name+" is described", func(t *testing.T) {
			name := field.Tag.Get("env")
			require.True(t, strings.HasPrefix(name, Prefix), name)
			require.Contains(t, byName, name)
			require.Regexp(t, `^[A-Z].+\.$`, byName[name].Doc, "a sentence")
		})
	}
	t.Run("no variable is named twice", func(t *testing.T) { require.Len(t, byName, len(Describe())) })
}

func TestLoad(t *testing.T) {
	t.Run("a laptop needs nothing", func(t *testing.T) {
		c, err := Load(nil)
		require.NoError(t, err)
		dialect, source := c.Database()
		require.Equal(t, "sqlite", dialect)
		require.Equal(t, filepath.Join("loket-data", "loket.db"), source)
		require.Equal(t, filepath.Join("loket-data", "keyring.json"), c.KeyringFile)
		require.Equal(t, "file:"+filepath.Join("loket-data", "files"), c.FilesURL)
		require.Equal(t, 30*time.Minute, c.SessionIdle)
		require.Equal(t, []string{"kem.example"}, c.EmailDomains)
		require.False(t, c.SecureCookies())
		require.True(t, c.Loopback())
		require.Equal(t, slog.LevelInfo, c.Level())
	})
	t.Run("an empty variable counts as not given", func(t *testing.T) {
		c, err := Load([]string{"LOKET_LISTEN=", "LOKET_TRUSTED_PROXIES="})
		require.NoError(t, err)
		require.Equal(t, "127.0.0.1:8080", c.Listen)
		require.Empty(t, c.Proxies)
	})
	t.Run("an office behind a proxy", func(t *testing.T) {
		c, err := Load([]string{
			"PATH=/bin", "LOKET_PUBLIC_URL=https://loket.kem.example/", "LOKET_TRUSTED_PROXIES=10.0.0.7, 10.1.0.0/16",
			"LOKET_DATABASE_URL=postgres://loket:s3cret@db.kem.example:5432/loket",
		})
		require.NoError(t, err)
		require.Equal(t, "https://loket.kem.example", c.PublicURL)
		require.Equal(t, "loket.kem.example", c.PublicHost())
		require.Equal(t, []string{"10.0.0.7", "10.1.0.0/16"}, c.Proxies)
		require.True(t, c.SecureCookies())
		dialect, _ := c.Database()
		require.Equal(t, "postgres", dialect)
	})
	t.Run("a secret comes from its file without the line break", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "key")
		require.NoError(t, os.WriteFile(path, []byte("k3y\n"), 0o600))
		c, err := Load([]string{"LOKET_TEMPORAL_ADDRESS=temporal.kem.example:7233", "LOKET_TEMPORAL_API_KEY_FILE=" + path})
		require.NoError(t, err)
		require.Equal(t, "k3y", c.TemporalAPIKey.Reveal())
	})
}

func TestFaults(t *testing.T) {
	t.Run("all faults are told at once", func(t *testing.T) {
		c, err := Load([]string{
			"LOKET_LISTEN=8080", "LOKET_SESSION_IDLE=soon", "LOKET_LOG_FORMAT=xml", "LOKET_DATABSE_URL=postgres://x",
			"LOKET_SMTP_PASSWORD_FILE=/nowhere/at/all", "LOKET_DKIM_DOMAIN=kem.example", "LOKET_PUBLIC_URL=http://loket.kem.example",
		})
		var faulty Faulty
		require.ErrorAs(t, err, &faulty)
		require.Equal(t, c.Faults(), []Fault(faulty))
		var names []string
		for _, f := range faulty {
			names = append(names, f.Name)
			require.NotEmpty(t, f.Wrong, f.Name)
			require.NotEmpty(t, f.Remedy, f.Name)
		}
		require.ElementsMatch(t, []string{"LOKET_LISTEN", "LOKET_SESSION_IDLE", "LOKET_LOG_FORMAT", "LOKET_DATABSE_URL",
			"LOKET_SMTP_PASSWORD_FILE", "LOKET_DKIM_DOMAIN", "LOKET_PUBLIC_URL"}, names)
		require.Contains(t, err.Error(), "LOKET_LISTEN is not address:port: write it like 127.0.0.1:8080")
	})
	for name, environ := range map[string]string{
		"LOKET_AGENCY_NAME":         "LOKET_AGENCY_NAME=  ",
		"LOKET_EMAIL_DOMAINS":       "LOKET_EMAIL_DOMAINS=a@kem.example",
		"LOKET_CALENDAR":            "LOKET_CALENDAR=id 2026",
		"LOKET_DATABASE_URL":        "LOKET_DATABASE_URL=mysql://x/y",
		"LOKET_FILES_URL":           "LOKET_FILES_URL=gs://bucket",
		"LOKET_TRUSTED_PROXIES":     "LOKET_TRUSTED_PROXIES=proxy",
		"LOKET_REQUIRE_TLS_COOKIES": "LOKET_REQUIRE_TLS_COOKIES=true",
		"LOKET_TEMPORAL_ADDRESS":    "LOKET_TEMPORAL_ADDRESS=temporal",
		"LOKET_TEMPORAL_API_KEY":    "LOKET_TEMPORAL_API_KEY=k",
		"LOKET_TEMPORAL_TLS_CERT":   "LOKET_TEMPORAL_TLS_CERT=/nowhere.pem",
		"LOKET_SMTP_URL":            "LOKET_SMTP_URL=http://mail.kem.example",
		"LOKET_MAIL_FROM":           "LOKET_MAIL_FROM=nobody",
		"LOKET_SESSION_MAX":         "LOKET_SESSION_MAX=48h",
		"LOKET_PASSWORD_POLICY":     "LOKET_PASSWORD_POLICY=weak",
		"LOKET_PASSWORD_MIN_LENGTH": "LOKET_PASSWORD_MIN_LENGTH=7",
		"LOKET_CREDENTIALS":         "LOKET_CREDENTIALS=post",
		"LOKET_SECOND_FACTOR":       "LOKET_SECOND_FACTOR=sms",
		"LOKET_TRADER_VALIDITY":     "LOKET_TRADER_VALIDITY=24h",
		"LOKET_LOG_LEVEL":           "LOKET_LOG_LEVEL=loud",
		"LOKET_OTLP_ENDPOINT":       "LOKET_OTLP_ENDPOINT=localhost:4318",
	} {
		t.Run(name+" refuses what it cannot use", func(t *testing.T) {
			_, err := Load([]string{environ})
			require.ErrorContains(t, err, name+" ")
		})
	}
	t.Run("plain http to another machine is allowed only on purpose", func(t *testing.T) {
		_, err := Load([]string{"LOKET_PUBLIC_URL=http://10.0.0.5:8080", "LOKET_REQUIRE_TLS_COOKIES=false"})
		require.NoError(t, err)
	})
	t.Run("a fault never repeats a secret", func(t *testing.T) {
		_, err := Load([]string{"LOKET_DATABASE_URL=hunter2", "LOKET_SMTP_URL=hunter2", "LOKET_SMTP_PASSWORD=hunter2", "LOKET_SMTP_PASSWORD_FILE=x"})
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hunter2")
	})
}

func TestSecret(t *testing.T) {
	c := Config{SMTPPassword: "hunter2"}
	js, err := json.Marshal(c)
	require.NoError(t, err)
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "password", c.SMTPPassword)
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v", c, c, c), string(js), logged.String()} {
		require.NotContains(t, shown, "hunter2")
	}
}
