package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type activationRow struct {
	CaseID     string `gorm:"primaryKey"`
	AgencyID   string
	NIPDigest  string
	Form       string // sealed; empty once looked at
	Lang       string
	EmployeeID *string
	Email      string
	Turned     string
	Warn, Tell bool
	Held       bool
	Came       string
	AccountID  *string
	Created    time.Time
	Ends       *time.Time
	Heard      *time.Time
	Closed     *time.Time
}

// TableName is the table's name.
func (activationRow) TableName() string { return "activations" }

const useNIP = "activation_nip"

// AskActivation keeps a request for an account, and gives its case's id. Nothing is looked up: for whom a form is right
// takes no longer than for whom it is wrong.
func (s *Store) AskActivation(ctx context.Context, form models.ActivationForm, lang string, o models.Origin) (string, error) {
	body, err := json.Marshal(form)
	if err != nil {
		return "", fmt.Errorf("write an activation form: %w", err)
	}
	sealed, err := s.seal(body)
	if err != nil {
		return "", err
	}
	id := newCaseID()
	err = s.transact(ctx, "keep an activation request", func(tx *gorm.DB) error {
		agency, now := models.DefaultAgency, s.caseNow()
		row, err := s.newCase(tx, agency, models.KindActivation, id, models.StatusAsked, now)
		if err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if err := tx.Create(&activationRow{CaseID: id, AgencyID: agency, NIPDigest: s.digest(useNIP, form.NIP), Form: sealed, Lang: lang, Created: now}).Error; err != nil {
			return err
		}
		a := models.Actor{Agency: agency, Origin: o}
		change := models.Change{CaseID: id, Kind: models.KindActivation, Seq: 1, EventID: "asked", Type: models.EventRequested, At: now, Actor: a, After: row.rules()}
		if err := s.insertEvent(tx, agency, change); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: caseStream(id), action: string(models.EventRequested), object: activationObject(id), at: now,
			after: map[string]any{"number": row.Number, "status": row.Status}})
	})
	return id, err
}

func activationObject(id string) string { return string(models.KindActivation) + ":" + id }

// Unheard is an activation whose workflow has to be started, or told that something has come of it.
type Unheard struct {
	CaseID, Agency string
	Asked          bool // it has yet to be started
}

// UnheardActivations lists what workflows have yet to hear of, the oldest first.
func (s *Store) UnheardActivations(ctx context.Context, limit int) ([]Unheard, error) {
	var list []Unheard
	err := s.reader(ctx).Raw(`select a.case_id, a.agency_id as agency, a.came = '' as asked from activations a
		where a.heard is null and a.closed is null order by a.created limit ?`, limit).Scan(&list).Error
	return list, wrap(err, "look for activations that are unheard of")
}

// ActivationHeard marks that the workflow knows. What comes of the activation later makes it unheard again.
func (s *Store) ActivationHeard(ctx context.Context, u Unheard) error {
	err := s.write.WithContext(ctx).Exec("update activations set heard = ? where case_id = ? and (came <> '') = ?", s.wallNow(), u.CaseID, !u.Asked).Error
	return wrap(err, "mark an activation as heard of")
}

// SettleActivation gives what has come of an activation, "" while nothing has. With expire it is over where nothing else
// was first.
func (s *Store) SettleActivation(ctx context.Context, caseID string, expire bool) (models.Activated, error) {
	var came models.Activated
	err := s.transact(ctx, "settle activation "+caseID, func(tx *gorm.DB) error {
		row, err := lockActivation(tx, caseID)
		if err != nil {
			return err
		}
		came = models.Activated(row.Came)
		if came != "" || !expire || !row.Held {
			return nil
		}
		came = models.ActivatedExpired
		return s.release(tx, caseID, came, s.caseNow())
	})
	return came, err
}

// lostAfter is how long after its end an open activation is taken for one whose workflow is lost.
const lostAfter = time.Hour

// SweepActivations ends what should have ended long ago: its workflow is lost, and would hold the person's usernames for
// good. Whoever looks for what is unheard of starts another one, which records the end.
func (s *Store) SweepActivations(ctx context.Context) error {
	var lost []string
	err := s.reader(ctx).Raw("select case_id from activations where held and came = '' and ends < ? order by case_id limit 1000",
		s.caseNow().Add(-lostAfter)).Scan(&lost).Error
	for _, id := range lost {
		if err == nil {
			_, err = s.SettleActivation(ctx, id, true)
		}
	}
	return wrap(err, "sweep lost activations")
}

// lockActivation locks the case first, as Record does.
func lockActivation(tx *gorm.DB, caseID string) (activationRow, error) {
	var c caseRow
	if err := tx.Clauses(forUpdate()).Where("id = ?", caseID).Take(&c).Error; err != nil {
		return activationRow{}, err
	}
	var row activationRow
	err := tx.Where("case_id = ?", caseID).Take(&row).Error
	return row, err
}

// release writes what came of an activation: its code is dead, and its usernames are free.
func (s *Store) release(tx *gorm.DB, caseID string, came models.Activated, now time.Time) error {
	err := tx.Exec("update activations set came = ?, held = ?, heard = null where case_id = ? and came = ''", came, false, caseID).Error
	if err != nil {
		return err
	}
	if err := tx.Exec("update activation_codes set voided_at = ? where case_id = ? and used_at is null and voided_at is null", now, caseID).Error; err != nil {
		return err
	}
	return tx.Exec("delete from username_holds where case_id = ?", caseID).Error
}

// closeActivation goes with the record of its end: nobody needs the address any more.
func closeActivation(tx *gorm.DB, c models.Change) error {
	if c.Kind != models.KindActivation || !c.After.Status.Final() {
		return nil
	}
	return tx.Exec("update activations set closed = ?, email = '', form = '' where case_id = ?", micro(c.At), c.CaseID).Error
}
