package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

// warnedEvery bounds how often somebody is told that another account wanted the application's user that is theirs.
const warnedEvery = time.Hour

type linkedRow struct {
	AgencyID        string `gorm:"primaryKey"`
	Application     string `gorm:"primaryKey"`
	AccountID       string `gorm:"primaryKey"`
	ApplicationUser string
	UserName        string
	Directorates    string
	Looked          time.Time
	Linked          time.Time
	Warned          *time.Time
}

// TableName is the table's name.
func (linkedRow) TableName() string { return "application_links" }

func (r linkedRow) link() models.ApplicationLink {
	return models.ApplicationLink{Application: r.Application, Account: r.AccountID, User: r.ApplicationUser, UserName: r.UserName, Linked: r.Linked}
}

// LinkingSecret is where an application's own login is proved, with the secret for it as it was sealed.
type LinkingSecret struct{ Address, SealedBy, Sealed string }

// LinkingSecret finds what an application that is not switched off was given; models.ErrNotFound where it has no login of
// its own.
func (s *Store) LinkingSecret(ctx context.Context, agency, application string) (LinkingSecret, error) {
	var rows []LinkingSecret
	err := s.reader(ctx).Raw(`select linking_address as address, linking_sealed_by as sealed_by, linking_sealed as sealed from applications
		where agency_id = ? and id = ? and enabled and linking_address <> ''`, agency, application).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return LinkingSecret{}, wrap(err, "find where an application proves its users")
	}
	return rows[0], nil
}

// KeepLinkingSecret replaces the secret that is shown to an application; models.ErrNotFound where it has no login of its
// own.
func (s *Store) KeepLinkingSecret(ctx context.Context, a models.Actor, application, keyID, sealed string) error {
	return s.transact(ctx, "keep a linking secret", func(tx *gorm.DB) error {
		done := tx.Exec("update applications set linking_sealed_by = ?, linking_sealed = ?, linking_set = ? where agency_id = ? and id = ? and linking_address <> ''",
			keyID, sealed, s.wallNow(), agencyOf(a), application)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotFound
		}
		return s.note(tx, a, deed{stream: "system", action: "application_linking_secret_renewed", object: "application:" + application})
	})
}

// LinkApplication ties an account to one of an application's users, whose password it has proved. The same link once
// more is no change. models.ErrLinkTaken where another account has that user, whose owner is told; models.ErrLinked where
// this account has another one.
func (s *Store) LinkApplication(ctx context.Context, a models.Actor, application string, user models.ApplicationUser) (models.ApplicationLink, error) {
	list, err := directorateText(user.Directorates)
	if err != nil {
		return models.ApplicationLink{}, err
	}
	now := s.wallNow()
	row := linkedRow{AgencyID: agencyOf(a), Application: application, AccountID: a.AccountID, ApplicationUser: user.ID, UserName: user.Name, Directorates: list,
		Looked: now, Linked: now}
	var refusal error
	err = s.transact(ctx, "link an application's user", func(tx *gorm.DB) error {
		refusal = nil
		if err := s.forgetTries(tx, row); err != nil {
			return err
		}
		done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			var err error
			refusal, err = s.notLinked(tx, a, row)
			return err
		}
		if err := s.tellOfLink(tx, a, "application_linked", row); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "application_linked", object: "application:" + application,
			after: map[string]any{"application_user": user.ID}})
	})
	return row.link(), errors.Join(err, refusal)
}

// notLinked finds out why a link could not be kept, and writes it down.
func (s *Store) notLinked(tx *gorm.DB, a models.Actor, row linkedRow) (refusal, err error) {
	var holders []linkedRow
	if err := tx.Clauses(forUpdate()).Where("agency_id = ? and application = ? and application_user = ?", row.AgencyID, row.Application, row.ApplicationUser).
		Find(&holders).Error; err != nil {
		return nil, err
	}
	why := models.ErrLinked
	if len(holders) > 0 {
		if holders[0].AccountID == a.AccountID {
			return nil, nil
		}
		why = models.ErrLinkTaken
		if err := s.warnHolder(tx, a, holders[0]); err != nil {
			return nil, err
		}
	}
	return why, s.appendAudit(tx, row.AgencyID, models.AuditEntry{Stream: accountStream(a.AccountID), Actor: a.AccountID, Action: "application_linked",
		Object: "application:" + row.Application, Origin: a.Origin, Outcome: why.Code})
}

