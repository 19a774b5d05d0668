package main

import (
	"errors"
	"fmt"

	"loket/internal/keyring"
	"loket/models"
)

type rotateKey struct {
	Purpose string `arg:"" help:"audit: the key that proves the audit trail. codec: the key around what the engine stores."`
}

// Help tells more than one line.
func (rotateKey) Help() string {
	return `Adds a new key to LOKET_KEYRING_FILE; the old one stays, to read and prove what it wrote. Start the processes anew afterwards: until then they write with the old one. Where several machines have copies of the file, give each the new file first. The key of tokens stays: links, sessions and second factors would be lost with it.

  loket admin rotate-key codec`
}

// Run rotates it.
func (c *rotateKey) Run(p *process) error {
	return p.withHouse(func(h *house) error {
		if err := h.settle(p.ctx, 1); err != nil {
			return err
		}
		purpose := keyring.Purpose(c.Purpose)
		err := h.ring.Rotate(purpose)
		switch {
		case errors.Is(err, keyring.ErrUnknownPurpose):
			return misuse("there is no key for %s: name audit or codec", c.Purpose)
		case errors.Is(err, keyring.ErrFixed):
			return misuse("the key of %s cannot be rotated: what was written under it does not say so, and would be lost. Name audit or codec", c.Purpose)
		case err != nil:
			return err
		}
		id := h.ring.Current(purpose).ID
		if err := h.noteRotation(p, purpose, id); err != nil {
			return fmt.Errorf("the key is rotated, but the audit trail does not say so: %w", err)
		}
		p.printf("%s is the key for %s from now on, for every process that is started anew.", id, purpose)
		return nil
	})
}

func (h *house) noteRotation(p *process, purpose keyring.Purpose, id string) error {
	a := fromTerminal()
	return h.store.AppendAudit(p.ctx, models.AuditEntry{Stream: "system", At: h.now(), Actor: "system", Action: "key_rotated",
		Object: "key:" + string(purpose), Origin: a.Origin, After: fmt.Sprintf(`{"key":%q}`, id), Outcome: "ok"})
}
