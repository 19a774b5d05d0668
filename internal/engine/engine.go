// Package engine owns the way to Temporal: the client with its encryption, the
// server embedded in this process, its namespace, and its web pages for demos.
//
// It leaves workflows, activities and workers to those who register them, and
// the question whether the engine is up to the readiness check (see Healthy).
// The build tag slim leaves the embedded server and the web pages out; the
// package then needs an address of an existing cluster.
package engine

import (
	"errors"
	"log/slog"
	"time"
)

// The search attributes of every case, both of type Keyword. They hold no
// personal data: the engine stores them in the clear.
const (
	AttributeKind   = "LoketKind"
	AttributeStatus = "LoketStatus"
)

// DefaultNamespace and DefaultRetention hold where nothing else is configured.
// After retention the history of a closed case is gone; nothing a user sees
// needs it.
const (
	DefaultNamespace = "loket"
	DefaultRetention = 30 * 24 * time.Hour
)

// ErrNoEmbeddedServer is what a slim build answers when it should be a server.
var ErrNoEmbeddedServer = errors.New("this build has no embedded server: set LOKET_TEMPORAL_ADDRESS")

// ErrNoUI is what a slim build answers when it should show Temporal's pages.
var ErrNoUI = errors.New("this build has no Temporal web pages")

// EmbeddedConfig says how the embedded server keeps its data.
type EmbeddedConfig struct {
	// Dir holds the SQLite file and the lock; it is created when absent. A
	// folder serves one process at a time. On PostgreSQL it holds only the lock.
	Dir string
	// PostgresURL is the application's database; the server then keeps its data
	// beside it in <name>_temporal and <name>_visibility, which it creates when
	// its user may. Empty means an SQLite file in Dir.
	PostgresURL string
	// Port is the loopback port of the server's gRPC interface; 0 takes a free one.
	Port int
	// Namespace is created when absent; empty means DefaultNamespace.
	Namespace string
	// Retention is how long closed cases keep their history; 0 means DefaultRetention.
	Retention time.Duration
	// Logger receives what the server says; nil means slog.Default.
	Logger *slog.Logger
}

func (c EmbeddedConfig) withDefaults() EmbeddedConfig {
	if c.Namespace == "" {
		c.Namespace = DefaultNamespace
	}
	if c.Retention == 0 {
		c.Retention = DefaultRetention
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

// UIConfig says what Temporal's web pages show and where.
type UIConfig struct {
	// Port is the loopback port; 0 takes a free one.
	Port int
	// TemporalAddress is the host and port of the cluster; TLS is not offered,
	// since these pages are for demos beside the embedded server.
	TemporalAddress string
	// Namespace is shown first.
	Namespace string
	// CodecEndpoint is the URL at which the browser finds CodecHandler, without
	// the final /decode; empty shows payloads encrypted.
	CodecEndpoint string
	// Logger receives what goes wrong; nil means slog.Default.
	Logger *slog.Logger
}
