package store

import (
	"slices"

	"gorm.io/gorm"

	"loket/models"
)

// judgeTrader finds the trader who has an address, who gives no more than that. Should it be several people's, as of accounts
// that were imported, each gets a link of their own: the request is the first one's, the others have one made for them.
func (s *Store) judgeTrader(tx *gorm.DB, row *resetRow, email string) (Account, error) {
	var owners []Account
	err := tx.Clauses(forUpdate()).Where("agency_id = ? and company_id is not null and lower(email) = ?", row.AgencyID, email).
		Order("id").Find(&owners).Error
	if err != nil {
		return Account{}, err
	}
	row.Outcome = models.ResetNoTrader
	if len(owners) == 0 {
		return Account{}, nil
	}
	known := owners[0].ID
	row.AccountID, row.Outcome = &known, models.ResetInactive
	waiting := slices.DeleteFunc(slices.Clone(owners), func(a Account) bool { return a.Status != AccountPending })
	owners = slices.DeleteFunc(owners, func(a Account) bool { return a.Status != AccountActive })
	if len(owners) == 0 {
		return Account{}, s.tellNoneYet(tx, row, waiting)
	}
	for _, other := range owners[1:] {
		if err := s.alsoReset(tx, row, other); err != nil {
			return other, err
		}
	}
	row.AccountID, row.Outcome = &owners[0].ID, ""
	may, err := s.mayResetBeSent(tx, owners[0].ID)
	if !may {
		row.Outcome = models.ResetTooOften
	}
	return owners[0], err
}

// tellNoneYet leads those who have no password yet to the form for their first one.
func (s *Store) tellNoneYet(tx *gorm.DB, row *resetRow, waiting []Account) error {
	if len(waiting) == 0 {
		return nil
	}
	row.AccountID = &waiting[0].ID
	may, err := s.mayResetBeSent(tx, waiting[0].ID)
	if err != nil || !may {
		return err
	}
	now := s.wallNow()
	row.SentAt = &now
	return s.tellTheWay(tx, row.AgencyID, noticeNoneYet, waiting[0], "/activate-trader")
}

// alsoReset has a link sent to another trader who has the same address.
func (s *Store) alsoReset(tx *gorm.DB, asked *resetRow, owner Account) error {
	now := s.wallNow()
	row := resetRow{ID: newID(), AgencyID: asked.AgencyID, Lang: asked.Lang, AccountID: &owner.ID, Created: asked.Created, LookedAt: &now}
	may, err := s.mayResetBeSent(tx, owner.ID)
	if err != nil {
		return err
	}
	if !may {
		row.Outcome = models.ResetTooOften
	} else if err := s.sendReset(tx, &row, owner, noticeReset); err != nil {
		return err
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	return s.noteLook(tx, row)
}
