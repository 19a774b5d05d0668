package main

import (
	"errors"
	"strings"
	"time"

	"loket/internal/directory"
	"loket/models"
)

type directoryCommand struct {
	Check directoryCheck `cmd:"" help:"Compare the directory with the accounts."`
}

type directoryCheck struct {
	Repair bool `help:"Carry every account to the directory with which it does not agree."`
}

// Help tells more than one line.
func (directoryCheck) Help() string {
	return `Looks at every account in the directory that LOKET_DIRECTORY names, and says where the two do not agree. What waits to be carried, or was left out, is named and is no fault. It may run beside loket serve.

Exit code 0 when they agree, 1 when they do not, 3 when the directory could not be asked.

  loket directory check
  loket directory check --repair`
}

// Run compares, and repairs where that is asked for.
func (c *directoryCheck) Run(p *process) error {
	return p.withHouse(func(h *house) error {
		if h.cfg.Directory == models.DirectoryBuiltIn {
			return misuse("LOKET_DIRECTORY is builtin: there is no directory to compare with")
		}
		if err := h.settle(p.ctx, 1); err != nil {
			return err
		}
		d, err := h.directory()
		if err != nil {
			return err
		}
		defer d.Close()
		found, err := h.compared(p, d)
		if ids := found.Drifted(); err == nil && c.Repair && len(ids) > 0 {
			if found, err = h.repaired(p, d, ids); err == nil {
				p.printf("carried again: %d", len(ids))
			}
		}
		if err != nil {
			return unchecked{err}
		}
		if len(found.Drifted())+len(found.Strangers) > 0 {
			return errors.New("the directory does not agree with the accounts")
		}
		return nil
	})
}

// compared looks and tells.
func (h *house) compared(p *process, d directory.Directory) (directory.Comparison, error) {
	found, err := directory.Compare(p.ctx, d, h.store, models.DefaultAgency)
	if err != nil {
		return found, err
	}
	standing := map[string]string{models.DirectoryQueued: " (waits to be carried)", models.DirectoryFailed: " (was refused)", models.DirectoryLeftOut: " (was left out)"}
	p.printf("%d accounts compared, %d differ", found.Checked, len(found.Differences))
	for _, each := range found.Differences {
		p.printf("%s %s%s", each.Username, strings.Join(each.How, ", "), standing[each.State])
	}
	for _, k := range found.Strangers {
		p.printf("%s stands for an account that is not there", k.Where)
	}
	return found, nil
}

// repairWithin is longer than the lease of another process that carries some of it.
const repairWithin = 2 * time.Minute

// repaired puts accounts up, carries what waits, and looks again. Another process may carry its part.
func (h *house) repaired(p *process, d directory.Directory, ids []string) (directory.Comparison, error) {
	if err := h.store.PutUpForDirectory(p.ctx, fromTerminal(), ids); err != nil {
		return directory.Comparison{}, err
	}
	carrier, tick := h.carrier(d), time.NewTicker(time.Second)
	defer tick.Stop()
	for end := time.Now().Add(repairWithin); time.Now().Before(end); {
		if err := carrier.Round(p.ctx); err != nil {
			return directory.Comparison{}, err
		}
		state, err := h.store.DirectoryState(p.ctx, models.DefaultAgency)
		if err != nil {
			return directory.Comparison{}, err
		}
		if state.Waiting == 0 {
			break
		}
		select {
		case <-p.ctx.Done():
			return directory.Comparison{}, p.ctx.Err()
		case <-tick.C:
		}
	}
	return h.compared(p, d)
}
