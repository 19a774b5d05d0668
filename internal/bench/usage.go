package bench

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what a process has of the machine: memory now, and processor time since it began.
type usage struct {
	resident float64 // MB
	cpu      time.Duration
}

// ticksPerSecond is the unit of processor times in /proc, the same on every Linux that Go runs on.
const ticksPerSecond = 100

func usageOf(pid int) (usage, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return usage{}, fmt.Errorf("memory and processor time are read from /proc, which Linux has: %w", err)
	}
	var u usage
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 64)
			if err != nil {
				return u, fmt.Errorf("read the memory of process %d: %w", pid, err)
			}
			u.resident = n / 1024
		}
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, err
	}
	// The name in parentheses may hold blanks; user and system time are the 12th and 13th field after it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 13 {
		return u, fmt.Errorf("the state of process %d has %d fields", pid, len(fields))
	}
	for _, f := range fields[11:13] {
		ticks, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return u, fmt.Errorf("read the processor time of process %d: %w", pid, err)
		}
		u.cpu += time.Duration(ticks) * time.Second / ticksPerSecond
	}
	return u, nil
}

// idling lets a process be for a while and then watches it: its memory at the end, and how much of a core it took.
func idling(ctx context.Context, pid int, settle, watch time.Duration) (resident, core float64, err error) {
	if err := pause(ctx, settle); err != nil {
		return 0, 0, err
	}
	before, err := usageOf(pid)
	if err != nil {
		return 0, 0, err
	}
	if err := pause(ctx, watch); err != nil {
		return 0, 0, err
	}
	after, err := usageOf(pid)
	return after.resident, 100 * (after.cpu - before.cpu).Seconds() / watch.Seconds(), err
}

// atRest waits until a process is done with what was begun before: it takes less than a tenth of a core for a second. It
// waits no longer than patience allows.
func atRest(ctx context.Context, pid int, patience time.Duration) error {
	for began := time.Now(); time.Since(began) < patience; {
		_, core, err := idling(ctx, pid, 0, time.Second)
		if err != nil || core < 10 {
			return err
		}
	}
	return nil
}

// pause waits, as idleness is what is measured.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
