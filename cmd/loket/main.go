// Command loket is the whole program: the counters, the workers, and the tools around them, each a sub-command. It owns
// how the parts are put together (wire.go), how they start and stop, and what the terminal is told; everything else
// lives in the packages it composes.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is written by the linker: -X main.version=1.2.3.
var version = "dev"

func main() {
	surviveFileLimit()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &process{ctx: ctx, environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}
	code := p.run(os.Args[1:])
	stop()
	os.Exit(code)
}

// process is what a sub-command may use of the process it runs in. ctx ends when it is asked to stop.
type process struct {
	ctx            context.Context
	environ        []string
	stdout, stderr io.Writer
}
