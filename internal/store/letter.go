package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// Letter is a letter as it was issued. ID is 128 random bits as 32 hexadecimal digits; Seq is the last event that the
// letter tells of, Made the sequence that the case had when it was made. Signer, SignerFor and Signed say whose word it
// bears; a letter that the system draws up has no signer. SHA256 is the hexadecimal digest of Body.
type Letter struct {
	ID, CaseID        string
	Kind              models.LetterKind
	Round, Seq, Made  int
	Subject           string
	Signer, SignerFor string
	Signed, Issued    time.Time
	SHA256            string
	Body              []byte
}

type letterRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	CaseID    string
	Kind      string
	Round     int
	Seq       int
	Subject   string
	Signer    string
	SignerFor string
	Signed    time.Time
	Issued    time.Time
	SHA256    string `gorm:"column:sha256"`
	Body      []byte
	Created   time.Time
}

// TableName is the table's name.
func (letterRow) TableName() string { return "letters" }

func (r letterRow) letter() Letter {
	return Letter{ID: r.ID, CaseID: r.CaseID, Kind: models.LetterKind(r.Kind), Round: r.Round, Seq: r.Seq, Subject: r.Subject,
		Signer: r.Signer, SignerFor: r.SignerFor, Signed: r.Signed, Issued: r.Issued, SHA256: r.SHA256, Body: r.Body}
}

// Letter gives an edition of a case's letter as it was issued; models.ErrNotFound when nobody has asked for it yet.
func (s *Store) Letter(ctx context.Context, caseID string, k models.LetterKind, seq int) (Letter, error) {
	var row letterRow
	err := s.reader(ctx).Where("case_id = ? and kind = ? and seq = ?", caseID, k, seq).Take(&row).Error
	return row.letter(), wrap(err, "read a letter")
}

// LetterByID gives a letter without its body; models.ErrNotFound for an unknown id.
func (s *Store) LetterByID(ctx context.Context, id string) (Letter, error) {
	var row letterRow
	err := s.reader(ctx).Omit("body").Where("id = ?", id).Take(&row).Error
	return row.letter(), wrap(err, "read a letter")
}

// IssueLetter keeps a letter and answers the one that stands: whoever asks first is given theirs, and everybody after
// them the same. models.ErrStale when something has happened to the case since the letter was made.
func (s *Store) IssueLetter(ctx context.Context, a models.Actor, l Letter) (Letter, error) {
	var stands letterRow
	err := s.transact(ctx, "issue a letter", func(tx *gorm.DB) error {
		var c caseRow
		if err := tx.Clauses(forUpdate()).Where("id = ?", l.CaseID).Take(&c).Error; err != nil {
			return err
		}
		err := tx.Where("case_id = ? and kind = ? and seq = ?", l.CaseID, l.Kind, l.Seq).Take(&stands).Error
		switch {
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return err
		case c.Seq != l.Made:
			return models.ErrStale
		}
		stands = s.newLetterRow(c.AgencyID, l)
		if err := tx.Create(&stands).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: caseStream(l.CaseID), action: "letter_issued", object: c.Kind + ":" + l.CaseID, at: stands.Issued,
			after: map[string]any{"kind": l.Kind, "round": l.Round, "seq": l.Seq, "sha256": l.SHA256}})
	})
	return stands.letter(), err
}

func (s *Store) newLetterRow(agency string, l Letter) letterRow {
	return letterRow{ID: l.ID, AgencyID: agency, CaseID: l.CaseID, Kind: string(l.Kind), Round: l.Round, Seq: l.Seq, Subject: l.Subject,
		Signer: l.Signer, SignerFor: l.SignerFor, Signed: micro(l.Signed), Issued: micro(l.Issued), SHA256: l.SHA256, Body: l.Body,
		Created: s.wallNow()}
}

// LetterPerson is somebody whom a letter names.
type LetterPerson struct{ Name, NIP, Position string }

// LetterPeople gives the people behind accounts and employees, by id; unknown ids are left out.
func (s *Store) LetterPeople(ctx context.Context, ids []string) (map[string]LetterPerson, error) {
	var rows []struct{ ID, Name, NIP, Position string }
	err := s.reader(ctx).Raw(`
		select a.id, a.name, coalesce(e.nip, '') as nip, coalesce(e.position, '') as position
		from accounts a left join employees e on e.id = a.employee_id where a.id in @ids
		union all
		select id, name, coalesce(nip, ''), position from employees where id in @ids`, map[string]any{"ids": ids}).Scan(&rows).Error
	people := make(map[string]LetterPerson, len(rows))
	for _, r := range rows {
		people[r.ID] = LetterPerson{Name: r.Name, NIP: r.NIP, Position: r.Position}
	}
	return people, wrap(err, "read whom a letter names")
}
