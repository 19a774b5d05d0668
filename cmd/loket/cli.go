package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"loket/internal/config"
	"loket/models"
)

// cli is every sub-command. Its tags are what --help prints.
type cli struct {
	Demo      demoCommand      `cmd:"" help:"Everything in one process, with an invented ministry to try out."`
	Serve     serveCommand     `cmd:"" help:"Serve the portal and the API, and work the cases."`
	Worker    workerCommand    `cmd:"" help:"Work the cases only: workflows, mail, the audit trail."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database up to this program's version."`
	Import    importCommand    `cmd:"" help:"Import the registry, traders' accounts, or a business calendar."`
	Admin     adminCommand     `cmd:"" help:"What an administrator does from the terminal."`
	Check     checkCommand     `cmd:"" help:"Look whether all is well."`
	Directory directoryCommand `cmd:"" help:"Look after the directory that knows the accounts besides Loket."`
	Bench     benchCommand     `cmd:"" help:"Measure this program beside a bare one."`
	OpenAPI   openAPICommand   `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 document of the API."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

const description = `A counter for approvals: memos that ask for accounts go from a unit to its head, to the officers and back.

Settings are LOKET_* variables; a laptop needs none of them. "loket check config" lists them and names every fault at once.

  loket demo                  try it out
  loket migrate up            then: loket import registry, loket admin create-account
  loket serve                 run it for real`

// The exit codes besides 0.
const (
	exitFailed  = 1
	exitMisused = 2 // a wrong command line, or wrong settings
	exitUnknown = 3 // a check that could not be made
)

// leave carries the exit code that the command line's parser asks for, after printing help.
type leave int

// run parses the command line, runs the sub-command, and gives the exit code. Whatever went wrong is said once.
func (p *process) run(args []string) (code int) {
	defer func() {
		if asked, ok := recover().(leave); ok {
			code = int(asked)
		}
	}()
	var c cli
	parser, err := kong.New(&c, kong.Name("loket"), kong.Description(description), kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(leave(code)) }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, Summary: false, WrapUpperBound: 110}), kong.Bind(p))
	if err != nil {
		return p.failed(err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		p.sayf("%v\n\nloket --help lists what there is.", err)
		return exitMisused
	}
	return p.failed(command.Run(p))
}

// failed says what went wrong and gives the exit code.
func (p *process) failed(err error) int {
	var faulty config.Faulty
	var misuse misused
	var blind unchecked
	switch {
	case err == nil:
		return 0
	case errors.As(err, &faulty), errors.As(err, &misuse):
		p.sayf("%v", err)
		return exitMisused
	case errors.As(err, &blind):
		p.sayf("loket: could not check: %v", err)
		return exitUnknown
	}
	p.sayf("loket: %v", err)
	return exitFailed
}

// misused is an error of how the program was called.
type misused struct{ error }

func misuse(format string, args ...any) error { return misused{fmt.Errorf(format, args...)} }

// sayf writes a line to people, beside the output that programs read.
func (p *process) sayf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stderr, format+"\n", args...)
}

// printf writes a line of output.
func (p *process) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stdout, format+"\n", args...)
}

// counting tells how far long work is, on one line, each time another twentieth is done.
func (p *process) counting(what string) func(done, total int) {
	told := -1
	return func(done, total int) {
		if part := done * 20 / max(total, 1); part > told {
			told = part
			_, _ = fmt.Fprintf(p.stderr, "\r%d of %d %s", done, total, what)
		}
		if done == total {
			_, _ = fmt.Fprintln(p.stderr)
		}
	}
}

// fromTerminal is who acts when a command does: whoever may open the database.
func fromTerminal() models.Actor {
	return models.Actor{Agency: models.DefaultAgency, Origin: models.Origin{Channel: "cli"}}
}

// settings reads the configuration; the error names every fault of it. What `make test` hands down to the processes it
// starts is no setting and no slip of the pen either.
func (p *process) settings() (config.Config, error) {
	return config.Load(slices.DeleteFunc(slices.Clone(p.environ), func(v string) bool { return strings.HasPrefix(v, config.Prefix+"TEST_") }))
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *process) error {
	p.printf("loket %s", version)
	return nil
}
