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
}

// TellPasswordAges tells people in time that their passwords have to be changed soon, and gives how many it told. It may
// run anywhere and at any time: a notice is marked in the transaction that writes it, so that none is written twice.
func (s *Store) TellPasswordAges(ctx context.Context, policy models.PasswordPolicy, limit int) (int, error) {
	first := policy.FirstPasswordNotice()
	if first == 0 {
		return 0, nil
	}
	now, told := s.wallNow(), 0
	var list []agingPassword
	err := s.reader(ctx).Raw(`select id as account_id, username, name, email, locale, password_changed_at, password_noticed from accounts
		where status = ? and password_changed_at <= ? and password_changed_at > ? and not must_change and email <> '' and (password_noticed = 0 or password_noticed > ?)
		order by password_changed_at, id limit ?`, AccountActive, now.Add(-first), now.Add(-policy.MaxAge), lastNotice(policy), limit).Scan(&list).Error
	if err != nil {
		return 0, wrap(err, "look for passwords that end")
	}
	for _, p := range list {
		days := policy.PasswordNotice(now.Sub(p.PasswordChangedAt), p.PasswordNoticed)
		if days == 0 {
			continue
		}
		n, err := s.tellPasswordAge(ctx, p, policy, days)
		if told += n; err != nil {
			return told, err
		}
	}
	return told, nil
}

// lastNotice is the one after which nobody is told any more.
func lastNotice(policy models.PasswordPolicy) int {
	last := policy.Notices[0]
	for _, days := range policy.Notices {
		last = min(last, days)
	}
	return last
}

func (s *Store) tellPasswordAge(ctx context.Context, p agingPassword, policy models.PasswordPolicy, days int) (int, error) {
	n := 0
	err := s.transact(ctx, "tell that a password ends", func(tx *gorm.DB) error {
		n = 0
		marked := tx.Exec(`update accounts set password_noticed = ? where id = ? and password_changed_at = ? and password_noticed = ? and status = ?`,
			days, p.Owner.AccountID, p.PasswordChangedAt, p.PasswordNoticed, AccountActive)
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
		row.MessageID = fmt.Sprintf("password-%s-%d-%d", p.Owner.AccountID, ends.Unix(), days)
		if err := queue(tx, []noticeRow{row}); err != nil {
			return err
		}
		return s.note(tx, clockActor(), deed{stream: accountStream(p.Owner.AccountID), action: "password_end_told", object: "account:" + p.Owner.AccountID,
			after: map[string]any{"days": days}})
	})
	return n, err
}
