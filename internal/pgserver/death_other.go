//go:build unix && !linux

package pgserver

import "syscall"

// dieWithParent does nothing here: only Linux signals a child when its parent dies.
func dieWithParent(*syscall.SysProcAttr) {}
