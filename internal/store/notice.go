package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// The states of a notice.
const (
	noticeQueued = "queued"
	noticeSent   = "sent"
	noticeFailed = "failed"
)

type noticeRow struct {
	ID          string `gorm:"primaryKey"`
	AgencyID    string
	MessageID   string
	Kind        string
	AccountID   *string
	ToAddress   string
	ToName      string
	Lang        string
	CaseID      *string
	RowNo       int
	Data        string
	SecretFor   *string
	SecretOf    *string
	Expires     *time.Time
	Attempts    int
	State       string
	NextTry     time.Time
	LeasedUntil *time.Time
	LastError   string
	Created     time.Time
	Finished    *time.Time
}

// TableName is the table's name.
func (noticeRow) TableName() string { return "notices" }

// person is somebody who gets a message.
type person struct {
	AccountID, Username, Name, Email, Locale string
	RowNo                                    int
	Expires                                  *time.Time
	Waits                                    bool // a company's person who has no password yet
}

// newNotice queues one message. It is due at once, in wall time, whatever time the case lives in.
func (s *Store) newNotice(agency, kind, caseID string, to person, data map[string]string) (noticeRow, error) {
	b, err := json.Marshal(data)
	if err != nil {
		return noticeRow{}, fmt.Errorf("write the data of a notice: %w", err)
	}
	id, now := newID(), s.wallNow()
	return noticeRow{
		ID: id, AgencyID: agency, MessageID: id, Kind: kind, AccountID: optional(to.AccountID), ToAddress: to.Email,
		ToName: to.Name, Lang: to.Locale, CaseID: optional(caseID), RowNo: to.RowNo, Data: string(b), State: noticeQueued,
		NextTry: now, Created: now,
	}, nil
}

// bearing makes the message bear a one-use link of its receiver, which lapses at expires.
func (r noticeRow) bearing(to person) noticeRow {
	r.SecretFor, r.Expires = optional(to.AccountID), to.Expires
	return r
}

func (r noticeRow) notice() (models.Notice, error) {
	n := models.Notice{ID: r.ID, MessageID: r.MessageID, Kind: r.Kind, To: r.ToAddress, ToName: r.ToName, Lang: r.Lang,
		CaseID: text(r.CaseID), Attempts: r.Attempts, SecretFor: text(r.SecretFor), SecretOf: text(r.SecretOf), CreatedAt: r.Created}
	if err := json.Unmarshal([]byte(r.Data), &n.Data); err != nil {
		return n, fmt.Errorf("read the data of notice %s: %w", r.ID, err)
	}
	return n, nil
}

// queue inserts notices in one statement.
func queue(tx *gorm.DB, rows []noticeRow) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

func (s *Store) tellPasswordChanged(tx *gorm.DB, accountID string, o models.Origin, at time.Time, tokens int) error {
	var to person
	err := tx.Raw("select id as account_id, name, email, locale from accounts where id = ?", accountID).Scan(&to).Error
	if err != nil || to.Email == "" {
		return err
	}
	agency := models.DefaultAgency
	where := o.IP
	if where == "" {
		where = o.Channel
	}
	if where == "" {
		where = "loket"
	}
	data := map[string]string{"name": to.Name, "when": at.Format(time.RFC3339), "where": where}
	if tokens > 0 {
		data["tokens"] = strconv.Itoa(tokens)
	}
	row, err := s.newNotice(agency, "password_changed", "", to, data)
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{row})
}
