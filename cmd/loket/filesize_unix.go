//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// surviveFileLimit makes a write beyond the limit of a file's size (ulimit -f) an error of that write, as a full disk
// is, and not the end of the process. PostgreSQL does the same.
func surviveFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
