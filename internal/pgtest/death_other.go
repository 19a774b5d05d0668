//go:build unix && !linux

package pgtest

import "syscall"

// dieWithParent does nothing here: only Linux signals a child when its parent dies.
func dieWithParent(*syscall.SysProcAttr) {}
