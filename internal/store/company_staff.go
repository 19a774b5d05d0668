package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// CloseColleague closes the account of one of a company's people, and whatever could still open it. What they were allowed
// is gone with it. models.ErrNotNow where it is closed already, models.ErrForbidden for one's own.
func (s *Store) CloseColleague(ctx context.Context, a models.Actor, in PersonChange) error {
	return s.staff(ctx, "close a colleague's account", a, in, false, func(c *staffing) error {
		switch {
		case c.person.ID == a.AccountID:
			return models.ErrForbidden
		case c.person.Status == AccountDisabled:
			return models.ErrNotNow
		}
		if err := c.notLast(); err != nil {
			return err
		}
		if err := c.areas(nil); err != nil {
			return err
		}
		if err := c.s.shutAway(c.tx, []string{c.person.ID}, c.s.caseNow()); err != nil {
			return err
		}
		if err := c.s.dropPasswords(c.tx, c.person.ID); err != nil {
			return err
		}
		if err := c.changed("status = ?, responsible = ?", AccountDisabled, false); err != nil {
			return err
		}
		if err := c.tell("trader_closed"); err != nil {
			return err
		}
		return c.note("colleague_closed", map[string]any{"status": c.person.Status, "responsible": c.person.Responsible, "areas": c.person.Areas},
			map[string]any{"status": AccountDisabled})
	})
}

// ReopenColleague has an account that was closed wait for its owner again, who gets a link for a new password and begins
// with no areas. models.ErrNotNow for one that is not closed, models.ErrTooSoon past the pace of messages.
func (s *Store) ReopenColleague(ctx context.Context, a models.Actor, in PersonChange) error {
	return s.staff(ctx, "open a colleague's account again", a, in, false, func(c *staffing) error {
		if c.person.Status != AccountDisabled {
			return models.ErrNotNow
		}
		if err := c.paced(c.person.Email, "trader_reopened"); err != nil {
			return err
		}
		ends := s.prolonged(c.person.Ends)
		// What was told of an end that stays has been told.
		if err := c.changed(`status = ?, end_noticed = case when ends_at = ? then end_noticed end, ends_at = ?, failed_count = 0, failed_since = null,
			lock_count = 0, locked_until = null, must_change = ?`, AccountPending, ends, ends, false); err != nil {
			return err
		}
		if err := c.link("trader_reopened"); err != nil {
			return err
		}
		return c.note("colleague_reopened", map[string]any{"status": AccountDisabled}, map[string]any{"status": AccountPending})
	})
}

// RelinkColleague has another link sent to somebody who has not set a password yet; models.ErrNotNow for anybody else,
// models.ErrTooSoon within a minute of the last.
func (s *Store) RelinkColleague(ctx context.Context, a models.Actor, in PersonChange) error {
	return s.staff(ctx, "send a colleague another link", a, in, false, func(c *staffing) error {
		if c.person.Status != AccountPending {
			return models.ErrNotNow
		}
		may, err := s.mayLinkBeSent(c.tx, c.person.ID)
		if err != nil {
			return err
		}
		if !may {
			return models.ErrTooSoon
		}
		if err := c.link("trader_invited"); err != nil {
			return err
		}
		return c.note("colleague_invited", nil, map[string]any{"again": true})
	})
}

// mayLinkBeSent keeps an eager colleague from filling somebody's mailbox.
func (s *Store) mayLinkBeSent(tx *gorm.DB, accountID string) (bool, error) {
	now := s.wallNow()
	var sent []time.Time
	err := tx.Raw("select created from notices where secret_for = ? and created > ?", accountID, now.AddDate(0, 0, -1)).Scan(&sent).Error
	return models.MayResend(sent, now), err
}

func (c *staffing) link(kind string) error {
	by, err := c.asker()
	if err != nil {
		return err
	}
	owner := Account{ID: c.person.ID, Username: c.person.Username, Name: c.person.Name, Email: c.person.Email, Locale: c.locale}
	return c.s.firstLink(c.tx, c.company.AgencyID, kind, owner, map[string]string{"company": c.company.Name, "by": by})
}

