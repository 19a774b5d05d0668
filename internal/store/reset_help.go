package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"loket/models"
)

// FindAccounts looks for accounts by username, name or NIP, as the service desk does. It gives at most ten; addresses are
// masked.
func (s *Store) FindAccounts(ctx context.Context, agency, text string) ([]models.AccountFound, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return []models.AccountFound{}, nil
	}
	return s.foundAccounts(ctx, `a.agency_id = @agency and (a.username = @text or e.nip = @text or lower(a.name) like @like escape '!')`,
		map[string]any{"agency": agency, "text": text, "like": "%" + likeText(text) + "%"})
}

// FoundAccount gives one such account; models.ErrNotFound otherwise.
func (s *Store) FoundAccount(ctx context.Context, agency, id string) (models.AccountFound, error) {
	list, err := s.foundAccounts(ctx, "a.agency_id = @agency and a.id = @id", map[string]any{"agency": agency, "id": id, "text": ""})
	if err == nil && len(list) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return models.AccountFound{}, err
	}
	return list[0], nil
}

func (s *Store) foundAccounts(ctx context.Context, where string, args map[string]any) ([]models.AccountFound, error) {
	list := []models.AccountFound{}
	err := s.reader(ctx).Raw(`select a.id, a.username, a.name, a.status, a.email, coalesce(e.nip, '') as nip, coalesce(u.name, '') as unit_name
		from accounts a left join employees e on e.id = a.employee_id
		left join units u on u.agency_id = e.agency_id and u.code = e.unit_code
		where `+where+" order by case when a.username = @text then 0 when lower(a.name) = @text then 1 else 2 end, a.name, a.id limit 10", args).Scan(&list).Error
	for i := range list {
		if list[i].Email != "" {
			list[i].Email = maskAddress(list[i].Email)
		}
	}
	return list, wrap(err, "find accounts")
}

// ResetFor has a link sent to the registered address of an account, for somebody whose identity the actor has checked;
// onSight tells how. models.ErrNotFound for a foreign account, models.ErrNotNow for one that is not active or has no
// address, models.ErrTooSoon when too many were sent.
func (s *Store) ResetFor(ctx context.Context, a models.Actor, accountID, onSight string) error {
	return s.transact(ctx, "send a link for a forgotten password", func(tx *gorm.DB) error {
		var owner Account
		if err := tx.Clauses(forUpdate()).Where("id = ? and agency_id = ?", accountID, agencyOf(a)).Take(&owner).Error; err != nil {
			return err
		}
		if owner.Status != AccountActive || owner.Email == "" {
			return models.ErrNotNow
		}
		may, err := s.mayResetBeSent(tx, owner.ID)
		if err != nil {
			return err
		}
		if !may {
			return models.ErrTooSoon
		}
		now := s.wallNow()
		row := resetRow{ID: newID(), AgencyID: owner.AgencyID, Lang: owner.Locale, AccountID: &owner.ID, AskedBy: &a.AccountID, OnSight: onSight,
			Created: now, LookedAt: &now}
		if err := s.sendReset(tx, &row, owner, noticeHelpReset); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(owner.ID), action: "password_reset_helped", object: "account:" + owner.ID,
			after: map[string]any{"identity_check": onSight}})
	})
}