func (s *Store) warnHolder(tx *gorm.DB, a models.Actor, held linkedRow) error {
	now := s.wallNow()
	if held.Warned != nil && now.Sub(*held.Warned) < warnedEvery {
		return nil
	}
	if err := tx.Model(&held).Update("warned", now).Error; err != nil {
		return err
	}
	a.AccountID = held.AccountID
	return s.tellOfLink(tx, a, "application_link_claimed", held)
}

// tellOfLink writes to the owner of an account that something happened to a link of it. a.AccountID is the owner.
func (s *Store) tellOfLink(tx *gorm.DB, a models.Actor, kind string, row linkedRow) error {
	var to person
	if err := tx.Raw("select id as account_id, name, email, locale from accounts where id = ?", a.AccountID).Scan(&to).Error; err != nil || to.Email == "" {
		return err
	}
	var name string
	if err := tx.Raw("select name from applications where agency_id = ? and id = ?", row.AgencyID, row.Application).Scan(&name).Error; err != nil {
		return err
	}
	notice, err := s.newNotice(row.AgencyID, kind, "", to, map[string]string{"name": to.Name, "application": name, "application_user": row.ApplicationUser,
		"when": s.caseNow().Format(time.RFC3339), "link": s.publicURL + "/applications"})
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{notice})
}

// UnlinkApplication forgets who an account is in an application, and ends what it has open there, of which the application
// is told; models.ErrNotFound where there is no link. The owner is told when somebody else does it.
func (s *Store) UnlinkApplication(ctx context.Context, a models.Actor, application, accountID string) error {
	return s.transact(ctx, "unlink an application's user", func(tx *gorm.DB) error {
		var row linkedRow
		if err := tx.Clauses(forUpdate()).Where("agency_id = ? and application = ? and account_id = ?", agencyOf(a), application, accountID).Take(&row).Error; err != nil {
			return err
		}
		if err := tx.Delete(&row).Error; err != nil {
			return err
		}
		now := s.wallNow()
		if err := tx.Exec("update openid_grants set ended = ?, next_try = ? where agency_id = ? and account_id = ? and application = ? and ended is null",
			now, now, row.AgencyID, accountID, application).Error; err != nil {
			return err
		}
		if err := tx.Exec("delete from directorate_choices where account_id = ? and application = ?", accountID, application).Error; err != nil {
			return err
		}
		if a.AccountID != accountID {
			owner := a
			owner.AccountID = accountID
			if err := s.tellOfLink(tx, owner, "application_unlinked", row); err != nil {
				return err
			}
		}
		return s.note(tx, a, deed{stream: accountStream(accountID), action: "application_unlinked", object: "application:" + application,
			before: map[string]any{"application_user": row.ApplicationUser}})
	})
}

// ApplicationLinks lists who is linked to an application, by name; text narrows to owners and users that hold it.
func (s *Store) ApplicationLinks(ctx context.Context, agency, application, words string, q models.PageQuery) (models.Page[models.ApplicationLink], error) {
	limit, after, err := page(q, "application_links")
	if err != nil {
		return models.Page[models.ApplicationLink]{Items: []models.ApplicationLink{}, Total: -1}, err
	}
	args := map[string]any{"agency": agency, "application": application, "limit": limit + 1, "words": "%" + literally(strings.ToLower(words)) + "%"}
	narrow := ""
	if after != nil {
		args["afterAt"], args["afterID"] = after.At, after.ID
		narrow = " and (l.linked, l.account_id) < (@afterAt, @afterID)"
	}
	var rows []struct {
		Row            linkedRow `gorm:"embedded"`
		Username, Name string
	}
	err = s.reader(ctx).Raw(`select l.*, a.username, a.name from application_links l join accounts a on a.id = l.account_id
		where l.agency_id = @agency and l.application = @application
			and (lower(a.name) like @words escape '!' or a.username like @words escape '!' or lower(l.application_user) like @words escape '!')`+narrow+`
		order by l.linked desc, l.account_id desc limit @limit`, args).Scan(&rows).Error
	list := make([]models.ApplicationLink, len(rows))
	for i, r := range rows {
		list[i] = r.Row.link()
		list[i].Username, list[i].Name = r.Username, r.Name
	}
	return cut(list, limit, func(l models.ApplicationLink) models.ApplicationLink { return l },
		func(l models.ApplicationLink) cursor {
			return cursor{List: "application_links", At: l.Linked, ID: l.Account}
		}), wrap(err, "list links")
}

func directorateText(list []models.Directorate) (string, error) {
	b, err := json.Marshal(append([]models.Directorate{}, list...))
	if err != nil {
		return "", fmt.Errorf("write directorates: %w", err)
	}
	return string(b), nil
}
