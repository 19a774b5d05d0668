package main

import (
	"context"
	"time"

	"loket/internal/directory"
	"loket/models"
)

// directory is where accounts are known besides Loket, as the settings say. It connects when it is needed.
func (h *house) directory() (directory.Directory, error) {
	switch h.cfg.Directory {
	case "ldap":
		attributes, err := models.ParseDirectoryAttributes(h.cfg.LDAPAttributes)
		if err != nil {
			return nil, misuse("LOKET_LDAP_ATTRIBUTES: %w", err)
		}
		return directory.NewLDAP(directory.LDAPConfig{URL: h.cfg.LDAPURL, CAFile: h.cfg.LDAPCA, BindDN: h.cfg.LDAPBindDN, Password: h.cfg.LDAPBindPassword.Reveal(),
			Base: h.cfg.LDAPBase, DisabledBase: h.cfg.LDAPDisabledBase, Groups: h.cfg.LDAPGroupsBase, Attributes: attributes,
			Passwords: h.cfg.LDAPPasswords == "argon2", Timeout: h.cfg.LDAPTimeout})
	case "csv":
		return directory.NewFiles(h.cfg.DirectoryFolder, h.zone, time.Now)
	}
	return directory.BuiltIn{}, nil
}

// carrier brings accounts to a directory.
func (h *house) carrier(to directory.Directory) *directory.Carrier {
	return &directory.Carrier{Outbox: h.store, Directory: to, Now: time.Now, Log: h.log}
}

// keepDirectory carries accounts to the directory as they change. Where there is none they wait: one that is named later
// hears of everybody.
func (h *house) keepDirectory() error {
	if h.cfg.Directory == models.DirectoryBuiltIn {
		return nil
	}
	to, err := h.directory()
	if err != nil {
		return err
	}
	h.stack.add("directory", func(context.Context) error { return to.Close() })
	h.stack.loop("directory", func(ctx context.Context) {
		every(ctx, time.Second, h.log, "carrying accounts to the directory", h.carrier(to).Round)
	})
	return nil
}
