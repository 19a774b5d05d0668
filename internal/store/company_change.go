package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// PersonChange names one of a company's people, and the version in which they were read; 0 does not compare.
type PersonChange struct {
	Company, Person string
	Version         int
}

// staffing is a change of one of a company's people within its transaction.
type staffing struct {
	s       *Store
	tx      *gorm.DB
	by      models.Actor
	company companyRecord
	person  models.CompanyPerson
	locale  string
}

// staff has a change made while the company is locked, so that two changes take turns, and whoever asks is looked at once
// more: models.ErrForbidden where they do not answer for the company any more. models.ErrNotFound for anybody outside it,
// models.ErrStale where the person has changed since Version.
func (s *Store) staff(ctx context.Context, what string, a models.Actor, in PersonChange, admin bool, change func(c *staffing) error) error {
	return s.transact(ctx, what, func(tx *gorm.DB) error {
		c := &staffing{s: s, tx: tx, by: a}
		if err := c.lock(in.Company, admin); err != nil {
			return err
		}
		var err error
		if c.person, err = personIn(tx, agencyOf(a), in.Company, in.Person); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != c.person.Version {
			return models.ErrStale
		}
		if err := tx.Raw("select locale from accounts where id = ?", c.person.ID).Scan(&c.locale).Error; err != nil {
			return err
		}
		return change(c)
	})
}

// lock takes the company, and sees whether whoever asks may still say what its people do.
func (c *staffing) lock(company string, admin bool) error {
	if err := c.tx.Clauses(forUpdate()).Where("agency_id = ? and id = ?", agencyOf(c.by), company).Take(&c.company).Error; err != nil {
		return err
	}
	if admin {
		return nil
	}
	asks, err := personIn(c.tx, agencyOf(c.by), company, c.by.AccountID)
	if err == nil && (!asks.Responsible || asks.Status != AccountActive) {
		err = models.ErrForbidden
	}
	return err
}

// SetAreas gives somebody the areas, in place of those that they had. What they opened by an area that is gone ends at once.
func (s *Store) SetAreas(ctx context.Context, a models.Actor, in PersonChange, areas []models.AreaGrant) error {
	return s.staff(ctx, "set areas", a, in, false, func(c *staffing) error {
		if c.person.Status == AccountDisabled {
			return models.ErrNotNow
		}
		if err := c.areas(areas); err != nil {
			return err
		}
		if err := c.tell("trader_areas"); err != nil {
			return err
		}
		return c.note("company_areas_set", map[string]any{"areas": c.person.Areas}, map[string]any{"areas": areas})
	})
}

func (c *staffing) areas(areas []models.AreaGrant) error {
	if err := c.tx.Exec("delete from company_areas where account_id = ?", c.person.ID).Error; err != nil {
		return err
	}
	rows := make([]areaRow, len(areas))
	for i, g := range areas {
		rows[i] = areaRow{AccountID: c.person.ID, Area: g.Area, AgencyID: c.company.AgencyID, CompanyID: c.company.ID, Level: g.Level, Granted: c.s.wallNow()}
	}
	if len(rows) > 0 {
		if err := c.tx.Create(&rows).Error; err != nil {
			return err
		}
	}
	if err := c.changed("status = status"); err != nil {
		return err
	}
	return c.tx.Exec(`update openid_grants set ended = @now, next_try = @now where account_id = @account and ended is null and application in
		(select p.id from applications p where p.agency_id = @agency and p.access = @access and not exists
			(select 1 from company_areas x where x.account_id = @account and x.area = p.area))`,
		map[string]any{"now": c.s.wallNow(), "account": c.person.ID, "agency": c.company.AgencyID, "access": models.AccessByCompany}).Error
}

// changed writes to the person's account, in a new version.
func (c *staffing) changed(set string, args ...any) error {
	return c.tx.Exec("update accounts set people_version = people_version + 1, "+set+" where id = ?", append(args, c.person.ID)...).Error
}

// SetResponsible has somebody answer for the company, or no longer. models.ErrLastResponsible where nobody else could,
// models.ErrNotNow for an account that is not active.
func (s *Store) SetResponsible(ctx context.Context, a models.Actor, in PersonChange, responsible bool) error {
	return s.staff(ctx, "say who answers for a company", a, in, false, func(c *staffing) error { return c.responsible(responsible) })
}

