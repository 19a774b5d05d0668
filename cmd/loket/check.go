package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"loket/internal/config"
)

type checkCommand struct {
	All    checkAll    `cmd:"" default:"withargs" help:"Prove that everything that was promised holds: nothing lost, twice, late or told. This is the default."`
	Config checkConfig `cmd:"" help:"List the settings, and everything that is wrong with them."`
	Audit  checkAudit  `cmd:"" help:"Prove that no entry of the audit trail was changed, removed, inserted or moved."`
	Health checkHealth `cmd:"" help:"Ask the process that serves on this machine whether it is ready."`
}

type checkConfig struct{}

// Help tells more than one line.
func (checkConfig) Help() string {
	return `Exit code 0 when all is well, 2 when something is to be corrected. Secrets are not shown; each may be given by file instead, in the variable with _FILE appended.

  LOKET_PUBLIC_URL=https://loket.kem.example loket check config`
}

// Run lists every setting with its value, then the faults.
func (checkConfig) Run(p *process) error {
	cfg, err := p.settings()
	values := valuesOf(cfg)
	for _, s := range config.Describe() {
		p.printf("%-32s %s\n%34s%s", s.Name, values[s.Name], "", s.Doc)
	}
	if err == nil {
		p.sayf("\nno faults")
	}
	return err
}

// valuesOf gives each setting's value as text; a secret's hides itself.
func valuesOf(cfg config.Config) map[string]string {
	values := map[string]string{}
	v := reflect.ValueOf(cfg)
	for i := range v.NumField() {
		name, ok := v.Type().Field(i).Tag.Lookup("env")
		if !ok {
			continue
		}
		text := fmt.Sprint(v.Field(i).Interface())
		if list, isList := v.Field(i).Interface().([]string); isList {
			text = strings.Join(list, ",")
		}
		if text == "" {
			text = "(none)"
		}
		values[name] = text
	}
	return values
}

type checkAudit struct{}

// Help tells more than one line.
func (checkAudit) Help() string {
	return `Walks every chain from its first entry and compares the end with the checkpoints in LOKET_AUDIT_CHECKPOINTS: without that file, kept elsewhere, a cut tail leaves no trace. Exit code 0 when the trail is whole.`
}

// Run verifies the trail.
func (checkAudit) Run(p *process) error {
	return p.withHouse(func(h *house) error {
		report, err := h.store.VerifyAudit(p.ctx, h.cfg.AuditCheckpoints)
		if err != nil {
			return err
		}
		p.printf("%d entries in %d streams, %d of them not sealed yet", report.Entries, report.Streams, report.Unsealed)
		for _, f := range report.Faults {
			p.printf("%s: entry %d, stream %q at %d", f.Kind, f.Seq, f.Stream, f.StreamSeq)
		}
		if len(report.Faults) > 0 {
			return errors.New("the audit trail is not whole")
		}
		return nil
	})
}

type checkHealth struct{}

// Help tells more than one line.
func (checkHealth) Help() string {
	return `Asks /readyz at LOKET_LISTEN; exit code 0 when it answers yes. Containers use it as their health check.`
}

// Run asks /readyz.
func (checkHealth) Run(p *process) error {
	cfg, err := p.settings()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, 3*time.Second)
	defer cancel()
	answer, err := readiness(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(answer.Checks)) {
		p.printf("%-10s %s", name, answer.Checks[name])
	}
	if !answer.Ready {
		return errors.New("not ready")
	}
	return nil
}

type ready struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"`
}

// readiness asks the process that listens at an address of this machine.
func readiness(ctx context.Context, listen string) (ready, error) {
	var answer ready
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return answer, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return answer, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer, fmt.Errorf("nobody answers: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(&answer); err != nil {
		return answer, fmt.Errorf("read the answer of /readyz: %w", err)
	}
	return answer, nil
}
