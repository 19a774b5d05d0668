package pgserver

import "syscall"

// dieWithParent ends the server when its owner is killed (a test that
// exceeds its time limit runs no cleanup).
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
