package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// Consents lists what an account lets applications know, by the applications' names.
func (s *Store) Consents(ctx context.Context, a models.Actor) ([]models.ConsentView, error) {
	var rows []struct {
		Application, Name, Provider, Scopes string
		Given                               time.Time
	}
	err := s.reader(ctx).Raw(`select c.application, p.name, p.provider, c.scopes, c.given
		from openid_consents c join applications p on p.agency_id = c.agency_id and p.id = c.application
		where c.agency_id = ? and c.account_id = ? order by lower(p.name), p.id`, agencyOf(a), a.AccountID).Scan(&rows).Error
	views := make([]models.ConsentView, len(rows))
	for i, r := range rows {
		views[i] = models.ConsentView{Application: r.Application, Name: r.Name, Provider: r.Provider, Scopes: strings.Fields(r.Scopes), Given: r.Given}
	}
	return views, wrap(err, "list consents")
}

// WithdrawConsent forgets what the actor let an application know, and ends what they have open there, of which the
// application is told; models.ErrNotFound where they agreed to nothing.
func (s *Store) WithdrawConsent(ctx context.Context, a models.Actor, application string) error {
	return s.transact(ctx, "withdraw a consent", func(tx *gorm.DB) error {
		var had []string
		err := tx.Raw("delete from openid_consents where agency_id = ? and account_id = ? and application = ? returning scopes", agencyOf(a), a.AccountID, application).Scan(&had).Error
		if err == nil && len(had) == 0 {
			err = models.ErrNotFound
		}
		if err != nil {
			return err
		}
		now := s.wallNow()
		err = tx.Exec("update openid_grants set ended = ?, next_try = ? where agency_id = ? and account_id = ? and application = ? and ended is null",
			now, now, agencyOf(a), a.AccountID, application).Error
		if err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "consent_withdrawn", object: "application:" + application,
			before: map[string]any{"scopes": had[0]}})
	})
}
