package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// agingPassword is one whose owner may have to be told that it ends.
type agingPassword struct {
	Owner             person `gorm:"embedded"`
	PasswordChangedAt time.Time
	PasswordNoticed   int

	days int // the notice that is due
}

// TellPasswordAges tells people in time that their passwords have to be changed soon, and gives how many it told. It may
// run anywhere and at any time: a notice is marked in the transaction that writes it, so that none is written twice. One
// who cannot be told keeps nobody else from their news.
func (s *Store) TellPasswordAges(ctx context.Context, policy models.PasswordPolicy, limit int) (int, error) {
	due, err := s.agingPasswords(ctx, policy, limit)
	if err != nil {
		return 0, err
	}
	told := 0
	_, err = EachOf(due, Unavailable, func(p agingPassword) error {
		n, err := s.tellPasswordAge(ctx, p, policy)
		if err == nil {
			told += n
		}
		return err
	})
	return told, err
}

// agingPasswords finds those of which a notice is due, the oldest first. Who was told already takes nobody's place.
func (s *Store) agingPasswords(ctx context.Context, policy models.PasswordPolicy, limit int) ([]agingPassword, error) {
	if policy.FirstPasswordNotice() == 0 {
		return nil, nil
	}
	now := s.wallNow()
	due := s.reader(ctx)
	for _, days := range policy.Notices {
		left := time.Duration(days) * 24 * time.Hour
		due = due.Or("password_changed_at <= ? and (password_noticed = 0 or password_noticed > ?)", now.Add(left-policy.MaxAge), days)
	}
	var list []agingPassword
	err := s.reader(ctx).Table("accounts").Select("id as account_id, username, name, email, locale, password_changed_at, password_noticed").
		Where("status = ? and password_changed_at > ? and not must_change and email <> ''", AccountActive, now.Add(-policy.MaxAge)).Where(due).
		Order("password_changed_at, id").Limit(limit).Scan(&list).Error
	for i, p := range list {
		list[i].days = policy.PasswordNotice(now.Sub(p.PasswordChangedAt), p.PasswordNoticed)
	}
	return list, wrap(err, "look for passwords that end")
}

func (s *Store) tellPasswordAge(ctx context.Context, p agingPassword, policy models.PasswordPolicy) (int, error) {
	n := 0
	err := s.transact(ctx, "tell that a password ends", func(tx *gorm.DB) error {
		n = 0
		marked := tx.Exec(`update accounts set password_noticed = ? where id = ? and password_changed_at = ? and password_noticed = ? and status = ?`,
			p.days, p.Owner.AccountID, p.PasswordChangedAt, p.PasswordNoticed, AccountActive)
		if marked.Error != nil || marked.RowsAffected == 0 {
			return marked.Error
		}
		n = 1
		ends := p.PasswordChangedAt.Add(policy.MaxAge)
		left := int(ends.Sub(s.wallNow()).Hours()/24 + 0.999)
		row, err := s.newNotice(models.DefaultAgency, "password_ending", "", p.Owner, map[string]string{"name": p.Owner.Name, "username": p.Owner.Username,
			"valid_until": ends.UTC().Format(time.RFC3339), "left": strconv.Itoa(left), "link": "/account/password"})
		if err != nil {
			return err
		}
		row.MessageID = fmt.Sprintf("password-%s-%d-%d", p.Owner.AccountID, ends.Unix(), p.days)
		if err := queue(tx, []noticeRow{row}); err != nil {
			return err
		}
		return s.note(tx, clockActor(), deed{stream: accountStream(p.Owner.AccountID), action: "password_end_told", object: "account:" + p.Owner.AccountID,
			after: map[string]any{"days": p.days}})
	})
	return n, err
}
