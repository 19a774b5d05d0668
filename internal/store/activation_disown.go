package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// Warning is what the page behind a warning's link tells: the request, and whether it has been disowned by this link.
type Warning struct {
	Number   string
	At       time.Time
	Disowned bool
}

// disownLife is how long after a request is over its owner may still say that it was not theirs.
const disownLife = 7 * 24 * time.Hour

// liveDisowning is the condition on a request a that a warning's link l still counts: that was said, or can be.
const liveDisowning = "l.digest = @digest and (a.closed is null or a.closed > @since)"

func (s *Store) liveDisowning(token string) map[string]any {
	return map[string]any{"digest": s.digest(useDisown, token), "since": s.caseNow().Add(-disownLife)}
}

// ActivationWarning looks at a warning's link; models.ErrLinkSpent for one that is unknown or over.
func (s *Store) ActivationWarning(ctx context.Context, token string) (Warning, error) {
	var found []Warning
	err := s.reader(ctx).Raw(`select c.number, a.created as at, l.used_at is not null as disowned
		from activation_links l join activations a on a.case_id = l.case_id join cases c on c.id = l.case_id where `+liveDisowning,
		s.liveDisowning(token)).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = models.ErrLinkSpent
	}
	if err != nil {
		return Warning{}, wrap(err, "look at a warning")
	}
	return found[0], nil
}

// DisownActivation has the owner of a registry's address say that a request was not theirs: an open one is over, and of
// one that is over already the trail tells. An account that came of it lets nobody in until the service desk has looked.
// Said twice it is said once; a week after the
// end it is for the service desk to hear.
func (s *Store) DisownActivation(ctx context.Context, token string, o models.Origin) error {
	return s.transact(ctx, "disown an activation", func(tx *gorm.DB) error {
		now := s.caseNow()
		var cases []string
		if err := tx.Raw("select l.case_id from activation_links l join activations a on a.case_id = l.case_id where "+liveDisowning,
			s.liveDisowning(token)).Scan(&cases).Error; err != nil {
			return err
		}
		if len(cases) == 0 {
			return models.ErrLinkSpent
		}
		row, err := lockActivation(tx, cases[0])
		if err != nil {
			return err
		}
		done := tx.Exec("update activation_links set used_at = ? where digest = ? and used_at is null", now, s.digest(useDisown, token))
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return s.disown(tx, row, models.Actor{Agency: row.AgencyID, Origin: o}, now)
	})
}

func (s *Store) disown(tx *gorm.DB, row activationRow, a models.Actor, now time.Time) error {
	if row.Held && row.Came == "" {
		if err := s.release(tx, row.CaseID, models.ActivatedDisowned, now); err != nil {
			return err
		}
	}
	after := map[string]any{"came": row.Came}
	if row.AccountID != nil {
		shut, err := s.shut(tx, row, now)
		if err != nil {
			return err
		}
		if shut {
			after["account"] = *row.AccountID
		}
	}
	return s.note(tx, a, deed{stream: caseStream(row.CaseID), action: "activation_disowning", object: activationObject(row.CaseID), at: now, after: after})
}

// shut closes an account that its registered owner does not know, with whatever opens it, and tells the service desk. One
// that was closed meanwhile and came back by a memo is whoever's the memo says: it stays.
func (s *Store) shut(tx *gorm.DB, row activationRow, now time.Time) (bool, error) {
	closed := tx.Exec(`update accounts set status = ? where id = ? and created_by_case = ? and status = ? and not exists (
		select 1 from one_use_links l where l.account_id = accounts.id and l.purpose = ? and l.used_at is not null)`,
		AccountDisabled, row.AccountID, row.CaseID, AccountActive, purposeSetPassword)
	if closed.Error != nil {
		return false, closed.Error
	}
	shut := closed.RowsAffected > 0
	if shut {
		if err := s.dropPasswords(tx, *row.AccountID); err != nil {
			return false, err
		}
		if err := s.shutAway(tx, []string{*row.AccountID}, now); err != nil {
			return false, err
		}
	}
	return shut, s.writeActivationNotices(tx, row.AgencyID, models.Change{CaseID: row.CaseID, Kind: models.KindActivation, At: now, Notices: []models.NoticeSpec{
		{Kind: noticeDisowned, To: models.Recipient{Candidate: &models.Candidate{Role: models.RoleSupport1}}}}})
}