// InviteColleague makes an account that waits for its owner, for whom whoever is responsible vouches. An address that one of
// another company's people has is answered alike, and told so itself. A fault of email says that a colleague has it;
// models.ErrTooSoon past the pace of messages to an address, or of invitations of a company.
func (s *Store) InviteColleague(ctx context.Context, a models.Actor, company string, in models.Colleague) error {
	return s.transact(ctx, "invite a colleague", func(tx *gorm.DB) error {
		c := &staffing{s: s, tx: tx, by: a}
		if err := c.lock(company, false); err != nil {
			return err
		}
		holders, err := s.addressHolders(tx, c.company.AgencyID, in.Email, "")
		if err != nil {
			return err
		}
		if err := c.strange(in.Email); err != nil {
			return err
		}
		if err := c.mayInvite(in.Email); err != nil {
			return err
		}
		if len(holders) > 0 {
			return c.taken(in.Email, holders)
		}
		return c.invite(in)
	})
}

// invitationsADay is how many invitations of one company go out in a day.
const invitationsADay = 50

// mayInvite keeps a company from filling mailboxes, and from trying addresses by the thousand. Whether an address is
// anybody's makes no difference.
func (c *staffing) mayInvite(email string) error {
	if err := c.paced(email, "trader_invited", noticeTaken, noticeWaiting, noticeEmailProof); err != nil {
		return err
	}
	n, err := next(c.tx, c.company.AgencyID, "invitations:"+c.company.ID, dayNumber(c.s.wallNow()))
	if err == nil && n > invitationsADay {
		err = models.ErrTooSoon
	}
	return err
}

// dayNumber is what a counter of one day is kept by.
func dayNumber(at time.Time) int { return at.Year()*1000 + at.YearDay() }

// paced answers models.ErrTooSoon where an address was sent too many messages of these kinds.
func (c *staffing) paced(email string, kinds ...string) error {
	now := c.s.wallNow()
	var sent []time.Time
	err := c.tx.Raw("select created from notices where agency_id = ? and lower(to_address) = ? and kind in ? and created > ?",
		c.company.AgencyID, models.NormalizeEmail(email), kinds, now.Add(-24*time.Hour)).Scan(&sent).Error
	if err == nil && !models.MayResend(sent, now) {
		err = models.ErrTooSoon
	}
	return err
}

// strange refuses a colleague's address, which the list of people shows anyhow.
func (c *staffing) strange(email string) error {
	var colleagues int64
	err := c.tx.Raw("select count(*) from accounts where company_id = ? and lower(email) = ?", c.company.ID, email).Scan(&colleagues).Error
	if err != nil || colleagues > 0 {
		return orFault(err, "email", "email_taken")
	}
	return nil
}

// taken tells whoever has an address that it was asked for.
func (c *staffing) taken(email string, holders []person) error {
	if err := c.s.tellHolders(c.tx, c.company.AgencyID, holders); err != nil {
		return err
	}
	return c.s.note(c.tx, c.by, deed{stream: companyStream(c.company.ID), action: "colleague_invited", object: "company:" + c.company.ID,
		after: map[string]any{"email": maskAddress(email), "taken": true}})
}

func (c *staffing) invite(in models.Colleague) error {
	username, err := freeUsername(c.tx, c.company.AgencyID, in.Name)
	if err != nil {
		return err
	}
	ends := c.s.traderEnds()
	row := Account{ID: newID(), AgencyID: c.company.AgencyID, Username: username, Name: in.Name, Email: in.Email, Status: AccountPending, Locale: "id",
		Zone: "Asia/Jakarta", CompanyID: &c.company.ID, EndsAt: &ends, Created: c.s.caseNow()}
	if err := c.tx.Raw("select locale from accounts where id = ?", c.by.AccountID).Scan(&row.Locale).Error; err != nil {
		return err
	}
	if err := c.tx.Create(&row).Error; err != nil {
		return duplicate(err)
	}
	c.person = models.CompanyPerson{ID: row.ID, Username: username, Name: in.Name, Email: in.Email}
	c.locale = row.Locale
	if err := c.link("trader_invited"); err != nil {
		return err
	}
	return c.note("colleague_invited", nil, map[string]any{"username": username, "status": AccountPending})
}

func orFault(err error, field, code string) error {
	if err != nil {
		return err
	}
	return models.Invalid(models.Fault(field, code))
}

// freeUsername picks one by the rule for names. Whoever makes accounts takes turns, so that no two pick the same.
func freeUsername(tx *gorm.DB, agency, name string) (string, error) {
	if _, err := next(tx, agency, "provisioning", 0); err != nil {
		return "", err
	}
	candidates := models.UsernameCandidates(name)
	taken, err := takenUsernames(tx, agency, candidates)
	if err != nil {
		return "", err
	}
	return pick(taken, candidates), nil
}
