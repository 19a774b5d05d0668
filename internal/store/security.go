package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// signInsShown is how many tries at the door its owner sees.
const signInsShown = 50

// SignIns lists the last 50 tries to sign in to an account, the newest first, as the audit trail has them.
func (s *Store) SignIns(ctx context.Context, agency, accountID string) ([]models.SignInView, error) {
	var rows []auditRow
	err := s.reader(ctx).Where("agency_id = ? and stream = ? and action = 'sign_in'", agency, accountStream(accountID)).
		Order("stream_seq desc").Limit(signInsShown).Find(&rows).Error
	views := make([]models.SignInView, len(rows))
	for i, r := range rows {
		e, fault := r.entry()
		if fault != nil && err == nil {
			err = fault
		}
		views[i] = models.SignInView{At: e.At, Outcome: e.Outcome, Channel: e.Origin.Channel, Address: models.ShortAddress(e.Origin.IP), UserAgent: e.Origin.UserAgent}
	}
	return views, wrap(err, "list sign-ins")
}

// Devices lists the browsers that are known for an account, the one that signed in last first. Current is left to the
// caller.
func (s *Store) Devices(ctx context.Context, accountID string) ([]models.DeviceView, error) {
	var rows []Device
	err := s.reader(ctx).Where("account_id = ? and expires > ?", accountID, s.wallNow()).Order("expires desc, id desc").Find(&rows).Error
	views := make([]models.DeviceView, len(rows))
	for i, r := range rows {
		views[i] = models.DeviceView{ID: r.ID, UserAgent: r.UserAgent, Created: r.Created, LastSeen: r.LastSeen, Expires: r.Expires}
	}
	return views, wrap(err, "list devices")
}

// ForgetDevice makes a browser a stranger to the actor's account and ends its sessions, but the one that asks;
// models.ErrNotFound when it is not known for the account.
func (s *Store) ForgetDevice(ctx context.Context, a models.Actor, id, keepSession string) error {
	return s.transact(ctx, "forget a device", func(tx *gorm.DB) error {
		done := tx.Exec("delete from known_devices where id = ? and account_id = ?", id, a.AccountID)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotFound
		}
		ended := tx.Exec("delete from sessions where device_id = ? and account_id = ? and id <> ?", id, a.AccountID, keepSession)
		if ended.Error != nil {
			return ended.Error
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "device_forgotten", object: "device:" + id,
			after: map[string]any{"ended": ended.RowsAffected}})
	})
}

// tellOwner writes to an account's owner that something about its security changed, and from where.
func (s *Store) tellOwner(tx *gorm.DB, a models.Actor, kind string) error {
	var to person
	err := tx.Raw("select id as account_id, name, email, locale from accounts where id = ?", a.AccountID).Scan(&to).Error
	if err != nil || to.Email == "" {
		return err
	}
	where := a.Origin.IP
	if where == "" {
		where = a.Origin.Channel
	}
	if where == "" {
		where = "loket"
	}
	row, err := s.newNotice(agencyOf(a), kind, "", to, map[string]string{"name": to.Name, "when": s.caseNow().Format(time.RFC3339), "where": where,
		"link": s.publicURL + "/account/security"})
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{row})
}

// tellNewBrowser writes to the owner when a sign-in came from a browser that the account does not know, though it knows
// others: the first of all tells nothing new.
func (s *Store) tellNewBrowser(tx *gorm.DB, a models.Actor, met Device) error {
	if !met.isNew {
		return nil
	}
	var others int64
	err := tx.Model(&Device{}).Where("account_id = ? and id <> ? and expires > ?", a.AccountID, met.ID, s.wallNow()).Count(&others).Error
	if err != nil || others == 0 {
		return err
	}
	return s.tellOwner(tx, a, "sign_in_new_browser")
}
