// Package archtest holds tests on the tree itself: who may reach whom through
// how many steps, which module versions stand, how long a file may grow, what
// may not leak into a tracked file.
//
// It owns what only the whole tree can show. Direct imports, names, comments
// and function lengths are the linter's (.golangci.yml); the meaning of the
// code is tested beside the code. Nothing imports this package.
package archtest
