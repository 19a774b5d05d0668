package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"

	"loket/internal/keyring"
)

// Config says where the cluster is, embedded or not, and how to prove who asks.
type Config struct {
	// Address is the host and port of the frontend.
	Address string
	// Namespace holds the cases; empty means DefaultNamespace.
	Namespace string
	// TLS is used when any of its fields is set or an APIKey is given.
	TLS TLSConfig
	// APIKey is sent as a bearer token, over TLS only.
	APIKey string
	// Interceptors are called in order, outermost first (tracing, for one).
	Interceptors []interceptor.ClientInterceptor
}

// TLSConfig names PEM files. All are optional: without CAFile the system's
// authorities count, without CertFile and KeyFile no client certificate is shown.
type TLSConfig struct {
	Enabled    bool
	CertFile   string
	KeyFile    string
	CAFile     string
	ServerName string
}

// Dial returns a client that connects at its first call and again after every
// loss, so that the process starts and serves reads while the cluster is away.
// Only faults of the configuration are errors. Whoever dials closes.
func Dial(cfg Config, ring *keyring.Ring, logger *slog.Logger) (client.Client, error) {
	options, err := cfg.options(ring, logger)
	if err != nil {
		return nil, err
	}
	c, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("making a client for %s: %w", cfg.Address, err)
	}
	return c, nil
}

// Healthy asks the cluster whether it serves; ctx bounds the wait.
func Healthy(ctx context.Context, c client.Client) error {
	if _, err := c.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("asking the engine for its health: %w", err)
	}
	return nil
}

func (c Config) options(ring *keyring.Ring, logger *slog.Logger) (client.Options, error) {
	if c.Address == "" {
		return client.Options{}, errors.New("the engine's address is missing: set LOKET_TEMPORAL_ADDRESS")
	}
	options := client.Options{
		HostPort:         c.Address,
		Namespace:        c.Namespace,
		Logger:           log.NewStructuredLogger(logger),
		DataConverter:    DataConverter(ring),
		FailureConverter: FailureConverter(ring),
		Interceptors:     c.Interceptors,
	}
	if options.Namespace == "" {
		options.Namespace = DefaultNamespace
	}
	if c.APIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(c.APIKey)
		c.TLS.Enabled = true
	}
	var err error
	options.ConnectionOptions.TLS, err = c.TLS.load()
	return options, err
}

// load returns nil when TLS is not wanted.
func (t TLSConfig) load() (*tls.Config, error) {
	if t == (TLSConfig{}) {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if (t.CertFile == "") != (t.KeyFile == "") {
		return nil, errors.New("the engine's client certificate and its key go together: one of the two files is missing")
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("reading the engine's client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading the engine's authorities: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", t.CAFile)
		}
	}
	return config, nil
}
