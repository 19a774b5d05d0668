package main

import (
	"errors"
	"fmt"
	"strings"

	"loket/models"
)

type removeSecondFactor struct {
	Username string `arg:"" help:"Whose second factor is removed."`
}

// Help tells more than one line.
func (removeSecondFactor) Help() string {
	return `From then on the password alone opens the account, until its owner adds a second factor again; where the agency
requires one, that is the first thing they are asked. The owner is told by mail. Check who asks, in person, before.`
}

// Run removes it.
func (c *removeSecondFactor) Run(p *process) error {
	return p.withHouse(func(h *house) error {
		if err := h.settle(p.ctx, 1); err != nil {
			return err
		}
		username := strings.ToLower(strings.TrimSpace(c.Username))
		account, err := h.store.AccountByUsername(p.ctx, models.DefaultAgency, username)
		if errors.Is(err, models.ErrNotFound) {
			return fmt.Errorf("there is no account %s", username)
		}
		if err != nil {
			return err
		}
		err = h.store.RemoveSecondFactor(p.ctx, fromTerminal(), account.ID)
		if errors.Is(err, models.ErrNotNow) {
			return fmt.Errorf("%s has no second factor", username)
		}
		if err != nil {
			return err
		}
		p.printf("%s signs in with the password alone now.", username)
		return nil
	})
}
