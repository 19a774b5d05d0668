package store

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/internal/secret"
	"loket/models"
)

// The kinds of messages of an activation that bear a secret.
const (
	noticeActivation = "activation"
	noticeWarning    = "activation_warning"
)

// The uses of an activation's secrets, by which their digests differ.
const (
	useCode   = "activation_code"
	useSecret = "activation_secret"
	useDisown = "activation_disown"
)

type codeRow struct {
	ID                       string `gorm:"primaryKey"`
	AgencyID, CaseID         string
	CodeDigest, SecretDigest string
	Tries                    int
	Created                  time.Time
	UsedAt, VoidedAt         *time.Time
}

// TableName is the table's name.
func (codeRow) TableName() string { return "activation_codes" }

// MintActivation makes what a message of an activation bears, at the moment of sending. A message with a code gets "code",
// "secret", "candidates", "link" and "valid_until" (RFC 3339, wall time), and the code before is dead; a warning gets the
// "link" by which its reader says that it was not them. ErrTooLate where its time was over before anything came of it; models.ErrLinkSpent
// where nothing is open any more.
func (s *Store) MintActivation(ctx context.Context, n models.Notice) (map[string]string, error) {
	if n.Kind == noticeWarning {
		return s.mintDisowning(ctx, n)
	}
	var data map[string]string
	err := s.transact(ctx, "mint an activation code", func(tx *gorm.DB) error {
		row, err := lockActivation(tx, n.SecretOf)
		if err != nil {
			return err
		}
		now, wall := s.caseNow(), s.wallNow()
		switch over := row.Ends != nil && !row.Ends.After(now); {
		case row.Came == "" && over, row.Came == string(models.ActivatedExpired):
			return ErrTooLate
		case row.Came != "" || row.Ends == nil:
			return models.ErrLinkSpent
		}
		if err := tx.Exec("update activation_codes set voided_at = ? where case_id = ? and used_at is null and voided_at is null", now, row.CaseID).Error; err != nil {
			return err
		}
		code, secret := newCode(), newSecret()
		if err := tx.Create(&codeRow{ID: newID(), AgencyID: row.AgencyID, CaseID: row.CaseID, CodeDigest: s.digest(useCode, models.ReadCode(code)),
			SecretDigest: s.digest(useSecret, models.ReadSecret(secret)), Created: now}).Error; err != nil {
			return err
		}
		names, err := heldBy(tx, row.CaseID)
		data = map[string]string{"code": code, "secret": secret, "candidates": strings.Join(names, ", "), "link": s.publicURL + completionOf(row.CaseID),
			"valid_until": wall.Add(s.clock.Load().Wait(row.Ends.Sub(now))).Format(time.RFC3339)}
		return err
	})
	return data, err
}

// completionOf is the way to the form by which a request is completed: whoever comes by it tries that one.
func completionOf(caseID string) string { return "/activation/complete?reference=" + caseID }

func heldBy(tx *gorm.DB, caseID string) ([]string, error) {
	var names []string
	err := tx.Raw("select username from username_holds where case_id = ? order by username", caseID).Scan(&names).Error
	return names, err
}

// mintDisowning makes the link of one warning; that of an earlier try to send it is dead.
func (s *Store) mintDisowning(ctx context.Context, n models.Notice) (map[string]string, error) {
	token := newToken()
	err := s.transact(ctx, "mint a link of a warning", func(tx *gorm.DB) error {
		return tx.Exec(`insert into activation_links (notice_id, agency_id, case_id, digest, created) values (?, ?, ?, ?, ?)
			on conflict (notice_id) do update set digest = excluded.digest`,
			n.ID, models.DefaultAgency, n.SecretOf, s.digest(useDisown, token), s.caseNow()).Error
	})
	return map[string]string{"link": s.publicURL + "/activation/disown/" + token}, err
}

func newCode() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails; the runtime ends the process instead
	return models.CodeOf(b)
}

// newSecret gives 59 random bits that can be read and typed.
func newSecret() string { return secret.Typed("Aktif", 3) }

// ResendActivation sends another code for a request, where it is open and that may be; the code before is dead once it
// is sent. Whoever asks hears nothing of all that, the audit does.
func (s *Store) ResendActivation(ctx context.Context, caseID string, o models.Origin) error {
	return s.transact(ctx, "send an activation code again", func(tx *gorm.DB) error {
		a := models.Actor{Agency: models.DefaultAgency, Origin: o}
		outcome, err := s.sendAgain(tx, caseID)
		if err != nil {
			return err
		}
		entry := deed{stream: "system", action: "activation_resend", object: activationObject(caseID), at: s.caseNow()}
		if outcome != models.ErrNotFound.Code {
			entry.stream = caseStream(caseID)
		}
		e, err := entry.by(a)
		if err != nil {
			return err
		}
		e.Outcome = outcome
		return s.appendAudit(tx, a.Agency, e)
	})
}

// sendAgain queues another code and tells the outcome: ok, or why not.
func (s *Store) sendAgain(tx *gorm.DB, caseID string) (string, error) {
	row, err := lockActivation(tx, caseID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.ErrNotFound.Code, nil
	}
	if err != nil {
		return "", err
	}
	if !row.Held || row.Came != "" || row.Ends == nil || !row.Ends.After(s.caseNow()) {
		return models.ErrNotNow.Code, nil
	}
	may, err := s.mayBeSent(tx, text(row.EmployeeID))
	if err != nil {
		return "", err
	}
	if !may {
		return models.ErrTooSoon.Code, nil
	}
	if err := s.noteSending(tx, row.AgencyID, text(row.EmployeeID), caseID); err != nil {
		return "", err
	}
	people, err := activationParty(tx, caseID, models.PartyApplicant)
	if err != nil || len(people) == 0 {
		return models.ErrNotNow.Code, err
	}
	notice, err := s.activationNotice(tx, models.Change{CaseID: caseID}, row.AgencyID, noticeActivation, people[0])
	if err != nil {
		return "", err
	}
	return outcomeOK, queue(tx, []noticeRow{notice})
}