// AppointResponsible is an admin's word where nobody answers for a company; models.ErrHasResponsible elsewhere.
func (s *Store) AppointResponsible(ctx context.Context, a models.Actor, in PersonChange) error {
	return s.staff(ctx, "appoint who answers for a company", a, in, true, func(c *staffing) error {
		if others, err := c.others(); err != nil || others > 0 {
			return errors.Join(err, models.ErrHasResponsible)
		}
		if c.person.Responsible {
			return models.ErrHasResponsible
		}
		return c.responsible(true)
	})
}

func (c *staffing) responsible(responsible bool) error {
	kind, action := "trader_responsible", "company_responsible_set"
	switch {
	case c.person.Responsible == responsible:
		return nil
	case responsible && c.person.Status != AccountActive:
		return models.ErrNotNow
	case !responsible:
		kind, action = "trader_released", "company_responsible_ended"
		if err := c.notLast(); err != nil {
			return err
		}
	}
	if err := c.changed("responsible = ?", responsible); err != nil {
		return err
	}
	if err := c.tell(kind); err != nil {
		return err
	}
	return c.note(action, map[string]any{"responsible": c.person.Responsible}, map[string]any{"responsible": responsible})
}

// notLast refuses to leave a company with nobody who answers for it.
func (c *staffing) notLast() error {
	if !c.person.Responsible {
		return nil
	}
	others, err := c.others()
	if err == nil && others == 0 {
		err = models.ErrLastResponsible
	}
	return err
}

// others counts who answers for the company besides the person.
func (c *staffing) others() (int, error) {
	var n int64
	err := c.tx.Raw("select count(*) from accounts a where a.company_id = @company and a.id <> @person and "+answersSQL,
		map[string]any{"company": c.company.ID, "person": c.person.ID, "now": c.s.wallNow()}).Scan(&n).Error
	return int(n), err
}

func (c *staffing) note(action string, before, after map[string]any) error {
	if after == nil {
		after = map[string]any{}
	}
	after["company"] = c.company.ID
	return c.s.note(c.tx, c.by, deed{stream: accountStream(c.person.ID), action: action, object: "account:" + c.person.ID, before: before, after: after})
}

// tell writes to the person what has become of them, unless they did it themselves.
func (c *staffing) tell(kind string) error {
	if c.person.ID == c.by.AccountID || c.person.Email == "" {
		return nil
	}
	to := person{AccountID: c.person.ID, Name: c.person.Name, Email: c.person.Email, Locale: c.locale}
	by, err := c.asker()
	if err != nil {
		return err
	}
	notice, err := c.s.newNotice(c.company.AgencyID, kind, "", to, map[string]string{"name": to.Name, "company": c.company.Name, "by": by, "link": "/company/people"})
	if err != nil {
		return err
	}
	return queue(c.tx, []noticeRow{notice})
}

func (c *staffing) asker() (string, error) {
	var name string
	err := c.tx.Raw("select name from accounts where id = ?", c.by.AccountID).Scan(&name).Error
	return name, err
}

// firstLink queues the message with the link for a first password, 72 hours long in case time.
func (s *Store) firstLink(tx *gorm.DB, agency, kind string, owner Account, data map[string]string) error {
	expires := micro(s.caseNow().Add(models.InvitationLife))
	to := person{AccountID: owner.ID, Name: owner.Name, Email: owner.Email, Locale: owner.Locale, Expires: &expires}
	data["name"], data["username"] = owner.Name, owner.Username
	notice, err := s.newNotice(agency, kind, "", to, data)
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{notice.bearing(to)})
}

// prolonged is when an account ends that comes back: as before, or as one that is made now where that is over.
func (s *Store) prolonged(ends *time.Time) *time.Time {
	if ends != nil && ends.After(s.wallNow()) {
		return ends
	}
	next := s.traderEnds()
	return &next
}

// traderEnds is when an account ends that is made now.
func (s *Store) traderEnds() time.Time { return micro(s.wallNow().Add(s.validity)) }
