//go:build slim

package engine

import (
	"context"
)

// Embedded is never made in this build.
type Embedded struct{}

// StartEmbedded answers ErrNoEmbeddedServer.
func StartEmbedded(context.Context, EmbeddedConfig) (*Embedded, error) {
	return nil, ErrNoEmbeddedServer
}

// HostPort is empty in this build.
func (*Embedded) HostPort() string { return "" }

// Failed never closes in this build.
func (*Embedded) Failed() <-chan struct{} { return nil }

// Err is always nil in this build.
func (*Embedded) Err() error { return nil }

// Stop has nothing to stop in this build.
func (*Embedded) Stop(context.Context) error { return nil }

// UI is never made in this build.
type UI struct{}

// StartUI answers ErrNoUI.
func StartUI(UIConfig) (*UI, error) { return nil, ErrNoUI }

// URL is empty in this build.
func (*UI) URL() string { return "" }

// Stop has nothing to stop in this build.
func (*UI) Stop(context.Context) error { return nil }
