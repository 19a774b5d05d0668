package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loket/internal/store"
	"loket/models"
)

type adminCommand struct {
	CreateAccount      createAccount      `cmd:"" name:"create-account" help:"Open an account with a temporary password."`
	RemoveSecondFactor removeSecondFactor `cmd:"" name:"remove-second-factor" help:"Let somebody in whose phone and recovery codes are lost."`
	RotateKey          rotateKey          `cmd:"" name:"rotate-key" help:"Begin to write with a new key."`
}

type createAccount struct {
	Username string   `arg:"" help:"2 to 64 small letters and digits, single dots between: surya.adi"`
	NIP      string   `placeholder:"NIP" help:"Employee of the registry whose account it is; name, e-mail and appointments come from there."`
	Name     string   `help:"Name of somebody who stands in no registry."`
	Email    string   `help:"E-mail of somebody who stands in no registry."`
	Role     []string `placeholder:"ROLE@UNIT" help:"Role held in a unit, for an account without --nip; may be given again. Roles: unit_head, acting_head, substitute, ppk, hr_head, personnel_head, drafter, officer, officer_lead, support_tier1, support_tier2, support_tier3, support_lead, auditor, admin."`
	Locale   string   `enum:"id,en" default:"id" help:"Language of pages and mail: id or en."`
	Plain    bool     `help:"Print the password alone, for scripts."`
}

// Help tells more than one line.
func (createAccount) Help() string {
	return `Prints a temporary password once; its owner must change it at the first sign-in, and can do nothing else before.

  loket admin create-account surya.adi --nip 197405131998061724
  loket admin create-account lestari --name "Lestari Suryadi" --email lestari@kem.example --role admin@KEM --role auditor@KEM`
}

// Run opens the account.
func (c *createAccount) Run(p *process) error {
	account, err := c.account()
	if err != nil {
		return err
	}
	return p.withHouse(func(h *house) error {
		if err := h.settle(p.ctx, 1); err != nil {
			return err
		}
		if err := h.letIn(); err != nil {
			return err
		}
		units, err := h.store.UnitCodes(p.ctx, models.DefaultAgency)
		if err != nil {
			return err
		}
		for i := range account.Grants {
			if !units[account.Grants[i].Unit] {
				return misuse("--role: there is no unit %s: loket import registry --units brings units", account.Grants[i].Unit)
			}
			account.Grants[i].From = h.now()
		}
		password := temporaryPassword()
		if account.PasswordHash, err = h.hasher.Hash(p.ctx, password); err != nil {
			return err
		}
		if err := c.create(p, h.store, account); err != nil {
			return err
		}
		if c.Plain {
			p.printf("%s", password)
			return nil
		}
		p.printf("account %s is open. Its temporary password, shown this once:\n\n  %s\n\nSign in at %s/sign-in and change it.", c.Username, password, h.cfg.PublicURL)
		return nil
	})
}

func (c *createAccount) create(p *process, s *store.Store, account store.NewAccount) error {
	_, err := s.CreateAccount(p.ctx, fromTerminal(), account)
	switch {
	case errors.Is(err, models.ErrDuplicate):
		return fmt.Errorf("%s is taken, or the employee has an account already", c.Username)
	case errors.Is(err, models.ErrNotFound):
		return fmt.Errorf("the registry has no employee %s", c.NIP)
	}
	return err
}

// account reads the command line, and says everything that is wrong with it at once.
func (c *createAccount) account() (store.NewAccount, error) {
	a := store.NewAccount{Username: strings.ToLower(c.Username), Name: strings.TrimSpace(c.Name), Email: models.NormalizeEmail(c.Email),
		NIP: models.NormalizeNIP(c.NIP), Locale: c.Locale, MustChange: true}
	var wrong []string
	add := func(flag string, faults []models.FieldFault) {
		for _, f := range faults {
			wrong = append(wrong, flag+": "+f.Code)
		}
	}
	if !models.ValidUsername(a.Username) {
		wrong = append(wrong, c.Username+" cannot be a username: 2 to 64 small letters and digits, single dots between, no name of an office")
	}
	if a.NIP == "" {
		_, faults := models.ParseName("name", a.Name)
		add("--name", faults)
		_, faults = models.ParseEmail("email", a.Email)
		add("--email", faults)
	} else {
		_, faults := models.ParseNIP("nip", a.NIP, "")
		add("--nip", faults)
	}
	if a.NIP != "" && len(c.Role) > 0 {
		wrong = append(wrong, "--role: an employee's roles are appointments: import them, or grant them in the portal")
	}
	for _, text := range c.Role {
		g, err := roleGrant(text)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		a.Grants = append(a.Grants, g)
	}
	if len(wrong) > 0 {
		return a, misuse("%s", strings.Join(wrong, "\n"))
	}
	return a, nil
}

func roleGrant(text string) (models.RoleGrant, error) {
	role, unit, ok := strings.Cut(text, "@")
	if !ok || unit == "" || !slices.Contains(models.Roles(), models.Role(role)) {
		return models.RoleGrant{}, fmt.Errorf("--role %s: write a role and a unit, like admin@KEM", text)
	}
	return models.RoleGrant{Role: models.Role(role), Unit: unit, Reason: "loket admin create-account", From: time.Time{}}, nil
}

// temporaryPassword has 80 random bits, and the four classes that the agency's rules want.
func temporaryPassword() string {
	text := rand.Text()
	return strings.ToLower(text[:8]) + "-" + text[8:16] + "-Qy7!"
}
