package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// forgetMost is how many registrations are forgotten in one transaction.
const forgetMost = 500

// ForgetRegistrations forgets the addresses of requests that came to nothing before anybody proved to have them, once they
// count no more for how often an address is written to and no message of theirs waits to be sent. What the messages said goes
// with them.
func (s *Store) ForgetRegistrations(ctx context.Context) error {
	for {
		n := 0
		err := s.transact(ctx, "forget the addresses of registrations", func(tx *gorm.DB) error {
			ids, err := forgettable(tx, s.wallNow().Add(-24*time.Hour))
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			if err := tx.Exec("update notices set to_address = '', to_name = '', data = '{}', last_error = '' where case_id in ?", ids).Error; err != nil {
				return err
			}
			return tx.Exec("update registrations set email = '' where case_id in ?", ids).Error
		})
		if err != nil || n < forgetMost {
			return err
		}
	}
}

func forgettable(tx *gorm.DB, before time.Time) ([]string, error) {
	var ids []string
	err := tx.Raw(`select r.case_id from registrations r where r.email <> '' and r.name = '' and r.sort = 'account' and r.closed is not null
		and (r.told is null or r.told < ?) and r.looked < ? and not exists (select 1 from notices n where n.case_id = r.case_id and n.state = 'queued')
		limit ?`, before, before, forgetMost).Scan(&ids).Error
	return ids, err
}
