package store

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"loket/models"
)

// registrationRound is what was sent to the officers in a round.
type registrationRound struct {
	Form   models.RegistrationForm `json:"form"`
	Papers []models.Paper          `json:"papers"`
}

type registrationRevision struct {
	CaseID   string `gorm:"primaryKey"`
	Round    int    `gorm:"primaryKey;autoIncrement:false"`
	AgencyID string
	Body     string
}

// TableName is the table's name.
func (registrationRevision) TableName() string { return "registration_revisions" }

// settleRegistration does what a change of a registration comes to besides its row, before anybody is told.
func (s *Store) settleRegistration(tx *gorm.DB, row caseRow, c models.Change) error {
	if c.Kind != models.KindRegistration {
		return nil
	}
	var reg registrationRow
	if err := tx.Where("case_id = ?", row.ID).Take(&reg).Error; err != nil {
		return err
	}
	switch c.Type {
	case models.EventRegistrationSent, models.EventRegistrationResent:
		return s.sendRegistration(tx, row, reg, c)
	case models.EventApproved:
		return s.acceptRegistration(tx, reg, c)
	case models.EventRegistrationLapsed: // a link that was asked for anew meanwhile lives on
		return tx.Exec("update one_use_links set voided_at = ? where account_id = ? and used_at is null and voided_at is null and expires <= ?",
			micro(c.At), reg.AccountID, micro(c.At)).Error
	}
	return nil
}

// sendRegistration keeps what is sent in a round, and holds the username for it.
func (s *Store) sendRegistration(tx *gorm.DB, row caseRow, reg registrationRow, c models.Change) error {
	if c.Draft != 0 && c.Draft != row.Version {
		return models.ErrStale
	}
	var round registrationRound
	var err error
	if round.Form, err = reg.form(); err != nil {
		return err
	}
	if round.Papers, err = papers(tx, row.ID); err != nil {
		return err
	}
	if reg.Sort == string(models.RegistrationAccount) {
		if err := s.holdUsername(tx, reg, round.Form.Username); err != nil {
			return err
		}
	}
	body, err := json.Marshal(round)
	if err != nil {
		return fmt.Errorf("write round %d of registration %s: %w", c.After.Round, row.ID, err)
	}
	return tx.Create(&registrationRevision{CaseID: row.ID, Round: c.After.Round, AgencyID: row.AgencyID, Body: string(body)}).Error
}

// holdUsername keeps a username for a registration, so that nobody else is offered it; a fault of username where somebody
// has it. An account that opens again keeps its own.
func (s *Store) holdUsername(tx *gorm.DB, reg registrationRow, username string) error {
	if _, err := next(tx, reg.AgencyID, "provisioning", 0); err != nil {
		return err
	}
	_, closed, err := s.addressOf(tx, reg.AgencyID, reg.Email)
	if err != nil {
		return err
	}
	if err := tx.Exec("delete from username_holds where case_id = ?", reg.CaseID).Error; err != nil {
		return err
	}
	if closed != nil && closed.Username == username {
		return nil
	}
	taken, err := usernameTaken(tx, reg.AgencyID, username)
	if err != nil || taken {
		return orFault(err, "username", "username_taken")
	}
	return tx.Exec("insert into username_holds (agency_id, username, case_id) values (?, ?, ?)", reg.AgencyID, username, reg.CaseID).Error
}

func usernameTaken(tx *gorm.DB, agency, username string) (bool, error) {
	var n int64
	err := tx.Raw(`select (select count(*) from accounts where agency_id = @agency and username = @username)
		+ (select count(*) from username_holds where agency_id = @agency and username = @username)`,
		map[string]any{"agency": agency, "username": username}).Scan(&n).Error
	return n > 0, err
}

// closeRegistration goes with the record of its end, when everybody is told: nobody needs the papers of what came to
// nothing, nor the data of whoever never proved an address.
func closeRegistration(tx *gorm.DB, row caseRow, c models.Change) error {
	if c.Kind != models.KindRegistration || !c.After.Status.Final() {
		return nil
	}
	if err := tx.Exec("update registrations set closed = ? where case_id = ?", micro(c.At), c.CaseID).Error; err != nil {
		return err
	}
	if err := tx.Exec("delete from username_holds where case_id = ?", c.CaseID).Error; err != nil {
		return err
	}
	if c.DropsPapers() {
		if err := tx.Exec("delete from registration_papers where case_id = ?", c.CaseID).Error; err != nil {
			return err
		}
	}
	if row.Status == string(models.StatusAsked) || row.Status == string(models.StatusProof) {
		return tx.Exec("update registrations set name = '', form = '{}' where case_id = ?", c.CaseID).Error
	}
	return nil
}
