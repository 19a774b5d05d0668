//go:build !unix

// Package pgserver starts a private PostgreSQL server; on this system it cannot.
package pgserver

import (
	"context"
	"errors"
)

// Server is never started here.
type Server struct{}

// Launch answers that a server must be named.
func Launch(context.Context, ...string) (*Server, error) {
	return nil, errors.New("a private PostgreSQL server is started on Unix alone")
}

// URL is empty.
func (*Server) URL() string { return "" }

// Stop does nothing.
func (*Server) Stop() {}
